import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import t from 'tap'
import { makeAgencyKeys } from '../../src/client/agency-keys.ts'
import { verifyGrant } from '../../src/client/disclosure-trust.ts'
import { suspendAgreementAt } from '../../src/client/operators.ts'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import { eraseTexts } from '../../src/disclosures/store.ts'
import { shifted } from '../../src/kernel/clock.ts'
import { operatorNames } from '../../src/oprf/types.ts'
import {
  hashOfStatement,
  publicJwkOf,
  signStatement,
  thumbprintOf,
} from '../../src/proofs/statement.ts'
import { openHalf, sealHalf } from '../../src/sealing/half.ts'
import { hashOfSealed, open, seal } from '../../src/sealing/sealing.ts'
import type { SealedField } from '../../src/sealing/types.ts'
import type { DisclosureView, GrantPayload, ReleaseAnswer } from '../../src/wire/disclosure.ts'
import type { SignalAnswer, SignalBody } from '../../src/wire/signal.ts'
import { learned } from '../support/calls.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { signalAbout } from '../support/signals.ts'

/** What the owner wrote. If this stands anywhere but at the receiver that was granted it, a promise is broken. */
const narrative = 'She was seen at the station three nights in a row, with the same man.'
const measures = 'Our outreach team visits every week.'
const necessity = 'We plan an interview tomorrow and have to know whether she is in danger.'
const wanted = { owner: 'jeugdzorg', article: 'avg-6-1-e', necessity } as const

const house = await openHouse(t)
const politie = await house.admit('politie')
const jeugdzorg = await house.admit('jeugdzorg')
const gemeente = await house.admit('gemeente')
const under = await house.agree([politie, jeugdzorg, gemeente])

async function submit(
  agency: HouseAgency,
  subject: string,
  texts: Partial<Record<'narrative' | 'measures', string>> = {},
  agreement: UnderAgreement = under,
): Promise<SignalAnswer> {
  const { sealingKeys } = await agency.partner.domainKeys(agreement.content.domain)
  const id = randomUUID()
  const sealed: SealedField[] = []
  for (const field of ['narrative', 'measures'] as const) {
    const content = texts[field]
    if (content === undefined) continue
    const context = { signalId: id, purpose: agreement.content.purpose, owner: agency.id, field }
    sealed.push(await seal({ ...context, content, operators: sealingKeys, random: house.random }))
  }
  const body = signalAbout({ bsn: subject }, agreement, {
    id,
    caseReference: `${agency.id}-${subject}`,
    sealed: sealed as SignalBody['sealed'],
  })
  const answer = await agency.call<SignalAnswer>('POST', '/v1/signals', body)
  if (answer.status !== 201) throw new Error(answer.text)
  return answer.body
}

let subjects = 0
/** A subject that the police and youth care both know, and the police's handle for it. */
async function overlap(agreement: UnderAgreement = under) {
  subjects += 1
  const subject = `subject-${subjects}`
  const owned = await submit(jeugdzorg, subject, { narrative, measures }, agreement)
  const own = await submit(politie, subject, {}, agreement)
  const handle = own.overlaps[0]?.handle ?? ''
  return { subject, owned: owned.id, own: own.id, handle }
}

const asked = async (fields: ('narrative' | 'measures')[] = ['narrative'], agreement = under) => {
  const found = await overlap(agreement)
  const view = await politie.partner.disclosures.request(found, { ...wanted, fields }, agreement)
  return { ...found, number: view.number, view }
}
type Asked = Awaited<ReturnType<typeof asked>>
const grant = ({ number, owned }: Asked, agreement = under) =>
  jeugdzorg.partner.disclosures.grant(number, agreement, { signalId: owned })
const granted = async (fields?: ('narrative' | 'measures')[], agreement = under) => {
  const one = await asked(fields, agreement)
  const { grant: given, grantStatement = '' } = await grant(one, agreement)
  return { ...one, grant: given?.number ?? '', grantStatement }
}
type Granted = Awaited<ReturnType<typeof granted>>
const openAs = ({ number }: { number: string }) => politie.partner.disclosures.open(number, under)

