import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { makeAgencyKeys } from '../../src/client/agency-keys.ts'
import { checkCeremony, holdCeremony, signCeremony } from '../../src/client/ceremonies.ts'
import { keepAdministrator } from '../../src/client/commands/administrator-option.ts'
import { vouchFor } from '../../src/client/operators.ts'
import { openPartner } from '../../src/client/partner.ts'
import { shifted } from '../../src/kernel/clock.ts'
import { operatorNames } from '../../src/oprf/types.ts'
import { type PrivateJwk, thumbprintOf } from '../../src/proofs/statement.ts'
import { makeBatch } from '../support/batches.ts'
import { run } from '../support/command.ts'
import { openHouse } from '../support/house.ts'

/** The commands of docs/runbooks/operator-compromise.md, as they stand there, in their order. */

const top = new URL('../../', import.meta.url)
const read = (path: string): Promise<string> => readFile(fileURLToPath(new URL(path, top)), 'utf8')
const scripts: Record<string, string> = JSON.parse(await read('package.json')).scripts
const lines = [
  ...(await read('docs/runbooks/operator-compromise.md')).matchAll(/^npm run (.*)$/gm),
].map(([, line = '']) => line)

const house = await openHouse(t)
const { clock, pins, folder, random } = house
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const under = await house.agree([politie, gemeente])
const { domain } = under.content
const row = {
  line: 1,
  caseReference: 'Z-1',
  identity: { bsn: '999990007' },
  category: 'forced-begging',
  indicators: [],
  observedOn: clock.now().toISOString().slice(0, 10),
  role: 'unknown',
} as const
await gemeente.call('GET', '/v1/agreements')
const [before] = await politie.partner.prepare([row], under)

const people: Record<string, PrivateJwk> = {}
for (const name of operatorNames) {
  people[name] = house.administrators[name]
  const second = (await makeAgencyKeys()).root
  people[`${name}-2`] = second
  const thumbprint = await thumbprintOf(second)
  await vouchFor(pins[name], house.administrators[name], { thumbprint, at: clock.now() })
}
for (const [who, key] of Object.entries(people)) {
  const operators = [pins[who.startsWith('gateway') ? 'gateway' : 'keyholder']]
  await keepAdministrator(join(folder, who), { key, operators })
}
const { id: agency, name, rootThumbprint } = gemeente
await writeFile(
  join(folder, 'public.json'),
  JSON.stringify({ agency, name, rootThumbprint, contactDesk: 'desk' }),
)

const said: Record<string, string> = {
  AGREEMENT: under.hash,
  'PUBLIC-FILE': 'public.json',
  DOMAIN: domain,
  GATEWAY: pins.gateway.url,
  'GATEWAY-THUMBPRINT': pins.gateway.rootThumbprint,
  KEYHOLDER: pins.keyholder.url,
  'KEYHOLDER-THUMBPRINT': pins.keyholder.rootThumbprint,
  WATCH: 'watch',
  'LEDGER-KEY': house.operator('gateway').ledgerKey,
  SOON: shifted(clock.now(), 3600).toISOString(),
  DATABASE: 'RAAKVLAK_RUNBOOK_DATABASE',
}
process.env.RAAKVLAK_RUNBOOK_DATABASE = await readFile(join(folder, 'gateway-url'), 'utf8')

/** Runs one line of the runbook; FOLDER is that of `who`. */
async function follow(line: string, who = 'gateway') {
  const [script = '', ...rest] = line.split(' ')
  const [, file = ''] = (scripts[script] ?? '').split(' ')
  const words = rest.slice(1).map((word) => (word === 'FOLDER' ? who : (said[word] ?? word)))
  const { code, out, error } = await run(folder, file, ...words)
  return { code, said: out + error }
}

/** The lines that contain these words; each line of the runbook is followed by some test here. */
const followed = new Set<string>()
function line(...words: readonly string[]): string {
  const found = lines.find((one) => words.every((word) => one.includes(word)))
  if (found === undefined) throw new Error(`the runbook says nothing of ${words.join(' ')}`)
  for (const one of lines) if (one === found) followed.add(one)
  return found
}

async function signAll(file: string, others = Object.values(people)): Promise<void> {
  const path = join(folder, file)
  const content = JSON.parse(await readFile(path, 'utf8'))
  const statements = await Promise.all(others.map((key) => signCeremony(content.ceremony, key)))
  await writeFile(
    path,
    JSON.stringify({ ...content, statements: [...content.statements, ...statements] }),
  )
}

const evaluationCode = async (epoch = 1) => {
  const batch = await makeBatch(house, politie, under, { epoch })
  return (await politie.call('POST', '/v1/evaluations', { batch })).code
}

t.test('first hour: acts are stopped', async (t) => {
  const suspend = line('agreement suspend', '--cause')
  for (const who of operatorNames) t.match(await follow(suspend, who), { code: 0 }, who)
  t.equal(await evaluationCode(), 'policy/denied')
  const register = line('agency register')
  for (const who of operatorNames) t.match(await follow(register, who), { code: 0 }, who)
  t.equal((await gemeente.call('GET', '/v1/agreements')).status, 401)
  const lift = line('agreement suspend', '--lift')
  for (const who of operatorNames) t.match(await follow(lift, who), { code: 0 }, who)
  t.equal(await evaluationCode(), undefined)
})

t.test('second hour: the stolen share is made worthless', async (t) => {
  t.match(await follow(line('draft refresh')), { code: 0 })
  const sign = line('sign refresh.json')
  t.match(await follow(sign, 'gateway'), { code: 0, said: /You signed refresh/ })
  t.match(await follow(sign, 'gateway'), { code: 1, said: /another person/ })
  t.match(await follow(line('check refresh.json')), { code: 1, said: /not held yet/ })
  await signAll('refresh.json', Object.values(people).slice(1))
  t.match(await follow(line('hold refresh.json')), { code: 0, said: /Stands on both ledgers/ })
  t.match(await follow(line('check refresh.json')), { code: 0, said: /Stands on both ledgers/ })
  const [after] = await politie.partner.prepare([row], under)
  t.same(after?.tokens, before?.tokens)
})

t.test('the same day: the ledgers are looked through', async (t) => {
  t.match(await follow(line('ledger monitor')), { code: 0, said: /holds/ })
  t.match(await follow(line('ledger:export')), { code: 0 })
  t.match(await follow(line('ledger:verify')), { code: 0, said: /is whole/ })
})

t.test('when both shares may be known, another epoch begins', async (t) => {
  const acts = ['make', 'open', 'close', 'destroy']
  const drafted = await Promise.all(acts.map((act) => follow(line(`draft ${act}`))))
  t.same(
    drafted.map(({ code }) => code),
    [0, 0, 0, 0],
  )
  for (const act of acts) {
    await signAll(`${act}.json`)
    const { ceremony, statements } = JSON.parse(await readFile(join(folder, `${act}.json`), 'utf8'))
    await checkCeremony(pins, ceremony, await holdCeremony(pins, statements))
  }
  t.equal(await evaluationCode(1), 'evaluation/epoch-closed')
  t.equal(await evaluationCode(2), undefined)
  const { id, keys } = politie
  const fresh = openPartner({ agency: id, client: 'connector', keys, pins, clock, random })
  const [signal] = await fresh.prepare([row], under)
  t.match(signal, { epoch: 2, former: undefined })
})

t.test('every command of the runbook was followed', async (t) => {
  t.ok(lines.length > 12)
  t.same(
    lines.filter((one) => !followed.has(one)),
    [],
  )
})
