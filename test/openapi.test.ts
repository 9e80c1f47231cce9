import * as fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { documentedUrl, openApiDocument } from '../scripts/write-docs/openapi.ts'
import { readSettings } from '../src/config.ts'
import { nameSchemas } from '../src/door/openapi-schemas.ts'
import { openLog } from '../src/door/request-log.ts'
import { openGateway } from '../src/gateway.ts'
import { systemClock } from '../src/kernel/clock.ts'
import { systemRandomness } from '../src/kernel/random.ts'
import { scopes } from '../src/wire/oauth.ts'
import { freshDatabase } from './support/postgres.ts'

/**
 * The Dutch API design rules (NLgov REST API Design Rules 2.x), twice: with the ruleset of Logius,
 * where that lies beside this repository, and with our own check of the same rules, which always runs.
 */

type Schema = Record<string, unknown>
type Parameter = { name: string; in: string; schema: Schema }
type Response = {
  description: string
  headers?: Record<string, unknown>
  content?: Record<string, { schema: Schema }>
}
type Operation = {
  operationId: string
  summary: string
  tags: string[]
  parameters?: Parameter[]
  security?: Record<string, string[]>[]
  responses: Record<string, Response>
}
type Document = {
  openapi: string
  info: { title: string; version: string; contact: Record<string, string> }
  servers: { url: string }[]
  paths: Record<string, Record<string, Operation>>
  components: {
    schemas: Record<string, Schema>
    responses: Record<string, Response>
    headers: Record<string, Schema>
    securitySchemes: Record<string, { type: string }>
  }
}

const text = await openApiDocument()
const parse = (): Document => JSON.parse(text)

const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

/** Everything in the document, with references left as they are. */
function* everyPart(value: unknown, at = ''): Generator<[at: string, part: Schema]> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield [at, value as Schema]
  for (const [name, part] of Object.entries(value)) yield* everyPart(part, `${at}/${name}`)
}

function resolve<Part extends object>(document: Document, part: Part): Part {
  const { $ref } = part as { $ref?: string }
  if ($ref === undefined) return part
  let found: unknown = document
  for (const name of $ref.slice(2).split('/')) found = (found as Schema | undefined)?.[name]
  return resolve(document, (found ?? {}) as Part)
}

type Rule = {
  readonly rule: string
  readonly find: (document: Document) => readonly string[]
  /** Breaks the rule. */
  readonly plant: (document: Document) => void
}

const submit = (document: Document) => document.paths['/signals']!.post!

