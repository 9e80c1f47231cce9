import { inspect } from 'node:util'
import type { FastifyPluginAsync } from 'fastify'
import t, { type Test } from 'tap'
import { AccessRefused, GatewayProblem, GatewayUnreachable } from '../../src/client/errors.ts'
import { readOperator } from '../../src/client/operators.ts'
import { openSession, type SessionSettings } from '../../src/client/session.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { Fault } from '../../src/kernel/fault.ts'
import { systemRandomness } from '../../src/kernel/random.ts'
import { type Door, freePort, makeKey, openDoor, publicHalf } from '../support/oauth-client.ts'

/** Bodies that reached the flaky route, and what it does before it works. */
const arrived: unknown[] = []
let ahead: (Fault | Error)[] = []

const routes: FastifyPluginAsync = async (app) => {
  app.post('/v1/flaky', { config: { access: { scope: 'submit' } } }, async ({ body }) => {
    arrived.push(body)
    const trouble = ahead.shift()
    if (trouble !== undefined) throw trouble
    return { done: true }
  })
  app.get('/v1/caller', { config: { access: { scope: 'read' } } }, async ({ caller }) => caller)
  app.get('/v1/empty', { config: { access: { scope: 'read' } } }, async (_request, reply) =>
    reply.code(204).send(),
  )
}

const door = await openDoor(t, { routes })

t.beforeEach(() => {
  arrived.length = 0
  ahead = []
})

const waits: number[] = []
const session = (settings: Partial<SessionSettings> = {}, { publicUrl, clientKey }: Door = door) =>
  openSession({
    gatewayUrl: publicUrl,
    clientId: 'politie.connector',
    key: clientKey,
    clock: systemClock,
    random: systemRandomness,
    wait: async (milliseconds) => void waits.push(milliseconds),
    ...settings,
  })

const tokensAsked = (): number =>
  door.logged.filter((line) => line.includes('"route":"/oauth/token"')).length

async function failureOf(t: Test, work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.then(
    () => undefined,
    (reason) => reason,
  )
  if (!(error instanceof Error)) throw new Error('it did not fail')
  t.notMatch(inspect(error, { depth: 20, showHidden: true }), /eyJ|"d"|canary/, 'tells no secret')
  return error
}

t.test('many requests at once take one token, and a later one the same', async (t) => {
  const own = session()
  const before = tokensAsked()
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => own.request('GET', '/v1/me?page=1')),
  )
  for (const answer of answers) t.match(answer, { agency: 'politie', client: 'connector' })
  await own.request('GET', '/v1/me')
  t.equal(tokensAsked(), before + 1)
  t.equal(await own.request('GET', '/v1/empty'), undefined)
})

t.test('a token is renewed before it ends, once for all', async (t) => {
  const own = session({
    fetch: async (...input) => {
      const response = await fetch(...input)
      if (!String(input[0]).endsWith('/token')) return response
      return Response.json({ ...(await response.json()), expires_in: 59 })
    },
  })
  const before = tokensAsked()
  await own.request('GET', '/v1/me')
  t.equal(tokensAsked(), before + 2)
  await Promise.all([own.request('GET', '/v1/me'), own.request('GET', '/v1/me')])
  t.equal(tokensAsked(), before + 3)
})

t.test(
  'each request says which officer sits at the machine, when the agency names one',
  async (t) => {
    t.match(await session({ officer: 'Zx-4_77q' }).request('GET', '/v1/caller'), {
      client: 'connector',
      officer: 'Zx-4_77q',
    })
    t.notHas(await session().request('GET', '/v1/caller'), { officer: /./ })
  },
)

t.test('a key of Ed25519 and a pair of keys that cannot be read serve as well', async (t) => {
  const edwards = await makeKey('EdDSA')
  door.clients.set('ngo.one', { key: publicHalf(edwards), active: true })
  t.match(await session({ clientId: 'ngo.one', key: edwards }).request('GET', '/v1/me'), {
    agency: 'ngo',
  })
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
    'verify',
  ])
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  door.clients.set('ngo.two', { key: { kty, crv, x, y } as never, active: true })
  t.match(await session({ clientId: 'ngo.two', key: pair }).request('GET', '/v1/me'), {
    client: 'two',
  })
})

t.test('a refusal comes as the problem that the gateway told', async (t) => {
  ahead = [
    new Fault('policy/denied', [{ at: 'purpose', message: 'not for this', article: 'Wpg 3' }]),
  ]
  const error = await failureOf(t, session().request('POST', '/v1/flaky', { a: 'canary' }))
  if (!(error instanceof GatewayProblem)) return t.fail('another error')
  t.equal(error.code, 'policy/denied')
  t.equal(error.problem.status, 403)
  t.same(error.problem.problems, [{ at: 'purpose', message: 'not for this', article: 'Wpg 3' }])
  t.equal(arrived.length, 1)
})

