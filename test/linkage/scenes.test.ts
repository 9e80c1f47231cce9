import { equal, match, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { sentenceOf } from '../../src/linkage/evidence.ts'
import { linkageKeys } from '../../src/linkage/keys.ts'
import { readIdentity } from '../../src/linkage/read-identity.ts'
import { readScene } from '../../src/linkage/read-scene.ts'
import { sceneKeys } from '../../src/linkage/scene-keys.ts'
import type { RawScene } from '../../src/linkage/scene-types.ts'
import { type TokenedSubject, weighSubjects } from '../../src/linkage/subjects.ts'
import type { Tokens } from '../../src/linkage/types.ts'
import {
  allSceneKeyTypes,
  type SceneKind,
  sceneKeyTypes,
  sceneReasonClasses,
} from '../../src/wire/codes/subjects.ts'
import { mostTokens, personKeyTypes } from '../../src/wire/codes.ts'

const kinds = ['household', 'location', 'vehicle'] as const

const keysOf = (kind: SceneKind, raw: RawScene): string[] => {
  const { scene, problems } = readScene(kind, raw)
  equal(problems.length, 0, JSON.stringify(problems))
  return sceneKeys(scene).keys.map(({ value }) => value)
}
const withheldOf = (kind: SceneKind, raw: RawScene): string[] =>
  sceneKeys(readScene(kind, raw).scene).withheld.map(({ reason }) => reason)
const faultsOf = (kind: SceneKind, raw: RawScene): string[] =>
  readScene(kind, raw).problems.map(({ field }) => field)

const tokened = (kind: SceneKind, raw: RawScene): TokenedSubject => {
  const tokens = new Map<string, Set<string>>()
  for (const { type, value } of sceneKeys(readScene(kind, raw).scene).keys) {
    tokens.set(type, (tokens.get(type) ?? new Set()).add(value))
  }
  return { kind, tokens: tokens as Tokens }
}

const zwaan = { placeName: 'Hotel De Zwaan', place: 'Breda' }
const home = { postcode: '1099 AB', houseNumber: '12' }

t.test('the published vectors of scenes hold', async (t) => {
  const url = new URL('../../src/linkage/vectors/scene-keys-lk1.json', import.meta.url)
  const { vectors } = JSON.parse(readFileSync(url, 'utf8'))
  t.ok(vectors.length >= 12)
  for (const { kind, raw, keys, withheld } of vectors) {
    t.same(keysOf(kind, raw), keys)
    t.same(withheldOf(kind, raw), withheld)
  }
  const shown = new Set(
    vectors.flatMap(({ keys }: { keys: string[] }) => keys.map((key) => key.split('|')[1])),
  )
  t.same([...shown].sort(), [...allSceneKeyTypes].sort(), 'every type is shown')
})

t.test('an address makes the same key in every way of writing it', async (t) => {
  const one = keysOf('household', { postcode: '1099 AB', houseNumber: '12-A' })
  t.same(one, ['lk1|household-address|NLD|1099AB|12|A'])
  for (const [postcode, houseNumber] of [
    ['1099ab', '12a'],
    [' 1099 aB ', '12 A'],
    ['1099-AB', '012-a'],
    ['１０９９AB', 'nr. 12 (A)'],
  ] as const) {
    t.same(keysOf('household', { postcode, houseNumber, country: 'nl' }), one)
  }
  const streets = ['Dorpsstraat', 'dorps-straat', 'Dorpsstr.', 'DORPSSTRAAT ']
  const written = streets.map((street) =>
    keysOf('location', { street, houseNumber: '3', place: 'Den Haag' }).join(),
  )
  t.same([...new Set(written)], ['lk1|location-street|NLD|sgravenhage|dorpsstr|3'])
  t.same(
    keysOf('location', { street: 'Dorpsstraat', houseNumber: '3', place: '’s-Gravenhage' }),
    written.slice(0, 1),
  )
})

t.test('house numbers part into number and addition', async (t) => {
  const numbers: [string, string | undefined][] = [
    ['12', '12'],
    ['012', '12'],
    ['12bis', '12-BIS'],
    ['12 bis', '12-BIS'],
    ['12-1', '12-1'],
    ['12 1', '12-1'],
    ['12/14', '12-14'],
    ['12 1-hoog', '12-1HOOG'],
    ['12 hs', '12-H'],
    ['12-H', '12-H'],
    ['12 huis', '12-H'],
    ['0', undefined],
    ['A12', undefined],
    ['123456', undefined],
    ['12 near the church', undefined],
  ]
  for (const [text, wanted] of numbers) {
    const { scene } = readScene('household', { houseNumber: text })
    t.equal(scene.houseNumber, wanted, text)
  }
})

t.test(
  'outside the Netherlands street and number count, with postcode and with town',
  async (t) => {
    t.same(
      keysOf('location', {
        country: 'D',
        postcode: '50667',
        street: 'Domstraße',
        houseNumber: '1',
        place: 'Köln',
      }),
      ['lk1|location-street|DEU|50667|domstr|1', 'lk1|location-street|DEU|koln|domstr|1'],
    )
    t.same(keysOf('location', { country: 'DE', postcode: '50667', houseNumber: '1' }), [])
    t.not(
      keysOf('location', { street: 'Kerkstraat', houseNumber: '1', place: 'Essen' })[0],
      keysOf('location', {
        country: 'BE',
        street: 'Kerkstraat',
        houseNumber: '1',
        place: 'Essen',
      })[0],
    )
  },
)

t.test('a named place needs its town, and a name that says more than its kind', async (t) => {
  const hotel = keysOf('location', { placeName: 'Hotel De Zwaan', place: 'Breda' })
  t.same(hotel, ['lk1|location-name|NLD|breda|zwaan'])
  for (const placeName of ['de zwaan', 'ZWAAN Hotel B.V.', 'Hôtel Zwaan']) {
    t.same(keysOf('location', { placeName, place: 'BREDA' }), hotel, placeName)
  }
  t.same(keysOf('location', { placeName: 'Hotel De Zwaan' }), [])
  t.match(withheldOf('location', { placeName: 'Hotel De Zwaan' }), [/^no town/])
  t.match(withheldOf('location', { placeName: 'Het Hotel', place: 'Breda' }), [/^no usable name/])
})

t.test('nothing that many share becomes a key, and the connector says so', async (t) => {
  const common: [SceneKind, RawScene, RegExp][] = [
    ['household', { postcode: '1099 AB' }, /no house number/],
    ['household', { place: 'Breda' }, /no address/],
    ['household', { houseNumber: '12' }, /no postcode, and no street/],
    ['household', { street: 'Kerkstraat', houseNumber: '12' }, /no postcode, and no street/],
    ['location', { street: 'Kerkstraat', place: 'Breda' }, /no house number/],
    ['location', { place: 'Breda' }, /neither an address nor a name/],
    ['vehicle', { country: 'NL' }, /no licence plate/],
    [
      'location',
      { country: 'DEU', postcode: '50667', houseNumber: '3' },
      /outside the Netherlands/,
    ],
  ]
  for (const [kind, raw, reason] of common) {
    t.same(keysOf(kind, raw), [])
    t.match(withheldOf(kind, raw), [reason])
  }
})

t.test(
  'Dutch plates have the form of a side-code; others are read with their country',
  async (t) => {
    for (const plate of ['XX-99-99', '99-xx-99', '99 XXX 9', 'X-999-XX', 'XXX-99-X', '999-XX-9']) {
      const compact = plate.toUpperCase().replace(/[^A-Z0-9]/g, '')
      const wanted = [`lk1|vehicle-plate|NLD|${compact}`]
      for (const text of [plate, compact, compact.toLowerCase()]) {
        t.same(keysOf('vehicle', { country: 'NL', licencePlate: text }), wanted)
      }
    }
    for (const plate of ['XXX-999', '999-XXX', '1-ABC-234', 'XX-99-9', '999999', 'XXXXXX']) {
      t.same(faultsOf('vehicle', { country: 'NL', licencePlate: plate }), ['licencePlate'], plate)
    }
    t.same(
      keysOf('vehicle', { country: 'BG', licencePlate: 'СВ 1234 АК' }),
      keysOf('vehicle', { country: 'BGR', licencePlate: 'CB1234AK' }),
      'letters that only look Latin',
    )
    t.same(keysOf('vehicle', { country: 'D', licencePlate: 'LÖ-AB 12' }), [
      'lk1|vehicle-plate|DEU|LOAB12',
    ])
    t.not(
      keysOf('vehicle', { country: 'PL', licencePlate: 'XX 9999' })[0],
      keysOf('vehicle', { country: 'RO', licencePlate: 'XX 9999' })[0],
    )
    t.same(faultsOf('vehicle', { licencePlate: 'XX-99-99' }), ['country'])
    t.same(faultsOf('vehicle', { country: 'Atlantis', licencePlate: 'XX-99-99' }), ['country'])
    t.same(faultsOf('vehicle', { country: 'PL', licencePlate: 'GEEN' }), ['licencePlate'])
  },
)

t.test('an address of a country that could not be read makes no key', async (t) => {
  const { scene } = readScene('location', { ...home, ...zwaan, country: 'Atlantis' })
  t.same(sceneKeys(scene).keys, [])
})

t.test('all faults of a scene are told at once, also of fields of another kind', async (t) => {
  t.same(
    faultsOf('household', {
      postcode: '0123 AB',
      houseNumber: 'x',
      street: 'a'.repeat(201),
      placeName: 'Hotel',
      licencePlate: 'XX-99-99',
    }),
    ['postcode', 'street', 'houseNumber', 'placeName', 'licencePlate'],
  )
  t.same(faultsOf('vehicle', { postcode: '1099 AB' }), ['postcode'])
  for (const postcode of ['1099 SS', '1099 SA', '1099 SD', '1099', 'AB 1099']) {
    t.same(faultsOf('location', { postcode }), ['postcode'], postcode)
  }
  t.same(faultsOf('location', { postcode: '-', street: 'onbekend', placeName: '' }), [])
})

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '1099 AB', '12-A', 'NL', 'DE', 'XX-99-99', 'Hotel Zwaan', 'Breda', 'СВ 12'),
)
const anyRaw = fc.record(
  {
    country: anyText,
    postcode: anyText,
    street: anyText,
    houseNumber: anyText,
    place: anyText,
    placeName: anyText,
    licencePlate: anyText,
  },
  { requiredKeys: [] },
)

