import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { signalAbout } from '../support/signals.ts'

/** The commands about policies, as people type them, against running operators. */

t.setTimeout(120_000)
const house = await openHouse(t)
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const under = await house.agree([politie, gemeente], { ageBands: ['adult', 'minor'] })
const folder = t.testdir()
const cli = fileURLToPath(new URL('../../src/client/cli.ts', import.meta.url))
const policies = fileURLToPath(new URL('../../config/policies', import.meta.url))
const writeJson = (file: string, content: unknown): void =>
  writeFileSync(file, JSON.stringify(content))

const raakvlak = (...given: string[]) =>
  new Promise<{ readonly code: number; readonly out: string }>((resolve) => {
    execFile(process.execPath, [cli, ...given], { cwd: folder }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      resolve({ code, out: stdout + stderr })
    })
  })

function makeHome({ id, name, contactDesk, keys }: HouseAgency): string {
  const home = join(folder, id)
  mkdirSync(join(home, 'agreements'), { recursive: true })
  writeJson(join(home, 'keys.json'), keys)
  writeJson(join(home, 'agency.json'), {
    agency: id,
    name,
    client: 'connector',
    contactDesk,
    cardVersion: 1,
    ...house.pins,
  })
  writeJson(join(home, 'agreements', 'one.json'), under.content)
  return home
}
const home = makeHome(politie)
const first = join(folder, 'first')
const second = join(folder, 'second')
mkdirSync(first)
writeJson(join(first, 'administrator.json'), {
  key: house.administrators.gateway,
  operators: [house.pins.gateway],
})

t.test('explain answers in two languages, with what would have to change', async (t) => {
  const ask = ['explain', 'signal.submit', '--agency', home, '--category', 'organ-removal']
  const permitted = await raakvlak(...ask, '--age-band', 'minor', '--language', 'nl')
  t.equal(permitted.code, 0, permitted.out)
  t.match(permitted.out, /^Toegestaan\.[\s\S]*Binnen 14 dagen is een toets nodig/)
  const refused = await raakvlak(...ask, '--age-band', 'youth', '--purpose', 'other')
  t.match(
    refused.out,
    /^Refused\.[\s\S]*core\/purpose[\s\S]*It would be permitted if\n {2}you act for/,
  )
  t.match(refused.out, /or if[\s\S]*agreement\.ageBands: youth/)
  const scene = ['--subject-kind', 'location', '--data-categories', 'narrative', 'region']
  const another = await raakvlak(...ask, ...scene, '--on-behalf-of', 'gemeente')
  t.match(another.out, /^Refused\.\n.*core\/delegation[\s\S]*has delegated you/, 'for another')
  t.match((await raakvlak(...ask, ...scene)).out, /^Permitted\./)
  t.equal((await raakvlak('explain', 'signal.publish', '--agency', home)).code, 1)
})

t.test('a draft and a policy set are tried out; a review is listed and closed', async (t) => {
  await politie.partner.submit([signalAbout({ bsn: 'a' }, under, { ageBand: 'minor' })])
  const draft = join(folder, 'draft.json')
  writeJson(draft, {
    ...house.draft([politie, gemeente]),
    ageBands: ['adult'],
    previous: under.hash,
  })
  const tried = await raakvlak('agreement', 'simulate', draft, '--agency', home)
  t.match(
    tried.out,
    /1 turn\.\n +1 × signal\.submit of politie .*: permit → refuse\n +sharing\/age-covered/,
  )

  const listed = await raakvlak('review', 'policies', '--agency', home)
  const id = /^([0-9a-f-]{36}) {2}due /.exec(listed.out)?.[1] ?? ''
  const one = await raakvlak('review', 'list', '--agency', home)
  t.match(one.out, new RegExp(`open {5}policy-review {5}${id} {2}/v1/reviews`))
  const closed = await raakvlak('review', 'close', id, '--agency', home, '--finding', 'mended')
  t.equal(closed.code, 0, closed.out)
  t.match((await raakvlak('review', 'policies', '--agency', home)).out, /^[0-9a-f-]{36} {2}mended/)
})

t.test('two administrators in two folders change the policy set', async (t) => {
  const { url, rootThumbprint } = house.pins.gateway
  const made = await raakvlak(
    ...['administrator', 'key', '--operator', url, '--thumbprint', rootThumbprint],
    ...['--administrator', second],
  )
  const thumbprint = /: (\S{43})/.exec(made.out)?.[1] ?? ''
  const vouched = await raakvlak(
    'administrator',
    'vouch',
    '--for',
    thumbprint,
    '--administrator',
    first,
  )
  t.match(vouched.out, /An administrator at .* now/)

  const set = join(folder, 'set')
  cpSync(policies, set, { recursive: true })
  const rule = '@id("own/closed") @article("AVG art. 1") @en("Closed.") @nl("Dicht.")'
  writeFileSync(join(set, 'own.cedar'), `${rule} forbid (principal, action, resource);`)
  const tried = await raakvlak('policy', 'simulate', set, '--administrator', first)
  t.match(tried.out, /permit → refuse\n +own\/closed: Closed\. \(AVG art\. 1\)/)
  t.match(
    (await raakvlak('policy', 'sign', set, '--administrator', first)).out,
    /awaiting second administrator/,
  )
  t.match((await raakvlak('policy', 'sign', set, '--administrator', second)).out, /in force/)
  t.match(
    (await raakvlak('policy', 'show', '--operator', url)).out,
    /own\/closed[\s\S]*Policy set /,
  )
  const ask = ['explain', 'overlap.list', '--agency', home]
  t.match((await raakvlak(...ask)).out, /^Refused\.\n {2}Closed\. /)

  writeFileSync(join(set, 'core.cedar'), '')
  const cut = await raakvlak('policy', 'sign', set, '--administrator', first)
  t.equal(cut.code, 1)
  t.match(cut.out, /policy set cannot be used/)
})