const audience = {
  gateway: house.pins.gateway.rootThumbprint,
  keyholder: house.pins.keyholder.rootThumbprint,
}
/** A release that any agency signs, of any grant. */
const releaseOf = (
  agency: HouseAgency,
  { grant, grantStatement }: Pick<Granted, 'grant' | 'grantStatement'>,
  change: object = {},
) =>
  signStatement(
    'disclosure-release',
    {
      audience,
      number: randomUUID(),
      agency: agency.id,
      client: 'connector',
      owner: 'jeugdzorg',
      grant,
      grantHash: hashOfStatement(grantStatement),
      issuedAt: house.clock.now().toISOString(),
      ...change,
    },
    agency.keys.signing,
  )
const sealedOf = async (id: string): Promise<SealedField[]> => {
  const { sealed } = await house.db.gateway
    .selectFrom('signal')
    .select('sealed')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return JSON.parse(sealed ?? '[]')
}
const keyholderHalves = async (id: string, fields: readonly string[] = ['narrative']) =>
  (await sealedOf(id))
    .filter(({ field }) => fields.includes(field))
    .map(({ field, halves }) => ({ field, half: halves.keyholder }))
/** What both operators say to a release: codes, or the policies that refused. */
async function releaseAtBoth(
  agency: HouseAgency,
  one: Pick<Granted, 'number' | 'owned' | 'grant' | 'grantStatement'>,
) {
  const release = await releaseOf(agency, one)
  const path = `/v1/disclosures/${one.number}/_release`
  const atGateway = await agency.call<ReleaseAnswer>('POST', path, { release })
  const atKeyholder = await house.post('keyholder', '/v1/releases', {
    release,
    grant: one.grantStatement,
    halves: await keyholderHalves(one.owned),
  })
  return { gateway: atGateway, keyholder: atKeyholder }
}
const reasonsOf = ({ code, body }: { code: string | undefined; body: unknown }): string[] => {
  const { problems = [] } = body as { problems?: { at?: string }[] }
  return code === undefined ? [] : [code, ...problems.map(({ at = '' }) => at)]
}
/** A grant by the owner, otherwise than its client makes it. */
const grantWith = async (
  one: Asked,
  change: Partial<GrantPayload>,
  key = jeugdzorg.keys.signing,
) => {
  const [sealed] = await sealedOf(one.owned)
  if (sealed === undefined) throw new Error('nothing is sealed')
  const at = house.clock.now()
  const payload: GrantPayload = {
    audience,
    number: randomUUID(),
    request: one.number,
    requestHash: hashOfStatement(one.view.request ?? ''),
    agency: 'jeugdzorg',
    receiver: 'politie',
    encryptionThumbprint: await thumbprintOf(politie.keys.encryption),
    agreement: under.hash,
    purpose: under.content.purpose,
    signalId: one.owned,
    fields: [
      {
        field: 'narrative',
        sealedHash: hashOfSealed(sealed),
        halfHashes: sealed.halfHashes,
      },
    ],
    issuedAt: at.toISOString(),
    expiresAt: shifted(at, 86_400).toISOString(),
    ...change,
  }
  return { payload, statement: await signStatement('disclosure-grant', payload, key) }
}

