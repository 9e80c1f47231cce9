import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import t, { type Test } from 'tap'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { methodsOf } from '../../src/door/guard.ts'
import { accepts } from '../../src/door/headers.ts'
import { healthRoutes } from '../../src/door/health.ts'
import { readJson } from '../../src/door/json-text.ts'
import { openLog } from '../../src/door/request-log.ts'
import { makeServer, type ServerSettings } from '../../src/door/server.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { Fault } from '../../src/kernel/fault.ts'
import { systemRandomness } from '../../src/kernel/random.ts'
import { closed } from '../../src/wire/common.ts'
import { Problem } from '../../src/wire/problem.ts'

const problemForm = Compile(Problem)
const publicUrl = 'https://gateway.example'

const Thing = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 20, pattern: '^[a-z]+$' }),
    size: Type.Integer({ minimum: 0 }),
    day: Type.Optional(Type.String({ format: 'date' })),
    parts: Type.Optional(
      Type.Array(Type.Object({ kind: Type.Enum(['wheel', 'door']) }, closed), { maxItems: 5 }),
    ),
  },
  closed,
)
const Page = Type.Object(
  { limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })) },
  closed,
)
const ByNumber = Type.Object({ number: Type.Integer({ minimum: 0 }) }, closed)

function open(
  t: Test,
  settings: Partial<ServerSettings> = {},
): { readonly app: FastifyInstance; readonly logged: string[] } {
  const logged: string[] = []
  const app = makeServer({
    clock: systemClock,
    random: systemRandomness,
    logger: openLog({
      level: 'debug',
      destination: { write: (line: string) => void logged.push(line) },
    }),
    publicUrl,
    apiVersion: '1.2.3',
    limits: { perAddress: 1_000_000, perClient: 1_000_000 },
    ...settings,
  })
  const config = { access: 'public' as const }
  app.register(async (inner) => {
    inner.get('/v1/things', { config, schema: { querystring: Page } }, async ({ query }) => query)
    inner.post('/v1/things', { config, schema: { body: Thing } }, async ({ body }) => body)
    inner.get(
      '/v1/things/:number',
      { config, schema: { params: ByNumber } },
      async ({ params }) => params,
    )
    inner.delete('/v1/things/:number', { config }, async () => ({}))
    inner.get(
      '/v1/note',
      { config, schema: { response: { 200: { content: { 'text/plain': { schema: {} } } } } } },
      async (_request, reply) => reply.type('text/plain').send('note'),
    )
    inner.post('/v1/bug', { config }, async ({ body }) => {
      throw Object.assign(new Error('the row with canary-bug'), { severity: 'ERROR', detail: body })
    })
    inner.post('/v1/syntax', { config }, async () => JSON.parse('{canary-syntax'))
    inner.get('/v1/nothing', { config }, async () => {
      throw undefined
    })
    inner.get('/v1/later', { config }, async () => {
      throw new Fault('door/unavailable')
    })
  })
  t.teardown(() => app.close())
  return { app, logged }
}

function assertHeaders(t: Test, { headers }: LightMyRequestResponse): void {
  t.match(headers, {
    'api-version': '1.2.3',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'strict-transport-security': /^max-age=\d{8}/,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'x-request-id': /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  })
  t.equal(headers['access-control-allow-origin'], undefined)
}

function assertProblem(
  t: Test,
  answer: LightMyRequestResponse,
  status: number,
  code: string,
): void {
  t.equal(answer.statusCode, status)
  t.equal(answer.headers['content-type'], 'application/problem+json')
  assertHeaders(t, answer)
  const problem = answer.json()
  t.ok(problemForm.Check(problem), 'is a problem')
  t.equal(problem.type, `${publicUrl}/problems/${code}`)
  t.equal(problem.status, status)
  t.equal(problem.instance, `urn:uuid:${answer.headers['x-request-id']}`)
}

