import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { makeAgencyKeys } from '../../src/client/agency-keys.ts'
import { checkCeremony, holdCeremony, signCeremony } from '../../src/client/ceremonies.ts'
import { openDomainKeys } from '../../src/client/domain-keys.ts'
import { openJournal } from '../../src/client/journal.ts'
import { vouchFor } from '../../src/client/operators.ts'
import { openPartner } from '../../src/client/partner.ts'
import { renewRows } from '../../src/client/renewal.ts'
import type { SignalRow } from '../../src/client/rows.ts'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import { submitRows } from '../../src/client/submission.ts'
import { base64url, fromBase64url, utf8 } from '../../src/kernel/bytes.ts'
import { shifted } from '../../src/kernel/clock.ts'
import { randomUuid } from '../../src/kernel/random.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { ofEpoch, tokensByType } from '../../src/linkage/tokens.ts'
import { contradictsInAny } from '../../src/linkage/versions.ts'
import { combinePublicKeys, drawRefresh, keyShareOf } from '../../src/oprf/key-share.ts'
import { evaluate } from '../../src/oprf/operator.ts'
import { blind, combineAndFinalize } from '../../src/oprf/partner.ts'
import { type OperatorName, operatorNames, type PerOperator } from '../../src/oprf/types.ts'
import {
  hashOfStatement,
  type PrivateJwk,
  signStatement,
  thumbprintOf,
} from '../../src/proofs/statement.ts'
import { openCrypter } from '../../src/store/crypter.ts'
import type { CeremonyAct, CeremonyPayload } from '../../src/wire/ceremony.ts'
import type { Receipt } from '../../src/wire/common.ts'
import type { DomainKeysAnswer, DomainKeysContent } from '../../src/wire/evaluation.ts'
import { makeBatch } from '../support/batches.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { openListeningProxy } from '../support/listening-proxy.ts'

const house = await openHouse(t)
const { clock, random, pins, post } = house

// Between the operators, so that a crash of either can be staged at any message.
const link = await openListeningProxy(Number(new URL(pins.keyholder.url).port))
t.teardown(link.close)
house.settings.gateway.keyholder.url = link.url
await house.stop('gateway')
await house.start('gateway')

const seconds = {
  gateway: (await makeAgencyKeys()).root,
  keyholder: (await makeAgencyKeys()).root,
}
for (const name of operatorNames) {
  const thumbprint = await thumbprintOf(seconds[name])
  await vouchFor(pins[name], house.administrators[name], { thumbprint, at: clock.now() })
}
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')

/** An agreement with a domain of its own, whose first epoch is open. */
async function agreeIn(domain: string): Promise<UnderAgreement> {
  const under = await house.agree([politie, gemeente], { domain })
  for (const { partner } of [politie, gemeente]) await partner.domainKeys(domain)
  return under
}

type CeremonyChange = Partial<CeremonyPayload>

const ceremonyOf = (
  act: CeremonyAct,
  domain: string,
  epoch: number,
  change: CeremonyChange = {},
): CeremonyPayload => ({
  audience: { gateway: pins.gateway.rootThumbprint, keyholder: pins.keyholder.rootThumbprint },
  number: randomUuid(random),
  act,
  domain,
  epoch,
  issuedAt: clock.now().toISOString(),
  ...change,
})

const everyone = [
  ...operatorNames.map((name) => house.administrators[name]),
  ...Object.values(seconds),
]

const signedBy = (ceremony: CeremonyPayload, people: readonly PrivateJwk[] = everyone) =>
  Promise.all(people.map((key) => signCeremony(ceremony, key)))

async function hold(act: CeremonyAct, domain: string, epoch: number, change?: CeremonyChange) {
  const ceremony = ceremonyOf(act, domain, epoch, change)
  const proofs = await holdCeremony(pins, await signedBy(ceremony))
  return { ceremony, proofs }
}

const inDays = (days: number): string => shifted(clock.now(), days * 86_400).toISOString()