const rules: readonly Rule[] = [
  {
    rule: 'the document is OpenAPI 3.1',
    find: ({ openapi }) => (/^3\.1\.\d+$/.test(openapi) ? [] : [openapi]),
    plant: (document) => {
      document.openapi = '2.0'
    },
  },
  {
    rule: 'the version is a full semantic version',
    find: ({ info }) => (/^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/.test(info.version) ? [] : ['info']),
    plant: ({ info }) => {
      info.version = '1'
    },
  },
  {
    rule: 'somebody can be asked: name, address and mail address',
    find: ({ info }) => ['name', 'url', 'email'].filter((member) => !info.contact[member]),
    plant: ({ info }) => {
      delete info.contact.email
    },
  },
  {
    rule: 'every server has the major version in its address, and TLS',
    find: ({ servers }) =>
      servers.length === 0
        ? ['no server']
        : servers.map(({ url }) => url).filter((url) => !/^https:\/\/[^/]+\/v\d+$/.test(url)),
    plant: ({ servers }) => {
      servers[0]!.url = 'https://gateway.example.org'
    },
  },
  {
    rule: 'every operation has one name, a summary and a tag',
    find: (document) => {
      const names = operationsOf(document).map(({ operation }) => operation.operationId)
      return operationsOf(document)
        .filter(
          ({ operation: { operationId, summary, tags } }) =>
            !/^[a-z][A-Za-z]+$/.test(operationId ?? '') ||
            names.indexOf(operationId) !== names.lastIndexOf(operationId) ||
            !summary ||
            tags?.length !== 1,
        )
        .map(({ method, path }) => `${method} ${path}`)
    },
    plant: (document) => {
      submit(document).operationId = 'listOverlaps'
    },
  },
  {
    rule: 'every success names the version of the API in a header',
    find: (document) =>
      operationsOf(document).flatMap(({ path, method, operation }) =>
        Object.entries(operation.responses)
          .filter(([status]) => /^[23]/.test(status))
          .filter(([, response]) => !resolve(document, response).headers?.['API-Version'])
          .map(([status]) => `${method} ${path} ${status}`),
      ),
    plant: (document) => {
      delete submit(document).responses['201']!.headers
    },
  },
  {
    rule: 'every error is a problem with status, title and detail',
    find: (document) =>
      operationsOf(document).flatMap(({ path, method, operation }) =>
        Object.entries(operation.responses)
          .filter(([status]) => /^[45]/.test(status))
          .filter(([, response]) => {
            const { content = {} } = resolve(document, response)
            const schema = content['application/problem+json']?.schema ?? {}
            const { properties = {} } = resolve(document, schema) as { properties?: Schema }
            return (
              Object.keys(content).length !== 1 ||
              !['status', 'title', 'detail'].every((member) => member in properties)
            )
          })
          .map(([status]) => `${method} ${path} ${status}`),
      ),
    plant: ({ components }) => {
      components.responses.NotFound!.content = { 'application/json': { schema: {} } }
    },
  },
  {
    rule: 'what can be sent wrongly can be answered with 400',
    find: (document) =>
      operationsOf(document)
        .filter(
          ({ method, operation }) =>
            (/^(?:post|put|patch)$/.test(method) || (operation.parameters ?? []).length > 0) &&
            operation.responses['400'] === undefined,
        )
        .map(({ path, method }) => `${method} ${path}`),
    plant: (document) => {
      delete submit(document).responses['400']
    },
  },
  {
    rule: 'every operation can be busy or out of order, and says so',
    find: (document) =>
      operationsOf(document)
        .filter(({ operation }) => !operation.responses['429'] || !operation.responses['503'])
        .map(({ path, method }) => `${method} ${path}`),
    plant: (document) => {
      delete submit(document).responses['503']
    },
  },
  {
    rule: 'what needs a scope says which, can answer 401 and 403, and asks for proof of possession',
    find: (document) =>
      operationsOf(document)
        .filter(({ operation: { security, responses } }) => {
          if (security === undefined) return true
          if (security.length === 0) return responses['401'] !== undefined
          return security.some(
            ({ accessToken = [], proofOfPossession }) =>
              accessToken.length !== 1 ||
              !scopes.some((scope) => scope === accessToken[0]) ||
              proofOfPossession === undefined ||
              responses['401'] === undefined ||
              responses['403'] === undefined,
          )
        })
        .map(({ path, method }) => `${method} ${path}`),
    plant: (document) => {
      delete submit(document).security
    },
  },
  {
    rule: 'paths are in kebab case, without a slash at the end; an operation begins with _',
    find: ({ paths }) =>
      Object.keys(paths).filter(
        (path) =>
          path !== '/openapi.json' &&
          !/^(?:\/(?:[a-z0-9-]+|\{[A-Za-z]+\}))+(?:\/_[a-z]+)?$/.test(path),
      ),
    plant: ({ paths }) => {
      paths['/agencyPins/'] = {}
    },
  },
  {
    rule: 'every part of a path in braces is a parameter',
    find: (document) =>
      operationsOf(document)
        .filter(({ path, operation }) => {
          const named = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name)
          const given = (operation.parameters ?? [])
            .filter((parameter) => parameter.in === 'path')
            .map(({ name }) => name)
          return named.sort().join() !== given.sort().join()
        })
        .map(({ path, method }) => `${method} ${path}`),
    plant: ({ paths }) => {
      paths['/signals/{id}']!.get!.parameters = []
    },
  },
  {
    rule: 'query keys are in lower camel case',
    find: (document) =>
      operationsOf(document).flatMap(({ operation }) =>
        (operation.parameters ?? [])
          .filter((parameter) => parameter.in === 'query')
          .map(({ name }) => name)
          .filter((name) => !/^[a-z][a-z\d]*(?:[A-Z][a-z\d]*)*$/.test(name)),
      ),
    plant: (document) => {
      submit(document).parameters!.push({ name: 'Case_Reference', in: 'query', schema: {} })
    },
  },
  {
    rule: 'schemas are in pascal case',
    find: ({ components }) =>
      Object.keys(components.schemas).filter((name) => !/^(?:[A-Z][a-z0-9]*)+$/.test(name)),
    plant: ({ components }) => {
      components.schemas['def-0'] = {}
    },
  },
  {
    rule: 'members that are days have the format of a day, and instants that of an instant',
    find: (document) =>
      [...everyPart(document.components.schemas)].flatMap(([at, { properties = {} }]) =>
        Object.entries(properties as Record<string, Schema>)
          .filter(
            ([name, { format }]) =>
              (/(?:^date|Date|On)$/.test(name) && format !== 'date') ||
              (/[a-z]At$/.test(name) && format !== 'date-time') ||
              format === 'time' ||
              format === 'date-time-local',
          )
          .map(([name]) => `${at}/${name}`),
      ),
    plant: ({ components }) => {
      const { properties } = components.schemas.Signal as { properties: Record<string, Schema> }
      properties.observedOn = { type: 'string', format: 'date-time' }
    },
  },
  {
    rule: 'every reference leads somewhere',
    find: (document) =>
      [...everyPart(document)]
        .filter(([, part]) => typeof part.$ref === 'string')
        .filter(([, part]) => Object.keys(resolve(document, part)).length === 0)
        .map(([at]) => at),
    plant: ({ components }) => {
      delete components.schemas.Receipt
    },
  },
  {
    rule: 'every object refuses members that it does not know',
    find: ({ components }) =>
      [...everyPart(components.schemas)]
        .filter(([at, { properties }]) => properties !== undefined && at !== '/OpenApiDocument')
        .filter(([, { additionalProperties }]) => additionalProperties !== false)
        .map(([at]) => at)
        // The members of this document itself are those of OpenAPI.
        .filter((at) => !at.startsWith('/OpenApiDocument')),
    plant: ({ components }) => {
      delete components.schemas.Signal!.additionalProperties
    },
  },
]

