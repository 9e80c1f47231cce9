import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import t from 'tap'
import { makeBundle } from '../../src/connector/bundle.ts'
import { agreementHashOf } from '../../src/proofs/agreement.ts'
import { textsOf } from '../../src/reporter-page/texts.ts'
import { axe, noBrowser, openBrowser, picture, visit } from '../support/browser.ts'
import { openTestConnector, type TestConnector } from '../support/connector.ts'
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
  const bundle = await makeBundle()
  const atNgo = await openTestConnector(t, house, ngo, [under], bundle)
  const atPolice = await openTestConnector(t, house, police, [under], bundle)
  const browser = await openBrowser(t)

  const enter = async (page: Page, caseReference: string, narrative: string) => {
    await press(page, nl.start.enter)
    await fillIn(page, { caseReference, who: { ...person, narrative } })
    await press(page, nl.check.submit)
    await title(page, nl.sent.title)
  }
  const as = async (connector: TestConnector, role: 'reporter' | 'decider') => {
    const visitor = await visit(browser)
    await signIn(visitor.page, connector, role)
    return visitor
  }
  const bodyText = (page: Page) => page.locator('main').innerText()
  const secret = 'Zij woont sinds mei bij een man die haar telefoon bewaart.'

  t.test(
    'both learn whom to call; what is sealed is asked for, granted in part and read once',
    async (t) => {
      const owner = await as(atNgo, 'decider')
      await enter(owner.page, 'NGO-1', secret)
      t.match(await bodyText(owner.page), nl.sent.noOverlap)

      const asker = await as(atPolice, 'decider')
      await enter(asker.page, 'POL-1', 'Iets anders dat alleen de politie weet, en niemand anders.')
      t.match(await bodyText(asker.page), nl.sent.call('Agency ngo', 'Desk of ngo'))
      t.match(await bodyText(asker.page), /zeker: zelfde officiële nummer/)
      await picture(asker.page, 'sent-overlap')

      const { page } = asker
      await press(page, nl.sent.list)
      await page.getByRole('button', { name: nl.signals.openOf('POL-1') }).click()
      await press(page, nl.request.new)
      await page.getByLabel(nl.request.necessity).fill('Wij willen weten of zij nu veilig is.')
      await page.getByLabel(nl.decide.code).fill(atPolice.codes.decider)
      t.strictSame(await axe(page), [])
      await picture(page, 'request-new')
      await press(page, nl.request.submit)
      await page.getByText(/^Gevraagd\./).waitFor()

      await press(owner.page, nl.home)
      await press(owner.page, nl.start.requests)
      await owner.page.getByRole('button', { name: nl.requests.lookOf('Agency police') }).click()
      await title(owner.page, nl.request.titleOwner('Agency police'))
      await owner.page.getByText('Wij willen weten of zij nu veilig is.').waitFor()
      t.match(await bodyText(owner.page), 'NGO-1')
      await owner.page.locator('summary', { hasText: nl.request.grant }).click()
      await owner.page.getByLabel('Wat is gezien of gehoord').check()
      await owner.page.getByLabel(nl.decide.code).first().fill('WRONG')
      t.strictSame(await axe(owner.page), [])
      await picture(owner.page, 'request-grant')
      await press(owner.page, nl.request.grant)
      await owner.page.getByText('Deze toegangscode klopt niet').waitFor()
      await owner.page.getByLabel(nl.decide.code).first().fill(atNgo.codes.decider)
      await press(owner.page, nl.request.grant)
      await owner.page.getByText(nl.requests.states.granted, { exact: true }).waitFor()
      await picture(owner.page, 'request-granted')

      await press(page, nl.home)
      await press(page, nl.start.requests)
      await page.getByRole('button', { name: nl.requests.lookOf('Agency ngo') }).click()
      await page.getByLabel(nl.decide.code).fill(atPolice.codes.decider)
      await picture(page, 'request-open')
      await press(page, nl.request.open)
      await title(page, nl.request.openedTitle)
      t.match(await bodyText(page), secret)
      t.strictSame(await axe(page), [])
      await picture(page, 'opened')
      await press(page, nl.request.close)
      await page.goBack()
      t.notMatch(await bodyText(page), secret, 'nothing leads back to what was opened')
      const kept = readFileSync(join(atPolice.folder, 'submissions/reporter-page.jsonl'), 'utf8')
      t.notMatch(kept, secret)
      t.strictSame([...owner.faults, ...asker.faults], [])
      await owner.context.close()
      await asker.context.close()
    },
  )

  t.test(
    'a reporter sees what became of a signal, corrects and withdraws it, and decides nothing',
    async (t) => {
      const { page, context, faults } = await as(atNgo, 'reporter')
      t.equal(await page.getByRole('button', { name: nl.start.requests }).count(), 0)
      await enter(page, 'NGO-2', secret)
      await press(page, nl.sent.list)
      await page.getByText(nl.signals.others).waitFor()
      t.strictSame(await axe(page), [])
      await picture(page, 'signals')
      await page.getByRole('button', { name: nl.signals.openOf('NGO-2') }).click()
      await page.getByText(/Uw signaal raakt dat van een andere organisatie/).waitFor()
      t.match(await bodyText(page), nl.sent.call('Agency police', 'Desk of police'))
      t.strictSame(await axe(page), [])
      await picture(page, 'signal')
      t.equal(await page.getByRole('button', { name: nl.request.new }).count(), 0)

      await press(page, nl.signal.correct)
      await page.getByText(nl.check.correcting('NGO-2')).waitFor()
      const other = {
        ...person,
        givenNames: 'Adalberta',
        familyName: 'Kwispelhorst',
        bsn: '999991772',
        birthDate: '02-02-2001',
      }
      await fillIn(page, { who: other })
      await press(page, nl.check.correct)
      await title(page, nl.sent.corrected)
      t.match(await bodyText(page), nl.sent.noOverlap)
      await picture(page, 'corrected')

      await press(page, nl.sent.list)
      await page.getByRole('button', { name: nl.signals.openOf('NGO-2') }).click()
      await press(page, nl.signal.withdraw)
      await title(page, nl.signal.withdrawTitle)
      await page.getByLabel(nl.signal.reasons['entered-by-mistake']).check()
      t.strictSame(await axe(page), [])
      await picture(page, 'withdraw')
      await press(page, nl.signal.withdraw)
      await page.getByText(nl.signal.states.withdrawn, { exact: true }).waitFor()
      t.equal(await page.getByRole('button', { name: nl.signal.withdraw }).count(), 0)

      const entered = await house.entries('gateway')
      const withdrawn = entered.filter(({ kind }) => kind === 'signal.withdraw')
      t.equal(withdrawn.length, 1)
      const officers = JSON.parse(
        readFileSync(join(atNgo.folder, 'officers.json'), 'utf8'),
      ).officers
      t.equal(
        withdrawn[0]?.officer,
        officers[0].officer,
        'the ledger has the reporter’s opaque name',
      )
      t.strictSame(faults, [])
      await context.close()
    },
  )

  t.test(
    'an agreement is signed with what changes in sight, by a decider with the code only',
    async (t) => {
      const content = {
        ...house.draft([ngo, police], { purpose: 'purpose-one', title: 'Een nieuwe versie' }),
        previous: under.hash,
        purpose: under.content.purpose,
        domain: under.content.domain,
        retentionMonths: 12,
      }
      const hash = agreementHashOf(content)
      await police.partner.acceptAgreement(content)
      const { page, context, faults } = await as(atNgo, 'decider')
      await press(page, nl.start.agreements)
      await page.getByRole('button', { name: nl.agreements.lookOf('Een nieuwe versie') }).click()
      await title(page, 'Een nieuwe versie')
      await page.getByText('Bewaren, in maanden: 24 wordt 12').waitFor()
      await page.getByLabel(nl.agreements.accept).check()
      await page.getByLabel(nl.decide.code).fill(atNgo.codes.reporter)
      t.strictSame(await axe(page), [])
      await picture(page, 'agreement')
      await press(page, nl.agreements.submit)
      await page.getByText('Deze toegangscode klopt niet').waitFor()
      t.strictSame(
        (await ngo.partner.agreement(hash)).awaiting,
        ['ngo'],
        'not with somebody else’s',
      )
      await page.getByLabel(nl.decide.code).fill(atNgo.codes.decider)
      await press(page, nl.agreements.submit)
      await page.getByText(nl.agreements.states['in-force'], { exact: true }).waitFor()
      t.strictSame((await ngo.partner.agreement(hash)).awaiting, [])
      await picture(page, 'agreement-signed')
      t.strictSame(faults, [])
      await context.close()
    },
  )
}
