import t from 'tap'
import { makeAgencyKeys, signCard } from '../../src/client/agency-keys.ts'
import { signAgreementAt } from '../../src/client/operators.ts'
import { base64url } from '../../src/kernel/bytes.ts'
import { shifted } from '../../src/kernel/clock.ts'
import { randomUuid } from '../../src/kernel/random.ts'
import { type OperatorName, operatorNames } from '../../src/oprf/types.ts'
import { agreementHashOf } from '../../src/proofs/agreement.ts'
import {
  type PrivateJwk,
  publicJwkOf,
  type StatementType,
  signStatement,
  thumbprintOf,
} from '../../src/proofs/statement.ts'
import { makeBatch } from '../support/batches.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'

const house = await openHouse(t)
const { clock, random, pins, administrators, post, entries, ledgerSize } = house
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const under = await house.agree([politie, gemeente])

const stranger = (await makeAgencyKeys()).root
let minted = 0
/** Instants that grow, so that each pin is later than the one before. */
const later = (): string => {
  minted += 1
  return new Date(clock.now().getTime() + minted).toISOString()
}

const pinPayload = (operator: OperatorName, agency: HouseAgency, change: object = {}) => ({
  audience: pins[operator].rootThumbprint,
  agency: agency.id,
  name: agency.name,
  rootThumbprint: agency.rootThumbprint,
  active: true,
  issuedAt: later(),
  number: randomUuid(random),
  ...change,
})
const sendPin = async (
  operator: OperatorName,
  payload: object,
  key: PrivateJwk = administrators[operator],
  type: StatementType = 'agency-pin',
) => post(operator, '/v1/agency-pins', { statement: await signStatement(type, payload, key) })

const sendCard = async (operator: OperatorName, statement: string) =>
  post(operator, '/v1/agency-cards', { statement })
const cardOf = (agency: HouseAgency, version: number, keys = agency.keys) =>
  signCard(keys, {
    agency: agency.id,
    client: 'connector',
    version,
    contactDesk: agency.contactDesk,
    issuedAt: clock.now(),
  })

const enrolment = async (
  operator: OperatorName,
  code: string,
  key: PrivateJwk,
  change: object = {},
) =>
  signStatement(
    'administrator-enrolment',
    {
      audience: pins[operator].rootThumbprint,
      code,
      key: publicJwkOf(key),
      issuedAt: clock.now().toISOString(),
      ...change,
    },
    key,
  )
const sendEnrolment = (operator: OperatorName, statement: string) =>
  post(operator, '/v1/administrators', { statement })

const agencyRow = (operator: OperatorName, id: string) =>
  house.db[operator].selectFrom('agency').selectAll().where('id', '=', id).executeTakeFirst()

t.test('an operator tells who it is, and in no way more', async (t) => {
  for (const name of operatorNames) {
    const answer = await fetch(`${pins[name].url}/v1/operator`)
    t.match(await answer.json(), { operator: name, rootThumbprint: pins[name].rootThumbprint })
  }
})

t.test('an enrolment code works once', async (t) => {
  for (const name of operatorNames) {
    const since = await ledgerSize(name)
    const answer = await sendEnrolment(name, await enrolment(name, house.codes[name], stranger))
    t.match(answer, { status: 403, code: 'agencies/enrolment-refused' })
    t.same(await entries(name, since), [], 'a stranger writes nothing to the ledger')
    t.equal(house.operator(name).enrolmentCode?.length, 32)
  }
})

t.test('an enrolment that is not as documented is refused', async (t) => {
  const wrong = base64url(random.bytes(24))
  const cases: Record<string, [string, number]> = {
    'a guessed code': [await enrolment('gateway', wrong, stranger), 403],
    'for another operator': [
      await enrolment('gateway', wrong, stranger, { audience: pins.keyholder.rootThumbprint }),
      400,
    ],
    'naming another key': [
      await enrolment('gateway', wrong, stranger, { key: publicJwkOf(politie.keys.root) }),
      400,
    ],
    'dated in the future': [
      await enrolment('gateway', wrong, stranger, {
        issuedAt: shifted(clock.now(), 600).toISOString(),
      }),
      400,
    ],
    'with a private key in it': [
      await enrolment('gateway', wrong, stranger, { key: stranger }),
      400,
    ],
    'of another type': [
      await signStatement('agency-pin', pinPayload('gateway', politie), stranger),
      400,
    ],
  }
  for (const [name, [statement, status]] of Object.entries(cases)) {
    t.equal((await sendEnrolment('gateway', statement)).status, status, name)
  }
  t.equal((await house.db.gateway.selectFrom('administrator').selectAll().execute()).length, 1)
})

