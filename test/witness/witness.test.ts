import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { type FollowedLedger, followLedger, LedgerAlarm } from '../../src/client/ledger-monitor.ts'
import { readOperatorKeys } from '../../src/client/operators.ts'
import { base64 } from '../../src/kernel/bytes.ts'
import { shifted } from '../../src/kernel/clock.ts'
import { openCheckpoint, parseCheckpointText, signCheckpoint } from '../../src/proofs/checkpoint.ts'
import { cosign, openCosignature } from '../../src/proofs/cosignature.ts'
import { appendLeaves, consistencyProof, emptyFrontier, rootOf } from '../../src/proofs/merkle.ts'
import { parseNote, signerFromSeed } from '../../src/proofs/note.ts'
import { signStatement } from '../../src/proofs/statement.ts'
import { openHouse } from '../support/house.ts'

const house = await openHouse(t)
const { pins, clock, random } = house
const police = await house.admit('police')
const ngo = await house.admit('ngo')
const gatewayUrl = pins.gateway.url
const publicText = async (path: string, url = gatewayUrl) =>
  (await fetch(new URL(path, url))).text()
const cosignaturesNow = async () =>
  JSON.parse(await publicText('/v1/ledger/cosignatures')).cosignatures as {
    witness: string
    kind: string
    size: number
    note: string
  }[]
/** An act that makes an entry. */
const act = () => house.pin('gateway', ngo, { number: crypto.randomUUID() })
const follow = (before?: FollowedLedger, more: object = {}) =>
  followLedger({ operator: 'gateway', pins, before, now: clock.now(), ...more })

t.test('the keyholder cosigns the ledger of the gateway, by itself, as it grows', async (t) => {
  await house.operator('gateway').runDueWork()
  const [first] = await cosignaturesNow()
  t.match(first, { witness: '@operator', kind: 'operator' })
  const { witnessKey } = await readOperatorKeys(pins.keyholder)
  const opened = await openCosignature(first!.note, witnessKey)
  t.equal(opened.checkpoint.size, await house.ledgerSize('gateway'))

  await act()
  await house.operator('gateway').runDueWork()
  const [second] = await cosignaturesNow()
  t.equal(second!.size, first!.size + 1)
  const before = await house.ledgerSize('gateway')
  await house.operator('gateway').runDueWork()
  t.equal(await house.ledgerSize('gateway'), before, 'a cosignature makes no entry')
})

t.test('the tiles of a ledger lead to the root of its checkpoint', async (t) => {
  const checkpoint = parseCheckpointText(parseNote(await publicText('/v1/ledger/checkpoint')).text)
  const answer = await fetch(new URL(`/v1/ledger/tile/0/000.p/${checkpoint.size}`, gatewayUrl))
  t.equal(answer.headers.get('content-type'), 'application/octet-stream')
  t.match(answer.headers.get('cache-control'), /immutable/)
  const bytes = new Uint8Array(await answer.arrayBuffer())
  const leaves = Array.from({ length: checkpoint.size }, (_, at) =>
    bytes.slice(32 * at, 32 * at + 32),
  )
  t.equal(base64(rootOf(appendLeaves(emptyFrontier, leaves).frontier)), base64(checkpoint.root))
  for (const [path, status] of [
    [`0/000.p/${checkpoint.size + 1}`, 400],
    ['0/000', 400],
    ['1/000.p/1', 400],
    ['entries/000', 400],
    ['0/..%2f..%2fcheckpoint', 400],
  ] as const) {
    t.equal((await fetch(new URL(`/v1/ledger/tile/${path}`, gatewayUrl))).status, status, path)
  }
})

t.test('a monitor goes on from where it was, and agrees with one that comes new', async (t) => {
  const first = await follow()
  t.equal(first.report.size, await house.ledgerSize('gateway'))
  t.equal(first.report.cosigned, first.report.size)
  await act()
  const second = await follow(first.followed)
  t.equal(second.report.grown, 1)
  t.equal(second.report.cosigned, first.report.size, 'the last act is not cosigned yet')
  const fresh = await follow()
  t.same(fresh.followed.frontier, second.followed.frontier)
})

