import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import t from 'tap'
import { makeAgencyKeys } from '../../src/client/agency-keys.ts'
import type { SignedEmergency } from '../../src/client/emergencies.ts'
import { suspendAgreementAt } from '../../src/client/operators.ts'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import { shifted } from '../../src/kernel/clock.ts'
import { operatorNames } from '../../src/oprf/types.ts'
import {
  hashOfStatement,
  type PrivateJwk,
  publicJwkOf,
  signStatement,
  thumbprintOf,
} from '../../src/proofs/statement.ts'
import { openHalf } from '../../src/sealing/half.ts'
import { hashOfSealed, seal } from '../../src/sealing/sealing.ts'
import type { SealedField } from '../../src/sealing/types.ts'
import type { PublicKey } from '../../src/wire/common.ts'
import type { EmergencyPayload, SealPayload } from '../../src/wire/emergency.ts'
import type { SignalAnswer, SignalBody } from '../../src/wire/signal.ts'
import { learned } from '../support/calls.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { signalAbout } from '../support/signals.ts'

const narrative = 'He said that she would not see the weekend; the address is known to us.'
const measures = 'A safe house has a place for her from tonight.'
const necessity = 'Her sister called: he is on his way to her with a knife, and we have no address.'

const house = await openHouse(t)
const politie = await house.admit('politie')
const jeugdzorg = await house.admit('jeugdzorg')
const gemeente = await house.admit('gemeente')
const vital = { codes: ['avg-6-1-d', 'avg-9-2-c', 'avg-10'] }
const clauseOf = (agencies: readonly HouseAgency[], perDay = 20) => ({
  emergency: {
    reviewDays: 3,
    perDay,
    legalBases: agencies.map(({ id }) => ({ agency: id, ...vital })),
  },
})
const everybody = [politie, jeugdzorg, gemeente]
const under = await house.agree(everybody, clauseOf(everybody))

/** Two people of each agency, on its card. */
const officersOf = async (agency: HouseAgency, version: number, names = ['mira', 'joost']) => {
  const keys = await Promise.all(names.map(async () => (await makeAgencyKeys()).signing))
  await agency.partner.presentCard(
    agency.contactDesk,
    version,
    names.map((name, at) => ({ name, key: publicJwkOf(keys[at] as PrivateJwk) as PublicKey })),
  )
  return keys as [PrivateJwk, PrivateJwk]
}
const officers = await officersOf(politie, 2)
const othersOfficers = await officersOf(gemeente, 2)

const audience = {
  gateway: house.pins.gateway.rootThumbprint,
  keyholder: house.pins.keyholder.rootThumbprint,
}

async function sealAll(
  owner: HouseAgency,
  id: string,
  texts: Record<string, string>,
  agreement = under,
) {
  const { sealingKeys } = await owner.partner.domainKeys(agreement.content.domain)
  const { purpose } = agreement.content
  return Promise.all(
    Object.entries(texts).map(([field, content]) =>
      seal({
        signalId: id,
        purpose,
        owner: owner.id,
        field,
        content,
        operators: sealingKeys,
        random: house.random,
      }),
    ),
  )
}
const sealPayload = (
  owner: string,
  id: string,
  sealed: readonly SealedField[],
  agreement = under,
): SealPayload => ({
  audience,
  agency: owner,
  agreement: agreement.hash,
  purpose: agreement.content.purpose,
  signalId: id,
  fields: sealed.map((one) => ({
    field: one.field as 'narrative',
    sealedHash: hashOfSealed(one),
    halfHashes: one.halfHashes,
  })),
  sealedAt: house.clock.now().toISOString(),
})
async function submit(
  agency: HouseAgency,
  subject: string,
  texts: Record<string, string>,
  agreement: UnderAgreement,
) {
  const id = randomUUID()
  const sealed = await sealAll(agency, id, texts, agreement)
  const statement =
    sealed.length === 0
      ? undefined
      : await signStatement(
          'sealed-fields',
          sealPayload(agency.id, id, sealed, agreement),
          agency.keys.signing,
        )
  const body = signalAbout({ bsn: subject }, agreement, {
    id,
    caseReference: `${agency.id}-${subject}`,
    sealed: sealed as SignalBody['sealed'],
    ...(statement === undefined ? {} : { seal: statement }),
  })
  const answer = await agency.call<SignalAnswer>('POST', '/v1/signals', body)
  if (answer.status !== 201) throw new Error(answer.text)
  return { id, answer: answer.body }
}

