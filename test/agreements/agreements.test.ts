import t from 'tap'
import { proposeAgreement, signAgreementAt } from '../../src/client/operators.ts'
import { shifted } from '../../src/kernel/clock.ts'
import { type OperatorName, operatorNames } from '../../src/oprf/types.ts'
import { agreementHashOf } from '../../src/proofs/agreement.ts'
import { type StatementType, signStatement } from '../../src/proofs/statement.ts'
import type {
  AgreementAnswer,
  AgreementContent,
  AgreementSignaturePayload,
} from '../../src/wire/agreement.ts'
import { makeBatch } from '../support/batches.ts'
import { learned } from '../support/calls.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'

const house = await openHouse(t)
const { clock, pins, post, draft, ledgerSize, entries } = house
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const jeugdzorg = await house.admit('jeugdzorg')
const outsider = await house.admit('outsider')
const parties = [politie, gemeente, jeugdzorg]

type SignatureType = AgreementSignaturePayload['type']

const signatureOf = (
  agency: HouseAgency,
  contentHash: string,
  type: SignatureType = 'accept',
  change: object = {},
  { key = agency.keys.signing, as = 'agreement-signature' as StatementType } = {},
) =>
  signStatement(
    as,
    { contentHash, agency: agency.id, type, signedAt: clock.now().toISOString(), ...change },
    key,
  )

const sign = async (
  operator: OperatorName,
  agency: HouseAgency,
  hash: string,
  type?: SignatureType,
): Promise<AgreementAnswer> =>
  signAgreementAt(pins[operator], hash, await signatureOf(agency, hash, type))

const propose = async (operator: OperatorName, agency: HouseAgency, content: AgreementContent) =>
  post(operator, '/v1/agreements', {
    content,
    signature: await signatureOf(agency, agreementHashOf(content)),
  })

/** Has a batch of `agency` evaluated; the keys of the domain are opened before. */
async function evaluate(agency: HouseAgency, content: AgreementContent) {
  const hash = agreementHashOf(content)
  return agency.call('POST', '/v1/evaluations', {
    batch: await makeBatch(house, agency, { hash, content }),
  })
}

// The domain that most of these tests use has its keys from here on.
const first = await house.agree(parties)
await politie.partner.domainKeys(first.content.domain)

t.test('an agreement is in force at an operator once every party accepted there', async (t) => {
  const content = draft(parties)
  const hash = agreementHashOf(content)
  const proposed = await propose('gateway', politie, content)
  t.match(proposed, {
    status: 200,
    body: { hash, state: 'proposed', accepted: ['politie'], awaiting: ['gemeente', 'jeugdzorg'] },
  })
  t.match(await evaluate(politie, content), {
    status: 403,
    body: { problems: [{ at: 'core/agreement-in-force' }] },
  })
  t.match(await sign('gateway', jeugdzorg, hash), { state: 'proposed', awaiting: ['gemeente'] })
  t.match(await sign('gateway', gemeente, hash), { state: 'in-force', awaiting: [] })

  t.match(await evaluate(politie, content), { status: 404, code: 'agreements/not-found' })
  await proposeAgreement(pins.keyholder, content, await signatureOf(politie, hash))
  await sign('keyholder', gemeente, hash)
  const since = await ledgerSize('keyholder')
  t.match(
    await evaluate(politie, content),
    { status: 403, code: 'policy/denied' },
    'the keyholder still waits for one party',
  )
  t.match(await entries('keyholder', since), [
    { kind: 'evaluation.evaluate', outcome: 'refuse', reasons: ['core/agreement-in-force'] },
  ])
  await sign('keyholder', jeugdzorg, hash)
  t.equal((await evaluate(politie, content)).status, 200)
})

t.test('saying the same again is welcome and leaves no second trace', async (t) => {
  const content = draft(parties)
  const hash = agreementHashOf(content)
  await propose('gateway', politie, content)
  const size = await ledgerSize('gateway')
  t.equal((await propose('gateway', politie, content)).status, 200)
  t.match(await sign('gateway', politie, hash), { state: 'proposed', accepted: ['politie'] })
  t.equal(await ledgerSize('gateway'), size)
  t.match(await propose('gateway', gemeente, content), {
    body: { accepted: ['politie', 'gemeente'] },
  })
})