/** The day comes. Access tokens keep the machine's time, so the clock cannot be moved that far. */
async function letWindowEnd(domain: string): Promise<void> {
  for (const name of operatorNames) {
    await house.db[name]
      .updateTable('domain_share')
      .set({ closes_at: clock.now() })
      .where('domain', '=', domain)
      .where('closes_at', 'is not', null)
      .execute()
  }
}

const person: SignalRow['identity'] = {
  bsn: '999990007',
  phone: '+31610001234',
  givenNames: 'Anna',
  familyName: 'Jansen',
  birthDate: { year: 2001, month: 2, day: 3 },
}
const row = (caseReference: string, identity = person): SignalRow => ({
  line: 1,
  caseReference,
  identity,
  category: 'forced-begging',
  indicators: [],
  observedOn: clock.now().toISOString().slice(0, 10),
  role: 'unknown',
})

/** A client that has just started: it has kept no keys. */
const started = ({ id, keys }: HouseAgency) =>
  openPartner({ agency: id, client: 'connector', keys, pins, clock, random })

const signalOf = async (agency: HouseAgency, under: UnderAgreement, caseReference: string) => {
  const partner = started(agency)
  const [body] = await partner.prepare([row(caseReference)], under)
  if (body === undefined) throw new Error('no body')
  const [result] = await partner.submit([body])
  return { body, result }
}

const send = (agency: HouseAgency, batch: string) =>
  agency.call<Record<string, unknown>>('POST', '/v1/evaluations', { batch })

/** What a thief of an operator's database and key file has. */
async function stolenShare(name: OperatorName, domain: string, epoch = 1): Promise<Uint8Array> {
  const keys = JSON.parse(await readFile(join(house.folder, name, 'keys.json'), 'utf8'))
  const crypter = openCrypter(
    keys.columns.map((key: string) => new Secret(fromBase64url(key))),
    random,
  )
  const stored = await house.db[name]
    .selectFrom('domain_share')
    .select('sealed_share')
    .where('domain', '=', domain)
    .where('epoch', '=', epoch)
    .executeTakeFirstOrThrow()
  const place = { table: 'domain_share', row: `${domain}|${epoch}`, column: 'sealed_share' }
  return crypter.decrypt(place, stored.sealed_share ?? new Uint8Array())
}

/** The token of a linkage key under two scalars, as whoever holds both would compute it. */
function tokenUnder(scalars: PerOperator<Uint8Array>): string {
  const inputs = [utf8('lk1|bsn|999990007')]
  const { blinds, elements } = blind(inputs, random)
  const shares = {
    gateway: keyShareOf(scalars.gateway),
    keyholder: keyShareOf(scalars.keyholder),
  }
  const [token] = combineAndFinalize({
    inputs,
    blinds,
    blinded: elements,
    evaluations: {
      gateway: evaluate(shares.gateway, elements, random),
      keyholder: evaluate(shares.keyholder, elements, random),
    },
    publicKeys: { gateway: shares.gateway.publicKey, keyholder: shares.keyholder.publicKey },
  })
  return base64url(token ?? new Uint8Array())
}

const generations = async (domain: string) =>
  Promise.all(
    operatorNames.map(async (name) => {
      const stored = await house.db[name]
        .selectFrom('domain_share')
        .select('generation')
        .where('domain', '=', domain)
        .executeTakeFirstOrThrow()
      return stored.generation
    }),
  )