t.test(
  'a receiver asks with reasons, the owner grants, and only then it opens: once',
  async (t) => {
    const one = await asked(['narrative', 'measures'])
    t.match(one.view, { side: 'receiver', state: 'requested', other: { agency: 'jeugdzorg' } })
    t.not(JSON.stringify(one.view).includes(one.owned), true, 'not the owner’s signal')
    await t.rejects(openAs(one), /requested: nothing to open/)

    const inbox = await jeugdzorg.partner.disclosures.list(under, 'owner')
    const shown = inbox.find(({ number }) => number === one.number)
    t.match(shown, {
      side: 'owner',
      other: { agency: 'politie', name: 'Agency politie' },
      signal: { id: one.owned, caseReference: `jeugdzorg-${one.subject}` },
      fields: ['narrative', 'measures'],
      overdue: false,
    })
    t.equal(
      new Date(shown?.dueAt ?? 0).getTime() - new Date(shown?.requestedAt ?? 0).getTime(),
      48 * 3_600_000,
      'by the agreement’s 48 hours',
    )
    const seen = await jeugdzorg.partner.disclosures.show(one.number)
    t.equal(await jeugdzorg.partner.disclosures.necessityOf(seen, under), necessity)
    t.notMatch(JSON.stringify(seen), `politie-${one.subject}`, 'not the receiver’s case')
    t.not(JSON.stringify(seen).includes(one.own), true, 'nor its signal')
    t.not(JSON.stringify(seen).includes(one.handle), true, 'nor its handle')

    const sizes = {
      gateway: await house.ledgerSize('gateway'),
      keyholder: await house.ledgerSize('keyholder'),
    }
    t.match(await grant(one), { state: 'granted', grant: { fields: ['narrative', 'measures'] } })
    t.strictSame(await openAs(one), { narrative, measures })
    t.match(await jeugdzorg.partner.disclosures.show(one.number), { state: 'opened' })
    await t.rejects(openAs(one), { message: /used before/ })

    for (const name of operatorNames) {
      const entries = await house.entries(name, sizes[name])
      const kinds = entries.map(({ kind, outcome }) => `${kind} ${outcome}`)
      t.ok(kinds.includes('disclosure.release permit'), name)
      t.ok(kinds.includes('disclosure.open permit'), name)
      t.match(
        entries.find(({ kind }) => kind === 'disclosure.release'),
        {
          agency: 'politie',
          owner: 'jeugdzorg',
          signalId: one.owned,
          fields: ['narrative', 'measures'],
        },
      )
    }
    t.ok(
      (await house.entries('gateway', sizes.gateway)).some(
        ({ kind }) => kind === 'disclosure.grant',
      ),
    )
  },
)

t.test('a grant in part opens that part, and the other halves stay where they are', async (t) => {
  const one = await asked(['narrative', 'measures'])
  const { grantStatement = '', grant: given } = await jeugdzorg.partner.disclosures.grant(
    one.number,
    under,
    { signalId: one.owned, fields: ['measures'] },
  )
  const partly = { ...one, grant: given?.number ?? '', grantStatement }
  const release = await releaseOf(politie, partly)
  for (const fields of [['narrative'], ['narrative', 'measures']]) {
    const answer = await house.post('keyholder', '/v1/releases', {
      release,
      grant: grantStatement,
      halves: await keyholderHalves(one.owned, fields),
    })
    t.strictSame(reasonsOf(answer), ['policy/denied', 'core/grant-record'], fields.join())
  }
  t.strictSame(await openAs(one), { measures })
})

t.test(
  'a refusal names its reason and can be objected to once; a question waits for its answer',
  async (t) => {
    const { disclosures: owner } = jeugdzorg.partner
    const { disclosures: receiver } = politie.partner
    const one = await asked()
    await owner.answer(one.number, { answer: 'ask', text: 'Is the interview with a guardian?' })
    await t.rejects(owner.answer(one.number, { answer: 'ask', text: 'And who is that?' }))
    t.match(await receiver.show(one.number), {
      state: 'asked',
      remarks: [{ by: 'owner', kind: 'question', text: /guardian/ }],
    })
    await receiver.reply(one.number, { reply: 'answer', text: 'Yes, the guardian is there.' })
    await owner.answer(one.number, { answer: 'refuse', reason: 'call-instead' })
    t.match(await receiver.show(one.number), { state: 'refused', refusal: 'call-instead' })
    await t.rejects(openAs(one))
    const objection = { reply: 'objection', text: 'Nobody answers at your desk today.' } as const
    t.match(await receiver.reply(one.number, objection), { state: 'requested' })
    await owner.answer(one.number, { answer: 'refuse', reason: 'confidential' })
    await t.rejects(receiver.reply(one.number, objection), { code: 'disclosures/not-now' })

    const again = (handle: string) =>
      receiver.request({ handle }, { ...wanted, fields: ['narrative'] }, under)
    const second = await again(one.handle)
    await t.rejects(again(one.handle), { code: 'disclosures/asked-before' }, 'one at a time')
    await owner.answer(second.number, { answer: 'refuse', reason: 'not-necessary' })
    await t.rejects(again(one.handle), { code: 'disclosures/asked-before' }, 'two in all')
  },
)