t.test('reading a scene is total, deterministic, and the same when read again', async () => {
  fc.assert(
    fc.property(fc.constantFrom(...kinds), anyRaw, (kind, raw) => {
      const { scene, problems } = readScene(kind, raw)
      equal(JSON.stringify(readScene(kind, raw)), JSON.stringify({ scene, problems }))
      // Where the country was a fault, the rest of the scene is of no country.
      if (problems.some(({ field }) => field === 'country')) return
      const { kind: _kind, ...fields } = scene
      const again = readScene(kind, fields)
      equal(JSON.stringify(again.problems), '[]')
      equal(JSON.stringify(again.scene), JSON.stringify(scene))
    }),
    { numRuns: 1000 },
  )
})

t.test('no problem and no withheld reason repeats a value', async () => {
  const secret = fc.string({ unit: fc.constantFrom(...'qxzjQXZJ0123456789'), minLength: 6 })
  const raw = fc.record({
    country: secret,
    postcode: secret,
    street: secret,
    houseNumber: secret,
    place: secret,
    placeName: secret,
    licencePlate: secret,
  })
  fc.assert(
    fc.property(fc.constantFrom(...kinds), raw, (kind, fields) => {
      const { scene, problems } = readScene(kind, fields)
      const said = JSON.stringify([problems, sceneKeys(scene).withheld])
      for (const value of Object.values(fields)) ok(!said.includes(value))
    }),
  )
})