t.test('an epoch follows another, and matching goes on through the window', async (t) => {
  const domain = 'two-epochs'
  const under = await agreeIn(domain)
  const old = await signalOf(gemeente, under, 'OLD')
  t.match(old.result, { receipt: { version: 1 } })
  t.equal(old.body.epoch, 1)
  t.notOk(old.body.former)

  await hold('make', domain, 2)
  const early = await send(politie, await makeBatch(house, politie, under, { epoch: 2 }))
  t.equal(early.code, 'evaluation/unknown-domain', 'an epoch that is made is not open yet')
  await hold('open', domain, 2, { closesAt: inDays(20) })

  const between = await signalOf(politie, under, 'BETWEEN')
  t.match([between.body.epoch, between.body.former?.epoch], [2, 1])
  t.not(between.body.tokens[0]?.token, between.body.former?.tokens[0]?.token)
  t.match(between.result, { overlaps: [{ others: [{ agency: 'gemeente', quality: 'certain' }] }] })

  const { former: _left, ...without } = { ...between.body, id: randomUuid(random) }
  t.match((await politie.call('POST', '/v1/signals', without)).body, {
    problems: [{ at: '/former', message: /epoch 1/ }],
  })
  const other = {
    ...between.body,
    id: randomUuid(random),
    former: { epoch: 2, tokens: between.body.tokens },
  }
  t.match((await politie.call('POST', '/v1/signals', other)).body, {
    problems: [{ at: '/former/epoch' }],
  })
  const unopened = { ...between.body, id: randomUuid(random), epoch: 3 }
  t.match((await politie.call('POST', '/v1/signals', unopened)).body, {
    problems: [{ at: '/epoch', message: /2 or 1/ }],
  })

  // An agency gives what it submitted before the tokens of the new epoch.
  const folder = join(house.folder, 'renewal')
  const rows = [row('OLD-2', { ...person, phone: '+31610009999' })]
  const stale = await gemeente.partner.prepare(rows, under)
  t.match(stale, [{ epoch: 1 }], 'a client that runs for long knows the first epoch only')
  const journal = await openJournal(`${folder}.jsonl`)
  await submitRows({ partner: gemeente.partner, rows, under, journal })
  const fresh = started(gemeente)
  t.same(await renewRows({ partner: fresh, rows, under, journal }), {
    renewed: 1,
    current: 0,
    ended: 0,
    unknown: 0,
  })
  t.match(await renewRows({ partner: fresh, rows, under, journal }), { renewed: 0, current: 1 })
  await journal.finish()

  await letWindowEnd(domain)
  const late = { ...old.body, id: randomUuid(random) }
  t.match(await gemeente.call('POST', '/v1/signals', late), {
    status: 409,
    code: 'evaluation/epoch-closed',
  })
  t.equal((await gemeente.call('POST', '/v1/signals', old.body)).status, 201, 'a retry is welcome')
  t.equal(
    (await send(politie, await makeBatch(house, politie, under))).code,
    'evaluation/epoch-closed',
    'at the gateway',
  )
  const after = await signalOf(gemeente, under, 'AFTER')
  t.match([after.body.epoch, after.body.former], [2, undefined])
  t.match(after.result, { overlaps: [{ others: [{ agency: 'politie', quality: 'certain' }] }] })

  // Tokens of two epochs never agree: that does not make two persons of one.
  const overlaps = await started(politie).overlaps(under)
  t.equal(overlaps.length, 1)
  t.equal(overlaps[0]?.others.length, 2, 'with the same phone and with another')
  const bsn = (epoch?: number) => tokensByType([['bsn', ofEpoch(`token ${epoch}`, epoch)]])
  t.notOk(contradictsInAny(bsn(), bsn(2)))
  t.ok(contradictsInAny(bsn(), tokensByType([['bsn', 'another']])))
})

t.test('a client that was running goes on under the epoch that is open', async (t) => {
  const domain = 'running-client'
  const under = await agreeIn(domain)
  t.match(await politie.partner.prepare([row('A')], under), [{ epoch: 1 }])
  const file = join(house.folder, 'running.jsonl')
  const rows = [row('B')]
  const before = await openJournal(file)
  const [mark = ''] = before.marksOf(rows)
  const [body] = await politie.partner.prepare(rows, under)
  if (body === undefined) throw new Error('no body')
  await before.record([{ row: mark, body }])
  await before.close()

  await hold('make', domain, 2)
  await hold('open', domain, 2, { closesAt: inDays(1) })
  await hold('close', domain, 1)
  t.match(await politie.partner.prepare([row('C')], under), [{ epoch: 2 }])
  const journal = await openJournal(file)
  const report = await submitRows({ partner: politie.partner, rows, under, journal })
  t.match(report, { accepted: 1, refused: [] }, 'what waited under the closed epoch is made anew')
  await journal.finish()
})

