import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256 } from '@noble/hashes/sha2.js'
import { sql } from 'kysely'
import { concat, utf8 } from '../../src/kernel/bytes.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { systemRandomness } from '../../src/kernel/random.ts'
import type { LedgerEntry } from '../../src/ledger/entries.ts'
import { exportLedger } from '../../src/ledger/export.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { verifyLedger } from '../../src/ledger/verify.ts'
import { commitmentOf, saltLength } from '../../src/proofs/entry.ts'
import { type Hash, nodeHash } from '../../src/proofs/merkle.ts'
import { signerFromSeed } from '../../src/proofs/note.ts'
import { openDatabase } from '../../src/store/database.ts'
import type { Reader } from '../../src/store/reader.ts'
import { transact } from '../../src/store/transact.ts'
import type { Measurement } from './evaluation.ts'

/** Entries of one append: as many as signals arrive in one bulk. */
const perAppend = 100
/** Filled with the largest appends; only the last ones are measured. */
const perFill = 1000
const measuredAppends = 60
const measuredProofs = 2000
const fewNew = 1000
const origin = 'bench.example/ledger'

const entry: LedgerEntry = {
  kind: 'overlap.read',
  outcome: 'permit',
  agency: 'bench-one',
  client: 'connector',
  purpose: 'protecting-victims',
  handle: '0b5e6f0a-6f7e-4a39-9b8a-3d0c6a1f2e55',
  reasons: ['sharing/receiver'],
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

/** The baseline of appending: the same rows in the same portions, in a table without tree, lock or signature. */
async function insertRows(db: Reader, count: number): Promise<void> {
  const payload = JSON.stringify(entry)
  const salt = systemRandomness.bytes(saltLength)
  const commitment = commitmentOf(salt, payload)
  const times = <Value>(value: Value): Value[] => Array.from({ length: count }, () => value)
  await transact(db, 'bench/rows', (tx) =>
    sql`insert into bench_row (kind, at, salt, payload, commitment)
        select * from unnest(
          ${times(entry.kind)}::text[], ${times(new Date(0).toISOString())}::timestamptz[],
          ${times(salt)}::bytea[], ${times(payload)}::text[], ${times(commitment)}::bytea[])`.execute(
      tx,
    ),
  )
}

/** The baseline of verifying: one commitment, one leaf and one node for each entry, and nothing else. */
function hashes(count: number): void {
  const payload = utf8(JSON.stringify(entry))
  const salt = systemRandomness.bytes(saltLength)
  let root: Hash = sha256(payload)
  for (let at = 0; at < count; at += 1) {
    root = nodeHash(root, sha256(concat(salt, payload)))
    sha256(root)
  }
}

const append = (db: Reader, ledger: Ledger, count: number): Promise<unknown> =>
  transact(db, 'bench/append', (tx) =>
    ledger.append(
      tx,
      Array.from({ length: count }, () => entry),
    ),
  )

async function* linesFrom(db: Reader, from: number): AsyncGenerator<string> {
  const lines: string[] = []
  await transact(
    db,
    'bench/export',
    async (tx) => {
      for await (const line of exportLedger(tx, from)) lines.push(line)
    },
    { isolation: 'repeatable read' },
  )
  yield* lines
}

const rate = (name: string, unit: string, value: number, baseline: number): Measurement => ({
  name,
  value,
  unit,
  baseline,
  ratio: value / baseline,
})

/**
 * What a ledger of `size` entries costs: appending beside other appends, proving, verifying whole and verifying what
 * came last. Baselines: the same rows without a ledger, one row read by its key, and the bare hashes.
 */
export async function benchLedger(size: number): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), 'raakvlak-bench-'))
  const { db, close } = await openDatabase({
    connection: { kind: 'embedded', directory: join(folder, 'database') },
    operator: 'keyholder',
    clock: systemClock,
  })
  try {
    const signer = await signerFromSeed(origin, systemRandomness.bytes(32))
    const ledger = openLedger({ clock: systemClock, random: systemRandomness, origin, signer })
    await sql`create table bench_row (
      index bigserial primary key, kind text, at timestamptz, salt bytea, payload text, commitment bytea
    )`.execute(db)
    for (let at = 0; at < size; at += perFill)
      await append(db, ledger, Math.min(perFill, size - at))

    const appends = { seconds: 0, baseline: 0 }
    for (let at = 0; at < measuredAppends; at += 2) {
      const two = (work: () => Promise<unknown>) => secondsOf(() => Promise.all([work(), work()]))
      appends.baseline += await two(() => insertRows(db, perAppend))
      appends.seconds += await two(() => append(db, ledger, perAppend))
    }
    const appended = measuredAppends * perAppend

    const present = size + appended
    const any = (): number => Math.floor(Math.random() * present)
    const proofs = { seconds: 0, baseline: 0 }
    for (let at = 0; at < measuredProofs; at += 1) {
      proofs.seconds += await secondsOf(() => ledger.inclusionProof(db, any(), present))
      proofs.baseline += await secondsOf(() =>
        db.selectFrom('ledger_entry').select('payload').where('index', '=', any()).execute(),
      )
    }

    const whole = { seconds: 0, beginning: (await verifyLedger([])).beginning }
    whole.seconds = await secondsOf(async () => {
      const report = await verifyLedger(linesFrom(db, 0), { verifierKey: signer.verifierKey })
      if (!report.verified) throw new Error('the ledger of the bench is not whole')
      whole.beginning = report.beginning
    })
    const baseHashes = present / (await secondsOf(async () => hashes(present)))
    await append(db, ledger, fewNew)
    const { beginning } = whole
    if (beginning === undefined) throw new Error('nothing was verified')
    const latest = await secondsOf(async () => {
      const settings = { verifierKey: signer.verifierKey, beginning }
      if (!(await verifyLedger(linesFrom(db, beginning.size), settings)).verified) {
        throw new Error('what came last is not whole')
      }
    })

    return [
      rate('ledger/append', 'entries/s', appended / appends.seconds, appended / appends.baseline),
      rate(
        'ledger/prove',
        'proofs/s',
        measuredProofs / proofs.seconds,
        measuredProofs / proofs.baseline,
      ),
      rate('ledger/verify', 'entries/s', present / whole.seconds, baseHashes),
      rate('ledger/verify-new', 'entries/s', fewNew / latest, present / whole.seconds),
    ]
  } finally {
    await close()
    await rm(folder, { recursive: true, force: true })
  }
}
