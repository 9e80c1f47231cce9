import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { stateOf } from '../../src/agreements/lifecycle.ts'
import { lockShared } from '../../src/agreements/store.ts'
import type { Agreement } from '../../src/agreements/types.ts'
import { makeAgencyKeys } from '../../src/client/agency-keys.ts'
import { suspendAgreementAt } from '../../src/client/operators.ts'
import { openPartner } from '../../src/client/partner.ts'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import { shifted } from '../../src/kernel/clock.ts'
import { type OperatorName, operatorNames } from '../../src/oprf/types.ts'
import { agreementHashOf } from '../../src/proofs/agreement.ts'
import { publicJwkOf, signStatement } from '../../src/proofs/statement.ts'
import { type TransactionReport, transact } from '../../src/store/transact.ts'
import type { AgreementContent } from '../../src/wire/agreement.ts'
import type { PublicKey } from '../../src/wire/common.ts'
import { makeBatch } from '../support/batches.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { signalAbout } from '../support/signals.ts'

// What an agreement must withstand: later versions, newcomers, new keys, delegations, the wrong day.

const house = await openHouse(t)
const { clock, pins, post, draft, entries, ledgerSize } = house
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const jeugdzorg = await house.admit('jeugdzorg')
const eve = await house.admit('eve')
const veiligheidshuis = await house.admit('veiligheidshuis')
const parties = [politie, gemeente]
const under = await house.agree(parties)
await politie.partner.domainKeys(under.content.domain)

const stopped = { status: 403, body: { problems: [{ at: 'core/agreement-in-force' }] } }
const suspend = async (operator: OperatorName, agreement: string, suspended = true) => {
  await pause(2) // of two statements of one instant the first stands
  await suspendAgreementAt(pins[operator], house.administrators[operator], {
    agreement,
    suspended,
    cause: 'incident',
    at: clock.now(),
  })
}
const evaluate = async (agency: HouseAgency, one: UnderAgreement, change = {}) =>
  agency.call('POST', '/v1/evaluations', { batch: await makeBatch(house, agency, one, change) })
const submit = (agency: HouseAgency, one: UnderAgreement, change = {}, subject = 'anna') =>
  agency.call('POST', '/v1/signals', signalAbout({ bsn: subject }, one, change))
const accepted = async (
  content: AgreementContent,
  who: readonly HouseAgency[],
): Promise<UnderAgreement> => {
  for (const { partner } of who) await partner.acceptAgreement(content)
  return { content, hash: agreementHashOf(content) }
}
const stateAt = async (agency: HouseAgency, { hash }: UnderAgreement) =>
  (await agency.partner.agreements()).find((one) => one.hash === hash)?.state
const propose = async (operator: OperatorName, agency: HouseAgency, content: AgreementContent) =>
  post(operator, '/v1/agreements', {
    content,
    signature: await signStatement(
      'agreement-signature',
      {
        contentHash: agreementHashOf(content),
        agency: agency.id,
        type: 'accept',
        signedAt: clock.now().toISOString(),
      },
      agency.keys.signing,
    ),
  })

t.test('a suspension holds for every version of an agreement until it is lifted', async (t) => {
  const one = await house.agree(parties)
  const versionOf = (previous: string) => accepted(draft(parties, { previous }), parties)
  for (const name of operatorNames) await suspend(name, one.hash)
  const two = await versionOf(one.hash)
  t.equal(await stateAt(politie, two), 'suspended', 'a later version inherits it')
  t.match(await submit(politie, two), stopped)
  t.match(await evaluate(politie, two), stopped)
  const three = await versionOf(two.hash)
  t.match(await submit(politie, three), stopped, 'and the one after that')

  await suspend('gateway', three.hash, false)
  t.equal((await submit(politie, three)).status, 201, 'lifted under the newest name')
  t.match(await evaluate(politie, three), { status: 403 }, 'each operator for itself')
  await suspend('keyholder', two.hash, false)
  t.equal((await evaluate(politie, three)).status, 200, 'or under an older one')

  await suspend('gateway', one.hash)
  t.match(await submit(politie, three), stopped, 'named by the oldest')
  await suspend('gateway', one.hash, false)
  await suspend('gateway', three.hash)
  const four = await versionOf(three.hash)
  t.match(await submit(politie, four), stopped, 'named by the newest')
  const open = draft(parties, { previous: four.hash })
  await politie.partner.acceptAgreement(open)
  await suspend('gateway', agreementHashOf(open), false)
  t.equal((await submit(politie, four)).status, 201, 'also by one that is only proposed')
  t.equal((await submit(politie, under)).status, 201, 'other agreements were never touched')
})