const post = (url: string, payload: string | object, headers = {}): InjectOptions => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/json', ...headers },
  payload,
})

t.test('a route that does not say who may knock keeps the server from starting', async (t) => {
  for (const declare of [
    (app: FastifyInstance) => app.get('/v1/open', async () => ({})),
    (app: FastifyInstance) =>
      app.register(async (inner) => void inner.get('/v1/open', async () => ({}))),
  ]) {
    const { app } = open(t)
    await t.rejects(
      (async () => {
        declare(app)
        await app.ready()
      })(),
      /GET \/v1\/open does not say who may knock/,
    )
  }
  const { app } = open(t)
  t.throws(
    () => app.get('/v1/own', { config: { access: { scope: 'read' } } }, async () => ({})),
    /nothing here can authenticate callers/,
  )
})

t.test('the table of routes names every route with its access', async (t) => {
  const { app } = open(t)
  await app.ready()
  t.match(app.routeTable, [
    { method: 'GET', path: '/v1/things', access: 'public' },
    { method: 'HEAD', path: '/v1/things', access: 'public' },
    { method: 'POST', path: '/v1/things', access: 'public' },
  ])
  const methods = methodsOf([
    { method: 'GET', path: '/a/:b/c.txt', access: 'public' },
    { method: 'PUT', path: '/a/:b(^\\d+$)/c.txt', access: 'public' },
    { method: 'POST', path: '/tile/*', access: 'public' },
  ])
  t.same(methods('/a/1/c.txt'), ['GET', 'PUT'])
  t.same(methods('/a/1/cxtxt'), [])
  t.same(methods('/tile/8/0/x001/067'), ['POST'])
})

t.test('a public URL with a path is refused: proofs and problems hang on it', (t) => {
  t.throws(() => open(t, { publicUrl: 'https://gateway.example/api' }), /scheme, host and port/)
  t.throws(() => open(t, { publicUrl: 'ftp://gateway.example' }), /scheme, host and port/)
  t.end()
})

t.test('what there is, is answered with every header', async (t) => {
  const { app } = open(t)
  const thing = { name: 'car', size: 4, day: '2026-11-23', parts: [{ kind: 'wheel' }] }
  const answer = await app.inject(post('/v1/things', thing))
  t.equal(answer.statusCode, 200)
  t.same(answer.json(), thing)
  assertHeaders(t, answer)
  const head = await app.inject({ method: 'HEAD', url: '/v1/things?limit=3' })
  t.equal(head.statusCode, 200)
  t.equal(head.body, '')
  assertHeaders(t, head)
  t.not(head.headers['x-request-id'], answer.headers['x-request-id'])
})

t.test('what there is not is told by the right status', async (t) => {
  const { app } = open(t)
  assertProblem(t, await app.inject('/v1/none'), 404, 'door/not-found')
  assertProblem(t, await app.inject('/v1/things/'), 404, 'door/not-found')
  assertProblem(t, await app.inject('//v1/things'), 404, 'door/not-found')
  assertProblem(t, await app.inject('/V1/things'), 404, 'door/not-found')
  const put = await app.inject({ method: 'PUT', url: '/v1/things' })
  assertProblem(t, put, 405, 'door/method-not-allowed')
  t.equal(put.headers.allow, 'GET, HEAD, POST')
  const options = await app.inject({ method: 'OPTIONS', url: '/v1/things/7?x=1' })
  assertProblem(t, options, 405, 'door/method-not-allowed')
  t.equal(options.headers.allow, 'DELETE, GET, HEAD')
  assertProblem(t, await app.inject('/v1/%zz'), 400, 'door/invalid-input')
  assertProblem(t, await app.inject(`/v1/things/${'7'.repeat(500)}`), 400, 'door/invalid-input')
  const html = { url: '/v1/things', headers: { accept: 'text/html' } }
  assertProblem(t, await app.inject(html), 406, 'door/not-acceptable')
  const note = { url: '/v1/note', headers: { accept: 'text/plain' } }
  t.equal((await app.inject(note)).body, 'note')
  for (const type of [
    'text/plain',
    'application/xml',
    'application/jsonp',
    'multipart/form-data',
  ]) {
    const answer = await app.inject(post('/v1/things', '{}', { 'content-type': type }))
    assertProblem(t, answer, 415, 'door/unsupported-media-type')
  }
  const large = post('/v1/things', `{"name":"${'x'.repeat(2_000_000)}"}`)
  assertProblem(t, await app.inject(large), 413, 'door/payload-too-large')
  const later = await app.inject('/v1/later')
  assertProblem(t, later, 503, 'door/unavailable')
  t.equal(later.headers['retry-after'], '5')
})

