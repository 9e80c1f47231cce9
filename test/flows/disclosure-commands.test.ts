import { execFile } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { startOperators } from '../support/operators.ts'

/** A disclosure by the command line alone: two agencies, two folders, two operators in processes of their own. */
const { folder, pins, codes } = await startOperators(t)
const cli = fileURLToPath(new URL('../../src/client/cli.ts', import.meta.url))

const run = (...words: string[]): Promise<{ readonly code: number; readonly text: string }> =>
  new Promise((resolve) =>
    execFile(process.execPath, [cli, ...words], (error, out, err) =>
      resolve({ code: error === null ? 0 : 1, text: out + err }),
    ),
  )
async function succeed(...words: string[]): Promise<string> {
  const { code, text } = await run(...words)
  if (code !== 0) throw new Error(`${words.join(' ')}: ${text}`)
  return text
}
const at = (name: string) => join(folder, name)
const as = (name: string) => ['--agency', at(name)]
const disclosure = (...words: string[]) => succeed('disclosure', ...words)
const names = ['police', 'municipality']
const file = at('agreement.json')

for (const name of ['gateway', 'keyholder'] as const) {
  const { url, rootThumbprint } = pins[name]
  const who = ['--operator', url, '--thumbprint', rootThumbprint, '--code', codes[name]]
  await succeed('administrator', 'enrol', ...who, '--administrator', at('administrator'))
}
for (const name of names) {
  const where = (['gateway', 'keyholder'] as const).flatMap((one) => [
    ...[`--${one}`, pins[one].url],
    ...[`--${one}-thumbprint`, pins[one].rootThumbprint],
  ])
  await succeed('agency', 'create', name, '--contact-desk', `Desk ${name}`, ...where, ...as(name))
  await succeed(
    ...['agency', 'register', ...as(`${name}/public.json`)],
    ...['--administrator', at('administrator')],
  )
  await succeed('agency', 'present', ...as(name))
}
for (const officer of ['mira', 'joost']) {
  await succeed('agency', 'signatory', officer, '--key', at(`${officer}.json`), ...as('police'))
}
await succeed('agency', 'present', ...as('police'))
await succeed(
  ...['agreement', 'draft', file, '--title', 'Victims', '--purpose', 'protecting-victims'],
  ...names.flatMap((name) => ['--party', at(`${name}/public.json`)]),
  ...[
    '--dpia',
    'DPIA-1',
    '--legal-basis',
    'police=wpg-20',
    '--legal-basis',
    'municipality=avg-6-1-e',
  ],
  ...['--competent-authority', 'police=Public prosecutor', ...as('police')],
  ...['--exemption', 'municipality=avg-9', '--exemption', 'municipality=avg-10'],
  ...['--deputy', 'police=Deputy police', '--coordinator', 'police=Coordinator police'],
  ...['police=wpg-19', 'police=avg-6-1-d'].flatMap((one) => ['--emergency', one]),
  ...['avg-6-1-d', 'avg-9-2-c', 'avg-10'].flatMap((one) => ['--emergency', `municipality=${one}`]),
)
const drafted = JSON.parse(await readFile(file, 'utf8'))
await succeed('agreement', 'propose', file, ...as('police'))
await succeed('agreement', 'sign', file, ...as('municipality'))

const header = 'caseReference,bsn,observedOn,category,narrative,measures\n'
const rows = {
  police:
    'P-1,999900006,2026-01-05,labour-exploitation,,\nP-2,999990019,2026-01-05,labour-exploitation,,\n',
  municipality:
    'M-1,999900006,2026-01-05,labour-exploitation,Sleeps above the workshop.,A team visits.\nM-2,999990019,2026-01-05,labour-exploitation,Afraid of her employer.,\n',
}
for (const name of ['police', 'municipality'] as const) {
  await writeFile(at(`${name}.csv`), header + rows[name])
  await succeed('submit', at(`${name}.csv`), ...as(name))
}
const overlaps: { handle: string; signal: { caseReference: string } }[] = JSON.parse(
  await succeed('overlaps', '--json', ...as('police')),
)
const handleOf = (reference: string): string =>
  overlaps.find(({ signal }) => signal.caseReference === reference)?.handle ?? ''
