import type { FastifyInstance } from 'fastify'
import { describeApi } from '../../src/door/openapi.ts'
import { openLog } from '../../src/door/request-log.ts'
import { makeServer } from '../../src/door/server.ts'
import { addGatewayRoutes } from '../../src/gateway-routes.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { systemRandomness } from '../../src/kernel/random.ts'
import { addOperatorRoutes, version } from '../../src/operator.ts'

/** Where the gateway of the documentation stands. */
export const documentedUrl = 'https://gateway.example.org'

/** In the place of a room: routes are described without ever being called. */
const nobody = {} as never

/** The rooms behind the routes of both operators, none of which is called. */
export const nobodysRooms = {
  agencies: nobody,
  agreements: nobody,
  suspend: nobody,
  delegations: nobody,
  library: nobody,
  ledger: nobody,
  witness: nobody,
  cosignatures: nobody,
  releases: nobody,
  ceremonies: nobody,
  db: nobody,
  operatorCard: nobody,
  sets: nobody,
  simulations: nobody,
}

/** The gateway's routes with nothing behind them, to be read and never called. */
export function describedGateway(): FastifyInstance {
  const server = makeServer({
    clock: systemClock,
    random: systemRandomness,
    logger: openLog({ level: 'silent' }),
    publicUrl: documentedUrl,
    apiVersion: version,
    callers: {
      issuer: documentedUrl,
      audience: documentedUrl,
      keys: () => [],
      identify: async () => undefined,
      db: nobody,
    },
  })
  describeApi(server, { apiVersion: version, publicUrl: documentedUrl })
  addOperatorRoutes(server, nobodysRooms)
  addGatewayRoutes(server, {
    agreements: nobody,
    delegations: nobody,
    evaluation: nobody,
    signals: nobody,
    calibration: nobody,
    overlaps: nobody,
    archive: nobody,
    disclosures: nobody,
    emergencyRoute: nobody,
    emergencyReviews: nobody,
    recalls: nobody,
    nonPunishment: nobody,
    subjectRights: { requests: nobody, restrictions: nobody },
    notifications: nobody,
    webhooks: nobody,
    notificationKeys: nobody,
    followUps: nobody,
    retention: nobody,
    accesses: nobody,
    justifications: { samples: nobody, draws: nobody, reviewCases: nobody },
    audit: nobody,
    alarms: nobody,
    decisions: nobody,
    exports: { activities: nobody, processingLog: nobody, decisionLog: nobody },
    problemOf: nobody,
  })
  return server
}

/**
 * `docs/openapi.json`: the gateway's own description of its routes, without opening a database.
 * `test/openapi.test.ts` holds it against the routes of a running gateway.
 */
export async function openApiDocument(): Promise<string> {
  const server = describedGateway()
  await server.ready()
  const document = server.swagger()
  await server.close()
  return `${JSON.stringify(document, null, 2)}\n`
}
