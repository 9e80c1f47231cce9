import { deepEqual, ok } from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { textOfDate } from '../../src/linkage/birth-date.ts'
import { linkageKeys } from '../../src/linkage/keys.ts'
import { readIdentity } from '../../src/linkage/read-identity.ts'
import type { Identity, RawIdentity } from '../../src/linkage/types.ts'

const dataOf = (name: string) => new URL(`../../../shared/data/${name}`, import.meta.url)
const without = (name: string) => (existsSync(dataOf(name)) ? false : `${name} is not here`)
const load = (name: string) => JSON.parse(readFileSync(dataOf(name), 'utf8'))

const fields = [
  'bsn',
  'vNumber',
  'documentCountry',
  'documentNumber',
  'phone',
  'givenNames',
  'prefix',
  'familyName',
  'birthDate',
  'sex',
  'place',
] as const satisfies readonly (keyof RawIdentity)[]

const faultsOf = (raw: RawIdentity, today?: string) =>
  readIdentity(raw, today).problems.map(({ field }) => field)

/** Each row: what was written, and what must come of it; `undefined` stands for a problem. */
const readsAs = <Field extends keyof Identity>(
  t: { equal: (found: unknown, wanted: unknown, message: string) => unknown },
  raw: keyof RawIdentity,
  field: Field,
  rows: readonly (readonly [string, Identity[Field] | undefined])[],
) => {
  for (const [text, wanted] of rows) {
    const { identity, problems } = readIdentity({ [raw]: text })
    t.equal(identity[field], wanted, `${raw} "${text}"`)
    t.equal(problems.length, wanted === undefined ? 1 : 0, `problems of ${raw} "${text}"`)
  }
}

t.test('a BSN is read as people write it, and passes the 11-test', async (t) => {
  readsAs(t, 'bsn', 'bsn', [
    ['999990007', '999990007'],
    ['9999.90.007', '999990007'],
    [' 999 99 0007 ', '999990007'],
    ['9999-90-007', '999990007'],
    ['9999–90–007', '999990007'],
    ['９９９９９０２５１', '999990251'],
    ['10000008', '010000008'],
    ['999990008', undefined],
    ['000000000', undefined],
    ['00000000', undefined],
    ['99999000', undefined],
    ['9999900070', undefined],
    ['99999000A', undefined],
    ['1234567', undefined],
  ])
})

t.test('every slip in one digit of a BSN, and every swap of neighbours, is caught', async (t) => {
  const bsn = '999990019'
  for (let at = 0; at < 9; at += 1) {
    for (const digit of '0123456789') {
      const slip = bsn.slice(0, at) + digit + bsn.slice(at + 1)
      if (slip !== bsn) t.same(faultsOf({ bsn: slip }), ['bsn'], slip)
    }
    const swapped = bsn.slice(0, at) + (bsn[at + 1] ?? '') + (bsn[at] ?? '') + bsn.slice(at + 2)
    if (swapped !== bsn && swapped.length === 9)
      t.same(faultsOf({ bsn: swapped }), ['bsn'], swapped)
  }
})

t.test('a V-number has ten digits once separators are gone', async (t) => {
  readsAs(t, 'vNumber', 'vNumber', [
    ['1234567890', '1234567890'],
    ['V1234567890', '1234567890'],
    ['v 1234.567.890', '1234567890'],
    ['123-456-7890', '1234567890'],
    ['123456789', undefined],
    ['12345678901', undefined],
    ['VV1234567890', undefined],
    ['0000000000', undefined],
  ])
})

t.test('a document is a number with its country of issue', async (t) => {
  const read = (documentCountry: string, documentNumber: string) =>
    readIdentity({ documentCountry, documentNumber })
  for (const country of ['NL', 'nl', 'NLD', ' nld ']) {
    t.same(read(country, 'pp 1234567').identity.document, { country: 'NLD', number: 'PP1234567' })
  }
  t.same(read('pl', 'AB-123.456').identity.document, { country: 'POL', number: 'AB123456' })
  t.same(faultsOf({ documentNumber: 'PP1234567' }), ['documentCountry'], 'a country is missing')
  t.same(faultsOf({ documentCountry: 'NL' }), [], 'a country alone harms nobody')
  t.same(readIdentity({ documentCountry: 'NL' }).identity, {})
  t.same(faultsOf({ documentCountry: 'ZZ', documentNumber: '!' }), [
    'documentCountry',
    'documentNumber',
  ])
  t.same(faultsOf({ documentCountry: 'constructor', documentNumber: 'PP1234567' }), [
    'documentCountry',
  ])
})