t.test('a refresh changes both shares and no token', async (t) => {
  const domain = 'refreshed'
  const under = await agreeIn(domain)
  const running = started(politie)
  const [before] = await running.prepare([row('A')], under)
  const keysBefore = await running.domainKeys(domain)
  const old = {
    gateway: await stolenShare('gateway', domain),
    keyholder: await stolenShare('keyholder', domain),
  }
  const { ceremony, proofs } = await hold('refresh', domain, 1)
  await checkCeremony(pins, ceremony, proofs)
  const next = {
    gateway: await stolenShare('gateway', domain),
    keyholder: await stolenShare('keyholder', domain),
  }
  for (const name of operatorNames) {
    t.notSame(next[name], old[name], `the share of the ${name}`)
    t.match(await house.entries(name), [
      ...Array((await house.ledgerSize(name)) - 1).fill({}),
      { kind: 'share.refresh', generation: 2, ceremony: ceremony.number },
    ])
  }
  t.equal(tokenUnder(next), tokenUnder(old), 'the same tokens')
  t.not(tokenUnder({ ...next, gateway: old.gateway }), tokenUnder(old), 'an old share is worthless')
  t.not(tokenUnder({ ...next, keyholder: old.keyholder }), tokenUnder(old))

  const [after] = await running.prepare([row('B')], under)
  t.same(after?.tokens, before?.tokens, 'a client that was running learns of the new keys')
  const keysAfter = await started(gemeente).domainKeys(domain)
  for (const name of operatorNames) {
    t.notSame(keysAfter.publicKeys[name], keysBefore.publicKeys[name])
  }
  t.same(combinePublicKeys(keysAfter.publicKeys), combinePublicKeys(keysBefore.publicKeys))

  await holdCeremony(pins, await signedBy(ceremony))
  t.same(await generations(domain), [2, 2], 'the same ceremony again refreshes nothing')
  await hold('refresh', domain, 1)
  t.same(await generations(domain), [3, 3])
  t.same((await running.prepare([row('C')], under))[0]?.tokens, before?.tokens)
})

t.test('a refresh that is cut off anywhere ends with both shares of one generation', async (t) => {
  const domain = 'cut-off'
  const under = await agreeIn(domain)
  const tokensNow = async () => (await started(politie).prepare([row('A')], under))[0]?.tokens
  const tokens = await tokensNow()
  const isRefresh = (url: string) => url === '/v1/share-refreshes'
  let passed = 0

  /** The link breaks at the n-th message of a refresh: before the keyholder has it, or before its answer. */
  const cutAt = (nth: number, when: 'before' | 'answer') => {
    passed = 0
    const cut = async ({ url }: { readonly url: string }) => {
      if (!isRefresh(url)) return
      passed += 1
      if (passed === nth) throw new Error('cut')
    }
    link.meddle(when === 'before' ? { before: cut } : { answer: cut })
  }
  let expected = 1
  for (const [nth, when] of [
    [1, 'before'],
    [1, 'answer'],
    [2, 'before'],
    [2, 'answer'],
  ] as const) {
    const ceremony = ceremonyOf('refresh', domain, 1)
    const statements = await signedBy(ceremony)
    cutAt(nth, when)
    await t.rejects(holdCeremony(pins, statements), { code: 'evaluation/keyholder-unavailable' })
    link.meddle(undefined)
    await house.stop('gateway')
    await house.start('gateway')
    t.same(await tokensNow(), tokens, `cut at ${nth}, ${when}: work goes on`)
    const [gateway, keyholder] = await generations(domain)
    t.equal(gateway, keyholder, `cut at ${nth}, ${when}: one generation by the next batch`)
    await checkCeremony(pins, ceremony, await holdCeremony(pins, statements))
    expected += 1
    t.same(await generations(domain), [expected, expected], 'held again, it is done, once')
    t.same(await tokensNow(), tokens)
    for (const name of operatorNames) {
      t.same(await house.db[name].selectFrom('share_refresh').selectAll().execute(), [])
    }
  }
  const old = ceremonyOf('refresh', domain, 1)
  cutAt(2, 'before')
  await t.rejects(holdCeremony(pins, await signedBy(old)))
  link.meddle(undefined)
  await hold('refresh', domain, 1)
  t.same(await generations(domain), [expected + 2, expected + 2], 'a later one ends the earlier')
  t.same(await tokensNow(), tokens)
})

