import { sql } from 'kysely'
import t from 'tap'
import { Compile } from 'typebox/compile'
import { base64, base64url, fromBase64 } from '../../src/kernel/bytes.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import { Fault } from '../../src/kernel/fault.ts'
import { systemRandomness } from '../../src/kernel/random.ts'
import { checkedEntry, EntryError, entryKinds, type LedgerEntry } from '../../src/ledger/entries.ts'
import { exportLedger } from '../../src/ledger/export.ts'
import { type Ledger, largestAppend, openLedger } from '../../src/ledger/ledger.ts'
import { type LedgerReport, type VerifySettings, verifyLedger } from '../../src/ledger/verify.ts'
import { openCheckpoint } from '../../src/proofs/checkpoint.ts'
import { commitmentOf, entryLeaf, payloadOf } from '../../src/proofs/entry.ts'
import { verifyConsistency, verifyInclusion } from '../../src/proofs/merkle.ts'
import { signerFromSeed } from '../../src/proofs/note.ts'
import { verifyReceipt } from '../../src/proofs/receipt.ts'
import type { Tx } from '../../src/store/database.ts'
import type { Reader } from '../../src/store/reader.ts'
import { transact } from '../../src/store/transact.ts'
import { freshDatabase } from '../support/postgres.ts'

const origin = 'gateway.example/ledger'
const signer = await signerFromSeed(origin, systemRandomness.bytes(32))
const { verifierKey } = signer

let now = Date.parse('2026-03-02T08:00:00.000Z')
const clock: Clock = { now: () => new Date(now) }
const open = (settings: Partial<Parameters<typeof openLedger>[0]> = {}): Ledger =>
  openLedger({ clock, random: systemRandomness, origin, signer, ...settings })

const reading = (
  handle = '0b5e6f0a-6f7e-4a39-9b8a-3d0c6a1f2e55',
): Extract<LedgerEntry, { kind: 'overlap.read' }> => ({
  kind: 'overlap.read',
  agency: 'gemeente-utrecht',
  client: 'connector',
  purpose: 'human-trafficking',
  handle,
  outcome: 'permit',
  reasons: ['sharing/receiver'],
})

type Test = Parameters<typeof freshDatabase>[0]

async function freshLedger(t: Test, poolSize = 5) {
  const { open: openDatabase } = await freshDatabase(t, 'gateway')
  const { db } = await openDatabase({ poolSize })
  const ledger = open()
  const append = (entries: readonly LedgerEntry[], by: Ledger = ledger) =>
    transact(db, 'test/append', (tx) => by.append(tx, entries))
  return { db, ledger, append }
}

async function linesOf(tx: Tx, from?: number): Promise<string[]> {
  const lines: string[] = []
  for await (const line of exportLedger(tx, from)) lines.push(line)
  return lines
}

const exported = (db: Reader, from?: number): Promise<string[]> =>
  transact(db, 'test/export', (tx) => linesOf(tx, from), { isolation: 'repeatable read' })

const verified = async (db: Reader, settings: VerifySettings = {}): Promise<LedgerReport> =>
  verifyLedger(await exported(db, settings.beginning?.size), { verifierKey, ...settings })

t.test(
  'an entry comes back as a receipt that verifies offline and discloses the entry',
  async (t) => {
    const { db, ledger, append } = await freshLedger(t)
    const [first] = await append([reading()])
    t.match(await verifyReceipt(first!.receipt, ledger.verifierKey), {
      valid: true,
      index: 0,
      entry: { kind: 'overlap.read', agency: 'gemeente-utrecht', at: '2026-03-02T08:00:00.000Z' },
      checkpoint: { size: 1, origin },
    })
    const batch = await append(Array.from({ length: 100 }, () => reading()))
    t.same(
      batch.map(({ index }) => index),
      Array.from({ length: 100 }, (_, at) => at + 1),
    )
    for (const { receipt, index } of [...batch, ...(await append([reading(), reading()]))]) {
      const verdict = await verifyReceipt(receipt, verifierKey)
      if (!verdict.valid || verdict.index !== index) t.fail(`receipt ${index}`)
    }
    const later = await ledger.receiptFor(db, 0)
    t.match(await verifyReceipt(later, verifierKey), { valid: true, checkpoint: { size: 103 } })
    t.equal(later.entry, first!.receipt.entry)
    await t.rejects(ledger.receiptFor(db, 103), new Fault('ledger/out-of-range'))
    t.match(await verified(db), { verified: true, size: 103, erased: 0, signature: 'verified' })
  },
)

