import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '@noble/hashes/sha2.js'
import pg from 'pg'
import t from 'tap'
import { makeAgencyKeys } from '../../src/client/agency-keys.ts'
import { UntrustworthyOperator } from '../../src/client/errors.ts'
import type { PinnedOperator } from '../../src/client/operators.ts'
import { readRows } from '../../src/client/rows.ts'
import { whomToCall } from '../../src/client/whom-to-call.ts'
import { base64url, concat, fromBase64url, textOf, utf8 } from '../../src/kernel/bytes.ts'
import { dayOf, shifted, systemClock } from '../../src/kernel/clock.ts'
import { randomUuid, systemRandomness } from '../../src/kernel/random.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { deriveKeyShare } from '../../src/oprf/key-share.ts'
import { evaluate } from '../../src/oprf/operator.ts'
import {
  addElements,
  elementAt,
  multiplyEach,
  multiplyElement,
  subtractScalars,
} from '../../src/oprf/ristretto.ts'
import type { KeyShare, OperatorName } from '../../src/oprf/types.ts'
import {
  type PrivateJwk,
  publicJwkOf,
  signStatement,
  thumbprintOf,
} from '../../src/proofs/statement.ts'
import { openCrypter } from '../../src/store/crypter.ts'
import { embeddedUrl } from '../../src/store/embedded-postgres.ts'
import type {
  BatchPayload,
  DomainKeysContent,
  DomainKeysManifest,
  EvaluationAnswer,
} from '../../src/wire/evaluation.ts'
import {
  type Exchange,
  type ListeningProxy,
  openListeningProxy,
} from '../support/listening-proxy.ts'
import { startOperators } from '../support/operators.ts'
import { admitAgencies, agreeOn, draftFor, partnerOf } from '../support/partners.ts'

type Test = Pick<typeof t, 'ok' | 'notOk' | 'equal'>

t.setTimeout(120_000)

/**
 * The gateway stands between the partner and the keyholder, sees everything and may answer anything.
 * Here it cheats in every way that we know of: a proxy in front of a real gateway changes the answers,
 * holding the gateway's own keys, and in one case the real gateway's share is exchanged.
 */

const opened = new Map<OperatorName, ListeningProxy>()
const operators = await startOperators(t, {
  between: async (operator, port) => {
    const proxy = await openListeningProxy(port)
    opened.set(operator, proxy)
    t.teardown(proxy.close)
    return proxy.url
  },
})
const { pins } = operators
const proxyOf = (operator: OperatorName): ListeningProxy => {
  const proxy = opened.get(operator)
  if (proxy === undefined) throw new Error(`no proxy before the ${operator}`)
  return proxy
}
const gateway = proxyOf('gateway')
const agencies = await admitAgencies(['police', 'municipality'], pins, operators.codes)
const under = await agreeOn(agencies, pins, 'protecting-victims')
const elsewhere = await agreeOn(agencies, pins, 'coordinating-cases')
const [police] = agencies
if (police === undefined) throw new Error('no agency')

/** Everything that an operator has beside its database. */
const keysOf = (operator: OperatorName) =>
  JSON.parse(readFileSync(join(operators.folder, operator, 'keys', 'keys.json'), 'utf8')) as {
    readonly root: PrivateJwk
    readonly columns: readonly string[]
  }
const gatewayKeys = keysOf('gateway')

const { rows } = readRows(
  'caseReference,bsn,familyName,givenNames,birthDate,category,observedOn\n' +
    'C-1,999990111,Jansen,Maria,1990-02-03,sexual-exploitation,2026-01-01\n' +
    'C-2,999990123,Bakker,Pieter,1991-05-06,labour-exploitation,2026-01-02\n',
  { today: dayOf(systemClock.now()) },
)
t.equal(rows.length, 2, 'the rows of this test are valid')

type Halves = EvaluationAnswer
const elementsOf = (half: Halves['gateway']): Uint8Array => fromBase64url(half.elements)
const proofOf = (half: Halves['gateway']): Uint8Array => fromBase64url(half.proof)
const wire = ({ elements, proof }: { elements: Uint8Array; proof: Uint8Array }) => ({
  elements: base64url(elements),
  proof: base64url(proof),
})
const changed = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, index) => (index === at ? byte ^ 1 : byte))

