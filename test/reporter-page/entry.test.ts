import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import t from 'tap'
import { readRows } from '../../src/client/rows.ts'
import { utf8 } from '../../src/kernel/bytes.ts'
import { textsOf } from '../../src/reporter-page/texts.ts'
import { axe, noBrowser, openBrowser, picture, visit } from '../support/browser.ts'
import { openTestConnector } from '../support/connector.ts'
import { openHouse } from '../support/house.ts'
import {
  type Haystack,
  type Needle,
  needlesOf,
  openSearch,
  unfolded,
  writtenNeedles,
} from '../support/leak-search.ts'
import { fillIn, person, press, signIn, title } from '../support/reporter.ts'

if (noBrowser) t.plan(0, noBrowser)
else await walks()

async function walks(): Promise<void> {
  t.setTimeout(300_000)
  const house = await openHouse(t)
  const ngo = await house.admit('ngo')
  const police = await house.admit('police')
  const under = await house.agree([ngo, police])
  const connector = await openTestConnector(t, house, ngo, [under])
  const browser = await openBrowser(t)
  const traffic: Haystack[] = []

  t.test('a reporter enters a signal in Dutch, and gets a receipt that holds', async (t) => {
    const nl = textsOf.nl
    const { page, faults, traffic: passed, context } = await visit(browser)
    const at = async (name: string) => {
      t.strictSame(await axe(page), [], `${name}: axe finds nothing wrong`)
      await picture(page, `entry-nl-1280-${name}`)
    }
    const opened = performance.now()
    await page.goto(connector.address)
    await title(page, nl.signIn.title)
    t.comment(`from the address to the first screen: ${Math.round(performance.now() - opened)} ms`)
    await at('sign-in')
    await signIn(page, connector)
    await at('start')
    await press(page, nl.start.enter)
    await fillIn(page, { at, caseReference: 'NGO-2026-77' })
    await page.getByText(nl.may.yes).waitFor()
    await page.getByText('AVG art. 6 lid 1 onder e').waitFor()
    await at('check')
    t.notMatch(
      await page.locator('main').innerText(),
      person.familyName,
      'whoever looks on sees no name',
    )
    const pressed = performance.now()
    await press(page, nl.check.submit)
    await title(page, nl.sent.title)
    t.comment(`from sending to a verified receipt: ${Math.round(performance.now() - pressed)} ms`)
    await at('sent')
    t.match(await page.locator('main').innerText(), nl.sent.proven)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      press(page, nl.sent.download),
    ])
    const receipt = JSON.parse(readFileSync(await download.path(), 'utf8'))
    const { content } = under
    t.equal((await ngo.partner.verifyReceipt(receipt, content.domain)).valid, true)

    t.strictSame(faults, [], 'no fault, and no breach of the policy')
    const { cookies, origins } = await context.storageState()
    t.strictSame([cookies, origins], [[], []], 'nothing is kept in the browser')
    t.strictSame(
      await page.evaluate(async () => [
        (await indexedDB.databases()).length,
        localStorage.length,
        sessionStorage.length,
      ]),
      [0, 0, 0],
    )
    t.equal(
      new URL(page.url()).pathname + new URL(page.url()).search + new URL(page.url()).hash,
      '/',
    )
    traffic.push(...passed)
    await context.close()
  })

  /** Goes on with the Tab key until the focus is on what is called so. */
  async function tabTo(page: Page, name: string): Promise<void> {
    for (let steps = 0; steps < 90; steps += 1) {
      const focused = await page.evaluate(() => {
        const one = document.activeElement
        if (one === null) return ''
        const labels = one instanceof HTMLInputElement ? [...(one.labels ?? [])] : []
        const [label] = labels
        return (label ?? one).textContent ?? ''
      })
      if (focused.trim() === name) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`the Tab key does not lead to ${name}`)
  }

  t.test('in English, on a narrow screen, with nothing but the keyboard', async (t) => {
    const en = textsOf.en
    const { page, faults, traffic: passed, context } = await visit(browser, { width: 320 })
    const at = async (name: string) => {
      t.strictSame(await axe(page), [], `${name}: axe finds nothing wrong`)
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      t.ok(wider <= 0, `${name}: nothing is cut off`)
      await picture(page, `entry-en-320-${name}`)
    }
    const keys = page.keyboard
    const go = async (button: string) => {
      await tabTo(page, button)
      await keys.press('Enter')
    }
    await page.goto(connector.address)
    await title(page, textsOf.nl.signIn.title)
    await go('English')
    await title(page, en.signIn.title)
    await tabTo(page, en.signIn.code)
    await keys.type(connector.codes.reporter)
    await at('sign-in')
    await keys.press('Enter')
    await title(page, en.start.title('Roos'))
    await at('start')
    await go(en.start.enter)
    await title(page, en.kind.title)
    await go(en.next)
    await title(page, en.role.title)
    await go(en.next)
    await page.getByText(en.role.missing).waitFor()
    await at('role-missing')
    await keys.press('Space')
    await go(en.next)
    await title(page, en.category.title)
    await tabTo(page, 'Sexual exploitation')
    await keys.press('ArrowDown')
    await keys.press('Space')
    await go(en.next)
    await title(page, en.indicators.title)
    await tabTo(page, 'Runs away or stays out at night')
    await keys.press('Space')
    await at('indicators')
    await go(en.next)
    await title(page, en.where.title)
    await at('where')
    await go(en.next)
    await title(page, en.who.title)
    await go(en.next)
    await page.getByText(en.who.unlinkable).waitFor()
    await at('subject-empty')
    await tabTo(page, en.who.givenNames)
    await keys.type(person.givenNames)
    await tabTo(page, en.who.familyName)
    await keys.type(person.familyName)
    await tabTo(page, en.who.birthDate)
    await keys.type('31-02-2009')
    await go(en.next)
    await page.getByText(en.who.wrong.birthDate).waitFor()
    await at('subject-wrong')
    await keys.press('Control+A')
    await keys.type(person.birthDate)
    await go(en.next)
    await title(page, en.text.title)
    await tabTo(page, `${en.text.case} (${en.optional})`)
    await keys.type(`case of ${person.familyName.toLowerCase()}`)
    await go(en.next)
    await page.getByText(en.text.caseTells).waitFor()
    await at('case-tells')
    await keys.press('Control+A')
    await keys.press('Delete')
    await go(en.next)
    await title(page, en.check.title)
    await page.getByText(en.may.yes).waitFor()
    await at('check')
    await go(en.check.submit)
    await title(page, en.sent.title)
    await at('sent')
    t.strictSame(faults, [])
    traffic.push(...passed)
    await context.close()
  })

  t.test(
    'the browser goes back through the questions, and the language changes, with nothing lost',
    async (t) => {
      const { nl, en } = textsOf
      const { page, context } = await visit(browser)
      await signIn(page, connector)
      await press(page, nl.start.enter)
      await title(page, nl.kind.title)
      await press(page, nl.next)
      await title(page, nl.role.title)
      await page.getByLabel('Getuige').check()
      await press(page, nl.next)
      await title(page, nl.category.title)
      await page.goBack()
      await title(page, nl.role.title)
      t.equal(await page.getByLabel('Getuige').isChecked(), true)
      await press(page, 'English')
      await title(page, en.role.title)
      t.equal(await page.getByLabel('Witness').isChecked(), true)
      t.equal(await page.evaluate(() => document.documentElement.lang), 'en')
      page.once('dialog', (dialog) => void dialog.accept())
      await press(page, en.cancel)
      await title(page, en.start.title('Roos'))
      await press(page, en.start.enter)
      await press(page, en.next)
      await title(page, en.role.title)
      t.equal(await page.getByLabel('Witness').isChecked(), false, 'stopping erased it')
      await context.close()
    },
  )

  t.test(
    'a vehicle is signalled without any person, and is asked for a plate with its country',
    async (t) => {
      const { nl } = textsOf
      const { page, faults, context } = await visit(browser)
      await signIn(page, connector)
      await press(page, nl.start.enter)
      await page.getByLabel('Voertuig').check()
      await press(page, nl.next)
      await title(page, nl.category.title)
      await page.getByLabel('Arbeidsuitbuiting').check()
      await press(page, nl.next)
      await press(page, nl.next)
      await title(page, nl.where.title)
      await press(page, nl.next)
      await title(page, nl.who.titleScene)
      await page.getByLabel(nl.who.licencePlate, { exact: true }).fill('ZZ-999-Q')
      await press(page, nl.next)
      await page.getByText(nl.who.wrong.country).waitFor()
      t.strictSame(await axe(page), [])
      await picture(page, 'entry-nl-1280-vehicle')
      await page.getByLabel(nl.who.plateCountry).selectOption({ label: 'Nederland' })
      await press(page, nl.next)
      await title(page, nl.text.title)
      await press(page, nl.next)
      await title(page, nl.check.title)
      await press(page, nl.check.submit)
      await title(page, nl.sent.title)
      const row = await house.db.gateway
        .selectFrom('signal')
        .select(['subject_kind', 'role', 'age_band'])
        .where('subject_kind', '=', 'vehicle')
        .executeTakeFirst()
      t.match(row, { role: 'unknown', age_band: 'unknown' })
      t.strictSame(faults, [])
      await context.close()
    },
  )

  t.test('without JavaScript there is nothing to fill in, and nothing is sent', async (t) => {
    const { page, traffic: passed, context } = await visit(browser, { javaScript: false })
    await page.goto(connector.address)
    t.match(await page.locator('body').innerText(), /Zonder JavaScript is er niets in te vullen/)
    t.equal(await page.locator('input, textarea, select, form, button').count(), 0)
    await picture(page, 'no-javascript')
    t.ok(passed.every(({ name }) => !name.includes('/api/')))
    await context.close()
  })

  t.test(
    'nothing that was typed about the person left the browser, or lies anywhere',
    async (t) => {
      const csv = [
        'caseReference,observedOn,category,bsn,givenNames,familyName,birthDate,narrative',
        `P-1,2026-01-02,criminal-exploitation,${person.bsn},${person.givenNames},${person.familyName},${person.birthDate},"${person.narrative}"`,
      ].join('\n')
      const { rows } = readRows(csv, { today: '2026-11-01' })
      const typed = [...rows.flatMap(needlesOf), ...writtenNeedles(Object.values(person))]
      const planted: Needle = { label: 'planted', bytes: utf8('NGO-2026-77'), kind: 'word' }
      const search = openSearch([...typed, planted])
      const found = [...everywhere()].flatMap((hay) => search(unfolded(hay)))
      const rowsOfGateway = (await columnsOf('gateway')).flatMap((hay) => search(unfolded(hay)))
      const rowsOfKeyholder = (await columnsOf('keyholder')).flatMap((hay) => search(unfolded(hay)))
      const all = [...found, ...rowsOfGateway, ...rowsOfKeyholder]
      t.ok(typed.length > 30, `${typed.length} forms of what was typed are looked for`)
      t.ok(traffic.length > 15, `${traffic.length} requests were written down`)
      t.strictSame(
        all
          .filter(({ needle }) => needle.label !== planted.label)
          .map(({ where, needle, around }) => `${needle.label} in ${where}: ${around}`),
        [],
      )
      t.ok(
        all.some(({ needle }) => needle.label === planted.label),
        'the same search finds what may be found',
      )
    },
  )

  function* everywhere(): Generator<Haystack> {
    yield* traffic
    yield { name: 'logs of the operators', bytes: utf8(house.logged.join('\n')), raw: false }
    for (const entry of readdirSync(house.folder, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name)
      if (!entry.isFile() || statSync(file).size === 0) continue
      yield { name: relative(house.folder, file), bytes: readFileSync(file), raw: false }
    }
  }

  /** All columns of all tables of an operator. */
  async function columnsOf(operator: 'gateway' | 'keyholder'): Promise<Haystack[]> {
    const db = house.db[operator]
    const { rows: tables } = await sql<{ schema: string; name: string }>`
      select table_schema as schema, table_name as name from information_schema.tables
      where table_schema not in ('pg_catalog', 'information_schema')`.execute(db)
    const hays: Haystack[] = []
    for (const { schema, name } of tables) {
      const all = await sql<Record<string, unknown>>`select * from ${sql.id(schema, name)}`.execute(
        db,
      )
      for (const [column, value] of all.rows.flatMap((row) => Object.entries(row))) {
        const where = `${operator}: ${name}.${column}`
        if (value instanceof Uint8Array) hays.push({ name: where, bytes: value, raw: true })
        else if (value !== null) {
          const text = typeof value === 'string' ? value : JSON.stringify(value)
          hays.push({ name: where, bytes: utf8(text), raw: false })
        }
      }
    }
    return hays
  }
}