let subjects = 0
async function overlap(agreement: UnderAgreement = under) {
  subjects += 1
  const subject = `person-${subjects}`
  const owned = await submit(jeugdzorg, subject, { narrative, measures }, agreement)
  const own = await submit(politie, subject, {}, agreement)
  return { owned: owned.id, own: own.id, handle: own.answer.overlaps[0]?.handle ?? '' }
}
const wanted = { owner: 'jeugdzorg', fields: ['narrative'], necessity } as const
const signed = (
  found: { readonly handle: string },
  {
    agreement = under,
    by = politie,
    keys = officers,
  }: { agreement?: UnderAgreement; by?: HouseAgency; keys?: [PrivateJwk, PrivateJwk] } = {},
) => by.partner.emergencies.sign(found, wanted, agreement, keys)

const sealedOf = async (id: string): Promise<SealedField[]> => {
  const row = await house.db.gateway
    .selectFrom('signal')
    .select('sealed')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return JSON.parse(row.sealed ?? '[]')
}
const halvesOf = async (id: string, fields: readonly string[] = ['narrative']) =>
  (await sealedOf(id))
    .filter(({ field }) => fields.includes(field))
    .map(({ field, halves }) => ({ field, half: halves.keyholder }))
/** What both operators say to it: the code of a fault and the policies that refused. */
async function releaseAtBoth(
  agency: HouseAgency,
  one: Omit<SignedEmergency, 'ownerCard'>,
  record = one.signalId,
) {
  const { statements, necessity, seal } = one
  const gateway = await agency.call('POST', `/v1/emergencies/${one.number}/_release`, {
    statements,
    necessity,
  })
  const keyholder = await house.post('keyholder', '/v1/emergency-releases', {
    statements,
    seal,
    halves: await halvesOf(record),
  })
  return { gateway, keyholder }
}
const reasonsOf = ({ code, body }: { code: string | undefined; body: unknown }): string[] => {
  const { problems = [] } = body as { problems?: { at?: string }[] }
  return code === undefined ? [] : [code, ...problems.flatMap(({ at }) => at ?? [])]
}
/** The payload that two officers signed, as it stands in a statement. */
const payloadOf = (statement: string): EmergencyPayload =>
  JSON.parse(Buffer.from(statement.split('.')[1] ?? '', 'base64url').toString())
/** The same emergency, with something in it otherwise, or signed by others. */
async function otherwise(
  one: SignedEmergency,
  change: Partial<EmergencyPayload>,
  keys: readonly PrivateJwk[] = officers,
): Promise<SignedEmergency> {
  const payload = { ...payloadOf(one.statements[0] ?? ''), ...change }
  const statements = await Promise.all(keys.map((key) => signStatement('emergency', payload, key)))
  return { ...one, statements }
}
const refusedAtBoth = async (
  { strictSame }: Pick<typeof t, 'strictSame'>,
  one: SignedEmergency,
  reasons: string[],
  name: string,
  record?: string,
) => {
  const answers = await releaseAtBoth(politie, one, record)
  for (const operator of operatorNames) {
    strictSame(reasonsOf(answers[operator]), reasons, `${name}, ${operator}`)
  }
}

t.test('two officers open what is sealed at once; the owner sees it and reviews it', async (t) => {
  const found = await overlap()
  const sizes = {
    gateway: await house.ledgerSize('gateway'),
    keyholder: await house.ledgerSize('keyholder'),
  }
  const one = await signed(found)
  t.strictSame(
    await politie.partner.emergencies.open(one, under),
    { narrative },
    'what was named, and no more',
  )
  await t.rejects(politie.partner.emergencies.open(one, under), { message: /used before/ })

  for (const name of operatorNames) {
    const entries = await house.entries(name, sizes[name])
    t.match(
      entries.find(({ kind }) => kind === 'disclosure.release-emergency'),
      {
        outcome: 'permit',
        agency: 'politie',
        owner: 'jeugdzorg',
        signalId: found.owned,
        fields: ['narrative'],
        officers: await Promise.all(officers.map(thumbprintOf)),
      },
    )
    t.ok(
      entries.some(({ kind, outcome }) => kind === 'disclosure.open' && outcome === 'permit'),
      name,
    )
    t.notMatch(JSON.stringify(entries), 'sister', 'not why')
  }
  const told = (await jeugdzorg.partner.inbox.notices()).filter(
    ({ kind }) => kind === 'emergency-disclosed',
  )
  t.match(told, [{ dataref: `/v1/emergencies/${one.number}` }], 'told in the same transaction')
  const path = `/v1/emergencies/${one.number}`
  t.match((await jeugdzorg.call('GET', path)).body, { number: one.number, receiver: 'politie' })
  t.equal((await gemeente.call('GET', path)).code, 'disclosures/not-found')
  const { emergencies, onlyAt } = await jeugdzorg.partner.emergencies.list(under)
  t.strictSame(onlyAt, { gateway: [], keyholder: [] })
  t.match(
    emergencies.find(({ number }) => number === one.number),
    {
      receiver: 'politie',
      signalId: found.owned,
      necessity: { text: necessity },
      overdue: false,
      closed: false,
    },
  )
  t.strictSame((await gemeente.partner.emergencies.list(under)).emergencies, [], 'nobody else')
  const [asReceiver] = (await politie.partner.emergencies.list(under)).emergencies
  t.equal(asReceiver?.necessity, undefined)

  const rows = JSON.stringify(await house.db.gateway.selectFrom('emergency').selectAll().execute())
  t.notMatch(rows, 'sister', 'why is sealed in its column')
  await t.rejects(
    politie.partner.emergencies.review(one.number, 'justified'),
    'not the receiver itself',
  )
  const awaits = async (agency: HouseAgency) =>
    (await agency.partner.samples.reviewCases('incident')).cases.some(({ id }) => id === one.number)
  t.strictSame([await awaits(jeugdzorg), await awaits(politie)], [true, false], 'on its one list')
  await jeugdzorg.partner.emergencies.review(one.number, 'justified')
  await jeugdzorg.partner.emergencies.review(one.number, 'justified')
  t.notOk(await awaits(jeugdzorg))
  await t.rejects(
    jeugdzorg.partner.emergencies.review(one.number, 'not-justified'),
    'the first one stands',
  )
  const [reviewed] = (await jeugdzorg.partner.emergencies.list(under)).emergencies.filter(
    ({ number }) => number === one.number,
  )
  t.match(reviewed, { outcome: 'justified', overdue: false, closed: false })
})