t.test('Accept is read as RFC 9110 says', (t) => {
  const json = ['application/json']
  for (const good of [undefined, '', '*/*', 'application/*;q=0.1', 'text/html, application/json']) {
    t.ok(accepts(good, json), good ?? 'none')
  }
  for (const bad of ['text/html', 'application/json;q=0', 'application/jsonx', '*', 'q=1']) {
    t.notOk(accepts(bad, json), bad)
  }
  t.end()
})

t.test('all that is wrong with a request is told at once, by pointers', async (t) => {
  const { app } = open(t)
  const answer = await app.inject(
    post('/v1/things', { size: '4', day: '2026-13-01', parts: [{ kind: 'canary' }], x: 1 }),
  )
  assertProblem(t, answer, 400, 'door/invalid-input')
  const told = new Map<string, string>()
  for (const { at, message } of answer.json().problems) told.set(at, message)
  t.same([...told.keys()].sort(), [
    '/body',
    '/body/day',
    '/body/name',
    '/body/parts/0/kind',
    '/body/size',
  ])
  t.equal(told.get('/body/name'), 'is missing')
})

t.test('numbers in an address count only in their plainest spelling', async (t) => {
  const { app } = open(t)
  t.same((await app.inject('/v1/things?limit=5')).json(), { limit: 5 })
  t.same((await app.inject('/v1/things/0')).json(), { number: 0 })
  for (const bad of ['', '05', '5.0', '1e1', '+5', ' 5', '0x5', 'true', '51', '-1', '5&limit=6']) {
    const answer = await app.inject(
      `/v1/things?limit=${encodeURIComponent(bad).replace('%26limit%3D', '&limit=')}`,
    )
    assertProblem(t, answer, 400, 'door/invalid-input')
  }
  assertProblem(t, await app.inject('/v1/things/1.5'), 400, 'door/invalid-input')
  for (const url of ['/v1/things/%00', '/v1/things/7?x=%00', '/v1/things/7?%00=x']) {
    const answer = await app.inject({ method: 'DELETE', url })
    assertProblem(t, answer, 400, 'door/invalid-input')
  }
  assertProblem(t, await app.inject('/v1/things?limit=1&other=1'), 400, 'door/invalid-input')
})