t.test('a witness answers as the specification says, and cosigns one history only', async (t) => {
  const origin = 'stranger.example/ledger'
  const post = (body: string, type = 'text/plain') =>
    fetch(new URL('/v1/witness/add-checkpoint', pins.keyholder.url), {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    })
  const signer = await signerFromSeed(origin, random.bytes(32))
  const leaves = (count: number, of: number) =>
    Array.from({ length: count }, (_, at) => new Uint8Array(32).fill(of + at))
  const treeOf = (hashes: readonly Uint8Array[]) => {
    const { frontier, completed } = appendLeaves(emptyFrontier, hashes)
    const nodes = new Map(completed.map(({ level, index, hash }) => [`${level}/${index}`, hash]))
    return {
      note: () => signCheckpoint({ origin, size: hashes.length, root: rootOf(frontier) }, signer),
      proofFrom: async (from: number) =>
        (
          await consistencyProof(from, hashes.length, async (positions) =>
            positions.map(
              ({ level, index }) => nodes.get(`${level}/${index}`) ?? new Uint8Array(32),
            ),
          )
        ).map((hash) => `${base64(hash)}\n`),
    }
  }
  const [three, five] = [treeOf(leaves(3, 0)), treeOf(leaves(5, 0))]
  const fork = treeOf([...leaves(3, 0), ...leaves(2, 90)])
  t.equal((await post(`old 0\n\n${await three.note()}`)).status, 404, 'nobody introduced it')

  const statement = async (ledgerKey: string, key = police.keys.root) =>
    house.post('keyholder', '/v1/witness/ledgers', {
      statement: await signStatement(
        'operator-keys',
        { operator: 'gateway', ledgerKey, witnessKey: ledgerKey },
        key,
      ),
    })
  t.equal((await statement(signer.verifierKey)).status, 400, 'the root is not the pinned one')
  const kept = await house.db.keyholder
    .deleteFrom('witnessed_ledger')
    .returningAll()
    .executeTakeFirstOrThrow()
  await house.db.keyholder
    .insertInto('witnessed_ledger')
    .values({ origin, verifier_key: signer.verifierKey, size: 0, checkpoint: '' })
    .execute()

  for (const [body, what] of [
    ['', 'nothing'],
    [`old 01\n\n${await three.note()}`, 'a size with a leading zero'],
    [`old 4\n\n${await three.note()}`, 'an old size beyond the checkpoint'],
    [`old 0\nnot base64\n\n${await three.note()}`, 'a proof that is none'],
    [`old 0\n${`${'A'.repeat(43)}=\n`.repeat(64)}\n${await three.note()}`, 'too long a proof'],
    ['old 0\n\nno checkpoint\n', 'no checkpoint'],
  ] as const) {
    t.equal((await post(body)).status, 400, what)
  }
  t.equal((await post('{}', 'application/xml')).status, 415)
  const forger = await signerFromSeed(origin, random.bytes(32))
  const forged = await signCheckpoint({ origin, size: 3, root: random.bytes(32) }, forger)
  t.equal((await post(`old 0\n\n${forged}`)).status, 403)

  const accepted = await post(`old 0\n\n${await three.note()}`)
  t.equal(accepted.status, 200)
  const { witnessKey } = await readOperatorKeys(pins.keyholder)
  await openCosignature(`${await three.note()}${await accepted.text()}`, witnessKey)

  const elsewhere = await post(`old 0\n\n${await five.note()}`)
  t.equal(elsewhere.status, 409)
  t.equal(elsewhere.headers.get('content-type')?.split(';')[0], 'text/x.tlog.size')
  t.equal(await elsewhere.text(), '3\n')
  t.equal((await post(`old 3\n\n${await five.note()}`)).status, 422, 'without a proof')
  const otherThree = await signCheckpoint({ origin, size: 3, root: random.bytes(32) }, signer)
  t.equal((await post(`old 3\n\n${otherThree}`)).status, 409, 'another root of the same size')

  const branches = await Promise.all(
    [five, fork].map(async (tree) => {
      const body = `old 3\n${(await tree.proofFrom(3)).join('')}\n${await tree.note()}`
      return (await post(body)).status
    }),
  )
  t.same(branches.sort(), [200, 409], 'of two histories at once one is cosigned')
  await house.db.keyholder.deleteFrom('witnessed_ledger').execute()
  await house.db.keyholder.insertInto('witnessed_ledger').values(kept).execute()
})

