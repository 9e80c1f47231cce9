import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { addEnd } from '../../src/agreements/delegation-store.ts'
import { LibraryError, loadLibrary } from '../../src/agreements/library.ts'
import { lockForChange } from '../../src/agreements/store.ts'
import { makeAgencyKeys } from '../../src/client/agency-keys.ts'
import { suspendAgreementAt } from '../../src/client/operators.ts'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import { dayOf, shifted } from '../../src/kernel/clock.ts'
import { openLibrary } from '../../src/library-files.ts'
import { type OperatorName, operatorNames } from '../../src/oprf/types.ts'
import { agreementHashOf } from '../../src/proofs/agreement.ts'
import { differencesOf } from '../../src/proofs/agreement-difference.ts'
import { type PrivateJwk, publicJwkOf, signStatement } from '../../src/proofs/statement.ts'
import { transact } from '../../src/store/transact.ts'
import type { AgreementContent, AgreementParty } from '../../src/wire/agreement.ts'
import type { PublicKey } from '../../src/wire/common.ts'
import type { BulkAnswer, SignalAnswer } from '../../src/wire/signal.ts'
import { makeBatch } from '../support/batches.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { signalAbout } from '../support/signals.ts'

const house = await openHouse(t)
const { clock, pins, post, draft, entries, ledgerSize } = house
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const veiligheidshuis = await house.admit('veiligheidshuis')
const parties = [politie, gemeente]
const under = await house.agree(parties)
await politie.partner.domainKeys(under.content.domain)

const signatureOf = (agency: HouseAgency, hash: string, key = agency.keys.signing) =>
  signStatement(
    'agreement-signature',
    { contentHash: hash, agency: agency.id, type: 'accept', signedAt: clock.now().toISOString() },
    key,
  )
/** The same key with the two bits that base64url leaves over: 43 characters carry 258 bits, a key has 256. */
const respelled = (key: PrivateJwk): PrivateJwk => {
  const x = key.x ?? ''
  return { ...key, x: `${x.slice(0, -1)}${String.fromCharCode(x.charCodeAt(42) + 1)}` }
}
const respelledCard = async (operator: OperatorName) => {
  const { signing, encryption, client, root } = politie.keys
  const key = publicJwkOf(respelled(signing))
  const card = {
    agency: 'politie',
    version: 4,
    contactDesk: politie.contactDesk,
    signingKey: publicJwkOf(signing),
    encryptionKey: publicJwkOf(encryption),
    clients: [{ client: 'connector', key: publicJwkOf(client) }],
    signatories: [{ name: 'director', key }],
    issuedAt: clock.now().toISOString(),
  }
  return post(operator, '/v1/agency-cards', {
    statement: await signStatement('agency-card', card, root),
  })
}
const propose = async (operator: OperatorName, content: AgreementContent) =>
  post(operator, '/v1/agreements', {
    content,
    signature: await signatureOf(politie, agreementHashOf(content)),
  })
/** Where and why a proposal is refused. */
async function faultsOf(operator: OperatorName, content: AgreementContent): Promise<string[]> {
  const { body } = await propose(operator, content)
  const { problems = [] } = body as { problems?: { at: string; message: string }[] }
  return problems.map(({ at, message }) => `${at.replace('/content', '')}: ${message}`)
}
const changed = (change: Partial<AgreementParty>): AgreementContent => {
  const content = draft(parties)
  return {
    ...content,
    parties: content.parties.map((party, at) => (at === 0 ? { ...party, ...change } : party)),
  }
}
const both = ['submit', 'receive'] as const
const basis = (code: string, roles: readonly ('submit' | 'receive')[] = both) => ({
  code,
  roles: [...roles],
})
const exemptions = [basis('avg-9', []), basis('avg-10', [])]

