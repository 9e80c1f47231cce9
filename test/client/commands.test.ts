import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { lockFile } from '../../src/files/file-lock.ts'
import { run } from '../support/command.ts'
import { openHouse } from '../support/house.ts'

const house = await openHouse(t)
const { gateway, keyholder } = house.pins
const raakvlak = (...words: readonly string[]) => run(house.folder, 'src/client/cli.ts', ...words)

t.test('enrolling again with a used code leaves the administrator as it was', async (t) => {
  const file = join(house.folder, 'var/administrator/administrator.json')
  await mkdir(join(house.folder, 'var/administrator'), { recursive: true })
  const known = { key: house.administrators.gateway, operators: [gateway] }
  await writeFile(file, JSON.stringify(known))
  const enrol = [
    ...['administrator', 'enrol', '--operator', gateway.url, '--code', house.codes.gateway],
    ...['--thumbprint', gateway.rootThumbprint],
  ]
  const again = await raakvlak(...enrol)
  t.match(again, { code: 1, error: /enrolled at .* before.*Nothing was changed/ })
  t.strictSame(JSON.parse(await readFile(file, 'utf8')), known)
  const other = await raakvlak(...enrol, '--administrator', 'var/another')
  t.match(other, { code: 1, error: /used already.*Nothing was changed/ })
})

t.test('a card that reached one operator only is presented again, the same one', async (t) => {
  const created = await raakvlak(
    ...['agency', 'create', 'Police', '--agency', 'police', '--contact-desk', 'Desk 1'],
    ...['--gateway', gateway.url, '--gateway-thumbprint', gateway.rootThumbprint],
    ...['--keyholder', keyholder.url, '--keyholder-thumbprint', keyholder.rootThumbprint],
  )
  t.equal(created.code, 0, created.error)
  const folder = join(house.folder, 'var/agencies/police')
  const { rootThumbprint } = JSON.parse(await readFile(join(folder, 'public.json'), 'utf8'))
  const police = { ...(await house.makeAgency('police')), rootThumbprint }
  const present = () => raakvlak('agency', 'present', '--agency', 'police')
  const cards = async (operator: 'gateway' | 'keyholder') =>
    (await house.entries(operator)).filter(({ kind }) => kind === 'agency.card').length

  await house.pin('keyholder', police)
  t.match(await present(), { code: 1, error: /^The gateway: This agency is not admitted here/ })
  t.strictSame([await cards('gateway'), await cards('keyholder')], [0, 1], 'the other took it')
  await house.pin('gateway', police)
  await house.stop('keyholder')
  t.match(await present(), { code: 1, error: /^The keyholder: http\S+ does not answer/ })
  t.strictSame([await cards('gateway'), await cards('keyholder')], [1, 1])
  await house.start('keyholder')
  t.match(await present(), { code: 0, out: /Both operators know/ })
  t.match(await present(), { code: 0 }, 'and once more')
  t.strictSame([await cards('gateway'), await cards('keyholder')], [1, 1], 'it was the same card')

  const settings = JSON.parse(await readFile(join(folder, 'agency.json'), 'utf8'))
  await writeFile(
    join(folder, 'agency.json'),
    JSON.stringify({ ...settings, contactDesk: 'Desk 2' }),
  )
  t.match(await present(), { code: 0 }, 'a card that says something else is a later one')
  const last = (await house.entries('gateway')).filter(({ kind }) => kind === 'agency.card').at(-1)
  t.match(last, { cardVersion: 2 })
})

t.test('what was submitted can be looked up, and accounted for', async (t) => {
  const folder = join(house.folder, 'var/agencies/police')
  const settings = JSON.parse(await readFile(join(folder, 'public.json'), 'utf8'))
  const keys = JSON.parse(await readFile(join(folder, 'keys.json'), 'utf8'))
  const police = { ...(await house.makeAgency('police')), ...settings, id: 'police', keys }
  const ngo = await house.admit('ngo')
  const content = house.draft([police, ngo], { purpose: 'protecting-victims' })
  const rows =
    'caseReference,bsn,category,observedOn\nP-1,999990019,criminal-exploitation,2026-01-02\n'
  await writeFile(join(house.folder, 'rows.csv'), rows)
  await writeFile(join(house.folder, 'agreement.json'), JSON.stringify(content))
  const accept = () => raakvlak('agreement', 'propose', 'agreement.json', '--agency', 'police')
  t.match(await accept(), { code: 0, out: /waiting for ngo/ })
  const submit = () => raakvlak('submit', 'rows.csv', '--agency', 'police')
  const early = await submit()
  t.match(early, { code: 1, error: /No agreement of this domain is in force for this agency/ })
  t.notMatch(early.error, /Interrupted/)

  await ngo.partner.acceptAgreement(content)
  t.match(await submit(), { code: 0, out: /1 submitted.*\n.*\n.*signals --agency police/ })
  const listed = await raakvlak('signals', '--agency', 'police')
  t.match(listed, { code: 0, out: /^\S{36} {2}P-1\n$/ })
  const id = listed.out.slice(0, 36)
  const found = await raakvlak('signal', id, '--agency', 'police')
  t.match(JSON.parse(found.out), { caseReference: 'P-1', state: 'live' })

  for (const operator of ['gateway', 'keyholder'] as const) {
    const entry = (await house.entries(operator)).findLast(
      ({ kind }) => kind === 'evaluation.evaluate',
    )
    const cases = await raakvlak('batch-cases', String(entry?.batch), '--agency', 'police')
    t.match(cases, { code: 0, out: /^P-1\nSalt \S{43}\nCommitment \S{43},/ })
    t.match(cases.out, `Commitment ${entry?.caseCommitment},`, `as the ${operator} recorded it`)
  }
  const none = await raakvlak('batch-cases', id, '--agency', 'police')
  t.match(none, { code: 1, error: /no batch .* was evaluated from/ })
})