t.test('an origin keeps its first key', async (t) => {
  const { origin } = parseCheckpointText(parseNote(await publicText('/v1/ledger/checkpoint')).text)
  const kept = await house.db.keyholder
    .selectFrom('witnessed_ledger')
    .selectAll()
    .where('origin', '=', origin)
    .executeTakeFirstOrThrow()
  const other = await signerFromSeed(origin, random.bytes(32))
  await house.db.keyholder
    .updateTable('witnessed_ledger')
    .set({ verifier_key: other.verifierKey })
    .where('origin', '=', origin)
    .execute()
  const { keys } = JSON.parse(await publicText('/v1/operator'))
  const answer = await house.post('keyholder', '/v1/witness/ledgers', { statement: keys })
  t.equal(answer.status, 409)
  const second = await signerFromSeed('second.example/ledger', random.bytes(32))
  const { root } = JSON.parse(
    await readFile(join(house.folder, house.settings.gateway.keyFile), 'utf8'),
  )
  const another = await signStatement(
    'operator-keys',
    { operator: 'gateway', ledgerKey: second.verifierKey, witnessKey: second.verifierKey },
    root,
  )
  const introduced = await house.post('keyholder', '/v1/witness/ledgers', { statement: another })
  t.equal(introduced.status, 409, 'nor is a second ledger of one operator witnessed')
  await house.db.keyholder
    .updateTable('witnessed_ledger')
    .set({ verifier_key: kept.verifier_key })
    .where('origin', '=', origin)
    .execute()
})

t.test('an agency cosigns under its own key, and nobody does so for it', async (t) => {
  const note = await publicText('/v1/ledger/checkpoint')
  const witness = await signerFromSeed('ngo', random.bytes(32), 'cosignature')
  const handIn = async (change: object = {}, key = ngo.keys.signing) => {
    const payload = {
      agency: 'ngo',
      witnessKey: witness.verifierKey,
      note: `${note}${await cosign(note, witness, clock.now())}`,
      ...change,
    }
    const statement = await signStatement('checkpoint-cosignature', payload, key)
    return house.post('gateway', '/v1/ledger/cosignatures', { statement })
  }
  t.equal((await handIn({}, police.keys.signing)).status, 400, 'another agency')
  t.equal((await handIn({ note })).status, 400, 'without a cosignature')
  const ahead = `${note}${await cosign(note, witness, shifted(clock.now(), 3600))}`
  t.equal((await handIn({ note: ahead })).status, 400, 'of the future')
  const foreign = await signCheckpoint(
    { origin: 'gateway.example', size: 1, root: random.bytes(32) },
    await signerFromSeed('gateway.example', random.bytes(32)),
  )
  const strange = `${foreign}${await cosign(foreign, witness, clock.now())}`
  t.equal((await handIn({ note: strange })).status, 400, 'another ledger')
  t.equal((await handIn()).status, 200)
  t.match(
    (await cosignaturesNow()).find((one) => one.witness === 'ngo'),
    { kind: 'agency' },
  )
  await house.pin('gateway', ngo, { active: false, number: crypto.randomUUID() })
  t.equal((await handIn()).status, 400, 'a suspended agency')
  await house.pin('gateway', ngo, { number: crypto.randomUUID() })
})