t.test('what does no harm twice is sent again, exactly as it was, after a pause', async (t) => {
  waits.length = 0
  ahead = [
    new Fault('door/unavailable', [], { retryAfterSeconds: 2 }),
    new Fault('door/too-many-requests', [], { retryAfterSeconds: 1 }),
  ]
  const answer = await session().request('POST', '/v1/flaky', { a: 1 }, { idempotent: true })
  t.same(answer, { done: true })
  t.same(arrived, [{ a: 1 }, { a: 1 }, { a: 1 }])
  t.same(waits, [2000, 1000])
})

t.test('what could do harm twice is sent once', async (t) => {
  ahead = [new Fault('door/unavailable')]
  const error = await failureOf(t, session().request('POST', '/v1/flaky', {}))
  t.ok(error instanceof GatewayProblem)
  t.equal(arrived.length, 1)
})

t.test('a bug of the gateway and a long pause are told at once', async (t) => {
  ahead = [new Error('bug')]
  const own = session()
  const bug = await failureOf(t, own.request('POST', '/v1/flaky', {}, { idempotent: true }))
  t.equal((bug as GatewayProblem).code, 'door/internal')
  ahead = [new Fault('evaluation/quota-exhausted', [], { retryAfterSeconds: 3600 })]
  const quota = await failureOf(t, own.request('POST', '/v1/flaky', {}, { idempotent: true }))
  t.equal((quota as GatewayProblem).code, 'evaluation/quota-exhausted')
  t.equal(arrived.length, 2)
})

t.test('attempts end after the fourth', async (t) => {
  ahead = Array.from({ length: 9 }, () => new Fault('door/unavailable'))
  await failureOf(t, session().request('POST', '/v1/flaky', {}, { idempotent: true }))
  t.equal(arrived.length, 4)
})

t.test('an answer that was lost on the way is asked for again', async (t) => {
  let lost = 0
  const own = session({
    fetch: async (...input) => {
      const response = await fetch(...input)
      if (!String(input[0]).endsWith('/v1/flaky') || lost > 0) return response
      lost += 1
      await response.body?.cancel()
      throw new TypeError('fetch failed', { cause: new Error('canary eyJ') })
    },
  })
  t.same(await own.request('POST', '/v1/flaky', {}, { idempotent: true }), { done: true })
  t.equal(arrived.length, 2)
  lost = 0
  const error = await failureOf(t, own.request('POST', '/v1/flaky', {}))
  t.ok(error instanceof GatewayUnreachable)
})

t.test('a gateway that is not there is told so, without secrets', async (t) => {
  const gatewayUrl = `http://127.0.0.1:${await freePort()}`
  const error = await failureOf(t, session({ gatewayUrl }).request('GET', '/v1/me'))
  t.ok(error instanceof GatewayUnreachable)
})

t.test('no operator is spoken to where others on the way could listen', async (t) => {
  for (const url of ['http://gateway.example', 'http://127.0.0.1.example', 'ftp://localhost']) {
    t.throws(() => session({ gatewayUrl: url }), /over https/, url)
    await t.rejects(readOperator(url), /over https/, url)
  }
  t.doesNotThrow(() => session({ gatewayUrl: 'https://gateway.example' }))
})

t.test('a token that the gateway no longer takes is replaced once', async (t) => {
  let spoil = 1
  const own = session({
    fetch: (url, options) => {
      const headers = new Headers(options?.headers)
      if (headers.has('authorization') && spoil-- > 0) {
        headers.set('authorization', `${headers.get('authorization')}AAAA`)
      }
      return fetch(url, { ...options, headers })
    },
  })
  const before = tokensAsked()
  t.match(await own.request('POST', '/v1/flaky', {}), { done: true })
  t.equal(tokensAsked(), before + 2)
  spoil = 99
  const error = await failureOf(t, own.request('GET', '/v1/me'))
  t.equal((error as GatewayProblem).code, 'door/unauthenticated')
})

t.test('a client that was revoked is refused, and told so', async (t) => {
  const own = session()
  await own.request('GET', '/v1/me')
  const registered = door.clients.get('politie.connector')
  if (registered === undefined) throw new Error('no such client')
  door.clients.delete('politie.connector')
  const error = await failureOf(t, own.request('GET', '/v1/me'))
  t.ok(error instanceof AccessRefused)
  t.match(error.message, /invalid_client/)
  door.clients.set('politie.connector', registered)
  t.match(await own.request('GET', '/v1/me'), { agency: 'politie' }, 'and may come back')
})

t.test(
  'secrets go nowhere but to the gateway, and never over plain http to another host',
  async (t) => {
    t.throws(() => session({ gatewayUrl: 'http://gateway.example' }), /https/)
    await t.rejects(session().request('GET', '//example.org/v1/me'), /leads away/)
    await t.rejects(session().request('GET', 'https://example.org/v1/me'), /leads away/)
  },
)
