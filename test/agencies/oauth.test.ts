import { randomUUID } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import t, { type Test } from 'tap'
import { Fault } from '../../src/kernel/fault.ts'
import type { AgencyId, ClientId } from '../../src/kernel/ids.ts'
import { thumbprintOf } from '../../src/proofs/statement.ts'
import { oauthClientIdOf, readOauthClientId } from '../../src/wire/oauth.ts'
import {
  type Answer,
  askToken,
  makeAssertion,
  makeKey,
  makeProof,
  now,
  openDoor,
  publicHalf,
  readAnswer,
} from '../support/oauth-client.ts'

const door = await openDoor(t)
const bound = await makeKey()
const url = `${door.oauth.issuer}/token`

function assertRefused(t: Test, answer: Answer, statuses = [400, 401]): void {
  t.ok(statuses.includes(answer.status), `status ${answer.status}`)
  t.match(answer.headers.get('content-type'), /^application\/json/)
  t.equal(answer.headers.get('api-version'), '0.1.0')
  t.equal(answer.headers.get('cache-control'), 'no-store')
  t.equal(answer.headers.get('set-cookie'), null)
  t.match(answer.body.error, /^[a-z_]+$/)
  t.equal(answer.body.access_token, undefined)
  t.notMatch(answer.text, /eyJ|node_modules|<html|\bat \//)
}

t.test('a registered client gets a token for one resource, bound to its proof’s key', async (t) => {
  const answer = await askToken(door, bound, { scope: 'read submit' })
  t.equal(answer.status, 200)
  t.match(answer.body, { token_type: 'DPoP', expires_in: 600, scope: 'read submit' })
  const token = String(answer.body.access_token)
  t.match(decodeProtectedHeader(token), { alg: 'ES256', typ: 'at+jwt' })
  const claims = decodeJwt(token)
  t.match(claims, {
    iss: door.oauth.issuer,
    aud: door.oauth.audience,
    client_id: 'politie.connector',
    client_key: await thumbprintOf(door.clientKey),
    scope: 'read submit',
    cnf: { jkt: await thumbprintOf(bound) },
  })
  t.equal(Number(claims.exp) - Number(claims.iat), 600)
  t.match(claims.jti, /^[\w-]{21,}$/)
})

t.test(
  'a client with an Ed25519 key authenticates under either name of the algorithm',
  async (t) => {
    const key = await makeKey('EdDSA')
    door.clients.set('ngo.connector', { key: publicHalf(key), active: true })
    const claims = { iss: 'ngo.connector', sub: 'ngo.connector' }
    for (const alg of ['EdDSA', 'Ed25519']) {
      const assertion = await makeAssertion(door, { header: { alg }, claims, key })
      t.equal((await askToken(door, bound, { client_assertion: assertion })).status, 200, alg)
    }
  },
)

t.test('an assertion is worth one token', async (t) => {
  const client_assertion = await makeAssertion(door)
  t.equal((await askToken(door, bound, { client_assertion })).status, 200)
  assertRefused(t, await askToken(door, bound, { client_assertion }))
})

t.test('of twelve uses of one assertion at once, one passes', async (t) => {
  for (let round = 0; round < 3; round += 1) {
    const client_assertion = await makeAssertion(door)
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => askToken(door, bound, { client_assertion })),
    )
    t.equal(answers.filter(({ status }) => status === 200).length, 1)
    t.equal(answers.filter(({ body }) => body.error === 'invalid_client').length, 11)
  }
})

t.test('a proof is worth one token', async (t) => {
  const dpop = await makeProof(bound, { method: 'POST', url })
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => askToken(door, bound, {}, { dpop })),
  )
  t.equal(answers.filter(({ status }) => status === 200).length, 1)
})