t.test(
  'twenty who append at once get twenty places in a row, and the ledger verifies',
  async (t) => {
    const { db, append } = await freshLedger(t, 20)
    const appended = await Promise.all(Array.from({ length: 20 }, () => append([reading()])))
    const indexes = appended.flat().map(({ index }) => index)
    t.same(
      indexes.sort((one, other) => one - other),
      Array.from({ length: 20 }, (_, at) => at),
    )
    const receipts = appended.flat().map(({ receipt }) => receipt)
    t.match(await verified(db, { receipts }), { verified: true, size: 20, problems: [] })
  },
)

t.test('a transaction that rolls back leaves no trace', async (t) => {
  const { db, ledger, append } = await freshLedger(t)
  await append([reading()])
  const before = await exported(db)
  const fails = transact(db, 'test/fail', async (tx) => {
    await ledger.append(tx, [reading(), reading()])
    throw new Error('the work failed')
  })
  await t.rejects(fails, { message: 'the work failed' })
  t.same(await exported(db), before)
  const [next] = await append([reading()])
  t.equal(next!.index, 1)
  t.match(await verified(db), { verified: true, size: 2 })
})

t.test('several appends in one transaction follow each other', async (t) => {
  const { db, ledger } = await freshLedger(t)
  const indexes = await transact(db, 'test/twice', async (tx) => {
    const one = await ledger.append(tx, [reading(), reading()])
    const none = await ledger.append(tx, [])
    const other = await ledger.append(tx, [reading()])
    return [...one, ...none, ...other].map(({ index }) => index)
  })
  t.same(indexes, [0, 1, 2])
  t.match(await verified(db), { verified: true, size: 3 })
})

t.test('a clock that falls back does not take the ledger with it', async (t) => {
  const { db, append } = await freshLedger(t)
  await append([reading()])
  const behind = open({ clock: { now: () => new Date(now - 60_000) } })
  const [entry] = await append([reading()], behind)
  t.equal(entry!.at.getTime(), now)
  t.match(await verified(db), { verified: true, size: 2 })
})

t.test('an entry that does not fit its kind is refused, and nothing is appended', async (t) => {
  const { db, append } = await freshLedger(t)
  const good = reading()
  const bad: [string, object][] = [
    ['unknown field', { ...good, matched: true }],
    ['unknown kind', { ...good, kind: 'overlap.count' }],
    ['inherited kind', { ...good, kind: 'toString' }],
    ['missing field', { ...good, agency: undefined }],
    ['a sentence for a name', { ...good, agency: 'Jan Jansen, 3 May 1990' }],
    ['an outcome of its own', { ...good, outcome: 'allow' }],
    ['a token for a handle', { ...good, handle: base64(systemRandomness.bytes(64)) }],
    ['free text for a reason', { ...good, reasons: ['because he asked'] }],
    ['a time of its own', { ...good, at: '2020-01-01T00:00:00.000Z' }],
  ]
  for (const [name, entry] of bad) {
    await t.rejects(append([good, entry as LedgerEntry]), EntryError, name)
  }
  await t.rejects(append(Array.from({ length: largestAppend + 1 }, () => good)), RangeError)
  t.same(await exported(db), [])
  t.same(checkedEntry({ ...good, agreement: undefined }), good, 'undefined is left out')
  // @ts-expect-error the compiler knows the fields of each kind too
  const _: LedgerEntry = { kind: 'ledger.erase', erased: 1, agency: 'avim' }
})

