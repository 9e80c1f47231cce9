import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import t from 'tap'
import { readInput } from '../../scripts/demo/agencies.ts'
import { runDemo } from '../../scripts/demo/run.ts'
import { keyedRowOf } from '../../src/client/signal-bodies.ts'
import { concat, fromBase64url, hex, utf8 } from '../../src/kernel/bytes.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { systemRandomness } from '../../src/kernel/random.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { linkageKeys } from '../../src/linkage/keys.ts'
import { keyShareOf } from '../../src/oprf/key-share.ts'
import {
  addElements,
  addScalars,
  hash,
  hashToElement,
  multiplyElement,
  multiplyScalars,
} from '../../src/oprf/ristretto.ts'
import { framed, tags } from '../../src/oprf/suite.ts'
import type { KeyShare, OperatorName } from '../../src/oprf/types.ts'
import { openCrypter } from '../../src/store/crypter.ts'
import { openDatabase } from '../../src/store/database.ts'
import { writeSample } from '../support/demo-sample.ts'

t.setTimeout(120_000)

/**
 * Somebody has stolen all that one operator holds and tries every BSN. There are ninety million; the
 * dictionary here is the best that a thief could wish for: exactly the numbers of the input.
 */

const folder = mkdtempSync(join(tmpdir(), 'raakvlak-dictionary-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const input = join(folder, 'input')
const kept = join(folder, 'kept')
await writeSample(input, 68)
const { report } = await runDemo({ input, keep: kept })

/** The linkage keys of every BSN, address, named place and licence plate in the files. */
const dictionary = [
  ...new Set(
    (await readInput(input)).flatMap(({ rows }) =>
      rows.flatMap((row) =>
        keyedRowOf(row)
          .keys.filter(({ type }) => row.scene !== undefined || type === 'bsn')
          .map(({ value }) => value),
      ),
    ),
  ),
]
const amount = (type: string): number =>
  dictionary.filter((key) => key.startsWith(`lk1|${type}`)).length

/** All that lies at one operator, opened with its own key file: the stolen goods. */
async function stealFrom(operator: OperatorName) {
  const keys = JSON.parse(readFileSync(join(kept, operator, 'keys', 'keys.json'), 'utf8')) as {
    readonly index: string
    readonly columns: readonly string[]
  }
  const crypter = openCrypter(
    keys.columns.map((key) => new Secret(fromBase64url(key))),
    systemRandomness,
  )
  const { db, close } = await openDatabase({
    connection: { kind: 'embedded', directory: join(kept, operator, 'database') },
    operator,
    clock: systemClock,
    migrate: 'leave',
  })
  try {
    const shares = await db.selectFrom('domain_share').selectAll().execute()
    const manifest = await db.selectFrom('domain_manifest').selectAll().executeTakeFirstOrThrow()
    const [share] = shares
    if (!share?.sealed_share) throw new Error('no share')
    const { domain, epoch } = share
    const scalar = crypter.decrypt(
      { table: 'domain_share', row: `${domain}|${epoch}`, column: 'sealed_share' },
      share.sealed_share,
    )
    // The keyholder has no such table; whatever it holds is looked up among the gateway's tokens.
    const index =
      operator === 'gateway'
        ? (await sql<{ token: Buffer }>`select token from signal_token`.execute(db)).rows
        : []
    return {
      domain,
      epoch,
      share: keyShareOf(scalar),
      peerPublicKey: manifest.peer_public_key,
      indexKey: fromBase64url(keys.index),
      index: new Set(index.map(({ token }) => hex(token))),
    }
  } finally {
    await close()
  }
}

const gateway = await stealFrom('gateway')
const keyholder = await stealFrom('keyholder')
t.equal(report.signals, 258)
t.ok(amount('bsn') > 80, `${amount('bsn')} BSNs are in the dictionary`)
for (const [type, least] of [
  ['household-', 2],
  ['location-', 5],
  ['vehicle-', 4],
] as const) {
  t.ok(amount(type) >= least, `${amount(type)} keys of type ${type} are too`)
}
t.ok(gateway.index.size > 500, `${gateway.index.size} tokens are in the stolen index`)

/** Finalize (RFC 9497 §3.3.2) of a key and its evaluated point. */
const finalised = (key: Uint8Array, point: Uint8Array): Uint8Array =>
  hash(concat(framed(key, point), utf8('Finalize')))

const indexedAs = (token: Uint8Array, indexKey: Uint8Array): string =>
  createHmac('sha256', indexKey)
    .update(`${gateway.domain}|${gateway.epoch}|`)
    .update(token)
    .digest('hex')

type Attack = (key: Uint8Array, point: Uint8Array) => Uint8Array

const bsnKey = (bsn: string): Uint8Array => {
  const [key] = linkageKeys({ bsn }).keys
  if (key?.type !== 'bsn') throw new Error('a BSN makes no key')
  return utf8(key.value)
}

/** The keys of the dictionary whose token, made in this way, stands in the gateway's index. */
const recovered = (attack: Attack, indexKey = gateway.indexKey): string[] =>
  dictionary.filter((text) => {
    const key = utf8(text)
    return gateway.index.has(indexedAs(attack(key, hashToElement(key, tags.element)), indexKey))
  })

const under =
  (scalar: Uint8Array): Attack =>
  (key, point) =>
    finalised(key, multiplyElement(scalar, point))

/** Everything that one share can be made into without the other. */
const waysWith = ({ share, peerPublicKey }: { share: KeyShare; peerPublicKey: Uint8Array }) =>
  ({
    'its share as if it were the whole key': under(share.scalar),
    'its share and the public key of the other': (key, point) =>
      finalised(key, addElements(multiplyElement(share.scalar, point), peerPublicKey)),
    'its share on the public key of the other': (key) =>
      finalised(key, multiplyElement(share.scalar, peerPublicKey)),
    'its share twice': under(addScalars(share.scalar, share.scalar)),
    'its share squared': under(multiplyScalars(share.scalar, share.scalar)),
    'no key, as after a forged half': (key, point) => finalised(key, point),
    'the point alone, not finalised': (_, point) => multiplyElement(share.scalar, point),
    'the point alone, hashed': (_, point) => hash(multiplyElement(share.scalar, point)),
    'the linkage key itself': (key) => key,
    'the linkage key, hashed': (key) => hash(key),
  }) satisfies Record<string, Attack>

t.test(
  'with the gateway’s database, key file and share, a dictionary recovers no number, address or plate',
  (t) => {
    for (const [how, attack] of Object.entries(waysWith(gateway))) {
      t.strictSame(recovered(attack), [], how)
    }
    t.end()
  },
)

t.test('nor with the keyholder’s share and the gateway’s database, but not its share', (t) => {
  for (const [how, attack] of Object.entries(waysWith(keyholder))) {
    t.strictSame(recovered(attack), [], how)
    t.strictSame(recovered(attack, keyholder.indexKey), [], `${how}, under its own index key`)
  }
  t.end()
})

t.test('with both shares the same attack recovers every one of them, so it is a real one', (t) => {
  const both = under(addScalars(gateway.share.scalar, keyholder.share.scalar))
  t.strictSame(recovered(both), dictionary)
  t.strictSame(recovered(both, keyholder.indexKey), [], 'but not without the gateway’s index key')
  const strangers = ['999990007', '999990019', '999990020'].filter(
    (bsn) => !dictionary.includes(`lk1|bsn|${bsn}`),
  )
  t.ok(strangers.length > 0)
  for (const bsn of strangers) {
    const key = bsnKey(bsn)
    const token = both(key, hashToElement(key, tags.element))
    t.notOk(gateway.index.has(indexedAs(token, gateway.indexKey)), 'nobody who is not in the files')
  }
  t.end()
})

t.test('the shares of both operators are keys of their own', (t) => {
  t.not(hex(gateway.share.scalar), hex(keyholder.share.scalar))
  t.strictSame(gateway.share.publicKey, new Uint8Array(keyholder.peerPublicKey))
  t.strictSame(keyholder.share.publicKey, new Uint8Array(gateway.peerPublicKey))
  t.end()
})