t.test('an assertion that is not as documented gets nothing', async (t) => {
  const other = await makeKey()
  const cases: Record<string, string | undefined> = {
    'by another key': await makeAssertion(door, { key: other }),
    'by another key that it brings along': await makeAssertion(door, {
      key: other,
      header: { jwk: publicHalf(other) },
    }),
    'with the address of a key': await makeAssertion(door, {
      header: { jku: 'https://example.org/' },
    }),
    'for another server': await makeAssertion(door, {
      claims: { aud: 'https://example.org/oauth' },
    }),
    'for the token endpoint': await makeAssertion(door, { claims: { aud: url } }),
    'for several servers': await makeAssertion(door, {
      claims: { aud: [door.oauth.issuer, 'https://example.org/oauth'] },
    }),
    'for nobody': await makeAssertion(door, { claims: { aud: undefined } }),
    'that ended': await makeAssertion(door, { claims: { iat: now() - 120, exp: now() - 60 } }),
    'that never ends': await makeAssertion(door, { claims: { exp: undefined } }),
    'that lives for a day': await makeAssertion(door, { claims: { exp: now() + 86_400 } }),
    'without a time': await makeAssertion(door, { claims: { iat: undefined } }),
    'without a number': await makeAssertion(door, { claims: { jti: undefined } }),
    'with an endless number': await makeAssertion(door, { claims: { jti: 'x'.repeat(300) } }),
    'from the future': await makeAssertion(door, {
      claims: { iat: now() + 100, nbf: now() + 100, exp: now() + 160 },
    }),
    'in the name of another': await makeAssertion(door, { claims: { iss: 'ngo.connector' } }),
    'for an unknown client': await makeAssertion(door, {
      claims: { iss: 'politie.other', sub: 'politie.other' },
    }),
    'for a client whose name is none': await makeAssertion(door, {
      claims: { iss: "' or 1=1", sub: "' or 1=1" },
    }),
    'under a shared secret': await makeAssertion(door, {
      header: { alg: 'HS256' },
      key: new TextEncoder().encode(JSON.stringify(publicHalf(door.clientKey))),
    }),
    'that is none': 'x.y.z',
    'that is missing': undefined,
  }
  for (const [name, client_assertion] of Object.entries(cases)) {
    await t.test(name, async (t) =>
      assertRefused(t, await askToken(door, bound, { client_assertion })),
    )
  }
})

t.test('a request for a token that asks for too much or too little gets nothing', async (t) => {
  const cases: Record<string, Record<string, string | undefined>> = {
    'another resource': { resource: 'https://example.org/v1' },
    'the resource in another spelling': { resource: `${door.oauth.audience}/` },
    'no resource': { resource: undefined },
    'an unknown scope': { scope: 'administer' },
    'an unknown scope among known ones': { scope: 'read administer' },
    'no scope': { scope: undefined },
    'an empty scope': { scope: '' },
    'the scope of a person': { scope: 'openid offline_access' },
    'the authorization code grant': { grant_type: 'authorization_code', code: 'x' },
    'the refresh token grant': { grant_type: 'refresh_token', refresh_token: 'x' },
    'the password grant': { grant_type: 'password', username: 'x', password: 'x' },
    'no grant': { grant_type: undefined },
    'an assertion of another kind': {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer',
    },
    'a secret': {
      client_assertion: undefined,
      client_assertion_type: undefined,
      client_id: 'politie.connector',
      client_secret: 'x',
    },
    'nothing but a name': {
      client_assertion: undefined,
      client_assertion_type: undefined,
      client_id: 'politie.connector',
    },
  }
  for (const [name, parameters] of Object.entries(cases)) {
    await t.test(name, async (t) => assertRefused(t, await askToken(door, bound, parameters)))
  }
})

t.test('a token without a proof that fits is not given', async (t) => {
  const other = await makeKey()
  const fit = { method: 'POST', url }
  const proofs: Record<string, string | undefined> = {
    none: undefined,
    'for another address': await makeProof(bound, { method: 'POST', url: `${url}s` }),
    'for another method': await makeProof(bound, { method: 'GET', url }),
    old: await makeProof(bound, fit, { claims: { iat: now() - 3600 } }),
    'of another key': await makeProof(bound, fit, { key: other }),
    'with a private key in it': await makeProof(bound, fit, { header: { jwk: bound } }),
  }
  for (const [name, dpop] of Object.entries(proofs)) {
    await t.test(name, async (t) => assertRefused(t, await askToken(door, bound, {}, { dpop })))
  }
})

