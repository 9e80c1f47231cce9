import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import type { Logger } from 'pino'
import type { Clock } from '../kernel/clock.ts'
import { Fault, type FaultCode } from '../kernel/fault.ts'
import { type Randomness, randomUuid } from '../kernel/random.ts'
import { openTracing, type Tracing } from '../tracing/tracing.ts'
import { type CallerSettings, declareCaller, openCallers } from './caller.ts'
import { closeConnectionsAfterAnswers } from './draining.ts'
import { methodsOf, placeGuard } from './guard.ts'
import { accepts, apiHeaders, countHeader } from './headers.ts'
import { readJson } from './json-text.ts'
import { type Limits, openLimits, usualLimits } from './limits.ts'
import { faultOf, problemOf, problemType, sendProblem } from './problem.ts'
import { readNumbers } from './query-numbers.ts'
import { describeError, logRequests } from './request-log.ts'
import { compileSchemasWhenNeeded } from './schema-compilers.ts'
import { traceRequests } from './trace.ts'

export type ServerSettings = {
  readonly clock: Clock
  readonly random: Randomness
  readonly logger: Logger
  /** Scheme, host and port under which callers know this server. */
  readonly publicUrl: string
  readonly apiVersion: string
  /** Knows which action is under way; by default one of its own, which nobody else asks. */
  readonly tracing?: Tracing
  /** How callers are authenticated; without it, no route can ask for a scope. */
  readonly callers?: CallerSettings
  /** Addresses of proxies whose `X-Forwarded-For` is believed. Default: none. */
  readonly trustProxy?: string | string[] | false
  /** Largest body in bytes; a route may have its own `bodyLimit`. Default 1 MiB. */
  readonly bodyLimit?: number
  readonly limits?: Limits
  readonly timeouts?: Partial<Timeouts>
}

/** In milliseconds: until the headers are there, and until the whole request is. */
export type Timeouts = { readonly headers: number; readonly request: number }

const usualTimeouts: Timeouts = { headers: 5_000, request: 10_000 }

const jsonTypes = ['application/json', problemType]

/**
 * The HTTP server with the one set of options that production and tests share. Add routes with
 * `register`; each says in `config.access` who may knock, or the server does not boot.
 */
export function makeServer(settings: ServerSettings): FastifyInstance {
  const { random, apiVersion, callers } = settings
  const loggerInstance: FastifyBaseLogger = settings.logger
  const publicUrl = originOf(settings.publicUrl)
  const timeouts = { ...usualTimeouts, ...settings.timeouts }
  const headers = apiHeaders(apiVersion)

  const answerTo = (fault: Fault): BareAnswer =>
    bareAnswer(fault, { headers, publicUrl, requestId: randomUuid(random) })

  const app: FastifyInstance = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request' }),
    genReqId: () => randomUuid(random),
    requestIdHeader: false,
    trustProxy: settings.trustProxy ?? false,
    bodyLimit: settings.bodyLimit ?? 1024 * 1024,
    // Fastify would join the text of every fault; what the caller is told, `faultOf` chooses.
    schemaErrorFormatter: () => new Error('the request is not in the agreed form'),
    requestTimeout: timeouts.request,
    keepAliveTimeout: 30_000,
    // Requests that come while the server drains are still answered, on a connection that closes.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    http: {
      headersTimeout: timeouts.headers,
      // Node looks at its timeouts only this often; its usual 30 s would make them meaningless.
      connectionsCheckingInterval: Math.min(1_000, timeouts.headers),
      maxHeaderSize: 16 * 1024,
      // Node would answer such requests itself, without our headers: see `assertOneHost`.
      requireHostHeader: false,
      insecureHTTPParser: false,
    },
    frameworkErrors: (error, request, reply) => {
      reply.headers({ ...headers, 'x-request-id': request.id })
      sendProblem(reply, faultOf(error), publicUrl)
    },
    clientErrorHandler: (error, socket) => endSocket(socket, answerTo(faultOfSocket(error))),
  })
  // Node would answer these itself, too.
  app.server.on('checkExpectation', (_request, response) => {
    const { status, headers: own, body } = answerTo(new Fault('door/invalid-input'))
    response.writeHead(status, own).end(body)
  })

  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...headers, 'x-request-id': request.id })
  })
  compileSchemasWhenNeeded(app)
  closeConnectionsAfterAnswers(app)
  traceRequests(app, settings.tracing ?? openTracing(settings))
  declareCaller(app)
  logRequests(app)
  const limits = openLimits(app, settings.limits ?? usualLimits)
  app.addHook('onRequest', limits.countAddress)
  app.addHook('onRequest', assertOneHost)
  app.addHook('onRequest', assertNoTrailingSlash)
  app.addHook('onRequest', assertAcceptable)
  placeGuard(
    app,
    callers === undefined
      ? undefined
      : openCallers(app, { ...callers, clock: settings.clock, publicUrl }),
  )
  app.addHook('onRequest', async (request) => {
    if (request.authenticated !== null) await limits.countClient(request)
  })
  readNumbers(app)
  readBodies(app)
  answerFaults(app, publicUrl)
  return app
}

