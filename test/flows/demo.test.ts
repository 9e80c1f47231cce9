import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { runDemo } from '../../scripts/demo/run.ts'
import { codeAt, openAccounts } from '../../src/console/accounts.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { operatorNames } from '../../src/oprf/types.ts'
import { openDatabase } from '../../src/store/database.ts'
import { replayDecisions } from '../support/replay.ts'

/** The rules of "what counts as an overlap", as four lines of somebody's own files would meet them. */
const police = `caseReference,bsn,vNumber,documentCountry,documentNumber,phone,givenNames,prefix,familyName,birthDate,sex,category,observedOn
A-bsn,9999.90.019,,,,,,,,,,criminal-exploitation,2026-01-02
A-v,,12 3456-7890,,,,,,,,,sexual-exploitation,2026-01-02
A-doc,,,NL,pp 1234567,,,,,,,labour-exploitation,2026-01-02
A-phone,,,,,06-1234 5678,,,,,,labour-exploitation,2026-01-02
A-date,,,,,06-1234 5679,,,,1990-05-06,v,labour-exploitation,2026-01-02
A-name,,,,,,Piet,van der,Berg,1990-05-07,man,labour-exploitation,2026-01-02
A-two,999990019,,,,,Karel,,Appel,1980-03-04,M,labour-exploitation,2026-01-02
A-none,,,,,,Jan,,Jansen,,,labour-exploitation,2026-01-02
A-year,,,,,,Jan,,Jansen,1990,,labour-exploitation,2026-01-02
A-month,,,,,,Jan,,Jansen,1990-05,,labour-exploitation,2026-01-02
A-january,,,,,,Jan,,Jansen,1990-01-01,,labour-exploitation,2026-01-02
A-alone,,,,,,,,Jansen,,,labour-exploitation,2026-01-02
A-bad,123456789,12345,,,12,,,,1990-02-30,q,foo,2026-13-02
`
const ngo = `caseReference;bsn;vNumber;documentCountry;documentNumber;phone;givenNames;prefix;familyName;birthDate;sex;category;observedOn;narrative
B-v;;V1234567890;;;;;;;;;sexual-exploitation;2026-01-02;Seen with others.
B-doc;;;NLD;PP1234567;;;;;;;labour-exploitation;2026-01-02;Seen with others.
B-doc;;;DEU;PP1234567;;;;;;;labour-exploitation;2026-01-02;Seen with others.
B-phone;;;;;+31 (0)6 12345678;;;;;;labour-exploitation;2026-01-02;Seen with others.
B-date;;;;;+31612345679;;;;1991-05-06;Female;labour-exploitation;2026-01-02;Seen with others.
B-name;;;;;;Piet;v.d.;Berg;1990-05-07;vrouw;labour-exploitation;2026-01-02;Seen with others.
B-two;000005307;;;;;Karel;;Appel;1980-03-04;M;labour-exploitation;2026-01-02;Seen with others.
`

t.test(
  'the demonstration on somebody’s own files finds what counts, and nothing else',
  async (t) => {
    const input = await mkdtemp(join(tmpdir(), 'raakvlak-input-'))
    t.teardown(() => rm(input, { recursive: true, force: true }))
    await mkdir(input, { recursive: true })
    await writeFile(join(input, 'Police South.csv'), police)
    await writeFile(join(input, 'ngo.csv'), ngo)
    const keep = join(input, 'kept')
    const { report } = await runDemo({ input, keep, days: 8 })

    const found = report.overlaps.map(({ quality, signals }) =>
      [quality, ...signals.map(({ caseReference }) => caseReference).sort()].join(' '),
    )
    t.strictSame(found.sort(), [
      'certain A-doc B-doc',
      'certain A-name B-name',
      'certain A-v B-v',
      'possible A-phone B-phone',
    ])
    t.strictSame(report.agencies, ['Police South', 'ngo'])
    t.equal(report.signals, 14)
    t.strictSame(
      report.rejectedRows.map(({ file, line }) => `${file}:${line}`),
      [9, 10, 11, 12, 13, 14].map((line) => `Police South.csv:${line}`),
      'a faulty row, and those that nothing can be linked by, stop none of the others',
    )
    t.match(
      report.rejectedRows[0]?.problems.join(),
      /cannot be linked.*no birth date/,
      'with the reasons',
    )
    t.ok((report.rejectedRows[5]?.problems.length ?? 0) >= 6, 'all faults at once')
    t.notMatch(JSON.stringify(report), /123456789|999990019|Appel/, 'no value of a person')
    const phone = report.views.ngo?.find(({ caseReference }) => caseReference === 'B-phone')
    t.match(phone, {
      quality: 'possible',
      reasons: ['same phone'],
      others: [{ agency: 'Police South', contactDesk: 'Contact desk of Police South' }],
    })
    const asked = report.disclosures.map(({ receiver, owner, result }) => [receiver, owner, result])
    t.strictSame(asked, [
      ['Police South', 'ngo', 'opened'],
      ['ngo', 'Police South', 'refused'],
    ])
    const told = report.feedback.map(({ agency, status }) => `${agency} ${status}`)
    t.equal(told.filter((one) => one.endsWith('taken-up')).length, 4, told.join(', '))
    t.ok(
      report.passed.some(({ reminders }) => reminders > 0),
      'as time goes by, what waits is reminded of',
    )
    t.ok(report.passed.some(({ escalations }) => escalations.deputy > 0))
    t.match(report.ledger, { gateway: { verified: true }, keyholder: { verified: true } })
    for (const operator of operatorNames) {
      const { db, close } = await openDatabase({
        connection: { kind: 'embedded', directory: join(keep, operator, 'database') },
        operator,
        clock: systemClock,
        migrate: 'leave',
      })
      const { decisions, turned } = await replayDecisions(db)
      await close()
      t.ok(decisions.length > 0)
      t.strictSame(turned, [], `every decision of the ${operator} is made again to the letter`)
    }
  },
)