/** What stands in a statement; nothing is verified. */
const payloadOf = <Payload>(statement: string): Payload =>
  JSON.parse(textOf(fromBase64url(statement.split('.')[1] ?? '')))

const scalarOf = (small: number): Uint8Array => Uint8Array.of(small, ...new Uint8Array(31))
const minusOne = subtractScalars(scalarOf(1), scalarOf(2))
const negated = (elements: Uint8Array): Uint8Array => multiplyEach(minusOne, elements)
const sum = (ones: Uint8Array, others: Uint8Array): Uint8Array =>
  concat(
    ...Array.from({ length: ones.length / 32 }, (_, at) =>
      addElements(elementAt(ones, at), elementAt(others, at)),
    ),
  )

const anotherShare = (): KeyShare => deriveKeyShare(systemRandomness.bytes(32), utf8('another'))

/** Evaluates the rows of this test while the gateway answers what `forge` makes of the true answer. */
async function evaluateWhile(
  forge: (answer: Halves, blinded: Uint8Array, exchange: Exchange) => Promise<unknown> | unknown,
) {
  gateway.meddle({
    answer: async (exchange) => {
      if (exchange.url !== '/v1/evaluations') return undefined
      const { batch } = JSON.parse(exchange.body.toString())
      const { points } = payloadOf<BatchPayload>(batch)
      return forge(JSON.parse(exchange.answer.toString()), fromBase64url(points), exchange)
    },
  })
  try {
    return await police?.partner.prepare(rows, under)
  } finally {
    gateway.meddle(undefined)
  }
}

/** The client uses nothing of it and says which operator cannot be trusted. */
async function refuses(
  t: Test,
  operator: OperatorName,
  how: string,
  work: Promise<unknown>,
): Promise<void> {
  const outcome = await work.catch((error: unknown) => error)
  t.ok(outcome instanceof UntrustworthyOperator, `refused: ${how}`)
  t.equal((outcome as UntrustworthyOperator).operator, operator, `${operator} is named: ${how}`)
}

t.test('an honest gateway is believed, and both agencies get the same tokens', async (t) => {
  const tokens = await Promise.all(
    agencies.map(async ({ partner }) =>
      (await partner.prepare(rows, under)).map((signal) => signal.tokens),
    ),
  )
  t.strictSame(tokens[0], tokens[1])
  t.ok(tokens[0]?.[0]?.some(({ type }) => type === 'bsn'))
})

t.test(
  'an answer under another key is refused, also with a proof that fits that key',
  async (t) => {
    const share = anotherShare()
    const underOwn = (blinded: Uint8Array) => wire(evaluate(share, blinded, systemRandomness))
    await refuses(
      t,
      'gateway',
      'its own half under another key',
      evaluateWhile((answer, blinded) => ({ ...answer, gateway: underOwn(blinded) })),
    )
    await refuses(
      t,
      'keyholder',
      'the keyholder’s half under a key of the gateway',
      evaluateWhile((answer, blinded) => ({ ...answer, keyholder: underOwn(blinded) })),
    )
    await refuses(
      t,
      'gateway',
      'both halves under keys of the gateway',
      evaluateWhile((_, blinded) => ({ gateway: underOwn(blinded), keyholder: underOwn(blinded) })),
    )
    await refuses(
      t,
      'gateway',
      'another key with the proof of the right one',
      evaluateWhile((answer, blinded) => ({
        ...answer,
        gateway: { ...underOwn(blinded), proof: answer.gateway.proof },
      })),
    )
  },
)