t.test('no field of the catalogue takes a token or free text, and each is described', async (t) => {
  const token = base64url(systemRandomness.bytes(64))
  const forbidden = [token, `${token}==`, 'Jan Jansen', '3-5-1990 te Ede', 'x'.repeat(500), '']
  for (const [kind, { fields }] of Object.entries(entryKinds)) {
    for (const [name, field] of Object.entries(fields)) {
      t.ok('description' in field, `${kind}.${name} is described`)
      const validator = Compile(field)
      for (const text of forbidden) {
        t.notOk(validator.Check(text) || validator.Check([text]), `${kind}.${name}: ${text}`)
      }
    }
  }
})

t.test('a ledger is opened under its own name only', async (t) => {
  t.throws(() => open({ origin: 'other.example/ledger' }), RangeError)
})

t.test('checkpoints and proofs between any two sizes verify', async (t) => {
  const { db, ledger, append } = await freshLedger(t)
  t.match(await openCheckpoint(await ledger.checkpoint(db), verifierKey), { size: 0 })
  const heads = []
  const leaves = []
  for (let size = 1; size <= 12; size += 1) {
    const [entry] = await append([reading()])
    leaves.push(entryLeaf(fromBase64(entry!.receipt.commitment)))
    heads.push(await openCheckpoint(await ledger.checkpoint(db), verifierKey))
  }
  for (const [at, to] of heads.entries()) {
    for (const from of heads.slice(0, at + 1)) {
      const proof = await ledger.consistencyProof(db, from.size, to.size)
      verifyConsistency({
        from: from.size,
        to: to.size,
        fromRoot: from.root,
        toRoot: to.root,
        proof,
      })
    }
    for (let index = 0; index < to.size; index += 1) {
      const proof = await ledger.inclusionProof(db, index, to.size)
      verifyInclusion({ index, size: to.size, leaf: leaves[index]!, root: to.root, proof })
    }
  }
  const outside = new Fault('ledger/out-of-range')
  await t.rejects(ledger.inclusionProof(db, 12, 12), outside)
  await t.rejects(ledger.inclusionProof(db, 0, 13), outside)
  await t.rejects(ledger.consistencyProof(db, 0, 5), outside)
  await t.rejects(ledger.consistencyProof(db, 6, 5), outside)
  await t.rejects(ledger.consistencyProof(db, 5, 13), outside)
})

t.test(
  'an erased payload is gone, its receipt still verifies, and the ledger stays whole',
  async (t) => {
    const { db, ledger, append } = await freshLedger(t)
    await append(Array.from({ length: 5 }, () => reading()))
    const erase = (index: number) => transact(db, 'test/erase', (tx) => ledger.erase(tx, index))
    t.equal(await erase(2), true)
    t.equal(await erase(2), false, 'twice')
    t.equal(await erase(5), false, 'an entry about an erasure stays')
    await t.rejects(erase(6), new Fault('ledger/out-of-range'))
    const receipt = await ledger.receiptFor(db, 2)
    t.notOk('entry' in receipt || 'salt' in receipt)
    t.match(await verifyReceipt(receipt, verifierKey), { valid: true, index: 2, entry: undefined })
    t.notMatch(
      (await exported(db)).find((line) => line.includes('"index":2')),
      /gemeente-utrecht/,
    )
    t.match(await verified(db), { verified: true, size: 6, erased: 1, problems: [] })
  },
)

/** A ledger of nine entries, each a minute after the other. */
async function ledgerOfNine(t: Test) {
  const fresh = await freshLedger(t)
  for (let at = 0; at < 9; at += 1) {
    now += 60_000
    await fresh.append([reading()])
  }
  return fresh
}

/** What the verifier says of a ledger whose tables were tampered with; the tampering is undone. */
async function tampered(
  db: Reader,
  tamper: (tx: Tx) => Promise<unknown>,
  settings: VerifySettings = {},
): Promise<LedgerReport> {
  const undone = new Error('undone')
  let lines: string[] = []
  try {
    await db.transaction().execute(async (tx) => {
      // Whoever owns the tables can drop what keeps them in order.
      await sql`alter table ledger_entry drop constraint ledger_entry_pkey`.execute(tx)
      await tamper(tx)
      lines = await linesOf(tx, settings.beginning?.size)
      throw undone
    })
  } catch (error) {
    if (error !== undone) throw error
  }
  return verifyLedger(lines, { verifierKey, ...settings })
}