t.test('of many proposals and signatures at once, each counts once', async (t) => {
  const content = draft(parties)
  const hash = agreementHashOf(content)
  const since = await ledgerSize('gateway')
  const answers = await Promise.all(
    [...parties, ...parties, ...parties].map((agency) => propose('gateway', agency, content)),
  )
  t.ok(answers.every(({ status }) => status === 200))
  const kinds = (await entries('gateway', since)).map(({ kind }) => kind).sort()
  t.same(kinds, ['agreement.propose', ...Array(3).fill('agreement.sign')])
  t.match(await sign('gateway', politie, hash), { state: 'in-force' })
})

t.test('a proposal is told all its faults at once, by each operator', async (t) => {
  const now = clock.now()
  const fine = draft(parties)
  const [one, two, three] = fine.parties as [
    AgreementContent['parties'][number],
    AgreementContent['parties'][number],
    AgreementContent['parties'][number],
  ]
  const wrong = outsider.rootThumbprint
  const content = draft(parties, {
    parties: [
      { ...one, roles: ['submit'] },
      { ...one, roles: ['submit'] },
      { ...two, roles: ['submit'], rootThumbprint: wrong },
      { ...three, roles: ['submit'], agency: 'nobody' },
    ],
    purpose: 'another-purpose',
    gateway: { rootThumbprint: wrong },
    keyholder: { rootThumbprint: wrong },
    validity: { notBefore: now.toISOString(), notAfter: shifted(now, -60).toISOString() },
  })
  for (const name of operatorNames) {
    const answer = await propose(name, politie, content)
    t.match(answer, { status: 400, code: 'agreements/invalid' })
    t.same(
      (answer.body.problems as { at: string }[]).map(({ at }) => at).sort(),
      [
        '/content/domain',
        '/content/gateway',
        '/content/keyholder',
        '/content/lead/general',
        '/content/lead/minor',
        '/content/lead/organised',
        '/content/parties',
        '/content/parties',
        ...[0, 1].map((at) => `/content/parties/${at}/legalBases/0`),
        '/content/parties/2',
        '/content/parties/2/legalBases/0',
        '/content/parties/3',
        '/content/parties/3/legalBases/0',
        '/content/validity',
      ],
      name,
    )
    const past = draft(parties, {
      validity: {
        notBefore: shifted(now, -7200).toISOString(),
        notAfter: shifted(now, -60).toISOString(),
      },
    })
    t.match(await propose(name, politie, past), {
      body: { problems: [{ at: '/content/validity', message: 'it lies in the past' }] },
    })
  }
})

t.test('a proposal in another form is told every member at fault', async (t) => {
  const content = { ...draft(parties), surprise: 1, categories: ['magic'], retentionMonths: 25 }
  const answer = await post('gateway', '/v1/agreements', {
    content,
    signature: await signatureOf(politie, agreementHashOf(content)),
  })
  t.match(answer, { status: 400, code: 'door/invalid-input' })
  for (const member of ['has a member that is not', 'categories/0', 'retentionMonths'])
    t.match(answer.text, member)
})

t.test('only a party proposes', async (t) => {
  const content = draft(parties)
  for (const name of operatorNames) {
    const since = await ledgerSize(name)
    t.match(await propose(name, outsider, content), { status: 400, code: 'agreements/invalid' })
    t.match(await entries(name, since), [{ kind: 'agreement.propose', outcome: 'refuse' }])
    t.match(await propose(name, await house.makeAgency('stranger'), content), {
      status: 400,
      code: 'statements/invalid',
    })
  }
})

