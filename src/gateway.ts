import { openOauth } from './agencies/oauth.ts'
import { agreementReadingRoutes } from './agreements/routes.ts'
import type { GatewaySettings } from './config.ts'
import { faultOf, problemOf } from './door/problem.ts'
import { makeServer } from './door/server.ts'
import { openKeyholderLink } from './evaluation/keyholder-link.ts'
import { gatewayEvaluationRoutes } from './evaluation/routes.ts'
import { openOperator, type RunningOperator, type Surroundings, version } from './operator.ts'
import { openOverlaps } from './overlaps/overlaps.ts'
import { overlapRoutes } from './overlaps/routes.ts'
import { signalRoutes } from './signals/routes.ts'
import { openSignals, type Signals } from './signals/signals.ts'
import { openTokenIndex } from './signals/token-index.ts'

/**
 * The gateway: where agencies submit signals and learn of overlaps. This is the one place that knows
 * all its rooms; it opens them from the lowest to the highest and hands each what it needs.
 */
export async function openGateway(
  settings: GatewaySettings,
  surroundings: Surroundings,
): Promise<RunningOperator> {
  const { clock, random, logger } = surroundings
  const { publicUrl } = settings
  const rooms = await openOperator('gateway', settings, surroundings)
  const { db, keys, pins, crypter, decide, ledger, agencies, agreements } = rooms
  const { domainKeys, evaluation, rootThumbprint, enrolmentCode } = rooms

  const keyholder = openKeyholderLink({
    url: settings.keyholder.url,
    pins,
    rootKey: keys.root,
    clock,
  })
  const oauth = await openOauth({
    clock,
    db,
    logger,
    publicUrl,
    signingKeys: [keys.oauth],
    findClient: agencies.findClient,
  })

  // Signals need matching, and overlaps need the case references of signals: tied together here.
  const caseReferencesOf: Signals['caseReferencesOf'] = (tx, ids) =>
    signals.caseReferencesOf(tx, ids)
  const overlaps = openOverlaps({
    clock,
    random,
    db,
    ledger,
    agencies,
    agreements,
    decide,
    caseReferencesOf,
  })
  const signals = openSignals({
    clock,
    db,
    ledger,
    agreements,
    decide,
    crypter,
    tokenIndex: openTokenIndex(keys.index),
    matching: overlaps,
  })

  const server = makeServer({
    clock,
    random,
    logger,
    publicUrl,
    apiVersion: version,
    callers: {
      issuer: oauth.issuer,
      audience: oauth.audience,
      keys: oauth.keys,
      identify: oauth.identify,
      db,
    },
    limits: { perAddress: settings.requestsPerMinute, perClient: settings.requestsPerMinute },
  })
  rooms.addCommonRoutes(server)
  server.register(oauth.routes)
  server.register(agreementReadingRoutes(agreements))
  server.register(gatewayEvaluationRoutes({ agreements, evaluation, domainKeys, keyholder, pins }))
  server.register(
    signalRoutes(signals, (fault, { id }) =>
      problemOf(faultOf(fault), { publicUrl, requestId: id }),
    ),
  )
  server.register(overlapRoutes(overlaps))
  await server.ready()
  return {
    operator: 'gateway',
    server,
    rootThumbprint,
    ledgerKey: rooms.ledger.verifierKey,
    enrolmentCode,
    close: () => rooms.close(server),
  }
}
