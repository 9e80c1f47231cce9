import type { Page } from 'playwright-core'
import t from 'tap'
import { lookAt, noBrowser, openBrowser, visit, widths } from '../support/browser.ts'
import { openConsoleHouse, type TestOfficer } from '../support/console.ts'

const inBrowser = { skip: noBrowser }

t.test('pages for everyone, in a browser', inBrowser, async (t) => {
  const house = await openConsoleHouse(t)
  const politie = await house.admit('politie')
  const gemeente = await house.admit('gemeente')
  await house.agree([politie, gemeente])
  const everything = await house.employ('eva', 'politie', [
    'reporter',
    'analyst',
    'coordinator',
    'privacy-officer',
    'administrator',
  ])
  const browser = await openBrowser(t)

  async function fillIn(page: Page, officer: TestOfficer): Promise<void> {
    await page.getByLabel(/^Account/).fill(officer.account)
    await page.getByLabel(/^(?:Password|Wachtwoord)/).fill(officer.plainPassword)
    await page.getByLabel(/^Code/).fill(house.nextCode(officer))
    await page.keyboard.press('Enter')
  }

  for (const [width, language] of [
    [widths[0], 'en'],
    [widths[1], 'nl'],
  ] as const) {
    {
      const name = (page: string) => `${page}-${language}-${width}`
      const { page, context, faults } = await visit(browser, { width, language })
      await page.goto(`${house.origin}/`)
      t.equal(await page.locator('html').getAttribute('lang'), language)
      await lookAt(t, page, name('public'))
      for (const path of ['help', 'accessibility', 'signed-out', 'proved', 'prove']) {
        await page.goto(`${house.origin}/console/${path}`)
        await lookAt(t, page, name(path))
      }
      await page.goto(`${house.origin}/console`)
      await lookAt(t, page, name('sign-in'))
      await page.locator('main a.nl-button').click()
      await lookAt(t, page, name('account'))
      await page.keyboard.press('Tab')
      await page.getByLabel(/^Account/).fill('eva')
      await page.locator('main button').click()
      await lookAt(t, page, name('account-wrong'))
      await fillIn(page, everything)
      await page.waitForURL(`${house.origin}/console`)
      await lookAt(t, page, name('start'))
      await page.goto(`${house.origin}/console/sessions`)
      await lookAt(t, page, name('sessions'))
      t.strictSame(faults, [], 'the browser had nothing to refuse')
      await page.goto(`${house.origin}/console/nowhere`)
      await lookAt(t, page, name('not-found'))
      await context.close()
    }
  }
})
