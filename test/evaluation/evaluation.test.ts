import { createHash } from 'node:crypto'
import { copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { SignalRow } from '../../src/client/rows.ts'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import { base64url, fromBase64url, utf8 } from '../../src/kernel/bytes.ts'
import { shifted } from '../../src/kernel/clock.ts'
import { randomUuid } from '../../src/kernel/random.ts'
import { makeKeyFile } from '../../src/operator-keys.ts'
import { deriveKeyShare } from '../../src/oprf/key-share.ts'
import { verifyEvaluation } from '../../src/oprf/partner.ts'
import { type OperatorName, operatorNames } from '../../src/oprf/types.ts'
import { type PrivateJwk, signStatement } from '../../src/proofs/statement.ts'
import type { EvaluationAnswer, OperatorEvaluation } from '../../src/wire/evaluation.ts'
import { type BatchChange, makeBatch } from '../support/batches.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'

const house = await openHouse(t)
const { clock, random, pins, post, ledgerSize, entries } = house
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const under = await house.agree([politie, gemeente])
await politie.partner.domainKeys(under.content.domain)

const quotasOf = (evaluationsPerDay: number) => ({
  quotas: { ...under.content.quotas, evaluationsPerDay },
})

/** An agreement with a domain of its own, its keys opened. */
async function agreeIn(domain: string, evaluationsPerDay = 10_000): Promise<UnderAgreement> {
  const agreed = await house.agree([politie, gemeente], { domain, ...quotasOf(evaluationsPerDay) })
  await politie.partner.domainKeys(domain)
  return agreed
}

const send = (agency: HouseAgency, batch: string) =>
  agency.call<EvaluationAnswer & Record<string, unknown>>('POST', '/v1/evaluations', { batch })

const used = async (operator: OperatorName, agency: HouseAgency, domain: string) => {
  const rows = await house.db[operator]
    .selectFrom('quota_use')
    .select('used')
    .where('agency_id', '=', agency.id)
    .where('domain', '=', domain)
    .where('kind', '=', 'evaluation')
    .execute()
  return rows.reduce((total, row) => total + Number(row.used), 0)
}
const usedAtBoth = async (agency: HouseAgency, domain: string) => [
  await used('gateway', agency, domain),
  await used('keyholder', agency, domain),
]

const gatewayRoot: PrivateJwk = JSON.parse(
  await readFile(join(house.folder, 'gateway/keys.json'), 'utf8'),
).root

/** Goes around the gateway, with what only the gateway should have: its root key. */
async function forward(batch: string, change: object = {}, key: PrivateJwk = gatewayRoot) {
  const forwarding = await signStatement(
    'forwarding',
    {
      audience: pins.keyholder.rootThumbprint,
      batchHash: createHash('sha256').update(batch).digest('base64url'),
      issuedAt: clock.now().toISOString(),
      ...change,
    },
    key,
  )
  return post('keyholder', '/v1/evaluations', { batch, forwarding })
}

const pointsOf = (batch: string): Uint8Array => {
  const [, payload = ''] = batch.split('.')
  return fromBase64url(JSON.parse(Buffer.from(payload, 'base64url').toString()).points)
}

const at = (seconds: number): string => shifted(clock.now(), seconds).toISOString()

const row = (identity: SignalRow['identity']): SignalRow => ({
  line: 1,
  caseReference: 'Z-1',
  identity,
  category: 'forced-begging',
  indicators: [],
  observedOn: '2026-11-01',
  role: 'unknown',
})

t.test('a batch is evaluated by both operators, proven, counted and recorded', async (t) => {
  const before = await usedAtBoth(politie, under.content.domain)
  const since = { gateway: await ledgerSize('gateway'), keyholder: await ledgerSize('keyholder') }
  const number = randomUuid(random)
  const batch = await makeBatch(house, politie, under, { number, count: 7 })
  const answer = await send(politie, batch)
  t.equal(answer.status, 200)
  const { publicKeys } = await politie.partner.domainKeys(under.content.domain)
  const points = pointsOf(batch)
  for (const name of operatorNames) {
    const half: OperatorEvaluation = answer.body[name]
    const evaluation = { elements: fromBase64url(half.elements), proof: fromBase64url(half.proof) }
    t.ok(verifyEvaluation(publicKeys[name], points, evaluation), name)
    t.match(await entries(name, since[name]), [
      {
        kind: 'evaluation.evaluate',
        outcome: 'permit',
        agency: 'politie',
        client: 'connector',
        agreement: under.hash,
        batch: number,
        elements: 7,
        retry: false,
        caseCommitment: /^[\w-]{43}$/,
        reasons: ['sharing/evaluate'],
      },
    ])
  }
  t.same(
    await usedAtBoth(politie, under.content.domain),
    before.map((one) => one + 7),
  )
})

const badBatches: Record<string, [change: BatchChange, code: string]> = {
  'for other operators': [
    {
      audience: {
        gateway: pins.keyholder.rootThumbprint,
        keyholder: pins.gateway.rootThumbprint,
      },
    },
    'evaluation/invalid-batch',
  ],
  expired: [{ issuedAt: at(-700), expiresAt: at(-60) }, 'evaluation/invalid-batch'],
  'dated in the future': [{ issuedAt: at(600), expiresAt: at(1200) }, 'evaluation/invalid-batch'],
  'that lives too long': [{ expiresAt: at(4000) }, 'evaluation/invalid-batch'],
  'without points': [{ points: '' }, 'statements/invalid'],
  'with half a point': [{ points: base64url(new Uint8Array(33)) }, 'evaluation/invalid-batch'],
  'with points in a loose encoding': [{ points: `${'A'.repeat(42)}B` }, 'evaluation/invalid-batch'],
  'signed by the root key': [{ signer: politie.keys.root }, 'statements/invalid'],
  'signed by another agency': [{ signer: gemeente.keys.signing }, 'statements/invalid'],
  'for another purpose': [{ purpose: 'another-purpose' }, 'policy/denied'],
  'for another domain': [{ domain: 'another-domain' }, 'policy/denied'],
  'under no agreement': [{ agreement: `$1$1$${'x'.repeat(86)}` }, 'agreements/not-found'],
  'of an epoch that has no keys': [{ epoch: 2 }, 'evaluation/unknown-domain'],
}

t.test('a batch that is not as documented is refused by each operator itself', async (t) => {
  const before = await usedAtBoth(politie, under.content.domain)
  for (const [name, [change, code]] of Object.entries(badBatches)) {
    const batch = await makeBatch(house, politie, under, change)
    const answers = { gateway: await send(politie, batch), keyholder: await forward(batch) }
    for (const [operator, answer] of Object.entries(answers)) {
      t.ok(
        answer.status >= 400 && answer.status < 500,
        `${name}: ${operator} says ${answer.status}`,
      )
      t.equal(answer.code, code, `${name}, at the ${operator}`)
    }
  }
  t.same(await usedAtBoth(politie, under.content.domain), before, 'nothing was counted')
})

t.test('a batch goes only with its own agency and client', async (t) => {
  const batch = await makeBatch(house, politie, under)
  t.match(await send(gemeente, batch), { status: 400, code: 'evaluation/invalid-batch' })
  const other = await makeBatch(house, politie, under, { client: 'other' })
  t.match(await send(politie, other), { status: 400, code: 'evaluation/invalid-batch' })
  const named = await makeBatch(house, politie, under, { agency: 'gemeente' })
  t.match(await send(gemeente, named), { status: 400, code: 'statements/invalid' })
  const cut = `${batch.slice(0, -4)}AAAA`
  t.match(await send(politie, cut), { status: 400, code: 'statements/invalid' })
})

t.test('a point that is none is named, and nothing is evaluated', async (t) => {
  const good = pointsOf(await makeBatch(house, politie, under, { count: 3 }))
  const bad: Record<string, Uint8Array> = {
    'the identity': new Uint8Array(32),
    'not canonical': new Uint8Array(32).fill(0xff),
    'no point': Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? 1 : 0)),
  }
  for (const [name, point] of Object.entries(bad)) {
    const points = good.slice()
    points.set(point, 64)
    const batch = await makeBatch(house, politie, under, { points: base64url(points) })
    for (const answer of [await send(politie, batch), await forward(batch)]) {
      t.match(answer, { status: 400, code: 'evaluation/invalid-batch' }, name)
      t.match(answer.body, { problems: [{ at: '/points/2' }] })
    }
  }
})

