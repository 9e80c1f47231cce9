import { readFile } from 'node:fs/promises'
import t from 'tap'
import { differing } from '../../scripts/make-demo-input.ts'
import { ageBandOf, leadRouteOf, retainUntilOf } from '../../src/client/derive.ts'
import { readRows, type SignalRow } from '../../src/client/rows.ts'
import { keyedRowOf, subjectKindOf } from '../../src/client/signal-bodies.ts'
import { sentenceOf } from '../../src/linkage/evidence.ts'
import { weighSubjects } from '../../src/linkage/subjects.ts'
import type { Evidence, Tokens } from '../../src/linkage/types.ts'

const today = '2026-11-23'
const folder = new URL('../../scripts/demo-input/', import.meta.url)
const names = ['avim.csv', 'municipality.csv', 'youth-care.csv', 'ngo.csv']

type Known = {
  readonly id: string
  readonly linkedBy?: string
  readonly records: readonly { file: string; line: number; caseReference: string }[]
}

type Truth = {
  readonly people: readonly Known[]
  readonly scenes: readonly (Known & { readonly kind: string })[]
  readonly apart: readonly { readonly why: string; readonly people: readonly [string, string] }[]
  readonly faulty: readonly { readonly file: string; readonly line: number }[]
}

const truth: Truth = JSON.parse(await readFile(new URL('truth.json', folder), 'utf8'))
const texts = new Map(
  await Promise.all(
    names.map(async (name) => [name, await readFile(new URL(name, folder))] as const),
  ),
)
const read = new Map([...texts].map(([name, bytes]) => [name, readRows(bytes, { today })]))

const known = [...truth.people, ...truth.scenes]
const personAt = new Map(
  known.flatMap(({ id, records }) =>
    records.map(({ file, line }) => [`${file}:${line}`, id] as const),
  ),
)

type Subject = {
  readonly person: string
  readonly file: string
  readonly row: SignalRow
  readonly tokens: Tokens
}

const subjects: Subject[] = [...read].flatMap(([file, { rows }]) =>
  rows.map((row) => {
    const tokens = new Map<string, Set<string>>()
    for (const { type, value } of keyedRowOf(row).keys) {
      tokens.set(type, (tokens.get(type) ?? new Set()).add(value))
    }
    return {
      person: personAt.get(`${file}:${row.line}`) ?? 'nobody',
      file,
      row,
      tokens: tokens as Tokens,
    }
  }),
)

const tokened = ({ row, tokens }: Subject) => ({ kind: subjectKindOf(row), tokens })

/** Every pair of rows, of different agencies or of one, that shares a key. */
const pairs = (): [Subject, Subject, Evidence | undefined][] => {
  const byKey = new Map<string, Subject[]>()
  for (const subject of subjects) {
    for (const values of subject.tokens.values()) {
      for (const value of values) byKey.set(value, [...(byKey.get(value) ?? []), subject])
    }
  }
  const found = new Map<string, [Subject, Subject, Evidence | undefined]>()
  for (const sharing of byKey.values()) {
    for (const [at, one] of sharing.entries()) {
      for (const other of sharing.slice(at + 1)) {
        const ids = [one, other].map(({ file, row }) => `${file}:${row.line}`).sort()
        found.set(ids.join(), [one, other, weighSubjects(tokened(one), tokened(other))])
      }
    }
  }
  return [...found.values()]
}

t.test('the committed files are what the generator writes', async (t) => {
  t.strictSame(await differing(), [])
})

t.test('every row is read, but for the faulty ones', async (t) => {
  t.strictSame(
    [...read].flatMap(([file, { rejected }]) => rejected.map(({ line }) => ({ file, line }))),
    truth.faulty,
  )
  t.equal(truth.faulty.length, 14)
  t.strictSame(
    subjects.map(({ file, row }) => `${file}:${row.line}:${row.caseReference}`).sort(),
    known
      .flatMap(({ records }) => records.map((at) => `${at.file}:${at.line}:${at.caseReference}`))
      .sort(),
  )
})

t.test('the files are as large as they are said to be', async (t) => {
  const shared = truth.people.filter(({ records }) => records.length > 1)
  t.ok(subjects.length > 1900 && subjects.length < 2100, `${subjects.length} subjects`)
  t.equal(shared.length, 150, 'people known to two agencies or more')
  t.equal(shared.filter(({ records }) => records.length === 3).length, 25)
  const size = [...texts.values()].reduce((sum, bytes) => sum + bytes.length, 0)
  const truthSize = (await readFile(new URL('truth.json', folder))).length
  t.ok(size + truthSize < 620_000, `${size + truthSize} bytes`)
})

t.test('every row can be sent: it has a key and a retention that lies ahead', async (t) => {
  const hopeless = subjects.filter(({ row, tokens }) => {
    const { birthDate } = row.identity
    return (
      tokens.size === 0 || retainUntilOf({ observedOn: row.observedOn, birthDate }) <= '2027-01-01'
    )
  })
  t.strictSame(hopeless, [])
  const routes = new Set(
    subjects.map(({ row }) =>
      leadRouteOf({ ...row, ageBand: ageBandOf(row.identity.birthDate, row.observedOn) }),
    ),
  )
  t.strictSame([...routes].sort(), ['general', 'minor', 'organised'])
})

