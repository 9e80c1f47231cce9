/** Which action of which trace something belongs to (W3C Trace Context). Ids are lower-case hexadecimal. */
export type TraceContext = {
  /** 16 bytes. */
  readonly traceId: string
  /** 8 bytes. */
  readonly spanId: string
}

export const traceparentHeader = 'traceparent'
export const traceIdPattern = '^[0-9a-f]{32}$'
export const spanIdPattern = '^[0-9a-f]{16}$'

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/
const isZero = (id: string): boolean => /^0+$/.test(id)

/**
 * Reads a `traceparent` (W3C Trace Context, level 2, §3.2). Undefined for whatever is not in that form:
 * whoever gets it then begins a trace of its own, as the standard asks. Versions to come are read as far as
 * this one goes. Says nothing of who sent it; the ids are what a caller chose.
 */
export function readTraceparent(header: string): TraceContext | undefined {
  const [, version, traceId, spanId, more] = form.exec(header) ?? []
  if (version === undefined || traceId === undefined || spanId === undefined) return undefined
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined
  return isZero(traceId) || isZero(spanId) ? undefined : { traceId, spanId }
}

/** A `traceparent` that says: recorded. Nothing here is sampled; every act is on the ledger. */
export const traceparentOf = ({ traceId, spanId }: TraceContext): string =>
  `00-${traceId}-${spanId}-01`
