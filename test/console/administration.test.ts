import type { Page } from 'playwright-core'
import t from 'tap'
import { policiesHere } from '../../scripts/write-docs/policy-matrix.ts'
import { makeAgencyKeys } from '../../src/client/agency-keys.ts'
import { answerChallenge } from '../../src/client/webhook-receiver.ts'
import { healthParts } from '../../src/console/pages/health.ts'
import { decideCell, roles as matrixRoles, states } from '../../src/decisions/matrix.ts'
import { lightOfEpochs, openGatewayHealth } from '../../src/gateway-health.ts'
import { shifted } from '../../src/kernel/clock.ts'
import type { AgencyId } from '../../src/kernel/ids.ts'
import { randomUuid } from '../../src/kernel/random.ts'
import { agreementHashOf } from '../../src/proofs/agreement.ts'
import { thumbprintOf } from '../../src/proofs/statement.ts'
import { agreementsPerPage } from '../../src/wire/agreement.ts'
import type { WebhookTest } from '../../src/wire/webhook.ts'
import { lookAt, noBrowser, openBrowser, visit, widths } from '../support/browser.ts'
import { csrfIn, openConsoleHouse, type TestOfficer } from '../support/console.ts'
import { withRoles } from '../support/house.ts'
import { openReceiver, receiverHost } from '../support/receiver.ts'
import { signalAbout } from '../support/signals.ts'

const inBrowser = { skip: noBrowser }

