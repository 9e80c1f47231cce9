import { openOauth } from './agencies/oauth.ts'
import { largestClearance, openArchive } from './archive/archive.ts'
import { openCalibration } from './calibration/calibration.ts'
import type { GatewaySettings } from './config.ts'
import { openExplanations } from './decisions/explanations.ts'
import { openObligations } from './decisions/obligations.ts'
import { openReviews } from './decisions/reviews.ts'
import { openDisclosures } from './disclosures/disclosures.ts'
import { openEmergencyRooms } from './disclosures/emergency-rooms.ts'
import { openRecalls } from './disclosures/recalls.ts'
import { describeApi } from './door/openapi.ts'
import { faultOf, problemOf } from './door/problem.ts'
import { makeServer } from './door/server.ts'
import { openKeyholderLink } from './evaluation/keyholder-link.ts'
import { openExports } from './exports.ts'
import { silencedAmong } from './follow-up/contacts.ts'
import { openFollowUps } from './follow-up/follow-up.ts'
import { addWorkingDays } from './follow-up/working-days.ts'
import { notingStaff, openGatewayAlarms } from './gateway-alarms.ts'
import { openGatewayAudit } from './gateway-audit.ts'
import { addConsole } from './gateway-console.ts'
import { openGatewayJustifications } from './gateway-justifications.ts'
import { openGatewayRights } from './gateway-rights.ts'
import { type AnsweringRooms, addGatewayRoutes } from './gateway-routes.ts'
import { openNonPunishment } from './non-punishment/non-punishment.ts'
import { openNotifications } from './notification/notification.ts'
import { openOwnActs } from './notification/own-acts.ts'
import { openSending } from './notification/sending.ts'
import { openOperator, type RunningOperator, type Surroundings, version } from './operator.ts'
import { openOverlaps } from './overlaps/overlaps.ts'
import { openAccesses } from './oversight/accesses.ts'
import { openRetention } from './retention/retention.ts'
import { expiryCauses, largestExpiry } from './signals/expiry.ts'
import { openSignals, type Signals } from './signals/signals.ts'
import { openBodyHash, openTokenIndex } from './signals/token-index.ts'
import type { Matching } from './signals/types.ts'
import { openQueue } from './store/queue.ts'
import { openCosigning } from './witness/cosigning.ts'
import { openWitnessLink } from './witness/witness-link.ts'

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
  const rooms = await openOperator('gateway', settings, surroundings, {
    grantUsed: (tx, use) => disclosures.tellOfGrant(tx, use),
    joint: {
      make: async (domain, epoch) => {
        const rootThumbprint = pins.keyholder()
        const { countersign } = keyholder
        await domainKeys.manifest(domain, epoch, { rootThumbprint, countersign })
      },
      refresh: (ceremony) => rooms.refreshes.hold(ceremony, keyholder.refresh),
    },
    tellNoted: (tx, noted) =>
      notifications.tell(
        tx,
        noted.map((one) => ({
          ...one,
          kind: 'obligation-noted',
          about: { type: 'obligations' },
        })),
      ),
  })
  const { db, keys, pins, crypter, decisions, ledger, agencies, tracing } = rooms
  const { agreements, delegations, domainKeys, evaluation } = rooms
  const { rootThumbprint, enrolmentCode } = rooms

  const keyholder = openKeyholderLink({
    url: settings.keyholder.url,
    pins,
    rootKey: keys.root,
    clock,
    traceparent: tracing.traceparent,
  })
  const oauth = await openOauth({
    clock,
    db,
    logger,
    publicUrl,
    signingKeys: [keys.oauth],
    findClient: agencies.findClient,
  })

  const own = openOwnActs({ clock, ledger, agreements, decisions })
  const notifications = openNotifications({
    clock,
    random,
    db,
    own,
    askToDeliver: (tx) => noticeQueue.ask(tx),
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
    tell: notifications.tell,
    silencedAmong,
  })
  const archive = openArchive({
    clock,
    random,
    db,
    ledger,
    agencies,
    agreements,
    delegations,
    decisions,
    crypter,
    library: rooms.library,
    thresholdsOf: calibration.thresholdsOf,
  })
  const matching: Matching = notingStaff(() => alarms, {
    ...overlaps,
    match: (tx, matched) => alongside().match(tx, matched),
    relink: (tx, signal, replace) => alongside().relink(tx, signal, replace),
    unlink: async (tx, ending, because) => {
      await disclosures.forget(
        tx,
        ending.map(({ id }) => id),
      )
      await alongside().unlink(tx, ending, because)
    },
  })
  const tokenIndex = openTokenIndex(keys.index)
  const signals = openSignals({
    clock,
    db,
    ledger,
    agreements,
    delegations,
    decisions,
    crypter,
    epochsOf: domainKeys.epochsOf,
    tokenIndex,
    bodyHash: openBodyHash(keys.index),
    archiving: archive,
    matching,
  })

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
    tell: notifications.tell,
  })

  const followUps = openFollowUps({
    clock,
    random,
    db,
    ledger,
    agencies,
    agreements,
    decisions,
    signals,
    overlaps,
    thresholding: calibration,
    awaiting: (reader, at, page) => disclosures.awaiting(reader, at, page),
    tell: notifications.tell,
  })
  const alongside = () => followUps.alongside(overlaps)

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
    tell: notifications.tell,
  })

  const openQueueOf = (name: string) =>
    openQueue({ db, name, logger }).catch(async (reason: unknown) => {
      await rooms.close()
      throw reason
    })
  const queue = await openQueueOf('retention')
  const noticeQueue = await openQueueOf('notices')
  const { url: keyholderUrl } = settings.keyholder
  const witness = openWitnessLink({
    url: keyholderUrl,
    peerThumbprint: pins.keyholder,
    traceparent: tracing.traceparent,
  })
  const cosigning = openCosigning({
    db,
    ledger,
    cosignatures: rooms.cosignatures,
    witness,
    introduction: rooms.operatorCard.keys,
    logger,
  })
  const told = { clock, random, tell: notifications.tell }
  const recalls = openRecalls({ ...rooms, ...told })
  const nonPunishment = openNonPunishment({
    ...{ ...rooms, ...told, signals, overlaps },
    thresholdsOf: calibration.thresholdsOf,
    afterWorkingDays: addWorkingDays,
  })
  const subjectRights = openGatewayRights({
    ...{ ...rooms, ...told, signals, matching },
    thresholdsOf: calibration.thresholdsOf,
  })
  const alarms = openGatewayAlarms({
    clock,
    random,
    db,
    ledger,
    decisions,
    agreements,
    tokenIndex,
    rules: surroundings.alarmRules,
    tell: notifications.tell,
  })
  const reviews = openReviews({ clock, db, ledger })
  const justifications = openGatewayJustifications({
    ...{ ...rooms, clock, random, logger, tell: notifications.tell },
    ...{ witness, cosign: cosigning.run, alarms, reviews },
    emergencies: emergencyRooms.reviews,
  })
  const retention = openRetention({
    clock,
    db,
    logger,
    queue,
    works: [
      ...expiryCauses.map((cause) => ({
        run: cause,
        waiting: () => signals.waiting(cause),
        work: (askAgain: Parameters<typeof signals.expire>[1]) => signals.expire(cause, askAgain),
        most: largestExpiry,
      })),
      { run: 'archive', waiting: archive.waiting, work: archive.clear, most: largestClearance },
      recalls.dueWork,
      emergencyRooms.reviews.dueWork,
      nonPunishment.dueWork,
      ...subjectRights.dueWorks,
      justifications.dueWork,
      alarms.dueWork,
    ],
    notifications,
    alsoDue: followUps.runDue,
  })

  const sending = await openSending({
    settings: settings.webhooks ?? {},
    publicUrl,
    path: surroundings.path,
    resolve: surroundings.resolve,
    rootKey: keys.root,
    crypter,
    traceparent: tracing.unrelatedTraceparent,
    clock,
    random,
    db,
    logger,
    ledger,
    agencies,
    own,
    queue: noticeQueue,
    tell: notifications.tell,
  })

  const server = makeServer({
    clock,
    random,
    logger,
    publicUrl,
    apiVersion: version,
    tracing,
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
  const exports = openExports('gateway', settings, { ...surroundings, ...rooms, version })
  const answering: AnsweringRooms = {
    agreements,
    delegations,
    evaluation: { agreements, delegations, evaluation, domainKeys, keyholder, pins },
    signals,
    calibration,
    overlaps,
    archive,
    disclosures,
    emergencyRoute: disclosures.emergencyRoute,
    emergencyReviews: emergencyRooms.reviews,
    recalls,
    nonPunishment,
    subjectRights,
    notifications,
    webhooks: sending.webhooks,
    notificationKeys: sending.keys,
    followUps,
    retention,
    alarms,
    accesses: openAccesses({ db, ledger, decisions }),
    audit: openGatewayAudit({ clock, rooms, cosign: cosigning.run, witness, logger }),
    justifications,
    decisions: {
      explanations: openExplanations(rooms),
      simulations: rooms.simulations,
      reviews,
      obligations: openObligations({ db }),
    },
    exports,
    problemOf: (fault, { id }) => problemOf(faultOf(fault), { publicUrl, requestId: id }),
  }
  addGatewayRoutes(server, answering)
  await addConsole(server, settings, surroundings, { ...rooms, ...answering })
  await server.ready()
  await justifications.begin()
  if (surroundings.dueWork !== 'when-called') {
    await retention.begin()
    cosigning.begin()
    rooms.upkeep.begin()
    await sending.deliveries.begin()
    exports.otlp.begin()
  }
  return {
    operator: 'gateway',
    server,
    rootThumbprint,
    ledgerKey: rooms.ledger.verifierKey,
    enrolmentCode,
    runDueWork: async () => {
      await retention.run()
      await cosigning.run()
      await rooms.upkeep.run()
      await sending.deliveries.run()
      await exports.otlp.run()
    },
    close: () =>
      rooms.close(server, async () => {
        const running = [cosigning, retention, sending.deliveries, exports.otlp]
        await Promise.all(running.map((one) => one.close()))
      }),
  }
}