t.test('interrupted while its operators start, it leaves no process and no folder', async (t) => {
  const temporary = await mkdtemp(join(tmpdir(), 'raakvlak-interrupted-'))
  t.teardown(() => rm(temporary, { recursive: true, force: true }))
  const demo = spawn(process.execPath, ['scripts/demo.ts'], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  demo.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const gone = once(demo, 'exit')
  while ((await workingIn(temporary)).length === 0 && demo.exitCode === null) await pause(20)
  demo.kill('SIGINT')
  await pause(200)
  demo.kill('SIGTERM')
  t.strictSame(await gone, [1, null])
  t.match(said, /Interrupted; everything is stopped/)
  t.strictSame(await readdir(temporary), [])
  t.strictSame(await workingIn(temporary), [])
})

t.test(
  'it ends by leaving a console and pages that people can sign in to, until it is told to stop',
  async (t) => {
    const temporary = await mkdtemp(join(tmpdir(), 'raakvlak-staying-'))
    const input = await mkdtemp(join(tmpdir(), 'raakvlak-input-'))
    t.teardown(() => Promise.all([temporary, input].map((one) => rm(one, { recursive: true }))))
    await writeFile(join(input, 'avim.csv'), police)
    await writeFile(join(input, 'ngo.csv'), ngo)
    const demo = spawn(process.execPath, ['scripts/demo.ts', '--input', input], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const gone = once(demo, 'exit')
    const isGone = gone.then(() => true)
    let said = ''
    demo.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    demo.stderr.resume()
    while (!said.includes('opens what was granted\n\n')) {
      if (await Promise.race([isGone, pause(100, false)])) break
    }

    const console = /: (http\S+\/console)$/m.exec(said)?.[1] ?? ''
    t.match(await (await fetch(console)).text(), /<h1/)
    const roles = ['analyst', 'coordinator', 'privacy-officer', 'administrator']
    const accounts = [...said.matchAll(/account (\S+) +password (\S+) +secret of its codes (\S+)/g)]
    t.strictSame(
      accounts.map(([, account]) => account),
      roles,
    )
    const file = / --file (\S+)/.exec(said)?.[1] ?? ''
    const kept = openAccounts({ file, clock: systemClock })
    for (const [, account = '', password = '', secret = ''] of accounts) {
      const code = codeAt(secret, systemClock.now())
      t.match(await kept.check(account, password, code), { account, agency: 'avim' })
    }
    const pages = [
      ...said.matchAll(/(http\S+)\n +reporter +access code (\S+)\n +decider +access code (\S+)/g),
    ]
    t.equal(pages.length, 2)
    for (const [, address = '', ...codes] of pages) {
      for (const code of codes) {
        const signedIn = await fetch(`${address}/api/sessions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ code }),
        })
        t.equal(signedIn.status, 200)
        const { token } = (await signedIn.json()) as { token: string }
        const headers = { authorization: `Bearer ${token}` }
        const listed = await fetch(`${address}/api/signals`, { headers })
        const { signals } = (await listed.json()) as { signals: { id: string }[] }
        t.equal(signals.length, 4, 'what touches the signals of others')
        const now = await fetch(`${address}/api/signals/${signals[0]?.id}`, { headers })
        t.match(await now.json(), { state: 'live', overlaps: [{}] })
      }
    }

    demo.kill('SIGINT')
    await pause(200)
    demo.kill('SIGINT')
    t.strictSame(await gone, [0, null])
    t.strictSame(await readdir(temporary), [])
    t.strictSame(await workingIn(temporary), [])
  },
)

/** Processes whose working folder is below `folder`: what is left of a database server. */
async function workingIn(folder: string): Promise<string[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const folders = await Promise.all(
    processes.map((name) => readlink(`/proc/${name}/cwd`).catch(() => '')),
  )
  return folders.filter((one) => one.startsWith(folder))
}
