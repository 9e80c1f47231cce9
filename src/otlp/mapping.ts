import type { DecisionRecord } from '../wire/decision-log.ts'
import type { LogResource, ProcessingRecord } from '../wire/processing-log.ts'

/** OTLP 1.x over HTTP in JSON (opentelemetry-proto): ids in hexadecimal, 64-bit numbers as text. */

type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly arrayValue: { readonly values: readonly AnyValue[] } }
  | { readonly kvlistValue: { readonly values: readonly KeyValue[] } }
type KeyValue = { readonly key: string; readonly value: AnyValue }

/** What our records hold, and nothing else: texts, booleans, whole numbers, lists and objects. */
function anyValue(value: unknown): AnyValue {
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') return { intValue: String(value) }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } }
  if (typeof value === 'object' && value !== null) {
    return { kvlistValue: { values: keyValues(value) } }
  }
  return { stringValue: String(value) }
}

const keyValues = (members: object): KeyValue[] =>
  Object.entries(members)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key, value: anyValue(value) }))

const nanoseconds = (milliseconds: number): string => `${milliseconds}000000`

const scope = { name: 'raakvlak' }
/** STATUS_CODE_UNSET, _OK and _ERROR. */
const statusCodes = { Unset: 0, Ok: 1, Error: 2 } as const
/** SPAN_KIND_INTERNAL. */
const internal = 1
/** SEVERITY_NUMBER_INFO. */
const info = 9

/** A record in the log of an agency. */
export type Of<Line> = { readonly agency: string; readonly record: Line }

/** Records of processing as spans, for `/v1/traces`. */
export const spansOf = (resource: LogResource, lines: readonly Of<ProcessingRecord>[]) => ({
  resourceSpans: [
    {
      resource: { attributes: keyValues(resource) },
      scopeSpans: [
        {
          scope,
          spans: lines.map(({ agency, record }) => ({
            traceId: record.trace_id,
            spanId: record.span_id,
            ...(record.parent_span_id === undefined ? {} : { parentSpanId: record.parent_span_id }),
            name: record.name,
            kind: internal,
            startTimeUnixNano: nanoseconds(record.start_time),
            endTimeUnixNano: nanoseconds(record.end_time),
            attributes: keyValues({ ...record.attributes, 'raakvlak.agency': agency }),
            status: { code: statusCodes[record.status] },
          })),
        },
      ],
    },
  ],
})

/** Records of decisions as log records, for `/v1/logs`. */
export const logsOf = (resource: LogResource, lines: readonly Of<DecisionRecord>[]) => ({
  resourceLogs: [
    {
      resource: { attributes: keyValues(resource) },
      scopeLogs: [
        {
          scope,
          logRecords: lines.map(({ agency, record }) => ({
            timeUnixNano: nanoseconds(record.timestamp),
            observedTimeUnixNano: nanoseconds(record.timestamp),
            severityNumber: info,
            eventName: record.event_name,
            traceId: record.trace_id,
            spanId: record.span_id,
            body: anyValue(record.body),
            // A log record has no place of its own for these.
            attributes: keyValues({
              ...record.attributes,
              'raakvlak.agency': agency,
              'raakvlak.status': record.status,
              'raakvlak.parent_span_id': record.parent_span_id,
            }),
          })),
        },
      ],
    },
  ],
})