for (const { rule, find, plant } of rules) {
  t.test(rule, async (t) => {
    t.same(find(parse()), [])
    const broken = parse()
    plant(broken)
    t.not(find(broken).length, 0, 'a planted fault is seen')
  })
}

t.test('an address holds nothing that is about a person', async (t) => {
  const inAddresses = operationsOf(parse()).flatMap(({ operation }) =>
    (operation.parameters ?? []).filter((parameter) => parameter.in !== 'header'),
  )
  const names = [...new Set(inAddresses.map(({ name }) => name))].sort()
  t.same(names, [
    'about',
    'activities',
    'activity',
    'after',
    'agreement',
    'answerSizeFrom',
    'before',
    'by',
    'client',
    'cursor',
    'domain',
    'finding',
    'format',
    'from',
    'handle',
    'hash',
    'id',
    'index',
    'kind',
    'leafIndex',
    'number',
    'occasion',
    // An opaque name, which the agency alone can lay beside a person; see docs/oversight.md.
    'officer',
    'onBehalfOf',
    'outcome',
    'purpose',
    'rule',
    'side',
    'state',
    'to',
    'treeSize',
    'until',
    'version',
    'week',
    'year',
  ])
})

t.test('two schemas of one title are refused, equal ones stand once', async (t) => {
  const one = { title: 'One', type: 'string' }
  t.same(nameSchemas([one, { ...one }]), {
    value: [{ $ref: '#/components/schemas/One' }, { $ref: '#/components/schemas/One' }],
    schemas: { One: { type: 'string' } },
  })
  t.throws(() => nameSchemas([one, { ...one, type: 'integer' }]), /two different schemas/)
  const withTitle = { type: 'object', properties: { title: { type: 'string' } } }
  t.same(nameSchemas(withTitle).value, withTitle, 'a member called title is no title')
})

