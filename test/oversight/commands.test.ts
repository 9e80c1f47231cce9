import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { writeAgencyHome } from '../support/agency-home.ts'
import { run } from '../support/command.ts'
import { openHouse } from '../support/house.ts'

const house = await openHouse(t)
const gemeente = await house.admit('gemeente')
const folder = join(house.folder, 'gemeente')
const absent = '00000000-0000-4000-8000-000000000000'
const raakvlak = (...words: readonly string[]) => run(house.folder, 'src/client/cli.ts', ...words)
const access = (...words: readonly string[]) => raakvlak('access', ...words, '--agency', folder)

t.test(
  'the command line shows what the own clients did, and proves one of it offline',
  async (t) => {
    await writeAgencyHome(house, folder, gemeente)
    const asked = { headers: { 'raakvlak-officer': 'officer-12' } }
    for (let count = 0; count < 3; count++) {
      await gemeente.call('GET', `/v1/signals/${absent}`, undefined, asked)
    }
    const look = ['list', '--occasion', 'complaint', '--officer', 'officer-12']
    const { code, out, error } = await access(...look, '--limit', '2')
    t.equal(code, 0, error)
    t.match(out.trim().split('\n'), [
      new RegExp(`signal\\.read  refuse  \\S+/officer-12  ${absent}$`),
      /signal\.read/,
    ])
    t.match(error, /There are older ones/)
    const all = JSON.parse((await access(...look, '--limit', '3', '--json')).out)
    t.equal(all.accesses.length, 3)
    t.equal(all.more, false)
    t.match(await access(...look, '--outcome', 'permit'), {
      code: 0,
      error: /No act of your clients/,
    })
    t.match(
      (await house.entries('gateway')).filter(({ kind }) => kind === 'access.list'),
      [{ occasion: 'complaint' }, { occasion: 'complaint' }, { occasion: 'complaint' }],
    )

    const receipt = await access(
      'receipt',
      String(all.accesses[0].index),
      '--occasion',
      'complaint',
    )
    t.equal(receipt.code, 0, receipt.error)
    t.match(JSON.parse(receipt.out), { entry: /signal\.read/ })
    const file = join(house.folder, 'receipt.json')
    const key = house.operator('gateway').ledgerKey
    await writeFile(file, receipt.out)
    t.match(await raakvlak('verify-receipt', file, '--key', key), { code: 0 })
    await writeFile(file, receipt.out.replace('refuse', 'permit'))
    t.match(await raakvlak('verify-receipt', file, '--key', key), { code: 1 }, 'not when changed')
  },
)

t.test('a look without an occasion, or at what is not there, is refused in words', async (t) => {
  t.match(await access('list'), { code: 1, error: /--occasion/ })
  t.match(await access('list', '--occasion', 'curiosity'), { code: 1, error: /spot-check/ })
  t.match(await access('list', '--occasion', 'incident', '--limit', '0'), {
    code: 1,
    error: /--limit is a whole number/,
  })
  t.match(await access('receipt', '99999', '--occasion', 'incident'), { code: 1 })
  t.match(await access('receipt', 'x', '--occasion', 'incident'), {
    code: 1,
    error: /an entry is a whole number/,
  })
})

t.test('the command line saves all that the filter shows, whole or not at all', async (t) => {
  const file = join(house.folder, 'accesses.csv')
  const words = ['export', '--occasion', 'inspection', '--officer', 'officer-12', '-o', file]
  const { code, error } = await access(...words)
  t.equal(code, 0, error)
  t.match(error, /3 acts in/)
  t.match(await readFile(file, 'utf8'), /^\uFEFFindex;at;kind;[\s\S]*\r\nrows;3\r\n$/)
  t.equal((await stat(file)).mode & 0o777, 0o600)
  t.match(await access(...words), { code: 1, error: /is there already/ })
  const json = join(house.folder, 'accesses.json')
  const given = await access('export', '--occasion', 'incident', '--format', 'json', '-o', json)
  t.equal(given.code, 0, given.error)
  const { accesses, rows } = JSON.parse(await readFile(json, 'utf8'))
  t.equal(accesses.length, rows)
  t.match(await access('list', '--occasion', 'incident', '--by', 'others'), { code: 0 })
})