const rootOf = async (name: OperatorName): Promise<PrivateJwk> =>
  JSON.parse(await readFile(join(house.folder, name, 'keys.json'), 'utf8')).root

/** What both operators signed about the first epoch of a domain, with another key of the keyholder. */
async function withAnotherKey(statement: string, change: Partial<DomainKeysContent> = {}) {
  const content: DomainKeysContent = JSON.parse(
    Buffer.from(statement.split('.')[1] ?? '', 'base64url').toString(),
  )
  const { publicKey } = keyShareOf(drawRefresh(random))
  return {
    ...content,
    keyholder: { ...content.keyholder, publicKey: base64url(publicKey) },
    ...change,
  }
}

t.test('under the name of a refresh no key is exchanged', async (t) => {
  const domain = 'exchanged'
  const under = await agreeIn(domain)
  const running = started(politie)
  const [before] = await running.prepare([row('A')], under)
  link.meddle({
    answer: async ({ url, answer }) => {
      if (url !== '/v1/share-refreshes') return undefined
      const { prepared } = JSON.parse(answer.toString())
      const content = await withAnotherKey(prepared.manifest)
      const manifest = await signStatement('domain-keys', content, await rootOf('keyholder'))
      return { prepared: { ...prepared, manifest } }
    },
  })
  await t.rejects(hold('refresh', domain, 1), { code: 'evaluation/keyholder-unavailable' })
  link.meddle(undefined)
  t.equal((await generations(domain))[0], 1, 'the gateway keeps its share')
  t.same((await running.prepare([row('A')], under))[0]?.tokens, before?.tokens)

  // Both together: a client that was running remembers the joint key.
  const { gateway } = await politie
    .call<DomainKeysAnswer>('GET', `/v1/domains/${domain}/keys`)
    .then(({ body }) => body)
  const content = await withAnotherKey(gateway, { generation: 2 })
  const both = {
    gateway: await signStatement('domain-keys', content, await rootOf('gateway')),
    keyholder: await signStatement('domain-keys', content, await rootOf('keyholder')),
  }
  const answers: unknown[] = [
    await politie.call('GET', `/v1/domains/${domain}/keys`).then(({ body }) => body),
    both,
  ]
  const { keysOf, renew } = openDomainKeys({
    fetchManifest: async () => answers.shift(),
    pins,
    clock,
  })
  await keysOf(domain)
  await t.rejects(renew(domain), { name: 'UntrustworthyOperator', message: /exchanged/ })
})

t.test('a ceremony takes two people at each operator', async (t) => {
  const domain = 'two-people'
  await agreeIn(domain)
  const ceremony = ceremonyOf('close', domain, 1)
  const { gateway: one, keyholder: two } = house.administrators
  const cases: Record<string, readonly PrivateJwk[]> = {
    'one person': [one, two],
    'the same person twice': [one, one, two, two],
    'one person and a stranger': [one, two, politie.keys.root, politie.keys.signing],
    'two people of the other operator': [],
  }
  for (const name of operatorNames) {
    const other = name === 'gateway' ? 'keyholder' : 'gateway'
    cases['two people of the other operator'] = [house.administrators[other], seconds[other]]
    for (const [how, people] of Object.entries(cases)) {
      const size = await house.ledgerSize(name)
      const statements = await signedBy(ceremony, people)
      const answer = await post(name, '/v1/key-ceremonies', { statements })
      t.match(answer, { status: 403, code: 'keys/two-people' }, `${how}, at the ${name}`)
      const entries = await house.entries(name, size)
      t.match(
        entries,
        how.startsWith('two people') ? [] : [{ kind: 'key.ceremony', outcome: 'refuse' }],
        'who is known is written down',
      )
    }
  }
  const wrong: Record<string, CeremonyChange> = {
    'for another gateway': {
      audience: { ...ceremony.audience, gateway: politie.rootThumbprint },
    },
    'of next week': { issuedAt: inDays(7) },
    'of last week': { issuedAt: inDays(-8) },
  }
  for (const [how, change] of Object.entries(wrong)) {
    const statements = await signedBy({ ...ceremony, ...change })
    for (const name of operatorNames) {
      const answer = await post(name, '/v1/key-ceremonies', { statements })
      t.match(answer, { status: 400, code: 'statements/invalid' }, `${how}, at the ${name}`)
    }
  }
  const mixed = [
    await signCeremony(ceremony, one),
    await signCeremony({ ...ceremony, act: 'destroy' }, seconds.gateway),
  ]
  t.equal(
    (await post('gateway', '/v1/key-ceremonies', { statements: mixed })).code,
    'statements/invalid',
    'each signed another one',
  )
  t.equal((await started(politie).domainKeys(domain)).epoch, 1, 'nothing was closed')
})