t.test('an identical retry is answered again and not counted', async (t) => {
  const batch = await makeBatch(house, politie, under)
  const first = await send(politie, batch)
  const before = await usedAtBoth(politie, under.content.domain)
  const since = await ledgerSize('gateway')
  const again = await Promise.all([send(politie, batch), send(politie, batch), forward(batch)])
  t.ok(again.every(({ status }) => status === 200))
  t.equal(again[0]?.body.gateway.elements, first.body.gateway.elements)
  t.same(await usedAtBoth(politie, under.content.domain), before)
  const recorded = await entries('gateway', since)
  t.same(
    recorded.map(({ outcome, retry }) => [outcome, retry]),
    [
      ['permit', true],
      ['permit', true],
    ],
  )
})

t.test('a number that was used for another batch is refused', async (t) => {
  const number = randomUuid(random)
  t.equal((await send(politie, await makeBatch(house, politie, under, { number }))).status, 200)
  const before = await usedAtBoth(politie, under.content.domain)
  const other = await makeBatch(house, politie, under, { number })
  const since = await ledgerSize('keyholder')
  t.match(await send(politie, other), { status: 409, code: 'evaluation/replayed' })
  t.match(await forward(other), { status: 409, code: 'evaluation/replayed' })
  t.match(await entries('keyholder', since), [
    { outcome: 'refuse', reasons: ['evaluation/replayed'] },
  ])
  t.same(await usedAtBoth(politie, under.content.domain), before)
  const namesake = await makeBatch(house, gemeente, under, { number })
  t.equal((await send(gemeente, namesake)).status, 200, 'numbers are an agency’s own')
})