t.test(
  'keys are labelled by kind, at most four, and no two kinds of subject share one',
  async () => {
    const seen = new Map<string, string>()
    fc.assert(
      fc.property(anyRaw, (raw) => {
        for (const kind of kinds) {
          const { keys } = sceneKeys(readScene(kind, raw).scene)
          ok(keys.length <= 4)
          equal(new Set(keys.map(({ value }) => value)).size, keys.length)
          for (const [type, alike] of Map.groupBy(keys, (key) => key.type)) {
            ok(alike.length <= mostTokens[type], 'as many as a signal may carry')
          }
          for (const { type, value } of keys) {
            ok((sceneKeyTypes[kind] as readonly string[]).includes(type))
            ok(value.startsWith(`lk1|${type}|`))
            match(value, /^lk1(\|[A-Za-z0-9~-]+)+$/)
            equal(seen.get(value) ?? kind, kind)
            seen.set(value, kind)
          }
        }
      }),
      { numRuns: 500 },
    )
    const person = {
      phone: '0612345678',
      givenNames: 'Ewa',
      familyName: 'Nowak',
      birthDate: '1990-02-05',
    }
    for (const { value } of linkageKeys(readIdentity(person).identity).keys) ok(!seen.has(value))
    for (const type of personKeyTypes) ok(!(allSceneKeyTypes as readonly string[]).includes(type))
  },
)