t.test('each term of the law has a check, at both operators', async (t) => {
  const at = '/parties/0/legalBases'
  const cases: Record<string, [AgreementContent, string]> = {
    'an unknown purpose': [
      draft(parties, { purpose: 'counting-heads', domain: 'counting-heads' }),
      '/purpose: the library knows no such purpose',
    ],
    'an unknown basis': [
      changed({ legalBases: [basis('avg-6-1-e'), ...exemptions, basis('my-own')] }),
      `${at}/3: the library knows no such legal basis`,
    ],
    'a role without a basis': [
      changed({ legalBases: [basis('avg-6-1-e', ['submit']), ...exemptions] }),
      `${at}: the role receive rests on no legal basis`,
    ],
    'a role that cannot rest on the basis': [
      changed({
        legalBases: [basis('avg-6-1-e', ['receive']), ...exemptions, basis('meldcode')],
      }),
      `${at}/3: the role receive cannot rest on it`,
    ],
    'a basis for incidents': [
      changed({ legalBases: [basis('avg-6-1-e'), ...exemptions, basis('avg-6-1-d')] }),
      `${at}/3: it serves incidents, not a standing agreement`,
    ],
    'minors on a basis that does not carry them': [
      { ...changed({ legalBases: [basis('avg-6-1-f'), ...exemptions] }), retentionMonths: 12 },
      `${at}: no legal basis of the role submit carries data about minors`,
    ],
    'longer than the basis allows': [
      changed({ legalBases: [basis('avg-6-1-e'), ...exemptions, basis('avg-6-1-f')] }),
      '/retentionMonths: avg-6-1-f of politie allows 12 months at most',
    ],
    'criminal data without a cover': [
      changed({ legalBases: [basis('avg-6-1-e'), basis('avg-9', [])] }),
      `${at}: neither a basis nor an exemption covers criminal-offence`,
    ],
    'police data without the competent authority': [
      changed({ legalBases: [basis('wpg-20')] }),
      `${at}/0: it takes the consent of the competent authority: name it in competentAuthority`,
    ],
    'an absence without a deputy': [
      changed({
        contactDesk: { name: 'Desk', absences: [{ from: '2026-08-01', until: '2026-08-09' }] },
      }),
      '/parties/0/contactDesk: it has absences and no deputy',
    ],
    'a lead who is no party': [
      draft(parties, { lead: { minor: 'nobody', organised: 'politie', general: 'politie' } }),
      '/lead/minor: the lead has to be a party with the role receive',
    ],
    'a DPIA that nobody named': [
      draft(parties, { dpiaReference: 'To be named.' }),
      '/dpiaReference: it is still the placeholder of the draft',
    ],
    'a predecessor that nobody knows': [
      draft(parties, { previous: agreementHashOf(draft(parties)) }),
      '/previous: you are no party to such an agreement',
    ],
  }
  for (const name of operatorNames) {
    for (const [title, [content, fault]] of Object.entries(cases)) {
      t.ok((await faultsOf(name, content)).includes(fault), `${title}, at the ${name}`)
    }
    const adults = { ...changed({ legalBases: [basis('avg-6-1-f'), ...exemptions] }) }
    t.same(
      await faultsOf(name, { ...adults, retentionMonths: 12, ageBands: ['youth', 'adult'] }),
      [],
      'without minors, and as long as it allows, the same basis does',
    )
    const police = changed({ legalBases: [basis('wpg-20')], competentAuthority: 'OM, 2026-1' })
    t.same(await faultsOf(name, police), [])
  }
})