t.test(
  'a submission by the client carries the owner’s seal only where there is a clause',
  async (t) => {
    const row = {
      line: 2,
      identity: { bsn: '111222333' },
      category: 'forced-begging',
      indicators: [],
      observedOn: house.clock.now().toISOString().slice(0, 10),
      role: 'presumed-victim',
      caseReference: 'a',
      narrative,
    } as never
    const [withClause] = await jeugdzorg.partner.prepare([row], under)
    t.ok(withClause?.seal)
    const without = await house.agree(everybody)
    const [plain] = await jeugdzorg.partner.prepare([row], without)
    t.equal(plain?.seal, undefined)
  },
)

t.test('one officer, one officer twice, others’ officers and old keys open nothing', async (t) => {
  const one = await signed(await overlap())
  const [first, second] = officers
  await refusedAtBoth(
    t,
    await otherwise(one, {}, [first, first]),
    ['policy/denied', 'core/emergency-officers'],
    'one twice',
  )
  await refusedAtBoth(
    t,
    await otherwise(one, {}, [first, politie.keys.signing]),
    ['policy/denied', 'core/emergency-officers'],
    'one and the agency’s own key',
  )
  await refusedAtBoth(
    t,
    await otherwise(one, {}, [first, othersOfficers[0]]),
    ['statements/invalid'],
    'one of another agency',
  )
  const stranger = (await makeAgencyKeys()).signing
  await refusedAtBoth(
    t,
    await otherwise(one, {}, [first, stranger]),
    ['statements/invalid'],
    'a stranger',
  )
  const [theirs] = (
    await otherwise(one, { necessityHash: one.statements[0]?.slice(0, 43) ?? '' }, [first, second])
  ).statements
  const mixed = { ...one, statements: [one.statements[0] ?? '', theirs ?? ''] }
  await refusedAtBoth(t, mixed, ['statements/invalid'], 'two that signed different things')
  const answer = await house.post('keyholder', '/v1/emergency-releases', {
    statements: [one.statements[0]],
    seal: one.seal,
    halves: await halvesOf(one.signalId),
  })
  t.equal(answer.status, 400, 'one statement')

  const before = await signed(await overlap())
  const [, renewed] = await officersOf(politie, 3)
  await refusedAtBoth(t, before, ['statements/invalid'], 'keys that are on the card no more')
  await refusedAtBoth(
    t,
    await otherwise(before, {}, [first, renewed]),
    ['statements/invalid'],
    'an old and a new one of one person',
  )
  officers.splice(0, 2, ...(await officersOf(politie, 4)))
  t.strictSame(await politie.partner.emergencies.open(await signed(await overlap()), under), {
    narrative,
  })
})

