import { createReadStream } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { sha256 } from '@noble/hashes/sha2.js'
import { sql } from 'kysely'
import { concat, utf8 } from '../../src/kernel/bytes.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { systemRandomness } from '../../src/kernel/random.ts'
import type { LedgerEntry } from '../../src/ledger/entries.ts'
import { exportLedger } from '../../src/ledger/export.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { type LedgerReport, verifyLedger } from '../../src/ledger/verify.ts'
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
/** Acts that arrive one by one, at once, while as many ask for proofs. */
const writers = 8
const actsOfEach = 50
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

/** An export as an auditor gets it: in a file, so that a ledger of any size fits. */
async function exportTo(file: string, db: Reader, from: number): Promise<void> {
  const handle = await open(file, 'w')
  try {
    await transact(
      db,
      'bench/export',
      async (tx) => {
        for await (const portion of portionsOf(exportLedger(tx, from))) await handle.write(portion)
      },
      { isolation: 'repeatable read' },
    )
  } finally {
    await handle.close()
  }
}

async function* portionsOf(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let portion: string[] = []
  for await (const line of lines) {
    portion.push(line)
    if (portion.length < perFill) continue
    yield portion.join('')
    portion = []
  }
  yield portion.join('')
}

const anyOf = (size: number): number => Math.floor(Math.random() * size)

/** The baseline of proving: one row, read by its key. */
const readRow = (db: Reader, index: number): Promise<unknown> =>
  db.selectFrom('ledger_entry').select('payload').where('index', '=', index).execute()

const linesOf = (file: string) => createInterface({ input: createReadStream(file) })

const rate = (name: string, unit: string, value: number, baseline: number): Measurement => ({
  name,
  value,
  unit,
  baseline,
  ratio: value / baseline,
})

/** Of how much so much is done; for whoever waits. */
export type OnProgress = (what: string, done: number, of: number) => void

type Bench = {
  readonly db: Reader
  readonly ledger: Ledger
  readonly verifierKey: string
  readonly folder: string
  readonly onProgress: OnProgress
}

/** Two bulks at once, again and again, in turns with the bare rows. */
async function measureBulks({ db, ledger, onProgress }: Bench): Promise<Measurement> {
  const taken = { seconds: 0, baseline: 0 }
  for (let at = 0; at < measuredAppends; at += 2) {
    const two = (work: () => Promise<unknown>) => secondsOf(() => Promise.all([work(), work()]))
    taken.baseline += await two(() => insertRows(db, perAppend))
    taken.seconds += await two(() => append(db, ledger, perAppend))
    onProgress('appending', at + 2, measuredAppends)
  }
  const entries = measuredAppends * perAppend
  return rate('ledger/append', 'entries/s', entries / taken.seconds, entries / taken.baseline)
}

/** Single acts of many writers at once, while as many readers ask for proofs. */
async function measureLoad({ db, ledger, onProgress }: Bench, size: number): Promise<Measurement> {
  const ofAll = async (write: () => Promise<unknown>, read: () => Promise<unknown>) => {
    let isOver = false
    const reading = Array.from({ length: writers }, async () => {
      while (!isOver) await read()
    })
    const seconds = await secondsOf(() =>
      Promise.all(
        Array.from({ length: writers }, async () => {
          for (let act = 0; act < actsOfEach; act += 1) await write()
        }),
      ),
    )
    isOver = true
    await Promise.all(reading)
    return (writers * actsOfEach) / seconds
  }
  const baseline = await ofAll(
    () => insertRows(db, 1),
    () => readRow(db, anyOf(size)),
  )
  onProgress('appending under load', 1, 2)
  const value = await ofAll(
    () => append(db, ledger, 1),
    () => ledger.inclusionProof(db, anyOf(size), size),
  )
  onProgress('appending under load', 2, 2)
  return rate('ledger/append-load', 'entries/s', value, baseline)
}

async function measureProofs({ db, ledger, onProgress }: Bench, size: number) {
  const taken = { seconds: 0, baseline: 0 }
  for (let at = 0; at < measuredProofs; at += 1) {
    taken.seconds += await secondsOf(() => ledger.inclusionProof(db, anyOf(size), size))
    taken.baseline += await secondsOf(() => readRow(db, anyOf(size)))
    onProgress('proving', at + 1, measuredProofs)
  }
  const each = (seconds: number) => (seconds * 1_000_000) / measuredProofs
  return rate('ledger/proof-time', 'µs', each(taken.seconds), each(taken.baseline))
}

/** The whole, then only what came last; both against the bare hashes. */
async function measureVerifying(bench: Bench, size: number): Promise<Measurement[]> {
  const { db, ledger, verifierKey, folder, onProgress } = bench
  const file = join(folder, 'export')
  const verified = async (settings: Parameters<typeof verifyLedger>[1]) => {
    let report: LedgerReport | undefined
    const seconds = await secondsOf(async () => {
      report = await verifyLedger(linesOf(file), { verifierKey, ...settings })
    })
    if (report?.verified !== true || report.beginning === undefined) {
      throw new Error('the ledger of the bench is not whole')
    }
    return { seconds, beginning: report.beginning }
  }
  await exportTo(file, db, 0)
  onProgress('verifying', 1, 4)
  const whole = await verified({})
  onProgress('verifying', 2, 4)
  const baseline = size / (await secondsOf(async () => hashes(size)))
  onProgress('verifying', 3, 4)
  await append(db, ledger, fewNew)
  await exportTo(file, db, whole.beginning.size)
  const latest = await verified({ beginning: whole.beginning })
  onProgress('verifying', 4, 4)
  return [
    rate('ledger/verify', 'entries/s', size / whole.seconds, baseline),
    rate('ledger/verify-new', 'entries/s', fewNew / latest.seconds, baseline),
  ]
}

/**
 * What a ledger of `size` entries costs: appending in bulk and one by one under load, proving, verifying whole and
 * verifying what came last. Baselines of the same run: the same rows without a ledger, one row read by its key, and the
 * bare hashes. `proof-time` is less when it is better, the others more.
 */
export async function benchLedger(
  size: number,
  onProgress: OnProgress = () => {},
): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), 'raakvlak-bench-'))
  const { db, close } = await openDatabase({
    connection: { kind: 'embedded', directory: join(folder, 'database') },
    operator: 'keyholder',
    clock: systemClock,
  })
  try {
    const signer = await signerFromSeed(origin, systemRandomness.bytes(32))
    const ledger = openLedger({ clock: systemClock, random: systemRandomness, origin, signer })
    const bench = { db, ledger, verifierKey: signer.verifierKey, folder, onProgress }
    await sql`create table bench_row (
      index bigserial primary key, kind text, at timestamptz, salt bytea, payload text, commitment bytea
    )`.execute(db)
    for (let at = 0; at < size; at += perFill) {
      await append(db, ledger, Math.min(perFill, size - at))
      onProgress('filling', Math.min(at + perFill, size), size)
    }
    const grown = size + measuredAppends * perAppend
    return [
      await measureBulks(bench),
      await measureLoad(bench, size),
      await measureProofs(bench, size),
      ...(await measureVerifying(bench, grown + writers * actsOfEach)),
    ]
  } finally {
    await close()
    await rm(folder, { recursive: true, force: true })
  }
}
