import { deepEqual, equal, ok } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { contradicts, mayChain, nameBits, sentenceOf, weigh } from '../../src/linkage/evidence.ts'
import { linkageKeys } from '../../src/linkage/keys.ts'
import { readIdentity } from '../../src/linkage/read-identity.ts'
import type { Evidence, RawIdentity, Tokens } from '../../src/linkage/types.ts'
import { compositeWeights, startThresholds } from '../../src/linkage/weights.ts'
import {
  type CompositeType,
  compositeTypes,
  type KeyType,
  keyTypes,
  reasonClasses,
} from '../../src/wire/codes.ts'

/** Equal keys make equal tokens, so keys stand in for tokens here. */
const tokensOf = (raw: RawIdentity): Tokens => {
  const { identity, problems } = readIdentity(raw)
  equal(problems.length, 0, JSON.stringify(problems))
  const tokens = new Map<KeyType, Set<string>>()
  for (const { type, value } of linkageKeys(identity).keys) {
    tokens.set(type, (tokens.get(type) ?? new Set()).add(value))
  }
  return tokens
}

const weighed = (one: RawIdentity, other: RawIdentity): Evidence | undefined => {
  const evidence = weigh(tokensOf(one), tokensOf(other))
  deepEqual(weigh(tokensOf(other), tokensOf(one)), evidence, 'weighing is symmetric')
  return evidence
}

const ewa: RawIdentity = { givenNames: 'Ewa', familyName: 'Nowak', birthDate: '1990-02-05' }
const piet: RawIdentity = { givenNames: 'Piet', familyName: 'de Vries', birthDate: '1971-08-30' }
const [bsn, otherBsn] = ['999990007', '999990019']
const [vNumber, otherVNumber] = ['1234567890', '1234567891']
const passport = { documentCountry: 'PL', documentNumber: 'AB123456' }
const otherPassport = { documentCountry: 'PL', documentNumber: 'AB654321' }
const [phone, otherPhone] = ['0612345678', '0687654321']

t.test('an equal official number is certain, whatever else differs', async (t) => {
  for (const number of [{ bsn }, { vNumber }, passport]) {
    const bare = weighed(number, number)
    t.match(bare, { quality: 'certain', reasons: ['official-number'], restsOnIdentifier: true })
    t.match(weighed({ ...ewa, ...number, phone }, { ...piet, ...number, phone: otherPhone }), {
      quality: 'certain',
      reasons: ['official-number'],
    })
  }
  t.equal(weighed({ bsn, vNumber }, { bsn, vNumber: otherVNumber })?.quality, 'certain')
  t.equal(weighed({ ...passport, bsn }, { ...passport, bsn: otherBsn })?.quality, 'certain')
  t.equal(weighed({ bsn }, { bsn: otherBsn }), undefined)
})

t.test('an equal phone alone is possible', async (t) => {
  const wanted = { quality: 'possible', bits: 8, reasons: ['phone'], restsOnIdentifier: true }
  t.same(weighed({ phone }, { phone }), wanted)
  t.same(weighed({ ...ewa, phone }, { phone }), wanted, 'names on one side say nothing')
  t.equal(weighed({ phone }, { phone: otherPhone }), undefined)
})

t.test('a phone that another identifier speaks against counts for nothing', async (t) => {
  for (const [one, other] of [
    [{ bsn }, { bsn: otherBsn }],
    [{ vNumber }, { vNumber: otherVNumber }],
    [passport, otherPassport],
  ]) {
    t.equal(weighed({ ...one, phone }, { ...other, phone }), undefined)
    t.equal(weighed({ ...one, phone }, { phone })?.quality, 'possible', 'one side alone is silent')
  }
})

t.test('a phone that the birth date speaks against counts for nothing', async (t) => {
  const born = (birthDate: string) => ({ phone, birthDate })
  t.equal(weighed(born('1990-02-05'), born('1990-02-06')), undefined, 'another day')
  t.equal(weighed(born('1990-02-05'), born('1991-02-05')), undefined, 'another year')
  t.equal(weighed(born('1990-01-01'), born('1991-02-05')), undefined, '1 January has a year')
  t.equal(weighed(born('1990-01-01'), born('1991-01-01')), undefined)
  t.equal(
    weighed(born('1990-02-05'), born('1990-05-02'))?.quality,
    'possible',
    'day and month swapped',
  )
  t.equal(
    weighed(born('1990-01-01'), born('1990-02-05'))?.quality,
    'possible',
    'same year at least',
  )
  t.equal(
    weighed(born('1990'), born('1991-02-05'))?.quality,
    'possible',
    'a partial date is silent',
  )
})

