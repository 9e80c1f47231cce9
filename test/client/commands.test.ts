import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
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
