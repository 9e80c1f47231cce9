import { readFileSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import t from 'tap'
import { makeBundle } from '../../src/connector/bundle.ts'
import { openConnector } from '../../src/connector/connector.ts'
import { removeOfficer } from '../../src/connector/officers.ts'
import { contentSecurityPolicy } from '../../src/connector/origin.ts'
import { base64url } from '../../src/kernel/bytes.ts'
import { run } from '../support/command.ts'
import { openTestConnector } from '../support/connector.ts'
import { openHouse } from '../support/house.ts'

const house = await openHouse(t)
const ngo = await house.admit('ngo')
const police = await house.admit('police')
const under = await house.agree([ngo, police])
const bundle = await makeBundle()
const connector = await openTestConnector(t, house, ngo, [under], bundle)

type Answer = { readonly status: number; readonly headers: Headers; readonly body: unknown }

async function call(
  method: 'GET' | 'POST',
  path: string,
  {
    token,
    body,
    headers = {},
  }: { token?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const response = await fetch(`${connector.address}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json')
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : text,
  }
}

const signIn = async (code = connector.codes.reporter): Promise<string> => {
  const { body } = await call('POST', '/api/sessions', { body: { code } })
  return (body as { token: string }).token
}

/** A request as no browser lets a page make it. */
const withHost = (host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const { port } = new URL(connector.address)
    const sent = request({ host: '127.0.0.1', port, path: '/', headers: { host } }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    sent.once('error', reject)
    sent.end()
  })

t.test(
  'the page is the same to the byte wherever it is made, and no text of it becomes code',
  async (t) => {
    const again = await makeBundle()
    t.equal(again.hash, bundle.hash)
    const published = readFileSync(new URL('../../docs/reporter-page.md', import.meta.url), 'utf8')
    t.ok(published.includes(bundle.hash), 'its hash is published; "npm run docs" writes it')
    const script = Buffer.from(bundle.files.get('/page.js')?.bytes ?? []).toString()
    t.notMatch(script, /new Function|[^.\w]eval\(|globalThis\.Function/)
    t.notMatch(
      script,
      /innerHTML|document\.write|localStorage|sessionStorage|indexedDB|document\.cookie/,
    )
    const frame = Buffer.from(bundle.files.get('/')?.bytes ?? []).toString()
    t.equal(frame.match(/integrity="sha384-/g)?.length, 2, 'the frame names the hashes of both')
    t.notMatch(frame, /<form|<input|https?:/)
  },
)

t.test('the page and every answer come with the strictest headers', async (t) => {
  const page = await call('GET', '/')
  t.equal(page.status, 200)
  for (const { headers } of [
    page,
    await call('GET', '/page.js'),
    await call('GET', '/api/agency'),
  ]) {
    t.equal(headers.get('cache-control'), 'no-store')
    t.equal(headers.get('content-security-policy'), contentSecurityPolicy)
    t.equal(headers.get('x-frame-options'), 'DENY')
    t.equal(headers.get('set-cookie'), null, 'there is no cookie')
    t.equal(headers.get('access-control-allow-origin'), null)
  }
  t.notMatch(contentSecurityPolicy, /unsafe-inline|'unsafe-eval'|https?:|\*/)
  t.match(contentSecurityPolicy, /require-trusted-types-for 'script'/)
})

t.test('another host name, another origin and another page are refused', async (t) => {
  const { host, port } = new URL(connector.address)
  t.equal(await withHost(host), 200)
  t.equal(await withHost(`localhost:${port}`), 200)
  t.equal(await withHost(`rebound.example:${port}`), 403, 'a name that was made to point here')
  t.equal(await withHost('127.0.0.1:1'), 403)
  const body = { code: connector.codes.reporter }
  const foreign = await call('POST', '/api/sessions', {
    body,
    headers: { origin: 'https://evil.example' },
  })
  t.match(foreign, { status: 403, body: { type: 'urn:raakvlak:connector:other-origin' } })
  const site = await call('POST', '/api/sessions', {
    body,
    headers: { 'sec-fetch-site': 'cross-site' },
  })
  t.equal(site.status, 403)
  const asForm = await fetch(`${connector.address}/api/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: JSON.stringify(body),
  })
  t.equal(asForm.status, 400, 'what a form of another page could send is not read')
})

t.test('nobody gets anywhere without the code of somebody who may', async (t) => {
  const paths = [
    '/api/agency',
    '/api/signals',
    '/api/domains/x/keys',
    `/api/signals/${'0'.repeat(8)}`,
  ]
  for (const path of paths) t.equal((await call('GET', path)).status, 401, path)
  for (const path of ['/api/evaluations', '/api/seals', '/api/signals', '/api/explanations']) {
    t.equal((await call('POST', path, { body: {} })).status, 401, path)
    t.equal(
      (await call('POST', path, { body: {}, token: base64url(new Uint8Array(32)) })).status,
      401,
    )
  }
  const wrong = await call('POST', '/api/sessions', {
    body: { code: 'ABCDEF-ABCDEF-ABCDEF-ABCDEF' },
  })
  t.match(wrong, { status: 403, body: { type: 'urn:raakvlak:connector:wrong-code' } })
  t.notMatch(JSON.stringify(wrong.body), 'ABCDEF')
  t.ok(
    await signIn(connector.codes.reporter.toLowerCase().replaceAll('-', ' ')),
    'signs between do not count',
  )
})