t.test(
  'there is no route without the clause, nor under an agreement that is not in force',
  async (t) => {
    const without = await house.agree(everybody)
    const found = await overlap(without)
    await t.rejects(signed(found, { agreement: without }), {
      code: 'disclosures/no-emergency-route',
    })
    // The same, signed all the same: the keyholder looks at the agreement itself.
    const one = await signed(await overlap())
    const sealed = await sealedOf(found.owned)
    const statement = await signStatement(
      'sealed-fields',
      sealPayload('jeugdzorg', found.owned, sealed, without),
      jeugdzorg.keys.signing,
    )
    const moved = await otherwise(
      { ...one, seal: statement, signalId: found.owned },
      {
        agreement: without.hash,
        purpose: without.content.purpose,
        signalId: found.owned,
        sealHash: hashOfStatement(statement),
      },
    )
    const { keyholder } = await releaseAtBoth(politie, moved, found.owned)
    t.match(reasonsOf(keyholder), [
      'policy/denied',
      'core/emergency-clause',
      'core/emergency-limit',
    ])

    for (const name of operatorNames) {
      const own = await house.agree([politie, jeugdzorg], clauseOf([politie, jeugdzorg]))
      const ready = await signed(await overlap(own), { agreement: own })
      house.clock.advance(1)
      await suspendAgreementAt(house.pins[name], house.administrators[name], {
        agreement: own.hash,
        suspended: true,
        cause: 'incident',
        at: house.clock.now(),
      })
      t.strictSame(
        reasonsOf((await releaseAtBoth(politie, ready))[name]),
        ['policy/denied', 'core/agreement-in-force'],
        `suspended at the ${name}`,
      )
    }
    const ended = await house.agree([politie, jeugdzorg], clauseOf([politie, jeugdzorg]))
    const last = await signed(await overlap(ended), { agreement: ended })
    await jeugdzorg.partner.revokeAgreement(ended.hash)
    await refusedAtBoth(t, last, ['policy/denied', 'core/agreement-in-force'], 'ended')
    await house.pin('keyholder', jeugdzorg, { active: false })
    const suspended = await releaseAtBoth(politie, await signed(await overlap()))
    t.strictSame(reasonsOf(suspended.keyholder), ['policy/denied', 'core/emergency-owner'])
    await house.pin('keyholder', jeugdzorg)
  },
)

t.test('what was signed for one record opens no other, at either operator', async (t) => {
  const other = await overlap()
  const second = await signed(await overlap())
  const record = ['policy/denied', 'core/emergency-record']
  const atKeyholder = async (change: object) =>
    reasonsOf(
      await house.post('keyholder', '/v1/emergency-releases', {
        statements: second.statements,
        seal: second.seal,
        halves: await halvesOf(second.signalId),
        ...change,
      }),
    )
  t.strictSame(await atKeyholder({ halves: await halvesOf(other.owned) }), record, 'another’s half')
  const [theirs] = await house.db.gateway
    .selectFrom('signal')
    .select('seal')
    .where('id', '=', other.owned)
    .execute()
  t.strictSame(
    await atKeyholder({ seal: theirs?.seal, halves: await halvesOf(other.owned) }),
    record,
    'another’s seal and half',
  )
  t.strictSame(
    await atKeyholder({ halves: await halvesOf(second.signalId, ['measures']) }),
    ['policy/denied', 'core/emergency-record'],
    'another field',
  )
  for (const [name, change] of Object.entries({
    signal: { signalId: other.owned },
    seal: { sealHash: hashOfStatement(theirs?.seal ?? '') },
    owner: { owner: 'gemeente' },
  })) {
    await refusedAtBoth(t, await otherwise(second, change), record, name)
  }
  await refusedAtBoth(
    t,
    await otherwise(second, { encryptionThumbprint: await thumbprintOf(gemeente.keys.encryption) }),
    ['policy/denied', 'core/emergency-receiver'],
    'another key',
  )
  const elsewhere = await otherwise(second, {
    audience: { ...audience, gateway: audience.keyholder },
  })
  await refusedAtBoth(t, elsewhere, ['statements/invalid'], 'other operators')
  t.strictSame(
    await politie.partner.emergencies.open(second, under),
    { narrative },
    'and it still opens',
  )
})

