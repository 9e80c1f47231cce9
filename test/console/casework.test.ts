import type { Page } from 'playwright-core'
import t from 'tap'
import { shifted } from '../../src/kernel/clock.ts'
import type { Overlap, SignalAnswer, SignalBody } from '../../src/wire/signal.ts'
import { lookAt, noBrowser, openBrowser, printed, visit, widths } from '../support/browser.ts'
import { csrfIn, makeVisitor, openConsoleHouse, type Visitor } from '../support/console.ts'
import type { HouseAgency } from '../support/house.ts'
import { signalAbout } from '../support/signals.ts'

const house = await openConsoleHouse(t)
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const jeugdzorg = await house.admit('jeugdzorg')
const now = house.clock.now()
const under = await house.agree([politie, gemeente, jeugdzorg], {
  title: 'Signalen van uitbuiting in de regio',
  lead: { minor: 'gemeente', organised: 'politie', general: 'politie' },
  nonPunishment: {
    agency: 'politie',
    contactDesk: 'Desk for reviews',
    escalationDesk: 'Head of the unit',
    workingDays: 5,
  },
  validity: { notBefore: now.toISOString(), notAfter: shifted(now, 600 * 86_400).toISOString() },
})
const anna = await house.employ('anna', 'politie', ['analyst'])
const cora = await house.employ('cora', 'politie', ['analyst', 'coordinator'])
const gert = await house.employ('gert', 'gemeente', ['analyst', 'coordinator'])
const rob = await house.employ('rob', 'politie', ['reporter'])

async function submit(agency: HouseAgency, subject: string, change: Partial<SignalBody> = {}) {
  const body = signalAbout({ bsn: subject }, under, {
    caseReference: `${agency.id}-${subject}`,
    ...change,
  })
  const answer = await agency.call<SignalAnswer>('POST', '/v1/signals', body)
  if (answer.status !== 201) throw new Error(answer.text)
  return answer.body
}

/** The overlap that a signal of the second agency made, as that agency knows it. */
async function met(subject: string, first = politie, second = gemeente): Promise<Overlap> {
  await submit(first, subject, { region: 'twente', ageBand: 'minor' })
  const { overlaps } = await submit(second, subject, { role: 'presumed-victim' })
  const [overlap] = overlaps
  if (overlap === undefined) throw new Error('no overlap')
  return overlap
}

t.teardown(() => {
  for (const line of house.logged)
    if (line.includes('a page of the console failed')) console.error(line)
})

// Clients keep the machine's time, and codes move the clock: what they say comes before anybody signs in.
for (const subject of ['one', 'two', 'three', 'four']) await met(subject)
await met('seven', politie, jeugdzorg)
await submit(gemeente, 'seven')
for (const subject of ['six', 'eight']) {
  await submit(jeugdzorg, subject, { role: 'presumed-victim' })
  await submit(politie, subject, { role: 'suspect' })
}
await house.operator('gateway').runDueWork()
const overlapAsked = await met('five')
const { number } = await gemeente.partner.disclosures.request(
  overlapAsked,
  {
    owner: 'politie',
    fields: ['narrative'],
    article: 'avg-6-1-e',
    necessity: 'We visit the family tomorrow and have to know what you saw.',
  },
  under,
)

const linkTo = (page: string, name: string): string =>
  new RegExp(`href="([^"]+)"[^>]*>${name}<`).exec(page)?.[1] ?? `no link to ${name}`

const versionIn = (page: string): string => /name="version" value="([^"]+)"/.exec(page)?.[1] ?? ''

/** Opens the page of a case from the queue. */
async function open(visitor: Visitor, name: string) {
  const address = linkTo((await visitor.ask('/console/queue')).text, name)
  return { address, page: (await visitor.ask(address)).text }
}

