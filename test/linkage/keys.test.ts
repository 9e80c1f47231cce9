import { equal, match, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { linkageKeys } from '../../src/linkage/keys.ts'
import { familyNameParts, leadingGivenName, nameWords } from '../../src/linkage/normalise.ts'
import { readIdentity } from '../../src/linkage/read-identity.ts'
import { skeletonOf } from '../../src/linkage/skeleton.ts'
import type { RawIdentity } from '../../src/linkage/types.ts'
import { personKeyTypes } from '../../src/wire/codes.ts'

const keysOf = (raw: RawIdentity): string[] => {
  const { identity, problems } = readIdentity(raw)
  equal(problems.length, 0)
  return linkageKeys(identity).keys.map(({ value }) => value)
}

const ofType = (type: string, raw: RawIdentity) =>
  keysOf(raw).filter((value) => value.startsWith(`lk1|${type}|`))

const reasonsOf = (raw: RawIdentity) =>
  linkageKeys(readIdentity(raw).identity).withheld.map(({ reason }) => reason)

t.test('names are brought to Latin letters, without titles, particles and initials', async (t) => {
  const rows: [string, string][] = [
    // NFKC, and case
    ['ＭÜＬＬＥＲ', 'muller'],
    ['ĳsbrand', 'ijsbrand'],
    ['Măŀĩka', 'malika'],
    // transliteration
    ['Łukasz', 'lukasz'],
    ['Straße', 'strasse'],
    ['Владимир', 'vladimir'],
    ['محمد', 'mhmd'],
    ['王伟', 'wangwei'],
    // apostrophes of all kinds stand inside a word
    ["O'Brien", 'obrien'],
    ['O’Brien', 'obrien'],
    ['Oʻbrien', 'obrien'],
    ['O`Brien', 'obrien'],
    // everything else parts words
    ['Jansen-de Boer', 'jansen boer'],
    ['Jan2Piet', 'jan piet'],
    // titles
    ['Dr. Anna', 'anna'],
    ['mevr. drs. Anna', 'anna'],
    ['Hadji Omar', 'omar'],
    // particles
    ['van der Berg', 'berg'],
    ['v.d. Berg', 'berg'],
    ['Berg, van der', 'berg'],
    ["in 't Veld", 'veld'],
    ['El-Sayed', 'sayed'],
    ['dos Santos', 'santos'],
    // initials
    ['J. Pieter', 'pieter'],
    // unless nothing remains
    ['Van', 'van'],
    ['de Heer', 'heer'],
    ['Dr. J.', 'j'],
    ['Dr.', 'dr'],
    ['Le Van', 'le van'],
    ['V.', 'v'],
    ['', ''],
    ['123 !', ''],
  ]
  for (const [name, words] of rows) t.equal(nameWords(name).join(' '), words, name)
})

t.test('the first given name counts, and an initial is none', async (t) => {
  t.equal(leadingGivenName('Anna Maria'), 'anna')
  t.equal(leadingGivenName('A. Maria'), 'maria')
  t.equal(leadingGivenName('A. M.'), undefined)
  t.equal(leadingGivenName('?'), undefined)
})

t.test('a family name counts with its first and its last part', async (t) => {
  t.same(familyNameParts('de Vries'), ['vries'])
  t.same(familyNameParts('Jansen-de Boer'), ['jansen', 'boer'])
  t.same(familyNameParts('García López y Vega'), ['garcia', 'vega'])
  t.same(familyNameParts('Jansen Jansen'), ['jansen'])
  t.same(familyNameParts('?'), [])
})

t.test('every rule of the sound skeleton brings spellings together', async (t) => {
  const alike: string[][] = [
    ['anna', 'ana'],
    ['philip', 'filip'],
    ['smithson', 'smitson'],
    ['adhdam', 'addam'],
    ['highgate', 'higgate'],
    ['lakhkar', 'lakkar'],
    ['thomas', 'tomas'],
    ['khadija', 'kadija'],
    ['gheorghe', 'george'],
    ['becker', 'beker'],
    ['chantal', 'shantal'],
    ['djamila', 'dzjamila', 'jamila'],
    ['schouten', 'shouten', 'souten'],
    ['kats', 'katz', 'kas'],
    ['czeslaw', 'ceslav'],
    ['bachir', 'bahir'],
    ['cecilia', 'sesilia'],
    ['quirina', 'kuirina', 'cuirina'],
    ['alexander', 'aleksander'],
    ['zoltan', 'soltan'],
    ['dijkstra', 'dikstra'],
    ['wouter', 'vouter', 'fouter'],
    ['david', 'tafit'],
    ['boris', 'poris'],
    ['schmidt', 'schmitt', 'smit', 'smid'],
    ['yusuf', 'joesoef', 'youssef', 'iusuf'],
    ['mohammed', 'muhamad', 'mohamed', 'mhmd'],
    ['emine', 'amine', 'omine'],
  ]
  for (const [first = '', ...others] of alike) {
    for (const other of others) t.equal(skeletonOf(other), skeletonOf(first), `${first} ${other}`)
  }
})

t.test('the known misses of the skeleton stay misses', async (t) => {
  t.not(skeletonOf('rachid'), skeletonOf('rashid'))
  t.not(skeletonOf('khaled'), skeletonOf('chaled'))
  t.not(skeletonOf('jan'), skeletonOf('piet'))
})

const anyName = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc
    .array(
      fc.constantFrom('van', 'der', 'dr', 'J.', 'Anna', "'t", 'Łukasz', '-', 'Ö', 'السيد', 'y'),
    )
    .map((words) => words.join(' ')),
)