t.test('a half forged as B − E_K, which would take both keys away, is refused', async (t) => {
  let total: Uint8Array | undefined
  let asked: Uint8Array | undefined
  const forged = (answer: Halves, blinded: Uint8Array): Uint8Array => {
    const half = sum(blinded, negated(elementsOf(answer.keyholder)))
    asked = blinded
    total = sum(half, elementsOf(answer.keyholder))
    return half
  }
  for (const [how, proof] of [
    ['its own true proof', (answer: Halves) => proofOf(answer.gateway)],
    ['the keyholder’s proof', (answer: Halves) => proofOf(answer.keyholder)],
    [
      'a proof under another key',
      (_: Halves, blinded: Uint8Array) => evaluate(anotherShare(), blinded, systemRandomness).proof,
    ],
  ] as const) {
    await refuses(
      t,
      'gateway',
      `with ${how}`,
      evaluateWhile((answer, blinded) => ({
        ...answer,
        gateway: wire({ elements: forged(answer, blinded), proof: proof(answer, blinded) }),
      })),
    )
  }
  t.strictSame(total, asked, 'unchecked, the joint key would have been 1, and tokens open to all')
})

t.test('swapped halves and answers to another batch are refused', async (t) => {
  await refuses(
    t,
    'gateway',
    'halves swapped',
    evaluateWhile(({ gateway, keyholder }) => ({ gateway: keyholder, keyholder: gateway })),
  )
  await refuses(
    t,
    'keyholder',
    'its own half twice',
    evaluateWhile(({ gateway }) => ({ gateway, keyholder: gateway })),
  )
  let old: Halves | undefined
  const first = await evaluateWhile((answer) => {
    old = answer
    return answer
  })
  t.equal(first?.length, 2, 'the first answer is a good one')
  await refuses(
    t,
    'gateway',
    'the whole answer to an earlier batch',
    evaluateWhile(() => old),
  )
  await refuses(
    t,
    'keyholder',
    'the keyholder’s half of an earlier batch',
    evaluateWhile((answer) => ({ ...answer, keyholder: old?.keyholder })),
  )
})

t.test(
  'one changed element, one changed bit of a proof, one missing element: refused',
  async (t) => {
    for (const operator of ['gateway', 'keyholder'] as const) {
      const alter = (how: string, change: (elements: Uint8Array, proof: Uint8Array) => object) =>
        refuses(
          t,
          operator,
          how,
          evaluateWhile((answer) => ({
            ...answer,
            [operator]: {
              ...answer[operator],
              ...change(elementsOf(answer[operator]), proofOf(answer[operator])),
            },
          })),
        )
      const put = (elements: Uint8Array, at: number, element: Uint8Array): string => {
        const copy = elements.slice()
        copy.set(element, at * 32)
        return base64url(copy)
      }
      await alter('one bit of an element', (elements) => ({
        elements: base64url(changed(elements, 40)),
      }))
      await alter('another valid element in the place of one', (elements) => ({
        elements: put(elements, 1, multiplyElement(scalarOf(2), elementAt(elements, 1))),
      }))
      await alter('two elements exchanged', (elements) => ({
        elements: base64url(
          concat(elementAt(elements, 1), elementAt(elements, 0), elements.subarray(64)),
        ),
      }))
      await alter('the last, a padding element, changed', (elements) => ({
        elements: put(elements, elements.length / 32 - 1, elementAt(elements, 0)),
      }))
      await alter('the identity', (elements) => ({
        elements: put(elements, 0, new Uint8Array(32)),
      }))
      await alter('an encoding that is none', (elements) => ({
        elements: put(elements, 0, new Uint8Array(32).fill(0xff)),
      }))
      await alter('one element less', (elements) => ({
        elements: base64url(elements.subarray(32)),
      }))
      await alter('one element more', (elements) => ({
        elements: base64url(concat(elements, elements.subarray(0, 32))),
      }))
      await alter('one bit of the challenge', (_, proof) => ({
        proof: base64url(changed(proof, 3)),
      }))
      await alter('one bit of the response', (_, proof) => ({
        proof: base64url(changed(proof, 50)),
      }))
      await alter('an empty proof', () => ({ proof: base64url(new Uint8Array(64)) }))
    }
  },
)

t.test('another form of answer is refused in the gateway’s name', async (t) => {
  for (const [how, answer] of [
    ['no keyholder', ({ gateway }: Halves) => ({ gateway })],
    ['more than asked', (halves: Halves) => ({ ...halves, tokens: [] })],
    [
      'a short proof',
      (halves: Halves) => ({ ...halves, gateway: { ...halves.gateway, proof: 'AA' } }),
    ],
    ['nothing', () => ({})],
  ] as const) {
    await refuses(t, 'gateway', how, evaluateWhile(answer))
  }
})