t.test(
  'an official number stays certain where the phone is contradicted, without it as a reason',
  async (t) => {
    const one = { ...ewa, bsn, phone }
    const other = { ...ewa, bsn, phone, birthDate: '1990-02-06' }
    t.same(weighed(one, other)?.reasons, ['official-number', 'similar-name-and-birth-date'])
    t.same(weighed(one, one)?.reasons, ['official-number', 'phone', 'name-and-birth-date'])
  },
)

t.test('names with a full birth date can be certain by themselves', async (t) => {
  const all = weighed(ewa, ewa)
  t.match(all, {
    quality: 'certain',
    reasons: ['name-and-birth-date'],
    restsOnIdentifier: false,
  })
  const made = linkageKeys(readIdentity(ewa).identity).keys.map(({ type }) => type)
  const sum = compositeTypes
    .filter((type) => made.includes(type))
    .reduce((bits, type) => bits + compositeWeights[type].agree, 0)
  t.ok(Math.abs((all?.bits ?? 0) - sum) < 0.1, 'all that agrees is added up')
  t.match(weighed(ewa, { ...ewa, birthDate: '1990-02-06' }), {
    quality: 'possible',
    reasons: ['similar-name-and-birth-date'],
  })
  t.equal(weighed(ewa, piet), undefined)
})

/** The types that two people have of whom all is known. */
const ofFullDates = compositeTypes.filter((type) => tokensOf(ewa).has(type))

const agreeing = (...types: readonly CompositeType[]) => {
  const side = (own: string): Tokens =>
    new Map(ofFullDates.map((type) => [type, new Set([types.includes(type) ? type : own])]))
  return [side('a'), side('b')] as const
}

t.test(
  'one kind of key that agrees is not enough, and each counts what is published',
  async (t) => {
    const against = ofFullDates.reduce((sum, type) => sum + compositeWeights[type].disagree, 0)
    for (const type of ofFullDates) {
      const { m, u, agree, disagree } = compositeWeights[type]
      t.equal(weigh(...agreeing(type)), undefined, `${type} alone`)
      const bits = agree + against - disagree
      t.ok(Math.abs(nameBits(...agreeing(type)) - bits) < 1e-9, type)
      t.ok(Math.abs(Math.log2(m / u) - agree) < 1, 'bits of agreement fit m and u')
      t.ok(Math.abs(Math.log2((1 - m) / (1 - u)) - disagree) < 1, 'bits of disagreement too')
    }
    const three = agreeing(
      'family-name-start-birth-date',
      'names-birth-month',
      'name-ends-birthday',
    )
    t.match(weigh(...three), { quality: 'probable', bits: 50 })
  },
)

t.test('what is missing on one side counts in neither direction', async (t) => {
  t.equal(weighed(ewa, {}), undefined)
  t.equal(weigh(new Map([['bsn', new Set()]]), new Map([['bsn', new Set()]])), undefined)
})

t.test(
  'with a name or part of the date unknown on a side, names are possible at most',
  async (t) => {
    const { givenNames: _, ...familyOnly } = ewa
    t.match(weighed(ewa, familyOnly), {
      quality: 'possible',
      bits: 39.4,
      reasons: ['similar-name-and-birth-date'],
    })
    for (const birthDate of ['1990', '1990-02', '1990-01-01']) {
      t.match(weighed(ewa, { ...ewa, birthDate }), {
        quality: 'possible',
        reasons: ['name-and-birth-year'],
      })
      t.match(weighed({ ...ewa, birthDate }, { ...ewa, birthDate }), { quality: 'possible' })
      t.equal(
        weighed({ ...ewa, birthDate }, { ...ewa, birthDate: '1991' }),
        undefined,
        'another year',
      )
    }
    t.match(weighed({ ...ewa, phone }, { ...familyOnly, phone }), { quality: 'possible' })
  },
)

t.test('where no birth date is known a place stands beside the names', async (t) => {
  const { birthDate: _, ...undated } = ewa
  const inBreda = { ...undated, place: 'Breda' }
  t.match(weighed(inBreda, inBreda), { quality: 'possible', reasons: ['name-and-place'] })
  t.match(weighed(inBreda, { ...inBreda, familyName: 'Nowack' }), { quality: 'possible' })
  t.equal(weighed(inBreda, { ...inBreda, place: 'Zwolle' }), undefined, 'another place')
  t.equal(weighed(inBreda, { ...ewa, place: 'Breda' }), undefined, 'names alone are not enough')
  t.equal(
    weighed({ ...piet, birthDate: '', place: 'Breda' }, { ...piet, birthDate: '', place: 'Breda' }),
    undefined,
  )
  const moved = { ...ewa, place: 'Zwolle' }
  t.equal(
    weighed({ ...ewa, place: 'Breda' }, moved)?.quality,
    'certain',
    'with a date it is not used',
  )
  const year = { ...undated, birthDate: '1990', place: 'Breda' }
  t.match(weighed(year, year), { quality: 'possible', reasons: ['name-and-birth-year'] })
})