t.test('a library that cannot be used stops the start, naming file and place', async (t) => {
  const folder = fileURLToPath(new URL('../../config/library', import.meta.url))
  const read = (file: string) => readFileSync(`${folder}/${file}`, 'utf8')
  const purposes = { file: 'purposes.json', text: read('purposes.json') }
  const bases = JSON.parse(read('legal-bases.json'))
  const load = (list: unknown) =>
    loadLibrary({ purposes, legalBases: { file: 'bases.json', text: JSON.stringify(list) } })
  t.ok(load(bases).legalBases.has('wpg-20'))
  const spoilt: Record<string, [unknown, RegExp]> = {
    'a member that is missing': [[{ ...bases[0], minors: undefined }], /bases\.json: \/0.*minors/],
    'a code that stands there twice': [[bases[0], bases[0]], /bases\.json: \/1\/code/],
    'a retention beyond the maximum': [
      [{ ...bases[0], retention: { months: 25, article: 'x' } }],
      /\/0\/retention\/months/,
    ],
    'a basis for no role': [[{ ...bases[0], roles: [] }], /\/0\/roles is empty/],
  }
  for (const [title, [list, message]] of Object.entries(spoilt)) {
    t.throws(() => load(list), { name: 'LibraryError', message }, title)
  }
  const broken = { file: 'bases.json', text: '[{' }
  t.throws(() => loadLibrary({ purposes, legalBases: broken }), LibraryError)
  t.throws(() => openLibrary('/nowhere'), { message: /purposes\.json cannot be read/ })
})

const suspend = (operator: OperatorName, agreement: string, suspended = true) =>
  suspendAgreementAt(pins[operator], house.administrators[operator], {
    agreement,
    suspended,
    cause: 'incident',
    at: clock.now(),
  })
const evaluate = async (agency: HouseAgency, one: UnderAgreement, change = {}) =>
  agency.call('POST', '/v1/evaluations', { batch: await makeBatch(house, agency, one, change) })
const stopped = { status: 403, body: { problems: [{ at: 'core/agreement-in-force' }] } }
const query = (one: UnderAgreement, more = {}) =>
  `/v1/overlaps?${new URLSearchParams({ agreement: one.hash, purpose: one.content.purpose, ...more })}`

t.test('during a bulk submission, nothing is accepted after the suspension’s entry', async (t) => {
  const one = await house.agree(parties)
  const since = await ledgerSize('gateway')
  const signals = Array.from({ length: 24 }, (_, at) =>
    Array.from({ length: 10 }, (_, next) => signalAbout({ bsn: `${at}-${next}` }, one)),
  )
  let accepted = 0
  let halted: Promise<void> | undefined
  const running = signals.map(async (bodies, at) => {
    await new Promise((resolve) => setTimeout(resolve, at * 15))
    const { body } = await politie.call<BulkAnswer>('POST', '/v1/signals/_bulk', {
      signals: bodies,
    })
    accepted += body.results.filter(({ status }) => status === 201).length
    if (accepted > 0) halted ??= suspend('gateway', one.hash)
  })
  await Promise.all(running)
  await halted
  const written = await entries('gateway', since)
  const at = written.findIndex(({ kind }) => kind === 'agreement.suspend')
  const outcomes = (list: typeof written) =>
    new Set(list.filter(({ kind }) => kind === 'signal.submit').map(({ outcome }) => outcome))
  t.same([...outcomes(written.slice(0, at))], ['permit'])
  t.same([...outcomes(written.slice(at))], ['refuse'], `the suspension is entry ${at}`)
  t.match(await politie.call('GET', query(one)), stopped)
  t.match(await evaluate(politie, one), stopped)
  t.match(
    (await politie.partner.agreements()).find(({ hash }) => hash === one.hash),
    {
      state: 'suspended',
    },
  )

  clock.advance(1)
  await suspend('gateway', one.hash, false)
  t.equal((await politie.call('GET', query(one))).status, 200)
  t.equal((await evaluate(politie, one)).status, 200)
})

t.test('a gateway that hides a suspension gets no evaluation from the keyholder', async (t) => {
  const one = await house.agree(parties)
  await suspend('keyholder', one.hash)
  t.match(
    (await politie.partner.agreements()).find(({ hash }) => hash === one.hash),
    {
      state: 'in-force',
    },
  )
  t.match(await evaluate(politie, one), { status: 403, code: 'policy/denied' })
})