t.test('what people write when they have no document links nobody', async (t) => {
  for (const documentNumber of [
    'onbekend',
    'ONBEKEND',
    'XXXXXX',
    '000000',
    'geen',
    'nvt',
    'АВ123456',
  ]) {
    const { identity, problems } = readIdentity({ documentCountry: 'NL', documentNumber })
    t.equal(identity.document, undefined, documentNumber)
    t.equal(problems.length, 1)
  }
})

t.test('a phone number is read as people write it', async (t) => {
  readsAs(t, 'phone', 'phone', [
    ['06-1234 5678', '+31612345678'],
    ['06 12 34 56 78', '+31612345678'],
    ['+31 (0)6 1234 5678', '+31612345678'],
    ['0031612345678', '+31612345678'],
    ['0031 (0)6 12345678', '+31612345678'],
    ['٠٦١٢٣٤٥٦٧٨', '+31612345678'],
    ['(020) 123 45 67', '+31201234567'],
    ['+48 512 345 678', '+48512345678'],
    ['0048 512 345 678', '+48512345678'],
    ['06 12345678 / 06 87654321', undefined],
    ['06-00000000', undefined],
    ['0000000000', undefined],
    ['112', undefined],
    ['geen', undefined],
    ['+', undefined],
  ])
})

t.test('a birth date is read in the spellings of people and of registries', async (t) => {
  const rows: [string, string][] = [
    ['1990-02-05', '1990-02-05'],
    ['05-02-1990', '1990-02-05'],
    ['5-2-1990', '1990-02-05'],
    ['05/02/1990', '1990-02-05'],
    ['05.02.1990', '1990-02-05'],
    ['05 – 02 – 1990', '1990-02-05'],
    ['19900205', '1990-02-05'],
    ['2000-02-29', '2000-02-29'],
    ['1990', '1990'],
    ['1990-02', '1990-02'],
    ['02-1990', '1990-02'],
    ['1990-00-00', '1990'],
    ['1990-02-00', '1990-02'],
    ['00-02-1990', '1990-02'],
    ['19900200', '1990-02'],
  ]
  for (const [text, wanted] of rows) {
    const { identity, problems } = readIdentity({ birthDate: text })
    t.same(problems, [], text)
    t.equal(identity.birthDate && textOfDate(identity.birthDate), wanted, text)
  }
  t.same(
    readIdentity({ birthDate: '0000-00-00' }),
    { identity: {}, problems: [] },
    'unknown is absent',
  )
})

t.test('a birth date that cannot be is a problem', async (t) => {
  const impossible = [
    '1990-02-30',
    '30/02/1990',
    '1900-02-29',
    '2001-02-29',
    '1990-04-31',
    '1990-13-01',
    '12-13-1990',
    '1990-00-12',
    '1879-12-31',
    '2101',
    '90-02-05',
    'May 1990',
    '1990-02-05-06',
    '199002',
  ]
  for (const birthDate of impossible) t.same(faultsOf({ birthDate }), ['birthDate'], birthDate)
})

t.test('people long dead are read where the caller says so', async (t) => {
  const born = { birthDate: '1702-03-04' }
  t.same(faultsOf(born), ['birthDate'])
  t.same(readIdentity(born, undefined, 1000).problems, [])
  t.same(readIdentity({ birthDate: '0999' }, undefined, 1000).problems.length, 1)
})

t.test('nobody is born after the day that the caller says it is', async (t) => {
  const today = '2026-11-23'
  for (const birthDate of ['2026-11-23', '2026-11', '2026']) {
    t.same(faultsOf({ birthDate }, today), [], birthDate)
  }
  for (const birthDate of ['2026-11-24', '2026-12', '2027']) {
    t.same(faultsOf({ birthDate }, today), ['birthDate'], birthDate)
    t.same(faultsOf({ birthDate }), [], 'without a day to go by it may stand')
  }
})

t.test('sex is read in Dutch and English', async (t) => {
  const rows: [string, string | undefined][] = [
    ...['F', 'f', 'V', 'v', 'female', 'Vrouw'].map((text): [string, string] => [text, 'F']),
    ...['M', 'm', 'male', 'MAN'].map((text): [string, string] => [text, 'M']),
    ...['X', 'x'].map((text): [string, string] => [text, 'X']),
    ...['', ' ', 'O', 'onbekend', 'Unknown', '-', '?', 'V/M'].map((text): [string, undefined] => [
      text,
      undefined,
    ]),
  ]
  for (const [text, wanted] of rows) {
    t.same(readIdentity({ sex: text }), { identity: wanted ? { sex: wanted } : {}, problems: [] })
  }
  t.same(faultsOf({ sex: 'yes' }), ['sex'])
})

