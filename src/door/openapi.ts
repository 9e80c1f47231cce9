import fastifySwagger from '@fastify/swagger'
import type { FastifyInstance, FastifySchema } from 'fastify'
import Type from 'typebox'
import { issuerPath, resourcePath, type Scope } from '../wire/oauth.ts'
import { Problem } from '../wire/problem.ts'
import type { Access } from './guard.ts'
import { nameSchemas } from './openapi-schemas.ts'
import { problemType } from './problem.ts'

/** A JSON object of the document. */
type Part = { [name: string]: unknown }
type Operation = Part & { responses: { [status: string]: Part } }

const scopeMeanings: Readonly<Record<Scope, string>> = {
  evaluate: 'Have blinded linkage keys evaluated, and read the keys of a domain',
  submit: 'Submit signals',
  read: 'Read own signals, own overlaps and own agreements',
  withdraw: 'Withdraw own signals',
  'follow-up': 'Acknowledge overlaps, deal with their lead, and record outcomes',
  review: 'See and close the reviews that policies ask of the agency',
  disclose: 'Ask for sealed fields of others, and decide on one’s own',
  notify: 'Say to which systems of the agency notices are sent',
  oversee: 'Look back at what the clients of the agency did',
  'oversee-confidential': 'Also see confidential processing activities in its logs',
  'subject-rights': 'File and answer the requests of subjects, and restrict own signals',
}

const problems = {
  400: ['BadRequest', 'The request is not in the agreed form; every fault is listed'],
  401: ['Unauthorized', 'The caller is not known: no valid access token with a fresh DPoP proof'],
  403: ['Forbidden', 'Not allowed; the reasons name the article or clause they rest on'],
  404: ['NotFound', 'Nothing here for this caller: it does not exist, or belongs to another'],
  409: ['Conflict', 'Another request was made under this name, number or version'],
  413: ['PayloadTooLarge', 'The request is too large'],
  415: ['UnsupportedMediaType', 'The request is not application/json'],
  429: ['TooManyRequests', 'A limit or quota is used up; Retry-After says when to come back'],
  503: ['ServiceUnavailable', 'Not possible right now; nothing was done; see Retry-After'],
} as const
type ProblemStatus = keyof typeof problems
const allStatuses = Object.keys(problems).map(Number) as ProblemStatus[]

/** Where a route says in the document who may knock, until its responses are written. */
const accessMark = 'x-access'

/** How a caller proves who it is, per kind of access. */
const securityOf = (access: Access): readonly Readonly<Record<string, readonly string[]>>[] =>
  typeof access === 'object' ? [{ accessToken: [access.scope], proofOfPossession: [] }] : []

/**
 * The problems that an operation can answer with. Derived from what a route is, so that no route
 * repeats them; which fault codes they carry is told in `docs/errors.md`.
 */
export function problemStatusesOf({
  access,
  path,
  schema,
}: {
  readonly access: Access
  readonly path: string
  readonly schema: FastifySchema
}): readonly ProblemStatus[] {
  const hasBody = schema.body !== undefined
  const hasParameters = ['params', 'querystring', 'headers'].some((part) => part in schema)
  const withScope = typeof access === 'object'
  const applies: Readonly<Record<ProblemStatus, boolean>> = {
    400: hasBody || hasParameters,
    401: withScope,
    403: withScope || access === 'statement',
    404: path.includes(':') || withScope,
    409: hasBody,
    413: hasBody,
    415: hasBody,
    429: true,
    503: true,
  }
  return allStatuses.filter((status) => applies[status])
}

const versionHeader = { 'API-Version': { $ref: '#/components/headers/ApiVersion' } }

function problemResponse(status: ProblemStatus): Part {
  const pause = { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } }
  return {
    description: problems[status][1],
    headers: { ...versionHeader, ...(status === 429 || status === 503 ? pause : {}) },
    content: { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } },
  }
}

const problemResponses = (): Part =>
  Object.fromEntries(allStatuses.map((status) => [problems[status][0], problemResponse(status)]))

const headersOfDocument = {
  ApiVersion: {
    description: 'Full version of this API',
    required: true,
    schema: { type: 'string', examples: ['1.0.0'] },
  },
  RetryAfter: {
    description: 'Seconds to wait before the next attempt',
    schema: { type: 'integer', minimum: 1 },
  },
}

const securitySchemes = (publicUrl: string) => ({
  accessToken: {
    type: 'oauth2' as const,
    description:
      'Access token for a client of an agency (RFC 6749 §4.4), asked for with private_key_jwt (RFC 7523) and bound to a key (RFC 9449).',
    flows: {
      clientCredentials: { tokenUrl: `${publicUrl}${issuerPath}/token`, scopes: scopeMeanings },
    },
  },
  proofOfPossession: {
    type: 'http' as const,
    scheme: 'DPoP',
    description:
      'The access token goes into `Authorization: DPoP …`, with a fresh proof in the header `DPoP` (RFC 9449 §7).',
  },
})

