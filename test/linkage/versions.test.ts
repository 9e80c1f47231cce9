import fc from 'fast-check'
import t from 'tap'
import { contradicts, weigh } from '../../src/linkage/evidence.ts'
import { linkageKeys, linkageVersion } from '../../src/linkage/keys.ts'
import { readIdentity } from '../../src/linkage/read-identity.ts'
import { tokensByType } from '../../src/linkage/tokens.ts'
import type { RawIdentity, Tokens } from '../../src/linkage/types.ts'
import { contradictsInAny, currentVersions, weighVersions } from '../../src/linkage/versions.ts'
import { startThresholds } from '../../src/linkage/weights.ts'
import type { KeyType } from '../../src/wire/codes.ts'

/** The keys of a person in this version, or in a made-up next one that spells everything otherwise. */
const keysOf = (raw: RawIdentity, version = linkageVersion): [KeyType, string][] =>
  linkageKeys(readIdentity(raw).identity).keys.map(({ type, value }) =>
    version === linkageVersion
      ? [type, value]
      : [`${version}/${type}` as KeyType, value.replace(linkageVersion, version)],
  )

const inOld = (raw: RawIdentity): Tokens => tokensByType(keysOf(raw))
const inNew = (raw: RawIdentity): Tokens => tokensByType(keysOf(raw, 'lk2'))
const inBoth = (raw: RawIdentity): Tokens => tokensByType([...keysOf(raw), ...keysOf(raw, 'lk2')])

const both = new Map([...currentVersions, ['lk2', { weigh, contradicts }]])
const weighed = (one: Tokens, other: Tokens, versions = both) =>
  weighVersions(one, other, startThresholds, versions)

const [bsn, otherBsn] = ['999990007', '999990019']
const ewa: RawIdentity = { givenNames: 'Ewa', familyName: 'Nowak', birthDate: '1990-02-05', bsn }

t.test('signals of the old version, of the new one and of both find each other', async (t) => {
  const alone = weigh(inOld(ewa), inOld(ewa))
  t.same(weighed(inOld(ewa), inBoth(ewa)), alone)
  t.same(weighed(inNew(ewa), inBoth(ewa)), alone)
  t.same(weighed(inBoth(ewa), inBoth(ewa)), alone, 'what both versions say counts once')
})

t.test(
  'tokens of two versions are never compared: they neither join nor part anybody',
  async (t) => {
    t.equal(weighed(inOld(ewa), inNew(ewa)), undefined)
    t.notOk(contradictsInAny(inOld(ewa), inNew({ ...ewa, bsn: otherBsn }), both))
    const mixed = tokensByType([...keysOf({ bsn }), ...keysOf({ ...ewa, bsn: '' }, 'lk2')])
    t.equal(weighed(mixed, inNew({ ...ewa, bsn: otherBsn }))?.quality, 'certain')
    t.same(weighed(mixed, inNew({ ...ewa, bsn: otherBsn }))?.reasons, ['name-and-birth-date'])
  },
)

t.test('a number that differs in one version speaks against names in the other', async (t) => {
  const one = tokensByType([...keysOf({ bsn }), ...keysOf({ ...ewa, bsn: '' }, 'lk2')])
  const other = tokensByType([...keysOf({ bsn: otherBsn }), ...keysOf({ ...ewa, bsn: '' }, 'lk2')])
  t.ok(contradictsInAny(one, other, both))
  t.equal(weighed(one, other), undefined)
})

t.test('a gateway that does not know a version yet passes over its tokens', async (t) => {
  t.same(
    weighed(inBoth(ewa), inBoth(ewa), currentVersions as typeof both),
    weigh(inOld(ewa), inOld(ewa)),
  )
  t.equal(weighed(inNew(ewa), inNew(ewa), currentVersions as typeof both), undefined)
})

t.test('with one version nothing is other than without', async () => {
  const raws = fc.record({
    givenNames: fc.constantFrom('Ewa', 'Ela', 'Jan'),
    familyName: fc.constantFrom('Nowak', 'Nowak-Kok'),
    birthDate: fc.constantFrom('1990-02-05', '1990-05-02', '1990'),
    bsn: fc.constantFrom(bsn, otherBsn, ''),
    phone: fc.constantFrom('0612345678', ''),
  })
  fc.assert(
    fc.property(raws, raws, (one, other) => {
      const [left, right] = [inOld(one), inOld(other)]
      return (
        JSON.stringify(weighVersions(left, right, startThresholds)) ===
        JSON.stringify(weigh(left, right))
      )
    }),
  )
})