const ask = (reference: string, ...words: string[]) => [
  ...['request', handleOf(reference), '--owner', 'municipality', ...words, ...as('police')],
  ...['--necessity', 'We meet her tomorrow and have to know whether she is in danger.'],
]

t.test('a draft names the deputy and the coordinator of a desk', async (t) => {
  t.match(drafted.parties[0].contactDesk, {
    deputy: 'Deputy police',
    coordinator: 'Coordinator police',
  })
})

t.test('asked, shown with its reasons, granted and opened', async (t) => {
  const said = await disclosure(...ask('P-1', '--fields', 'narrative,measures'))
  const number = /Disclosure (\S+);/.exec(said)?.[1] ?? ''
  t.match(
    await disclosure('inbox', ...as('municipality')),
    /requested {2}.*M-1.*narrative, measures/,
  )
  t.match(await disclosure('show', number, ...as('municipality')), /wpg-20\n {2}why: We meet her/)
  await disclosure('ask', number, '--text', 'Who is at the meeting?', ...as('municipality'))
  await disclosure('reply', number, '--text', 'Two officers and a guardian.', ...as('police'))
  t.match(await run('disclosure', 'open', number, ...as('police')), { code: 1, text: /to open/ })
  await disclosure('grant', number, '--fields', 'narrative', ...as('municipality'))
  const text = await disclosure('open', number, ...as('police'))
  t.equal(text, 'narrative:\nSleeps above the workshop.\n')
  t.match(await disclosure('list', ...as('police')), /opened.*P-1/)
  t.match(await run('disclosure', 'open', number, ...as('police')), {
    code: 1,
    text: /used before/,
  })
})

t.test('refused, objected to, granted and taken back', async (t) => {
  const said = await disclosure(...ask('P-2'))
  const number = /Disclosure (\S+);/.exec(said)?.[1] ?? ''
  const refuse = (reason: string) =>
    run('disclosure', 'refuse', number, '--reason', reason, ...as('municipality'))
  t.match(await refuse('because'), { code: 1, text: /--reason is one of not-necessary/ })
  t.equal((await refuse('call-instead')).code, 0)
  await disclosure('object', number, '--text', 'Nobody answers the phone today.', ...as('police'))
  t.match(await disclosure('show', number, ...as('police')), /receiver, objection: Nobody/)
  const granted = await disclosure('grant', number, '--days', '2', ...as('municipality'))
  const grant = /Grant (\S+),/.exec(granted)?.[1] ?? ''
  t.match(await disclosure('revoke', grant, ...as('municipality')), /opens no more/)
  t.match(await run('disclosure', 'open', number, ...as('police')), {
    code: 1,
    text: /took the grant back/,
  })
})

t.test(
  'a signal that the agency’s own journal has under another case is not granted',
  async (t) => {
    const said = await disclosure(...ask('P-2'))
    const number = /Disclosure (\S+);/.exec(said)?.[1] ?? ''
    const place = at('municipality/submissions')
    const journal = (await readdir(place)).find((name) => name.endsWith('.jsonl')) ?? ''
    const kept = await readFile(join(place, journal), 'utf8')
    await writeFile(join(place, journal), kept.replaceAll('"M-2"', '"M-9"'))
    const { code, text } = await run('disclosure', 'grant', number, ...as('municipality'))
    t.equal(code, 1)
    t.match(text, /another case than it is; grant nothing/)
    await writeFile(join(place, journal), '')
    t.match(await run('disclosure', 'grant', number, ...as('municipality')), {
      code: 1,
      text: /name it with --signal/,
    })
  },
)

t.test('in acute danger two officers open it, and the owner reviews that', async (t) => {
  const emergency = (...words: string[]) => run('disclosure', 'emergency', ...words)
  const opening = (...officers: string[]) => [
    ...['open', handleOf('P-2'), '--owner', 'municipality', ...as('police')],
    ...['--necessity', 'He is on his way to her with a knife.'],
    ...['--officer', ...officers.map((name) => at(`${name}.json`))],
  ]
  t.match(await emergency(...opening('mira')), { code: 1, text: /two people/ })
  const opened = await emergency(...opening('mira', 'joost'))
  t.match(opened, { code: 0, text: /Afraid of her employer/ })
  const number = /Emergency (\S+)\./.exec(opened.text)?.[1] ?? ''
  const inbox = await emergency('inbox', ...as('municipality'))
  t.match(inbox.text, /police opened narrative .*review by/)
  t.match(inbox.text, /why: He is on his way/)
  const review = ['review', number, '--outcome', 'not-justified', ...as('municipality')]
  t.match(await emergency(...review), { code: 0, text: /closed for this receiver/ })
  t.match(await emergency(...opening('mira', 'joost')), { code: 1, text: /no emergency route/ })
  t.match(await emergency('reopen', 'police', ...as('municipality')), { code: 0 })
})