t.test('a session ends: on request, by doing nothing, and with its holder', async (t) => {
  const token = await signIn()
  t.equal((await call('GET', '/api/agency', { token })).status, 200)
  await call('POST', '/api/sessions/_end', { token, body: {} })
  t.equal((await call('GET', '/api/agency', { token })).status, 401)

  const idle = await signIn()
  house.clock.advance(29 * 60)
  t.equal((await call('GET', '/api/agency', { token: idle })).status, 200)
  house.clock.advance(31 * 60)
  t.equal((await call('GET', '/api/agency', { token: idle })).status, 401)
})

t.test(
  'the connector signs nothing but whole batches under an agreement of its folder',
  async (t) => {
    const token = await signIn()
    const points = base64url(new Uint8Array(16 * 32).fill(1))
    const good = { agreement: under.hash, epoch: 1, caseReference: 'C-1', points }
    const size = await house.ledgerSize('gateway')
    for (const [why, body] of Object.entries({
      'a single point': { ...good, points: base64url(new Uint8Array(32)) },
      'another agreement': { ...good, agreement: `$1$1$${'A'.repeat(86)}` },
      'a member more': { ...good, identity: 'x' },
      'no case': { ...good, caseReference: '' },
    })) {
      const { status, body: said } = await call('POST', '/api/evaluations', { token, body })
      t.ok([400, 404].includes(status), why)
      t.notMatch(JSON.stringify(said), points)
    }
    t.equal(await house.ledgerSize('gateway'), size, 'no operator heard of it')
  },
)

t.test('it listens to this machine only, unless it has a certificate', async (t) => {
  const { folder } = connector
  const settings = { folder, port: 0, clock: house.clock, random: house.random, bundle }
  await t.rejects(openConnector({ ...settings, host: '0.0.0.0' }), /this machine only/)
})

t.test('the commands let people in and out, and tell which page is served', async (t) => {
  const raakvlak = (...words: readonly string[]) => run(house.folder, 'src/client/cli.ts', ...words)
  const { folder } = connector
  const added = await raakvlak('officer', 'add', 'Iris', '--agency', folder, '--role', 'decider')
  const [, code = ''] = /Access code of Iris: ([A-Z0-9-]{27})/.exec(added.out) ?? []
  t.ok(await signIn(code), 'the printed code lets in, without a restart')
  t.match(await raakvlak('officer', 'add', 'Iris', '--agency', folder), {
    code: 1,
    error: /has this name/,
  })
  t.match(await raakvlak('officer', 'add', 'Jan', '--agency', folder, '--role', 'boss'), {
    code: 1,
  })
  const listed = await raakvlak('officer', 'list', '--agency', folder)
  t.match(listed.out, /decider {3}Iris/)
  t.notMatch(listed.out, code.slice(0, 6))
  t.match(await raakvlak('officer', 'remove', 'Iris', '--agency', folder), { code: 0 })
  const again = await call('POST', '/api/sessions', { body: { code } })
  t.equal(again.status, 403)
  const printed = await raakvlak('connector', '--print-hash')
  t.equal(printed.out.trim(), bundle.hash)
  t.match(await raakvlak('connector', '--agency', folder, '--listen', '0.0.0.0:8450'), {
    code: 1,
    error: /this machine only/,
  })
  t.match(await raakvlak('connector', '--agency', folder, '--listen', 'everywhere'), {
    code: 1,
    error: /--listen/,
  })
})

t.test('access codes lie in the folder as hashes only, for its owner to read', async (t) => {
  const file = join(connector.folder, 'officers.json')
  const text = readFileSync(file, 'utf8')
  for (const code of Object.values(connector.codes)) t.notMatch(text, code.slice(0, 6))
  t.equal(statSync(file).mode & 0o777, 0o600)
})

t.test('too many wrong codes stop everybody for a minute; whoever is removed is out', async (t) => {
  const token = await signIn()
  for (let time = 0; time < 10; time += 1)
    await call('POST', '/api/sessions', { body: { code: 'WRONG' } })
  const stopped = await call('POST', '/api/sessions', { body: { code: connector.codes.reporter } })
  t.match(stopped, { status: 429, body: { type: 'urn:raakvlak:connector:too-many-tries' } })
  t.equal((await call('GET', '/api/agency', { token })).status, 200, 'who is in stays in')
  house.clock.advance(61)
  t.ok(await signIn())
  await removeOfficer(connector.folder, 'Roos')
  t.equal((await call('GET', '/api/agency', { token })).status, 401)
})