t.test(
  'only an administrator of this operator suspends, and an older word changes nothing',
  async (t) => {
    const one = await house.agree(parties)
    const statementOf = (change: object, key: PrivateJwk = house.administrators.gateway) =>
      signStatement(
        'agreement-suspension',
        {
          audience: pins.gateway.rootThumbprint,
          agreement: one.hash,
          suspended: true,
          cause: 'other',
          issuedAt: clock.now().toISOString(),
          ...change,
        },
        key,
      )
    const send = async (statement: string) =>
      post('gateway', '/v1/agreement-suspensions', { statement })
    const bad = { status: 400, code: 'statements/invalid' }
    t.match(await send(await statementOf({}, politie.keys.root)), bad, 'a party')
    t.match(await send(await statementOf({}, house.administrators.keyholder)), bad, 'of the other')
    const elsewhere = { audience: pins.keyholder.rootThumbprint }
    t.match(await send(await statementOf(elsewhere)), bad, 'for the other operator')
    const later = { issuedAt: shifted(clock.now(), 600).toISOString() }
    t.match(await send(await statementOf(later)), bad, 'from the future')
    t.match(await send(await statementOf({ agreement: `$1$1$${'A'.repeat(86)}` })), { status: 404 })
    const lift = await statementOf({ suspended: false })
    clock.advance(1)
    t.equal((await send(await statementOf({}))).status, 200)
    t.match(await send(lift), bad, 'an old word cannot lift it')
    t.match(await evaluate(politie, one), stopped)
  },
)

t.test(
  'where the agreement asks for four eyes, two keys of the party have to accept',
  async (t) => {
    const { root: other } = await makeAgencyKeys()
    const key = publicJwkOf(other) as PublicKey
    await politie.partner.presentCard(politie.contactDesk, 2, [{ name: 'director', key }])
    const content = changed({ fourEyes: true })
    const hash = agreementHashOf(content)
    await gemeente.partner.acceptAgreement(content)
    t.match(await politie.partner.acceptAgreement(content), {
      state: 'proposed',
      awaiting: ['politie'],
    })
    t.match(await politie.partner.acceptAgreement(content), { state: 'proposed' }, 'the same again')
    t.match(await evaluate(politie, { content, hash }), stopped)
    t.match(await politie.partner.acceptAgreement(content, other), { state: 'in-force' })
    t.equal((await evaluate(politie, { content, hash })).status, 200)
    await t.rejects(
      politie.partner.presentCard(politie.contactDesk, 3, [
        { name: 'director', key: publicJwkOf(politie.keys.signing) as PublicKey },
      ]),
      'the signing key under another name is no second pair of eyes',
    )
    for (const name of operatorNames) {
      t.match(await respelledCard(name), { status: 400, code: 'statements/invalid' })
      const path = `/v1/agreements/${encodeURIComponent(hash)}/signatures`
      const signature = await signatureOf(politie, hash, respelled(politie.keys.signing))
      t.match(await post(name, path, { signature }), {
        body: { problems: [{ message: 'the key is not canonical base64url' }] },
      })
    }
  },
)

t.test(
  'a later version takes the place of its predecessor, and only when all accepted',
  async (t) => {
    const one = await house.agree(parties)
    const content = { ...draft(parties), previous: one.hash, retentionMonths: 12 }
    const hash = agreementHashOf(content)
    await politie.partner.acceptAgreement(content)
    t.equal((await evaluate(politie, one)).status, 200, 'it goes on while one is awaited')
    const since = await ledgerSize('keyholder')
    await gemeente.partner.acceptAgreement(content)
    t.match(await entries('keyholder', since), [
      { kind: 'agreement.sign' },
      { kind: 'agreement.supersede', agreement: one.hash, successor: hash },
    ])
    t.match(await evaluate(politie, one), stopped)
    t.equal((await evaluate(politie, { content, hash })).status, 200)
    await gemeente.partner.revokeAgreement(hash)
    t.match(await evaluate(politie, one), stopped, 'it does not come back')
    for (const name of operatorNames) {
      t.same(await faultsOf(name, draft(parties, { previous: one.hash })), [
        '/previous: it ended or has a later version; name the latest, or none',
      ])
    }
  },
)

