import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { GatewaySettings, KeyholderSettings } from './config.ts'
import { openDecisionLog, openDecisionRecords } from './decision-log/decision-log.ts'
import { decisionLogRoutes } from './decision-log/routes.ts'
import type { Clock } from './kernel/clock.ts'
import type { OperatorKeys } from './operator-keys.ts'
import type { OperatorName } from './oprf/types.ts'
import { type OtlpExporter, openOtlpExporter, readHeaders } from './otlp/exporter.ts'
import { type Activities, openActivities } from './processing-log/activities.ts'
import { openLogEntries, openProcessingLog } from './processing-log/processing-log.ts'
import { openPseudonyms } from './processing-log/pseudonyms.ts'
import type { ReadingRooms } from './processing-log/reading.ts'
import { openRecords } from './processing-log/records.ts'
import { activityRoutes, processingLogRoutes } from './processing-log/routes.ts'

export type Exports = ReturnType<typeof openExports>

const ownRegister = new URL('../config/processing-activities.json', import.meta.url)

/**
 * The register of processing activities that the settings name.
 * @throws ActivityRegisterError
 */
export function readActivities(
  { publicUrl, processingActivities: file }: GatewaySettings | KeyholderSettings,
  path: (relative: string) => string,
): Activities {
  const text = readFileSync(file === undefined ? ownRegister : path(file), 'utf8')
  return openActivities(text, publicUrl)
}

/** What an operator makes of its ledger for others to read. */
export function openExports(
  operator: OperatorName,
  settings: GatewaySettings | KeyholderSettings,
  {
    keys,
    version,
    activities,
    path,
    ...rooms
  }: ReadingRooms & {
    readonly keys: Pick<OperatorKeys, 'logs'>
    readonly version: string
    readonly activities: Activities
    readonly clock: Clock
    readonly logger: Logger
    /** Resolves a path of the settings file. */
    readonly path: (relative: string) => string
  },
) {
  const { publicUrl } = settings
  const pseudonyms = openPseudonyms(keys.logs)
  const records = openRecords({ operator, publicUrl, version, activities, pseudonyms })
  const entries = openLogEntries({ ...rooms, activities })
  const decisionRecords = openDecisionRecords({ ...rooms, records, pseudonyms, publicUrl })
  const { otlp } = settings
  const otlpExporter =
    otlp === undefined
      ? undefined
      : openOtlpExporter({
          ...rooms,
          entries,
          records,
          decisionRecords,
          settings: {
            ...otlp,
            headers:
              otlp.headersFile === undefined
                ? {}
                : readHeaders(readFileSync(path(otlp.headersFile), 'utf8')),
          },
        })
  return {
    activities,
    /** Pushes to the collector of the settings; without one there is nothing to do. */
    otlp: otlpExporter ?? noExporter,
    processingLog: openProcessingLog({ ...rooms, activities, pseudonyms, records, entries }),
    decisionLog: openDecisionLog({ ...rooms, entries, records: decisionRecords }),
  }
}

const noExporter: OtlpExporter = {
  run: async () => {},
  begin: () => {},
  close: async () => {},
}

/** How an agency reads what is exported to it at the gateway. */
export function addExportRoutes(
  server: FastifyInstance,
  { activities, processingLog, decisionLog }: Omit<Exports, 'otlp'>,
): void {
  server.register(activityRoutes(activities))
  server.register(processingLogRoutes(processingLog))
  server.register(decisionLogRoutes(decisionLog))
}