t.test('nothing is accepted under a later version after the suspension’s entry', async (t) => {
  const one = await house.agree(parties)
  const two = await accepted(draft(parties, { previous: one.hash }), parties)
  const since = await ledgerSize('gateway')
  const bulk = (at: number) => {
    const signals = [0, 1, 2, 3].map((next) => signalAbout({ bsn: `${at}-${next}` }, two))
    return politie.call('POST', '/v1/signals/_bulk', { signals })
  }
  await bulk(-1)
  const running = Array.from({ length: 16 }, async (_, at) => {
    await pause(at * 12)
    if (at === 5) await suspend('gateway', one.hash)
    return bulk(at)
  })
  await Promise.all(running)
  const written = await entries('gateway', since)
  const at = written.findIndex(({ kind }) => kind === 'agreement.suspend')
  const outcomes = (list: typeof written) =>
    new Set(list.filter(({ kind }) => kind === 'signal.submit').map(({ outcome }) => outcome))
  t.same([...outcomes(written.slice(0, at))], ['permit'])
  t.same([...outcomes(written.slice(at))], ['refuse'])

  // An act on the later version that is under way holds the suspension of the earlier one up.
  await suspend('gateway', two.hash, false)
  const halted = await transact(house.db.gateway, 'test/act', async (tx) => {
    await lockShared(tx, [two.hash])
    const underWay = suspend('gateway', one.hash).then(() => 'suspended')
    t.equal(await Promise.race([underWay, pause(700, 'waits')]), 'waits')
    return { underWay }
  })
  t.equal(await halted.underWay, 'suspended')
})

t.test('a newcomer comes into a domain by the word of all who hold it then', async (t) => {
  const domain = 'kept-by-three'
  const three = [politie, gemeente, jeugdzorg]
  const all = await house.agree(three, { domain })
  const two = await house.agree(parties, { domain })
  const refused = { status: 400, body: { problems: [{ at: '/content/domain' }] } }
  const bringsIn = (who: readonly HouseAgency[], previous: string) =>
    draft([...who, eve], { domain, previous })
  const tried = async (content: AgreementContent, who = politie) =>
    Promise.all(operatorNames.map((name) => propose(name, who, content)))
  for (const answer of await tried(bringsIn(parties, two.hash))) {
    t.match(answer, refused, 'two of three holders')
  }
  await suspend('gateway', all.hash)
  t.match(await propose('gateway', politie, bringsIn(parties, two.hash)), refused)
  await suspend('gateway', all.hash, false)
  for (const answer of await tried(bringsIn(three, two.hash))) t.equal(answer.status, 200)

  // What was proposed while they were two meets the third who came in meanwhile.
  const early = await house.agree(parties, { domain: 'kept-by-two' })
  const pending = draft([...parties, eve], { domain: 'kept-by-two', previous: early.hash })
  for (const answer of await tried(pending)) t.equal(answer.status, 200)
  const fresh = draft(three, { domain: 'kept-by-two', previous: early.hash })
  await accepted(fresh, three)
  await t.rejects(gemeente.partner.acceptAgreement(pending), { code: 'agreements/invalid' })

  // Whoever has left holds nothing up, and is a newcomer itself.
  await jeugdzorg.partner.revokeAgreement(all.hash)
  for (const answer of await tried(draft([politie, jeugdzorg], { domain }))) {
    t.match(answer, refused, 'who left comes back like a newcomer')
  }
  const grown = await accepted(bringsIn(parties, two.hash), [...parties, eve])
  t.equal(await stateAt(eve, grown), 'in-force')

  // When nobody is left, the last ones hold it, and nobody is brought in.
  await eve.partner.revokeAgreement(grown.hash)
  for (const answer of await tried(draft([politie, jeugdzorg], { domain }))) {
    t.match(answer, refused)
  }
  for (const answer of await tried(bringsIn(three, grown.hash))) t.equal(answer.status, 400)
  for (const answer of await tried(draft([gemeente, eve], { domain }), gemeente)) {
    t.equal(answer.status, 200)
  }
})

