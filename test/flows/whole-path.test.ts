import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import t from 'tap'
import { readRows } from '../../src/client/rows.ts'
import { keyedRowOf } from '../../src/client/signal-bodies.ts'
import { makeBundle } from '../../src/connector/bundle.ts'
import { codeAt } from '../../src/console/accounts.ts'
import { base64url, hex, utf8 } from '../../src/kernel/bytes.ts'
import { dayOf } from '../../src/kernel/clock.ts'
import { textsOf } from '../../src/reporter-page/texts.ts'
import { sealedFields } from '../../src/wire/codes/disclosures.ts'
import { feedbackStatuses } from '../../src/wire/codes/follow-ups.ts'
import { heaviest, lookAt, noBrowser, openBrowser, type Visit, visit } from '../support/browser.ts'
import { openTestConnector, type TestConnector } from '../support/connector.ts'
import { openConsoleHouse, type TestOfficer } from '../support/console.ts'
import type { Needle } from '../support/leak-search.ts'
import { type Haystack, needlesOf, openSearch, unfolded } from '../support/leak-search.ts'
import { listenToOutgoing } from '../support/outgoing.ts'
import { fillIn, person, press, type TypedPerson, title } from '../support/reporter.ts'
import { dumpOf } from '../support/table-dump.ts'

/**
 * One signal from a reporter's screen to its outcome and back, in a browser, through two agencies' connectors and the
 * console; and then everything that left a screen, a connector or an operator is searched for who it was about.
 */
type Walk = {
  readonly width: number
  readonly language: 'nl' | 'en'
  readonly who: TypedPerson
  readonly mark: string
}

const typedMark = 'typed: '

const walks: readonly Walk[] = [
  { width: 1280, language: 'nl', who: person, mark: 'A' },
  {
    width: 320,
    language: 'en',
    mark: 'B',
    who: {
      givenNames: 'Adalberta',
      familyName: 'Kwispelhorst',
      birthDate: '02-02-2001',
      bsn: '999991772',
      narrative: 'She said that a man waits for her at the station every evening.',
    },
  },
]

if (noBrowser) t.plan(0, noBrowser)
else await walkThrough()