t.test('nothing is done out of turn', async (t) => {
  const domain = 'out-of-turn'
  await agreeIn(domain)
  const refused = async (how: string, act: CeremonyAct, epoch: number, change?: CeremonyChange) =>
    t.rejects(hold(act, domain, epoch, change), { code: 'keys/not-now' }, how)
  await refused('an epoch is skipped', 'make', 3)
  await refused('an epoch is made twice', 'make', 1)
  await refused('an open share is destroyed', 'destroy', 1)
  await refused('what was never made is opened', 'open', 2, { closesAt: inDays(1) })
  await hold('make', domain, 2)
  await refused('no end of the window', 'open', 2)
  await refused('a window that is over', 'open', 2, { closesAt: inDays(-1) })
  await refused('a window without end', 'open', 2, { closesAt: inDays(401) })
  await hold('open', domain, 2, { closesAt: inDays(30) })
  await hold('make', domain, 3)
  await refused('three epochs at once', 'open', 3, { closesAt: inDays(30) })
  const { ceremony } = await hold('close', domain, 1)
  const again = { ...ceremony, epoch: 2 }
  for (const name of operatorNames) {
    const statements = await signedBy(again)
    const answer = await post(name, '/v1/key-ceremonies', { statements })
    t.equal(answer.code, 'keys/not-now', 'a number stands for one ceremony')
  }
  await refused('a closed epoch is refreshed', 'refresh', 1)
  await refused('a closed epoch is closed', 'close', 1)
})

t.test('a destroyed share is gone, and both ledgers show it', async (t) => {
  const domain = 'destroyed'
  const under = await agreeIn(domain)
  await hold('make', domain, 2)
  await hold('open', domain, 2, { closesAt: inDays(1) })
  await hold('close', domain, 1)
  const sealed = await Promise.all(
    operatorNames.map(
      async (name) =>
        (
          await house.db[name]
            .selectFrom('domain_share')
            .select('sealed_share')
            .where('domain', '=', domain)
            .where('epoch', '=', 1)
            .executeTakeFirstOrThrow()
        ).sealed_share,
    ),
  )
  t.ok(sealed.every((one) => one !== null))
  const { ceremony, proofs } = await hold('destroy', domain, 1)
  const at = await checkCeremony(pins, ceremony, proofs)
  t.match(at, { gateway: /Z$/, keyholder: /Z$/ })
  for (const name of operatorNames) {
    const rows = await house.db[name].selectFrom('domain_share').selectAll().execute()
    const one = rows.find((each) => each.domain === domain && each.epoch === 1)
    t.match(one, { sealed_share: null, destroyed_at: Date })
    t.match((await house.entries(name)).at(-1), {
      kind: 'share.destroy',
      domain,
      epoch: 1,
      publicKey: base64url(one?.public_key ?? new Uint8Array()),
    })
    await house.stop(name)
    await house.start(name)
  }
  t.equal(
    (await send(politie, await makeBatch(house, politie, under))).code,
    'evaluation/epoch-closed',
  )
  t.match(await started(politie).prepare([row('A')], under), [{ epoch: 2 }], 'the next one works')

  // What somebody says who destroyed nothing.
  const only = (kinds: RegExp) =>
    proofs.keyholder.receipts.filter(({ entry = '' }: Receipt) => kinds.test(entry))
  const lies: Record<string, typeof proofs.keyholder> = {
    'without the entry': { ...proofs.keyholder, receipts: only(/key\.ceremony/) },
    'with the other ledger’s': { ...proofs.keyholder, receipts: proofs.gateway.receipts },
    'with the other operator’s keys': proofs.gateway,
    'with nothing': { ...proofs.keyholder, receipts: [] },
  }
  for (const [how, keyholder] of Object.entries(lies)) {
    await t.rejects(checkCeremony(pins, ceremony, { ...proofs, keyholder }), how)
  }
  const elsewhere = { ...ceremony, epoch: 2 }
  await t.rejects(checkCeremony(pins, elsewhere, proofs), 'of another epoch')
  const half = ceremonyOf('close', domain, 2)
  await post('gateway', '/v1/key-ceremonies', { statements: await signedBy(half) })
  await t.rejects(
    checkCeremony(pins, half, { ...proofs, gateway: { ...proofs.gateway, receipts: [] } }),
  )
})