t.test('who is not asked, or does not ask, finds nothing', async (t) => {
  const one = await granted()
  const none = randomUUID()
  const acts: [string, object | undefined][] = [
    ['', undefined],
    ['/_answer', { answer: 'refuse', reason: 'harm' }],
    ['/_reply', { reply: 'objection', text: 'I object to all of this.' }],
    ['/_grant', { grant: one.grantStatement }],
    ['/_release', { release: await releaseOf(gemeente, one) }],
  ]
  for (const [path, body] of acts) {
    const method = body === undefined ? 'GET' : 'POST'
    const call = (number: string) => gemeente.call(method, `/v1/disclosures/${number}${path}`, body)
    t.strictSame(learned(await call(one.number)), learned(await call(none)), path)
    t.equal((await call(one.number)).status, 404, path)
  }
  t.strictSame(await gemeente.partner.disclosures.list(under, 'owner'), [])
  const { handle } = await overlap()
  const ask = (agency: HouseAgency, change: object = {}) =>
    agency.partner.disclosures.request(
      { handle },
      { ...wanted, fields: ['narrative'], ...change },
      under,
    )
  await t.rejects(ask(gemeente), { code: 'overlaps/not-found' }, 'another’s handle')
  await t.rejects(
    ask(politie, { owner: 'gemeente' }),
    { code: 'overlaps/not-found' },
    'no side of it',
  )
  await t.rejects(ask(politie, { owner: 'politie' }), { code: 'policy/denied' }, 'itself')
  await t.rejects(ask(politie, { article: 'wpg-20' }), { code: 'disclosures/invalid' })
  await t.rejects(
    politie.partner.disclosures.answer(one.number, { answer: 'refuse', reason: 'harm' }),
    { message: /Only the owner/ },
  )
})

t.test('a grant for one record leaves every other closed, at both operators', async (t) => {
  const one = await granted()
  const other = await granted()
  const atKeyholder = await house.post('keyholder', '/v1/releases', {
    release: await releaseOf(politie, one),
    grant: one.grantStatement,
    halves: await keyholderHalves(other.owned),
  })
  t.strictSame(reasonsOf(atKeyholder), ['policy/denied', 'core/grant-record'])
  const [sealed] = await sealedOf(other.owned)
  const foreign = await asked()
  const crossed: Partial<GrantPayload>[] = [
    { signalId: other.owned },
    {
      fields: [
        {
          field: 'narrative',
          sealedHash: hashOfSealed(sealed as SealedField),
          halfHashes: sealed?.halfHashes ?? { gateway: '', keyholder: '' },
        },
      ],
    },
    { signalId: foreign.owned, purpose: 'another-purpose' },
    { request: other.number },
  ]
  for (const change of crossed) {
    const { payload, statement } = await grantWith(foreign, change)
    const answer = await jeugdzorg.call('POST', `/v1/disclosures/${foreign.number}/_grant`, {
      grant: statement,
    })
    t.equal(answer.code, 'disclosures/invalid', JSON.stringify(Object.keys(change)))
    const half = await house.post('keyholder', '/v1/releases', {
      release: await releaseOf(politie, { grant: payload.number, grantStatement: statement }),
      grant: statement,
      halves: await keyholderHalves(other.owned),
    })
    if ('signalId' in change !== 'fields' in change) t.equal(half.code, 'policy/denied')
  }
  t.strictSame(await openAs(one), { narrative })
})