t.test('of many equal batches at once, one is counted', async (t) => {
  const agreed = await agreeIn('equal-at-once')
  const batch = await makeBatch(house, politie, agreed)
  const answers = await Promise.all(Array.from({ length: 12 }, () => send(politie, batch)))
  t.ok(answers.every(({ status }) => status === 200))
  t.same(await usedAtBoth(politie, 'equal-at-once'), [16, 16])
})

t.test('a quota is exact, however many batches come at once', async (t) => {
  const agreed = await agreeIn('exact-quota', 100)
  const { domain } = agreed.content
  const batches = await Promise.all(
    Array.from({ length: 20 }, () => makeBatch(house, politie, agreed)),
  )
  const answers = await Promise.all(batches.map((batch) => send(politie, batch)))
  t.same(answers.map(({ status }) => status).sort(), [
    ...Array(6).fill(200),
    ...Array(14).fill(429),
  ])
  const refused = answers.find(({ status }) => status === 429)
  t.equal(refused?.code, 'evaluation/quota-exhausted')
  const wait = Number(refused?.headers.get('retry-after'))
  t.ok(wait > 0 && wait <= 86_400, `${wait} seconds`)
  t.same(await usedAtBoth(politie, domain), [96, 96])

  t.equal((await send(politie, await makeBatch(house, politie, agreed, { count: 5 }))).status, 429)
  t.equal((await send(politie, await makeBatch(house, politie, agreed, { count: 4 }))).status, 200)
  t.equal((await send(politie, await makeBatch(house, politie, agreed, { count: 1 }))).status, 429)
  t.same(await usedAtBoth(politie, domain), [100, 100])

  const late = batches.find((_, index) => answers[index]?.status === 429) ?? ''
  t.equal((await send(politie, late)).status, 429, 'a refused batch can be sent again')
  const done = batches.find((_, index) => answers[index]?.status === 200) ?? ''
  t.equal((await send(politie, done)).status, 200, 'and an answered one is still answered')
  t.same(await usedAtBoth(gemeente, domain), [0, 0], 'every agency has its own')
})

t.test('the keyholder counts for itself, whatever the gateway lets through', async (t) => {
  const agreed = await agreeIn('own-count', 100)
  const { domain } = agreed.content
  const batches = await Promise.all(
    Array.from({ length: 20 }, () => makeBatch(house, gemeente, agreed)),
  )
  const answers = await Promise.all(batches.map((batch) => forward(batch)))
  t.equal(answers.filter(({ status }) => status === 200).length, 6)
  t.equal(answers.filter(({ status }) => status === 429).length, 14)
  t.same(await usedAtBoth(gemeente, domain), [0, 96])
  const passed = await send(gemeente, batches[0] ?? '')
  t.ok([200, 429].includes(passed.status))
  await house.db.gateway.deleteFrom('quota_use').where('domain', '=', domain).execute()
  for (let round = 0; round < 3; round += 1) {
    await send(gemeente, await makeBatch(house, gemeente, agreed))
  }
  t.equal(await used('keyholder', gemeente, domain), 96, 'a gateway that forgets changes nothing')
})

t.test('a quota counts over all agreements of one domain', async (t) => {
  const one = await agreeIn('shared-count', 20)
  const two = await agreeIn('shared-count', 20)
  t.not(one.hash, two.hash)
  t.equal((await send(politie, await makeBatch(house, politie, one))).status, 200)
  t.equal((await send(politie, await makeBatch(house, politie, two))).status, 429)
  t.equal((await send(politie, await makeBatch(house, politie, two, { count: 4 }))).status, 200)
  t.same(await usedAtBoth(politie, 'shared-count'), [20, 20])
})

