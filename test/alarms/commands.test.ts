import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { makeAgencyKeys } from '../../src/client/agency-keys.ts'
import { publicJwkOf } from '../../src/proofs/statement.ts'
import type { Alarm } from '../../src/wire/alarm.ts'
import type { PublicKey } from '../../src/wire/common.ts'
import { writeAgencyHome } from '../support/agency-home.ts'
import { makeBatch } from '../support/batches.ts'
import { run } from '../support/command.ts'
import { openHouse } from '../support/house.ts'

const house = await openHouse(t)
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const under = await house.agree([politie, gemeente], {
  quotas: { evaluationsPerDay: 5, submissionsPerDay: 20, withdrawalsPerDay: 20 },
})
const signatory = (await makeAgencyKeys()).signing
await politie.partner.presentCard(politie.contactDesk, 2, [
  { name: 'privacy', key: publicJwkOf(signatory) as PublicKey },
])
const folder = join(house.folder, 'politie')
const keyFile = join(house.folder, 'signatory.json')
const alarm = (...words: readonly string[]) =>
  run(house.folder, 'src/client/cli.ts', 'alarm', ...words, '--agency', folder)

t.test('alarms are listed, shown, taken up and closed at either operator', async (t) => {
  await writeAgencyHome(house, folder, politie)
  await writeFile(keyFile, JSON.stringify(signatory))
  await politie.partner.domainKeys(under.content.domain)
  for (let count = 0; count < 4; count++) {
    const batch = await makeBatch(house, politie, under, { count: 1 })
    await politie.call('POST', '/v1/evaluations', { batch })
  }
  for (const [operator, who] of [
    ['gateway', ['--officer', 'privacy-01']],
    ['keyholder', ['--key', keyFile]],
  ] as const) {
    await house.operator(operator).runDueWork()
    const at = ['--operator', operator]
    const look = ['--occasion', 'spot-check', ...at]
    const listed = await alarm('list', ...look, '--json')
    t.equal(listed.code, 0, listed.error)
    const { alarms, more } = JSON.parse(listed.out) as { alarms: Alarm[]; more: boolean }
    t.match(alarms, [{ rule: 'quota', measured: 80 }])
    t.notOk(more)
    const id = alarms[0]?.id ?? ''
    t.match(
      (await alarm('list', ...look)).out,
      /quota {2}open {2}the whole agency {2}80 \(from 80\)/,
    )
    t.match((await alarm('show', id, ...look)).out, /80 % of the quota.*\n.*80 % van een dagquotum/)
    const early = await alarm(
      'close',
      id,
      ...at,
      ...who,
      '--outcome',
      'justified',
      '--reason',
      'test',
    )
    t.match(early, { code: 1, error: /taken this alarm up/ })
    t.match((await alarm('take', id, ...at, ...who)).out, /quota {2}taken/)
    const closed = await alarm(
      'close',
      id,
      ...at,
      ...who,
      '--outcome',
      'justified',
      '--reason',
      'test',
    )
    t.match(closed.out, /quota {2}closed .* justified/, closed.error)
    t.match((await alarm('list', ...look, '--state', 'open')).error, /no such alarm/)
  }
  t.match(await alarm('take', 'x', '--operator', 'keyholder'), { code: 1, error: /--key/ })
})
