import type { FastifyInstance } from 'fastify'
import { openOauth } from './agencies/oauth.ts'
import type { Agreements } from './agreements/agreements.ts'
import type { Delegations } from './agreements/delegations.ts'
import { agreementReadingRoutes } from './agreements/routes.ts'
import { type Calibration, openCalibration } from './calibration/calibration.ts'
import { calibrationRoutes } from './calibration/routes.ts'
import type { GatewaySettings } from './config.ts'
import { openExplanations } from './decisions/explanations.ts'
import { openReviews } from './decisions/reviews.ts'
import { decisionRoutes } from './decisions/routes.ts'
import { type Disclosures, openDisclosures } from './disclosures/disclosures.ts'
import type { EmergencyReviews } from './disclosures/emergency-reviews.ts'
import { openEmergencyRooms } from './disclosures/emergency-rooms.ts'
import type { EmergencyRoute } from './disclosures/emergency-route.ts'
import { emergencyReviewRoutes, emergencyRoutes } from './disclosures/emergency-routes.ts'
import { recallRoutes } from './disclosures/recall-routes.ts'
import { openRecalls, type Recalls } from './disclosures/recalls.ts'
import { disclosureRoutes } from './disclosures/routes.ts'
import type { Tell } from './disclosures/types.ts'
import { describeApi } from './door/openapi.ts'
import { faultOf, problemOf } from './door/problem.ts'
import { makeServer } from './door/server.ts'
import { openKeyholderLink } from './evaluation/keyholder-link.ts'
import { gatewayEvaluationRoutes } from './evaluation/routes.ts'
import { addWorkingDays } from './follow-up/working-days.ts'
import { type NonPunishment, openNonPunishment } from './non-punishment/non-punishment.ts'
import { nonPunishmentRoutes } from './non-punishment/routes.ts'
import { openOperator, type RunningOperator, type Surroundings, version } from './operator.ts'
import { type Overlaps, openOverlaps } from './overlaps/overlaps.ts'
import { overlapRoutes } from './overlaps/routes.ts'
import { openRetention, type Retention } from './retention/retention.ts'
import { retentionRoutes } from './retention/routes.ts'
import { signalRoutes } from './signals/routes.ts'
import { openSignals, type Signals } from './signals/signals.ts'
import { openBodyHash, openTokenIndex } from './signals/token-index.ts'
import { openQueue } from './store/queue.ts'

