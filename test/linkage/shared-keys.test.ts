import fc from 'fast-check'
import t from 'tap'
import { alikePeople } from '../../scripts/alike-people/people.ts'
import { frequenciesOf } from '../../scripts/bench/frequencies/count.ts'
import { subjectsOf } from '../../scripts/bench/linkage/scored-pairs.ts'
import { linkageKeys } from '../../src/linkage/keys.ts'
import { readIdentity } from '../../src/linkage/read-identity.ts'
import { mostSharing, sharedKeys } from '../../src/linkage/shared-keys.ts'
import type { RawIdentity } from '../../src/linkage/types.ts'

const keyed = (raw: RawIdentity) => linkageKeys(readIdentity(raw).identity)

const born = (names: RawIdentity, count: number): RawIdentity[] =>
  Array.from({ length: count }, (_, at) => ({ ...names, birthDate: `19${50 + at}-03-${at + 10}` }))

const ewa: RawIdentity = { givenNames: 'Ewa', familyName: 'Nowak' }
const said = `a name key that more than ${mostSharing} of this file share`

const typesOf = ({ keys }: ReturnType<typeof keyed>) => keys.map(({ type }) => type)

t.test(
  'a name key that more than five subjects of a file share is left out, and it is said',
  async (t) => {
    const five = born(ewa, mostSharing).map(keyed)
    t.same(five.map(sharedKeys(five).without), five, 'five may share it')
    const six = born(ewa, mostSharing + 1).map(keyed)
    for (const one of six) {
      const left = sharedKeys(six).without(one)
      t.same(
        typesOf(left),
        typesOf(one).filter((type) => type !== 'names'),
      )
      t.same(left.withheld.at(-1), { reason: said })
    }
  },
)

t.test('one person who comes often hides no key, nor does a shared number', async (t) => {
  const often = Array.from({ length: 20 }, () => keyed({ ...ewa, birthDate: '1990-02-05' }))
  t.same(often.map(sharedKeys(often).without), often)
  const phones = born({ ...ewa, phone: '0612345678' }, 20).map(keyed)
  for (const one of phones) {
    t.ok(typesOf(sharedKeys(phones).without(one)).includes('phone'))
  }
})

t.test('so no token of one file stands out, and the bench counts it', async (t) => {
  const rows = alikePeople(1).map(({ entityId, raw }) => {
    return { entityId, raw, identity: readIdentity(raw).identity }
  })
  const { persons, types } = frequenciesOf(subjectsOf(rows))
  t.equal(persons, 9_000)
  for (const { type, mostShared } of types) t.ok((mostShared[0] ?? 0) <= mostSharing, type)
})

t.test('what is left is shared by five at most, and nothing else goes', async () => {
  const raws = fc.array(
    fc.record({
      givenNames: fc.constantFrom('Ewa', 'Ola', 'Zofia', 'Jan'),
      familyName: fc.constantFrom('Nowak', 'Wójcik', 'Nowak-Wójcik', 'de Vries'),
      birthDate: fc.constantFrom('1990-02-05', '1990-02-06', '1991-02-05', '1990', '1990-01-01'),
    }),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(raws, (list) => {
      const all = list.map(keyed)
      const left = all.map(sharedKeys(all).without)
      const bearers = new Map<string, Set<string>>()
      for (const [at, { keys }] of all.entries()) {
        for (const { value } of keys) {
          const person = all[at]?.keys.map((key) => key.value).join() ?? ''
          bearers.set(value, (bearers.get(value) ?? new Set()).add(person))
        }
      }
      return left.every(({ keys }, at) =>
        all[at]?.keys.every(
          (key) => keys.includes(key) === (bearers.get(key.value)?.size ?? 0) <= mostSharing,
        ),
      )
    }),
    { numRuns: 200 },
  )
})