t.test('what an officer does in the console is decided and stands on the ledger', async (t) => {
  const visitor = await house.signIn(anna)
  const since = await house.ledgerSize('gateway')
  const { address, page } = await open(visitor, 'politie-one')
  t.match(page, /Agency gemeente/)
  t.match(page, /Desk of gemeente/)
  t.match(page, /zelfde officiële nummer/)
  const sent = await visitor.send(`${address}/acknowledge`, {
    csrf: csrfIn(page),
    version: versionIn(page),
  })
  t.equal(sent.status, 303)
  const entries = await house.entries('gateway', since)
  const own = entries.filter(({ client }) => client === 'console')
  t.strictSame(
    own.map(({ kind }) => kind),
    ['follow-up.list', 'follow-up.read', 'overlap.read', 'follow-up.acknowledge'],
  )
  for (const entry of own) {
    t.match(entry, { agency: 'politie', officer: 'officer-anna', outcome: 'permit' })
  }
  const decisions = await house.db.gateway.selectFrom('decision').selectAll().execute()
  t.ok(decisions.length >= own.length, 'and each has its decision')
})

t.test('an act on what has changed since does nothing, and says so', async (t) => {
  const visitor = await house.signIn(anna)
  const { address, page } = await open(visitor, 'politie-two')
  const fields = { csrf: csrfIn(page), version: versionIn(page) }
  t.equal((await visitor.send(`${address}/acknowledge`, fields)).status, 303)
  const again = await visitor.send(`${address}/acknowledge`, fields)
  t.equal(again.status, 409)
  t.match(again.text, /Iemand was u voor/)
})

t.test('exactly what the filter shows is taken along, and each row says by whom', async (t) => {
  const visitor = await house.signIn(anna)
  const csrf = csrfIn((await visitor.ask('/console/queue')).text)
  const since = await house.ledgerSize('gateway')
  const purpose = 'protecting-victims'
  const filter = { csrf, agreement: under.hash, quality: 'certain', lead: 'own' }
  const sent = await visitor.send('/console/queue/export', filter)
  t.equal(sent.headers.get('content-type'), 'text/csv; charset=utf-8')
  const lines = sent.text.trimEnd().split('\r\n')
  t.match(lines[0], /^(?:\uFEFF)?Uw zaak;Zekerheid;Met;Stand;Punten;/)
  t.match(sent.headers.get('content-disposition'), `queue-${lines.length - 1}.csv`)
  t.ok(lines.some((line) => line.startsWith('politie-one;')))
  const marks = lines.slice(1).filter((line) => /;officer-anna;politie;\d/.test(line))
  t.equal(marks.length, lines.length - 1, 'who, for which agency and when, on each row')
  t.ok(
    lines.slice(1).every((line) => line.includes(`;${purpose};`)),
    'and why',
  )
  const [entry, ...more] = await house.entries('gateway', since)
  t.match(entry, {
    kind: 'follow-up.export',
    outcome: 'permit',
    agency: 'politie',
    officer: 'officer-anna',
    agreement: under.hash,
    purpose,
    answerSize: 0,
  })
  t.strictSame(more, [], 'one entry, whose number tells of no match')
  const none = await visitor.send('/console/queue/export', { ...filter, lead: 'other' })
  t.match(none.headers.get('content-disposition'), 'queue-0.csv', 'another filter, another file')

  const before = await house.ledgerSize('gateway')
  const forged = await visitor.send('/console/queue/export', { ...filter, csrf: 'x' })
  t.equal(forged.status, 403, 'not from elsewhere')
  const reporter = await house.signIn(rob)
  const theirs = csrfIn((await reporter.ask('/console')).text)
  const refused = await reporter.send('/console/queue/export', { ...filter, csrf: theirs })
  t.equal(refused.status, 403, 'not for another role')
  t.equal(await house.ledgerSize('gateway'), before)
  const other = await house.signIn(gert)
  const own = csrfIn((await other.ask('/console/queue')).text)
  const gemeentes = await other.send('/console/queue/export', { csrf: own, agreement: under.hash })
  t.notMatch(gemeentes.text, /politie-one/, 'another agency takes what is its own')
  t.match(gemeentes.text, /gemeente-one/)
})

