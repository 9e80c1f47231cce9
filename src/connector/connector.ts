import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { keepBatchCases, readHome } from '../client/agency-home.ts'
import { openPartner, type Partner } from '../client/partner.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Randomness } from '../kernel/random.ts'
import { type Bundle, makeBundle } from './bundle.ts'
import { addDeciderRoutes } from './decider-routes.ts'
import { LocalFault, problemOf } from './faults.ts'
import { readOfficers } from './officers.ts'
import { addHeaders, assertOwnOrigin } from './origin.ts'
import { addReporterRoutes } from './reporter-routes.ts'
import { openSentSignals } from './sent-signals.ts'
import { openLocalSessions, type SessionHolder } from './sessions.ts'
import type { ConnectorRooms } from './types.ts'

export type ConnectorSettings = {
  /** The folder of the agency. */
  readonly folder: string
  readonly host: string
  readonly port: number
  /** Under which further address the page is opened; the usual ones of this machine are known. */
  readonly origin?: string
  readonly tls?: { readonly certificate: string; readonly key: string }
  readonly clock: Clock
  readonly random: Randomness
  readonly bundle?: Bundle
}

/** The largest body that the page sends: a signal with both texts sealed. */
const largestBody = 400_000

const thisMachine = new Set(['127.0.0.1', '::1', 'localhost'])

/** @throws RangeError for an address at which others could read along */
function assertPrivateListening({ host, tls }: ConnectorSettings): void {
  if (tls !== undefined || thisMachine.has(host)) return
  throw new RangeError(
    'the connector listens on this machine only; for a network give it a certificate and its key',
  )
}

const originsOf = ({ host, port, origin, tls }: ConnectorSettings, listening: number) => {
  const scheme = tls === undefined ? 'http:' : 'https:'
  const hosts = thisMachine.has(host) ? ['127.0.0.1', 'localhost', '[::1]'] : [host]
  const own = hosts.map((one) => `${scheme}//${one}:${port === 0 ? listening : port}`)
  return { scheme, origins: new Set([...own, ...(origin === undefined ? [] : [origin])]) }
}

const tokenOf = ({ headers }: FastifyRequest): string =>
  /^Bearer ([A-Za-z0-9_-]{43})$/.exec(headers.authorization ?? '')?.[1] ?? ''

/**
 * The connector of one agency: serves the reporter's page and lends it, request by request, what needs the
 * agency's keys. Not opened before `listen`. Holds nothing of what is typed, and logs no request.
 * @throws HomeError for a folder that cannot be used; RangeError for an address that others could read along at
 */
export async function openConnector(settings: ConnectorSettings) {
  assertPrivateListening(settings)
  const { folder, clock, random, tls } = settings
  const { settings: home, keys } = await readHome(folder)
  const bundle = settings.bundle ?? (await makeBundle())
  const sessions = openLocalSessions({ clock, random, officers: () => readOfficers(folder) })
  const partners = new Map<string, Partner>()

  /** Each officer has a session with the gateway of their own: acts on the ledger tell them apart. */
  function partnerOf({ officer }: SessionHolder): Partner {
    const known = partners.get(officer)
    if (known !== undefined) return known
    const { agency, client, gateway, keyholder } = home
    const partner = openPartner({
      agency,
      client,
      officer,
      keys,
      pins: { gateway, keyholder },
      clock,
      random,
      keepCases: (cases) => keepBatchCases(folder, cases),
    })
    partners.set(officer, partner)
    return partner
  }

  const server: FastifyInstance = Fastify({
    logger: false,
    bodyLimit: largestBody,
    requestTimeout: 60_000,
    forceCloseConnections: true,
    ...(tls === undefined ? {} : { https: { cert: tls.certificate, key: tls.key } }),
  } as object)

  let listening = settings.port
  const origins = () => originsOf(settings, listening)

  server.addHook('onRequest', async (request, reply) => {
    const { scheme, origins: own } = origins()
    addHeaders(reply, tls !== undefined)
    assertOwnOrigin(request, own, scheme)
  })
  server.setErrorHandler((error, _request, reply) => {
    const problem = problemOf(error)
    return reply.code(problem.status).type('application/problem+json').send(problem)
  })
  server.setNotFoundHandler(async (_request, reply) => {
    addHeaders(reply, tls !== undefined)
    throw new LocalFault('not-found')
  })
  // Only JSON: a form of another page cannot send it without asking first.
  server.removeContentTypeParser('text/plain')

  for (const [path, { type, bytes, compressed }] of bundle.files) {
    server.get(path, (request, reply) => {
      const isCompressed = /\bgzip\b/.test(`${request.headers['accept-encoding'] ?? ''}`)
      if (isCompressed) reply.header('content-encoding', 'gzip')
      return reply
        .type(type)
        .header('vary', 'accept-encoding')
        .send(Buffer.from(isCompressed ? compressed : bytes))
    })
  }

  const rooms: ConnectorRooms = {
    folder,
    home,
    clock,
    bundle,
    sessions,
    sent: openSentSignals(folder),
    partnerOf,
    tokenOf,
    holderOf: (request) => sessions.holderOf(tokenOf(request)),
  }
  addReporterRoutes(server, rooms)
  addDeciderRoutes(server, rooms)

  return {
    server,
    bundle,
    /** @returns the address at which the page is opened */
    async listen(): Promise<string> {
      const { host, port, origin } = settings
      await server.listen({ host, port })
      const address = server.server.address()
      listening = typeof address === 'object' && address !== null ? address.port : port
      const [first = ''] = origins().origins
      return origin ?? first
    },
    close: (): Promise<void> => server.close(),
  }
}