t.test('who is no receiver, or has no overlap, gets no record to sign for', async (t) => {
  const found = await overlap()
  const body = {
    number: randomUUID(),
    handle: found.handle,
    owner: 'jeugdzorg',
    fields: ['narrative'],
  }
  const foreign = await gemeente.call('POST', '/v1/emergencies', body)
  const none = await gemeente.call('POST', '/v1/emergencies', { ...body, handle: randomUUID() })
  t.strictSame(learned(foreign), learned(none))
  t.equal(foreign.code, 'overlaps/not-found')
  const one = await signed(found)
  const stolen = await gemeente.call('POST', `/v1/emergencies/${one.number}/_release`, {
    statements: one.statements,
    necessity: one.necessity,
  })
  t.equal(stolen.code, 'disclosures/not-found')
  const otherWhy = await politie.call('POST', `/v1/emergencies/${one.number}/_release`, {
    statements: one.statements,
    necessity: { ...one.necessity, text: 'Because we would like to know it.' },
  })
  t.equal(otherWhy.code, 'statements/invalid', 'the reasons are those that were signed')
  const oneWay = await house.agree([politie, jeugdzorg], clauseOf([politie, jeugdzorg]), {
    politie: ['submit'],
  })
  const theirs = await submit(jeugdzorg, 'one-way', { narrative }, oneWay)
  const [row] = await house.db.gateway
    .selectFrom('signal')
    .select('seal')
    .where('id', '=', theirs.id)
    .execute()
  const seal = row?.seal ?? ''
  const asSender = await otherwise(
    { ...one, seal },
    {
      number: randomUUID(),
      agreement: oneWay.hash,
      purpose: oneWay.content.purpose,
      signalId: theirs.id,
      sealHash: hashOfStatement(seal),
    },
  )
  const { keyholder } = await releaseAtBoth(politie, asSender, theirs.id)
  t.strictSame(reasonsOf(keyholder).slice(0, 1), ['policy/denied'])
  t.match(keyholder.text, /core\/disclosure-sides|denied-by-default/)
})

t.test(
  'an emergency is used once, also by many at once; it ends, and its owner can stop it',
  async (t) => {
    const one = await signed(await overlap())
    const again = await Promise.all(Array.from({ length: 5 }, () => otherwise(one, {})))
    for (const name of operatorNames) {
      const answers = await Promise.all(
        again.map(async (each) => {
          const { statements, necessity, seal } = each
          return name === 'gateway'
            ? politie.call('POST', `/v1/emergencies/${one.number}/_release`, {
                statements,
                necessity,
              })
            : house.post('keyholder', '/v1/emergency-releases', {
                statements,
                seal,
                halves: await halvesOf(one.signalId),
              })
        }),
      )
      t.ok(
        answers.every(({ status }) => status === 200),
        `${name}: the same signatures are the same emergency`,
      )
    }
    const others = await Promise.all(
      Array.from({ length: 4 }, (_, at) =>
        otherwise(one, { expiresAt: shifted(house.clock.now(), 100 + at).toISOString() }),
      ),
    )
    const answers = await Promise.all(others.map((each) => releaseAtBoth(politie, each)))
    for (const answer of answers)
      t.strictSame(reasonsOf(answer.keyholder), ['policy/denied', 'core/emergency-once'])

    const late = await signed(await overlap())
    const long = await otherwise(late, {
      expiresAt: shifted(house.clock.now(), 25 * 3600).toISOString(),
    })
    await refusedAtBoth(t, long, ['policy/denied', 'core/emergency-time'], 'longer than a day')
    const stopped = await signed(await overlap())
    await jeugdzorg.partner.disclosures.revoke(stopped.number)
    await refusedAtBoth(t, stopped, ['policy/denied', 'core/emergency-revoked'], 'stopped')
    const gone = await signed(await overlap())
    await jeugdzorg.partner.withdraw(gone.signalId, 'entered-by-mistake')
    t.equal((await releaseAtBoth(politie, gone)).gateway.code, 'disclosures/no-emergency-route')
  },
)

t.test('of one day, the agreement allows so many uses, also at once', async (t) => {
  const own = await house.agree([politie, jeugdzorg], clauseOf([politie, jeugdzorg], 2))
  const found = [await overlap(own), await overlap(own), await overlap(own), await overlap(own)]
  const uses = await Promise.allSettled(found.map((one) => signed(one, { agreement: own })))
  const ready = uses.flatMap((use) => (use.status === 'fulfilled' ? [use.value] : []))
  t.equal(ready.length, 2)
  for (const use of uses) {
    if (use.status === 'rejected') t.equal(use.reason.code, 'disclosures/too-many-emergencies')
  }
  for (const one of ready)
    t.strictSame(await politie.partner.emergencies.open(one, own), { narrative })
  // Prepared by nobody: the keyholder counts for itself.
  const [fresh] = found.filter(({ owned }) => ready.every(({ signalId }) => signalId !== owned))
  const [row] = await house.db.gateway
    .selectFrom('signal')
    .select('seal')
    .where('id', '=', fresh?.owned ?? '')
    .execute()
  const third = await otherwise(
    { ...(ready[0] as SignedEmergency), seal: row?.seal ?? '' },
    {
      number: randomUUID(),
      signalId: fresh?.owned ?? '',
      sealHash: hashOfStatement(row?.seal ?? ''),
    },
  )
  const { keyholder } = await releaseAtBoth(politie, third, fresh?.owned)
  t.strictSame(reasonsOf(keyholder), ['policy/denied', 'core/emergency-limit'])
})