t.test('roles, other agencies and typed addresses open nothing', async (t) => {
  const visitor = await house.signIn(anna)
  const { address, page } = await open(visitor, 'politie-three')
  const reporter = await house.signIn(rob)
  t.equal((await reporter.ask('/console/queue')).status, 403, 'another role')
  t.equal((await reporter.ask(address)).status, 403)
  t.equal((await visitor.ask('/console/reviews')).status, 403, 'for the coordinator')
  t.equal((await visitor.ask('/console/workload')).status, 403)
  const other = await house.signIn(gert)
  const since = await house.ledgerSize('gateway')
  t.equal((await other.ask(address)).status, 404, 'the handle of another agency')
  t.equal((await house.entries('gateway', since)).length, 1, 'that it tried stands on the ledger')
  const text = 'Jan-Jansen-999990019'
  t.equal((await visitor.ask(`/console/follow-ups/${text}`)).status, 404)
  const stranger = makeVisitor(house.origin)
  t.equal((await stranger.send(`${address}/acknowledge`, { version: '1' })).status, 401)
  const settle = { csrf: csrfIn(page), version: versionIn(page), lead: 'politie' }
  t.equal((await visitor.send(`${address}/settle`, settle)).status, 403)
  const wrong = { csrf: csrfIn(page), version: versionIn(page), outcome: text }
  const answer = await visitor.send(`${address}/conclude`, wrong)
  t.equal(answer.status, 400)
  t.notMatch(answer.text, text)
  t.notOk(JSON.stringify(await house.entries('gateway')).includes('Jansen'))
  t.notOk(house.logged.some((line) => line.includes('Jansen')))
})

t.test('the whole way: outcome, and the other side sees what became of it', async (t) => {
  const visitor = await house.signIn(cora)
  const { address, page } = await open(visitor, 'politie-four')
  const csrf = csrfIn(page)
  t.equal((await visitor.send(`${address}/conclude`, { csrf, version: '1' })).status, 400)
  const sent = { csrf, version: versionIn(page), outcome: 'support-started' }
  t.equal((await visitor.send(`${address}/conclude`, sent)).status, 303)
  t.match((await visitor.ask(address)).text, /Hulp is aangeboden en gestart/)
  const other = await house.signIn(gert)
  t.match((await other.ask('/console/queue?state=over')).text, /gemeente-four/)
  const closed = (await visitor.ask(address)).text
  const reopened = { csrf: csrfIn(closed), version: versionIn(closed) }
  t.equal((await visitor.send(`${address}/reopen`, reopened)).status, 303)
})

t.test('filters narrow the queue, are addresses, and can be kept', async (t) => {
  const visitor = await house.signIn(cora)
  const narrow = await visitor.ask('/console/queue?lead=other')
  t.notMatch(narrow.text, /politie-one/)
  const page = await visitor.ask('/console/queue?lead=own&quality=certain')
  t.match(page.text, /politie-one/)
  const name = '<b>Mine</b>'
  const query = 'quality=certain&lead=own&elsewhere=1'
  const csrf = csrfIn(page.text)
  const kept = await visitor.send('/console/queue/filters', { csrf, name, query })
  t.equal(kept.location, '/console/queue?quality=certain&lead=own')
  const shown = (await visitor.ask('/console/queue')).text
  t.match(shown, /&lt;b&gt;Mine&lt;\/b&gt;/)
  t.notMatch(shown, name)
  const colleague = await house.signIn(anna)
  t.notMatch((await colleague.ask('/console/queue')).text, 'Mine', 'an officer’s own')
  await visitor.send('/console/queue/filters/forget', { csrf, name })
  t.notMatch((await visitor.ask('/console/queue')).text, 'Mine')
})

t.test('an owner answers a disclosure with a fresh second factor only', async (t) => {
  const visitor = await house.signIn(anna)
  const address = `/console/disclosures/${number}`
  const page = (await visitor.ask(address)).text
  t.match(page, /connector\.politie\.example/, 'granting happens elsewhere')
  house.clock.advance(5 * 60 + 1)
  t.match((await visitor.ask(address)).text, /prove\/begin/, 'the form waits')
  const sent = { csrf: csrfIn(page), answer: 'ask', reason: '', text: 'Which visit do you mean?' }
  const late = await visitor.send(`${address}/answer`, sent)
  t.equal(late.status, 400)
  t.match(late.text, /Which visit do you mean\?/, 'nothing typed is lost')
  t.match((await visitor.ask(address)).text, /Wacht op de eigenaar/)
  await house.signIn(anna, visitor, '/console/prove/begin?return=/console/proved')
  t.equal((await visitor.send(`${address}/answer`, { ...sent, text: 'short' })).status, 400)
  t.equal((await visitor.send(`${address}/answer`, sent)).status, 303, 'with the same form')
  t.match((await visitor.ask(address)).text, /De eigenaar vroeg iets terug/)

  const asker = await house.signIn(gert)
  const theirs = (await asker.ask(address)).text
  t.match(theirs, /Which visit do you mean\?/)
  const reply = { csrf: csrfIn(theirs), reply: 'answer', text: 'The one of the school.' }
  t.equal((await asker.send(`${address}/reply`, reply)).status, 303)
  const outsider = await house.signIn(
    await house.employ('jo', 'jeugdzorg', ['analyst', 'coordinator']),
  )
  t.equal((await outsider.ask(address)).status, 404)
})