/** What the tags of the routes mean. A tag that is not here is a mistake. */
const tags = [
  { name: 'registry', description: 'Operators, administrators and agencies make themselves known' },
  { name: 'oversight', description: 'An agency looks back at its own acts' },
  { name: 'agreements', description: 'Agreements are proposed, signed and read' },
  { name: 'evaluation', description: 'Linkage keys become tokens, by both operators' },
  {
    name: 'decisions',
    description: 'What would be decided, under which policies, and what they oblige to',
  },
  { name: 'signals', description: 'Signals are submitted, looked up and withdrawn' },
  {
    name: 'calibration',
    description: 'How sure names have to be: counts, an estimate, thresholds',
  },
  { name: 'overlaps', description: 'What a receiver may know of overlaps' },
  {
    name: 'disclosures',
    description:
      'Sealed fields: asking for them, the owner’s decision, and the release of both halves',
  },
  {
    name: 'non-punishment',
    description: 'Persons who are a suspect to one agency and a presumed victim to another',
  },
  {
    name: 'subject-rights',
    description: 'Requests of subjects about what is kept of them, filed once for all parties',
  },
  {
    name: 'notifications',
    description: 'That something happened, and where to look; never what',
  },
  { name: 'follow-up', description: 'What becomes of overlaps: lead, terms, outcome, feedback' },
  { name: 'ledger', description: 'Checkpoints and proofs, for everyone' },
  { name: 'api', description: 'This description' },
]

const descriptionOfApi = `Agencies submit signals under tokens that neither operator can turn back into a person, and learn where
their signals touch those of other agencies. Identities never reach this API: linkage keys are made, blinded and finalised at the partner.

Every error is a problem document (RFC 9457); its \`type\` ends in a code of the catalogue in docs/errors.md. Statements are compact JWS
(RFC 7515) over canonical JSON (RFC 8785). Instants are answered in UTC.`

export type OpenApiSettings = {
  /** Full version of the API (semver). */
  readonly apiVersion: string
  /** Scheme, host and port under which callers know this server. */
  readonly publicUrl: string
}

const OpenApiDocument = Type.Object(
  {},
  { title: 'OpenApiDocument', description: 'OpenAPI 3.1 description of this API' },
)

/**
 * Writes the description of all routes that are registered after it, and serves it to everyone,
 * from any origin, at `/v1/openapi.json` (NLgov API Design Rules). Routes outside `/v1` are not
 * part of the API and are left out. What a route's schema does not say is added here, alike for
 * all: problem responses, the version header, who may call.
 *
 * The document stands when the server is ready; `app.swagger()` returns it too.
 * @throws Error at that moment when two different schemas bear one title or a tag is unknown
 */
export function describeApi(
  app: FastifyInstance,
  { apiVersion, publicUrl }: OpenApiSettings,
): void {
  app.register(fastifySwagger, {
    convertConstToEnum: false,
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Raakvlak gateway',
        version: apiVersion,
        description: descriptionOfApi,
        contact: {
          name: 'Raakvlak',
          url: 'https://gateway.example.org/contact',
          email: 'gateway@example.org',
        },
        license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' },
      },
      servers: [{ url: `${publicUrl}${resourcePath}` }],
      tags,
      components: { securitySchemes: securitySchemes(publicUrl) },
    },
    transform: ({ schema, url, route }) => ({
      url,
      schema: schemaInDocument(schema ?? {}, url, route.config?.access ?? 'public'),
    }),
    transformObject: (made) =>
      'openapiObject' in made ? completeDocument(made.openapiObject) : {},
  })
  void app.after(() => {
    app.addHook('onReady', async () => {
      app.swagger()
    })
    app.get(
      `${resourcePath}/openapi.json`,
      {
        schema: {
          operationId: 'getDescription',
          summary: 'This description',
          tags: ['api'],
          response: { 200: { content: { 'application/json': { schema: OpenApiDocument } } } },
        },
        config: { access: 'public' },
      },
      async (_request, reply) => {
        // The only answer that any page on the web may read.
        reply.headers({
          'access-control-allow-origin': '*',
          'cross-origin-resource-policy': 'cross-origin',
        })
        return reply.type('application/json; charset=utf-8').send(JSON.stringify(app.swagger()))
      },
    )
  })
}

function schemaInDocument(
  schema: FastifySchema,
  url: string,
  access: Access,
): FastifySchema & Part {
  if (!url.startsWith(`${resourcePath}/`)) return { ...schema, hide: true }
  return {
    ...schema,
    security: securityOf(access),
    [accessMark]: problemStatusesOf({ access, path: url, schema }),
  }
}

function completeDocument(document: Part): Part {
  const paths = document.paths as Record<string, Record<string, Operation>>
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      assertKnownTags(operation, `${method} ${path}`)
      completeResponses(operation)
    }
  }
  const { schemas, ...rest } = nameSchemas({ ...paths }, { Problem })
  return {
    ...document,
    paths: sorted(rest.value as Part),
    components: {
      ...(document.components as Part),
      schemas: sorted(schemas),
      headers: headersOfDocument,
      responses: problemResponses(),
    },
  }
}

const sorted = (part: Part): Part =>
  Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))

function assertKnownTags({ tags: used = [] }: Part, name: string): void {
  for (const tag of used as readonly string[]) {
    if (!tags.some((known) => known.name === tag)) throw new Error(`${name}: no tag "${tag}"`)
  }
}

function completeResponses(operation: Operation): void {
  const statuses = operation[accessMark] as readonly ProblemStatus[]
  delete operation[accessMark]
  for (const [status, response] of Object.entries(operation.responses)) {
    response.headers = versionHeader
    if (response.description === 'Default Response') {
      response.description = status === '201' ? 'Created' : 'Done'
    }
  }
  for (const status of statuses) {
    operation.responses[status] = { $ref: `#/components/responses/${problems[status][0]}` }
  }
}