t.test(
  'a use that was not justified closes the route at both, until the owner opens it',
  async (t) => {
    const own = await house.agree([politie, jeugdzorg], clauseOf([politie, jeugdzorg]))
    const first = await signed(await overlap(own), { agreement: own })
    const waiting = await signed(await overlap(own), { agreement: own })
    await politie.partner.emergencies.open(first, own)
    house.clock.advance(1)
    await jeugdzorg.partner.emergencies.review(first.number, 'not-justified')
    await refusedAtBoth(t, waiting, ['policy/denied', 'core/emergency-closed'], 'closed')
    await t.rejects(signed(await overlap(own), { agreement: own }), {
      code: 'disclosures/no-emergency-route',
    })
    t.strictSame(
      await politie.partner.emergencies.open(await signed(await overlap()), under),
      { narrative },
      'under another agreement it is open',
    )
    house.clock.advance(1)
    await gemeente.partner.emergencies.reopen('politie', own)
    await politie.partner.emergencies.reopen('politie', own)
    await refusedAtBoth(t, waiting, ['policy/denied', 'core/emergency-closed'], 'by others’ word')
    await jeugdzorg.partner.emergencies.reopen('politie', own)
    t.strictSame(await politie.partner.emergencies.open(waiting, own), { narrative })
  },
)

t.test(
  'with the whole gateway in an attacker’s hands, the route opens nothing for it, and no other text',
  async (t) => {
    const one = await signed(await overlap())
    const keys = JSON.parse(await readFile(`${house.folder}/gateway/keys.json`, 'utf8'))
    const attacker = await makeAgencyKeys()
    const say = async (change: object) =>
      reasonsOf(
        await house.post('keyholder', '/v1/emergency-releases', {
          statements: one.statements,
          seal: one.seal,
          halves: await halvesOf(one.signalId),
          ...change,
        }),
      )
    // Officers of its own making, with every key that it has.
    for (const key of [keys.root, keys.oauth, attacker.signing]) {
      const forged = await otherwise(one, { number: randomUUID() }, [key, officers[0]])
      t.strictSame(await say({ statements: forged.statements }), ['statements/invalid'])
    }
    // A text of its own in the place of the owner’s: it has no seal for it.
    const forgery = await sealAll(jeugdzorg, one.signalId, {
      narrative: 'Nothing is wrong with her.',
    })
    const unsigned = await signStatement(
      'sealed-fields',
      sealPayload('jeugdzorg', one.signalId, forgery),
      keys.root,
    )
    t.strictSame(await say({ seal: unsigned }), ['statements/invalid'])
    const [swapped] = forgery
    t.strictSame(
      await say({ halves: [{ field: 'narrative', half: swapped?.halves.keyholder }] }),
      ['policy/denied', 'core/emergency-record'],
      'a half of its own',
    )
    // With what the officers signed it gets the keyholder’s half made, and cannot open it.
    const answer = await house.post('keyholder', '/v1/emergency-releases', {
      statements: one.statements,
      seal: one.seal,
      halves: await halvesOf(one.signalId),
    })
    const [half] = (answer.body as { halves: { half: string }[] }).halves
    for (const key of [keys.sealing, attacker.encryption]) {
      await t.rejects(openHalf(half?.half ?? '', key), { name: 'BrokenSeal' })
    }
    // It hides the use from the owner, who asks the keyholder too.
    await politie.partner.emergencies.open(one, under)
    await house.db.gateway.deleteFrom('emergency').where('number', '=', one.number).execute()
    const { emergencies, onlyAt } = await jeugdzorg.partner.emergencies.list(under)
    t.ok(emergencies.some(({ number }) => number === one.number))
    t.strictSame(onlyAt.keyholder, [one.number])
    // It names another record to sign for: the seal says whose it is, and under which agreement.
    const found = await overlap()
    const [row] = await house.db.gateway
      .selectFrom('signal')
      .select('seal')
      .where('id', '=', found.owned)
      .execute()
    await house.db.gateway
      .updateTable('signal')
      .set({ seal: unsigned })
      .where('id', '=', found.owned)
      .execute()
    await t.rejects(signed(found), { code: 'disclosures/no-emergency-route' })
    await house.db.gateway
      .updateTable('signal')
      .set({ seal: row?.seal ?? null })
      .where('id', '=', found.owned)
      .execute()
    await t.rejects(
      politie.partner.emergencies.open({ ...(await signed(found)), seal: unsigned }, under),
      { name: 'UntrustworthyOperator' },
    )
  },
)