async function walkThrough(): Promise<void> {
  t.setTimeout(300_000)
  const sent = listenToOutgoing(t)
  const house = await openConsoleHouse(t)
  const politie = await house.admit('politie')
  const ngo = await house.admit('ngo')
  const under = await house.agree([politie, ngo])
  const bundle = await makeBundle()
  const atNgo = await openTestConnector(t, house, ngo, [under], bundle)
  const atPolitie = await openTestConnector(t, house, politie, [under], bundle)
  Object.assign(house.settings.gateway.console?.connectorUrls ?? {}, {
    politie: `${atPolitie.address}/`,
  })
  const browser = await openBrowser(t)
  const visits: Visit[] = []
  /** What stood in a field of a page, as the page itself says. */
  const typed = new Set<string>()
  const now = () => dayOf(house.clock.now())

  const open = async ({ width, language }: Walk): Promise<Visit> => {
    const locale = language === 'nl' ? 'nl-NL' : 'en-GB'
    const visited = await visit(browser, { width, language: locale })
    visits.push(visited)
    visited.page.on('console', (message) => {
      const [is, text = ''] = message.text().split(typedMark)
      if (is === '') typed.add(text)
    })
    await visited.page.addInitScript((mark) => {
      addEventListener('input', ({ target }) => {
        if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)
          console.debug(`${mark}${target.value}`)
      })
    }, typedMark)
    return visited
  }
  async function begin(
    page: Page,
    { address, codes }: TestConnector,
    role: 'reporter' | 'decider',
    language: Walk['language'],
  ): Promise<void> {
    const texts = textsOf[language]
    if (!page.url().startsWith(address)) await page.goto(address)
    if (language === 'en') await press(page, textsOf.nl.otherLanguage)
    await page.getByLabel(texts.signIn.code).fill(codes[role])
    await page.keyboard.press('Enter')
    await title(page, texts.start.title(role === 'reporter' ? 'Roos' : 'Daan'))
  }
  async function enter(page: Page, walk: Walk, caseReference: string): Promise<void> {
    const texts = textsOf[walk.language]
    await press(page, texts.start.enter)
    await fillIn(page, { who: walk.who, language: walk.language, caseReference })
    await lookAt(t, page, nameOf(walk, `entered-${caseReference}`), heaviest.entry)
    await press(page, texts.check.submit)
    await title(page, texts.sent.title)
  }
  async function signInAtConsole(page: Page, officer: TestOfficer): Promise<void> {
    await page.goto(`${house.origin}/console/sign-in/begin`)
    await page.getByLabel(/^Account/).fill(officer.account)
    await page.getByLabel(/^(?:Password|Wachtwoord)/).fill(officer.plainPassword)
    // The first code of an account: no other was taken, so that the clock may stay where it is.
    await page.getByLabel(/^Code/).fill(codeAt(officer.totp, house.clock.now()))
    await page.keyboard.press('Enter')
    await page.waitForURL(`${house.origin}/console`)
  }
  const nameOf = ({ width, language }: Walk, step: string) => `path-${step}-${language}-${width}`
  const limitOf = (page: Page) =>
    page.url().startsWith(house.origin) ? heaviest.console : heaviest.entry
  const said = (page: Page) => page.locator('main').innerText()

  for (const walk of walks) {
    const { language, mark, who } = walk
    const texts = textsOf[language]
    const narrative = sealedFields.find(({ code }) => code === 'narrative')?.[language] ?? ''
    await t.test(
      `from a reporter’s screen and back, ${language} at ${walk.width} px`,
      async (t) => {
        const look = (page: Page, step: string) =>
          lookAt(t, page, nameOf(walk, step), limitOf(page))
        const anna = await house.employ(`anna-${mark.toLowerCase()}`, 'politie', ['analyst'])
        const pia = await house.employ(`pia-${mark.toLowerCase()}`, 'politie', ['privacy-officer'])

        const reporter = await open(walk)
        await begin(reporter.page, atNgo, 'reporter', language)
        await enter(reporter.page, walk, `NGO-${mark}`)
        await look(reporter.page, '1-reporter-sent')

        const police = await open(walk)
        await begin(police.page, atPolitie, 'decider', language)
        await enter(police.page, walk, `POL-${mark}`)
        t.match(await said(police.page), texts.sent.call('Agency ngo', 'Desk of ngo'), 'an overlap')
        await look(police.page, '2-overlap')
        await police.context.close()

        const analyst = await open(walk)
        const { page } = analyst
        await signInAtConsole(page, anna)
        await look(page, '3-console-start')
        await page.goto(`${house.origin}/console/queue`)
        await look(page, '4-queue')
        await page.getByRole('link', { name: `POL-${mark}` }).press('Enter')
        await page.getByText('Desk of ngo').first().waitFor()
        await look(page, '5-overlap-page')
        const overlapPage = page.url()
        await page.locator(`a[href="${atPolitie.address}/"]`).press('Enter')
        await page.waitForURL(`${atPolitie.address}/`)
        await begin(page, atPolitie, 'decider', language)
        await press(page, texts.start.signals)
        await page.getByRole('button', { name: texts.signals.openOf(`POL-${mark}`) }).click()
        await press(page, texts.request.new)
        await page
          .getByLabel(texts.request.necessity)
          .fill('We meet her tomorrow and have to know whether she is safe.')
        await page.getByLabel(texts.decide.code).fill(atPolitie.codes.decider)
        await look(page, '6-analyst-asks')
        await press(page, texts.request.submit)
        await page.getByText(/^(?:Gevraagd|Asked)\./).waitFor()

        const owner = await open(walk)
        await begin(owner.page, atNgo, 'decider', language)
        await press(owner.page, texts.start.requests)
        await owner.page
          .locator('tr', { hasText: `NGO-${mark}` })
          .getByRole('button')
          .click()
        await title(owner.page, texts.request.titleOwner('Agency politie'))
        await owner.page.locator('summary', { hasText: texts.request.grant }).click()
        await owner.page.getByLabel(narrative).check()
        await owner.page.getByLabel(texts.decide.code).first().fill(atNgo.codes.decider)
        await look(owner.page, '7-owner-grants')
        await press(owner.page, texts.request.grant)
        await owner.page.getByText(texts.requests.states.granted, { exact: true }).waitFor()

        await press(page, texts.home)
        await press(page, texts.start.requests)
        await page
          .locator('tr', { hasText: `POL-${mark}` })
          .getByRole('button')
          .click()
        await page.getByLabel(texts.decide.code).fill(atPolitie.codes.decider)
        await press(page, texts.request.open)
        await title(page, texts.request.openedTitle)
        t.match(await said(page), who.narrative, 'the analyst reads what was sealed')
        await look(page, '8-analyst-reads')
        await press(page, texts.request.close)

        await page.goto(overlapPage)
        await page.locator('input[name="outcome"][value="support-started"]').check()
        await page.locator('form[action$="/conclude"] button').press('Enter')
        await page.locator('form[action$="/reopen"]').waitFor()
        await look(page, '9-outcome')

        await press(reporter.page, texts.sent.list)
        await reporter.page
          .getByRole('button', { name: texts.signals.openOf(`NGO-${mark}`) })
          .click()
        const told = feedbackStatuses.find(({ code }) => code === 'taken-up')?.[language] ?? '?'
        await reporter.page.getByText(told).waitFor()
        await look(reporter.page, '10-feedback')

        const officer = await open(walk)
        await signInAtConsole(officer.page, pia)
        for (const kind of [
          'disclosure.request',
          'disclosure.release',
          'follow-up.record-outcome',
        ]) {
          await officer.page.goto(
            `${house.origin}/console/accesses?occasion=spot-check&kind=${kind}`,
          )
          await officer.page.locator('tbody tr').first().locator('a').last().press('Enter')
          await officer.page.locator('[data-verdict].raakvlak-notice--ok').waitFor()
          t.ok(
            (await officer.page.locator('[data-holds="true"]').count()) >= 5,
            `${kind}: each step`,
          )
          t.equal(await officer.page.locator('[data-holds="false"]').count(), 0, `${kind} verifies`)
        }
        await look(officer.page, '11-verified')
        t.strictSame(
          visits.flatMap(({ faults }) => faults),
          [],
          'no page broke its policy',
        )
        for (const { context } of [reporter, analyst, owner, officer]) await context.close()
      },
    )
  }

  await t.test('what was typed about a person is nowhere but in those browsers', async (t) => {
    for (const { who, mark } of walks) {
      for (const text of Object.values(who)) t.ok(typed.has(text), `${text} was typed by ${mark}`)
    }
    const rows = walks.flatMap(({ who, mark }) => {
      const { bsn, givenNames, familyName, birthDate, narrative } = who
      const born = birthDate.split('-').toReversed().join('-')
      const csv = `caseReference,bsn,givenNames,familyName,birthDate,category,observedOn,narrative
X-${mark},${bsn},${givenNames},${familyName},${born},criminal-exploitation,${now()},${narrative}
`
      return readRows(utf8(csv), { today: now() }).rows
    })
    t.equal(rows.length, walks.length)
    const linkageKeys = rows.flatMap((row) => keyedRowOf(row).keys.map(({ value }) => value))
    const ofKeys = linkageKeys.flatMap((key): Needle[] =>
      [key, hex(utf8(key)), base64url(utf8(key))].map((form) => ({
        label: 'a linkage key',
        bytes: utf8(form),
        kind: 'exact',
      })),
    )
    const needles = [...rows.flatMap(needlesOf), ...ofKeys]
    const search = openSearch(needles)
    const files = globSync('agencies/**/*', { cwd: house.folder })
      .map((file) => join(house.folder, file))
      .filter((file) => statSync(file).isFile())
    const named = (begin: string) => sent.filter(({ name }) => name.startsWith(begin))
    const logs = { name: 'logs', bytes: Buffer.from(house.logged.join('\n')), raw: false }
    const answers = visits.flatMap((one) => one.answers)
    // The published page knows given names of everybody; what a decider opens its own connector shows it.
    const opened = answers.filter(({ name }) => name.endsWith('/_open'))
    t.equal(opened.length, walks.length)
    t.ok(opened.flatMap((hay) => search([hay])).length > 0, 'it is found where it may be read')
    const places: Readonly<Record<string, readonly Haystack[]>> = {
      'requests of browsers': visits.flatMap(({ traffic }) => traffic),
      'answers to browsers': answers.filter(({ name }) => !/\/(?:page\.js|_open)$/.test(name)),
      'requests of connectors and operators': [...named('request for '), ...named('body for ')],
      'answers to connectors and operators': named('answer for '),
      'database of the gateway': await dumpOf(house.db.gateway, 'gateway'),
      'database of the keyholder': await dumpOf(house.db.keyholder, 'keyholder'),
      logs: [logs],
      'files of agencies': files.map((name) => ({ name, bytes: readFileSync(name), raw: false })),
    }
    const stack = Object.values(places).flat()
    for (const place of ['/api/evaluations', '/api/signals', '/v1/evaluations', '/v1/signals']) {
      t.ok(
        stack.some(({ name }) => name.includes(place)),
        `${place} is among what is searched`,
      )
    }
    t.ok(stack.some(({ name }) => name === 'gateway: signal.sealed'))
    t.ok(
      stack.some(({ name }) => name.startsWith('body for ')),
      'bodies too',
    )
    const found = stack.flatMap((hay) => search(unfolded(hay)))
    t.strictSame(
      [
        ...new Set(
          found.map(({ where, needle, around }) => `${needle.label}: ${where}: ${around}`),
        ),
      ],
      [],
    )
    // The controls: what may stand there is found where it does, and each needle where it is planted.
    const references = walks.map(
      ({ mark }): Needle => ({ label: mark, bytes: utf8(`NGO-${mark}`), kind: 'word' }),
    )
    const searchReferences = openSearch(references)
    for (const place of [
      'requests of browsers',
      'answers to browsers',
      'requests of connectors and operators',
      'answers to connectors and operators',
    ]) {
      const there = (places[place] ?? []).flatMap((hay) => searchReferences(unfolded(hay)))
      const marks = new Set(there.map(({ needle }) => needle.label))
      t.equal(marks.size, walks.length, `${place}: a case reference is found there`)
    }
    const searchAgency = openSearch([{ label: 'agency', bytes: utf8('politie'), kind: 'word' }])
    for (const place of ['database of the gateway', 'database of the keyholder']) {
      t.ok(searchAgency(places[place] ?? []).length > 0, `${place}: an agency is found there`)
    }
    const [first] = needles
    for (const [place, hays] of Object.entries(places)) {
      const [hay] = hays
      t.ok(hay && hay.bytes.length > 0, `${place}: there is something to search`)
      const bytes = Buffer.from(`${hay?.name} "${Buffer.from(first?.bytes ?? []).toString()}"`)
      const within = { name: place, bytes: Buffer.concat([hay?.bytes ?? bytes, bytes]), raw: false }
      t.ok(search(unfolded(within)).length > 0, `${place}: what is planted there is found`)
    }
    const seen = needles.map(({ bytes }) => {
      const alone = Buffer.from(`"${Buffer.from(bytes).toString()}"`)
      return search([{ name: 'planted', bytes: alone, raw: false }])
    })
    t.equal(seen.filter((finds) => finds.length === 0).length, 0, 'each needle is found')
    const labels = new Set(seen.flat().map(({ needle }) => needle.label))
    for (const label of ['BSN', 'birth date', 'full name', 'narrative', 'a linkage key']) {
      t.ok(labels.has(label), label)
    }
  })
}