t.test('the token endpoint takes forms only, and small ones', async (t) => {
  const send = async (type: string, body: string) =>
    readAnswer(await fetch(url, { method: 'POST', headers: { 'content-type': type }, body }))
  assertRefused(t, await send('application/json', '{"grant_type":"client_credentials"}'))
  assertRefused(t, await send('application/x-www-form-urlencoded', 'x'.repeat(2_000_000)))
  assertRefused(t, await send('application/x-www-form-urlencoded', 'scope=a&scope=b&grant_type=c'))
})

t.test('a client that was revoked, suspended or got another key gets no token', async (t) => {
  const registered = { key: publicHalf(door.clientKey), active: true }
  door.clients.set('politie.connector', { ...registered, active: false })
  assertRefused(t, await askToken(door, bound))
  door.clients.delete('politie.connector')
  assertRefused(t, await askToken(door, bound))
  door.clients.set('politie.connector', { key: publicHalf(await makeKey()), active: true })
  assertRefused(t, await askToken(door, bound))
  door.clients.set('politie.connector', registered)
  t.equal((await askToken(door, bound)).status, 200)
})

t.test('an outage is told as one, a bug says nothing', async (t) => {
  const get = door.clients.get
  t.teardown(async () => {
    door.clients.get = get
  })
  door.clients.get = () => {
    throw new Fault('door/unavailable', [], { retryAfterSeconds: 3 })
  }
  const away = await askToken(door, bound)
  assertRefused(t, away, [503])
  t.equal(away.headers.get('retry-after'), '3')
  door.clients.get = () => {
    throw new Error('canary-4711')
  }
  const broken = await askToken(door, bound)
  assertRefused(t, broken, [500])
  t.notMatch(broken.text, /canary/)
})

t.test('nothing else of the authorization server can be reached', async (t) => {
  const paths = ['auth', 'reg', 'me', 'session/end', 'token/introspection', 'token/revocation']
  for (const path of [
    ...paths,
    'device',
    'request',
    'challenge',
    '.well-known/openid-configuration',
  ]) {
    for (const method of ['GET', 'POST']) {
      const response = await fetch(`${door.oauth.issuer}/${path}`, { method })
      t.equal(response.status, 404, `${method} ${path}`)
      t.equal(response.headers.get('content-type'), 'application/problem+json')
      await response.body?.cancel()
    }
  }
  const { status, headers } = await fetch(url)
  t.equal(status, 405)
  t.equal(headers.get('allow'), 'POST')
})

t.test('its description names the public address, whatever a caller claims', async (t) => {
  for (const path of [
    '/.well-known/oauth-authorization-server/oauth',
    '/oauth/.well-known/oauth-authorization-server',
  ]) {
    const answer = await door.app.inject({
      url: path,
      headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example' },
    })
    t.match(answer.json(), { issuer: door.oauth.issuer, token_endpoint: url })
    t.notMatch(answer.body, /evil/)
  }
  const response = await askToken(
    door,
    bound,
    {},
    {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
    },
  )
  t.equal(response.status, 200, 'a proof for the public address stays good')
  const keys = await readAnswer(await fetch(`${door.oauth.issuer}/jwks`))
  t.same(Object.keys((keys.body.keys as object[])[0] ?? {}).sort(), [
    'alg',
    'crv',
    'kid',
    'kty',
    'use',
    'x',
    'y',
  ])
})

t.test('a client’s name says which agency it belongs to, and nothing else is a name', (t) => {
  const [agency, client] = ['politie' as AgencyId, 'connector-1' as ClientId]
  t.same(readOauthClientId(oauthClientIdOf(agency, client)), { agency, client })
  for (const other of ['politie', 'a.b.c', '.x', 'Politie.x1', 'po litie.x1', `${randomUUID()}`]) {
    t.equal(readOauthClientId(other), undefined, other)
  }
  t.end()
})

t.test('no token, assertion or proof gets into the log', async (t) => {
  t.notMatch(door.logged.join(''), /eyJ/)
})
