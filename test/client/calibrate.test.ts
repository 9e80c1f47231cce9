import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { createHome, keepAgreement, readHome } from '../../src/client/agency-home.ts'
import { histogramOfRows } from '../../src/client/calibration.ts'
import { openPartner } from '../../src/client/partner.ts'
import { readRows } from '../../src/client/rows.ts'
import { isWhole } from '../../src/linkage/calibration.ts'
import { operatorNames } from '../../src/oprf/types.ts'
import { agreementHashOf } from '../../src/proofs/agreement.ts'
import { openHouse } from '../support/house.ts'

const cli = fileURLToPath(new URL('../../src/client/cli.ts', import.meta.url))
const run = promisify(execFile)

/** Subjects with birth dates of their own, and one double. */
const csvOf = (subjects: number): string =>
  [
    'caseReference,givenNames,familyName,birthDate,category,observedOn',
    ...Array.from({ length: subjects + 1 }, (_, at) => {
      const who = at % subjects
      const day = [1950 + Math.floor(who / 180), 1 + (Math.floor(who / 15) % 12), 13 + (who % 15)]
        .map((part) => String(part).padStart(2, '0'))
        .join('-')
      return `C-${at},Ewa,Nowak,${day},labour-exploitation,2026-01-02`
    }),
  ].join('\n')

t.test('rows become counts, each person once', async (t) => {
  const { rows } = readRows(csvOf(250), { today: '2026-02-01' })
  const told: number[] = []
  const histogram = histogramOfRows(rows, (done) => told.push(done))
  t.equal(histogram.subjects, 250)
  t.ok(isWhole(histogram))
  t.equal(told.at(-1), rows.length * 2, 'the bar comes to its end')
  t.ok(told.every((done, at) => at === 0 || done >= (told[at - 1] ?? 0)))
})

t.test('what makes no signal of a person does not count', async (t) => {
  const among = (...lines: string[]) =>
    readRows(
      [
        'caseReference,subject,givenNames,familyName,birthDate,country,postcode,houseNumber,licencePlate,category,observedOn',
        ...lines.map((line) => `${line},labour-exploitation,2026-01-02`),
      ].join('\n'),
      { today: '2026-02-01' },
    )
  const persons = ['A-1,,Ewa,Nowak,1990-02-05,,,,', 'A-2,,Jan,Kok,1980-03-14,,,,']
  const { rows, rejected } = among(
    'S-1,location,,,,,4899ZX,7,',
    'S-2,household,,,,,4899ZX,7,',
    ...persons,
    'S-3,vehicle,,,,NL,,,XX-99-99',
    'S-4,,Jan,Jansen,1990,,,,',
  )
  t.strictSame(rejected, [])
  const told: number[] = []
  t.strictSame(
    histogramOfRows(rows, (done) => told.push(done)),
    histogramOfRows(among(...persons).rows),
  )
  t.equal(told.at(-1), rows.length * 2, 'the bar comes to its end')
})

t.test('the command sends counts only, and moves thresholds', async (t) => {
  const house = await openHouse(t)
  const other = await house.admit('gemeente')
  const folder = join(house.folder, 'avim')
  const told = await createHome(folder, { name: 'AVIM', contactDesk: 'AVIM desk', ...house.pins })
  const { settings, keys } = await readHome(folder)
  const { agency, client, contactDesk } = settings
  const { clock, random, pins } = house
  const partner = openPartner({ agency, client, keys, pins, clock, random })
  const admitted = { ...other, ...told, id: agency, keys, partner }
  for (const operator of operatorNames) await house.pin(operator, admitted)
  await partner.presentCard(contactDesk, 1)
  const content = house.draft([admitted, other])
  for (const party of [partner, other.partner]) await party.acceptAgreement(content)
  await keepAgreement(folder, { content, hash: agreementHashOf(content) })
  const raakvlak = (...words: string[]) =>
    run(process.execPath, [cli, ...words, '--agency', folder]).catch((error) => error)

  const file = join(house.folder, 'subjects.csv')
  await writeFile(file, csvOf(150))
  t.match((await raakvlak('calibrate', file)).stderr, /150 different subjects.*takes 200/s)
  await writeFile(file, csvOf(250))
  const before = await house.ledgerSize('gateway')
  t.match((await raakvlak('calibrate', file, '--dry-run')).stderr, /Nothing was sent/)
  t.equal(await house.ledgerSize('gateway'), before)
  const { stdout, stderr } = await raakvlak('calibrate', file)
  t.match(stdout, /31125 pairs of 250 subjects; 1 of 251 rows were doubles/)
  t.match(stderr, /What leaves the agency: .* the number 250, and 20 counts of pairs/)
  t.notMatch(
    JSON.stringify(await house.db.gateway.selectFrom('histogram').selectAll().execute()),
    /Ewa|Nowak|19[5-9]\d-/,
  )

  const why = ['--reason', 'false-overlaps', '--explanation', 'Too many false ones last month']
  const moved = await raakvlak('thresholds', 'move', 'possible', '25', ...why)
  t.match(moved.stdout, /1 histograms. Moved 1 times.*Too many false ones.*possible +25 bits/s)
  const refused = await raakvlak('thresholds', 'move', 'possible', '20', ...why)
  t.match(refused.stderr, /there is no estimate yet/)
  t.equal(refused.code, 1)
})