t.test('a signature counts only if a party gave it, over this very agreement', async (t) => {
  const content = draft(parties)
  const hash = agreementHashOf(content)
  const other = agreementHashOf(draft(parties))
  for (const name of operatorNames) await propose(name, politie, content)
  const good = await signatureOf(gemeente, hash)
  const cases: Record<string, [string, string]> = {
    'by another agency’s key': [
      await signatureOf(gemeente, hash, 'accept', {}, { key: politie.keys.signing }),
      'statements/invalid',
    ],
    'by the root key': [
      await signatureOf(gemeente, hash, 'accept', {}, { key: gemeente.keys.root }),
      'statements/invalid',
    ],
    'over another hash': [await signatureOf(gemeente, other), 'statements/invalid'],
    'dated in the future': [
      await signatureOf(gemeente, hash, 'accept', {
        signedAt: shifted(clock.now(), 600).toISOString(),
      }),
      'statements/invalid',
    ],
    'of another type': [
      await signatureOf(gemeente, hash, 'accept', {}, { as: 'evaluation-batch' }),
      'statements/invalid',
    ],
    'with a word that is none': [
      await signatureOf(gemeente, hash, 'approve' as SignatureType),
      'statements/invalid',
    ],
    'with a member too many': [
      await signatureOf(gemeente, hash, 'accept', { all: true }),
      'statements/invalid',
    ],
    'cut off': [good.slice(0, -6), 'statements/invalid'],
    'by an agency that is no party': [await signatureOf(outsider, hash), 'agreements/not-found'],
  }
  const path = `/v1/agreements/${encodeURIComponent(hash)}/signatures`
  for (const name of operatorNames) {
    for (const [title, [signature, code]] of Object.entries(cases)) {
      t.match(await post(name, path, { signature }), { code }, `${title}, at the ${name}`)
    }
    t.match(await sign(name, politie, hash), { state: 'proposed', accepted: ['politie'] })
  }
  const elsewhere = `/v1/agreements/${encodeURIComponent(other)}/signatures`
  t.match(
    await post('gateway', elsewhere, { signature: good }),
    { code: 'statements/invalid' },
    'sent under another hash',
  )
})

t.test('a content that differs in anything is another agreement', async (t) => {
  const content = draft(parties)
  const more = { ...content, quotas: { ...content.quotas, evaluationsPerDay: 1_000_000 } }
  t.match(
    await post('gateway', '/v1/agreements', {
      content: more,
      signature: await signatureOf(politie, agreementHashOf(content)),
    }),
    { code: 'statements/invalid' },
  )
})

t.test('one party’s reject ends a proposal for all, whatever comes later', async (t) => {
  const content = draft(parties)
  const hash = agreementHashOf(content)
  await propose('gateway', politie, content)
  t.match(await sign('gateway', gemeente, hash, 'reject'), { state: 'ended' })
  t.match(await sign('gateway', gemeente, hash), { state: 'ended' })
  t.match(await sign('gateway', jeugdzorg, hash), { state: 'ended', awaiting: [] })
  t.match(await propose('gateway', politie, content), { body: { state: 'ended' } })
})

t.test('one party’s revoke ends an agreement for all, at both operators', async (t) => {
  const { content, hash } = await house.agree(parties)
  t.equal((await evaluate(politie, content)).status, 200)
  await gemeente.partner.revokeAgreement(hash)
  for (const name of operatorNames) t.match(await sign(name, politie, hash), { state: 'ended' })
  for (const agency of parties) {
    t.match(await evaluate(agency, content), {
      status: 403,
      body: { problems: [{ at: 'core/agreement-in-force' }] },
    })
    const mine = await agency.partner.agreements()
    t.equal(mine.find((one) => one.hash === hash)?.state, 'ended')
  }
  t.equal((await evaluate(politie, first.content)).status, 200, 'other agreements go on')
})

t.test('a revoke that only the keyholder heard stops evaluation there', async (t) => {
  const { content, hash } = await house.agree(parties)
  t.equal((await evaluate(politie, content)).status, 200)
  await sign('keyholder', jeugdzorg, hash, 'revoke')
  const [mine] = (await politie.partner.agreements()).filter((one) => one.hash === hash)
  t.equal(mine?.state, 'in-force', 'the gateway lags')
  const since = await ledgerSize('keyholder')
  t.match(await evaluate(politie, content), { status: 403, code: 'policy/denied' })
  t.match(await entries('keyholder', since), [
    { kind: 'evaluation.evaluate', outcome: 'refuse', reasons: ['core/agreement-in-force'] },
  ])
})