const moveUp = (from: number) => (tx: Tx) =>
  sql`update ledger_entry set index = index + 1 where index >= ${from}`.execute(tx)
const copy = (from: number, to: number) => (tx: Tx) =>
  sql`insert into ledger_entry select ${to}::bigint, kind, at, salt, payload, commitment
      from ledger_entry where index = ${from}`.execute(tx)

const tamperings: {
  name: string
  tamper: (tx: Tx) => Promise<unknown>
  index?: number
  problem: RegExp
  signature?: LedgerReport['signature']
}[] = [
  {
    name: 'a field changed in a payload',
    tamper: (tx) =>
      sql`update ledger_entry set payload = replace(payload, 'utrecht', 'arnhem') where index = 4`.execute(
        tx,
      ),
    index: 4,
    problem: /payload or its salt was changed/,
  },
  {
    name: 'a changed salt',
    tamper: (tx) =>
      sql`update ledger_entry set salt = set_byte(salt, 0, get_byte(salt, 0) # 1) where index = 4`.execute(
        tx,
      ),
    index: 4,
    problem: /payload or its salt was changed/,
  },
  {
    name: 'a payload changed together with its commitment',
    tamper: async (tx) => {
      const salt = systemRandomness.bytes(32)
      const at = new Date(now - 4 * 60_000).toISOString()
      const payload = payloadOf({ ...reading(), at, agency: 'avim' })
      await sql`
        update ledger_entry
        set salt = ${salt}, payload = ${payload}, commitment = ${commitmentOf(salt, payload)}
        where index = 4`.execute(tx)
    },
    index: 4,
    problem: /commitment was changed/,
  },
  {
    name: 'a time changed beside the payload',
    tamper: (tx) =>
      sql`update ledger_entry set at = at + interval '1 second' where index = 4`.execute(tx),
    index: 4,
    problem: /kind or time beside the payload/,
  },
  {
    name: 'a kind changed beside the payload',
    tamper: (tx) => sql`update ledger_entry set kind = 'overlap.list' where index = 4`.execute(tx),
    index: 4,
    problem: /kind or time beside the payload/,
  },
  {
    name: 'a deleted row',
    tamper: (tx) => sql`delete from ledger_entry where index = 4`.execute(tx),
    index: 4,
    problem: /^missing: entry 4$/,
  },
  {
    name: 'a deleted row with the rest moved up',
    tamper: async (tx) => {
      await sql`delete from ledger_entry where index = 4`.execute(tx)
      await sql`update ledger_entry set index = index - 1 where index > 4`.execute(tx)
    },
    index: 4,
    problem: /moved by -1: entries 4 to 7; something was taken out/,
  },
  {
    name: 'two rows swapped',
    tamper: (tx) =>
      sql`update ledger_entry set index = case index when 2 then 6 else 2 end where index in (2, 6)`.execute(
        tx,
      ),
    index: 2,
    problem: /swapped with entry 6/,
  },
  {
    name: 'a row put in with the rest moved down',
    tamper: async (tx) => {
      await moveUp(4)(tx)
      await copy(1, 4)(tx)
    },
    index: 4,
    problem: /copy of entry 1/,
  },
  {
    name: 'the rest moved down',
    tamper: moveUp(4),
    index: 5,
    problem: /moved by \+1: entries 5 to 9; something was put in/,
  },
  { name: 'a row twice', tamper: copy(3, 3), index: 3, problem: /there twice/ },
  { name: 'a copy at the end', tamper: copy(3, 9), index: 9, problem: /copy of entry 3/ },
  {
    name: 'a row before the first',
    tamper: copy(3, -1),
    index: -1,
    problem: /before the first/,
  },
  {
    name: 'the tail cut off',
    tamper: (tx) => sql`delete from ledger_entry where index >= 6`.execute(tx),
    index: 6,
    problem: /missing: entries 6 to 8; the tail was cut off/,
  },
  {
    name: 'a changed inner node',
    tamper: (tx) =>
      sql`update ledger_node set hash = sha256(hash) where level = 1 and index = 2`.execute(tx),
    index: 4,
    problem: /node 1\/2 over entries 4 to 5 was changed/,
  },
  {
    name: 'a changed leaf node',
    tamper: (tx) =>
      sql`update ledger_node set hash = sha256(hash) where level = 0 and index = 2`.execute(tx),
    index: 2,
    problem: /node 0\/2 over entry 2 was changed/,
  },
  {
    name: 'a deleted node',
    tamper: (tx) => sql`delete from ledger_node where level = 3`.execute(tx),
    index: 0,
    problem: /node 3\/0 over entries 0 to 7 is missing/,
  },
  {
    name: 'a changed root',
    tamper: (tx) => sql`update ledger_head set root = sha256(root)`.execute(tx),
    problem: /root of the head is not that of the entries/,
  },
  {
    name: 'a changed frontier',
    tamper: (tx) => sql`update ledger_head set frontier = frontier || 'x'::bytea`.execute(tx),
    problem: /frontier of the head/,
  },
  {
    name: 'a smaller size',
    tamper: (tx) => sql`update ledger_head set size = 8`.execute(tx),
    problem: /checkpoint is for 9 entries, the head for 8/,
  },
  {
    name: 'an impossible size',
    tamper: (tx) => sql`update ledger_head set size = ${2 ** 50}`.execute(tx),
    index: 9,
    problem: /the tail was cut off/,
  },
  {
    name: 'a deleted head',
    tamper: (tx) => sql`delete from ledger_head`.execute(tx),
    problem: /the head is missing/,
    signature: 'not checked',
  },
  {
    name: 'a later time in the head',
    tamper: (tx) => sql`update ledger_head set at = at + interval '1 year'`.execute(tx),
    problem: /time of the head/,
  },
  {
    name: 'a checkpoint with another signature',
    tamper: async (tx) => {
      const stranger = await signerFromSeed(origin, systemRandomness.bytes(32))
      const note = await open().checkpoint(tx)
      const signature = base64(await stranger.sign(new TextEncoder().encode(note)))
      const forged = note.replace(/(— \S+ \S{6})\S+/, `$1${signature.slice(0, 84)}==`)
      await sql`update ledger_head set checkpoint = ${forged}`.execute(tx)
    },
    problem: /checkpoint of the head cannot be trusted/,
    signature: 'wrong',
  },
  {
    name: 'a payload blanked without saying so',
    tamper: (tx) =>
      sql`update ledger_entry set payload = null, salt = null where index = 4`.execute(tx),
    index: 4,
    problem: /no entry says that it was erased/,
  },
]