t.test('the lowest limit binds, whichever agreement on the domain a caller names', async (t) => {
  const narrow = await agreeIn('narrow', 32)
  const wide = await agreeIn('narrow', 1_000_000)
  t.equal((await send(politie, await makeBatch(house, politie, wide, { count: 32 }))).status, 200)
  const beyond = await send(politie, await makeBatch(house, politie, wide, { count: 16 }))
  t.equal(beyond.code, 'evaluation/quota-exhausted')
  t.equal(
    (await send(politie, await makeBatch(house, politie, narrow))).code,
    'evaluation/quota-exhausted',
  )
  t.same(await usedAtBoth(politie, 'narrow'), [32, 32])
})

t.test('a time that is none keeps no batch alive', async (t) => {
  for (const at of ['2016-12-31T23:59:60Z', 'never']) {
    const batch = await makeBatch(house, politie, under, { expiresAt: at, issuedAt: at })
    t.match(await send(politie, batch), { status: 400, code: 'statements/invalid' }, at)
  }
})

t.test('padding counts', async (t) => {
  const agreed = await agreeIn('padded')
  await politie.partner.prepare([row({ phone: '+31610001234' })], agreed)
  t.same(await usedAtBoth(politie, 'padded'), [16, 16])
})

t.test(
  'while the keyholder is away nothing is evaluated; the retry then counts once',
  async (t) => {
    const agreed = await agreeIn('outage')
    const batch = await makeBatch(house, politie, agreed)
    await house.stop('keyholder')
    const away = await send(politie, batch)
    t.match(away, { status: 503, code: 'evaluation/keyholder-unavailable' })
    t.ok(Number(away.headers.get('retry-after')) > 0)
    t.notMatch(away.text, /elements/)
    t.equal((await send(politie, batch)).status, 503)
    await house.start('keyholder')
    t.equal((await send(politie, batch)).status, 200)
    t.same(await usedAtBoth(politie, 'outage'), [16, 16])
  },
)

t.test('the keyholder evaluates only what the gateway passed on', async (t) => {
  const batch = await makeBatch(house, politie, under)
  const other = await makeBatch(house, politie, under)
  const hash = createHash('sha256').update(utf8(other)).digest('base64url')
  t.equal((await post('keyholder', '/v1/evaluations', { batch })).status, 400)
  const cases: Record<string, ReturnType<typeof forward>> = {
    'by the agency itself': forward(batch, {}, politie.keys.root),
    'by the keyholder’s administrator': forward(batch, {}, house.administrators.keyholder),
    'for another batch': forward(batch, { batchHash: hash }),
    'to another operator': forward(batch, { audience: pins.gateway.rootThumbprint }),
    'long ago': forward(batch, { issuedAt: at(-301) }),
    'with a member too many': forward(batch, { trusted: true }),
  }
  for (const [name, answer] of Object.entries(cases)) {
    t.match(await answer, { status: 400, code: 'statements/invalid' }, name)
  }
  t.equal((await forward(batch)).status, 200)
})

const offerOf = (domain: string, change: object = {}, key = gatewayRoot) => {
  const { publicKey } = deriveKeyShare(random.bytes(32), utf8('tag'))
  const { x } = politie.keys.encryption
  return signStatement(
    'domain-keys',
    {
      domain,
      epoch: 1,
      gateway: {
        rootThumbprint: pins.gateway.rootThumbprint,
        publicKey: base64url(publicKey),
        sealingKey: { kty: 'OKP', crv: 'X25519', x },
        ledgerKey: 'x',
      },
      audience: pins.keyholder.rootThumbprint,
      ...change,
    },
    key,
  )
}

t.test('the keyholder signs one key of the gateway for a domain and epoch', async (t) => {
  const countersign = async (offer: string) => post('keyholder', '/v1/domain-keys', { offer })
  const { domain } = under.content
  t.match(
    await countersign(await offerOf(domain)),
    { status: 400, code: 'statements/invalid' },
    'a second key, that could tag a partner',
  )
  t.match(await countersign(await offerOf('nobody-agreed')), { code: 'evaluation/unknown-domain' })
  t.match(await countersign(await offerOf(domain, {}, politie.keys.root)), { status: 400 })
  t.match(await countersign(await offerOf(domain, { audience: pins.gateway.rootThumbprint })), {
    status: 400,
  })
  const fresh = 'first-come'
  await house.agree([politie, gemeente], { domain: fresh })
  const offers = await Promise.all(Array.from({ length: 6 }, () => offerOf(fresh)))
  const answers = await Promise.all(offers.map(countersign))
  t.equal(answers.filter(({ status }) => status === 200).length, 1, 'of many at once, one')
  await t.rejects(politie.partner.domainKeys(fresh), 'the gateway’s own key comes too late')
})