t.test('a gateway that invents an agreement gets nothing for it', async (t) => {
  const content = draft([politie, outsider], { domain: 'protecting-victims-persons' })
  const hash = agreementHashOf(content)
  const { purpose, domain } = content
  await house.db.gateway
    .insertInto('agreement')
    .values({
      hash,
      first_version: hash,
      content: JSON.stringify(content),
      purpose,
      domain,
      proposed_at: clock.now(),
    })
    .execute()
  for (const { id } of [politie, outsider]) {
    await house.db.gateway
      .insertInto('agreement_signature')
      .values({
        hash,
        agency_id: id,
        type: 'accept',
        signer: 'x',
        completes: true,
        statement: 'x.y.z',
        received_at: clock.now(),
      })
      .execute()
  }
  t.match(await evaluate(politie, content), { status: 404, code: 'agreements/not-found' })
  const forged = await house.post('keyholder', '/v1/agreements', { content, signature: 'x.y.z' })
  t.equal(forged.status, 400)
})

t.test('a domain serves one purpose, also when two come in force at once', async (t) => {
  const other = draft(parties, { purpose: 'another-purpose' })
  for (const name of operatorNames) {
    t.match(await propose(name, politie, other), {
      status: 400,
      body: { problems: [{ at: '/content/domain' }] },
    })
  }
  for (let round = 0; round < 5; round += 1) {
    const domain = `contested-${round}`
    const contents = ['one', 'two', 'three', 'four'].map((word) =>
      draft(parties, { domain, purpose: `purpose-${word}` }),
    )
    for (const content of contents) {
      for (const one of [politie, gemeente])
        t.equal((await propose('gateway', one, content)).status, 200)
    }
    const answers = await Promise.all(
      contents.map((content) => propose('gateway', jeugdzorg, content)),
    )
    t.same(answers.map(({ status }) => status).sort(), [200, 400, 400, 400])
  }
})

t.test('a domain belongs to those who brought it in force, and to their successors', async (t) => {
  const eve = await house.admit('eve')
  const { hash, content } = await house.agree([politie, gemeente], { domain: 'theirs' })
  const message = (answer: { readonly body: Record<string, unknown> }) =>
    (answer.body.problems as { at?: string; message: string }[])[0]
  const tried = async (who: readonly HouseAgency[], change: Partial<AgreementContent> = {}) => {
    const [first] = who
    if (first === undefined) throw new Error('nobody proposes')
    const asked = draft(who, { domain: 'theirs', ...change })
    return Promise.all(operatorNames.map((name) => propose(name, first, asked)))
  }
  const others = [
    ...(await tried([eve, outsider])),
    ...(await tried([politie, eve])),
    ...(await tried([politie, eve], { previous: hash })),
    ...(await tried([politie, gemeente, eve])),
    ...(await tried([politie, gemeente, eve], { previous: agreementHashOf(draft(parties)) })),
  ]
  for (const answer of others) t.match(answer, { status: 400, code: 'agreements/invalid' })
  const [strange] = others
  const [purposeless] = await tried([politie, gemeente], { purpose: 'another-purpose' })
  t.same(strange && message(strange), purposeless && message(purposeless), 'in the same words')
  for (const answer of await tried([politie, gemeente])) t.equal(answer.status, 200)
  const grown = await house.agree([politie, gemeente, eve], { domain: 'theirs', previous: hash })
  t.match(await evaluate(eve, grown.content), { status: 404 }, 'no keys were opened yet')
  await eve.partner.domainKeys('theirs')
  t.match(await evaluate(eve, grown.content), { status: 200 })
  t.equal(content.domain, grown.content.domain)
})