t.test('whatever is changed in the tables is found and named', async (t) => {
  const { db } = await ledgerOfNine(t)
  t.match(
    await tampered(db, async () => {}),
    { verified: true, size: 9 },
    'nothing is no tampering',
  )
  for (const { name, tamper, index, problem, signature = 'verified' } of tamperings) {
    const report = await tampered(db, tamper)
    t.equal(report.verified, false, name)
    t.equal(report.signature, signature, name)
    const found = report.problems.find((one) => problem.test(one.problem))
    t.ok(found, `${name}: ${problem} among ${JSON.stringify(report.problems)}`)
    t.equal(found?.index, index, name)
  }
  t.match(await verified(db), { verified: true, size: 9 })
})

t.test(
  'what came since the last time is verified alone, of any size, and as strictly',
  async (t) => {
    for (const before of [1, 4, 7, 8, 13]) {
      const { db, ledger, append } = await freshLedger(t)
      await append(Array.from({ length: before }, () => reading()))
      const { beginning } = await verified(db)
      if (beginning === undefined) throw new Error('nothing was verified')
      t.match(await verified(db, { beginning }), { verified: true, size: before }, 'nothing new')
      const early = await ledger.checkpoint(db)
      const [own] = await append(Array.from({ length: 6 }, () => reading()))
      const held = { checkpoints: [early, await ledger.checkpoint(db)], receipts: [own!.receipt] }
      const lines = await exported(db, before)
      const whole = await exported(db)
      t.equal(lines.filter((line) => line.includes('"entry"')).length, 6)
      t.ok(lines.length < whole.length, 'less is read')
      const size = before + 6
      const later = await verified(db, { beginning, ...held })
      t.match(later, { verified: true, size, problems: [] }, `${before} and six`)
      t.same(later.beginning, (await verified(db)).beginning, 'as if the whole had been verified')

      const change = (tx: Tx) =>
        sql`update ledger_entry set payload = replace(payload, 'utrecht', 'arnhem') where index = ${before + 2}`.execute(
          tx,
        )
      t.match((await tampered(db, change, { beginning })).problems, [{ index: before + 2 }])
      const node = (tx: Tx) =>
        sql`update ledger_node set hash = sha256(hash) where level = 0 and index = ${before + 1}`.execute(
          tx,
        )
      t.equal((await tampered(db, node, { beginning })).verified, false, 'a changed node')
      const rewrite = async (tx: Tx) => {
        for (const table of ['ledger_head', 'ledger_entry', 'ledger_node']) {
          await sql`delete from ${sql.table(table)}`.execute(tx)
        }
        await ledger.append(
          tx,
          Array.from({ length: size }, () => reading()),
        )
      }
      t.equal((await tampered(db, rewrite, { beginning })).verified, false, 'another history')
      const back = async (tx: Tx) => {
        for (const table of ['ledger_head', 'ledger_entry', 'ledger_node']) {
          await sql`delete from ${sql.table(table)}`.execute(tx)
        }
        if (before > 1)
          await ledger.append(
            tx,
            Array.from({ length: before - 1 }, () => reading()),
          )
      }
      const rolledBack = await tampered(db, back, { beginning })
      t.equal(rolledBack.verified, false, 'a ledger that was put back')
      const frontier = beginning.frontier.map((hash) =>
        hash.replace(/^./, (one) => (one === 'A' ? 'B' : 'A')),
      )
      const lied = await verified(db, { beginning: { ...beginning, frontier } })
      t.equal(lied.verified, false, 'a beginning that is not that of this ledger')
      if (before > 1) {
        const older = await verified(db, {
          beginning: (await verified(db)).beginning!,
          checkpoints: [early],
        })
        t.match(older.problems[0]?.problem, /older than what is verified here/)
      }
    }
    await t.rejects(
      verifyLedger([], { beginning: { size: 3, frontier: [], at: '2026-01-01T00:00:00.000Z' } }),
      RangeError,
    )
  },
)