t.test('a file that is not there, or there already, is said in one sentence', async (t) => {
  const missing = await raakvlak('submit', 'nowhere.csv', '--agency', 'police')
  t.match(missing, {
    code: 1,
    error: 'nowhere.csv cannot be found; look at its name and its folder.\n',
  })
  for (const [program, ...words] of [
    ['scripts/verify-ledger.ts', 'nowhere'],
    ['scripts/demo.ts', '--no-wait', '--input', 'nowhere'],
    ['scripts/backup.ts', 'verify', 'nowhere'],
  ] as const) {
    const said = await run(house.folder, program, ...words)
    t.match(said.error, /^nowhere cannot be found; look at its name and its folder\.\n$/, program)
    t.not(said.code, 0, program)
  }
  await writeFile(join(house.folder, 'keys.json'), '')
  const taken = await run(house.folder, 'scripts/make-keys.ts', 'gateway', 'keys.json')
  t.match(taken, {
    code: 1,
    error: 'keys.json exists already, and is not replaced; name another file.\n',
  })
  const usage = await run(house.folder, 'src/main.ts', '--help')
  t.match(usage, { code: 0, out: /Usage: raakvlak-operator/ })
})

t.test('faults of a header are told once', async (t) => {
  await writeFile(join(house.folder, 'header.csv'), 'caseReference,category,colour\n')
  const { error } = await raakvlak('submit', 'header.csv', '--agency', 'police')
  t.equal(error.match(/colour/g)?.length, 1, error)
})

t.test('an operator that cannot start says why in a line, and does not end well', async (t) => {
  const settings = JSON.parse(await readFile('config/development.json', 'utf8'))
  const { gateway: own } = settings
  const database = { kind: 'embedded', directory: 'own/database' }
  const start = async (change: object) => {
    const file = join(house.folder, 'config', 'own.json')
    await mkdir(join(house.folder, 'config'), { recursive: true })
    await writeFile(file, JSON.stringify({ gateway: { ...own, ...change, database } }))
    return run(house.folder, 'src/main.ts', 'gateway', '--config', file)
  }
  const policies = join(process.cwd(), 'config/policies')
  const library = join(process.cwd(), 'config/library')
  const withoutKeys = await start({ policies, library, makeKeys: false, keyFile: 'own/keys.json' })
  t.match(withoutKeys, { code: 1, out: '' })
  t.match(withoutKeys.error, /keys\.json is missing\. Make it with: npm run keys:make/)
  t.notMatch(withoutKeys.error, /\n {4}at /, 'no stack')
  const held = lockFile(join(house.folder, 'own/database/postgres/lock'))
  const twice = await start({ policies, library })
  held?.()
  t.match(twice, { code: 1, error: /another process is using the database/ })
  t.notMatch(twice.error, /\n {4}at /, 'no stack')
})

t.test('what is mistyped makes nothing', async (t) => {
  const create = (thumbprint: string) =>
    raakvlak(
      ...['agency', 'create', 'Typo', '--agency', 'typo', '--contact-desk', 'Desk'],
      ...['--gateway', gateway.url, '--gateway-thumbprint', thumbprint],
      ...['--keyholder', keyholder.url, '--keyholder-thumbprint', keyholder.rootThumbprint],
    )
  const wrong = await create('GATEWAY')
  t.match(wrong, { code: 1, error: /gateway\/rootThumbprint: a thumbprint has 43 letters/ })
  t.match(await create(gateway.rootThumbprint), { code: 0 }, 'and nothing stands in the way')
  const nobody = await raakvlak('overlaps', '--agency', 'nobody')
  t.match(nobody, { code: 1, error: /agency\.json does not exist; "agency create" makes/ })
  const where = ['--directory', 'nowhere'] as const
  const backup = await run(house.folder, 'scripts/backup.ts', 'write', 'a.backup', ...where)
  t.match(backup, { code: 1, error: /^there is no database in .*nowhere/ })
  const exported = await run(house.folder, 'scripts/export-ledger.ts', ...where)
  t.match(exported, { code: 1, error: /^there is no database in .*nowhere/ })
  t.notOk(existsSync(join(house.folder, 'nowhere')))
  const notOne = await run(house.folder, 'scripts/verify-ledger.ts', 'agreement.json')
  t.match(notOne, { code: 1, out: /^NOT VERIFIED: this file is no export/ })
})

t.test('a row that says the same as another is told, and sent', async (t) => {
  const row = 'R-1,999990032,criminal-exploitation,2026-01-02\n'
  await writeFile(
    join(house.folder, 'twice.csv'),
    `caseReference,bsn,category,observedOn\n${row}${row}`,
  )
  const said = await raakvlak('submit', 'twice.csv', '--agency', 'police')
  t.match(said, { code: 0, out: /^2 submitted/, error: /:3: says the same as line 2/ })
})