t.test('a key that replaced another is no second pair of eyes', async (t) => {
  const inspectie = await house.admit('inspectie')
  const both = [inspectie, gemeente]
  const content = draft(both, { domain: 'four-eyes' })
  const fourEyes = {
    ...content,
    parties: content.parties.map((party) => ({ ...party, fourEyes: party.agency === 'inspectie' })),
  }
  const one = { content: fourEyes, hash: agreementHashOf(fourEyes) }
  await inspectie.partner.acceptAgreement(fourEyes)
  const rotated = { ...inspectie.keys, signing: (await makeAgencyKeys()).signing }
  const renewed = openPartner({
    agency: 'inspectie',
    client: 'connector',
    keys: rotated,
    pins,
    clock,
    random: house.random,
  })
  const director = (await makeAgencyKeys()).root
  const signatories = [{ name: 'director', key: publicJwkOf(director) as PublicKey }]
  await renewed.presentCard(inspectie.contactDesk, 2, signatories)
  t.match(await renewed.acceptAgreement(fourEyes), { awaiting: ['inspectie', 'gemeente'] })
  await gemeente.partner.acceptAgreement(fourEyes)
  t.equal(await stateAt(gemeente, one), 'proposed')

  // The key that accepted stands on the card again, and may say so again.
  await inspectie.partner.presentCard(inspectie.contactDesk, 3, signatories)
  t.match(await inspectie.partner.acceptAgreement(fourEyes), { state: 'proposed' })
  await renewed.presentCard(inspectie.contactDesk, 4, signatories)
  t.match(await renewed.acceptAgreement(fourEyes, director), { state: 'in-force' })
  await renewed.presentCard(inspectie.contactDesk, 5)
  t.equal(await stateAt(gemeente, one), 'in-force', 'what was accepted stays accepted')
})

t.test('what is done for another counts for both, at both operators', async (t) => {
  const quotas = { evaluationsPerDay: 6, submissionsPerDay: 3, withdrawalsPerDay: 1 }
  const other = [jeugdzorg, gemeente]
  const one = await house.agree(other, { domain: 'counted', quotas })
  await gemeente.partner.domainKeys('counted')
  const acting = { onBehalfOf: 'gemeente' }
  const give = (delegator: HouseAgency, actor: HouseAgency, { hash }: UnderAgreement) =>
    delegator.partner.delegate({
      actingAgency: actor.id,
      agreement: hash,
      notBefore: clock.now().toISOString(),
      notAfter: shifted(clock.now(), 600).toISOString(),
    })
  await give(gemeente, veiligheidshuis, one)
  await give(gemeente, eve, one)
  const exhausted = { status: 429, code: 'signals/quota-exhausted' }
  t.equal((await submit(gemeente, one)).status, 201)
  t.equal((await submit(veiligheidshuis, one, acting)).status, 201)
  const last = await submit(eve, one, acting)
  t.equal(last.status, 201)
  t.match(await submit(eve, one, acting), exhausted, 'no third agency makes more room')
  t.match(await submit(gemeente, one), exhausted, 'nor does the delegator itself')
  const usedBy = async (agency: string, kind: 'submission' | 'evaluation', at: OperatorName) =>
    house.db[at]
      .selectFrom('quota_use')
      .select('used')
      .where('agency_id', '=', agency)
      .where('domain', '=', 'counted')
      .where('kind', '=', kind)
      .executeTakeFirst()
      .then((row) => Number(row?.used ?? 0))
  t.equal(await usedBy('eve', 'submission', 'gateway'), 1, 'what was refused counts for nobody')
  t.equal(await usedBy('gemeente', 'submission', 'gateway'), 3)
  const path = `/v1/signals/${String(last.body.id)}/_withdraw`
  t.equal((await eve.call('POST', path, { reason: 'other', ...acting })).status, 200)

  t.equal((await evaluate(gemeente, one, { count: 4 })).status, 200)
  t.equal((await evaluate(eve, one, { ...acting, count: 2 })).status, 200)
  t.match(await evaluate(veiligheidshuis, one, { ...acting, count: 1 }), {
    code: 'evaluation/quota-exhausted',
  })
  for (const name of operatorNames) {
    t.equal(await usedBy('gemeente', 'evaluation', name), 6, name)
    t.equal(await usedBy('eve', 'evaluation', name), 2, name)
    t.equal(await usedBy('veiligheidshuis', 'evaluation', name), 0, name)
  }
})

