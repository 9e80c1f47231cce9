import { execFile } from 'node:child_process'
import t from 'tap'
import {
  findingsOf,
  misuseDifferences,
  type Planted,
  perAgencyMonth,
  type SeenAlarm,
  type SeenJudgement,
} from '../../scripts/simulate/misuse/findings.ts'
import type { Simulated } from '../../scripts/simulate/run.ts'

t.setTimeout(300_000)

type Ran = { readonly code: number; readonly out: string; readonly err: string }

/** Runs a program of its own: a simulation moves the time of its whole process. */
const run = (...args: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(process.execPath, args, { maxBuffer: 2 ** 24 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err })
    })
  })

const hour = 3_600_000
const night: Planted = { kind: 'night', agency: 'utrecht', officer: 'Zx-4_77q', at: 0 }
const alarm: SeenAlarm = {
  operator: 'gateway',
  id: 'one',
  agency: 'utrecht',
  rule: 'night',
  raisedAt: 2 * hour,
  officer: 'Zx-4_77q',
}
const look: Planted = { ...night, kind: 'single-look', about: 'a' }

t.test('what is planted is found by an alarm about its officer, in time, or it is not', (t) => {
  const of = (...alarms: Partial<SeenAlarm>[]) =>
    findingsOf(
      [night],
      alarms.map((one) => ({ ...alarm, ...one })),
      [],
    )
  t.match(of({}), {
    misuse: [{ kind: 'night', found: true, by: 'night', hours: 2, statedHours: 24 }],
    falseAlarms: 0,
  })
  t.match(of({ raisedAt: 30 * hour }).misuse, [{ found: false, by: 'night', hours: 30 }])
  t.match(misuseDifferences(of({ raisedAt: 30 * hour })), [/^misuse found too late: night/])
  for (const other of [{ officer: 'another-one' }, { agency: 'breda' }, { raisedAt: -hour }]) {
    t.match(of(other), { misuse: [{ found: false, hours: null }], falseAlarms: 1 })
    t.strictSame(misuseDifferences(of(other)), ['misuse not found: night'])
  }
  const early = { rule: 'volume', raisedAt: hour }
  t.match(of(early, {}).misuse, [{ by: 'night', hours: 2 }], 'its own rule goes first')
  t.match(of({ operator: 'keyholder', officer: undefined }).misuse, [{ by: 'night@keyholder' }])
  t.match(of({ raisedAt: 72 * hour, officer: undefined }), {
    falseAlarms: 1,
    falseByRule: { night: 1 },
  })
  t.match(findingsOf([], [], [], ['night']).misuse, [{ kind: 'night', found: false }])
  t.end()
})

t.test('of single looks half have to be drawn and judged, in ninety days', (t) => {
  const day = 24 * hour
  const judged = (at: number, other: Partial<SeenJudgement> = {}): SeenJudgement => ({
    agency: 'utrecht',
    officer: night.officer,
    about: 'a',
    lookedAt: 0,
    at,
    ...other,
  })
  const of = (...all: SeenJudgement[]) => findingsOf([look, look], [], all)
  t.match(of(judged(9 * day)).misuse, [{ found: true, by: 'sample', hours: 216 }, { found: true }])
  t.strictSame(misuseDifferences(of(judged(9 * day))), [])
  t.match(of(judged(91 * day)).misuse, [{ found: false }, { found: false }])
  for (const other of [{ about: 'b' }, { officer: 'another-one' }, { lookedAt: -8 * day }]) {
    t.match(misuseDifferences(of(judged(9 * day, other))), [/2 of 2 single looks/])
  }
  const one = findingsOf([look, { ...look, about: 'b' }], [], [judged(9 * day)])
  t.strictSame(misuseDifferences(one), [], 'one of two is half')
  t.match(
    findingsOf([look], [alarm], []),
    { misuse: [{ found: false }], falseAlarms: 1 },
    'an alarm about an officer who mostly works as it should is not about that look',
  )
  t.end()
})

t.test('planted misuse is found within a day; with its rule switched off it is not', async (t) => {
  const simulated = async (...off: string[]): Promise<Simulated> => {
    const { out, err } = await run('test/support/misuse-simulation.ts', ...off)
    if (out === '') throw new Error(err)
    return JSON.parse(out)
  }
  const [one, again, blind] = await Promise.all([
    simulated(),
    simulated(),
    simulated('repeated-looks'),
  ])
  t.strictSame(one.differences, [])
  t.strictSame(again, one, 'the same seed gives the same document')
  const byKind = ({ document: { misuse = [] } }: Simulated) =>
    Object.fromEntries(misuse.map((found) => [found.kind, found]))
  t.match(byKind(one), {
    'repeated-looks': { found: true, by: 'repeated-looks', statedHours: 24 },
    night: { found: true, by: 'night' },
  })
  t.equal(one.document.falseAlarms, 0)
  t.equal(one.document.falseAlarmsPerAgencyMonth, 0)
  const some = { misuse: [], falseAlarms: 73, falseByRule: {} }
  t.equal(perAgencyMonth(some, 2, 365), 3.042)
  t.match(byKind(blind), {
    'repeated-looks': { found: false, by: null, hours: null },
    night: { found: true },
  })
  t.strictSame(blind.differences, ['misuse not found: repeated-looks'])
})

t.test('too short a simulation for what is promised does not begin', async (t) => {
  const { code, err } = await run('scripts/simulate.ts', '--misuse', '--days', '60')
  t.equal(code, 1)
  t.match(err, /--misuse needs --days \d+ or more/)
})
