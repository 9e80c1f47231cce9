import type { AgencyId } from '../kernel/ids.ts'
import type { OperatorName } from '../oprf/types.ts'
import type { LogResource, ProcessingRecord } from '../wire/processing-log.ts'
import type { Activities } from './activities.ts'
import type { Pseudonyms } from './pseudonyms.ts'
import type { LoggedAct, TracedEntry } from './types.ts'

export type RecordSettings = {
  readonly operator: OperatorName
  readonly publicUrl: string
  readonly version: string
  readonly activities: Activities
  readonly pseudonyms: Pseudonyms
}

export type Records = ReturnType<typeof openRecords>

/** For whom an act was done. One that names another agency without its delegation was its actor's own. */
export const controllerOf = ({ agency, onBehalfOf, outcome }: LoggedAct): AgencyId =>
  onBehalfOf !== undefined && outcome === 'permit' ? onBehalfOf : agency

/** Makes lines for others of entries. Everything in them comes from the entry, so that they cannot differ from it. */
export function openRecords({
  operator,
  publicUrl,
  version,
  activities,
  pseudonyms,
}: RecordSettings) {
  const { origin } = new URL(publicUrl)
  const resource: LogResource = {
    'service.name': `raakvlak-${operator}`,
    'service.version': version,
  }

  /** Where an entry stands in its trace: the first of its action stands for it, others are children of it. */
  function placeOf({ index, trace }: TracedEntry) {
    if (trace === undefined) {
      return { trace_id: pseudonyms.traceId(index), span_id: pseudonyms.spanId(index) }
    }
    const { traceId: trace_id, spanId, parentSpanId, first } = trace
    if (!first) return { trace_id, span_id: pseudonyms.spanId(index), parent_span_id: spanId }
    return {
      trace_id,
      span_id: spanId,
      ...(parentSpanId === undefined ? {} : { parent_span_id: parentSpanId }),
    }
  }

  /** The gateway passes batches on to the keyholder; everything else an agency asks for itself. */
  function processorOf({ kind, agency, client }: LoggedAct): string | undefined {
    if (client === undefined) return undefined
    if (operator === 'keyholder' && kind === 'evaluation.evaluate')
      return `${origin}/operators/gateway`
    return `${origin}/agencies/${agency}`
  }

  return {
    resource,
    placeOf,

    /** The line of an entry in the log of this agency. */
    processing(entry: TracedEntry, agency: AgencyId): ProcessingRecord {
      const { index, at, act, subject, confidential, trace } = entry
      const processor = processorOf(act)
      const end = at.getTime()
      return {
        ...placeOf(entry),
        status: act.outcome === 'refuse' ? 'Unset' : 'Ok',
        name: act.kind,
        start_time: Math.min(trace?.beganAt.getTime() ?? end, end),
        end_time: end,
        attributes: {
          'dpl.core.processing_activity_id': activities.uriAt(act.kind, confidential, at),
          ...(subject === undefined
            ? {}
            : {
                'dpl.core.data_subject_id': pseudonyms.of(agency, subject),
                'dpl.core.data_subject_id_type': subject.type,
              }),
          ...(processor === undefined ? {} : { 'dpl.core.foreign_operation.processor': processor }),
          'raakvlak.ledger_index': index,
        },
        resource,
      }
    },
  }
}