t.test('a later version that begins later leaves its predecessor until then', async (t) => {
  const one = await house.agree(parties)
  const begins = shifted(clock.now(), 2)
  const later = async () => {
    const fresh = draft(parties)
    const content = {
      ...fresh,
      previous: one.hash,
      validity: { ...fresh.validity, notBefore: begins.toISOString() },
    }
    for (const { partner } of parties) await partner.acceptAgreement(content)
    return agreementHashOf(content)
  }
  const first = await later()
  t.equal((await evaluate(politie, one)).status, 200)
  await gemeente.partner.revokeAgreement(first)
  const sibling = { ...draft(parties), previous: one.hash }
  await politie.partner.acceptAgreement(sibling)
  await later()
  await gemeente.partner.rejectAgreement(agreementHashOf(sibling))
  clock.advance(3)
  t.match(await evaluate(politie, one), stopped)
})

t.test('the difference between two versions is told in words', async (t) => {
  const old = draft(parties)
  const [one, two] = old.parties as [AgreementParty, AgreementParty]
  const fresh: AgreementContent = {
    ...old,
    retentionMonths: 12,
    categories: old.categories.filter((code) => code !== 'organ-removal'),
    parties: [
      { ...one, roles: ['submit'], fourEyes: true },
      { ...two, agency: 'jeugdzorg' },
    ],
  }
  t.same(differencesOf(old, old), [])
  t.same(differencesOf(old, fresh), [
    'categories: no longer organ-removal',
    'retentionMonths: 24 becomes 12',
    'gemeente is no longer a party',
    'jeugdzorg becomes a party: submit, receive',
    'politie, fourEyes: no becomes yes',
    'politie, roles: no longer receive',
  ])
})

t.test('renewal is due from the day that the agreement names', async (t) => {
  const dueOf = async ({ hash }: UnderAgreement) =>
    (await politie.partner.agreements()).find((one) => one.hash === hash)?.renewalDue
  const until = shifted(clock.now(), 90 * 86_400).toISOString()
  const validity = { notBefore: clock.now().toISOString(), notAfter: until }
  t.equal(await dueOf(await house.agree(parties, { validity, renewalNoticeDays: 30 })), false)
  const due = await house.agree(parties, { validity, renewalNoticeDays: 100 })
  t.equal(await dueOf(due), true)
  await house.agree(parties, { validity, previous: due.hash })
  t.equal(await dueOf(due), false)
})

t.test(
  'what an agreement does not name is not shared, and its deputy is called in an absence',
  async (t) => {
    const content = draft(parties, {
      dataCategories: ['tokens', 'exploitation', 'role', 'age-group'],
    })
    const today = dayOf(clock.now())
    const absent: AgreementContent = {
      ...content,
      parties: content.parties.map((party) => ({
        ...party,
        contactDesk: { name: 'Desk', deputy: 'Deputy', absences: [{ from: today, until: today }] },
      })),
    }
    for (const { partner } of parties) await partner.acceptAgreement(absent)
    const one = { content: absent, hash: agreementHashOf(absent) }
    for (const change of [{ region: 'twente' as const }, { role: 'suspect' as const }]) {
      t.match(await politie.call('POST', '/v1/signals', signalAbout({ bsn: 'x' }, one, change)), {
        status: 403,
        body: { problems: [{ at: 'sharing/data-covered' }] },
      })
    }
    await politie.call('POST', '/v1/signals', signalAbout({ bsn: 'anna' }, one))
    const answer = await gemeente.call('POST', '/v1/signals', signalAbout({ bsn: 'anna' }, one))
    t.match(answer, { status: 201, body: { overlaps: [{ others: [{ contactDesk: 'Deputy' }] }] } })
  },
)

