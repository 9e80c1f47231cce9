import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { answersIn, openJournal } from '../../src/client/journal.ts'
import { readRows } from '../../src/client/rows.ts'
import { correctRow, submitRows } from '../../src/client/submission.ts'
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
    report.rejected.map(({ line }) => line),
    [3, 4, 5, 6],
  )
  t.match(report.rejected[1]?.problems, [/cannot be linked/, /partial birth date/])
  t.notMatch(JSON.stringify(report.rejected), /Jansen|1990/, 'no value of a person')
})

t.test('why rows have fewer keys than they could is told by number, without a value', async (t) => {
  const nowaks = Array.from({ length: 6 }, (_, at) => `E${at},,Ewa,Nowak,199${at}-03-1${at}`)
  const report = await submit(
    'fewer',
    ...nowaks,
    'E6,,Jan,Jansen,1990-05-06',
    'E7,0612345674,,,',
    'E8,,Ola,Wójcik,1990-01-01',
  )
  t.equal(report.accepted, 9)
  const rowsWith = new Map(report.fewerKeys.map(({ reason, rows }) => [reason, rows]))
  t.equal(report.fewerKeys[0]?.rows, 6, 'the most common reason first')
  t.equal(rowsWith.get('a name key that more than 5 of this file share'), 6)
  t.notOk(rowsWith.has('no given name'), 'what was not written is no news')
  const reasons = [...rowsWith.keys()].join()
  t.match(reasons, /very common names/)
  t.match(reasons, /1 January is what registries write/)
  t.notMatch(reasons, /Nowak|Jansen|1990/)
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
  await submit('stuck', 'C9,0612345679,,,')
  await appendFile(
    journalFile('stuck'),
    `${JSON.stringify({ row: 'c8', body: signalAbout({}, under) })}\n`,
  )
  const report = await submit('stuck', 'C7,0612345673,,,', 'C8,,Jan,Jansen,')
  t.equal(report.accepted, 1)
  t.strictSame(
    report.rejected.map(({ line }) => line),
    [3],
  )
})

t.test('a file that was mended brings only the rows that are new or changed', async (t) => {
  const first = await submit('mended', 'D1,0612345681,,,', 'D2,,Jan,Jansen,', 'D3,0612345683,,,')
  t.strictSame([first.accepted, first.known, first.rejected.length], [2, 0, 1])
  const before = (await house.entries('gateway')).length
  const mended = ['D0,0612345680,,,', 'D1,0612345681,,,', 'D2,,Jan,Jansen,1990-05-06']
  const second = await submit('mended', ...mended, 'D3,06-1234 5683,,,', 'D3,0612345683,,,')
  t.strictSame([second.accepted, second.known, second.rejected.length], [3, 2, 0])
  t.equal(second.signalIds.get(3), first.signalIds.get(2), 'the same signal, on another line')
  t.equal(second.signalIds.get(5), first.signalIds.get(4), 'however the number is written')
  t.not(second.signalIds.get(6), first.signalIds.get(4), 'said twice, it is two signals')
  const sent = (await house.entries('gateway'))
    .slice(before)
    .filter(({ kind }) => kind === 'signal.submit')
  t.equal(sent.length, 3)
  const third = await submit('mended', ...mended)
  t.strictSame([third.accepted, third.known], [0, 3])
})

t.test('a row whose signal was corrected is known as that signal', async (t) => {
  const first = await submit('corrected', 'F1,0612345701,,,')
  const id = first.signalIds.get(2) ?? ''
  const journal = await openJournal(journalFile('corrected'))
  const correct = (line: string) => {
    const [row] = rowsOf(line)
    return correctRow({ partner: politie.partner, id, row: row!, under, journal })
  }
  await correct('F1,0612345702,,,')
  await t.rejects(correct('F2,0612345702,,,'), /same agreement and case/)
  await journal.close()
  const again = await submit('corrected', 'F1,0612345702,,,', 'F2,0612345702,,,')
  t.strictSame([again.accepted, again.known], [1, 1], 'what was refused is not noted')
  t.equal(again.signalIds.get(2), id)
  const ids = (await answersIn(journalFile('corrected'))).map((answer) => answer.id)
  t.strictSame(
    ids.filter((one) => one === id),
    [id],
    'and listed once',
  )
})