t.test('JSON that two readers could understand differently is refused', async (t) => {
  const { app } = open(t)
  const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
  const members = (count: number) =>
    `{${Array.from({ length: count }, (_, at) => `"m${at}":0`).join(',')}}`
  const cases: Record<string, string | Buffer> = {
    'a member twice': '{"name":"a","size":1,"size":2}',
    'a member twice, one escaped': '{"name":"a","size":1,"s\\u0069ze":2}',
    'a member twice, deep inside': '{"name":"a","size":1,"parts":[{"kind":"door","kind":"door"}]}',
    'a name that reaches into prototypes': '{"__proto__":{"a":1}}',
    'such a name, escaped': '{"\\u005f_proto__":{"a":1}}',
    'the name constructor': '{"constructor":{"prototype":{"a":1}}}',
    '33 levels': deep(33),
    '100,000 levels': deep(100_000),
    '1,001 members': members(1001),
    '50,000 members': members(50_000),
    'a whole number beyond 2^53': '{"size":9007199254740993}',
    'a number beyond all doubles': '{"size":1e400}',
    'a NUL character': '{"name":"a\\u0000b"}',
    'half a surrogate pair': '{"name":"\\ud800"}',
    'half a surrogate pair in a name': '{"\\udfff":1}',
    'a byte order mark': '\uFEFF{}',
    'bytes that are not UTF-8': Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    nothing: ' ',
    'half a text': '{"name":"a',
    'an escape at the end': '{"name":"\\',
    'a comment': '{}//',
    'two values': '{} {}',
    'a comma too many': '{"size":1,}',
    'single quotes': "{'size':1}",
    NaN: '{"size":NaN}',
    Infinity: '{"size":-Infinity}',
    'a leading zero': '{"size":01}',
  }
  for (const [name, body] of Object.entries(cases)) {
    t.throws(() => readJson(Buffer.from(body)), { code: 'door/invalid-input' }, name)
    const before = process.cpuUsage()
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/things',
      headers: { 'content-type': 'application/json' },
      payload: body,
    })
    const { user, system } = process.cpuUsage(before)
    assertProblem(t, answer, 400, 'door/invalid-input')
    t.match(answer.json().problems[0], { at: '/body' }, name)
    t.ok(user + system < 500_000, `${name}: ${user + system} µs`)
  }
  t.equal(({} as Record<string, unknown>).a, undefined)
})

t.test('JSON that is sound is read as the language reads it', (t) => {
  const bytes = (text: string) => new TextEncoder().encode(text)
  fc.assert(
    fc.property(fc.json({ maxDepth: 6, stringUnit: 'binary' }), (text) => {
      let value: unknown
      try {
        value = readJson(bytes(text))
      } catch (error) {
        // Numbers, names and characters that are refused on purpose occur among the generated ones.
        return error instanceof Fault && error.problems[0]?.message !== 'is not JSON'
      }
      return JSON.stringify(value) === JSON.stringify(JSON.parse(text))
    }),
    { numRuns: 2000 },
  )
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      try {
        readJson(bytes(text))
        JSON.parse(text)
        return true
      } catch (error) {
        return error instanceof Fault
      }
    }),
    { numRuns: 2000 },
  )
  t.same(readJson(bytes('{"a":"\\\\","b":"\\"{","c":{"a":[1.5,-0.1e-2,{"a":1}]}}')), {
    a: '\\',
    b: '"{',
    c: { a: [1.5, -0.001, { a: 1 }] },
  })
  t.end()
})

t.test('nothing that was sent comes back in a problem or stays in the log', async (t) => {
  const { app, logged } = open(t)
  const canary = 'canary4711'
  const answers = [
    await app.inject(post(`/v1/things?${canary}=${canary}`, { [canary]: canary, name: canary })),
    await app.inject(post('/v1/things', `{"${canary}":1,"${canary}":2}`)),
    await app.inject(post('/v1/things', `{"name": ${canary}`)),
    await app.inject(`/v1/${canary}?${canary}`),
    await app.inject(`/v1/%zz${canary}`),
    await app.inject(`/v1/things/${canary}`),
    await app.inject({ url: '/v1/things', headers: { accept: `text/${canary}` } }),
    await app.inject(post('/v1/things', '', { 'content-type': `text/${canary}` })),
    await app.inject(post('/v1/bug', { row: canary }, { authorization: `DPoP ${canary}` })),
  ]
  for (const answer of answers) {
    t.ok(answer.statusCode >= 400)
    t.notMatch(answer.body, /canary/)
    t.notMatch(JSON.stringify(answer.headers), /canary/)
  }
  t.notMatch(logged.join(''), /canary/)
})