/** @throws Error unless the URL is http(s) with neither path nor query */
function originOf(publicUrl: string): string {
  const { protocol, origin, pathname, search } = new URL(publicUrl)
  if (!/^https?:$/.test(protocol) || pathname !== '/' || search !== '') {
    throw new Error('the public URL has to be scheme, host and port only')
  }
  return origin
}

/** Two readers of a request with several hosts, or none, could disagree about whom it is for. */
async function assertOneHost({ raw }: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (countHeader(raw.rawHeaders, 'host') === 1) return
  reply.header('connection', 'close')
  throw new Fault('door/invalid-input')
}

/** A trailing slash is another address, at which there is nothing (NLgov API Design Rules). */
async function assertNoTrailingSlash({ url }: FastifyRequest): Promise<void> {
  const path = url.split('?', 1)[0] ?? ''
  if (path !== '/' && path.endsWith('/')) throw new Fault('door/not-found')
}

/** What a route answers with, by its schema. */
async function assertAcceptable({ headers, routeOptions }: FastifyRequest): Promise<void> {
  const { response = {} } = (routeOptions.schema ?? {}) as {
    response?: Record<string, { content?: object } | undefined>
  }
  const types = Object.values(response).flatMap((answer) => Object.keys(answer?.content ?? {}))
  if (!accepts(headers.accept, [...types, ...jsonTypes])) throw new Fault('door/not-acceptable')
}

function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, body: Buffer) =>
      body.length === 0 ? undefined : readJson(body),
  )
}

function answerFaults(app: FastifyInstance, publicUrl: string): void {
  app.setErrorHandler((error, request, reply) => {
    const fault = faultOf(error)
    if (fault.status >= 500) {
      request.log.error({ error: describeError(error) }, fault.code)
    }
    return sendProblem(reply, fault, publicUrl)
  })

  let methodsAt: (path: string) => readonly string[] = () => []
  app.addHook('onReady', async () => {
    methodsAt = methodsOf(app.routeTable)
  })
  app.setNotFoundHandler((request, reply) => {
    const methods = methodsAt(request.url.split('?', 1)[0] ?? '')
    if (methods.length === 0) return sendProblem(reply, new Fault('door/not-found'), publicUrl)
    reply.header('allow', methods.join(', '))
    return sendProblem(reply, new Fault('door/method-not-allowed'), publicUrl)
  })
}

const faultsOfSocket: Readonly<Record<string, FaultCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'door/request-timeout',
  HPE_HEADER_OVERFLOW: 'door/headers-too-large',
}

const faultOfSocket = (error: { readonly code?: string }): Fault =>
  new Fault(faultsOfSocket[error.code ?? ''] ?? 'door/invalid-input')

type BareAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** An answer to what never becomes a request; the connection ends with it. */
function bareAnswer(
  fault: Fault,
  {
    headers,
    publicUrl,
    requestId,
  }: {
    readonly headers: Readonly<Record<string, string>>
    readonly publicUrl: string
    readonly requestId: string
  },
): BareAnswer {
  const body = JSON.stringify(problemOf(fault, { publicUrl, requestId }))
  return {
    status: fault.status,
    headers: {
      ...headers,
      'x-request-id': requestId,
      'content-type': problemType,
      'content-length': String(Buffer.byteLength(body)),
      connection: 'close',
    },
    body,
  }
}

/** Answers what is no HTTP request, or none that came in time, and closes the connection. */
function endSocket(socket: Socket, { status, headers, body }: BareAnswer): void {
  // Bytes of an answer are on their way: a second one would be taken for a part of it.
  if (!socket.writable || socket.bytesWritten > 0) {
    socket.destroy()
    return
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`, () =>
    socket.destroy(),
  )
}