t.test('a journal tells nobody who it is about, and is open once', async (t) => {
  await submit('quiet', 'E1,0612345691,Jan,Jansen,1990-05-06')
  const text = await readFile(journalFile('quiet'), 'utf8')
  t.notMatch(text, /Jansen|12345691|1990-05-06|"tokens"/)
  const journal = await openJournal(journalFile('quiet'))
  await t.rejects(openJournal(journalFile('quiet')), /is submitting under this agreement/)
  await journal.close()
  const lock = fileURLToPath(new URL('../../src/files/file-lock.ts', import.meta.url))
  const holding = `import { lockFile } from '${lock}'
    lockFile('${journalFile('quiet')}.lock'); console.log('held'); setInterval(() => {}, 1000)`
  const other = spawn(process.execPath, ['--input-type=module', '-e', holding], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(other.stdout, 'data')
  await t.rejects(openJournal(journalFile('quiet')), /is submitting/, 'in another process')
  other.kill('SIGKILL')
  await once(other, 'exit')
  await (await openJournal(journalFile('quiet'))).close()
  await rm(`${journalFile('quiet')}.key`)
  await t.rejects(openJournal(journalFile('quiet')), /\.key is missing/)
})

t.test('who acts for another is not told that the signal is its own', async (t) => {
  const { notAfter } = under.content.validity
  const notBefore = house.clock.now().toISOString()
  const { hash: agreement } = under
  await gemeente.partner.delegate({ actingAgency: politie.id, agreement, notBefore, notAfter })
  const rows = rowsOf('F1,0612345699,,,')
  const submitFor = async (name: string, partner = politie.partner) => {
    const journal = await openJournal(journalFile(name))
    const forAnother = { onBehalfOf: gemeente.id }
    return submitRows({ partner, rows, under, journal, forAnother }).finally(journal.close)
  }
  t.equal((await submitFor('lent')).accepted, 1)
  const asItsOwn: typeof politie.partner = {
    ...politie.partner,
    submit: (bodies) => politie.partner.submit(bodies.map(({ onBehalfOf: _, ...own }) => own)),
  }
  await t.rejects(submitFor('turned', asItsOwn), /does not prove that it took the signal/)
})

t.test('a correction is believed only by a receipt that says it, and for whom', async (t) => {
  const journal = await openJournal(journalFile('proven'))
  const rows = rowsOf('G1,0612345703,,,')
  const forAnother = { onBehalfOf: gemeente.id }
  const { partner } = politie
  const report = await submitRows({ partner, rows, under, journal, forAnother })
  const id = report.signalIds.get(2) ?? ''
  const [row] = rowsOf('G1,0612345704,,,')
  const own = await submit('own', 'G2,0612345705,,,')
  const [ownRow] = rowsOf('G2,0612345706,,,')
  const elsewhere = await partner.correct(own.signalIds.get(2) ?? '', ownRow!, under)
  for (const receipt of [...report.receipts, elsewhere.receipt]) {
    const liar = { ...partner, correct: async () => ({ id, receipt, overlaps: [] }) }
    const lie = correctRow({ partner: liar, id, row: row!, under, journal, forAnother })
    await t.rejects(lie, /does not prove that it took the signal/)
  }
  const asItsOwn = correctRow({ partner, id, row: row!, under, journal })
  await t.rejects(asItsOwn, /no such signal/i, 'it is the delegator’s')
  t.equal(journal.answered.size, 1, 'nothing of it is noted')
  await correctRow({ partner, id, row: row!, under, journal, forAnother })
  await journal.finish()
  t.equal((await answersIn(journalFile('proven'))).length, 1)
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
      'caseReference,subject,bsn,birthDate,licencePlate,country,category,observedOn',
      `FRESH,,999990007,1980-01-01,,,labour-exploitation,${today}`,
      `OLD,,999990019,1980-01-01,,,labour-exploitation,${year - 2}-01-01`,
      `OLD,vehicle,,,XX-99-99,NL,labour-exploitation,${year - 2}-01-01`,
    ]
    const { rows } = readRows(csv.join('\n'), { today })
    t.equal(rows.length, 3)
    const journal = await openJournal(join(house.folder, 'past.jsonl'))
    const before = await house.ledgerSize('keyholder')
    const report = await submitRows({ partner: politie.partner, rows, under, journal })
    await journal.finish()
    t.equal(report.accepted, 1)
    t.strictSame(report.refused, [])
    t.match(report.rejected, [
      { line: 3, problems: [/^observedOn: /] },
      { line: 4, problems: [/^observedOn: /] },
    ])
    t.notMatch(JSON.stringify(report.rejected), /OLD|999990019|1980|99-99/)
    const batches = (await house.entries('keyholder', before)).filter(
      ({ kind }) => kind === 'evaluation.evaluate',
    )
    t.equal(batches.length, 1, 'one batch, for the fresh row')
  },
)