t.test('a pin that is not an administrator’s word here changes nothing', async (t) => {
  const agency = await house.makeAgency('nobody')
  const fit = () => pinPayload('gateway', agency)
  const cases: Record<string, Promise<{ status: number; code: string | undefined }>> = {
    'by somebody else': sendPin('gateway', fit(), stranger),
    'by the agency itself': sendPin('gateway', fit(), agency.keys.root),
    'by the other operator’s administrator': sendPin('gateway', fit(), administrators.keyholder),
    'meant for the other operator': sendPin('gateway', {
      ...fit(),
      audience: pins.keyholder.rootThumbprint,
    }),
    'dated in the future': sendPin('gateway', {
      ...fit(),
      issuedAt: shifted(clock.now(), 600).toISOString(),
    }),
    'of another type': sendPin('gateway', fit(), administrators.gateway, 'agency-card'),
    'with a member too many': sendPin('gateway', { ...fit(), administrator: true }),
    'with a name that is none': sendPin('gateway', { ...fit(), agency: 'No body' }),
    'without a thumbprint': sendPin('gateway', { ...fit(), rootThumbprint: '' }),
  }
  for (const [name, answer] of Object.entries(cases)) {
    t.match(await answer, { status: 400, code: 'statements/invalid' }, name)
  }
  t.equal(await agencyRow('gateway', 'nobody'), undefined)
  const refused = (await entries('gateway')).filter(
    ({ kind, agency: who }) => kind === 'agency.pin' && who === 'nobody',
  )
  t.same(refused, [], 'a stranger writes nothing to the ledger, however well it signs')
})

t.test('an earlier pin, sent again, does not undo a suspension', async (t) => {
  const agency = await house.admit('hopper')
  const earlier = pinPayload('gateway', agency)
  t.equal((await sendPin('gateway', earlier)).status, 200)
  t.equal((await sendPin('gateway', pinPayload('gateway', agency, { active: false }))).status, 200)
  for (const replay of [earlier, { ...earlier, number: randomUuid(random) }]) {
    t.match(await sendPin('gateway', replay), { status: 400, code: 'statements/invalid' })
  }
  t.match(await agencyRow('gateway', 'hopper'), { active: false })
  t.equal((await sendPin('gateway', pinPayload('gateway', agency))).status, 200)
  t.match(await agencyRow('gateway', 'hopper'), { active: true })
})

t.test('of many pins at once, the latest stands', async (t) => {
  const agency = await house.makeAgency('racer')
  const all = Array.from({ length: 8 }, (_, at) =>
    pinPayload('gateway', agency, { name: `Racer ${at}` }),
  )
  await Promise.all(all.map((payload) => sendPin('gateway', payload)))
  t.match(await agencyRow('gateway', 'racer'), { name: 'Racer 7' })
})

t.test('a card counts under the pinned root key only', async (t) => {
  const other = await makeAgencyKeys()
  const unknown = await house.makeAgency('unknown')
  const refused = { status: 403, code: 'agencies/not-pinned' }
  const { root: _, ...rest } = politie.keys
  for (const name of operatorNames) {
    t.match(await sendCard(name, await cardOf(politie, 9, other)), refused, 'another root')
    t.match(await sendCard(name, await cardOf(unknown, 1)), refused, 'nobody admitted it')
    t.match(
      await sendCard(name, await cardOf({ ...gemeente, keys: politie.keys }, 9)),
      refused,
      'in the name of another',
    )
    t.match(
      await sendCard(name, await cardOf(politie, 9, { ...rest, root: politie.keys.signing })),
      refused,
      'by the signing key',
    )
    t.match(await agencyRow(name, 'politie'), { card_version: 1 })
  }
})