/** Routes that only the gateway has. Also used, without any room behind them, to describe the API. */
export function addGatewayRoutes(
  server: FastifyInstance,
  rooms: {
    readonly agreements: Agreements
    readonly delegations: Delegations
    readonly evaluation: Parameters<typeof gatewayEvaluationRoutes>[0]
    readonly signals: Signals
    readonly calibration: Calibration
    readonly overlaps: Overlaps
    readonly disclosures: Disclosures
    readonly emergencyRoute: EmergencyRoute
    readonly emergencyReviews: EmergencyReviews
    readonly recalls: Recalls
    readonly nonPunishment: NonPunishment
    readonly retention: Retention
    readonly decisions: Parameters<typeof decisionRoutes>[0]
    readonly problemOf: Parameters<typeof signalRoutes>[1]
  },
): void {
  server.register(agreementReadingRoutes(rooms.agreements, rooms.delegations))
  server.register(gatewayEvaluationRoutes(rooms.evaluation))
  server.register(signalRoutes(rooms.signals, rooms.problemOf))
  server.register(calibrationRoutes(rooms.calibration))
  server.register(overlapRoutes(rooms.overlaps))
  server.register(disclosureRoutes(rooms.disclosures))
  server.register(emergencyRoutes(rooms.emergencyRoute))
  server.register(emergencyReviewRoutes(rooms.emergencyReviews))
  server.register(recallRoutes(rooms.recalls))
  server.register(nonPunishmentRoutes(rooms.nonPunishment))
  server.register(retentionRoutes(rooms.retention))
  server.register(decisionRoutes(rooms.decisions))
}

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
  const { db, keys, pins, crypter, decisions, ledger, agencies } = rooms
  const { agreements, delegations, domainKeys, evaluation } = rooms
  const { rootThumbprint, enrolmentCode } = rooms

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

  // Signals need matching, overlaps need case references and thresholds, calibration counts what both
  // hold, and what was said of a signal ends with it: tied together here.
  const caseReferencesOf: Signals['caseReferencesOf'] = (tx, ids) =>
    signals.caseReferencesOf(tx, ids)
  const calibration = openCalibration({
    clock,
    db,
    ledger,
    agencies,
    agreements,
    decisions,
    pins,
    counts: {
      liveSignals: (reader, agreement) => signals.liveCounts(reader, agreement),
      linksFrom: (reader, agreement, bits) => overlaps.linksFrom(reader, agreement, bits),
    },
  })
  const overlaps = openOverlaps({
    clock,
    random,
    db,
    ledger,
    agencies,
    agreements,
    delegations,
    decisions,
    caseReferencesOf,
    thresholdsOf: calibration.thresholdsOf,
  })
  const signals = openSignals({
    clock,
    db,
    ledger,
    agreements,
    delegations,
    decisions,
    crypter,
    tokenIndex: openTokenIndex(keys.index),
    bodyHash: openBodyHash(keys.index),
    matching: {
      ...overlaps,
      unlink: async (tx, ending, because) => {
        await disclosures.forget(
          tx,
          ending.map(({ id }) => id),
        )
        await overlaps.unlink(tx, ending, because)
      },
    },
  })

  const tell: Tell = async () => {}
  const emergencyRooms = openEmergencyRooms({
    operator: 'gateway',
    clock,
    db,
    ledger,
    agencies,
    agreements,
    decisions,
    crypter,
    pins,
    statements: rooms.statements,
    sealingKey: keys.sealing,
    tell,
  })
  const disclosures = openDisclosures({
    clock,
    db,
    ledger,
    agencies,
    agreements,
    decisions,
    crypter,
    statements: rooms.statements,
    releases: rooms.releases,
    signals,
    touching: overlaps.touching,
    emergencies: emergencyRooms,
  })

  const queue = await openQueue({ db, name: 'retention', logger }).catch(
    async (reason: unknown) => {
      await rooms.close()
      throw reason
    },
  )
  const recalls = openRecalls({
    clock,
    random,
    db,
    ledger,
    agencies,
    agreements,
    statements: rooms.statements,
    tell,
  })
  const nonPunishment = openNonPunishment({
    clock,
    random,
    db,
    ledger,
    agencies,
    agreements,
    decisions,
    signals,
    overlaps,
    thresholdsOf: calibration.thresholdsOf,
    afterWorkingDays: addWorkingDays,
    tell,
  })
  const retention = openRetention({
    clock,
    db,
    logger,
    queue,
    signals,
    others: [
      { name: 'recalls', run: recalls.run },
      { name: 'non-punishment', run: nonPunishment.run },
      { name: 'emergency-reviews', run: emergencyRooms.reviews.remind },
    ],
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
    ...(settings.trustProxy === undefined ? {} : { trustProxy: settings.trustProxy }),
  })
  describeApi(server, { apiVersion: version, publicUrl })
  rooms.addCommonRoutes(server)
  server.register(oauth.routes)
  addGatewayRoutes(server, {
    agreements,
    delegations,
    evaluation: { agreements, delegations, evaluation, domainKeys, keyholder, pins },
    signals,
    calibration,
    overlaps,
    disclosures,
    emergencyRoute: disclosures.emergencyRoute,
    emergencyReviews: emergencyRooms.reviews,
    recalls,
    nonPunishment,
    retention,
    decisions: {
      explanations: openExplanations({
        db,
        ledger,
        agreements,
        delegations,
        decisions,
        sets: rooms.sets,
      }),
      simulations: rooms.simulations,
      reviews: openReviews({ clock, db, ledger }),
    },
    problemOf: (fault, { id }) => problemOf(faultOf(fault), { publicUrl, requestId: id }),
  })
  await server.ready()
  await retention.begin()
  return {
    operator: 'gateway',
    server,
    rootThumbprint,
    ledgerKey: rooms.ledger.verifierKey,
    enrolmentCode,
    runDueWork: retention.run,
    close: () => rooms.close(server, retention.close),
  }
}
