import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { startOperators } from '../support/operators.ts'

/** The whole life of an agreement, by the command line alone: three agencies, three folders. */
const operators = await startOperators(t)
const { folder, pins, codes } = operators
const cli = fileURLToPath(new URL('../../src/client/cli.ts', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))

type Said = { readonly code: number; readonly text: string }
const run = (...words: string[]): Promise<Said> =>
  new Promise((resolve) =>
    execFile(process.execPath, [cli, ...words], { cwd: root }, (error, out, err) =>
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
const administrator = ['--administrator', at('administrator')]
const file = at('agreement.json')
const names = ['police', 'municipality', 'safety-house']

for (const name of ['gateway', 'keyholder'] as const) {
  const { url, rootThumbprint } = pins[name]
  const who = ['--operator', url, '--thumbprint', rootThumbprint, '--code', codes[name]]
  await succeed('administrator', 'enrol', ...who, ...administrator)
}
for (const name of names) {
  const where = (['gateway', 'keyholder'] as const).flatMap((one) => [
    `--${one}`,
    pins[one].url,
    `--${one}-thumbprint`,
    pins[one].rootThumbprint,
  ])
  await succeed('agency', 'create', name, '--contact-desk', `Desk ${name}`, ...where, ...as(name))
  await succeed('agency', 'register', ...as(`${name}/public.json`), ...administrator)
  await succeed('agency', 'present', ...as(name))
}

t.test('a draft with gaps is refused with all of them, and then proposed', async (t) => {
  const words = ['--title', 'Victims', '--purpose', 'protecting-victims', ...as('police')]
  const parties = names.slice(0, 2).flatMap((name) => ['--party', at(`${name}/public.json`)])
  await succeed('agreement', 'draft', at('gaps.json'), ...words, ...parties)
  const { code, text } = await run('agreement', 'propose', at('gaps.json'), ...as('police'))
  t.equal(code, 1)
  for (const part of ['parties/0/legalBases/0', 'parties/1/legalBases/0', 'dpiaReference'])
    t.match(text, part)

  await succeed(
    ...['agreement', 'draft', file, ...words, ...parties, '--dpia', 'DPIA-1'],
    ...['--legal-basis', 'police=wpg-20', '--competent-authority', 'police=Public prosecutor'],
    ...['--legal-basis', 'municipality=avg-6-1-e'],
    ...['--exemption', 'municipality=avg-9', '--exemption', 'municipality=avg-10'],
  )
  const draft = JSON.parse(await readFile(file, 'utf8'))
  draft.parties[0].fourEyes = true
  await writeFile(file, JSON.stringify(draft))
  t.match(await succeed('agreement', 'propose', file, ...as('police')), /waiting for police, muni/)

  const named = (...more: readonly string[]) =>
    run('agreement', 'draft', at('never.json'), ...words, ...parties, ...more)
  t.match(await named('--purpose', 'counting-heads'), {
    code: 1,
    text: /takes one of the library: .*protecting-minors/,
  })
  t.match(await named('--legal-basis', 'police=my-own'), { code: 1, text: /the library: .*wpg-20/ })
  t.match(await named('--archive', '6'), { code: 1, text: /from 1 to 5/ })

  const again = (target: string) => run('agreement', 'draft', target, ...words, ...parties)
  for (const [target, fault] of [
    [file, 'exists already, and is not replaced; name another file.'],
    [at('no-folder/draft.json'), 'cannot be found; look at its name and its folder.'],
  ] as const) {
    t.strictSame(await again(target), { code: 1, text: `${target} ${fault}\n` })
  }
  t.strictSame(JSON.parse(await readFile(file, 'utf8')), draft, 'what stood there stands')
})

t.test(
  'the other party reads it under its hash and signs; four eyes take a signatory',
  async (t) => {
    const said = await succeed('agreement', 'list', ...as('municipality'))
    const hash = /\$1\$1\$\S+/.exec(said)?.[0] ?? ''
    const copy = at('copy.json')
    t.match(
      await succeed('agreement', 'show', hash, '--save', copy, ...as('municipality')),
      /proposed[\s\S]*police: submit, receive \(wpg-20\)/,
    )
    t.match(await succeed('agreement', 'sign', copy, ...as('municipality')), /waiting for police/)
    const key = at('director.json')
    const signatory = (...words: string[]) => run('agency', 'signatory', ...words, ...as('police'))
    t.match(await signatory('The Director', '--key', key), { code: 1, text: /a short name/ })
    t.match(await signatory('director', '--key', copy), { code: 1, text: /exists already/ })
    t.equal((await signatory('director', '--key', key)).code, 0)
    t.match(await signatory('director', '--key', key), { code: 1, text: /signatory .* already/ })
    await succeed('agency', 'present', ...as('police'))
    t.match(
      await succeed('agreement', 'sign', file, '--signatory', key, ...as('police')),
      /In force/,
    )
    const kept = await readFile(at('police/card.jws'), 'utf8')
    await succeed('agency', 'present', ...as('police'))
    t.equal(await readFile(at('police/card.jws'), 'utf8'), kept, 'the same card as before')
  },
)

const csv = at('signals.csv')
await writeFile(
  csv,
  'caseReference,bsn,observedOn,category\nA-1,999900006,2026-01-05,labour-exploitation\n',
)
const lent = ['--agreement', file, '--on-behalf-of', 'municipality', ...as('safety-house')]

t.test('the safety house acts for the municipality while that lets it', async (t) => {
  await succeed('submit', csv, ...as('police'))
  t.equal((await run('submit', csv, ...lent)).code, 1, 'without a delegation')
  const given = await succeed(
    ...['delegation', 'give', file, '--to', 'safety-house', ...as('municipality')],
  )
  const number = /Delegation (\S+)/.exec(given)?.[1] ?? ''
  t.match(await succeed('submit', csv, ...lent), /1 submitted[\s\S]*knows of 1 overlaps/)
  t.match(await succeed('submit', csv, ...lent), /0 submitted, 1 already known/)
  const own = ['--agreement', file, ...as('municipality')]
  t.match(await succeed('submit', csv, ...own), /1 submitted, 0 already known/)
  t.match(await succeed('overlaps', ...lent), /police: Desk police/)
  t.match(await succeed('overlaps', ...as('police')), /municipality: Desk municipality/)
  t.match(await succeed('delegation', 'list', ...as('safety-house')), /holds/)

  const [listed] = JSON.parse(await succeed('signals', '--json', ...lent))
  const corrected = at('corrected.csv')
  await writeFile(corrected, (await readFile(csv, 'utf8')).replace('999900006', '999900018'))
  t.equal(
    (await run('correct', listed.id, corrected, ...as('safety-house'), '--agreement', file)).code,
    1,
  )
  t.match(
    await succeed('correct', listed.id, corrected, ...lent),
    /is corrected. It has 0 overlaps/,
  )
  t.match(await succeed('submit', corrected, ...lent), /0 submitted, 1 already known/)
  t.equal(JSON.parse(await succeed('signals', '--json', ...lent)).length, 1)
  await succeed('delegation', 'end', number, ...as('municipality'))
  t.equal((await run('overlaps', ...lent)).code, 1)
})

t.test('suspended, lifted, followed by a later version, and ended', async (t) => {
  t.match(
    await succeed('agreement', 'suspend', file, ...administrator),
    /Suspended[\s\S]*Suspended/,
  )
  t.match(await run('overlaps', ...as('police')), { code: 1, text: /not in force/ })
  t.match(await succeed('agreement', 'show', file, ...as('police')), /: suspended/)
  await succeed('agreement', 'suspend', file, '--lift', ...administrator)
  t.equal((await run('overlaps', ...as('police'))).code, 0)

  const [listed] = JSON.parse(await succeed('agreement', 'list', '--json', ...as('police')))
  const later = at('later.json')
  const content = JSON.parse(await readFile(file, 'utf8'))
  const id = '00000000-0000-4000-8000-000000000001'
  const next = { ...content, id, previous: listed.hash, retentionMonths: 12 }
  next.parties[0].fourEyes = false
  await writeFile(later, JSON.stringify(next))
  t.match(
    await succeed('agreement', 'diff', file, later),
    /retentionMonths: 24 becomes 12\npolice, fourEyes: yes becomes no/,
  )
  const narrower = at('narrower.json')
  await writeFile(narrower, JSON.stringify({ ...next, categories: ['forced-begging'] }))
  for (const [draft, found] of [
    [later, /, 1 turn\.\n +1 × overlap\.list of police .*: refuse → permit\n/],
    [narrower, /1 × signal\.submit of police .*: permit → refuse\n +sharing\/category-covered/],
  ] as const) {
    t.match(await succeed('agreement', 'simulate', draft, ...as('police')), found)
  }
  await succeed('agreement', 'propose', later, ...as('police'))
  t.match(await succeed('agreement', 'sign', later, ...as('municipality')), /In force/)
  t.match(await succeed('agreement', 'show', file, ...as('police')), /: ended/)
  await succeed('agreement', 'end', later, ...as('municipality'))
  t.match(await succeed('agreement', 'show', later, ...as('police')), /: ended/)
})