t.test('an agency follows both ledgers, finds its own acts in them, and cosigns', async (t) => {
  const first = JSON.parse(await succeed('ledger', 'monitor', '--json', ...as('police')))
  t.equal(first.holds, true)
  t.same(
    first.ledgers.map(({ operator }: { operator: string }) => operator),
    ['gateway', 'keyholder'],
  )
  t.equal(first.ledgers[0].receipts, 2)
  const again = await succeed(
    'ledger',
    'monitor',
    '--cosign',
    '--operator',
    'gateway',
    ...as('police'),
  )
  t.match(again, /holds: \d+ entries, \d+ of them new/)
  t.match(again, /Cosigned \d+ entries of the gateway under police\+/)

  const alone = [
    ...['--url', pins.gateway.url, '--thumbprint', pins.gateway.rootThumbprint],
    ...['--folder', at('public')],
  ]
  t.match(await succeed('ledger', 'monitor', ...alone), /holds: /)
  t.match((await run('ledger', 'monitor')).text, /give --agency, or --url, --thumbprint/)
  const wrong = alone.with(3, pins.keyholder.rootThumbprint)
  t.match((await run('ledger', 'monitor', ...wrong)).text, /not signed by the expected key/)

  const state = at('police/ledgers/gateway.json')
  const kept = JSON.parse(await readFile(state, 'utf8'))
  await writeFile(state, JSON.stringify({ ...kept, size: kept.size - 1 }))
  const alarm = await run('ledger', 'monitor', ...as('police'))
  t.equal(alarm.code, 1)
  t.match(alarm.text, /ALARM: the history was rewritten/)
  const evidence = (await readdir(at('police/ledgers'))).filter((name) => name.startsWith('alarm-'))
  t.equal(evidence.length, 1)
})

t.test('followed up by the command line: queue, lead, outcome, feedback and yield', async (t) => {
  const followUp = (...words: string[]) => succeed('follow-up', ...words)
  type Listed = {
    handle: string
    version: number
    lead: { agency: string }
    signals: { id: string }[]
  }
  const listed = async (name: string): Promise<Listed[]> =>
    JSON.parse(await followUp('list', '--json', ...as(name)))
  const [first] = await listed('police')
  const own = first?.handle ?? ''
  t.match(await followUp('list', ...as('police')), /P-[12]\n {2}lead: .*has to acknowledge by/)
  t.match(await followUp('acknowledge', own, '--seen', '1', ...as('police')), /version 2/)
  const late = await run('follow-up', 'acknowledge', own, '--seen', '1', ...as('police'))
  t.match(late, { code: 1, text: /has changed since you looked/ })
  const other = (await listed('municipality')).find(({ version }) => version === 2)?.handle ?? ''
  await followUp('dispute', other, '--reason', 'other-task', ...as('municipality'))
  await followUp('hand-over', own, '--to', 'municipality', ...as('police'))
  await followUp('hand-over', other, '--accept', ...as('municipality'))
  const wrong = await run('follow-up', 'outcome', other, 'done', ...as('municipality'))
  t.match(wrong, { code: 1, text: /support-started/ }, 'says which outcomes there are')
  t.match(
    await followUp('outcome', other, 'support-started', ...as('municipality')),
    /support-started[\s\S]*closed municipality support-started/,
  )
  t.match(
    await followUp('feedback', first?.signals[0]?.id ?? '', ...as('police')),
    /taken up.*support-started[\s\S]*geholpen/,
  )
  t.match(await followUp('show', own, ...as('police')), /support-started/)
  t.match(await followUp('list', '--over', ...as('police')), /support-started/)
  t.match(await followUp('yield', ...as('police')), /All: 2 begun, 1 in the queue, 1 closed/)
  t.match(await followUp('reopen', own, ...as('police')), /open/)
})
