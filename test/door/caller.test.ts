import { createPublicKey, randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { base64url, generateSecret, SignJWT } from 'jose'
import t, { type Test } from 'tap'
import { openLog } from '../../src/door/request-log.ts'
import { makeServer } from '../../src/door/server.ts'
import { shifted, systemClock } from '../../src/kernel/clock.ts'
import { systemRandomness } from '../../src/kernel/random.ts'
import { thumbprintOf } from '../../src/proofs/statement.ts'
import {
  type Answer,
  askToken,
  makeKey,
  makeProof,
  now,
  openDoor,
  publicHalf,
  readAnswer,
} from '../support/oauth-client.ts'
import { freshDatabase } from '../support/postgres.ts'

const database = await freshDatabase(t, 'gateway')
const door = await openDoor(t, { database })
const bound = await makeKey()
const url = `${door.publicUrl}/v1/me`
const token = String((await askToken(door, bound)).body.access_token)

const ask = async (
  headers: Record<string, string>,
  { path = '/v1/me', method = 'GET' } = {},
): Promise<Answer> => readAnswer(await fetch(`${door.publicUrl}${path}`, { method, headers }))

const askWith = async (accessToken: string, proof?: string): Promise<Answer> =>
  ask({
    authorization: `DPoP ${accessToken}`,
    dpop: proof ?? (await makeProof(bound, { url, token: accessToken })),
  })

function assertRefused(t: Test, answer: Answer, status = 401): void {
  t.equal(answer.status, status)
  t.equal(answer.headers.get('content-type'), 'application/problem+json')
  t.equal(answer.headers.get('api-version'), '0.1.0')
  t.match(answer.headers.get('www-authenticate'), /^DPoP .*algs="ES256 EdDSA Ed25519"/)
  t.notMatch(answer.text, /eyJ|node_modules|Error/)
}

t.test('a client with its token and a fresh proof is known', async (t) => {
  const answer = await askWith(token)
  t.equal(answer.status, 200)
  t.same(answer.body, { agency: 'politie', client: 'connector', scopes: ['read'] })
})

t.test('a query in the address takes no part in the proof', async (t) => {
  const headers = {
    authorization: `DPoP ${token}`,
    dpop: await makeProof(bound, { url, token }),
  }
  t.equal((await ask(headers, { path: '/v1/me?page=2' })).status, 200)
})

t.test('HEAD needs a proof of its own', async (t) => {
  const head = (method: string) =>
    makeProof(bound, { method, url, token }).then((dpop) =>
      fetch(url, { method: 'HEAD', headers: { authorization: `DPoP ${token}`, dpop } }),
    )
  t.equal((await head('HEAD')).status, 200)
  t.equal((await head('GET')).status, 401)
})

t.test('a proof of Ed25519 is as good as one of P-256', async (t) => {
  const key = await makeKey('EdDSA')
  const own = String((await askToken(door, key)).body.access_token)
  const proof = await makeProof(key, { url, token: own })
  t.equal((await askWith(own, proof)).status, 200)
})

t.test('a proof within the window passes, one outside does not', async (t) => {
  for (const [age, status] of [
    [58, 200],
    [10, 200],
    [-10, 200],
    [63, 401],
    [3600, 401],
    [-18, 401],
    [-3600, 401],
  ] as const) {
    const proof = await makeProof(bound, { url, token }, { claims: { iat: now() - age } })
    t.equal((await askWith(token, proof)).status, status, `${age} seconds old`)
  }
})

/** A proof that holds, and whose signature a careless reader takes for the same bytes. */
async function writtenOtherwise(fit: { url: string; token: string }): Promise<string> {
  for (;;) {
    const [head, payload, signature = ''] = (await makeProof(bound, fit)).split('.')
    if (/[-_]/.test(signature)) {
      return `${head}.${payload}.${signature.replaceAll('-', '+').replaceAll('_', '/')}`
    }
  }
}

t.test('a proof that does not fit the request is refused', async (t) => {
  const other = await makeKey()
  const secret = await generateSecret('HS256')
  const fit = { url, token }
  const [head, payload, signature] = (await makeProof(bound, fit)).split('.')
  const cases: Record<string, string> = {
    'of another key': await makeProof(other, fit),
    'of another key under this key’s name': await makeProof(bound, fit, { key: other }),
    'for another method': await makeProof(bound, fit, { claims: { htm: 'POST' } }),
    'for another path': await makeProof(bound, { url: `${door.publicUrl}/v1/you`, token }),
    'for another host': await makeProof(bound, { url: 'https://example.org/v1/me', token }),
    'for the same path over https': await makeProof(bound, {
      url: url.replace('http:', 'https:'),
      token,
    }),
    'for no address': await makeProof(bound, fit, { claims: { htu: undefined } }),
    'for something else than an address': await makeProof(bound, fit, { claims: { htu: 7 } }),
    'with credentials in its address': await makeProof(bound, {
      url: url.replace('//', '//a:b@'),
      token,
    }),
    'for another token': await makeProof(bound, { url, token: `${token}x` }),
    'for no token': await makeProof(bound, { url }),
    'without a number': await makeProof(bound, fit, { claims: { jti: undefined } }),
    'with an empty number': await makeProof(bound, fit, { claims: { jti: '' } }),
    'with a number that is none': await makeProof(bound, fit, { claims: { jti: 7 } }),
    'with an endless number': await makeProof(bound, fit, { claims: { jti: 'x'.repeat(257) } }),
    'without a time': await makeProof(bound, fit, { claims: { iat: undefined } }),
    'with a time that is text': await makeProof(bound, fit, { claims: { iat: String(now()) } }),
    'that has ended': await makeProof(bound, fit, { claims: { exp: now() - 10 } }),
    'of another type': await makeProof(bound, fit, { header: { typ: 'JWT' } }),
    'without a key': await makeProof(bound, fit, { header: { jwk: undefined } }),
    'with a private key in it': await makeProof(bound, fit, { header: { jwk: bound } }),
    'with the address of a key': await makeProof(bound, fit, {
      header: { jku: 'https://example.org/keys' },
    }),
    'with a certificate': await makeProof(bound, fit, { header: { x5c: ['AAAA'] } }),
    'under a shared secret': await makeProof(bound, fit, {
      header: { alg: 'HS256', jwk: { kty: 'oct', k: 'AAAA' } },
      key: secret as never,
    }),
    'without a signature': `${base64url.encode(
      JSON.stringify({ typ: 'dpop+jwt', alg: 'none', jwk: publicHalf(bound) }),
    )}.${payload}.`,
    'with its signature cut off': `${head}.${payload}.`,
    'with its signature shortened': `${head}.${payload}.${signature?.slice(0, -4)}`,
    'with padding': `${head}.${payload}.${signature}=`,
    'in another alphabet': `${head}.${payload}.${signature?.replace(/[A-Za-z]$/, '+')}`,
    'whose signature is written in the other alphabet': await writtenOtherwise(fit),
    'that is long and holds': await makeProof(bound, fit, { claims: { pad: 'x'.repeat(5000) } }),
    'in five parts': `${head}.${payload}.${signature}.${payload}.${head}`,
    'that is nothing': 'x',
    'that is long': 'x'.repeat(5000),
  }
  for (const [name, proof] of Object.entries(cases)) {
    await t.test(name, async (t) => assertRefused(t, await askWith(token, proof)))
  }
})

t.test('a proof is worth one request', async (t) => {
  const proof = await makeProof(bound, { url, token })
  t.equal((await askWith(token, proof)).status, 200)
  const again = await askWith(token, proof)
  assertRefused(t, again)
  t.match(again.text, /used before/)
})

t.test('of twelve uses of one proof at once, on two servers, one passes', async (t) => {
  const { db } = await database.open()
  const proof = await makeProof(bound, { url, token })
  const second = makeServer({
    clock: systemClock,
    random: systemRandomness,
    logger: openLog({ level: 'silent' }),
    publicUrl: door.publicUrl,
    apiVersion: '0.1.0',
    callers: { ...door.oauth, db },
  })
  second.get('/v1/me', { config: { access: { scope: 'read' } } }, async ({ caller }) => caller)
  t.teardown(() => second.close())
  const headers = { authorization: `DPoP ${token}`, dpop: proof }
  const statuses = await Promise.all(
    Array.from({ length: 12 }, async (_, at) =>
      at % 2 === 0
        ? (await askWith(token, proof)).status
        : (await second.inject({ url: '/v1/me', headers })).statusCode,
    ),
  )
  t.equal(statuses.filter((status) => status === 200).length, 1)
  t.equal(statuses.filter((status) => status === 401).length, 11)
})

t.test('proofs that nobody can need any more are swept', async (t) => {
  let ahead = 0
  const other = await openDoor(t, {
    clock: { now: () => shifted(systemClock.now(), ahead) },
  })
  const own = String((await askToken(other, bound)).body.access_token)
  const address = `${other.publicUrl}/v1/me`
  const knock = async () =>
    fetch(address, {
      headers: {
        authorization: `DPoP ${own}`,
        dpop: await makeProof(
          bound,
          { url: address, token: own },
          { claims: { iat: now() + ahead } },
        ),
      },
    })
  const rows = async () => (await other.db.selectFrom('dpop_replay').select('jkt').execute()).length
  t.equal((await knock()).status, 200)
  t.equal((await knock()).status, 200)
  t.equal(await rows(), 2)
  ahead = 120
  t.equal((await knock()).status, 200)
  t.equal(await rows(), 1)
})

t.test('one access token and one proof, no more and no less', async (t) => {
  const proof = await makeProof(bound, { url, token })
  assertRefused(t, await ask({}))
  assertRefused(t, await ask({ dpop: proof }))
  assertRefused(t, await ask({ authorization: `DPoP ${token}` }))
  assertRefused(t, await ask({ authorization: `Bearer ${token}`, dpop: proof }))
  assertRefused(t, await ask({ authorization: `Bearer ${token}` }))
  assertRefused(t, await ask({ authorization: `DPoP ${token} ${token}`, dpop: proof }))
  assertRefused(t, await ask({ authorization: `DPoP  ${token}`, dpop: proof }))
  assertRefused(t, await ask({ authorization: 'Basic YTpi', dpop: proof }))
  assertRefused(t, await ask({ dpop: proof }, { path: `/v1/me?access_token=${token}` }))
  t.equal((await askWith(token, proof)).status, 200, 'and none of that used the proof up')
})

t.test('a header sent twice is refused, whichever of the two Node would keep', async (t) => {
  const send = (lines: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1')
      let text = ''
      socket.on('data', (bytes) => {
        text += bytes
      })
      socket.on('close', () => resolve(text.split('\r\n')[0] ?? ''))
      socket.on('error', reject)
      socket.write(
        ['GET /v1/me HTTP/1.1', 'host: x', 'connection: close', ...lines, '', ''].join('\r\n'),
      )
    })
  const authorization = `authorization: DPoP ${token}`
  const proof = async () => `dpop: ${await makeProof(bound, { url, token })}`
  t.match(await send([authorization, await proof()]), /200/)
  t.match(await send([authorization, authorization, await proof()]), /401/)
  t.match(await send([authorization, 'authorization: DPoP a.b.c', await proof()]), /401/)
  t.match(await send([authorization, await proof(), await proof()]), /401/)
})