t.test('a bug is answered with a 500 that says nothing, and is found in the log', async (t) => {
  const { app, logged } = open(t)
  for (const request of [post('/v1/bug', {}), post('/v1/syntax', {}), { url: '/v1/nothing' }]) {
    const answer = await app.inject(request)
    assertProblem(t, answer, 500, 'door/internal')
    t.notOk('problems' in answer.json())
    t.notMatch(answer.body, /canary|stack|\.ts/)
    const line = logged.find(
      (text) => text.includes(String(answer.headers['x-request-id'])) && text.includes('error'),
    )
    t.ok(line, 'the request id leads to the error')
  }
  t.match(logged.join(''), /door\.test\.ts/, 'the log says where it happened')
  t.notMatch(logged.join(''), /canary/)
})

t.test('one line per request: what was asked, by which pattern, with what outcome', async (t) => {
  const { app, logged } = open(t)
  await app.inject('/v1/things/7?secret=1')
  const lines = logged.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request')
  t.equal(lines.length, 1)
  t.match(lines[0], {
    method: 'GET',
    route: '/v1/things/:number',
    status: 200,
    milliseconds: Number,
  })
  t.notMatch(JSON.stringify(lines[0]), /secret/)
})

t.test('who asks too often is told to wait, by address, also where there is nothing', async (t) => {
  const { app } = open(t, { limits: { perAddress: 5, perClient: 5 } })
  app.register(healthRoutes({}))
  const ask = (url: string, forwarded: string) =>
    app.inject({ url, headers: { 'x-forwarded-for': forwarded } })
  for (let at = 0; at < 5; at += 1) t.not((await ask('/v1/none', `10.0.0.${at}`)).statusCode, 429)
  for (const url of ['/v1/none', '/v1/things', '/v1/%zz/x']) {
    const answer = await ask(url, '10.0.0.99')
    if (url.includes('%')) continue
    assertProblem(t, answer, 429, 'door/too-many-requests')
    t.match(String(answer.headers['retry-after']), /^[1-9]\d?$/)
  }
  t.equal((await ask('/health/live', '10.0.0.99')).statusCode, 200, 'probes are not counted')
})

t.test('behind a proxy that is trusted, addresses are those that it tells', async (t) => {
  const { app } = open(t, {
    limits: { perAddress: 1, perClient: 1 },
    trustProxy: '127.0.0.1',
  })
  const ask = async (forwarded: string) =>
    (await app.inject({ url: '/v1/things', headers: { 'x-forwarded-for': forwarded } })).statusCode
  t.equal(await ask('192.0.2.1'), 200)
  t.equal(await ask('192.0.2.2'), 200)
  t.equal(await ask('192.0.2.2'), 429)
  t.equal(await ask('192.0.2.9, 192.0.2.1'), 429, 'what a caller puts in front does not count')
})

t.test('health says whether the process lives and whether it can work', async (t) => {
  let works = false
  const { app } = open(t)
  const { promise: never } = Promise.withResolvers<void>()
  app.register(
    healthRoutes(
      {
        database: async () => {
          if (!works) throw new Error('canary')
        },
        keyholder: () => (works ? Promise.resolve() : never),
      },
      50,
    ),
  )
  t.same((await app.inject('/health/live')).json(), { status: 'ok' })
  const away = await app.inject('/health/ready')
  assertProblem(t, away, 503, 'door/unavailable')
  t.same(away.json().problems, [
    { at: 'database', message: 'is not ready' },
    { at: 'keyholder', message: 'is not ready' },
  ])
  works = true
  t.same((await app.inject('/health/ready')).json(), { status: 'ok' })
})