t.test('what only others can see is found with what others kept', async (t) => {
  const { db, ledger, append } = await ledgerOfNine(t)
  const early = await ledger.checkpoint(db)
  const [witnessed] = await append([reading()])
  await append([reading()])
  const checkpoints = [early, await ledger.checkpoint(db)]
  const receipts = [witnessed!.receipt]
  t.match(await verified(db, { checkpoints, receipts }), { verified: true, size: 11 })

  /** Empties the ledger and appends anew: right hashes, a fresh and valid signature. */
  const rewrite = (handles: readonly string[]) => async (tx: Tx) => {
    for (const table of ['ledger_head', 'ledger_entry', 'ledger_node']) {
      await sql`delete from ${sql.table(table)}`.execute(tx)
    }
    for (const handle of handles) await ledger.append(tx, [reading(handle)])
  }
  const forged = '11111111-1111-4111-8111-111111111111'
  const others = Array.from({ length: 11 }, () => forged)

  const trusting = await tampered(db, rewrite(others))
  t.match(trusting, { verified: true, signature: 'verified' }, 'by itself it looks whole')

  const rewritten = await tampered(db, rewrite([...others, forged]), { checkpoints, receipts })
  t.equal(rewritten.verified, false)
  t.match(
    rewritten.problems.map(({ problem }) => problem).join('\n'),
    /rewritten: entries 0 to 8 are not those of held checkpoint 1/,
  )
  t.match((await tampered(db, rewrite([...others, forged]), { receipts })).problems, [
    { index: 9, problem: /another entry stands here than held receipt 1 proves/ },
  ])

  const fork = await tampered(db, rewrite(others), { checkpoints })
  t.match(
    fork.problems.map(({ problem }) => problem).join('\n'),
    /fork: held checkpoint 2 and the head are two signed heads for 11 entries/,
  )

  const rollback = await tampered(db, rewrite(others.slice(0, 5)), { checkpoints, receipts })
  t.match(
    rollback.problems.map(({ problem }) => problem).join('\n'),
    /rollback: held checkpoint 1 is for 9 entries, the ledger has only 5/,
  )
  const emptied = await tampered(db, rewrite([]), { checkpoints })
  t.match(emptied.problems, [{ problem: /rollback: .* there are none/ }, {}])

  const shown = await tampered(db, rewrite(others))
  t.ok(shown.verified)
  let second = ''
  await tampered(db, async (tx) => {
    await rewrite(others.slice(0, 9))(tx)
    second = await ledger.checkpoint(tx)
  })
  const twoHeads = await verified(db, { checkpoints: [early, second] })
  t.match(
    twoHeads.problems.map(({ problem }) => problem).join('\n'),
    /fork: held checkpoint 1 and held checkpoint 2 are two signed heads for 9 entries/,
  )
})

