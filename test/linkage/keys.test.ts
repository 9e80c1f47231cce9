import { equal, match, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { fromHex, hex, utf8 } from '../../src/kernel/bytes.ts'
import { systemRandomness } from '../../src/kernel/random.ts'
import { linkageKeys, namePartsOf } from '../../src/linkage/keys.ts'
import { readIdentity } from '../../src/linkage/read-identity.ts'
import type { RawIdentity } from '../../src/linkage/types.ts'
import { deriveKeyShare } from '../../src/oprf/key-share.ts'
import { evaluate } from '../../src/oprf/operator.ts'
import { blind, combineAndFinalize } from '../../src/oprf/partner.ts'
import { compositeTypes, mostTokens, personKeyTypes } from '../../src/wire/codes.ts'
import { anyName } from '../support/names.ts'

const keysOf = (raw: RawIdentity): string[] => {
  const { identity, problems } = readIdentity(raw)
  equal(problems.length, 0)
  return linkageKeys(identity).keys.map(({ value }) => value)
}

const ofType = (type: string, raw: RawIdentity) =>
  keysOf(raw).filter((value) => value.startsWith(`lk1|${type}|`))

const reasonsOf = (raw: RawIdentity) =>
  linkageKeys(readIdentity(raw).identity).withheld.map(({ reason }) => reason)

const ewa: RawIdentity = { givenNames: 'Ewa', familyName: 'Nowak', birthDate: '1990-02-05' }

t.test('the published vectors hold', async (t) => {
  const url = new URL('../../src/linkage/vectors/linkage-keys-lk1.json', import.meta.url)
  const { vectors } = JSON.parse(readFileSync(url, 'utf8'))
  t.ok(vectors.length >= 20)
  for (const { raw, read, normalised, keys, withheld } of vectors) {
    const { identity } = readIdentity(raw)
    t.same(identity, read)
    const { given, family, date, place } = namePartsOf(identity)
    const written = date && [date.year, date.full?.month, date.full?.day].filter(Boolean).join('-')
    t.same(JSON.parse(JSON.stringify({ given, family, date: written, place })), normalised)
    t.same(keysOf(raw), keys)
    t.same(reasonsOf(raw), withheld)
  }
  const shown = new Set(
    vectors.flatMap(({ keys }: { keys: string[] }) => keys.map((key) => key.split('|')[1])),
  )
  t.same([...shown].sort(), [...personKeyTypes].sort(), 'every type is shown')
})

t.test('the tokens of the vectors are those that blinding and both operators make', async (t) => {
  const url = new URL('../../src/linkage/vectors/linkage-keys-lk1.json', import.meta.url)
  const { operators, vectors } = JSON.parse(readFileSync(url, 'utf8'))
  const info = utf8(`${operators.domain}|${operators.epoch}`)
  const shares = {
    gateway: deriveKeyShare(fromHex(operators.seeds.gateway), info),
    keyholder: deriveKeyShare(fromHex(operators.seeds.keyholder), info),
  }
  const inputs = vectors.flatMap(({ keys }: { keys: string[] }) => keys.map(utf8))
  const { blinds, elements } = blind(inputs, systemRandomness)
  const tokens = combineAndFinalize({
    inputs,
    blinds,
    blinded: elements,
    evaluations: {
      gateway: evaluate(shares.gateway, elements, systemRandomness),
      keyholder: evaluate(shares.keyholder, elements, systemRandomness),
    },
    publicKeys: {
      gateway: shares.gateway.publicKey,
      keyholder: shares.keyholder.publicKey,
    },
  })
  t.same(
    tokens.map(hex),
    vectors.flatMap(({ tokens }: { tokens: string[] }) => tokens),
  )
})

const typesOf = (keys: readonly string[]) => keys.map((value) => value.split('|')[1])

/** The types of the keys that two writings of one person share. */
const shared = (one: RawIdentity, other: RawIdentity) => {
  const others = new Set(keysOf(other))
  return typesOf(keysOf(one).filter((key) => others.has(key)))
}

t.test(
  'day and month swapped, or one part of the date wrong, leaves keys that agree',
  async (t) => {
    const dated = (birthDate: string) => shared(ewa, { ...ewa, birthDate })
    t.same(dated('1990-05-02'), [
      'family-name-start-birth-date',
      'family-name-ending-birth-date',
      'name-sounds-birthday',
      'name-ends-birthday',
      'name-ends-birth-year',
      'names',
    ])
    t.same(dated('1990-02-15'), [
      'given-name-birth-month',
      'names-birth-month',
      'name-ends-birth-year',
      'names',
    ])
    t.same(dated('1990-08-05'), [
      'given-name-start-birth-day',
      'name-endings-birth-day',
      'name-ends-birth-year',
      'names',
    ])
    t.same(dated('1980-02-05'), ['name-sounds-birthday', 'name-ends-birthday', 'names'])
    t.same(dated('1991-02-05'), ['name-ends-birthday', 'names'])
    t.same(dated('1973-11-28'), ['names'])
  },
)

t.test('the prefix, wherever it is written, changes no key', async (t) => {
  const berg = keysOf({ ...ewa, prefix: 'van den', familyName: 'Berg' })
  for (const familyName of ['van den Berg', 'Berg, van den', 'v.d. Berg', 'BERG']) {
    t.same(keysOf({ ...ewa, familyName }), berg, familyName)
  }
})

t.test('given and family name swapped still share the keys that hold both', async (t) => {
  const swapped = { ...ewa, givenNames: 'Nowak', familyName: 'Ewa' }
  for (const type of ['names-birth-month', 'name-sounds-birthday', 'names']) {
    t.same(ofType(type, swapped), ofType(type, ewa))
  }
})

t.test('a double family name shares keys with both halves, and makes at most 16', async (t) => {
  const double = { ...ewa, familyName: 'Nowak-Zielińska' }
  t.equal(keysOf(double).length, 16)
  t.same(shared(ewa, double), typesOf(keysOf(ewa)))
  t.same(shared({ ...ewa, familyName: 'Zielińska' }, double), [
    'family-name-start-birth-date',
    'family-name-ending-birth-date',
    'given-name-start-birth-day',
    'given-name-birth-month',
    'name-sounds-birthday',
    'name-endings-birth-day',
    'name-ends-birth-year',
    'names',
  ])
})

t.test('1 January and partial dates count as a year only, and say so', async (t) => {
  for (const birthDate of ['1990-01-01', '1990', '1990-05', '1990-05-00']) {
    const keys = keysOf({ ...ewa, birthDate })
    t.same(
      keys,
      [
        'lk1|name-ends-birth-year|ea~nk|1990',
        'lk1|name-starts-birth-year|ew~no|1990',
        'lk1|names|ewa~nowak',
      ],
      birthDate,
    )
    t.match(reasonsOf({ ...ewa, birthDate }).join(), /counted as a year only/)
  }
  t.same(reasonsOf(ewa), [])
})

t.test('a place takes part where no full date is known, and nowhere else', async (t) => {
  const { birthDate: _, ...undated } = ewa
  t.same(keysOf({ ...undated, place: 'Den Haag' }), [
    'lk1|name-starts-place|ewa~now|sgr',
    'lk1|name-ends-place|ea~nk|sgrfng',
    'lk1|name-sounds-place|af~nfk|se',
    'lk1|names|ewa~nowak',
  ])
  t.same(keysOf({ ...undated, place: '’s-Gravenhage' }), keysOf({ ...undated, place: 'Den Haag' }))
  t.same(keysOf({ ...ewa, place: 'Breda' }), keysOf(ewa))
  t.equal(keysOf({ ...ewa, birthDate: '1990', place: 'Breda' }).length, 8)
  t.same(keysOf({ ...undated, place: '123' }), [], 'what has no letter is no place')
  const double = { ...undated, familyName: 'Nowak-Zielińska', birthDate: '1990', place: 'Breda' }
  t.equal(keysOf(double).length, 15)
  for (const birthDate of ['', '1990', '1990-01-01']) {
    const jan = { givenNames: 'Jan', familyName: 'de Vries', place: 'Breda', birthDate }
    t.same(keysOf(jan), [], 'very common names')
  }
  const known = { place: 'Breda', birthDate: '1990' }
  t.same(keysOf({ ...known, familyName: 'Nowak' }), [
    'lk1|family-name-start-place-birth-year|now|bre|1990',
  ])
  t.same(keysOf({ ...known, givenNames: 'Jan' }), [
    'lk1|given-name-start-place-birth-year|jan|bre|1990',
  ])
})

t.test('names that very many bear make no key without a full birth date, and say so', async (t) => {
  const jan = { givenNames: 'Jan', familyName: 'de Vries' }
  const said = 'very common names: without a full birth date they are shared by too many'
  for (const birthDate of ['1990-01-01', '1990']) {
    t.same(keysOf({ ...jan, birthDate }), [])
    t.ok(reasonsOf({ ...jan, birthDate }).includes(said))
  }
  const swapped = { givenNames: 'De Vries', familyName: 'Jan', birthDate: '1990' }
  t.same(keysOf(swapped), [], 'nor when they are swapped')
  const full = { ...jan, birthDate: '1990-02-05' }
  t.same(ofType('names', full), [])
  t.equal(keysOf(full).length, 9)
  t.same(reasonsOf(full), [said])
  const rare = { ...jan, familyName: 'Zielińska', birthDate: '1990' }
  t.equal(keysOf(rare).length, 3, 'one rare name is enough')
  const half = { ...jan, familyName: 'de Vries-Zielińska', birthDate: '1990' }
  t.equal(keysOf(half).length, 3, 'so is one rare part')
})

t.test(
  'a phone is paired with a full date, with 1 January as a year, with less not at all',
  async (t) => {
    const types = (birthDate: string) =>
      keysOf({ phone: '0612345678', birthDate }).map((value) => value.split('|')[1])
    t.same(types('1990-02-05'), ['phone', 'phone-birth-date', 'phone-birth-year'])
    t.same(types('1990-01-01'), ['phone', 'phone-birth-year'])
    t.same(types('1990-05'), ['phone'])
    t.same(types('1990'), ['phone'])
  },
)

t.test(
  'one number written in different ways makes one key; numbers never share a type',
  async (t) => {
    t.same(keysOf({ bsn: '9999.90.007' }), keysOf({ bsn: '999990007' }))
    t.same(keysOf({ vNumber: 'V 1234567890' }), keysOf({ vNumber: '1234567890' }))
    const dutch = { documentCountry: 'nl', documentNumber: '1234567890' }
    t.same(keysOf(dutch), keysOf({ ...dutch, documentCountry: 'NLD' }))
    t.not(keysOf(dutch)[0], keysOf({ ...dutch, documentCountry: 'BE' })[0])
    t.not(keysOf(dutch)[0], keysOf({ vNumber: '1234567890' })[0])
  },
)

t.test('no key rests on a name, a year or a place alone', async (t) => {
  t.same(keysOf({ givenNames: 'Ewa', familyName: 'Nowak', sex: 'F' }), [])
  t.same(keysOf({ familyName: 'Nowak', place: 'Breda' }), [])
  t.same(keysOf({ givenNames: 'Ewa', place: 'Breda' }), [])
  t.same(keysOf({ birthDate: '1990-02-05', place: 'Breda' }), [])
  for (const value of keysOf(ewa)) t.ok(value.split('|').length > 3 || value.includes('~'), value)
  t.equal(keysOf({ givenNames: 'Ewa', birthDate: '1990-02-05' }).length, 2, 'with a date it may')
  t.same(keysOf({ givenNames: 'Ewa', birthDate: '1990' }), [])
  t.same(keysOf({ familyName: 'Nowak', birthDate: '1990' }), [])
  t.same(keysOf({}), [])
})

t.test('keys are labelled, distinct, at most 22, and always the same', async () => {
  const raws = fc.record(
    {
      bsn: fc.constantFrom('999990007', '999990019', 'x'),
      vNumber: fc.constantFrom('1234567890', '1'),
      documentCountry: fc.constantFrom('NL', 'PL', '?'),
      documentNumber: fc.constantFrom('AB123', '??'),
      phone: fc.constantFrom('0612345678', '+48512345678'),
      givenNames: anyName,
      familyName: anyName,
      birthDate: fc.constantFrom('1990-02-05', '1990-01-01', '1990', ''),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(raws, (raw) => {
      const { identity } = readIdentity(raw)
      const { keys } = linkageKeys(identity)
      equal(new Set(keys.map(({ value }) => value)).size, keys.length)
      ok(keys.length <= 22)
      const named = keys.filter(({ type }) => compositeTypes.some((one) => one === type))
      ok(named.length <= 16)
      for (const [type, alike] of Map.groupBy(keys, ({ type }) => type))
        ok(alike.length <= mostTokens[type])
      for (const { type, value } of keys) {
        ok(value.startsWith(`lk1|${type}|`))
        match(value, /^lk1(\|[A-Za-z0-9+~-]+)+$/)
      }
      equal(JSON.stringify(linkageKeys(identity).keys), JSON.stringify(keys))
    }),
    { numRuns: 300 },
  )
})
