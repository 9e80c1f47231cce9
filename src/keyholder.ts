import { openAlarms } from './alarms/alarms.ts'
import { openQuotaStands } from './alarms/quotas.ts'
import { keyholderAlarmRoutes } from './alarms/routes.ts'
import { keyholderRuleTable } from './alarms/rules.ts'
import { openAlarmStatements } from './alarms/statements.ts'
import type { KeyholderSettings } from './config.ts'
import { openEmergencyRooms } from './disclosures/emergency-rooms.ts'
import { emergencyReviewRoutes, keyholderEmergencyRoutes } from './disclosures/emergency-routes.ts'
import { keyholderReleaseRoutes } from './disclosures/routes.ts'
import { makeServer } from './door/server.ts'
import { keyholderEvaluationRoutes } from './evaluation/routes.ts'
import { openExports } from './exports.ts'
import { shareRefreshRoutes } from './keys/routes.ts'
import { openUpkeep } from './ledger/upkeep.ts'
import { openOperator, type RunningOperator, type Surroundings, version } from './operator.ts'
import { activityRoutes } from './processing-log/routes.ts'
import { beaconRoutes } from './witness/beacon-routes.ts'
import { openBeacons } from './witness/beacons.ts'

/**
 * The keyholder: the independent operator of the other key share. It has its own database, registry,
 * quotas and ledger, and no tables for signals. It never learns a token or an overlap; of a signal it
 * learns the id when a half of it is released: on its owner's grant, or on two officers' word in an emergency.
 */
export async function openKeyholder(
  settings: KeyholderSettings,
  surroundings: Surroundings,
): Promise<RunningOperator> {
  const { clock, random, logger } = surroundings
  const rooms = await openOperator('keyholder', settings, surroundings)
  const { agreements, evaluation, domainKeys, pins, rootThumbprint, enrolmentCode } = rooms
  const { emergencies, reviews } = openEmergencyRooms({
    ...rooms,
    operator: 'keyholder',
    clock,
    sealingKey: rooms.keys.sealing,
    // The keyholder reaches no desk: an owner asks it what was released of its signals.
    tell: async () => {},
  })
  const alarms = openAlarms({
    ...rooms,
    clock,
    random,
    rules: keyholderRuleTable,
    findSubjects: async () => new Map(),
    findQuotas: openQuotaStands(clock),
    tell: async () => {},
  })
  const alarmUpkeep = openUpkeep({ works: [{ name: 'alarms', run: alarms.runAll }], logger })
  const server = makeServer({
    clock,
    random,
    logger,
    publicUrl: settings.publicUrl,
    apiVersion: version,
    tracing: rooms.tracing,
    limits: { perAddress: settings.requestsPerMinute, perClient: settings.requestsPerMinute },
    ...(settings.trustProxy === undefined ? {} : { trustProxy: settings.trustProxy }),
  })
  rooms.addCommonRoutes(server)
  server.register(keyholderEvaluationRoutes({ clock, agreements, evaluation, domainKeys, pins }))
  server.register(shareRefreshRoutes(rooms.refreshes, pins))
  server.register(keyholderReleaseRoutes(rooms.releases))
  server.register(keyholderEmergencyRoutes(emergencies))
  server.register(emergencyReviewRoutes(reviews))
  server.register(activityRoutes(rooms.activities))
  const { db, ledger, keys } = rooms
  server.register(beaconRoutes(openBeacons({ clock, random, db, ledger, rootKey: keys.root })))
  server.register(keyholderAlarmRoutes(openAlarmStatements({ ...rooms, clock, cases: alarms })))
  const { otlp } = openExports('keyholder', settings, { ...surroundings, ...rooms, version })
  await server.ready()
  if (surroundings.dueWork !== 'when-called') {
    rooms.upkeep.begin()
    alarmUpkeep.begin()
    otlp.begin()
  }
  return {
    operator: 'keyholder',
    server,
    rootThumbprint,
    ledgerKey: rooms.ledger.verifierKey,
    enrolmentCode,
    // Nothing here is kept for a time; only the ledger wants looking after, and looking through.
    runDueWork: async () => {
      await rooms.upkeep.run()
      await alarmUpkeep.run()
      await otlp.run()
    },
    close: () =>
      rooms.close(server, async () => {
        await Promise.all([alarmUpkeep.close(), otlp.close()])
      }),
  }
}