t.test('only a token that this server made for this resource counts', async (t) => {
  const { signingKey, oauth, clientKey } = door
  const kid = await thumbprintOf(signingKey)
  const other = await makeKey()
  const good = {
    iss: oauth.issuer,
    aud: oauth.audience,
    iat: now(),
    exp: now() + 600,
    jti: randomUUID(),
    sub: 'politie.connector',
    client_id: 'politie.connector',
    client_key: await thumbprintOf(clientKey),
    scope: 'read',
    cnf: { jkt: await thumbprintOf(bound) },
  }
  const forge = (
    claims: Record<string, unknown> = {},
    header: Record<string, unknown> = {},
    key: unknown = signingKey,
  ): Promise<string> =>
    new SignJWT({ ...good, ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...header } as { alg: string })
      .sign(key as never)
  t.equal((await askWith(await forge())).status, 200, 'the pattern of this test is a good token')

  const pem = createPublicKey({ key: publicHalf(signingKey) as never, format: 'jwk' }).export({
    type: 'spki',
    format: 'pem',
  })
  const [head, payload, signature] = (await forge()).split('.')
  const none = (alg: string) =>
    `${base64url.encode(JSON.stringify({ alg, typ: 'at+jwt', kid }))}.${payload}.`
  const cases: Record<string, string> = {
    'signed by another key under our name': await forge({}, {}, other),
    'signed by another key in its header': await forge(
      {},
      { jwk: publicHalf(other), kid: undefined },
      other,
    ),
    'ours with a key in its header': await forge({}, { jwk: publicHalf(signingKey) }),
    'ours with the address of a key': await forge({}, { jku: 'https://example.org/' }),
    'ours with a critical extension': `${base64url.encode(
      JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid, crit: ['x'], x: 1 }),
    )}.${payload}.${signature}`,
    'under an unknown name': await forge({}, { kid: 'other' }),
    'under no name': await forge({}, { kid: undefined }),
    'under a path for a name': await forge({}, { kid: '../../dev/null' }, other),
    'of the type of an id token': await forge({}, { typ: 'JWT' }),
    'of no type': await forge({}, { typ: undefined }),
    'of the type of a proof': await forge({}, { typ: 'dpop+jwt' }),
    'without algorithm': none('none'),
    'without algorithm, shouting': none('NONE'),
    'without algorithm, mixed': none('nOnE'),
    'with its signature cut off': `${head}.${payload}.`,
    'with the public key as a shared secret': await forge(
      {},
      { alg: 'HS256' },
      new TextEncoder().encode(pem.toString()),
    ),
    'with other claims under the same signature': `${head}.${base64url.encode(
      JSON.stringify({ ...good, scope: 'read submit' }),
    )}.${signature}`,
    'with a flipped bit': `${head}.${payload}.${signature?.startsWith('A') ? 'B' : 'A'}${signature?.slice(1)}`,
    'of another issuer': await forge({ iss: 'https://example.org/oauth' }),
    'for another resource': await forge({ aud: 'https://example.org/v1' }),
    'for several resources': await forge({ aud: [oauth.audience, 'https://example.org/v1'] }),
    'for nobody': await forge({ aud: undefined }),
    'that ended': await forge({ exp: now() - 1 }),
    'that never ends': await forge({ exp: undefined }),
    'that ends as text': await forge({ exp: String(now() + 600) }),
    'from the future': await forge({ iat: now() + 120 }),
    'without a scope': await forge({ scope: undefined }),
    'with an empty scope': await forge({ scope: '' }),
    'that is bound to nothing': await forge({ cnf: undefined }),
    'that is bound to another key': await forge({ cnf: { jkt: await thumbprintOf(other) } }),
    'that is bound to a certificate': await forge({ cnf: { 'x5t#S256': kid } }),
    'of an unknown client': await forge({ client_id: 'politie.other' }),
    'of a client whose name is none': await forge({ client_id: 'politie' }),
    'of no client': await forge({ client_id: undefined }),
    'that does not name the client’s key': await forge({ client_key: undefined }),
    'that names another key of the client': await forge({ client_key: await thumbprintOf(other) }),
  }
  for (const [name, forged] of Object.entries(cases)) {
    await t.test(name, async (t) => assertRefused(t, await askWith(forged)))
  }
})