t.test('a grant is of no use to another receiver, another key, or by another signer', async (t) => {
  const one = await granted()
  const stolen = await house.post('keyholder', '/v1/releases', {
    release: await releaseOf(gemeente, one),
    grant: one.grantStatement,
    halves: await keyholderHalves(one.owned),
  })
  t.strictSame(reasonsOf(stolen), ['policy/denied', 'core/grant-receiver'])

  const other = await asked()
  const ask = async (statement: string, number: string, release = '') =>
    house.post('keyholder', '/v1/releases', {
      release: release || (await releaseOf(politie, { grant: number, grantStatement: statement })),
      grant: statement,
      halves: await keyholderHalves(other.owned),
    })
  const thief = await makeAgencyKeys()
  const otherKey = await grantWith(other, {
    encryptionThumbprint: await thumbprintOf(thief.encryption),
  })
  t.strictSame(reasonsOf(await ask(otherKey.statement, otherKey.payload.number)), [
    'policy/denied',
    'core/grant-receiver',
  ])
  const another = await grantWith(other, { receiver: 'gemeente' })
  t.strictSame(reasonsOf(await ask(another.statement, another.payload.number)), [
    'policy/denied',
    'core/grant-receiver',
  ])
  const { payload, statement } = await grantWith(other, {})
  const right = { grant: payload.number, grantStatement: statement }
  for (const change of [
    { grant: randomUUID() },
    { owner: 'gemeente' },
    { grantHash: 'A'.repeat(43) },
  ]) {
    const release = await releaseOf(politie, right, change)
    t.strictSame(
      reasonsOf(await ask(statement, payload.number, release)),
      ['policy/denied', 'core/grant-receiver'],
      `a release that names another ${Object.keys(change)}`,
    )
  }
  const elsewhere = { gateway: audience.keyholder, keyholder: audience.gateway }
  const foreign = await grantWith(other, { audience: elsewhere })
  t.equal((await ask(foreign.statement, foreign.payload.number)).code, 'statements/invalid')
  for (const key of [thief.signing, politie.keys.signing, jeugdzorg.keys.client]) {
    const forged = await grantWith(other, {}, key)
    t.equal((await ask(forged.statement, forged.payload.number)).code, 'statements/invalid')
    const path = `/v1/disclosures/${other.number}/_grant`
    const atGateway = await jeugdzorg.call('POST', path, { grant: forged.statement })
    t.equal(atGateway.code, 'statements/invalid')
  }
  const mine = await grantWith(other, { agency: 'politie' }, politie.keys.signing)
  t.strictSame(
    reasonsOf(
      await ask(
        mine.statement,
        mine.payload.number,
        await releaseOf(
          politie,
          { grant: mine.payload.number, grantStatement: mine.statement },
          { owner: 'politie' },
        ),
      ),
    ),
    ['policy/denied', 'core/disclosure-sides', 'core/grant-record'],
    'nor by whoever wants to read it',
  )
})

t.test('a grant opens once: replays are refused, the same release is answered again', async (t) => {
  const one = await granted()
  const first = await releaseAtBoth(politie, one)
  t.equal(first.gateway.status, 200)
  t.equal(first.keyholder.status, 200)
  const replay = await releaseAtBoth(politie, one)
  for (const name of operatorNames) {
    t.strictSame(reasonsOf(replay[name]), ['policy/denied', 'core/grant-once'], name)
  }

  const two = await granted()
  let release: { number: string; statement: string } | undefined
  const kept = {
    find: async () => release,
    keep: async (made: NonNullable<typeof release>) => {
      release = made
    },
  }
  await house.stop('keyholder')
  await t.rejects(politie.partner.disclosures.open(two.number, under, kept), 'interrupted')
  await house.start('keyholder')
  t.strictSame(await politie.partner.disclosures.open(two.number, under, kept), { narrative })
  await t.rejects(politie.partner.disclosures.open(two.number, under, kept), { message: /used/ })
})

t.test('of many releases at once, one gets the half', async (t) => {
  const one = await granted()
  const halves = await keyholderHalves(one.owned)
  const releases = await Promise.all(Array.from({ length: 8 }, () => releaseOf(politie, one)))
  const atKeyholder = await Promise.all(
    releases.map((release) =>
      house.post('keyholder', '/v1/releases', { release, grant: one.grantStatement, halves }),
    ),
  )
  t.equal(atKeyholder.filter(({ status }) => status === 200).length, 1)
  const atGateway = await Promise.all(
    releases.map((release) =>
      politie.call('POST', `/v1/disclosures/${one.number}/_release`, { release }),
    ),
  )
  t.equal(atGateway.filter(({ status }) => status === 200).length, 1)

  const { handle } = await overlap()
  const requests = await Promise.allSettled(
    Array.from({ length: 6 }, () =>
      politie.partner.disclosures.request({ handle }, { ...wanted, fields: ['narrative'] }, under),
    ),
  )
  t.equal(
    requests.filter(({ status }) => status === 'fulfilled').length,
    1,
    'one request at a time',
  )
  const other = await asked()
  const answers = await Promise.allSettled([
    grant(other),
    ...Array.from({ length: 4 }, () =>
      jeugdzorg.partner.disclosures.answer(other.number, { answer: 'refuse', reason: 'harm' }),
    ),
  ])
  const done = answers.filter(({ status }) => status === 'fulfilled').length
  t.ok(done === 1 || done === 2, 'refused once, or granted; or refused and then granted')
})

