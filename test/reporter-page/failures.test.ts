import type { Page, Request } from 'playwright-core'
import t from 'tap'
import { textsOf } from '../../src/reporter-page/texts.ts'
import { axe, noBrowser, openBrowser, picture, visit } from '../support/browser.ts'
import { openTestConnector } from '../support/connector.ts'
import { openHouse } from '../support/house.ts'
import { fillIn, person, press, signIn, title } from '../support/reporter.ts'

if (noBrowser) t.plan(0, noBrowser)
else await walks()

async function walks(): Promise<void> {
  t.setTimeout(300_000)
  const nl = textsOf.nl
  const house = await openHouse(t)
  const ngo = await house.admit('ngo')
  const police = await house.admit('police')
  const under = await house.agree([ngo, police])
  const connector = await openTestConnector(t, house, ngo, [under])
  const browser = await openBrowser(t)

  const filledIn = async (caseReference: string) => {
    const visitor = await visit(browser)
    await signIn(visitor.page, connector)
    await press(visitor.page, nl.start.enter)
    await fillIn(visitor.page, { caseReference })
    return visitor
  }
  const signals = async () => {
    const { count } = await house.db.gateway
      .selectFrom('signal')
      .select(({ fn }) => fn.countAll<string>().as('count'))
      .executeTakeFirstOrThrow()
    return Number(count)
  }
  const posts = (page: Page, path: string): Request[] => {
    const seen: Request[] = []
    page.on('request', (request) => {
      if (request.url().endsWith(path) && request.method() === 'POST') seen.push(request)
    })
    return seen
  }
  const retry = (page: Page) => press(page, nl.sending.retry)

  for (const operator of ['gateway', 'keyholder'] as const) {
    t.test(
      `a ${operator} that did not use its pinned key: nothing is sent, and the page says whose proof it was`,
      async (t) => {
        const { page, context } = await filledIn(`PROOF-${operator}`)
        const before = await signals()
        const submitted = posts(page, '/api/signals')
        await page.route('**/api/evaluations', async (route) => {
          const response = await route.fetch()
          const answer = await response.json()
          const { proof } = answer[operator]
          answer[operator].proof = `${proof.startsWith('A') ? 'B' : 'A'}${proof.slice(1)}`
          await route.fulfill({ response, json: answer })
        })
        await press(page, nl.check.submit)
        await page.getByText(nl.sending.untrustedText(nl.sending.operators[operator])).waitFor()
        t.strictSame(await axe(page), [])
        await picture(page, `untrusted-${operator}`)
        t.equal(submitted.length, 0, 'no signal left the page')
        t.equal(await signals(), before)
        await context.close()
      },
    )
  }

  t.test(
    'a manifest that the pinned roots did not sign: nothing is blinded, nothing is sent',
    async (t) => {
      const { page, context } = await filledIn('MANIFEST')
      const evaluated = posts(page, '/api/evaluations')
      await page.route('**/api/domains/*/keys', async (route) => {
        const response = await route.fetch()
        const { gateway } = await response.json()
        await route.fulfill({ response, json: { gateway, keyholder: gateway } })
      })
      await press(page, nl.check.submit)
      await page.getByText(nl.sending.untrustedText(nl.sending.operators.keyholder)).waitFor()
      t.equal(evaluated.length, 0)
      await context.close()
    },
  )

  t.test('a receipt for something else: the page believes nothing of it', async (t) => {
    const first = await filledIn('FIRST')
    let kept: object | undefined
    await first.page.route('**/api/signals', async (route) => {
      const response = await route.fetch()
      kept = (await response.json()).receipt
      await route.fulfill({ response })
    })
    await press(first.page, nl.check.submit)
    await title(first.page, nl.sent.title)
    await first.context.close()

    const { page, context } = await filledIn('DROPPED')
    await page.route('**/api/signals', async (route) => {
      const { signal } = route.request().postDataJSON()
      await route.fulfill({ json: { id: signal.id, status: 201, receipt: kept, overlaps: [] } })
    })
    await press(page, nl.check.submit)
    await page.getByText(nl.sending.untrustedReceipt(nl.sending.operators.gateway)).waitFor()
    await picture(page, 'receipt-unproven')
    t.notMatch(await page.content(), nl.sent.proven)
    await context.close()
  })

  t.test(
    'the gateway is down halfway: nothing that was typed is lost, and it is sent once it is back',
    async (t) => {
      const { page, context, faults } = await filledIn('DOWN')
      const before = await signals()
      await house.stop('gateway')
      await press(page, nl.check.submit)
      await page.getByText(nl.sending.kept).waitFor()
      t.strictSame(await axe(page), [])
      await picture(page, 'gateway-down')
      await press(page, nl.sending.backToCheck)
      await title(page, nl.check.title)
      await page.getByRole('button', { name: nl.check.submit }).waitFor()
      await page.getByRole('button', { name: nl.changeOf(nl.who.row) }).click()
      await title(page, nl.who.title)
      t.equal(await page.getByLabel(nl.who.familyName).inputValue(), person.familyName)
      await press(page, nl.next)
      await title(page, nl.check.title)
      await house.start('gateway')
      await press(page, nl.check.submit)
      await title(page, nl.sent.title)
      t.equal(await signals(), before + 1)
      t.strictSame(faults, [])
      await context.close()
    },
  )

  t.test(
    'the answer is lost on the way: the page says so, and trying again sends the same, which counts once',
    async (t) => {
      const { page, context } = await filledIn('LOST')
      const before = await signals()
      const submitted = posts(page, '/api/signals')
      let lost = false
      await page.route('**/api/signals', async (route) => {
        if (lost) return route.continue()
        lost = true
        await route.fetch()
        return route.abort()
      })
      await press(page, nl.check.submit)
      await page.getByText(nl.sending.unsure).waitFor()
      await picture(page, 'answer-lost')
      t.equal(await page.getByRole('button', { name: nl.sending.backToCheck }).count(), 0)
      await retry(page)
      await title(page, nl.sent.title)
      const [one, two] = submitted
      t.equal(submitted.length, 2)
      t.equal(one?.postData(), two?.postData(), 'the same to the byte')
      t.equal(await signals(), before + 1)
      await context.close()
    },
  )

  t.test('what the gateway refuses is said with the article, and can be changed', async (t) => {
    const { page, context } = await filledIn('REFUSED')
    const before = await signals()
    await page.route('**/api/signals', async (route) => {
      const { signal } = route.request().postDataJSON()
      await route.continue({ postData: { signal: { ...signal, purpose: 'protecting-minors' } } })
    })
    await press(page, nl.check.submit)
    await page.getByRole('button', { name: nl.sending.backToCheck }).waitFor()
    await page.getByText(/art\./).first().waitFor()
    await picture(page, 'refused')
    t.equal(await signals(), before)
    await context.close()
  })

  t.test(
    'the session ends while somebody types: the code is asked for again, and what was typed is there',
    async (t) => {
      const { page, context } = await filledIn('IDLE')
      house.clock.advance(31 * 60)
      await press(page, nl.check.submit)
      await title(page, nl.signIn.again)
      await picture(page, 'signed-out')
      await page.getByLabel(nl.signIn.code).fill(connector.codes.reporter)
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: nl.sending.backToCheck }).click()
      await title(page, nl.check.title)
      await page.getByText('IDLE').waitFor()

      house.clock.advance(31 * 60)
      await press(page, nl.check.submit)
      await title(page, nl.signIn.again)
      await page.getByLabel(nl.signIn.code).fill(connector.codes.decider)
      await page.keyboard.press('Enter')
      await title(page, nl.start.title('Daan'))
      await page.goBack()
      t.notMatch(await page.content(), 'IDLE', 'what one person typed is not for another')
      await context.close()
    },
  )
}