t.test('a review of non-punishment is closed by the coordinator of the agency named', async (t) => {
  const visitor = await house.signIn(cora)
  t.match((await visitor.ask('/console')).text, /Beoordelingen van non-punishment: 2/)
  const page = (await visitor.ask('/console/reviews')).text
  const id = /reviews\/([0-9a-f-]{36})\/close/.exec(page)?.[1] ?? ''
  const csrf = csrfIn(page)
  const fields = { csrf, [`outcome-${id}`]: 'does-not-apply', [`reason-${id}`]: 'no-suspicion' }
  t.equal((await visitor.send(`/console/reviews/${id}/close`, fields)).status, 303)
  t.match((await visitor.ask('/console/reviews')).text, /Afgesloten/)
  const other = await house.signIn(gert)
  t.match((await other.ask('/console/reviews')).text, /beoordeelt niets/)
})

t.test('casework in a browser: readable, by keyboard alone', { skip: noBrowser }, async (t) => {
  const browser = await openBrowser(t)
  const visitor = await house.signIn(cora)
  const { address } = await open(visitor, 'politie-seven')

  const signedIn = async (page: Page) => {
    await page.goto(`${house.origin}/console/sign-in/begin?return=/console/queue`)
    await page.getByLabel(/^Account/).fill(cora.account)
    await page.getByLabel(/^(?:Password|Wachtwoord)/).fill(cora.plainPassword)
    await page.getByLabel(/^Code/).fill(house.nextCode(cora))
    await page.keyboard.press('Enter')
    await page.waitForURL(/console\/queue/)
  }
  for (const [width, language] of [
    [widths[0], 'nl'],
    [widths[1], 'en'],
  ] as const) {
    const { page, context, faults } = await visit(browser, { width, language })
    await signedIn(page)
    await lookAt(t, page, `queue-${language}-${width}`)
    for (const [name, path] of [
      ['start-coordinator', '/console'],
      ['queue-empty', '/console/queue?lead=other&late=yes'],
      ['overlap', address],
      ['disclosures', '/console/disclosures'],
      ['disclosure', `/console/disclosures/${number}`],
      ['reviews', '/console/reviews'],
      ['workload', '/console/workload'],
    ] as const) {
      await page.goto(`${house.origin}${path}`)
      await lookAt(t, page, `${name}-${language}-${width}`)
    }
    t.strictSame(faults, [], 'the browser had nothing to refuse')
    await page.goto(`${house.origin}/console/queue`)
    await printed(t, page, /officer-cora \(politie\).+Signalen van uitbuiting in de regio/s)
    await page.goto(`${house.origin}${address}`)
    await printed(t, page, /officer-cora \(politie\).+protecting-victims/s)
    if (width === widths[0]) {
      await page.goto(`${house.origin}/console/queue`)
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      t.equal(new URL(page.url()).hash, '#content', 'the first key leads past the menu')
      await page.keyboard.press('j')
      await page.keyboard.press('j')
      await page.keyboard.press('k')
      await page.keyboard.press('o')
      await page.waitForURL(/follow-ups/)
      await page.goto(`${house.origin}/console/queue`)
      await page.locator('[data-keys-choice] button').click()
      await page.keyboard.press('j')
      t.notOk(
        await page.evaluate(() => document.activeElement?.hasAttribute('data-open')),
        'switched off',
      )
      await page.goto(`${house.origin}${address}`)
      const size = await page.evaluate(() =>
        performance
          .getEntries()
          .reduce((sum, one) => sum + ((one as { transferSize?: number }).transferSize ?? 0), 0),
      )
      t.ok(size < 100_000, `a page weighs ${size} bytes`)
      t.comment(`the page of an overlap weighs ${size} bytes`)
    }
    await context.close()
  }
})
