import { Fault, type Problem } from '../kernel/fault.ts'

const networkCodes = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT', // the socket of an embedded server that is being restarted
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
])

// pg gives these errors no code.
const driverMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|Query read timeout)/

/**
 * SQLSTATE classes and codes (PostgreSQL, appendix A) that say "not now" and nothing about the request:
 * 08 connection (not 08P01: that is a malformed statement of ours), 53 resources (disk full, too many connections), 57P shutdown and start-up,
 * 57014 statement timeout, 55P03 lock timeout, 25P03/25P04 a transaction that idled or took too long.
 */
const states = /^(08(?!P01)...|53...|57P..|57014|55P03|25P03|25P04)$/

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined

export const sqlStateOf = (error: unknown): string | undefined => {
  const code = codeOf(error)
  return code !== undefined && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : undefined
}

/** Whether the database was not there, or had no time or room: the same request may succeed later. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = codeOf(error)
  if (code !== undefined && (networkCodes.has(code) || states.test(code))) return true
  return driverMessages.test(error.message)
}

/** An error as callers may know it: `door/unavailable` when the database was not there, else itself. */
export const asFault = (error: unknown, problems: readonly Problem[] = []): unknown =>
  isUnavailable(error)
    ? new Fault('door/unavailable', problems, { cause: error, retryAfterSeconds: 2 })
    : error