t.test(
  'a running gateway has exactly the documented routes, and tells them to everyone',
  async (t) => {
    const database = await freshDatabase(t, 'gateway')
    const folder = t.testdir({ 'database-url': database.url })
    const development = readSettings(
      fileURLToPath(new URL('../config/development.json', import.meta.url)),
    )
    const { gateway: settings } = development.settings
    if (settings === undefined) throw new Error('there are no settings for development')
    const gateway = await openGateway(
      {
        ...settings,
        publicUrl: documentedUrl,
        database: { kind: 'external', urlFile: `${folder}/database-url` },
        keyFile: `${folder}/keys.json`,
        threads: 1,
        logLevel: 'silent',
      },
      {
        clock: systemClock,
        random: systemRandomness,
        logger: openLog({ level: 'silent' }),
        path: development.path,
      },
    )
    t.teardown(gateway.close)

    const running = gateway.server.routeTable
      .filter(({ method, path }) => method !== 'HEAD' && path.startsWith('/v1/'))
      // A path of varying depth, which OpenAPI cannot describe: C2SP tlog-tiles does.
      .filter(({ path }) => path !== '/v1/ledger/tile/*')
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
    const documented = operationsOf(parse()).map(
      ({ method, path }) => `${method.toUpperCase()} /v1${path}`,
    )
    t.same(running.sort(), documented.sort())

    for (const method of ['GET', 'HEAD'] as const) {
      const { statusCode, headers, body } = await gateway.server.inject({
        method,
        url: '/v1/openapi.json',
      })
      t.equal(statusCode, 200)
      t.match(headers, {
        'content-type': /^application\/json/,
        'access-control-allow-origin': '*',
        'api-version': parse().info.version,
      })
      if (method === 'GET') t.same(JSON.parse(body), parse())
    }
    const other = await gateway.server.inject({ method: 'GET', url: '/v1/operator' })
    t.equal(other.headers['access-control-allow-origin'], undefined, 'and nothing else')
  },
)

const ruleset = fileURLToPath(new URL('../../shared/adr-ruleset/adr-linter.yaml', import.meta.url))

t.test(
  'the ruleset of Logius finds nothing',
  { skip: fs.existsSync(ruleset) ? false : 'the ruleset is not beside this repository' },
  async (t) => {
    const { Spectral, Document } = (await import('@stoplight/spectral-core')).default
    const { Json } = (await import('@stoplight/spectral-parsers')).default
    const { bundleAndLoadRuleset } = (
      await import('@stoplight/spectral-ruleset-bundler/with-loader')
    ).default
    const fetch: typeof globalThis.fetch = async () => {
      throw new Error('no network in tests')
    }
    const spectral = new Spectral()
    spectral.setRuleset(await bundleAndLoadRuleset(ruleset, { fs, fetch }))
    const lint = async (content: string) =>
      (await spectral.run(new Document(content, Json, 'openapi.json'))).map(
        ({ code, path, message }) => `${code} ${path.join('/')}: ${message}`,
      )
    t.same(await lint(text), [])
    const broken = parse()
    broken.info.version = '1'
    delete submit(broken).responses['400']
    t.match((await lint(JSON.stringify(broken))).sort(), [/problem-invalid-input/, /nlgov:semver/])
  },
)