t.test('the card that stands is accepted again; an older or another one is not', async (t) => {
  const agency = await house.makeAgency('carder')
  await house.pin('gateway', agency)
  const [first, second, twin] = [
    await cardOf(agency, 1),
    await cardOf(agency, 2),
    await cardOf({ ...agency, contactDesk: 'Elsewhere' }, 2),
  ]
  t.equal((await sendCard('gateway', first)).status, 200)
  t.equal((await sendCard('gateway', second)).status, 200)
  const size = await ledgerSize('gateway')
  t.equal((await sendCard('gateway', second)).status, 200)
  t.equal(await ledgerSize('gateway'), size, 'nothing new to record')
  for (const card of [first, twin]) {
    t.match(await sendCard('gateway', card), { status: 409, code: 'agencies/outdated-card' })
  }
  t.match(await agencyRow('gateway', 'carder'), { card: second })
})

t.test('a card with a private key, an unfit key or a machine twice is refused whole', async (t) => {
  const { keys } = politie
  const card = {
    agency: 'politie',
    version: 5,
    contactDesk: 'Desk',
    signingKey: publicJwkOf(keys.signing),
    encryptionKey: publicJwkOf(keys.encryption),
    clients: [{ client: 'connector', key: publicJwkOf(keys.client) }],
    issuedAt: clock.now().toISOString(),
  }
  const faulty: Record<string, object> = {
    'a private key': { ...card, signingKey: keys.signing },
    'a key that is none': { ...card, signingKey: { kty: 'OKP', crv: 'Ed25519', x: 'x' } },
    'a key to encrypt with, to sign with': { ...card, signingKey: card.encryptionKey },
    'a machine twice': { ...card, clients: [card.clients[0], card.clients[0]] },
    'a machine’s key off the curve': {
      ...card,
      clients: [{ client: 'connector', key: { ...publicJwkOf(keys.client), y: 'A'.repeat(43) } }],
    },
    'no client name': { ...card, clients: [{ client: '', key: card.encryptionKey }] },
  }
  for (const [name, payload] of Object.entries(faulty)) {
    const answer = await sendCard('gateway', await signStatement('agency-card', payload, keys.root))
    t.match(answer, { status: 400, code: 'statements/invalid' }, name)
  }
  t.match(await agencyRow('gateway', 'politie'), { card_version: 1 })
})