t.test('hostile requests meet no 5xx, and each error is a problem', async (t) => {
  const { app } = open(t)
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom('../../etc/passwd', "' or 1=1 --", '%00', '%zz', '{{7*7}}', '\u202e', '-0', ''),
  )
  const headerText = text.map((value) => value.replace(/[^\x20-\x7e]/g, '?'))
  const thing = fc.record(
    {
      name: fc.oneof(fc.constant('car'), text, fc.jsonValue()),
      size: fc.oneof(fc.integer(), fc.double(), fc.jsonValue()),
      day: fc.oneof(text, fc.constant('2026-02-30')),
      parts: fc.oneof(fc.array(fc.dictionary(text, fc.jsonValue())), fc.jsonValue()),
    },
    { requiredKeys: [] },
  )
  const segment = fc.oneof(
    text.map((value) => encodeURIComponent(value.toWellFormed())),
    headerText.map((value) => value.replace(/[\s#]/g, '')),
  )
  const request = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE'),
    url: fc.oneof(
      fc.constantFrom('/v1/things', '/v1/things/1', '/', '/v1/things?limit=', '/v1/../v1/things'),
      segment.map((value) => `/v1/things?limit=${value}`),
      segment.map((value) => `/v1/things/${value}`),
      segment.map((value) => `/${value}`),
    ),
    headers: fc.record(
      {
        'content-type': fc.oneof(
          fc.constantFrom('application/json', 'application/json; charset=utf-16', 'text/plain'),
          headerText,
        ),
        accept: fc.oneof(
          { weight: 9, arbitrary: fc.constant('application/json') },
          { weight: 1, arbitrary: headerText },
        ),
        authorization: headerText.map((value) => `DPoP ${value}`),
        dpop: headerText,
        'x-http-method-override': headerText,
        'accept-version': headerText,
        'x-request-id': headerText,
        'if-none-match': headerText,
      },
      { requiredKeys: [] },
    ),
    payload: fc.oneof(
      thing.map((value) => JSON.stringify(value)),
      fc.json({ stringUnit: 'binary' }),
      fc.string({ unit: 'binary' }),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    ),
  })
  const statuses = new Map<number, number>()
  await fc.assert(
    fc.asyncProperty(request, async ({ method, url, headers, payload }) => {
      const bodyless = method === 'GET' || method === 'HEAD' || method === 'TRACE'
      const answer = await app.inject({
        method,
        url,
        headers,
        ...(bodyless ? {} : { payload }),
      } as InjectOptions)
      const { statusCode } = answer
      statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1)
      if (answer.headers['api-version'] !== '1.2.3') return false
      if (statusCode < 400) return true
      const problem = method === 'HEAD' || problemForm.Check(answer.json())
      const { 'content-type': type } = answer.headers
      return statusCode < 500 && problem && type === 'application/problem+json'
    }),
    { numRuns: 4000 },
  )
  t.comment(Object.fromEntries(statuses))
  t.ok((statuses.get(200) ?? 0) > 50, 'some were sound')
  t.ok((statuses.get(400) ?? 0) > 500, 'many were not')
  t.same(Object.keys(Object.prototype), [])
})

/** Sends bytes as they are; resolves with all that came back when the connection is closed. */
const exchange = (
  port: number,
  chunks: readonly string[],
  everyMilliseconds = 0,
): Promise<{ text: string; milliseconds: number }> =>
  new Promise((resolve) => {
    const start = performance.now()
    const socket = connect(port, '127.0.0.1')
    let text = ''
    let at = 0
    const write = () => {
      if (at < chunks.length && socket.writable) socket.write(chunks[at++] ?? '')
    }
    const timer = everyMilliseconds === 0 ? undefined : setInterval(write, everyMilliseconds)
    socket.on('connect', () => {
      if (timer === undefined) socket.write(chunks.join(''))
    })
    socket.on('data', (bytes) => {
      text += bytes
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearInterval(timer)
      resolve({ text, milliseconds: performance.now() - start })
    })
  })

