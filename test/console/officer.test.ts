import { randomUUID } from 'node:crypto'
import t from 'tap'
import { verifyAuditPackage } from '../../src/evidence/verify.ts'
import { unpack } from '../../src/evidence/zip.ts'
import { dayOf, shifted } from '../../src/kernel/clock.ts'
import { lookAt, noBrowser, openBrowser, visit, widths } from '../support/browser.ts'
import { csrfIn, openConsoleHouse, type TestOfficer } from '../support/console.ts'
import { signalAbout, tokenOf } from '../support/signals.ts'

const day = 86_400

t.test('reviews, requests of persons and the audit, for a privacy officer', async (t) => {
  const house = await openConsoleHouse(t)
  const politie = await house.admit('politie')
  const gemeente = await house.admit('gemeente')
  const under = await house.agree([politie, gemeente])
  const { domain } = under.content
  const pia = await house.employ('pia', 'politie', ['privacy-officer'])
  const gerard = await house.employ('gerard', 'gemeente', ['privacy-officer'])
  const anna = await house.employ('anna', 'politie', ['analyst'])
  const today = dayOf(house.clock.now())
  const signal = signalAbout({ bsn: 'one' }, under, { observedOn: today })
  await politie.call('POST', '/v1/signals', signal)
  for (let count = 0; count < 25; count += 1) {
    const looking = { headers: { 'raakvlak-officer': anna.officer } }
    await politie.call('GET', `/v1/signals/${signal.id}`, undefined, looking)
  }
  await house.operator('gateway').runDueWork()

  async function file(bsn = 'one'): Promise<string> {
    const id = randomUUID()
    const answer = await gemeente.call('POST', '/v1/subject-requests', {
      ...{ id, agreement: under.hash, purpose: 'subject-rights', domain, epoch: 1 },
      ...{ kind: 'access', tokens: [{ type: 'bsn', token: tokenOf(`${domain} bsn ${bsn}`) }] },
      ...{ asker: 'self', age: '16-or-older', identityCheck: 'in-person' },
      ...{ caseReference: 'R-1', receivedOn: today },
    })
    if (answer.status !== 201) throw new Error(answer.text)
    return id
  }
  const pageOf = (id: string) => `/console/subject-requests/${id}`
  const request = await file()

  await t.test('what waits is told at the start, and found in one list', async (t) => {
    const visitor = await house.signIn(pia)
    const start = await visitor.ask('/console')
    t.match(start.text, /Zaken om te beoordelen: 1/)
    t.match(start.text, /Verzoeken van personen om te beantwoorden: 1/)
    const size = await house.ledgerSize('gateway')
    const cases = await visitor.ask('/console/review-cases?occasion=incident')
    t.match(cases, { status: 200, text: /\/console\/alarms\/[0-9a-f-]{36}\?occasion=incident/ })
    t.match(await house.entries('gateway', size), [
      { kind: 'review-case.list', occasion: 'incident', officer: 'officer-pia' },
    ])
    t.equal((await (await house.signIn(anna)).ask('/console/review-cases')).status, 403)
  })

  await t.test('a party answers a request, after saying what it did', async (t) => {
    const visitor = await house.signIn(pia)
    const page = await visitor.ask(pageOf(request))
    t.match(page, { status: 200, text: /Over een signaal van u/ })
    const task = /name="task" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
    const csrf = csrfIn(page.text)
    const answer = (fields: Record<string, string>) =>
      visitor.send(`${pageOf(request)}/answer`, { task, csrf, ...fields })
    t.match(await answer({}), { status: 400, text: new RegExp(`href="#outcome-${task}"`) })
    t.equal((await answer({ csrf: 'forged', [`outcome-${task}`]: 'provided' })).status, 403)
    const done = await answer({ [`outcome-${task}`]: 'provided', [`tell-${task}`]: 'purpose' })
    t.match(done, { status: 303, location: pageOf(request) })
    t.match(await visitor.ask(pageOf(request)), { text: /Beantwoord/ })
    t.notMatch((await visitor.ask(pageOf(request))).text, /name="task"/, 'once')
  })

  await t.test(
    'another agency finds what the contact point filed as little as nothing',
    async (t) => {
      const visitor = await house.signIn(pia)
      const elsewhere = await file('somebody else')
      const [hidden, absent] = [
        await visitor.ask(pageOf(elsewhere)),
        await visitor.ask(pageOf(randomUUID())),
      ]
      t.equal(hidden.status, 404)
      t.equal(absent.status, 404)
      const csrf = csrfIn((await visitor.ask('/console/audit')).text)
      t.equal(
        (await visitor.send(`${pageOf(elsewhere)}/close`, { csrf, end: 'answered' })).status,
        404,
      )
    },
  )

  await t.test('the contact point reads the joined answer when it opens, and closes', async (t) => {
    const visitor = await house.signIn(gerard)
    t.match(await visitor.ask(pageOf(request)), { status: 200, text: /Gaat open op/ })
    const back = shifted(house.clock.now(), -22 * day)
    await house.db.gateway
      .updateTable('subject_request')
      .set({ received_on: dayOf(back), filed_at: back })
      .execute()
    t.match((await visitor.ask('/console')).text, /brief geschreven kan worden: \d/)
    const page = await visitor.ask(pageOf(request))
    t.match(page.text, /Er is verteld wat is vastgelegd/)
    t.match(page.text, /raakvlak subject-request letter/)
    const send = (act: string, fields: Record<string, string>) =>
      visitor.send(`${pageOf(request)}/${act}`, { csrf: csrfIn(page.text), ...fields })
    t.match(await send('close', {}), { status: 400, text: /href="#end"/ })
    t.match(await send('extend', {}), { status: 400, text: /href="#reason"/ })
    t.equal((await send('close', { end: 'answered' })).status, 303)
    t.match((await visitor.ask(pageOf(request))).text, /Gesloten/)

    const later = await file()
    const fields = { csrf: csrfIn((await visitor.ask(pageOf(later))).text), reason: 'complex' }
    t.equal((await visitor.send(`${pageOf(later)}/extend`, fields)).status, 303)
    t.notMatch((await visitor.ask(pageOf(later))).text, /Verleng de termijn/, 'once')
  })

  await t.test(
    'the evidence of a year is one press, an act of its own, and verifies',
    async (t) => {
      const visitor = await house.signIn(pia)
      const csrf = csrfIn((await visitor.ask('/console/audit')).text)
      const year = house.clock.now().getUTCFullYear()
      const take = (fields: Record<string, string>) =>
        visitor.download('/console/audit/package', { csrf, occasion: 'inspection', ...fields })
      t.equal((await take({ year: '1999' })).status, 400)
      t.equal((await take({ year: String(year), occasion: 'curiosity' })).status, 400)
      t.equal((await take({ year: String(year), csrf: 'forged' })).status, 403)
      const size = await house.ledgerSize('gateway')
      const { status, headers, bytes } = await take({ year: String(year) })
      t.equal(status, 200)
      t.match(headers.get('content-disposition'), `wpg-audit-politie-${year}.zip`)
      t.match(await house.entries('gateway', size), [
        { kind: 'audit.package', agency: 'politie', officer: 'officer-pia', year },
      ])
      const pins = {
        gateway: house.pins.gateway.rootThumbprint,
        keyholder: house.pins.keyholder.rootThumbprint,
      }
      t.equal((await verifyAuditPackage(unpack(bytes), pins)).verdict, 'verified')
    },
  )

  await t.test('people can read the pages', { skip: noBrowser }, async (t) => {
    const browser = await openBrowser(t)
    const open = await file()
    const shown: readonly (readonly [TestOfficer, string, string])[] = [
      [pia, '/console/review-cases', 'review-cases'],
      [pia, '/console/audit', 'audit'],
      [pia, '/console/subject-requests', 'subject-requests'],
      [pia, pageOf(open), 'subject-request-task'],
      [gerard, pageOf(open), 'subject-request-filed'],
    ]
    for (const [at, width] of widths.entries()) {
      const language = at === 0 ? 'nl' : 'en'
      for (const officer of [pia, gerard]) {
        const { page, context, faults } = await visit(browser, { width, language })
        await page.goto(`${house.origin}/console/sign-in/begin`)
        await page.getByLabel(/^Account/).fill(officer.account)
        await page.getByLabel(/^(?:Password|Wachtwoord)/).fill(officer.plainPassword)
        await page.getByLabel(/^Code/).fill(house.nextCode(officer))
        await page.keyboard.press('Enter')
        await page.waitForURL(`${house.origin}/console`)
        for (const [, path, name] of shown.filter(([whose]) => whose === officer)) {
          await page.goto(`${house.origin}${path}`)
          await lookAt(t, page, `${name}-${language}-${width}`)
        }
        t.strictSame(faults, [])
        await context.close()
      }
    }
  })
})
