import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { openJournal } from '../../src/client/journal.ts'
import { readRows } from '../../src/client/rows.ts'
import { submitRows } from '../../src/client/submission.ts'
import { dayOf } from '../../src/kernel/clock.ts'
import { openHouse } from '../support/house.ts'
import { signalAbout } from '../support/signals.ts'

const house = await openHouse(t)
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const under = await house.agree([politie, gemeente])

const header = 'caseReference,phone,givenNames,familyName,birthDate,observedOn,category\n'
const rowsOf = (...lines: readonly string[]) =>
  readRows(`${header}${lines.map((line) => `${line},2026-01-02,labour-exploitation\n`).join('')}`, {
    today: '2026-11-25',
  }).rows

const journalFile = (name: string): string => join(house.folder, `${name}.jsonl`)

async function submit(name: string, ...lines: readonly string[]) {
  const journal = await openJournal(journalFile(name))
  try {
    const report = await submitRows({
      partner: politie.partner,
      rows: rowsOf(...lines),
      under,
      journal,
    })
    await journal.finish()
    return report
  } finally {
    await journal.close()
  }
}

t.test('a row that nothing can be linked by is left out, and the others go on', async (t) => {
  const report = await submit(
    'unlinkable',
    'C1,0612345671,,,',
    'C2,,Jan,Jansen,',
    'C3,,Jan,Jansen,1990',
    'C4,,,Jansen,',
    'C5,,Jan,Jansen,1990-01-01',
    'C6,0612345672,,,',
  )
  t.equal(report.accepted, 2)
  t.strictSame(report.refused, [])
  t.strictSame(
    report.leftOut.map(({ line }) => line),
    [3, 4, 5, 6],
  )
  t.match(report.leftOut[1]?.problems, [/cannot be linked/, /partial birth date/])
  t.notMatch(JSON.stringify(report.leftOut), /Jansen|1990/, 'no value of a person')
})

t.test('a library that prepares such a row is refused before anything is evaluated', async (t) => {
  const before = await house.ledgerSize('keyholder')
  await t.rejects(
    politie.partner.prepare(rowsOf('C1,0612345671,,,', 'C2,,Jan,Jansen,'), under),
    RangeError,
  )
  t.equal(await house.ledgerSize('keyholder'), before)
})

t.test('a journal that holds a signal without tokens is not stuck on it', async (t) => {
  await appendFile(
    journalFile('stuck'),
    `${JSON.stringify({ line: 3, body: signalAbout({}, under) })}\n`,
  )
  const report = await submit('stuck', 'C7,0612345673,,,', 'C8,,Jan,Jansen,')
  t.equal(report.accepted, 1)
  t.strictSame(
    report.leftOut.map(({ line }) => line),
    [3],
  )
})

t.test(
  'a row that may not be kept any longer is left out with its reason, and never evaluated',
  async (t) => {
    const under = await house.agree([politie, gemeente], {
      purpose: 'one-year',
      domain: 'one-year',
      retentionMonths: 12,
    })
    const today = dayOf(house.clock.now())
    const year = Number(today.slice(0, 4))
    const csv = [
      'caseReference,bsn,birthDate,category,observedOn',
      `FRESH,999990007,1980-01-01,labour-exploitation,${today}`,
      `OLD,999990019,1980-01-01,labour-exploitation,${year - 2}-01-01`,
    ]
    const { rows } = readRows(csv.join('\n'), { today })
    t.equal(rows.length, 2)
    const journal = await openJournal(join(house.folder, 'past.jsonl'))
    const before = await house.ledgerSize('keyholder')
    const report = await submitRows({ partner: politie.partner, rows, under, journal })
    await journal.finish()
    t.equal(report.accepted, 1)
    t.strictSame(report.refused, [])
    t.match(report.leftOut, [{ line: 3, problems: [/^observedOn: /] }])
    t.notMatch(JSON.stringify(report.leftOut), /OLD|999990019|1980/)
    const batches = (await house.entries('keyholder', before)).filter(
      ({ kind }) => kind === 'evaluation.evaluate',
    )
    t.equal(batches.length, 1, 'one batch, for the fresh row')
  },
)