t.test(
  'bytes that are no sound request get one problem, and the connection is closed',
  async (t) => {
    const { app } = open(t)
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as { port: number }
    const head = 'POST /v1/things HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n'
    const cases: Record<string, [string, number]> = {
      'no HTTP': ['hello\r\n\r\n', 400],
      'TLS on a plain port': ['\x16\x03\x01\x02\x00\x01\x00\x01', 400],
      'no host': ['GET /v1/things HTTP/1.1\r\n\r\n', 400],
      'two hosts': ['GET /v1/things HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n', 400],
      'an expectation': [
        `${head}expect: the-unexpected\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}`,
        400,
      ],
      'two lengths': [`${head}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`, 400],
      'length and chunks': [
        `${head}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
        400,
      ],
      'chunks of an odd kind': [`${head}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n`, 400],
      'a chunk without size': [
        `${head}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
        400,
      ],
      'a space before the colon': ['GET /v1/things HTTP/1.1\r\nhost : x\r\n\r\n', 400],
      'a folded header': ['GET /v1/things HTTP/1.1\r\nhost: x\r\nx: a\r\n b\r\n\r\n', 400],
      'a bare line feed': ['GET /v1/things HTTP/1.1\nhost: x\n\n', 400],
      'a NUL in a header': ['GET /v1/things HTTP/1.1\r\nhost: x\r\nx: \0\r\n\r\n', 400],
      'endless headers': [
        `GET /v1/things HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`,
        431,
      ],
    }
    for (const [name, [bytes, status]] of Object.entries(cases)) {
      await t.test(name, async (t) => {
        const { text } = await exchange(port, [bytes])
        t.equal(text.split('HTTP/1.1 ').length, 2, 'one answer')
        const [first = '', body = ''] = text.split('\r\n\r\n')
        t.match(first, new RegExp(`^HTTP/1.1 ${status} `))
        if (!first.includes('api-version')) return t.fail(first)
        t.match(first, /content-type: application\/problem\+json/)
        t.ok(problemForm.Check(JSON.parse(body)))
      })
    }
  },
)

t.test('slow clients are cut off, whatever they are slow with', async (t) => {
  const { app } = open(t, { timeouts: { headers: 300, request: 600 } })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as { port: number }
  const line = 'GET /v1/things HTTP/1.1\r\nhost: x\r\n'
  const body =
    'POST /v1/things HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n'
  const many = Array.from({ length: 1000 }, () => 'x')
  const attempts = await Promise.all([
    ...Array.from({ length: 50 }, () => exchange(port, [...line], 20)),
    ...Array.from({ length: 50 }, () => exchange(port, [line, ...many], 20)),
    ...Array.from({ length: 50 }, () => exchange(port, [body, ...many], 20)),
  ])
  for (const { milliseconds } of attempts) t.ok(milliseconds < 5000, `${milliseconds} ms`)
  t.match(attempts.at(-1)?.text, /^HTTP\/1.1 408 [\s\S]*door\/request-timeout/)
  t.equal((await app.inject('/v1/things')).statusCode, 200)
})

t.test('a connection that its caller keeps does not hold up the end', async (t) => {
  const { app } = open(t)
  const config = { access: 'public' as const }
  const released = Promise.withResolvers<void>()
  let under = 0
  const allUnderWay = Promise.withResolvers<void>()
  const wait = () => {
    under += 1
    if (under === 2) allUnderWay.resolve()
    return released.promise
  }
  app.get('/v1/slow', { config }, async () => {
    await wait()
    return {}
  })
  app.get('/v1/own-answer', { config }, async (_request, reply) => {
    reply.hijack()
    await wait()
    reply.raw.end('{}')
  })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const answers = ['slow', 'own-answer'].map((path) => fetch(`${address}/v1/${path}`))
  await allUnderWay.promise
  const begun = performance.now()
  const closed = app.close()
  await pause(100)
  released.resolve()
  for (const answer of answers) t.match(await (await answer).json(), {}, 'is answered')
  await closed
  t.ok(performance.now() - begun < 2_000, 'long before the connection would go by itself')
})