t.test('with the whole keyholder in an attacker’s hands, neither', async (t) => {
  const one = await signed(await overlap())
  const keys = JSON.parse(await readFile(`${house.folder}/keyholder/keys.json`, 'utf8'))
  const forged = await otherwise(one, { number: one.number }, [keys.root, officers[0]])
  const { gateway } = await releaseAtBoth(politie, forged)
  t.equal(gateway.code, 'statements/invalid')
  const [sealed] = await sealedOf(one.signalId)
  await t.rejects(openHalf(sealed?.halves.gateway ?? '', keys.sealing), { name: 'BrokenSeal' })
  const review = await signStatement(
    'emergency-review',
    {
      audience,
      agency: 'jeugdzorg',
      number: one.number,
      outcome: 'not-justified',
      reviewedAt: house.clock.now().toISOString(),
    },
    keys.root,
  )
  t.equal(
    (await house.post('gateway', '/v1/emergency-reviews', { statement: review })).code,
    'statements/invalid',
  )
  t.notMatch(
    JSON.stringify(await house.db.keyholder.selectFrom('emergency').selectAll().execute()),
    'sister',
  )
  t.strictSame(await politie.partner.emergencies.open(one, under), { narrative })
})

t.test('a number that was used stands for nothing of another owner or signal', async (t) => {
  const own = await house.agree(everybody, clauseOf(everybody, 1))
  const one = await signed(await overlap(own), { agreement: own })
  t.strictSame(await politie.partner.emergencies.open(one, own), { narrative })
  for (const owner of [gemeente, jeugdzorg]) {
    const other = await submit(owner, `number-${owner.id}`, { narrative }, own)
    const row = await house.db.gateway
      .selectFrom('signal')
      .select('seal')
      .where('id', '=', other.id)
      .executeTakeFirstOrThrow()
    const seal = row.seal ?? ''
    const reused = await otherwise(
      { ...one, seal, signalId: other.id },
      { owner: owner.id, signalId: other.id, sealHash: hashOfStatement(seal) },
    )
    const answers = await releaseAtBoth(politie, reused, other.id)
    for (const name of operatorNames) {
      t.equal(answers[name].code === undefined, false, `${owner.id}, ${name}`)
    }
    t.ok(reasonsOf(answers.keyholder).includes('core/emergency-record'), owner.id)
  }
  const kept = await house.db.keyholder
    .selectFrom('emergency')
    .select(['owner_id', 'signal_id'])
    .where('number', '=', one.number)
    .execute()
  t.strictSame(kept, [{ owner_id: 'jeugdzorg', signal_id: one.signalId }])
})

t.test(
  'the owner is told of what is prepared, and every preparation is on the ledger',
  async (t) => {
    const found = await overlap()
    const size = await house.ledgerSize('gateway')
    const body = {
      number: randomUUID(),
      handle: found.handle,
      owner: 'jeugdzorg',
      fields: ['narrative'],
    }
    const number = randomUUID()
    const unknown = { ...body, number, handle: randomUUID() }
    t.equal((await politie.call('POST', '/v1/emergencies', unknown)).code, 'overlaps/not-found')
    t.match(
      (await house.entries('gateway', size)).filter(({ kind }) => kind === 'emergency.prepare'),
      [
        {
          outcome: 'refuse',
          agency: 'politie',
          emergency: number,
          fields: ['narrative'],
          reasons: ['overlaps/not-found'],
        },
      ],
      'also of a handle that is none',
    )
    const first = await politie.call('POST', '/v1/emergencies', body)
    t.equal(first.status, 201)
    t.strictSame((await politie.call('POST', '/v1/emergencies', body)).body, first.body)
    const path = `/v1/emergencies/${body.number}`
    const told = (await jeugdzorg.partner.inbox.notices()).filter(({ dataref }) => dataref === path)
    t.match(told, [{ kind: 'emergency-prepared' }], 'once')
    const seen = (await jeugdzorg.call('GET', path)).body as Record<string, unknown>
    t.match(seen, { receiver: 'politie', signalId: found.owned, officers: [], overdue: false })
    t.notOk('releasedAt' in seen || 'reviewBy' in seen)
    t.equal((await gemeente.call('GET', path)).code, 'disclosures/not-found')
    const { emergencies } = await jeugdzorg.partner.emergencies.list(under)
    t.notOk(
      emergencies.some(({ number }) => number === body.number),
      'nothing was opened',
    )
  },
)