t.test('names stay as given, but tidy; "unknown" is no name', async (t) => {
  const { identity } = readIdentity({
    givenNames: '  Zoë\t\u0000 Ann ',
    prefix: 'van  der',
    familyName: 'Cafe\u0301',
    place: "'s-Hertogenbosch",
  })
  t.same(identity, {
    givenNames: 'Zoë Ann',
    prefix: 'van der',
    familyName: 'Café',
    place: "'s-Hertogenbosch",
  })
  for (const text of ['onbekend', 'Unknown', 'N.N.', '-', '?', '...', '']) {
    t.same(readIdentity({ givenNames: text, familyName: text, place: text }), {
      identity: {},
      problems: [],
    })
  }
  t.same(faultsOf({ familyName: 'a'.repeat(201) }), ['familyName'])
})

t.test('all faults are told at once, and what is right stands', async (t) => {
  const { identity, problems } = readIdentity({
    bsn: '123',
    vNumber: '123',
    documentCountry: 'ZZ',
    documentNumber: '!',
    phone: '123',
    givenNames: 'Ewa',
    birthDate: '31-02-1990',
    sex: 'perhaps',
  })
  t.same(
    problems.map(({ field }) => field),
    ['bsn', 'vNumber', 'documentCountry', 'documentNumber', 'phone', 'birthDate', 'sex'],
  )
  t.same(identity, { givenNames: 'Ewa' })
})

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom(...'0123456789-/. +()VNLvmx\u{1f600}\ud800\u0301') }),
)
const anyRaw = fc.record(Object.fromEntries(fields.map((field) => [field, anyText])), {
  requiredKeys: [],
}) as fc.Arbitrary<RawIdentity>

t.test('no text makes reading or key-making throw, and reading twice says the same', async () => {
  fc.assert(
    fc.property(anyRaw, (raw) => {
      const first = readIdentity(raw, '2026-11-23')
      linkageKeys(first.identity)
      deepEqual(readIdentity(raw, '2026-11-23'), first)
    }),
  )
})

t.test('what was read is read again as the same', async () => {
  fc.assert(
    fc.property(anyRaw, (raw) => {
      const { identity } = readIdentity(raw)
      const { document, birthDate, ...rest } = identity
      const again = readIdentity({
        ...rest,
        documentCountry: document?.country,
        documentNumber: document?.number,
        birthDate: birthDate && textOfDate(birthDate),
      })
      deepEqual(again, { identity, problems: [] })
    }),
  )
})

t.test('a message never repeats the value', async (t) => {
  const marked = anyText.map((text) => `qzj${text}qzj`)
  const raws = fc.record(Object.fromEntries(fields.map((field) => [field, marked])))
  fc.assert(
    fc.property(raws as fc.Arbitrary<RawIdentity>, (raw) => {
      const { problems } = readIdentity(raw)
      ok(!JSON.stringify(problems).toLowerCase().includes('qzj'))
      ok(problems.length >= 5, 'the identifiers, the date and the sex are all refused')
    }),
  )
  for (const bsn of ['999990008', '12345678']) {
    t.notOk(JSON.stringify(readIdentity({ bsn }).problems).includes(bsn))
  }
})

t.test(
  'the published test BSNs are read',
  { skip: without('bsn-test-numbers.json') },
  async (t) => {
    const { validExamples, invalidExamples } = load('bsn-test-numbers.json')
    for (const bsn of validExamples) t.equal(readIdentity({ bsn }).identity.bsn, bsn)
    for (const { bsn, why } of invalidExamples) {
      // Full-width digits are folded here (NFKC), so that example is read.
      const isRead = why.includes('NFKC')
      t.equal(faultsOf({ bsn }).length, isRead ? 0 : 1, why)
    }
  },
)

t.test(
  'the persons of the civil registry test set are read without problems',
  { skip: without('rvig-test-persons.json') },
  async (t) => {
    // Born "1966, month unknown, the 13th": the registry's own rules forbid it, so does reading.
    const explained = new Map([['999995893', ['birthDate']]])
    const { persons } = load('rvig-test-persons.json')
    t.equal(persons.length, 679)
    let keyed = 0
    for (const person of persons) {
      const { identity, problems } = readIdentity(
        {
          bsn: person.bsn,
          givenNames: person.voornamen ?? '',
          prefix: person.voorvoegsel ?? '',
          familyName: person.geslachtsnaam ?? '',
          birthDate: person.geboortedatumGba ?? '',
          sex: person.geslacht ?? '',
        },
        '2026-11-23',
      )
      t.same(
        problems.map(({ field }) => field),
        explained.get(person.bsn) ?? [],
        person.bsn,
      )
      if (linkageKeys(identity).keys.some(({ type }) => type === 'names-birth-month')) keyed += 1
    }
    t.ok(keyed > 600, `${keyed} of 679 have name keys`)
  },
)