t.test('the keyholder refuses an epoch that only the gateway keeps open', async (t) => {
  const domain = 'kept-open'
  const under = await agreeIn(domain)
  const ceremony = ceremonyOf('close', domain, 1)
  const statements = await signedBy(ceremony)
  t.equal((await post('keyholder', '/v1/key-ceremonies', { statements })).status, 200)
  t.equal(
    (await send(politie, await makeBatch(house, politie, under))).code,
    'evaluation/epoch-closed',
  )
})

t.test('only the gateway moves the keyholder’s share, and only as people said', async (t) => {
  const domain = 'moved'
  await agreeIn(domain)
  const root = await rootOf('gateway')
  const ask = async (change: object, key = root) => {
    const payload = {
      audience: pins.keyholder.rootThumbprint,
      ceremony: randomUuid(random),
      domain,
      epoch: 1,
      step: { name: 'prepare', part: 'x' },
      ...change,
    }
    const statement = await signStatement('share-refresh', payload, key)
    return post('keyholder', '/v1/share-refreshes', { statement })
  }
  t.equal((await ask({})).code, 'keys/not-now', 'nobody held this ceremony')
  t.equal((await ask({}, politie.keys.root)).code, 'statements/invalid')
  t.equal((await ask({ audience: pins.gateway.rootThumbprint })).code, 'statements/invalid')
  t.equal((await ask({ step: { name: 'switch', generation: 2 } })).code, 'keys/not-now')
  const ceremony = ceremonyOf('refresh', domain, 1)
  const statements = await signedBy(ceremony)
  const held = await post('keyholder', '/v1/key-ceremonies', { statements })
  t.match(held.body, { state: 'awaiting-the-gateway', receipts: { length: 1 } })
  t.equal((await ask({ ceremony: ceremony.number })).code, 'statements/invalid', 'no part at all')
  t.equal((await ask({ ceremony: ceremony.number, epoch: 2 })).code, 'keys/not-now')
  t.same(await generations(domain), [1, 1])
})

t.test('a machine that its agency took off the card does nothing from then on', async (t) => {
  const domain = 'revoked'
  const under = await agreeIn(domain)
  t.equal((await send(gemeente, await makeBatch(house, gemeente, under))).status, 200)
  const batch = await makeBatch(house, gemeente, under)
  const renamed = openPartner({
    agency: gemeente.id,
    client: 'another',
    keys: { ...gemeente.keys, client: (await makeAgencyKeys()).client },
    pins,
    clock,
    random,
  })
  await renamed.presentCard(gemeente.contactDesk, 2)
  t.equal((await send(gemeente, batch)).status, 401, 'its token, given before, is of no use')
  const forwarding = await signStatement(
    'forwarding',
    {
      audience: pins.keyholder.rootThumbprint,
      batchHash: hashOfStatement(batch),
      issuedAt: clock.now().toISOString(),
    },
    await rootOf('gateway'),
  )
  t.match(
    await post('keyholder', '/v1/evaluations', { batch, forwarding }),
    { status: 400, code: 'statements/invalid' },
    'at the keyholder neither, whatever the gateway passes on',
  )
  t.match(await renamed.prepare([row('A')], under), [{ epoch: 1 }])
})