t.test('a suspended owner opens no route again, and that stands on the ledger', async (t) => {
  const own = await house.agree([politie, jeugdzorg], clauseOf([politie, jeugdzorg]))
  await house.pin('gateway', jeugdzorg, { active: false })
  const size = await house.ledgerSize('gateway')
  const reopening = async () => ({
    statement: await signStatement(
      'emergency-reopening',
      {
        audience,
        agency: 'jeugdzorg',
        receiver: 'politie',
        agreement: own.hash,
        reopenedAt: house.clock.now().toISOString(),
      },
      jeugdzorg.keys.signing,
    ),
  })
  const said = await house.post('gateway', '/v1/emergency-reopenings', await reopening())
  t.equal(said.code, 'disclosures/owner-suspended')
  t.match(
    (await house.entries('gateway', size)).filter(({ kind }) => kind === 'emergency.reopen'),
    [{ outcome: 'refuse', agency: 'jeugdzorg', reasons: ['disclosures/owner-suspended'] }],
  )
  await house.pin('gateway', jeugdzorg)
  const again = await reopening()
  t.equal((await house.post('gateway', '/v1/emergency-reopenings', again)).status, 200)
  t.equal(
    (await house.post('gateway', '/v1/emergency-reopenings', again)).code,
    'disclosures/later-word',
  )
})

t.test('the clause rests on a basis for vital interests, party by party', async (t) => {
  const propose = async (emergency: object) => {
    const content = house.draft(everybody, { emergency } as never)
    return politie.partner.acceptAgreement(content).then(
      () => [],
      (fault: { problem?: { problems?: { message: string }[] } }) =>
        fault.problem?.problems?.map(({ message }) => message) ?? [String(fault)],
    )
  }
  const good = clauseOf(everybody).emergency
  t.strictSame(await propose(good), [])
  t.match(
    (await propose({ ...good, legalBases: good.legalBases.slice(1) })).join(),
    /politie rests on no basis for a vital interest/,
  )
  t.match(
    (
      await propose({
        ...good,
        legalBases: good.legalBases.map((one) => ({
          ...one,
          codes: ['avg-6-1-e', 'avg-9-2-c', 'avg-10'],
        })),
      })
    ).join(),
    /not all bases of politie are for a vital interest/,
  )
  t.match(
    (
      await propose({
        ...good,
        legalBases: good.legalBases.map((one) => ({ ...one, codes: ['avg-6-1-d', 'avg-10'] })),
      })
    ).join(),
    /covers special-category/,
  )
})

t.test('what was prepared on one day is a use of the day on which it is released', async (t) => {
  const own = await house.agree([politie, jeugdzorg], clauseOf([politie, jeugdzorg], 2))
  const hoarded = [
    await signed(await overlap(own), { agreement: own }),
    await signed(await overlap(own), { agreement: own }),
  ]
  const third = await overlap(own)
  const refused = { code: 'disclosures/too-many-emergencies' }
  await t.rejects(signed(third, { agreement: own }), refused, 'two were prepared today')
  await house.db.gateway
    .updateTable('emergency')
    .set({ counted_at: shifted(house.clock.now(), -86_400) })
    .where('agreement_hash', '=', own.hash)
    .execute()
  const extra = await signed(third, { agreement: own })
  for (const one of hoarded) {
    t.strictSame(await politie.partner.emergencies.open(one, own), { narrative })
  }
  await refusedAtBoth(t, extra, ['policy/denied', 'core/emergency-limit'], 'two were used today')
  await t.rejects(signed(await overlap(own), { agreement: own }), refused)
})

t.test(
  'a question is answered while it is fresh, by the operator that it was put to',
  async (t) => {
    const questionTo = (operator: string) =>
      signStatement(
        'emergency-question',
        {
          audience,
          operator,
          agency: 'jeugdzorg',
          agreement: under.hash,
          askedAt: house.clock.now().toISOString(),
        },
        jeugdzorg.keys.signing,
      )
    const ask = (operator: 'gateway' | 'keyholder', statement: string) =>
      house.post(operator, '/v1/emergency-questions', { statement })
    const asked = { gateway: await questionTo('gateway'), keyholder: await questionTo('keyholder') }
    t.match((await ask('gateway', asked.gateway)).text, necessity, 'the owner reads why')
    const kept = await ask('keyholder', asked.keyholder)
    t.equal(kept.status, 200)
    t.notMatch(kept.text, necessity)
    const replayed = await ask('gateway', asked.keyholder)
    t.equal(replayed.code, 'statements/invalid', 'the keyholder cannot go and ask why')
    t.notMatch(replayed.text, necessity)
    t.equal((await ask('keyholder', asked.gateway)).code, 'statements/invalid')
    house.clock.advance(301)
    for (const name of operatorNames) {
      t.equal((await ask(name, asked[name])).code, 'statements/invalid', name)
    }
  },
)