t.test('a statement that was tampered with says nothing', async (t) => {
  const card = await cardOf(politie, 7)
  const [header, payload, signature] = card.split('.') as [string, string, string]
  const changed = base64url(
    Buffer.from(Buffer.from(payload, 'base64url').toString().replace('Desk of', 'Dusk of')),
  )
  for (const statement of [
    `${header}.${changed}.${signature}`,
    `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
    `${header}.${payload}.${signature}=`,
    `${header}.${payload}.`,
    `${base64url(Buffer.from('{"alg":"none"}'))}.${payload}.${signature}`,
    'x.y.z',
    'x',
  ]) {
    t.equal((await sendCard('gateway', statement)).status, 400)
  }
})

t.test('a suspended agency can do nothing from that moment', async (t) => {
  const agency = await house.admit('halted')
  const own = await house.agree([agency, gemeente])
  await agency.partner.domainKeys(own.content.domain)
  const evaluate = async () =>
    agency.call('POST', '/v1/evaluations', { batch: await makeBatch(house, agency, own) })
  t.equal((await evaluate()).status, 200)

  await house.pin('gateway', agency, { active: false })
  t.match(await evaluate(), { status: 401, code: 'door/unauthenticated' }, 'its token stops')
  t.equal((await agency.call('GET', '/v1/agreements')).status, 401)
  await t.rejects(agency.call.token(['read']), /invalid_client/)
  await t.rejects(agency.partner.presentCard('Desk', 2), /not admitted/)
  await t.rejects(
    agency.partner.acceptAgreement(house.draft([agency, gemeente])),
    /suspended|active/,
  )

  await house.pin('gateway', agency)
  t.equal((await evaluate()).status, 200, 'until it is admitted again')
})

t.test('an agency that only the keyholder suspended gets nothing evaluated', async (t) => {
  const agency = await house.admit('doubted')
  const own = await house.agree([agency, gemeente])
  await agency.partner.domainKeys(own.content.domain)
  await house.pin('keyholder', agency, { active: false })
  const since = await ledgerSize('keyholder')
  const answer = await agency.call('POST', '/v1/evaluations', {
    batch: await makeBatch(house, agency, own),
  })
  t.match(answer, { status: 403, code: 'policy/denied' })
  t.match(await entries('keyholder', since), [
    { kind: 'evaluation.evaluate', outcome: 'refuse', reasons: ['core/caller-active'] },
  ])
})

t.test('a suspended agency cannot accept; that it leaves is heard', async (t) => {
  const agency = await house.admit('leaver')
  const [open, inForce] = [house.draft([agency, gemeente]), await house.agree([agency, gemeente])]
  await gemeente.partner.acceptAgreement(open)
  for (const name of operatorNames) await house.pin(name, agency, { active: false })
  await t.rejects(agency.partner.acceptAgreement(open), /suspended|active/)
  const accept = await signStatement(
    'agreement-signature',
    {
      contentHash: agreementHashOf(open),
      agency: agency.id,
      type: 'accept',
      signedAt: clock.now().toISOString(),
    },
    agency.keys.signing,
  )
  for (const name of operatorNames) {
    const since = await ledgerSize(name)
    await t.rejects(signAgreementAt(pins[name], agreementHashOf(open), accept), /suspended/)
    const refused = { kind: 'agreement.sign', outcome: 'refuse', agency: 'leaver' }
    t.match(await entries(name, since), [refused], `${name}: the refusal is on the ledger`)
  }
  await agency.partner.revokeAgreement(inForce.hash)
  const [answer] = (await gemeente.partner.agreements()).filter(({ hash }) => hash === inForce.hash)
  t.equal(answer?.state, 'ended')
})

t.test('a new root key ends the card and the machines of the old one', async (t) => {
  const agency = await house.admit('rotated')
  t.equal((await agency.call('GET', '/v1/agreements')).status, 200)
  const fresh = await makeAgencyKeys()
  const rootThumbprint = await thumbprintOf(fresh.root)
  for (const name of operatorNames) await house.pin(name, agency, { rootThumbprint })
  t.equal((await agency.call('GET', '/v1/agreements')).status, 401, 'its token stops')
  await t.rejects(agency.call.token(['read']), /invalid_client/)
  t.match(await sendCard('gateway', await cardOf(agency, 1)), { code: 'agencies/not-pinned' })
  t.equal(
    (await sendCard('gateway', await cardOf(agency, 1, fresh))).status,
    200,
    'versions of the new key start anew',
  )
  t.equal((await agency.call('GET', '/v1/agreements')).status, 401, 'the old machine stays out')
})

t.test('a card with other machines ends the tokens of those it leaves out', async (t) => {
  const agency = await house.admit('moved')
  t.equal((await agency.call('GET', '/v1/agreements')).status, 200)
  const keys = { ...agency.keys, client: (await makeAgencyKeys()).client }
  t.equal((await sendCard('gateway', await cardOf(agency, 2, keys))).status, 200)
  t.equal((await agency.call('GET', '/v1/agreements')).status, 401)
})

t.test('no statement and no code gets into the log', async (t) => {
  const text = house.logged.join('')
  t.notMatch(text, /eyJ/)
  for (const code of Object.values(house.codes)) t.notOk(text.includes(code))
  t.equal(under.content.parties.length, 2)
})

t.test('without an administrator, a restart makes a new code, and one of many wins', async (t) => {
  await house.stop('keyholder')
  await house.db.keyholder.deleteFrom('administrator').execute()
  await house.start('keyholder')
  const former = house.operator('keyholder').enrolmentCode ?? ''
  await house.stop('keyholder')
  await house.start('keyholder')
  const code = house.operator('keyholder').enrolmentCode ?? ''
  t.not(code, former)
  t.equal(
    (await sendEnrolment('keyholder', await enrolment('keyholder', former, stranger))).status,
    403,
  )
  const keys = await Promise.all(
    Array.from({ length: 8 }, async () => (await makeAgencyKeys()).root),
  )
  const statements = await Promise.all(keys.map((key) => enrolment('keyholder', code, key)))
  const since = await ledgerSize('keyholder')
  const answers = await Promise.all(
    statements.map((statement) => sendEnrolment('keyholder', statement)),
  )
  t.same(answers.map(({ status }) => status).sort(), [200, ...Array(7).fill(403)])
  t.equal((await house.db.keyholder.selectFrom('administrator').selectAll().execute()).length, 1)
  t.equal(
    (await entries('keyholder', since)).filter(({ outcome }) => outcome === 'permit').length,
    1,
  )
  await house.stop('keyholder')
  await house.start('keyholder')
  t.equal(house.operator('keyholder').enrolmentCode, undefined, 'it has an administrator now')
})