t.test('a monitor and the witness notice what is done to a ledger', async (t) => {
  const db = house.db.gateway
  await house.operator('gateway').runDueWork()
  const { followed } = await follow()
  const { size } = followed
  const alarms = async (what: RegExp, message: string, more: object = {}) => {
    const caught = await follow(followed, more).catch((error: unknown) => error)
    t.ok(caught instanceof LedgerAlarm, message)
    t.match((caught as LedgerAlarm).message, what, message)
    t.ok(Object.keys((caught as LedgerAlarm).evidence).length > 0, `${message}: with evidence`)
  }

  const tables = async () => ({
    head: await db.selectFrom('ledger_head').selectAll().executeTakeFirstOrThrow(),
    nodes: await db.selectFrom('ledger_node').selectAll().execute(),
    entries: await db.selectFrom('ledger_entry').selectAll().execute(),
  })
  const putBack = async ({ head, nodes, entries }: Awaited<ReturnType<typeof tables>>) => {
    await db.deleteFrom('ledger_node').execute()
    await db.deleteFrom('ledger_entry').execute()
    await db.deleteFrom('ledger_trace').where('ledger_index', '>=', head.size).execute()
    await db.insertInto('ledger_node').values(nodes).execute()
    await db.insertInto('ledger_entry').values(entries).execute()
    await db.updateTable('ledger_head').set(head).where('id', '=', 1).execute()
  }
  const then = await tables()
  await act()
  const whole = await tables()
  t.equal(whole.head.size, size + 1)

  await db
    .updateTable('ledger_node')
    .set({ hash: Buffer.alloc(32, 7) })
    .where('level', '=', 0)
    .where('index', '=', size)
    .execute()
  await alarms(/rewritten/, 'a leaf that was changed')
  await putBack(whole)

  await db
    .updateTable('ledger_head')
    .set({ checkpoint: `${whole.head.checkpoint}x` })
    .execute()
  await alarms(/not signed/, 'a checkpoint that was changed')
  await putBack(whole)

  await putBack({ ...whole, head: then.head })
  const further = await follow(followed)
  t.equal(further.report.grown, 0, 'nothing was seen of what is cut off')
  const seen = await (async () => {
    await putBack(whole)
    return (await follow(followed)).followed
  })()
  await putBack(then)
  const back = await follow(seen).catch((error: unknown) => error)
  t.match((back as Error).message, /put back/, 'a ledger that was put back')

  // Another history from there on, with right hashes and fresh signatures.
  await putBack(whole)
  await house.operator('gateway').runDueWork()
  await putBack(then)
  await house.pin('gateway', police, { number: crypto.randomUUID() })
  await house.pin('gateway', police, { number: crypto.randomUUID() })
  const forked = await follow(seen).catch((error: unknown) => error)
  t.match((forked as Error).message, /rewritten/, 'a history that forks, to who saw the other')
  const newcomer = await follow().catch((error: unknown) => error)
  t.match((newcomer as Error).message, /another history/, 'and to who comes new, by the witness')
  await db.deleteFrom('cosignature').execute()
  const hidden = await follow().catch((error: unknown) => error)
  t.match(
    (hidden as Error).message,
    /another history/,
    'also when the gateway hides the cosignature',
  )
  const told = house.logged.length
  await house.operator('gateway').runDueWork()
  t.match(house.logged.slice(told).join(''), /another history/, 'the gateway is told in its log')
  const note = await publicText('/v1/ledger/checkpoint')
  const { ledgerKey } = await readOperatorKeys(pins.gateway)
  await openCheckpoint(note, ledgerKey)
  await putBack(whole)
  await follow(seen)

  const lost = await follow({ ...followed, cosigned: 1_000_000 }).catch((error: unknown) => error)
  t.match((lost as Error).message, /had cosigned 1000000 entries/, 'a witness that lost its memory')
  const silent = await house.db.keyholder
    .deleteFrom('witnessed_ledger')
    .returningAll()
    .executeTakeFirstOrThrow()
  const alone = await follow().catch((error: unknown) => error)
  t.match((alone as Error).message, /cosigned nothing/, 'a ledger without its witness')
  await house.db.keyholder.insertInto('witnessed_ledger').values(silent).execute()

  const swapped = await follow({ ...followed, ledgerKey: 'another' }).catch(
    (error: unknown) => error,
  )
  t.match((swapped as Error).message, /another key/, 'a key that was swapped')
  clock.advance(7200)
  await act()
  await alarms(/nothing for an hour/, 'a ledger that is kept from its witness')
  await house.operator('gateway').runDueWork()
  await follow(followed)
})