t.test('the keys of a domain go to parties of an agreement in force', async (t) => {
  const outsider = await house.admit('outsider')
  const path = (domain: string) => `/v1/domains/${domain}/keys`
  const [theirs, nobodys] = [
    await outsider.call('GET', path(under.content.domain)),
    await outsider.call('GET', path('nobody-agreed')),
  ]
  t.match(theirs, { status: 404, code: 'evaluation/unknown-domain' })
  t.equal(theirs?.status, nobodys?.status)
  t.same({ ...theirs?.body, instance: 0 }, { ...nobodys?.body, instance: 0 })
})

t.test('the same person gives two agencies equal tokens, and other ones elsewhere', async (t) => {
  const elsewhere = await agreeIn('elsewhere')
  const person = row({
    bsn: '999990007',
    phone: '+31610001234',
    givenNames: 'Anna',
    familyName: 'Jansen',
    birthDate: { year: 2001, month: 2, day: 3 },
  })
  const tokens = async (agency: HouseAgency, agreed: UnderAgreement) =>
    (await agency.partner.prepare([person], agreed))[0]?.tokens ?? []
  const own = await tokens(politie, under)
  t.ok(own.length > 4)
  t.equal(new Set(own.map(({ token }) => token)).size, own.length)
  t.same(await tokens(gemeente, under), own)
  t.same(await tokens(politie, under), own, 'and every time')
  const others = await tokens(politie, elsewhere)
  t.same(
    others.map(({ type }) => type),
    own.map(({ type }) => type),
  )
  t.notOk(others.some(({ token }) => own.some((one) => one.token === token)))

  await t.test('also after both operators restarted', async (t) => {
    const keys = async () =>
      (await politie.call('GET', `/v1/domains/${under.content.domain}/keys`)).body
    const manifest = await keys()
    for (const name of operatorNames) {
      await house.stop(name)
      await house.start(name)
    }
    t.same(await keys(), manifest)
    t.same(await tokens(gemeente, under), own)
  })
})

t.test('an operator starts only with the keys that its database was made with', async (t) => {
  for (const name of operatorNames) {
    const file = join(house.folder, `${name}/keys.json`)
    await copyFile(file, `${file}.kept`)
    await house.stop(name)
    const cases: Record<string, [() => Promise<void>, RegExp]> = {
      'no key file': [async () => {}, /is missing, but the database was made with keys/],
      'another key file': [() => makeKeyFile(file, name, random), /is not the key file that this/],
      'the other operator’s': [
        () => makeKeyFile(file, name === 'gateway' ? 'keyholder' : 'gateway', random),
        /holds the keys of the/,
      ],
      'no JSON': [() => writeFile(file, '{'), /is not JSON/],
      'one key of another file': [
        async () => {
          const kept = JSON.parse(await readFile(`${file}.kept`, 'utf8'))
          await writeFile(file, JSON.stringify({ ...kept, index: base64url(random.bytes(32)) }))
        },
        /is not the key file that this/,
      ],
      'none of its column keys': [
        async () => {
          const kept = JSON.parse(await readFile(`${file}.kept`, 'utf8'))
          await writeFile(file, JSON.stringify({ ...kept, columns: [base64url(random.bytes(32))] }))
        },
        /the column keys in .* do not open what this database holds/,
      ],
    }
    for (const [title, [prepare, message]] of Object.entries(cases)) {
      await rm(file, { force: true })
      await prepare()
      await t.rejects(house.start(name), { name: 'KeyFileError', message }, `${name}: ${title}`)
    }
    await rename(`${file}.kept`, file)
    const fingerprints = house.db[name].deleteFrom('key_fingerprint').returningAll()
    const [fingerprint] = await fingerprints.execute()
    await t.rejects(house.start(name), /in use, but does not say which keys/, name)
    await house.db[name]
      .insertInto('key_fingerprint')
      .values({ fingerprint: fingerprint?.fingerprint ?? '' })
      .execute()
    await house.start(name)
  }
  t.equal((await send(politie, await makeBatch(house, politie, under))).status, 200)
})

t.test('neither operator writes down what was evaluated', async (t) => {
  const batch = await makeBatch(house, politie, under)
  const { body } = await send(politie, batch)
  const secrets = [batch.slice(-60), body.gateway.elements, body.keyholder.elements]
  const text = `${house.logged.join('')}${JSON.stringify(await entries('gateway'))}${JSON.stringify(await entries('keyholder'))}`
  for (const secret of secrets) t.notOk(text.includes(secret))
})