/** A fresh partner, which knows no keys yet, asks for those of the domain and gets `manifest`. */
async function trustWhile(manifest: unknown) {
  gateway.meddle({
    answer: async ({ url }) => (url.endsWith('/keys') ? manifest : undefined),
  })
  try {
    const fresh = partnerOf('police', (police ?? fail()).keys, pins)
    return await fresh.domainKeys(under.content.domain)
  } finally {
    gateway.meddle(undefined)
  }
}

async function manifestOf(domain: string): Promise<DomainKeysManifest> {
  const before = gateway.exchanges.length
  await partnerOf('police', (police ?? fail()).keys, pins).domainKeys(domain)
  const answer = gateway.exchanges.slice(before).find(({ url }) => url.endsWith(`/${domain}/keys`))
  return JSON.parse(answer?.answer.toString() ?? '')
}

function fail(): never {
  throw new Error('the test lacks what it needs')
}

t.test('a manifest counts only when both pinned operators signed the same', async (t) => {
  const { domain } = under.content
  const honest = await manifestOf(domain)
  const content = payloadOf<DomainKeysContent>(honest.gateway)
  const { root: ownKeyholder, encryption } = await makeAgencyKeys()
  const ownHalf = {
    ...content.keyholder,
    publicKey: base64url(anotherShare().publicKey),
    sealingKey: publicJwkOf(encryption),
  }
  const byGateway = (payload: object) => signStatement('domain-keys', payload, gatewayKeys.root)
  const byOwnKeyholder = (payload: object) => signStatement('domain-keys', payload, ownKeyholder)

  t.equal((await trustWhile(honest)).domain, domain, 'the true one is taken')

  const forged = { ...content, keyholder: ownHalf } as DomainKeysContent
  await refuses(
    t,
    'keyholder',
    'signed by a keyholder of the gateway’s own',
    trustWhile({ gateway: await byGateway(forged), keyholder: await byOwnKeyholder(forged) }),
  )
  const renamed = {
    ...content,
    keyholder: { ...ownHalf, rootThumbprint: await thumbprintOf(ownKeyholder) },
  }
  await refuses(
    t,
    'keyholder',
    'which is also named in it',
    trustWhile({ gateway: await byGateway(renamed), keyholder: await byOwnKeyholder(renamed) }),
  )
  await refuses(
    t,
    'keyholder',
    'signed twice by the gateway',
    trustWhile({ gateway: await byGateway(forged), keyholder: await byGateway(forged) }),
  )
  const [, payload = '', signature = ''] = (await byOwnKeyholder(forged)).split('.')
  const header = {
    alg: 'EdDSA',
    typ: 'raakvlak-domain-keys+jwt',
    kid: pins.keyholder.rootThumbprint,
    jwk: publicJwkOf(ownKeyholder),
  }
  await refuses(
    t,
    'keyholder',
    'under the pinned thumbprint with another key beside it',
    trustWhile({
      gateway: await byGateway(forged),
      keyholder: [base64url(utf8(JSON.stringify(header))), payload, signature].join('.'),
    }),
  )
  await refuses(
    t,
    'keyholder',
    'the keyholder’s true signature under another content',
    trustWhile({
      gateway: await byGateway(forged),
      keyholder: [honest.keyholder.split('.')[0], payload, honest.keyholder.split('.')[2]].join(
        '.',
      ),
    }),
  )
  for (const [how, half] of [
    ['another key of its own', { publicKey: ownHalf.publicKey }],
    ['another sealing key of its own', { sealingKey: ownHalf.sealingKey }],
    ['another ledger key of its own', { ledgerKey: content.keyholder.ledgerKey }],
  ] as const) {
    await refuses(
      t,
      'gateway',
      `${how} beside the keyholder’s true statement`,
      trustWhile({
        gateway: await byGateway({ ...content, gateway: { ...content.gateway, ...half } }),
        keyholder: honest.keyholder,
      }),
    )
  }
  await refuses(
    t,
    'gateway',
    'signed by somebody else in the gateway’s stead',
    trustWhile({ gateway: await byOwnKeyholder(content), keyholder: honest.keyholder }),
  )
  await refuses(
    t,
    'gateway',
    'an agency’s signed statement of another type',
    trustWhile({
      gateway: await signStatement('forwarding', content, gatewayKeys.root),
      keyholder: honest.keyholder,
    }),
  )
  const twice = { gateway: honest.gateway, keyholder: honest.keyholder }
  await refuses(t, 'gateway', 'one epoch given for two', trustWhile({ ...honest, former: twice }))
  await refuses(t, 'gateway', 'no manifest at all', trustWhile({}))
})