t.test('the pages of an administrator', async (t) => {
  const receiver = await openReceiver(t)
  const house = await openConsoleHouse(t, {
    webhooks: {
      networks: ['127.0.0.0/8'],
      ports: [receiver.port],
      authoritiesFile: receiver.authoritiesFile,
    },
    resolve: async () => ['127.0.0.1'],
  })
  const politie = await house.admit('politie')
  const gemeente = await house.admit('gemeente')
  const jeugdzorg = await house.admit('jeugdzorg')
  const first = await house.agree([politie, gemeente], { title: 'Samen tegen uitbuiting' })
  const second = {
    ...house.draft([politie, gemeente, jeugdzorg]),
    title: 'Samen tegen uitbuiting, met jeugdzorg',
    domain: first.content.domain,
    previous: first.hash,
    retentionMonths: 6,
    conditions: ['Alleen bij een vermoeden <b>van</b> uitbuiting'],
  }
  await gemeente.partner.acceptAgreement(second)
  const secondHash = agreementHashOf(second)
  await politie.call('POST', '/v1/signals', signalAbout({ bsn: 'one' }, first))
  const rik = await house.employ('rik', 'politie', ['reporter'])
  const adam = await house.employ('adam', 'politie', ['administrator'])
  const anna = await house.employ('anna', 'politie', ['analyst', 'privacy-officer'])
  const jan = await house.employ('jan', 'jeugdzorg', ['administrator'])
  const bea = await house.employ('bea', 'buiten', ['administrator'])
  await house.admit('buiten')
  const { signing: receiverKey } = await makeAgencyKeys()
  const url = `https://${receiverHost}:${receiver.port}/hook`
  const answering = (): void =>
    receiver.answer(async (came, response) => {
      const event = JSON.parse(came.body.toString())
      if (event.data?.challenge === undefined) return void response.writeHead(204).end()
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(await answerChallenge(event, url, receiverKey)))
    })
  const { body: registered } = await politie.call<WebhookTest>(
    'POST',
    '/v1/notifications/webhooks',
    {
      url,
      keyThumbprint: await thumbprintOf(receiverKey),
    },
  )
  const oneOf = (hash: string) =>
    `/console/agreements/one?${new URLSearchParams({ agreement: hash })}`

  await t.test('an administrator sees the agreements of its agency and what waits', async (t) => {
    const visitor = await house.signIn(adam)
    const { status, text } = await visitor.ask('/console/agreements')
    t.equal(status, 200)
    t.match(text, /Samen tegen uitbuiting, met jeugdzorg/)
    t.match(text, /Uw organisatie moet nog tekenen/)
    t.match(text, /Agency politie, Agency jeugdzorg|Agency jeugdzorg, Agency politie/)
    const start = await visitor.ask('/console')
    t.match(start.text, /op de handtekening van uw organisatie wacht: Samen tegen uitbuiting, met/)
  })

  await t.test(
    'one agreement: terms, differences, signatures, and how to sign elsewhere',
    async (t) => {
      const visitor = await house.signIn(adam)
      const { text } = await visitor.ask(oneOf(secondHash))
      t.match(text, /Verschillen met de vorige versie/)
      t.match(text, /Partij Agency jeugdzorg/)
      t.match(text, /Hoe lang signalen blijven/)
      t.match(text, /&lt;b&gt;van&lt;\/b&gt;/, 'what parties wrote is text')
      t.match(text, /https:\/\/connector\.politie\.example\//)
      t.match(text, /agreement sign agreement\.json --agency politie/)
      t.notMatch(text, /method="post" action="\/console\/agreements/, 'nothing is signed here')
      const standing = await visitor.ask(oneOf(first.hash))
      t.match(standing.text, /Dit is de eerste versie/)
      t.match(standing.text, /agreement end/)
      t.notMatch(standing.text, /agreement sign/)
    },
  )

  await t.test(
    'a newcomer reads the version that it may sign, and not the one before',
    async (t) => {
      const visitor = await house.signIn(jan)
      const { text } = await visitor.ask(oneOf(secondHash))
      t.match(text, /waarbij uw organisatie geen partij was/)
      t.match(text, /kent geen adres van de connector/)
      t.notMatch(text, /Verschillen met de vorige versie/)
      t.equal((await visitor.ask(oneOf(first.hash))).status, 404)
    },
  )

  await t.test('others find none of it, and what is not there looks the same', async (t) => {
    const outsider = await house.signIn(bea)
    const theirs = await outsider.ask(oneOf(first.hash))
    const nobodys = await outsider.ask(oneOf(`${first.hash.slice(0, -2)}AA`))
    t.equal(theirs.status, 404)
    t.equal(nobodys.status, 404)
    t.equal((await outsider.ask('/console/agreements/one')).status, 404)
    t.match(await outsider.ask('/console/agreements'), { status: 200, text: /geen overeenkomst/ })
    const analyst = await house.signIn(anna)
    t.equal((await analyst.ask('/console/agreements')).status, 403)
    t.equal((await analyst.ask(oneOf(first.hash))).status, 403)
  })

  const rowOf = (page: string, part: string): string =>
    page.split('<tr').find((row) => row.includes(part)) ?? ''

  await t.test(
    'health: each part has its light, and a keyholder that is away is red',
    async (t) => {
      const visitor = await house.signIn(adam)
      const { status, text } = await visitor.ask('/console/health')
      t.equal(status, 200)
      t.match(rowOf(text, 'Database en logboek'), /Werkt/)
      t.match(rowOf(text, 'Sleutelhouder'), /badge--ok/)
      t.match(rowOf(text, 'Sleutels van uw domeinen'), /badge--ok/)
      t.match(rowOf(text, 'Versturen van berichten'), /badge--ok/)
      await house.stop('keyholder')
      const without = await visitor.ask('/console/health')
      t.match(rowOf(without.text, 'Sleutelhouder'), /badge--danger.*Er kwam niet op tijd/s)
      t.match(rowOf(without.text, 'Database en logboek'), /badge--ok/, 'one holds no other up')
      t.match((await visitor.ask('/console')).text, /Werkt niet: Sleutelhouder/)
      await house.start('keyholder')
      t.notMatch((await visitor.ask('/console')).text, /Werkt niet: Sleutelhouder/)
      const analyst = await house.signIn(anna)
      t.equal((await analyst.ask('/console/health')).status, 403)
      t.notMatch((await analyst.ask('/console')).text, /Werkt niet/)
    },
  )

  await t.test('health: what has waited too long is yellow, then red', async (t) => {
    const now = house.clock.now()
    const ago = (seconds: number) => shifted(now, -seconds)
    type Rooms = Parameters<typeof openGatewayHealth>[0]
    const lightsOf = async (change: Partial<Rooms>) => {
      const health = openGatewayHealth({
        clock: { now: () => now },
        db: house.db.gateway,
        keyholderUrl: house.pins.keyholder.url,
        ledger: { appendedAt: async (_db, index) => (index === undefined ? now : undefined) },
        cosignatures: { list: async () => [] },
        retention: {
          standings: async () => [{ run: 'archive', lastSucceededAt: now, due: 'none' }],
        },
        webhooks: { dueSince: async () => undefined },
        ...change,
      })
      const found = await health.look(politie.id as AgencyId)
      return Object.fromEntries(found.map(({ part, light }) => [part, light]))
    }
    const all = Object.fromEntries(healthParts.map((part) => [part, 'green']))
    t.same(await lightsOf({}), all)
    const runs = (due: 'none' | 'many', ...seconds: (number | undefined)[]) => ({
      retention: {
        standings: async () =>
          seconds.map((one) => ({
            run: 'archive' as const,
            lastSucceededAt: one === undefined ? undefined : ago(one),
            due,
          })),
      },
    })
    const ledger = (seconds: number) => ({ ledger: { appendedAt: async () => ago(seconds) } })
    const outbox = (seconds: number) => ({ webhooks: { dueSince: async () => ago(seconds) } })
    const expected: readonly (readonly [Partial<Rooms>, Record<string, string>])[] = [
      [ledger(120), {}],
      [ledger(121), { witness: 'yellow' }],
      [ledger(901), { witness: 'red' }],
      [outbox(180), {}],
      [outbox(181), { outbox: 'yellow' }],
      [outbox(901), { outbox: 'red' }],
      [runs('none', 10, 200), { retention: 'yellow' }],
      [runs('none', 10, 901), { retention: 'red' }],
      [runs('none', 901, 902), { work: 'red', retention: 'red' }],
      [runs('many', 10), { retention: 'yellow' }],
      [runs('none', undefined, 10), { retention: 'yellow' }],
      [runs('none', undefined), { work: 'yellow', retention: 'yellow' }],
      [{ keyholderUrl: 'http://127.0.0.1:1' }, { keyholder: 'red' }],
    ]
    for (const [change, lights] of expected) {
      t.same(await lightsOf(change), { ...all, ...lights }, JSON.stringify(lights))
    }
  })

  await t.test('health: an epoch that closes is seen before and after', async (t) => {
    const at = house.clock.now()
    const standing = (...closes: (number | undefined)[]) => {
      const open = closes.map((days, index) => ({
        epoch: index + 1,
        state: 'open' as const,
        openedAt: at,
        closesAt: days === undefined ? undefined : shifted(at, days * 86_400),
      }))
      return { domain: 'one', epochs: open, open }
    }
    t.equal(lightOfEpochs([], at), 'green')
    t.equal(lightOfEpochs([standing(undefined)], at), 'green')
    t.equal(lightOfEpochs([standing(15)], at), 'green')
    t.equal(lightOfEpochs([standing(undefined), standing(13)], at), 'yellow')
    t.equal(lightOfEpochs([standing(13, undefined)], at), 'green', 'the next one is open already')
    t.equal(lightOfEpochs([standing(13), standing()], at), 'red')
    const visitor = await house.signIn(adam)
    const { domain } = first.content
    await house.db.gateway
      .insertInto('domain_share')
      .values({
        domain,
        epoch: 1,
        sealed_share: null,
        public_key: Buffer.alloc(32),
        made_at: at,
        opened_at: at,
      })
      .execute()
    const closed = await visitor.ask('/console/health')
    t.match(rowOf(closed.text, 'Sleutels van uw domeinen'), /badge--danger/)
    const jans = await house.signIn(jan)
    t.match(
      rowOf((await jans.ask('/console/health')).text, 'Sleutels van uw domeinen'),
      /badge--ok/,
      'it is no domain of this agency yet',
    )
    await house.db.gateway.deleteFrom('domain_share').where('domain', '=', domain).execute()
  })

  await t.test('the own agency: its keys, what is left of quotas, its epochs', async (t) => {
    const visitor = await house.signIn(adam)
    const { domain } = first.content
    await house.db.gateway
      .insertInto('quota_use')
      .values({
        agency_id: politie.id,
        domain,
        kind: 'submission',
        day: house.clock.now().toISOString().slice(0, 10),
        used: '45000',
      })
      .onConflict((conflict) =>
        conflict.columns(['agency_id', 'domain', 'kind', 'day']).doUpdateSet({ used: '45000' }),
      )
      .execute()
    const { status, text } = await visitor.ask('/console/agency')
    t.equal(status, 200)
    t.match(text, politie.rootThumbprint)
    t.match(rowOf(text, 'Systeem'), await thumbprintOf(politie.keys.client))
    t.match(rowOf(text, 'Inzendingen'), /45\.000.*50\.000.*Bijna op/s)
    t.match(rowOf(text, 'Evaluaties'), />0<.*200\.000/s)
    t.match(text, /Tijdvakken van de domeinen/)
    const other = await (await house.signIn(jan)).ask('/console/agency')
    t.notMatch(other.text, politie.rootThumbprint)
    t.notMatch(other.text, /45\.000/)
    t.match(other.text, /geen overeenkomst die van kracht is/)
    t.equal((await (await house.signIn(anna)).ask('/console/agency')).status, 403)
  })

  await t.test('a webhook is seen, tried with a button, and by nobody else', async (t) => {
    const visitor = await house.signIn(adam)
    const { text } = await visitor.ask('/console/webhooks')
    t.match(text, url)
    t.match(text, /Nog niet bevestigd/)
    const { id } = registered.webhook
    const test = `/console/webhooks/${id}/test`
    t.equal((await visitor.send(test, {})).status, 403, 'without the token of the form')
    const csrf = csrfIn(text)
    const before = (await house.entries('gateway')).length
    const refused = await visitor.send(test, { csrf })
    t.match(refused, { status: 303, location: /result=wrong-answer/ })
    t.match((await visitor.ask(refused.location)).text, /niet met het juiste woord/)
    answering()
    const accepted = await visitor.send(test, { csrf })
    const shown = await visitor.ask(accepted.location)
    t.match(shown.text, /Het antwoordde zoals het hoort/)
    t.match(shown.text, /Actief/)
    t.match(
      (await house.entries('gateway', before)).filter(({ kind }) => kind === 'webhook.test'),
      [{ outcome: 'permit', officer: 'officer-adam' }, { outcome: 'permit' }],
    )
    const other = await house.signIn(jan)
    const theirs = await other.ask('/console/webhooks')
    t.notMatch(theirs.text, url)
    const session = await other.ask('/console/sessions')
    const forged = await other.send(test, { csrf: csrfIn(session.text) })
    t.equal(forged.status, 404, 'it is not there for another agency')
    const analyst = await house.signIn(anna)
    t.equal((await analyst.ask('/console/webhooks')).status, 403)
    const csrfOfAnalyst = csrfIn((await analyst.ask('/console/sessions')).text)
    t.equal((await analyst.send(test, { csrf: csrfOfAnalyst })).status, 403)
  })

  await t.test('the start page tells of a webhook that was paused', async (t) => {
    const { id } = registered.webhook
    const state = (to: 'paused' | 'active') =>
      house.db.gateway.updateTable('webhook').set({ state: to }).where('id', '=', id).execute()
    const visitor = await house.signIn(adam)
    t.notMatch((await visitor.ask('/console')).text, /Webhook die berichten niet bereiken/)
    await state('paused')
    t.match((await visitor.ask('/console')).text, /Webhook die berichten niet bereiken/)
    await state('active')
    const deadNotice = randomUuid(house.random)
    await house.db.gateway
      .insertInto('notice')
      .values({
        id: deadNotice,
        agency_id: politie.id,
        sequence: 1,
        kind: 'webhook-paused',
        about: '/v1/notifications/webhooks',
        agreement_hash: null,
        on_behalf_of: null,
        made_at: house.clock.now(),
        acknowledged_at: null,
      })
      .execute()
    await house.db.gateway
      .insertInto('webhook_delivery')
      .values({
        webhook_id: id,
        notice_id: deadNotice,
        state: 'dead',
        attempts: 12,
        attempted_at: house.clock.now(),
        result: 'timeout',
        status: null,
      })
      .execute()
    t.match((await visitor.ask('/console')).text, /Webhook die berichten niet bereiken/)
    const shown = (await visitor.ask('/console/webhooks')).text
    t.match(rowOf(shown, 'niet op tijd'), />12</)
    t.notMatch((await (await house.signIn(jan)).ask('/console/webhooks')).text, /zijn opgegeven/)
  })

  await t.test(
    'the matrix says what the policies in force decide, with their reasons',
    async (t) => {
      const visitor = await house.signIn(adam)
      const ask = async (query: Record<string, string>) =>
        (await visitor.ask(`/console/matrix?${new URLSearchParams(query)}`)).text
      const decide = policiesHere()
      const chosen = [
        { act: 'signal.submit', owner: undefined, purpose: 'that of the agreement' },
        { act: 'signal.submit', owner: undefined, purpose: 'another' },
        { act: 'signal.read', owner: 'own', purpose: 'that of the agreement' },
        { act: 'signal.read', owner: 'another agency’s', purpose: 'that of the agreement' },
      ] as const
      for (const { act, owner, purpose } of chosen) {
        const text = await ask({ act, purpose, ...(owner === undefined ? {} : { owner }) })
        const found = [...text.matchAll(/raakvlak-badge[^>]*>(Mag|Mag niet)</g)].map(
          ([, one]) => one,
        )
        const wanted = matrixRoles.flatMap((role) =>
          states.map((state) =>
            decideCell(decide, { act, role, state, purpose, owner }).outcome === 'permit'
              ? 'Mag'
              : 'Mag niet',
          ),
        )
        t.strictSame(found, wanted, `${act} ${owner ?? ''} ${purpose}`)
        const numbers = [...text.matchAll(/href="#reason-(\d+)"/g)].map(([, one]) => Number(one))
        t.equal(text.split('id="reason-').length - 1, Math.max(...numbers), 'each reason is told')
      }
      t.match(await ask({ act: 'no.such', purpose: '<b>' }), /signal\.submit: per rol/)
      const reporter = await house.signIn(rik)
      t.equal((await reporter.ask('/console/matrix')).status, 403)
    },
  )

  await t.test(
    'what if: a draft is tried out on the own decisions, and changes nothing',
    async (t) => {
      const visitor = await house.signIn(adam)
      const whatIf = (hash: string) =>
        visitor.ask(`/console/what-if?${new URLSearchParams({ agreement: hash })}`)
      const proposed = await whatIf(secondHash)
      t.match(proposed.text, /nog eens zijn genomen: ([1-9]\d*)\. Daarvan blijven gelijk: \1\./)
      t.match(proposed.text, /Geen beslissing zou anders zijn geweest/)
      const csrf = csrfIn(proposed.text)
      const draft = JSON.stringify({ ...second, categories: ['organ-removal'] })
      const before = (await house.entries('gateway')).length
      t.equal((await visitor.send('/console/what-if', { draft })).status, 403, 'a forged form')
      t.equal((await house.entries('gateway')).length, before)
      const turned = await visitor.send('/console/what-if', { draft, csrf })
      t.equal(turned.status, 200)
      t.match(rowOf(turned.text, 'signal.submit'), /Toegestaan.*Geweigerd/s)
      t.match(await house.entries('gateway', before), [
        { kind: 'decision.simulate', outcome: 'permit', officer: 'officer-adam' },
      ])
      for (const wrong of ['{', '{"title":"x"}', '[]', '']) {
        const answer = await visitor.send('/console/what-if', { draft: wrong, csrf })
        t.match(answer, { status: 400, text: /Dit is geen inhoud van een overeenkomst/ }, wrong)
      }
      const theirs = house.draft([gemeente, jeugdzorg])
      const others = await visitor.send('/console/what-if', { draft: JSON.stringify(theirs), csrf })
      t.equal(others.status, 404, 'a draft without the own agency')
      const outsider = await house.signIn(bea)
      const path = `/console/what-if?${new URLSearchParams({ agreement: secondHash })}`
      t.equal((await outsider.ask(path)).status, 404)
      t.equal((await (await house.signIn(anna)).ask(path)).status, 403)
    },
  )

  await t.test('in a browser, at both widths and in both languages', inBrowser, async (t) => {
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
    const open = (page: Page, path: string) => page.goto(`${origin}${path}`)

    for (const width of widths) {
      for (const language of ['nl', 'en']) {
        const name = (page: string) => `${page}-${language}-${width}`
        const { page, context, faults } = await signedIn(adam, width, language)
        await lookAt(t, page, name('administrator-start'))
        await open(page, '/console/agreements')
        await lookAt(t, page, name('agreements'))
        await open(page, oneOf(secondHash))
        await lookAt(t, page, name('agreement'))
        await open(page, oneOf(first.hash))
        await lookAt(t, page, name('agreement-standing'))
        await open(page, '/console/health')
        await lookAt(t, page, name('health'))
        await open(page, '/console/agency')
        await lookAt(t, page, name('agency'))
        await open(page, '/console/matrix')
        await lookAt(t, page, name('matrix'))
        await open(page, `/console/what-if?${new URLSearchParams({ agreement: secondHash })}`)
        await lookAt(t, page, name('what-if'))
        const draft = { ...second, categories: ['organ-removal'] }
        await page.locator('textarea').fill(JSON.stringify(draft))
        await page.getByRole('button', { name: /Uitproberen|Try it out/ }).press('Enter')
        await page.locator('tbody tr').first().waitFor()
        await lookAt(t, page, name('what-if-turned'))
        await page.locator('textarea').fill('{')
        await page.getByRole('button', { name: /Uitproberen|Try it out/ }).press('Enter')
        await page.getByRole('alert').waitFor()
        await lookAt(t, page, name('what-if-wrong'))
        await open(page, '/console/webhooks')
        await page.getByRole('button', { name: /testen|Test/ }).press('Enter')
        await page.getByText(/antwoordde zoals|answered as/).waitFor()
        await lookAt(t, page, name('webhooks'))
        t.strictSame(faults, [])
        await context.close()
      }
    }
  })
})

t.test('the life of an agreement, as its administrator sees it', async (t) => {
  const house = await openConsoleHouse(t)
  const politie = await house.admit('politie')
  const gemeente = await house.admit('gemeente')
  const adam = await house.employ('adam', 'politie', ['administrator'])
  const visitor = await house.signIn(adam)
  const show = async (hash: string) =>
    (await visitor.ask(`/console/agreements/one?${new URLSearchParams({ agreement: hash })}`)).text
  const rowOf = (page: string, part: string): string =>
    page.split('<tr').find((row) => row.includes(part)) ?? ''

  await t.test('of two keys one has signed, and a rejection is seen as one', async (t) => {
    const content = house.draft([politie, gemeente], { purpose: 'purpose-one' })
    const [first, ...others] = content.parties
    t.ok(first)
    const careful = {
      ...content,
      domain: 'one-persons',
      parties: [...(first === undefined ? [] : [{ ...first, fourEyes: true }]), ...others],
    }
    await politie.partner.acceptAgreement(careful)
    const hash = agreementHashOf(careful)
    t.match(rowOf(await show(hash), 'Agency politie'), /Eén van twee sleutels tekende/)
    t.match(await show(hash), /Uw organisatie moet nog tekenen/)
    await gemeente.partner.acceptAgreement(careful)
    await gemeente.partner.rejectAgreement(hash)
    const rejected = await show(hash)
    t.match(rejected, /Beëindigd/)
    t.match(rowOf(rejected, 'Agency gemeente'), /Afgewezen/)
    t.match(rowOf(rejected, 'Agency politie'), /Tekende niet/)
    t.notMatch(rejected, /agreement (?:sign|end)/, 'nothing is left to do')
    t.notMatch((await visitor.ask('/console')).text, /handtekening/)
  })

  await t.test('a successor takes its place, and each change is told as it is', async (t) => {
    const old = await house.agree([politie, gemeente], {
      title: 'submit',
      conditions: ['{"a":1}', 'yes'],
      nonPunishment: {
        agency: 'gemeente',
        contactDesk: 'Bureau',
        escalationDesk: 'Directie',
        workingDays: 5,
      },
      emergency: {
        reviewDays: 3,
        perDay: 3,
        legalBases: [politie, gemeente].map(({ id }) => ({
          agency: id,
          codes: ['avg-6-1-d', 'avg-9-2-c', 'avg-10'],
        })),
      },
    })
    const standing = await show(old.hash)
    t.match(standing, /Agency gemeente kijkt binnen 5 werkdagen opnieuw.*Bureau.*Directie/s)
    t.match(standing, /Mag bij acuut levensgevaar, hooguit 3 keer.*Agency politie: /s)
    const [one, two] = old.content.parties
    const desk = { name: 'Nieuw loket', deputy: 'Vervanger', absences: [] }
    const { nonPunishment: _, ...content } = old.content
    const next = {
      ...content,
      id: house.draft([politie, gemeente]).id,
      previous: old.hash,
      title: 'no',
      conditions: ['{"a":2}'],
      validity: {
        ...content.validity,
        notAfter: shifted(new Date(content.validity.notAfter), 1).toISOString(),
      },
      parties: [
        ...(one === undefined ? [] : [{ ...one, contactDesk: desk, fourEyes: true }]),
        ...(two === undefined ? [] : [withRoles(two, ['submit'])]),
      ],
    }
    await gemeente.partner.acceptAgreement(next)
    const text = await show(agreementHashOf(next))
    t.match(rowOf(text, '>Titel<'), />submit<.*>no</s, 'words of parties are no codes')
    t.match(rowOf(text, 'nu ook'), /\{&quot;a&quot;:2\}/)
    t.match(rowOf(text, '>Non-punishment<'), /Agency gemeente.*Werkdagen: 5.*niets/s)
    t.match(rowOf(text, 'Geldigheid, Tot'), /\d{4}-\d{2}-\d{2}T.*Z.*\d{4}-\d{2}-\d{2}T.*Z/s)
    t.match(rowOf(text, 'Agency politie, Contactpunt, Vervanger'), /niets.*Vervanger/s)
    t.match(rowOf(text, 'Agency politie, Twee sleutels'), /Nee.*Ja/s)
    t.match(rowOf(text, 'Agency gemeente, Rollen'), /ontvangt.*niet meer/s)
    const whole = { ...next, parties: content.parties }
    await gemeente.partner.acceptAgreement(whole)
    await politie.partner.acceptAgreement(whole)
    const former = await show(old.hash)
    t.match(former, /Een latere versie komt in de plaats/)
    t.match(former, encodeURIComponent(agreementHashOf(whole)))
    await gemeente.partner.revokeAgreement(agreementHashOf(whole))
    t.match(rowOf(await show(agreementHashOf(whole)), 'Agency gemeente'), /Beëindigde haar/)
  })

  await t.test('more than one page of agreements is turned by a link', async (t) => {
    for (let count = 0; count < agreementsPerPage; count += 1) {
      const purpose = 'purpose-two'
      await gemeente.partner.acceptAgreement(
        house.draft([politie, gemeente], { purpose, domain: 'two-persons' }),
      )
    }
    const { text } = await visitor.ask('/console/agreements')
    t.equal(text.split('data-row').length - 1, agreementsPerPage)
    const next = /href="([^"]+after=[^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const rest = await visitor.ask(next)
    t.equal(rest.status, 200)
    t.ok(rest.text.split('data-row').length - 1 > 0)
    t.notMatch(rest.text, /Volgende pagina/)
  })
})
