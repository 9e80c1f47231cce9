import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { writeAgencyHome } from '../support/agency-home.ts'
import { tampered } from '../support/audit-package.ts'
import { run } from '../support/command.ts'
import { openHouse } from '../support/house.ts'

const house = await openHouse(t)
const gemeente = await house.admit('gemeente')
const folder = join(house.folder, 'gemeente')
const audit = (...words: readonly string[]) =>
  run(house.folder, 'src/client/cli.ts', 'audit', ...words)
const file = join(house.folder, 'wpg-audit-2026.zip')

t.test('the command line takes a package, verified, whole or not at all', async (t) => {
  await writeAgencyHome(house, folder, gemeente)
  await gemeente.call('GET', '/v1/signals/00000000-0000-4000-8000-000000000000')
  const words = ['package', '--agency', folder, '--year', '2026', '-o', file]
  const taken = await audit(...words)
  t.equal(taken.code, 0, taken.error)
  t.match(taken.error, /bytes, verified/)
  t.equal((await stat(file)).mode & 0o777, 0o600)
  t.match(await audit(...words), { code: 1, error: /is there already/ })
  t.match(await audit('package', '--agency', folder, '--year', '26', '-o', 'x'), {
    code: 1,
    error: /It is a year/,
  })
  t.match(
    (await house.entries('gateway')).filter(({ kind }) => kind === 'audit.package'),
    [{ occasion: 'inspection', year: 2026, agency: 'gemeente' }],
  )
})

t.test('a package is verified offline, step by step, and a changed one is refused', async (t) => {
  const whole = await audit('verify', file, '--agency', folder)
  t.equal(whole.code, 0, whole.out)
  t.match(whole.out, /right {2}Every act and event/)
  t.match(whole.out, /Everything holds, under the keys that you pinned/)
  t.match(await audit('verify', file), { code: 0, out: /keys that only the package names/ })
  const broken = join(house.folder, 'broken.zip')
  await writeFile(
    broken,
    tampered(new Uint8Array(await readFile(file)), (files) => {
      files['acts.csv'] = new Uint8Array(1)
    }),
  )
  t.match(await audit('verify', broken, '--agency', folder), {
    code: 1,
    out: /WRONG: acts\.csv was changed/,
  })
  await writeFile(broken, 'no zip')
  const json = await audit('verify', broken, '--json')
  t.equal(json.code, 1)
  t.match(JSON.parse(json.out), { verdict: 'wrong', findings: [{ code: 'zip-broken' }] })
  t.match(await audit('verifier'), {
    code: 0,
    out: /^[0-9a-f]{64} {2}index\.html\n[0-9a-f]{64} {2}verify\.mjs\n$/,
  })
})