t.test('a token without the scope of the operation is refused, and told which', async (t) => {
  const answer = await ask(
    {
      authorization: `DPoP ${token}`,
      dpop: await makeProof(bound, { method: 'POST', url, token }),
    },
    { method: 'POST' },
  )
  assertRefused(t, answer, 403)
  t.match(answer.headers.get('www-authenticate'), /error="insufficient_scope".*scope="submit"/)
})

t.test('a client that was revoked or got another key is refused on the next request', async (t) => {
  const { clients, clientKey } = door
  const registered = { key: publicHalf(clientKey), active: true }
  t.equal((await askWith(token)).status, 200)
  clients.set('politie.connector', { ...registered, active: false })
  assertRefused(t, await askWith(token))
  clients.delete('politie.connector')
  assertRefused(t, await askWith(token))
  clients.set('politie.connector', { key: publicHalf(await makeKey()), active: true })
  assertRefused(t, await askWith(token))
  clients.set('politie.connector', registered)
  t.equal((await askWith(token)).status, 200)
})

t.test('a client that asks too often is told to wait, from whatever address', async (t) => {
  const busy = await openDoor(t, { database, limits: { perAddress: 1000, perClient: 3 } })
  const own = String((await askToken(busy, bound)).body.access_token)
  const address = `${busy.publicUrl}/v1/me`
  const knock = async () =>
    readAnswer(
      await fetch(address, {
        headers: {
          authorization: `DPoP ${own}`,
          dpop: await makeProof(bound, { url: address, token: own }),
        },
      }),
    )
  for (let at = 0; at < 3; at += 1) t.equal((await knock()).status, 200)
  const answer = await knock()
  t.equal(answer.status, 429)
  t.match(answer.headers.get('retry-after'), /^[1-9][0-9]?$/)
})

t.test('no token and no proof gets into the log', async (t) => {
  const lines = door.logged.join('')
  t.match(lines, /"route":"\/v1\/me"/)
  t.match(lines, /"agency":"politie"/)
  t.notMatch(lines, /eyJ/)
})