t.test('the keyholder’s statement for another domain or epoch is refused', async (t) => {
  const { domain } = under.content
  const honest = await manifestOf(domain)
  const other = await manifestOf(elsewhere.content.domain)
  const content = payloadOf<DomainKeysContent>(honest.gateway)
  await refuses(t, 'gateway', 'the manifest of another domain', trustWhile(other))
  await refuses(
    t,
    'gateway',
    'the keyholder’s statement for another domain',
    trustWhile({ gateway: honest.gateway, keyholder: other.keyholder }),
  )
  for (const epoch of [2, 777]) {
    const next = await countersigned({
      domain,
      epoch,
      gateway: { ...content.gateway, publicKey: base64url(anotherShare().publicKey) },
      audience: pins.keyholder.rootThumbprint,
    })
    t.notMatch(next, /^.+\..+\..+$/, 'the keyholder signs no epoch that nobody opened')
  }
})

t.test('a real gateway whose share was exchanged in its database is caught', async (t) => {
  const { domain } = under.content
  const database = new pg.Client({
    connectionString: embeddedUrl(operators.databaseOf('gateway')).reveal(),
  })
  await database.connect()
  t.teardown(() => database.end())
  const crypter = openCrypter(
    gatewayKeys.columns.map((key) => new Secret(fromBase64url(key))),
    systemRandomness,
  )
  const place = { table: 'domain_share', row: `${domain}|1`, column: 'sealed_share' }
  const setShare = (sealed: Uint8Array) =>
    database.query('update domain_share set sealed_share = $1 where domain = $2', [sealed, domain])
  const { rows: kept } = await database.query(
    'select sealed_share from domain_share where domain = $1',
    [domain],
  )
  await setShare(crypter.encrypt(place, anotherShare().scalar))
  await refuses(t, 'gateway', 'another share', (police ?? fail()).partner.prepare(rows, under))
  await setShare(kept[0].sealed_share)
  t.equal((await police?.partner.prepare(rows, under))?.length, 2, 'put back, it is believed again')
})