t.test('one equal value of several is enough', async (t) => {
  const double = { ...ewa, familyName: 'Nowak-Zielińska' }
  t.equal(weighed(double, ewa)?.quality, 'certain', 'the first part is in every kind of key')
  t.equal(weighed(double, { ...ewa, familyName: 'Zielińska' })?.quality, 'probable')
  t.equal(weighed(double, { ...ewa, familyName: 'Horvat' })?.quality, 'possible')
})

t.test('spelling, order and a swapped day and month do not part one person', async (t) => {
  const variants: RawIdentity[] = [
    { ...ewa, birthDate: '1990-05-02' },
    { ...ewa, givenNames: 'Nowak', familyName: 'Ewa' },
    { ...ewa, givenNames: 'EWA Maria' },
    { ...ewa, familyName: 'van Nowak' },
    { ...ewa, familyName: 'Nowack' },
  ]
  for (const variant of variants) {
    const quality = weighed(ewa, variant)?.quality
    t.ok(quality === 'certain' || quality === 'probable', JSON.stringify(variant))
  }
  t.equal(weighed(ewa, { ...ewa, givenNames: 'EWA Maria' })?.quality, 'certain')
  const yusuf = { givenNames: 'Yusuf', familyName: 'Mohammed', birthDate: '1999-03-14' }
  const joesoef = { givenNames: 'Joesoef', familyName: 'Muhamad', birthDate: '14-03-1999' }
  t.equal(weighed(yusuf, joesoef)?.quality, 'probable')
})

t.test('another BSN or V-number vetoes names wholly; another document does not', async (t) => {
  t.equal(weighed({ ...ewa, bsn }, { ...ewa, bsn: otherBsn }), undefined)
  t.equal(weighed({ ...ewa, vNumber }, { ...ewa, vNumber: otherVNumber }), undefined)
  t.equal(weighed({ ...ewa, bsn, phone }, { ...ewa, bsn: otherBsn, phone }), undefined)
  t.equal(weighed({ ...ewa, ...passport }, { ...ewa, ...otherPassport })?.quality, 'certain')
  t.equal(
    weighed({ ...ewa, bsn }, { ...ewa, vNumber })?.quality,
    'certain',
    'two kinds do not clash',
  )
})

t.test('only a differing BSN or V-number makes two persons of two signals', async (t) => {
  const clash = (one: RawIdentity, other: RawIdentity) =>
    contradicts(tokensOf(one), tokensOf(other))
  t.ok(clash({ bsn }, { bsn: otherBsn }))
  t.ok(clash({ bsn, vNumber }, { bsn, vNumber: otherVNumber }))
  t.notOk(clash({ bsn }, { bsn }))
  t.notOk(clash({ bsn }, { vNumber }))
  t.notOk(clash(passport, otherPassport))
  t.notOk(clash({ ...ewa, phone }, { ...piet, phone: otherPhone }))
})

t.test('twins are not taken for one person', async (t) => {
  const [jan, kees] = [
    { givenNames: 'Jan', familyName: 'de Vries', birthDate: '2005-06-07' },
    { givenNames: 'Kees', familyName: 'de Vries', birthDate: '2005-06-07' },
  ]
  t.match(weighed(jan, kees), { quality: 'possible', reasons: ['similar-name-and-birth-date'] })
  const shared = weighed({ ...jan, phone }, { ...kees, phone })
  t.match(shared, { quality: 'possible' }, 'nor does their shared phone make them one')
})

t.test('two of one name who were born on other days are not linked', async (t) => {
  t.equal(weighed(piet, { ...piet, birthDate: '1975-03-12' }), undefined)
  t.equal(weighed(ewa, { ...ewa, birthDate: '1994-11-17' }), undefined)
  const unknownDay = { ...piet, birthDate: '1971-01-01' }
  t.equal(weighed(piet, unknownDay), undefined, 'very common names with a year say nothing')
})

t.test('LIMIT: twins whose names sound alike are probable, a shared phone or not', async (t) => {
  const born = { familyName: 'de Vries', birthDate: '2005-06-07' }
  const [marije, marieke] = [
    { ...born, givenNames: 'Marije' },
    { ...born, givenNames: 'Marieke' },
  ]
  t.equal(weighed(marije, marieke)?.quality, 'probable')
  t.equal(weighed({ ...marije, phone }, { ...marieke, phone })?.quality, 'probable')
  t.equal(weighed({ ...marije, phone, bsn }, { ...marieke, phone, bsn: otherBsn }), undefined)
})