t.test('an equal plate is certain, an address weaker, a name weakest', async (t) => {
  const cases: [SceneKind, RawScene, RawScene, string | undefined, string[]][] = [
    ['household', home, home, 'possible', ['address']],
    ['household', home, { ...home, houseNumber: '12-A' }, undefined, []],
    ['location', home, home, 'probable', ['address']],
    ['location', zwaan, zwaan, 'possible', ['named-place']],
    ['location', zwaan, { ...zwaan, ...home }, 'possible', ['named-place']],
    [
      'location',
      { ...zwaan, ...home },
      { ...zwaan, ...home },
      'probable',
      ['address', 'named-place'],
    ],
    ['location', { ...zwaan, ...home }, { ...zwaan, ...home, houseNumber: '13' }, undefined, []],
    ['location', zwaan, { ...zwaan, place: 'Tilburg' }, undefined, []],
    [
      'vehicle',
      { country: 'NL', licencePlate: 'XX-99-99' },
      { country: 'NLD', licencePlate: 'xx9999' },
      'certain',
      ['licence-plate'],
    ],
  ]
  for (const [kind, one, other, quality, reasons] of cases) {
    const label = `${kind} ${JSON.stringify([one, other])}`
    const evidence = weighSubjects(tokened(kind, one), tokened(kind, other))
    t.equal(evidence?.quality, quality, label)
    t.same(evidence?.reasons ?? [], reasons, label)
    t.same(weighSubjects(tokened(kind, other), tokened(kind, one)), evidence, 'both ways alike')
    if (evidence) t.equal(evidence.restsOnIdentifier, true)
  }
})

t.test('subjects of two kinds never touch, whatever their tokens', async () => {
  const allTypes = [...personKeyTypes, ...allSceneKeyTypes]
  const tokens = fc
    .subarray(allTypes, { minLength: 1 })
    .map((types) => new Map(types.map((type) => [type, new Set(['same'])])))
  const kind = fc.constantFrom('person', ...kinds)
  fc.assert(
    fc.property(kind, kind, tokens, tokens, (one, other, ones, others) => {
      const evidence = weighSubjects({ kind: one, tokens: ones }, { kind: other, tokens: others })
      if (one !== other) equal(evidence, undefined)
    }),
  )
})

t.test('reasons are told in words of both languages, and tell no value', async (t) => {
  for (const reason of sceneReasonClasses) {
    for (const language of ['en', 'nl'] as const) {
      t.match(sentenceOf(reason, language), /^(same|zelfde) [a-z ]+$/)
    }
  }
})