t.test('one agency acts for another, as far as that one signed', async (t) => {
  const one = await house.agree(parties)
  const acting = { onBehalfOf: 'gemeente' }
  const give = (seconds = 600) =>
    gemeente.partner.delegate({
      actingAgency: 'veiligheidshuis',
      agreement: one.hash,
      notBefore: clock.now().toISOString(),
      notAfter: shifted(clock.now(), seconds).toISOString(),
    })
  const submit = (subject: string, change: object = acting, by = veiligheidshuis) =>
    by.call<SignalAnswer>('POST', '/v1/signals', signalAbout({ bsn: subject }, one, change))
  const nothing = { status: 404, code: 'agreements/not-found' }
  t.match(await submit('anna'), nothing, 'without a delegation')
  t.match(await evaluate(veiligheidshuis, one, acting), nothing)

  const number = await give()
  t.equal((await evaluate(veiligheidshuis, one, acting)).status, 200)
  await politie.call('POST', '/v1/signals', signalAbout({ bsn: 'anna' }, one))
  const marks = { gateway: await ledgerSize('gateway'), keyholder: await ledgerSize('keyholder') }
  const answer = await submit('anna')
  t.match(answer, { status: 201, body: { overlaps: [{ others: [{ agency: 'politie' }] }] } })
  t.match(await entries('gateway', marks.gateway), [
    { kind: 'signal.submit', agency: 'veiligheidshuis', onBehalfOf: 'gemeente', outcome: 'permit' },
  ])
  await evaluate(veiligheidshuis, one, acting)
  t.match(await entries('keyholder', marks.keyholder), [
    { kind: 'evaluation.evaluate', agency: 'veiligheidshuis', onBehalfOf: 'gemeente' },
  ])

  t.equal((await gemeente.partner.signal(answer.body.id)).state, 'live', 'its delegator owns it')
  t.equal((await veiligheidshuis.call('GET', `/v1/signals/${answer.body.id}`)).status, 404)
  t.match(await politie.call('GET', query(one)), {
    body: { overlaps: [{ others: [{ agency: 'gemeente' }] }] },
  })
  t.equal((await veiligheidshuis.partner.overlaps(one, acting)).length, 1)
  t.match(await veiligheidshuis.call('GET', query(one)), nothing, 'not in its own name')
  t.match(await politie.call('GET', query(one, acting)), nothing, 'nor does anybody else')
  const other = await house.agree(parties)
  t.match(await veiligheidshuis.call('GET', query(other, acting)), nothing, 'nor elsewhere')
  const used = await house.db.gateway
    .selectFrom('quota_use')
    .select('used')
    .where('agency_id', '=', 'veiligheidshuis')
    .where('kind', '=', 'submission')
    .executeTakeFirst()
  t.equal(Number(used?.used), 1, 'quotas count for the agency that acts too')

  t.match(await gemeente.partner.delegations(), [{ number, state: 'holds' }])
  t.match(await veiligheidshuis.partner.withdraw(answer.body.id, 'entered-by-mistake', acting), {
    state: 'withdrawn',
  })
  await gemeente.partner.endDelegation(number)
  t.match(await submit('bea'), nothing)
  t.match(await evaluate(veiligheidshuis, one, acting), nothing)
  t.match(await veiligheidshuis.partner.delegations(), [{ number, state: 'ended' }])

  const second = await give()
  t.equal((await submit('cor')).status, 201)
  for (const name of operatorNames) await house.pin(name, gemeente, { active: false })
  t.match(await submit('dirk'), nothing, 'a suspended agency delegates nothing')
  for (const name of operatorNames) await house.pin(name, gemeente)
  t.equal((await submit('ed')).status, 201)
  await gemeente.partner.endDelegation(second)
  await give(2)
  clock.advance(3)
  t.match(await submit('els'), nothing, 'after its time')
})