t.test('an expired grant, and one that was taken back, open nothing', async (t) => {
  const revoked = await granted()
  t.equal(await jeugdzorg.partner.disclosures.revoke(revoked.grant), 'closed')
  const late = await releaseAtBoth(politie, revoked)
  for (const name of operatorNames) {
    t.strictSame(reasonsOf(late[name]), ['policy/denied', 'core/grant-revoked'], name)
  }
  t.match(await politie.partner.disclosures.show(revoked.number), { state: 'revoked' })

  const half = await granted()
  const release = await releaseOf(politie, half)
  await politie.call('POST', `/v1/disclosures/${half.number}/_release`, { release })
  t.equal(
    await jeugdzorg.partner.disclosures.revoke(half.grant),
    'closed',
    'half way: still closed',
  )
  await t.rejects(openAs(half))
  const whole = await granted()
  await releaseAtBoth(politie, whole)
  t.equal(await jeugdzorg.partner.disclosures.revoke(whole.grant), 'too-late')
  const opened = await granted()
  await openAs(opened)
  await t.rejects(jeugdzorg.partner.disclosures.revoke(opened.grant), {
    errors: [
      { cause: { code: 'disclosures/not-now' } },
      { cause: { code: 'disclosures/not-now' } },
    ],
  })
  const unseen = await granted()
  const payload = {
    audience,
    agency: 'politie',
    grant: unseen.grant,
    issuedAt: house.clock.now().toISOString(),
  }
  const foreign = await signStatement('grant-revocation', payload, politie.keys.signing)
  for (const name of operatorNames)
    await house.post(name, '/v1/grant-revocations', { statement: foreign })
  t.strictSame(await openAs(unseen), { narrative }, 'only the owner’s word takes it back')
})

t.test('nothing opens for a signal that is withdrawn, on either side', async (t) => {
  const one = await granted()
  await jeugdzorg.partner.withdraw(one.owned, 'entered-by-mistake')
  await t.rejects(openAs(one), { message: /another signal/ })
  t.match(await politie.partner.disclosures.show(one.number), { state: 'ended' })
  const other = await granted()
  await politie.partner.withdraw(other.own, 'entered-by-mistake')
  await t.rejects(openAs(other), { message: /another signal/ })
  const third = await asked()
  await jeugdzorg.partner.withdraw(third.owned, 'entered-by-mistake')
  await t.rejects(grant(third))
  const view = await politie.partner.disclosures.show(third.number)
  t.match(view, { state: 'ended', remarks: [] })
  t.equal(view.request, undefined, 'why it was asked went with the signal')
})

t.test(
  'each operator closes for itself: agreement suspended, or agency, at one of them',
  async (t) => {
    for (const name of operatorNames) {
      const own = await house.agree([politie, jeugdzorg])
      const one = await granted(['narrative'], own)
      const say = (suspended: boolean) => {
        house.clock.advance(1)
        const at = house.clock.now()
        return suspendAgreementAt(house.pins[name], house.administrators[name], {
          agreement: own.hash,
          suspended,
          cause: 'incident',
          at,
        })
      }
      await say(true)
      const answers = await releaseAtBoth(politie, one)
      t.match(reasonsOf(answers[name]).join(), /core\/agreement-in-force/, name)
      await say(false)
      const two = await granted(['narrative'], own)
      await house.pin(name, jeugdzorg, { active: false })
      t.match(
        reasonsOf((await releaseAtBoth(politie, two))[name]).join(),
        /core\/grant-owner/,
        name,
      )
      await house.pin(name, jeugdzorg)
    }
  },
)