/** What the keyholder answers to a request that comes from the gateway's operator. */
async function askKeyholder(path: string, body: object) {
  const { url }: PinnedOperator = pins.keyholder
  const response = await fetch(new URL(path, url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = (await response.json()) as Record<string, unknown>
  return { status: response.status, answer, code: String(answer.type).split('/problems/')[1] }
}

async function countersigned(offer: object): Promise<string> {
  const { answer } = await askKeyholder('/v1/domain-keys', {
    offer: await signStatement('domain-keys', offer, gatewayKeys.root),
  })
  return String(answer.manifest)
}

const forwardingOf = (
  batch: string,
  { at = systemClock.now(), key = gatewayKeys.root, audience = pins.keyholder.rootThumbprint } = {},
) =>
  signStatement(
    'forwarding',
    { audience, batchHash: base64url(sha256(utf8(batch))), issuedAt: at.toISOString() },
    key,
  )

/** A batch as the gateway saw it pass, signed by the police. */
async function passedBatch(): Promise<string> {
  const before = gateway.exchanges.length
  await police?.partner.prepare(rows, under)
  const passed = gateway.exchanges.slice(before).find(({ url }) => url === '/v1/evaluations')
  return JSON.parse(passed?.body.toString() ?? '').batch
}

async function getsNothing(
  t: Test,
  how: string,
  code: string,
  asked: Promise<Awaited<ReturnType<typeof askKeyholder>>>,
): Promise<void> {
  const { status, answer, code: told } = await asked
  t.ok(status >= 400 && status < 500, `${how}: ${status}`)
  t.equal(told, code, how)
  t.notOk('elements' in answer || 'proof' in answer || 'manifest' in answer, `${how}: gets nothing`)
}

t.test('a gateway that sends the keyholder a second key for a domain gets nothing', async (t) => {
  const { domain } = under.content
  const honest = await manifestOf(domain)
  const content = payloadOf<DomainKeysContent>(honest.gateway)
  const offer = {
    domain,
    epoch: 1,
    gateway: content.gateway,
    audience: pins.keyholder.rootThumbprint,
  }
  const ask = async (changes: object, key = gatewayKeys.root) =>
    askKeyholder('/v1/domain-keys', {
      offer: await signStatement('domain-keys', { ...offer, ...changes }, key),
    })
  const second = { ...content.gateway, publicKey: base64url(anotherShare().publicKey) }
  await getsNothing(t, 'a second key', 'statements/invalid', ask({ gateway: second }))
  await getsNothing(
    t,
    'a domain that no agreement serves',
    'evaluation/unknown-domain',
    ask({ domain: 'everybody' }),
  )
  await getsNothing(
    t,
    'an offer for another operator',
    'statements/invalid',
    ask({ audience: pins.gateway.rootThumbprint }),
  )
  await getsNothing(
    t,
    'an offer that another key signed',
    'statements/invalid',
    ask({}, (await makeAgencyKeys()).root),
  )
  const again = await ask({
    gateway: { ...content.gateway, sealingKey: content.keyholder.sealingKey },
  })
  t.equal(again.answer.manifest, honest.keyholder, 'what it signed first is all that it says')
})

t.test('a gateway that invents an agreement gets nothing from the keyholder', async (t) => {
  const own = await makeAgencyKeys()
  const invented = draftFor(agencies, pins, 'investigating-exploitation')
  const signatureBy = (key: PrivateJwk, agency: string) =>
    signStatement(
      'agreement-signature',
      {
        contentHash: invented.hash,
        agency,
        type: 'accept',
        signedAt: systemClock.now().toISOString(),
      },
      key,
    )
  for (const key of [gatewayKeys.root, own.signing]) {
    await getsNothing(
      t,
      'an acceptance that the agency did not sign',
      'statements/invalid',
      (async () =>
        askKeyholder('/v1/agreements', {
          content: invented.content,
          signature: await signatureBy(key, 'police'),
        }))(),
    )
  }
  const batchUnder = async (hash: string, purpose: string, domain: string) => {
    const payload = payloadOf<BatchPayload>(await passedBatch())
    const batch = await signStatement(
      'evaluation-batch',
      { ...payload, agreement: hash, purpose, domain, number: randomUuid(systemRandomness) },
      (police ?? fail()).keys.signing,
    )
    return askKeyholder('/v1/evaluations', { batch, forwarding: await forwardingOf(batch) })
  }
  const { purpose, domain } = invented.content
  await getsNothing(
    t,
    'a batch under an agreement that only the gateway knows',
    'agreements/not-found',
    batchUnder(invented.hash, purpose, domain),
  )
  await police?.partner.acceptAgreement(invented.content)
  await getsNothing(
    t,
    'a batch under an agreement that one party has not signed',
    'policy/denied',
    batchUnder(invented.hash, purpose, domain),
  )
  await getsNothing(
    t,
    'a batch under one agreement for the domain of another',
    'policy/denied',
    batchUnder(under.hash, under.content.purpose, elsewhere.content.domain),
  )
})

t.test('a gateway that alters, makes or hoards batches gets nothing', async (t) => {
  const batch = await passedBatch()
  const payload = payloadOf<BatchPayload>(batch)
  const ask = async (one: string, forwarding: string) =>
    askKeyholder('/v1/evaluations', { batch: one, forwarding })
  const [header, , signature] = batch.split('.')
  const own = wire(evaluate(anotherShare(), fromBase64url(payload.points), systemRandomness))
  const altered = [
    header,
    base64url(utf8(JSON.stringify({ ...payload, points: own.elements }))),
    signature,
  ].join('.')
  await getsNothing(
    t,
    'other points under the agency’s signature',
    'statements/invalid',
    ask(altered, await forwardingOf(altered)),
  )
  const made = await signStatement('evaluation-batch', payload, gatewayKeys.root)
  await getsNothing(
    t,
    'a batch in the agency’s name under the gateway’s own key',
    'statements/invalid',
    ask(made, await forwardingOf(made)),
  )
  await getsNothing(
    t,
    'a forwarding of another batch',
    'statements/invalid',
    ask(batch, await forwardingOf(altered)),
  )
  await getsNothing(
    t,
    'a forwarding that is long past',
    'statements/invalid',
    ask(batch, await forwardingOf(batch, { at: shifted(systemClock.now(), -301) })),
  )
  await getsNothing(
    t,
    'a forwarding for somebody else',
    'statements/invalid',
    ask(batch, await forwardingOf(batch, { audience: pins.gateway.rootThumbprint })),
  )
  await getsNothing(
    t,
    'a forwarding that the agency signed itself, past the gateway',
    'statements/invalid',
    ask(batch, await forwardingOf(batch, { key: (police ?? fail()).keys.signing })),
  )
  const sign = (changes: object) =>
    signStatement('evaluation-batch', { ...payload, ...changes }, (police ?? fail()).keys.signing)
  const reused = await sign({ points: own.elements })
  await getsNothing(
    t,
    'a used number with other points',
    'evaluation/replayed',
    ask(reused, await forwardingOf(reused)),
  )
  const expired = await sign({
    number: randomUuid(systemRandomness),
    issuedAt: shifted(systemClock.now(), -1_200).toISOString(),
    expiresAt: shifted(systemClock.now(), -600).toISOString(),
  })
  await getsNothing(
    t,
    'a batch kept until it expired',
    'evaluation/invalid-batch',
    ask(expired, await forwardingOf(expired)),
  )
  const { status } = await ask(batch, await forwardingOf(batch))
  t.equal(status, 200, 'the true batch, passed on once more as it is, is answered again')
})

t.test(
  'an overlap with nobody who signed, or another desk, does not mislead who calls',
  async (t) => {
    const invented = {
      handle: randomUuid(systemRandomness),
      agreement: under.hash,
      quality: 'certain',
      reasons: ['same official number'],
      since: systemClock.now().toISOString(),
      subjectKind: 'person',
      signal: { id: randomUuid(systemRandomness), caseReference: 'C-1' },
      others: [
        {
          agency: 'stranger',
          name: 'Police AVIM',
          contactDesk: '088 000 6666',
          quality: 'certain',
          reasons: ['same official number'],
        },
      ],
    } as const
    const toldWhile = async (others: readonly object[]) => {
      const page = { overlaps: [{ ...invented, others }], ended: [] }
      gateway.meddle({
        answer: async ({ url }) => (url.startsWith('/v1/overlaps') ? page : undefined),
      })
      return police?.partner.overlaps(under).finally(() => gateway.meddle(undefined))
    }
    await refuses(t, 'gateway', 'an agency that is no party', toldWhile(invented.others))
    await t.rejects(toldWhile(invented.others), /names an agency that is no party/)
    const [, party] = under.content.parties
    const [other] = invented.others
    if (party === undefined) throw new Error('no second party')
    const known = { ...other, agency: party.agency, contactDesk: party.contactDesk.name }
    const [honest] = await toldWhile([known])
    const [turned] = await toldWhile([{ ...known, contactDesk: other.contactDesk }])
    const said = (overlap: typeof honest) =>
      (overlap?.others ?? []).map((one) => whomToCall(one, under.content)).join()
    t.equal(said(honest), party.contactDesk.name)
    t.match(
      said(turned),
      new RegExp(`^${party.contactDesk.name} \\(the gateway tells another desk`),
    )
  },
)

t.test('in all of this the client submitted nothing', async (t) => {
  t.notOk(gateway.exchanges.some(({ url }) => url.startsWith('/v1/signals')))
})