t.test('a delegation that ends while a withdrawal is under way ends it too', async (t) => {
  const one = await house.agree(parties)
  const acting = { onBehalfOf: 'gemeente' }
  const number = await gemeente.partner.delegate({
    actingAgency: 'veiligheidshuis',
    agreement: one.hash,
    notBefore: clock.now().toISOString(),
    notAfter: shifted(clock.now(), 600).toISOString(),
  })
  const signal = signalAbout({ bsn: 'anna' }, one, acting)
  t.equal((await veiligheidshuis.call('POST', '/v1/signals', signal)).status, 201)
  const path = `/v1/signals/${signal.id}/_withdraw`
  const { withdrawal } = await transact(house.db.gateway, 'test/end', async (tx) => {
    await lockForChange(tx, one.hash)
    const underWay = veiligheidshuis.call('POST', path, { reason: 'other', ...acting })
    t.equal(await Promise.race([underWay, pause(1000, 'still deciding')]), 'still deciding')
    await addEnd(tx, { delegator: gemeente.id, number, statement: 'x' }, clock.now())
    return { withdrawal: underWay }
  })
  t.match(await withdrawal, { status: 404, code: 'signals/not-found' })
  t.equal((await gemeente.partner.signal(signal.id)).state, 'live')
})

t.test('a delegation counts only when the party itself gave it', async (t) => {
  const one = await house.agree(parties)
  const statementOf = (change: object, key = gemeente.keys.root) =>
    signStatement(
      'delegation',
      {
        number: '00000000-0000-4000-8000-00000000000a',
        agency: 'gemeente',
        actingAgency: 'veiligheidshuis',
        agreement: one.hash,
        notBefore: clock.now().toISOString(),
        notAfter: shifted(clock.now(), 600).toISOString(),
        issuedAt: clock.now().toISOString(),
        ...change,
      },
      key,
    )
  for (const name of operatorNames) {
    const send = async (statement: string) => post(name, '/v1/delegations', { statement })
    for (const key of [veiligheidshuis.keys.root, politie.keys.signing, gemeente.keys.client]) {
      t.match(await send(await statementOf({}, key)), { code: 'statements/invalid' }, name)
    }
    const since = await house.ledgerSize(name)
    const many = await send(
      await statementOf({
        actingAgency: 'gemeente',
        agreement: `$1$1$${'A'.repeat(86)}`,
        notAfter: shifted(clock.now(), -1).toISOString(),
      }),
    )
    t.match(many, { code: 'agreements/invalid-delegation' })
    t.equal((many.body.problems as unknown[]).length, 3, 'all faults at once')
    t.match(await house.entries(name, since), [{ kind: 'delegation.take', outcome: 'refuse' }])
    const long = { notAfter: shifted(clock.now(), 90 * 86_400).toISOString() }
    t.match(await send(await statementOf(long)), {
      body: { problems: [{ message: 'it lasts longer than the agreement' }] },
    })
    const end = await signStatement(
      'delegation-end',
      {
        number: '00000000-0000-4000-8000-00000000000b',
        agency: 'gemeente',
        issuedAt: clock.now().toISOString(),
      },
      gemeente.keys.signing,
    )
    t.equal((await post(name, '/v1/delegation-ends', { statement: end })).status, 200)
    t.match(
      await send(await statementOf({ number: '00000000-0000-4000-8000-00000000000b' })),
      { body: { problems: [{ at: '/number' }] } },
      'an end that comes first stands',
    )
    t.equal((await send(await statementOf({}))).status, 200, 'the root key counts')
    t.match(await send(await statementOf({ actingAgency: 'politie' })), {
      body: { problems: [{ at: '/number' }] },
    })
  }
})