t.test(
  'with the whole gateway in an attacker’s hands, nothing can be read and no grant forged',
  async (t) => {
    const one = await granted()
    const keys = JSON.parse(await readFile(`${house.folder}/gateway/keys.json`, 'utf8'))
    const [sealed] = await sealedOf(one.owned)
    if (sealed === undefined) throw new Error('nothing is sealed')
    // All that stands in the database and in the keys: one half, and a body that needs both.
    const half = await openHalf(sealed.halves.gateway, keys.sealing)
    await t.rejects(openHalf(sealed.halves.keyholder, keys.sealing))
    const context = {
      signalId: one.owned,
      purpose: under.content.purpose,
      owner: 'jeugdzorg',
      field: 'narrative',
    }
    await t.rejects(
      open({
        sealed,
        halves: { gateway: half, keyholder: { ...half, name: 'keyholder' } },
        context,
      }),
      { name: 'BrokenSeal' },
    )
    for (const table of ['disclosure', 'disclosure_grant', 'signal', 'ledger_entry'] as const) {
      const rows = JSON.stringify(await house.db.gateway.selectFrom(table).selectAll().execute())
      t.notMatch(rows, narrative)
      t.notMatch(rows, necessity, `${table}: why it was asked is sealed in its column`)
    }
    // Every key that the gateway has, in the owner's and in the receiver's name.
    const attacker = await makeAgencyKeys()
    const forge = async (key: typeof keys.root, encryption = attacker.encryption) => {
      const forged = await grantWith(
        one,
        { encryptionThumbprint: await thumbprintOf(encryption) },
        key,
      )
      return house.post('keyholder', '/v1/releases', {
        release: await signStatement(
          'disclosure-release',
          {
            audience,
            number: randomUUID(),
            agency: 'politie',
            client: 'connector',
            owner: 'jeugdzorg',
            grant: forged.payload.number,
            grantHash: hashOfStatement(forged.statement),
            issuedAt: house.clock.now().toISOString(),
          },
          key,
        ),
        grant: forged.statement,
        halves: await keyholderHalves(one.owned),
      })
    }
    for (const key of [keys.root, keys.oauth, attacker.signing]) {
      t.equal((await forge(key)).code, 'statements/invalid')
    }
    // With the true grant it can have the true receiver's half made, for the receiver's key only.
    const stolen = await house.post('keyholder', '/v1/releases', {
      release: await signStatement(
        'disclosure-release',
        {
          audience,
          number: randomUUID(),
          agency: 'politie',
          client: 'connector',
          owner: 'jeugdzorg',
          grant: one.grant,
          grantHash: hashOfStatement(one.grantStatement),
          issuedAt: house.clock.now().toISOString(),
        },
        attacker.signing,
      ),
      grant: one.grantStatement,
      halves: await keyholderHalves(one.owned),
    })
    t.equal(stolen.code, 'statements/invalid')
    // It shows the owner another key as the receiver's, hoping for a grant to it.
    const two = await asked()
    const view = await jeugdzorg.partner.disclosures.show(two.number)
    const card = await signStatement(
      'agency-card',
      {
        agency: 'politie',
        version: 9,
        contactDesk: 'x',
        signingKey: publicJwkOf(attacker.signing),
        encryptionKey: publicJwkOf(attacker.encryption),
        clients: [],
        issuedAt: house.clock.now().toISOString(),
      },
      attacker.root,
    )
    const lies: Partial<DisclosureView>[] = [
      { receiverCard: card },
      { fields: ['narrative', 'measures'] },
      { other: { agency: 'gemeente', name: 'Agency politie' } },
    ]
    for (const lie of lies) {
      await t.rejects(
        jeugdzorg.partner.disclosures.necessityOf({ ...view, ...lie }, under),
        { name: 'UntrustworthyOperator' },
        Object.keys(lie).join(),
      )
    }
    // It swaps the keyholder's half for one of its own making: the keyholder sees another half.
    const own = await sealHalf(
      {
        ...half,
        name: 'keyholder',
        binding: {
          ...half.binding,
          halfHashes: { ...half.binding.halfHashes, keyholder: half.binding.halfHashes.gateway },
        },
      },
      (await politie.partner.domainKeys(under.content.domain)).sealingKeys.keyholder,
    )
    const swapped = await house.post('keyholder', '/v1/releases', {
      release: await releaseOf(politie, one),
      grant: one.grantStatement,
      halves: [{ field: 'narrative', half: own }],
    })
    t.strictSame(reasonsOf(swapped), ['policy/denied', 'core/grant-record'])
    t.strictSame(await openAs(one), { narrative }, 'and the receiver still opens it')
  },
)