t.test('what others hand in is not believed without the right signature', async (t) => {
  const { db, ledger, append } = await freshLedger(t)
  const [entry] = await append([reading()])
  const stranger = await signerFromSeed(origin, systemRandomness.bytes(32))
  const foreign = await open({ signer: stranger }).checkpoint(db)
  t.match(await verified(db, { verifierKey: stranger.verifierKey }), {
    verified: false,
    signature: 'wrong',
  })
  t.match(await verified(db, { checkpoints: [foreign.replace('\n1\n', '\n2\n')] }), {
    problems: [{ problem: /held checkpoint 1 cannot be used/ }],
  })
  t.match(await verified(db, { receipts: [{ ...entry!.receipt, index: 1 }] }), {
    problems: [{ problem: /held receipt 1 cannot be used/ }],
  })
  const lines = await exported(db)
  t.match(await verifyLedger(lines), { verified: true, signature: 'not checked' })
  await t.rejects(verifyLedger(lines, { checkpoints: [await ledger.checkpoint(db)] }), RangeError)
})

t.test('an export that was damaged on the way is refused line by line', async (t) => {
  const { db } = await ledgerOfNine(t)
  const lines = await exported(db)
  const damaged: [string, string[], RegExp][] = [
    ['a broken line', lines.with(3, lines[3]!.slice(0, 40)), /line 4 of the export cannot be read/],
    ['a foreign line', lines.with(3, '{"hello":1}\n'), /line 4 of the export cannot be read/],
    ['two heads', [lines[0]!, ...lines], /two heads/],
    ['an entry twice', lines.toSpliced(3, 0, lines[3]!), /there twice/],
    ['two lines exchanged', lines.with(3, lines[4]!).with(4, lines[3]!), /out of order/],
    ['a node twice', [...lines, lines.at(-1)!], /node 3\/0 is there twice/],
    ['half of it', lines.slice(0, 8), /missing/],
  ]
  for (const [name, bad, problem] of damaged) {
    const { verified, problems } = await verifyLedger(bad, { verifierKey })
    t.equal(verified, false, name)
    t.ok(
      problems.some((one) => problem.test(one.problem)),
      `${name}: ${JSON.stringify(problems)}`,
    )
  }
  t.match(await verifyLedger([]), { verified: true, size: 0 })
})

t.test(
  'an entry dated before the one before it is found, even under a right signature',
  async (t) => {
    const { db, append, ledger } = await freshLedger(t)
    await append([reading()])
    await transact(db, 'test/backdate', async (tx) => {
      await sql`update ledger_head set at = '2020-01-01'`.execute(tx)
      await open({ clock: { now: () => new Date('2021-01-01') } }).append(tx, [reading()])
    })
    const checkpoints = [await ledger.checkpoint(db)]
    t.match(await verified(db, { checkpoints }), {
      verified: false,
      problems: [{ index: 1, problem: 'the clock went backward' }],
    })
  },
)

t.test('a head whose frontier was changed stops the ledger instead of growing on it', async (t) => {
  const { db, append } = await freshLedger(t)
  await append([reading()])
  await sql`update ledger_head set frontier = ''::bytea`.execute(db)
  await t.rejects(append([reading()]), { message: /frontier does not fit/ })
})