t.test('the phone of one trafficker does not make one person of his victims', async (t) => {
  t.equal(
    weighed({ ...ewa, phone }, { ...piet, phone }),
    undefined,
    'their birth dates speak against it',
  )
  const { birthDate: _, ...undated } = ewa
  t.match(weighed({ ...undated, phone }, { ...piet, phone }), { quality: 'possible' })
})

t.test('a phone adds eight bits and makes names no surer', async (t) => {
  t.match(weighed({ ...ewa, phone }, { ...ewa, phone }), {
    quality: 'certain',
    reasons: ['phone', 'name-and-birth-date'],
    restsOnIdentifier: true,
  })
  const three = agreeing('family-name-start-birth-date', 'names-birth-month', 'name-ends-birthday')
  const withPhone = (tokens: Tokens): Tokens => new Map([...tokens, ['phone', new Set([phone])]])
  const [one, other] = three
  t.match(weigh(withPhone(one), withPhone(other)), { quality: 'probable', bits: 58 })
  t.match(weigh(withPhone(one), withPhone(other), { ...startThresholds, certain: 55 }), {
    quality: 'probable',
  })
  t.match(weigh(one, other, { ...startThresholds, certain: 49 }), { quality: 'certain' })
})

t.test('names never chain, however sure; a number does', async (t) => {
  const chains = (one: RawIdentity, other: RawIdentity) => {
    const evidence = weighed(one, other)
    return evidence !== undefined && mayChain(evidence)
  }
  t.notOk(chains(ewa, ewa))
  t.ok(chains({ bsn }, { bsn }))
  t.ok(chains({ ...ewa, phone }, { ...ewa, phone }))
  t.notOk(chains({ phone }, { phone }))
})

const pool = <Value>(...values: readonly Value[]) =>
  fc.option(fc.constantFrom(...values), { nil: undefined })
const anyRaw: fc.Arbitrary<RawIdentity> = fc.record({
  bsn: pool(bsn, otherBsn),
  vNumber: pool(vNumber, otherVNumber),
  documentCountry: fc.constant('PL'),
  documentNumber: pool('AB123456', 'AB654321'),
  phone: pool(phone, otherPhone),
  place: pool('Breda', 'Zwolle'),
  givenNames: pool('Ewa', 'Ela', 'Piet', 'J.'),
  familyName: pool('Nowak', 'de Vries', 'Nowak-de Vries'),
  birthDate: pool('1990-02-05', '1990-05-02', '1990-01-01', '1990', '1971-08-30'),
})

t.test('weighing keeps its promises for any two signals', async () => {
  fc.assert(
    fc.property(anyRaw, anyRaw, (one, other) => {
      const evidence = weighed(one, other)
      equal(
        contradicts(tokensOf(one), tokensOf(other)),
        contradicts(tokensOf(other), tokensOf(one)),
      )
      const official =
        (one.bsn !== undefined && one.bsn === other.bsn) ||
        (one.vNumber !== undefined && one.vNumber === other.vNumber) ||
        (one.documentNumber !== undefined && one.documentNumber === other.documentNumber)
      if (official) equal(evidence?.quality, 'certain')
      if (evidence === undefined) return
      equal(evidence.reasons.includes('official-number'), official)
      equal(
        evidence.restsOnIdentifier,
        evidence.reasons.some((reason) => reason === 'official-number' || reason === 'phone'),
      )
      ok(evidence.reasons.length > 0 && evidence.bits > 0)
      if (!evidence.restsOnIdentifier && evidence.quality !== 'possible') {
        ok(
          [one, other].every(({ birthDate, givenNames }) => birthDate?.length === 10 && givenNames),
        )
      }
      const clash = contradicts(tokensOf(one), tokensOf(other))
      if (clash) deepEqual(evidence.reasons, ['official-number'])
    }),
    { numRuns: 2000 },
  )
})

t.test('a reason in words names a class, never a number', async (t) => {
  t.same(
    reasonClasses.map((reason) => sentenceOf(reason, 'en')),
    [
      'same official number',
      'same phone',
      'same name and birth date',
      'similar name and birth date',
      'similar name and same birth year',
      'similar name and same place',
    ],
  )
  t.same(
    reasonClasses.map((reason) => sentenceOf(reason, 'nl')),
    [
      'zelfde officiële nummer',
      'zelfde telefoonnummer',
      'zelfde naam en geboortedatum',
      'vergelijkbare naam en geboortedatum',
      'vergelijkbare naam en zelfde geboortejaar',
      'vergelijkbare naam en zelfde plaats',
    ],
  )
  t.ok(keyTypes.every((type) => reasonClasses.every((one) => sentenceOf(one, 'en') !== type)))
})