t.test('with the whole keyholder in an attacker’s hands, neither', async (t) => {
  const one = await granted()
  const keys = JSON.parse(await readFile(`${house.folder}/keyholder/keys.json`, 'utf8'))
  const tables = await house.db.keyholder.introspection.getTables()
  t.notOk(
    tables.some(({ name }) => name === 'signal' || name === 'disclosure'),
    'it holds no content',
  )
  const [sealed] = await sealedOf(one.owned)
  if (sealed === undefined) throw new Error('nothing is sealed')
  const half = await openHalf(sealed.halves.keyholder, keys.sealing)
  await t.rejects(openHalf(sealed.halves.gateway, keys.sealing))
  const context = {
    signalId: one.owned,
    purpose: under.content.purpose,
    owner: 'jeugdzorg',
    field: 'narrative',
  }
  await t.rejects(
    open({ sealed, halves: { gateway: { ...half, name: 'gateway' }, keyholder: half }, context }),
  )
  const other = await asked()
  const forged = await grantWith(other, {}, keys.root)
  const path = `/v1/disclosures/${other.number}/_grant`
  t.equal(
    (await jeugdzorg.call('POST', path, { grant: forged.statement })).code,
    'statements/invalid',
  )
  const entries = JSON.stringify(await house.entries('keyholder'))
  t.notMatch(entries, narrative)
  t.notMatch(entries, necessity)
})

t.test(
  'an operator that sends the receiver another half, or another text, is caught',
  async (t) => {
    const one = await granted()
    const attacker = await makeAgencyKeys()
    const view = await politie.partner.disclosures.show(one.number)
    const forged = await grantWith(one, {}, attacker.signing)
    const expected = { owner: 'jeugdzorg', receiver: 'politie', request: one.number }
    await t.rejects(verifyGrant(forged.statement, view.ownerCard, expected, under.content), {
      name: 'UntrustworthyOperator',
    })
    await t.rejects(
      verifyGrant(
        one.grantStatement,
        view.ownerCard,
        { ...expected, receiver: 'gemeente' },
        under.content,
      ),
      { name: 'UntrustworthyOperator' },
    )
  },
)

t.test('a grant ends with its time, and lasts no longer than a month', async (t) => {
  const soon = await asked()
  const until = (seconds: number) => shifted(house.clock.now(), seconds).toISOString()
  const short = await grantWith(soon, { expiresAt: until(30) })
  const path = `/v1/disclosures/${soon.number}/_grant`
  t.equal((await jeugdzorg.call('POST', path, { grant: short.statement })).status, 200)
  house.clock.advance(31)
  const late = await releaseAtBoth(politie, {
    ...soon,
    grant: short.payload.number,
    grantStatement: short.statement,
  })
  for (const name of operatorNames) {
    t.strictSame(reasonsOf(late[name]), ['policy/denied', 'core/grant-time'], name)
  }
  t.match(await politie.partner.disclosures.show(soon.number), { state: 'expired' })
  const other = await asked()
  const long = await grantWith(other, { expiresAt: until(31 * 86_400) })
  const refused = await jeugdzorg.call('POST', `/v1/disclosures/${other.number}/_grant`, {
    grant: long.statement,
  })
  t.match(refused.body, { problems: [{ at: '/expiresAt' }] })
})

t.test('why it was asked, and what was said, can be erased; what was done stays', async (t) => {
  const one = await asked()
  await jeugdzorg.partner.disclosures.answer(one.number, {
    answer: 'refuse',
    reason: 'harm',
    text: 'It would put her in danger.',
  })
  await eraseTexts(house.db.gateway, shifted(house.clock.now(), 1))
  const view = await politie.partner.disclosures.show(one.number)
  t.match(view, { state: 'refused', refusal: 'harm', remarks: [] })
  t.equal(view.request, undefined)
})