t.test('agencies that act for each other at once do not get in each other’s way', async (t) => {
  const one = await house.agree(parties, { domain: 'crossed' })
  for (const [delegator, actor] of [parties, [...parties].reverse()]) {
    await delegator?.partner.delegate({
      actingAgency: actor?.id ?? '',
      agreement: one.hash,
      notBefore: clock.now().toISOString(),
      notAfter: shifted(clock.now(), 600).toISOString(),
    })
  }
  await politie.partner.domainKeys('crossed')
  const retried: TransactionReport[] = []
  const listen = (report: unknown) => {
    const one = report as TransactionReport
    if (one.attempts > 1) retried.push(one)
  }
  subscribe('raakvlak:transaction', listen)
  const acts = Array.from({ length: 12 }, (_, at) => [
    evaluate(politie, one, { onBehalfOf: 'gemeente' }),
    evaluate(gemeente, one, { onBehalfOf: 'politie' }),
    submit(politie, one, { onBehalfOf: 'gemeente' }, `${at}-p`),
    submit(gemeente, one, { onBehalfOf: 'politie' }, `${at}-g`),
  ]).flat()
  const answers = await Promise.all(acts)
  unsubscribe('raakvlak:transaction', listen)
  t.same(new Set(answers.map(({ status }) => status)), new Set([200, 201]))
  t.same(retried, [])
})

t.test('an agreement is in force from its first instant until just before its last', async (t) => {
  const begins = shifted(clock.now(), 3)
  const validity = {
    notBefore: begins.toISOString(),
    notAfter: shifted(begins, 60).toISOString(),
  }
  const one = await house.agree(parties, { domain: 'begins-later', validity })
  for (const { partner } of parties) {
    t.match(
      (await partner.agreements()).find(({ hash }) => hash === one.hash),
      { state: 'proposed', awaiting: [] },
    )
  }
  t.match(await politie.call('GET', '/v1/domains/begins-later/keys'), { status: 404 })
  t.match(await submit(politie, one), stopped)
  clock.advance(4)
  t.equal(await stateAt(politie, one), 'in-force')
  t.equal((await politie.call('GET', '/v1/domains/begins-later/keys')).status, 200)
  t.equal((await submit(politie, one)).status, 201)

  const agreed: Agreement = {
    ...one,
    hash: agreementHashOf(one.content),
    signatures: parties.map(({ id }) => ({
      agency: id as Agreement['signatures'][number]['agency'],
      type: 'accept' as const,
      signer: id,
      completes: true,
    })),
    suspended: false,
    supersededAt: undefined,
    supersededBy: undefined,
  }
  const ends = new Date(validity.notAfter)
  const justBefore = (at: Date) => new Date(at.getTime() - 1)
  const states = (agreement: Agreement) =>
    [justBefore(begins), begins, justBefore(ends), ends].map((at) => stateOf(agreement, at))
  t.same(states(agreed), ['proposed', 'in-force', 'in-force', 'ended'])
  t.same(states({ ...agreed, suspended: true }), ['suspended', 'suspended', 'suspended', 'ended'])
  const awaitsOne = { ...agreed, signatures: agreed.signatures.slice(1) }
  t.same(states(awaitsOne), ['proposed', 'proposed', 'proposed', 'ended'])
  const superseded = { ...agreed, supersededAt: justBefore(ends) }
  t.same(states(superseded), ['proposed', 'in-force', 'ended', 'ended'])
})