t.test('a name that was only proposed keeps nobody out, and refusals are recorded', async (t) => {
  const squat = draft([outsider, politie], { domain: 'future-persons', purpose: 'squat' })
  const rejecting = {
    content: squat,
    signature: await signatureOf(outsider, agreementHashOf(squat), 'reject'),
  }
  t.match(await post('gateway', '/v1/agreements', rejecting), { status: 400 })
  t.match(await propose('gateway', outsider, squat), { status: 200 })
  const real = draft([politie, gemeente], { domain: 'future-persons', purpose: 'future' })
  t.match(await propose('gateway', politie, real), { status: 200 })
  t.match(await propose('gateway', gemeente, real), { status: 200, body: { state: 'in-force' } })
  const before = await ledgerSize('gateway')
  const late = await propose('gateway', politie, squat)
  t.match(late, { status: 400, body: { problems: [{ at: '/content/domain' }] } })
  t.match(await entries('gateway', before), [
    { kind: 'agreement.sign', outcome: 'refuse', agency: 'politie' },
  ])
})

t.test('an agency has at most a hundred proposals open', async (t) => {
  const eager = await house.admit('eager')
  const statuses: number[] = []
  for (let at = 0; at < 101; at += 1) {
    const content = draft([eager, politie], { domain: 'spam-persons' })
    statuses.push((await propose('gateway', eager, content)).status)
  }
  t.same(statuses.slice(-2), [200, 400])
  const own = await eager.partner.agreements()
  t.equal(own.length, 100, 'and reads them page by page')
  t.equal(new Set(own.map(({ hash }) => hash)).size, 100)
})

t.test('an agency under a new root key is not the party that an agreement names', async (t) => {
  const moved = await house.admit('moved')
  const content = draft([politie, moved])
  const standing = await house.agree([politie, moved])
  t.equal((await propose('gateway', politie, content)).status, 200)
  const fresh = await house.makeAgency('moved')
  for (const name of operatorNames) await house.pin(name, fresh)
  await fresh.partner.presentCard('another desk', 1)
  await t.rejects(sign('gateway', fresh, agreementHashOf(content)), /another root key/)
  t.match(await evaluate(fresh, standing.content), { status: 404 })
})

t.test('outside its validity an agreement permits nothing', async (t) => {
  const now = clock.now()
  const { content } = await house.agree(parties, {
    validity: {
      notBefore: shifted(now, 3600).toISOString(),
      notAfter: shifted(now, 7200).toISOString(),
    },
  })
  t.match(await evaluate(politie, content), {
    status: 403,
    body: { problems: [{ at: 'core/agreement-in-force' }] },
  })
})

t.test('to an agency that is no party, an agreement looks like none', async (t) => {
  const { content, hash } = await house.agree(parties)
  const none = agreementHashOf(draft(parties))
  const path = (one: string) => `/v1/agreements/${encodeURIComponent(one)}`
  t.match(await politie.call('GET', path(hash)), { status: 200, body: { hash, content } })
  const [theirs, nothing] = [
    await outsider.call('GET', path(hash)),
    await outsider.call('GET', path(none)),
  ]
  t.equal(theirs.status, 404)
  t.same(learned(theirs), learned(nothing))
  const listed = await outsider.partner.agreements()
  t.notOk(listed.some((one) => one.content.parties.every(({ agency }) => agency !== 'outsider')))
  const signed = async (one: string) =>
    post('gateway', `${path(one)}/signatures`, { signature: await signatureOf(outsider, one) })
  t.same(learned(await signed(hash)), learned(await signed(none)))
  const batches = [content, draft(parties)].map((one) => evaluate(outsider, one))
  const [known, unknown] = await Promise.all(batches)
  t.match(known, { status: 404, code: 'agreements/not-found' })
  t.same(known && learned(known), unknown && learned(unknown))
})

t.test('a party reads what it signed, and its hash is what it says', async (t) => {
  const own = await politie.partner.agreements()
  t.ok(own.length > 5)
  for (const { hash, content } of own) t.equal(agreementHashOf(content), hash)
})