t.test('normalising twice gives the same as once, for any text', async () => {
  fc.assert(
    fc.property(anyName, (name) => {
      const once = nameWords(name).join(' ')
      match(once, /^[a-z ]*$/)
      equal(nameWords(once).join(' '), once)
      equal(nameWords(name.normalize('NFD')).join(' '), once)
    }),
    { numRuns: 500 },
  )
})

t.test('a word never loses its skeleton', async () => {
  const letters = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz')
  fc.assert(
    fc.property(fc.string({ unit: letters, minLength: 1 }), (word) => {
      match(skeletonOf(word), /^[a-z]+$/)
    }),
    { numRuns: 1000 },
  )
})

const ewa: RawIdentity = { givenNames: 'Ewa', familyName: 'Nowak', birthDate: '1990-02-05' }

t.test('the published vectors hold', async (t) => {
  const url = new URL('../vectors/linkage-keys-lk1.json', import.meta.url)
  const { vectors } = JSON.parse(readFileSync(url, 'utf8'))
  t.ok(vectors.length >= 8)
  for (const { raw, keys, withheld } of vectors) {
    t.same(keysOf(raw), keys)
    t.same(reasonsOf(raw), withheld)
  }
  const shown = new Set(
    vectors.flatMap(({ keys }: { keys: string[] }) => keys.map((key) => key.split('|')[1])),
  )
  t.same([...shown].sort(), [...personKeyTypes].sort(), 'every type is shown')
})

t.test('swapped day and month make the same keys; another day does not', async (t) => {
  t.same(keysOf({ ...ewa, birthDate: '1990-05-02' }), keysOf(ewa))
  const other = keysOf({ ...ewa, birthDate: '1990-02-06' })
  for (const key of keysOf(ewa).filter((value) => !value.includes('birth-year'))) {
    t.notOk(other.includes(key), key)
  }
})

t.test('the prefix, wherever it is written, changes no key', async (t) => {
  const berg = keysOf({ ...ewa, prefix: 'van den', familyName: 'Berg' })
  for (const familyName of ['van den Berg', 'Berg, van den', 'v.d. Berg', 'BERG']) {
    t.same(keysOf({ ...ewa, familyName }), berg, familyName)
  }
})

t.test('given and family name swapped still share the keys that hold both', async (t) => {
  const swapped = { ...ewa, givenNames: 'Nowak', familyName: 'Ewa' }
  for (const type of ['names-birth-date', 'name-ends-birth-year']) {
    t.same(ofType(type, swapped), ofType(type, ewa))
  }
})

t.test('a double family name shares keys with both halves', async (t) => {
  const double = keysOf({ ...ewa, familyName: 'Nowak-Zielińska' })
  for (const familyName of ['Nowak', 'Zielińska']) {
    for (const key of keysOf({ ...ewa, familyName })) t.ok(double.includes(key), key)
  }
})

t.test('1 January and partial dates make no name keys, and say so', async (t) => {
  for (const birthDate of ['1990-01-01', '1990', '1990-05']) {
    t.same(keysOf({ ...ewa, birthDate }), [], birthDate)
    t.equal(reasonsOf({ ...ewa, birthDate }).length, 1)
  }
  t.same(reasonsOf(ewa), [])
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
  t.same(keysOf({ givenNames: 'Ewa', familyName: 'Nowak', place: 'Breda', sex: 'F' }), [])
  t.same(keysOf({ birthDate: '1990-02-05', place: 'Breda' }), [])
  t.same(keysOf({ givenNames: 'Ewa', birthDate: '1990-02-05' }), [])
  t.same(keysOf({}), [])
})

t.test('keys are labelled, distinct, at most 12, and always the same', async () => {
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
      ok(keys.length <= 12)
      for (const { type, value } of keys) {
        ok(value.startsWith(`lk1|${type}|`))
        match(value, /^lk1(\|[A-Za-z0-9+~-]+)+$/)
      }
      equal(JSON.stringify(linkageKeys(identity).keys), JSON.stringify(keys))
    }),
    { numRuns: 300 },
  )
})
