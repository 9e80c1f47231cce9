import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import t from 'tap'
import { verifyReceipt } from '../../src/proofs/receipt.ts'
import { lookAt, noBrowser, openBrowser, visit, widths } from '../support/browser.ts'
import { csrfIn, openConsoleHouse, type TestOfficer } from '../support/console.ts'
import { bothInFuture } from '../support/later.ts'
import { signalAbout } from '../support/signals.ts'

const inBrowser = { skip: noBrowser }
const week = 7 * 86_400

t.test('the pages of a privacy officer', async (t) => {
  const house = await openConsoleHouse(t)
  const politie = await house.admit('politie')
  const gemeente = await house.admit('gemeente')
  const under = await house.agree([politie, gemeente])
  const pia = await house.employ('pia', 'politie', ['privacy-officer'])
  const anna = await house.employ('anna', 'politie', ['analyst'])
  const gerard = await house.employ('gerard', 'gemeente', ['privacy-officer'])
  const as = (officer: TestOfficer) => ({ headers: { 'raakvlak-officer': officer.officer } })

  const { body: signal } = await politie.call<{ signalId: string }>(
    'POST',
    '/v1/signals',
    signalAbout({ bsn: 'one' }, under),
  )
  const id = Object.values(signal).find((one) => /^[0-9a-f]{8}-/.test(String(one))) ?? ''
  for (let count = 0; count < 12; count += 1) {
    await politie.call('GET', `/v1/signals/${id}`, undefined, as(anna))
  }
  await house.operator('gateway').runDueWork()
  await bothInFuture(house, week, (gateway) => gateway.runDueWork())

  await t.test(
    'what was looked at is read only when an occasion is given, and that stands on the ledger',
    async (t) => {
      const visitor = await house.signIn(pia)
      const before = (await house.entries('gateway')).length
      t.match(await visitor.ask('/console/accesses'), { status: 200, text: /Kies waarom u kijkt/ })
      t.equal((await house.entries('gateway')).length, before, 'nothing was read')
      const shown = await visitor.ask('/console/accesses?occasion=complaint&kind=signal.read')
      t.match(shown, { status: 200, text: /officer-anna/ })
      const entries = await house.entries('gateway', before)
      t.match(entries, [{ kind: 'access.list', occasion: 'complaint', officer: 'officer-pia' }])
    },
  )

  await t.test(
    'exactly what the filter shows is exported, once asked for from this console',
    async (t) => {
      const visitor = await house.signIn(pia)
      const page = await visitor.ask('/console/accesses?occasion=spot-check&kind=signal.read')
      const filter = { occasion: 'spot-check', kind: 'signal.read', format: 'csv' }
      const forged = await visitor.send('/console/accesses/export', { ...filter, csrf: 'x' })
      t.equal(forged.status, 403)
      const csrf = csrfIn(page.text)
      const sent = await visitor.send('/console/accesses/export', { ...filter, csrf })
      t.match(sent.headers.get('content-disposition'), /accesses-12\.csv/)
      t.match(sent.text, /^\uFEFF?index;at;kind/)
      t.match(sent.text, /rows;12\r\n$/)
      const [last] = (await house.entries('gateway')).slice(-1)
      t.match(last, { kind: 'access.export', answerSize: 12, officer: 'officer-pia' })
      const wrong = await visitor.send('/console/accesses/export', { ...filter, csrf, about: 'x' })
      t.equal(wrong.status, 400)
    },
  )

  await t.test('other roles and other agencies find nothing there', async (t) => {
    const analyst = await house.signIn(anna)
    const other = await house.signIn(gerard)
    const [entry] = await house.entries('gateway', 0)
    for (const path of ['accesses', 'alarms', 'samples', 'samples/draws']) {
      t.equal((await analyst.ask(`/console/${path}`)).status, 403, path)
    }
    t.notMatch(await other.ask('/console/accesses?occasion=spot-check'), { text: /officer-anna/ })
    t.notMatch(await other.ask('/console/alarms'), { text: /officer-anna/ })
    t.ok(entry)
    const read = (await house.entries('gateway')).findIndex(({ kind }) => kind === 'signal.read')
    t.equal((await other.ask(`/console/accesses/${read}/check`)).status, 404)
    for (const path of ['alarms/nothing', 'samples/nothing', 'accesses/1e9/check']) {
      t.equal((await other.ask(`/console/${path}`)).status, 404, path)
    }
  })

  await t.test('in a browser: explorer, proof, alarm and drawn look', inBrowser, async (t) => {
    const browser = await openBrowser(t)
    const { origin } = house

    async function signedIn(officer: TestOfficer, width: number, language: string) {
      const visited = await visit(browser, { width, language })
      const { page } = visited
      await page.goto(`${origin}/console/sign-in/begin`)
      await page.getByLabel(/^Account/).fill(officer.account)
      await page.getByLabel(/^(?:Password|Wachtwoord)/).fill(officer.plainPassword)
      await page.getByLabel(/^Code/).fill(house.nextCode(officer))
      await page.keyboard.press('Enter')
      await page.waitForURL(`${origin}/console`)
      return visited
    }
    const open = async (page: Page, path: string) => {
      await page.goto(`${origin}/console/${path}`)
    }

    for (const width of widths) {
      for (const language of ['nl', 'en']) {
        const name = (page: string) => `${page}-${language}-${width}`
        const { page, context, faults } = await signedIn(pia, width, language)
        await open(page, 'accesses')
        await lookAt(t, page, name('accesses-empty'))
        await open(page, 'accesses?occasion=spot-check&kind=signal.read&officer=officer-anna')
        await lookAt(t, page, name('accesses'))
        await open(page, 'accesses?occasion=spot-check&about=nobody&from=never')
        await lookAt(t, page, name('accesses-wrong'))
        await open(page, 'accesses?occasion=spot-check&kind=signal.read')
        await page.locator('tbody tr').first().locator('a').last().click()
        await page.locator('[data-verdict].raakvlak-notice--ok').waitFor()
        t.equal(await page.locator('[data-holds="false"]').count(), 0)
        t.ok((await page.locator('[data-holds="true"]').count()) >= 5, 'each step is shown')
        await lookAt(t, page, name('check'))
        await open(page, 'alarms')
        await lookAt(t, page, name('alarms'))
        await page.locator('tbody th a').first().click()
        await lookAt(t, page, name('alarm'))
        await open(page, 'samples')
        await lookAt(t, page, name('samples'))
        await page.locator('tbody th a').first().click()
        await lookAt(t, page, name('sample'))
        await open(page, 'samples/draws')
        await lookAt(t, page, name('draws'))
        t.strictSame(faults, [])
        await context.close()
      }
    }

    await t.test('a changed entry, sibling or signature is seen in the browser', async (t) => {
      const { page, context } = await signedIn(pia, 1280, 'en')
      await open(page, 'accesses?occasion=spot-check&kind=signal.read')
      await page.locator('tbody tr').first().locator('a').last().click()
      await page.locator('[data-verdict].raakvlak-notice--ok').waitFor()
      const address = page.url()
      const changes = {
        entry: (text: string) => text.replace('officer-anna', 'officer-hans'),
        sibling: (text: string) => text.replace(/(inclusion&quot;:\[&quot;)./, '$1-'),
        signature: (text: string) => text.replace(/(— \S+ )[A-Za-z0-9]{8}/, '$1AAAAAAAA'),
      }
      for (const [what, change] of Object.entries(changes)) {
        await page.route(address, async (route) => {
          const response = await route.fetch()
          await route.fulfill({ response, body: change(await response.text()) })
        })
        await page.goto(address)
        await page.locator('[data-verdict].raakvlak-notice--danger').waitFor()
        t.pass(what)
        await page.unroute(address)
      }
      const download = page.waitForEvent('download')
      await page.goto(address)
      await page.getByRole('button', { name: 'Download the receipt' }).click()
      const receipt = JSON.parse(await readFile(await (await download).path(), 'utf8'))
      const key = await page.locator('dd code').first().innerText()
      t.match(await verifyReceipt(receipt, key), { valid: true })
      await context.close()
    })

    await t.test(
      'the case is taken and closed, the look justified and judged, by the keyboard',
      async (t) => {
        const { page, context } = await signedIn(pia, 1280, 'en')
        await open(page, 'alarms')
        await page.locator('tbody th a').first().press('Enter')
        await page.getByRole('button', { name: 'I look into this' }).press('Enter')
        await page.getByLabel('What was it?').waitFor()
        await page.getByRole('button', { name: 'Close it' }).press('Enter')
        await lookAt(t, page, 'alarm-wrong-en-1280')
        await page.getByLabel('What was it?').selectOption('explained')
        await page.getByLabel('Why?').selectOption('case-work')
        await page.getByRole('button', { name: 'Close it' }).press('Enter')
        await page.getByText(/Closed .* Not as it should be, but explained/).waitFor()
        await lookAt(t, page, 'alarm-closed-en-1280')
        await context.close()

        const looker = await signedIn(anna, 320, 'nl')
        await open(looker.page, 'own-samples')
        await lookAt(t, looker.page, 'own-samples-nl-320')
        await looker.page.locator('tbody th a').first().press('Enter')
        await lookAt(t, looker.page, 'own-sample-nl-320')
        await looker.page.getByLabel('Reden').selectOption('own-case')
        await looker.page.getByLabel('Grondslag').selectOption('wpg-20')
        await looker.page.getByLabel('Vastlegging van de zaak').fill('A'.repeat(43))
        await looker.page.getByRole('button', { name: 'De reden geven' }).press('Enter')
        await looker.page.getByText('Wacht op een oordeel').first().waitFor()
        await looker.context.close()

        const judge = await signedIn(pia, 1280, 'nl')
        await open(judge.page, 'samples?occasion=spot-check&state=awaiting-review')
        await judge.page.locator('tbody th a').first().press('Enter')
        await judge.page.getByLabel('Er was een noodzaak').check()
        await judge.page.getByRole('button', { name: 'Beoordelen' }).press('Enter')
        await judge.page.getByText('Er was een noodzaak').first().waitFor()
        await lookAt(t, judge.page, 'sample-judged-nl-1280')
        await judge.context.close()
      },
    )
  })
})
