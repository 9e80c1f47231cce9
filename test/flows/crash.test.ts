import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import t from 'tap'
import { lookAfterwards } from '../../scripts/demo/afterwards.ts'
import { AccessRefused, GatewayProblem, GatewayUnreachable } from '../../src/client/errors.ts'
import { openJournal } from '../../src/client/journal.ts'
import { readRows, type SignalRow } from '../../src/client/rows.ts'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import { submitRows } from '../../src/client/submission.ts'
import { dayOf, systemClock } from '../../src/kernel/clock.ts'
import { verifyReceipt } from '../../src/proofs/receipt.ts'
import { embeddedUrl } from '../../src/store/embedded-postgres.ts'
import { sampleFiles } from '../support/demo-sample.ts'
import { postmasterOf, startOperators } from '../support/operators.ts'
import { admitAgencies, agreeOn, partnerOf, type TestAgency } from '../support/partners.ts'
import type { SubmissionJob } from '../support/submitting-client.ts'

t.setTimeout(600_000)

const killsOfEach = 10
const clientKills = 5
const rounds = 2 * killsOfEach

const seed = Number(process.env.RAAKVLAK_TEST_SEED ?? randomInt(2 ** 31))
t.comment(`seed ${seed}; run again with RAAKVLAK_TEST_SEED=${seed}`)
let state = seed
/** Mulberry32: a number from 0 up to 1. */
const chance = (): number => {
  state = (state + 0x6d2b79f5) | 0
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

const operators = await startOperators(t)
const { pins } = operators
const files = sampleFiles(54)
const agencies = await admitAgencies(
  [...files.keys()].map((file) => file.replace('.csv', '')),
  pins,
  operators.codes,
)
const first = agencies[0] as TestAgency
const rowsOf = new Map(
  [...files].map(([file, text]) => [
    file.replace('.csv', ''),
    readRows(text, { today: dayOf(systemClock.now()) }).rows,
  ]),
)
const rowsFor = ({ agency }: TestAgency): readonly SignalRow[] => rowsOf.get(agency) ?? []
const total = [...rowsOf.values()].reduce((sum, rows) => sum + rows.length, 0)
const journalOf = (purpose: string, { agency }: TestAgency) =>
  join(operators.folder, purpose, `${agency}.jsonl`)

/** Reasons for which a person runs a submission again; anything else fails the test. */
const interrupted = new Map<string, number>()
function noteInterruption(error: unknown): void {
  const passing =
    error instanceof GatewayUnreachable ||
    error instanceof AccessRefused ||
    (error instanceof GatewayProblem && error.problem.status >= 500)
  if (!passing) throw error
  const name = error instanceof GatewayProblem ? error.code : error.name
  interrupted.set(name, (interrupted.get(name) ?? 0) + 1)
}

/** As a person does: runs the submission, and again, until every row is answered. */
async function submitUntilDone(
  agency: TestAgency,
  under: UnderAgreement,
  rows: readonly SignalRow[],
): Promise<void> {
  for (;;) {
    const journal = await openJournal(journalOf(under.content.purpose, agency))
    try {
      const partner = partnerOf(agency.agency, agency.keys, pins)
      await submitRows({ partner, rows, under, journal })
      return
    } catch (error) {
      noteInterruption(error)
      await pause(50)
    } finally {
      await journal.close()
    }
  }
}

/** All agencies at once submit the next part of their files. */
const submitRound = (under: UnderAgreement, round: number): Promise<unknown> =>
  Promise.all(
    agencies.map((agency) => {
      const rows = rowsFor(agency)
      const end = Math.ceil((rows.length * (round + 1)) / rounds)
      return submitUntilDone(agency, under, rows.slice(0, end))
    }),
  )

async function startPurpose(purpose: string): Promise<UnderAgreement> {
  await mkdir(join(operators.folder, purpose))
  return agreeOn(agencies, pins, purpose)
}

/** What every agency knows of overlaps, in words that do not change from run to run. */
async function knownOverlaps(under: UnderAgreement): Promise<string[]> {
  const known = await Promise.all(
    agencies.map(async ({ agency, keys }) =>
      (await partnerOf(agency, keys, pins).overlaps(under)).map(({ signal, others }) => {
        const told = others.map(({ agency, quality, reasons, contactDesk }) =>
          JSON.stringify([agency, quality, [...reasons].sort(), contactDesk]),
        )
        return [agency, signal.caseReference, ...told.sort()].join(' ')
      }),
    ),
  )
  return known.flat().sort()
}

async function query(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({
    connectionString: embeddedUrl(operators.databaseOf('gateway')).reveal(),
  })
  await client.connect()
  try {
    return (await client.query(text, values)).rows
  } finally {
    await client.end()
  }
}

/** Every row answered with a receipt, by journal; nothing waits and nothing was refused. */
async function answersOf(purpose: string) {
  const all = await Promise.all(
    agencies.map(async (agency) => {
      const journal = await openJournal(journalOf(purpose, agency))
      await journal.close()
      return { agency, waiting: journal.waiting.size, answers: [...journal.answered.values()] }
    }),
  )
  return all.map(({ agency, waiting, answers }) => ({
    agency,
    waiting,
    refused: answers.filter((answer) => 'refused' in answer).length,
    accepted: answers.flatMap((answer) => ('receipt' in answer ? [answer] : [])),
  }))
}

type Asserts = Pick<typeof t, 'equal' | 'strictSame' | 'ok'>
const receipts: unknown[] = []

/** What has to hold of a submission, whatever happened meanwhile. */
async function assertWhole(
  t: Asserts,
  under: UnderAgreement,
  expectedOverlaps: readonly string[],
): Promise<void> {
  const { purpose } = under.content
  const results = await answersOf(purpose)
  for (const { agency, waiting, refused, accepted } of results) {
    t.strictSame(
      [waiting, refused, accepted.length],
      [0, 0, rowsFor(agency).length],
      `every row of ${agency.agency} is answered`,
    )
  }
  const acknowledged = results.flatMap(({ accepted }) => accepted.map(({ id }) => id)).sort()
  const stored = await query(
    'select id, state, tokens is not null as indexed from signal where agreement_hash = $1 order by id collate "C"',
    [under.hash],
  )
  t.strictSame(
    stored.map(({ id }) => id),
    acknowledged,
    'what was acknowledged stands, once, and nothing else does',
  )
  t.ok(stored.every(({ state, indexed }) => state === 'live' && indexed === true))
  const { ledgerKeys } = await first.partner.domainKeys(under.content.domain)
  const wrong: string[] = []
  for (const { accepted } of results) {
    for (const { id, receipt } of accepted) {
      receipts.push(receipt)
      const verdict = await verifyReceipt(receipt, ledgerKeys.gateway)
      const about = verdict.valid ? verdict.entry : undefined
      if (about?.kind !== 'signal.submit' || about.signalId !== id) wrong.push(id)
    }
  }
  t.strictSame(wrong, [], 'every receipt holds and is about its signal')
  t.strictSame(await knownOverlaps(under), expectedOverlaps, 'the overlaps are the same')
}

const calm = await startPurpose('protecting-victims')
const began = performance.now()
for (let round = 0; round < rounds; round += 1) await submitRound(calm, round)
const roundMilliseconds = (performance.now() - began) / rounds
const expected = await knownOverlaps(calm)

t.test('an undisturbed submission is what the others are compared with', async (t) => {
  t.ok(total > 190, `${total} signals`)
  t.ok(expected.length > 50, `${expected.length} overlaps are known to one agency or another`)
  t.strictSame([...interrupted], [])
  await assertWhole(t, calm, expected)
})

type Victim = 'gateway' | 'database'

async function kill(victim: Victim): Promise<void> {
  if (victim === 'gateway') {
    await operators.kill('gateway')
    await operators.start('gateway')
    return
  }
  const postmaster = postmasterOf(operators.databaseOf('gateway'))
  process.kill(postmaster, 'SIGKILL')
  // Its supervisor starts another one; the next kill must not hit the dead one, and who looks into the
  // database afterwards must not find it replaying its log.
  while (!hasNewPostmaster(operators.databaseOf('gateway'), postmaster)) await pause(20)
  while (!(await isReady())) await pause(20)
}

const isReady = async (): Promise<boolean> => {
  const answer = await fetch(new URL('/health/ready', pins.gateway.url))
  await answer.arrayBuffer()
  return answer.ok
}

function hasNewPostmaster(database: string, former: number): boolean {
  try {
    return postmasterOf(database) !== former
  } catch {
    return false
  }
}

t.test('kill -9 of the gateway and of its database at twenty random moments', async (t) => {
  const under = await startPurpose('protecting-minors')
  // Never more than two kills of the database in a row: its supervisor gives up after five.
  const victims = Array.from({ length: killsOfEach }, (): Victim[] =>
    chance() < 0.5 ? ['gateway', 'database'] : ['database', 'gateway'],
  ).flat()
  let underWay = 0
  interrupted.clear()
  for (const [round, victim] of victims.entries()) {
    let done = false
    const submitting = submitRound(under, round).then(() => {
      done = true
    })
    submitting.catch(() => {})
    await pause(chance() * roundMilliseconds)
    if (!done) underWay += 1
    await kill(victim)
    await submitting
  }
  t.comment(`${underWay} of ${rounds} kills came while signals were under way`)
  t.comment(`submissions run again: ${JSON.stringify(Object.fromEntries(interrupted))}`)
  t.ok(underWay >= rounds / 2, 'the kills hit the work')
  await assertWhole(t, under, expected)
  const tokens = await query(
    'select agreement_hash = $1 as disturbed, count(*)::int as count from signal_token group by 1',
    [under.hash],
  )
  t.equal(tokens.length, 2)
  t.equal(tokens[0]?.count, tokens[1]?.count, 'the index holds as many tokens as undisturbed')
})

t.test(
  'SIGTERM while signals are under way: it ends well, and what was answered stands',
  async (t) => {
    const under = await startPurpose('investigating-exploitation')
    for (const [at, round] of [0, 7, 14].entries()) {
      const submitting = submitRound(under, round)
      submitting.catch(() => {})
      await pause(chance() * roundMilliseconds)
      t.equal(await operators.stop('gateway'), 0, `stop ${at + 1} of 3`)
      await operators.start('gateway')
      await submitting
    }
    await submitRound(under, rounds - 1)
    await assertWhole(t, under, expected)
  },
)

t.test('kill -9 of a client at random moments: run again, it goes on where it was', async (t) => {
  const under = await startPurpose('ending-labour-exploitation')
  const { agency, keys } = first
  const job: SubmissionJob = {
    agency,
    keys,
    pins,
    under,
    input: join(operators.folder, 'ending-labour-exploitation', 'input.csv'),
    journal: journalOf('ending-labour-exploitation', first),
  }
  await writeFile(job.input, files.get(`${agency}.csv`) ?? '')
  const jobFile = join(operators.folder, 'ending-labour-exploitation', 'job.json')
  await writeFile(jobFile, JSON.stringify(job))
  const program = fileURLToPath(new URL('../support/submitting-client.ts', import.meta.url))
  const run = async (killAfter?: number) => {
    const child = spawn(process.execPath, [program, jobFile], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(child, 'exit')
    await Promise.race([once(child.stdout, 'data'), ended])
    child.stdout.resume()
    if (killAfter !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfter)
    return await ended
  }
  let killed = 0
  for (let kills = 0; kills < clientKills; kills += 1) {
    const [, signal] = await run(chance() * 800)
    if (signal === 'SIGKILL') killed += 1
  }
  t.comment(`${killed} of ${clientKills} times before it was done`)
  t.strictSame(await run(), [0, null], 'the last run ends well')
  t.ok(existsSync(job.journal))
  for (const other of agencies.slice(1)) await submitUntilDone(other, under, rowsFor(other))
  await assertWhole(t, under, expected)
})

t.test(
  'an operator whose database cannot be kept running ends, so that it is noticed',
  async (t) => {
    t.equal(await operators.stop('keyholder'), 0)
    const { ended, child } = await operators.start('keyholder')
    const database = operators.databaseOf('keyholder')
    let last = 0
    let kills = 0
    while (child.exitCode === null) {
      const current = hasNewPostmaster(database, last) ? postmasterOf(database) : last
      if (current !== last) {
        last = current
        kills += 1
        process.kill(current, 'SIGKILL')
      }
      await pause(20)
    }
    t.equal(await ended, 1)
    t.equal(kills, 6, 'five restarts are tried')
    await operators.start('keyholder')
  },
)

t.test('the ledgers hold every receipt that was ever given, and verify', async (t) => {
  const { ledgerKeys } = await first.partner.domainKeys(calm.content.domain)
  t.equal(await operators.stop('gateway'), 0)
  t.equal(await operators.stop('keyholder'), 0)
  const { folder, settings } = operators
  t.equal(receipts.length, 4 * total)
  const { ledgers } = await lookAfterwards(folder, settings, ledgerKeys, receipts)
  for (const operator of ['gateway', 'keyholder'] as const) {
    const { problems, verified, signature, size } = ledgers[operator]
    t.strictSame(problems, [])
    t.strictSame([verified, signature], [true, 'verified'])
    t.comment(`the ledger of the ${operator}: ${size} entries`)
  }
})