t.test('an equal official number is always one person', async (t) => {
  const wrong = pairs().filter(
    ([one, other, evidence]) =>
      one.person !== other.person && evidence?.reasons.includes('official-number'),
  )
  t.strictSame(wrong, [])
})

const apart = (...reasons: readonly string[]): ReadonlySet<string> =>
  new Set(
    truth.apart
      .filter(({ why }) => reasons.includes(why))
      .map(({ people }) => people.toSorted().join()),
  )

t.test(
  'no two people are taken for one: those with one phone and twins are possible at most',
  async (t) => {
    const near = pairs().filter(([one, other, evidence]) => one.person !== other.person && evidence)
    const [sharers, twins] = [apart('one phone'), apart('twins')]
    for (const [one, other, evidence] of near) {
      const people = [one.person, other.person].sort().join()
      t.equal(evidence?.quality, 'possible')
      if (evidence?.restsOnIdentifier) {
        t.strictSame(evidence.reasons, ['phone'])
        t.ok(sharers.has(people), people)
      } else {
        t.strictSame(evidence?.reasons, ['similar-name-and-birth-date'])
        t.ok(twins.has(people), people)
      }
    }
    const byPhone = near.filter(([, , evidence]) => evidence?.restsOnIdentifier)
    t.ok(byPhone.length > 0 && byPhone.length < sharers.size, 'birth dates keep some of them apart')
  },
)

t.test('two people of one name stay apart', async (t) => {
  const namesakes = apart('namesakes')
  t.equal(namesakes.size, 12)
  const linked = pairs().filter(([one, other, evidence]) => {
    return evidence && namesakes.has([one.person, other.person].sort().join())
  })
  t.strictSame(linked, [])
})

t.test(
  'people without any number in common are found by name, and the reason is in words',
  async (t) => {
    const named = truth.people.filter(({ linkedBy }) => linkedBy === 'names')
    const found = pairs().filter(
      ([one, other, evidence]) =>
        one.person === other.person &&
        evidence !== undefined &&
        named.some(({ id }) => id === one.person),
    )
    t.equal(named.length, 25)
    t.equal(new Set(found.map(([{ person }]) => person)).size, 25)
    for (const [, , evidence] of found) {
      t.not(evidence?.quality, 'possible')
      t.notOk(evidence?.restsOnIdentifier)
      t.match(
        evidence?.reasons.map((reason) => sentenceOf(reason, 'en')).join(),
        /^(same|similar) name and birth date$/,
      )
    }
  },
)

t.test('twins and namesakes are there, and differ', async (t) => {
  const at = (id: string) => subjects.find(({ person }) => person === id)?.row.identity
  for (const { why, people } of truth.apart) {
    const [one, other] = people.map(at)
    t.ok(one && other)
    if (why === 'twins') t.strictSame(one?.birthDate?.year, other?.birthDate?.year)
    if (why === 'namesakes') t.notSame(one?.birthDate, other?.birthDate)
    if (why === 'one phone') t.equal(one?.phone, other?.phone)
  }
})

t.test('places, households and vehicles touch their own kind only', async (t) => {
  const kinds = new Set(truth.scenes.map(({ kind }) => kind))
  t.strictSame([...kinds].sort(), ['household', 'location', 'vehicle'])
  for (const [one, other, evidence] of pairs()) {
    if (evidence) t.equal(subjectKindOf(one.row), subjectKindOf(other.row))
  }
})

t.test('who is known to two agencies can be recognised', async (t) => {
  const found = new Map<string, Evidence>()
  for (const [one, other, evidence] of pairs()) {
    if (one.person === other.person && evidence) {
      found.set([one.person, one.file, other.file].join(), evidence)
    }
  }
  const missed = known.flatMap(({ id, linkedBy, records }) =>
    records.flatMap(({ file: one }, at) =>
      records
        .slice(at + 1)
        .filter(
          ({ file: other }) =>
            !found.has([id, one, other].join()) && !found.has([id, other, one].join()),
        )
        .map(({ file: other }) => `${id} ${one} ${other} by ${linkedBy}`),
    ),
  )
  t.strictSame(missed, [])
  const qualities = [...found.values()].map(({ quality }) => quality)
  for (const quality of ['certain', 'probable', 'possible'] as const) {
    t.ok(qualities.includes(quality), `${qualities.filter((q) => q === quality).length} ${quality}`)
  }
  const byNames = [...found.values()].filter(({ restsOnIdentifier }) => !restsOnIdentifier)
  t.ok(byNames.length >= 20, `${byNames.length} by names and birth date alone`)
})

t.test(
  'narratives name people, so that a search for names in what leaves means something',
  async (t) => {
    const people = subjects.filter(({ row }) => row.scene === undefined)
    const naming = people.filter(({ row }) => {
      const { givenNames, familyName } = row.identity
      return [givenNames, familyName].some((name) => name && row.narrative?.includes(name))
    })
    t.ok(naming.length > people.length * 0.95, `${naming.length} of ${people.length}`)
  },
)
