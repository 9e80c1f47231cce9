import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import {
  textOf as dayText,
  dutchDayOf,
  isWorkingDay,
  workingDaysAfter,
} from '../../scripts/simulate/calendar.ts'
import type { SimulationDocument } from '../../scripts/simulate/document.ts'
import type { Simulated } from '../../scripts/simulate/run.ts'
import * as product from '../../src/follow-up/working-days.ts'
import { outcomes } from '../../src/wire/codes/follow-ups.ts'

t.setTimeout(300_000)

type Ran = { readonly code: number; readonly out: string; readonly err: string }

/** Runs a program of its own: a simulation moves the time of its whole process. */
const run = (...args: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(process.execPath, args, { maxBuffer: 2 ** 24 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err })
    })
  })

const short = ['--days', '18', '--agencies', '5', '--json']
const useful = outcomes.filter((one) => one.useful).map(({ code }): string => code)

t.test('its own working days are those of the product, for ten years', (t) => {
  const first = Date.UTC(2024, 0, 1)
  const day = 86_400_000
  for (let at = 0; at < 3_660; at += 1) {
    const text = new Date(first + at * day).toISOString().slice(0, 10)
    if (isWorkingDay((first + at * day) / day) !== product.isWorkingDay(text)) t.fail(text)
    for (const hour of [8, 22.9, 23.4]) {
      const moment = first + at * day + hour * 3_600_000
      const due = product.addWorkingDays(new Date(moment), 5).getTime()
      if (workingDaysAfter(moment, 5) !== due) t.fail(`five days from ${new Date(moment)}`)
    }
  }
  t.equal(dayText(dutchDayOf(Date.parse('2027-07-01T22:30:00Z'))), '2027-07-02')
  t.equal(dayText(dutchDayOf(Date.parse('2026-12-31T22:30:00Z'))), '2026-12-31')
  t.end()
})

t.test('a short simulation adds up, and the same seed gives the same document', async (t) => {
  const [one, again] = await Promise.all([
    run('scripts/simulate.ts', '--seed', '7', ...short),
    run('scripts/simulate.ts', '--seed', '7', ...short),
  ])
  t.equal(one.code, 0, one.err)
  t.equal(again.out, one.out)
  t.equal(one.err, '', 'nothing beside the document')
  const found = JSON.parse(one.out) as SimulationDocument
  t.strictSame(Object.keys(found), [
    ...['seed', 'days', 'agencies', 'signals', 'overlaps', 'unowned', 'breaches', 'escalated'],
    ...['disclosures', 'outcomes', 'feedbackMissing', 'yield', 'ledger'],
  ])
  t.match(found, { seed: 7, days: 18, agencies: 5, unowned: 0, feedbackMissing: 0 })
  t.ok(found.signals > found.overlaps && found.overlaps > 5)
  t.ok(found.breaches > 0)
  t.equal(found.escalated, found.breaches)
  const closed = Object.values(found.outcomes).reduce((sum, count) => sum + count, 0)
  const helped = useful.reduce((sum, code) => sum + (found.outcomes[code] ?? 0), 0)
  t.ok(closed > 0 && closed <= found.overlaps, 'something is closed')
  t.equal(found.yield, Math.round((helped / closed) * 1000) / 1000)
  const { requested, granted, partly, refused, opened } = found.disclosures
  t.ok(granted + partly + refused <= requested && opened <= granted + partly)
  t.ok(found.ledger.verified && found.ledger.size > found.signals)
})

t.test('what somebody meddled with is found', async (t) => {
  const meddled = async (...faults: string[]): Promise<Simulated> => {
    const { out, err } = await run('test/support/meddled-simulation.ts', ...faults)
    if (out === '') throw new Error(err)
    return JSON.parse(out)
  }
  const [terms, entries] = await Promise.all([
    meddled('no-terms', 'other-outcome'),
    meddled('no-entry', 'no-owner'),
  ])
  t.ok(terms.document.escalated < terms.document.breaches)
  t.match(terms.differences.join('\n'), /let pass and not escalated: acknowledge of/)
  t.match(terms.differences.join('\n'), /yield of .*: outcomes is/)
  t.equal(terms.document.unowned, 0)
  t.ok(terms.document.ledger.verified)
  t.ok(entries.document.escalated < entries.document.breaches)
  t.match(entries.differences.join('\n'), /let pass and not escalated: /)
  t.ok(entries.document.unowned > 0)
  t.match(entries.differences.join('\n'), /without an owner: /)
})

t.test('interrupted, it leaves no process and no folder', async (t) => {
  const temporary = await mkdtemp(join(tmpdir(), 'raakvlak-interrupted-'))
  const simulation = spawn(process.execPath, ['scripts/simulate.ts', '--agencies', '4'], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  simulation.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const gone = once(simulation, 'exit')
  while (!said.includes('day after day') && simulation.exitCode === null) await pause(20)
  simulation.kill('SIGINT')
  await pause(50)
  simulation.kill('SIGTERM')
  t.strictSame(await gone, [1, null])
  t.match(said, /Interrupted; everything is stopped/)
  t.strictSame(await readdir(temporary), [])
})
