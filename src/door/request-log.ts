import type { FastifyInstance } from 'fastify'
import { type DestinationStream, type Logger, pino } from 'pino'

export type LogSettings = {
  readonly level: 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug'
  /** Default: standard output. */
  readonly destination?: DestinationStream
}

/** Headers and members that are never written, wherever a log line might carry them. */
const hidden = ['authorization', 'dpop', 'cookie', 'token', 'access_token', 'client_assertion']

/** Errors whose message quotes the input: syntax errors and those of PostgreSQL. */
const quotesInput = (error: Error): boolean => error instanceof SyntaxError || 'severity' in error

/**
 * An error as it is logged: name, code, where it happened. The message only where it can't quote
 * what a caller sent, and no other member: PostgreSQL's `detail` holds values of rows.
 */
export function describeError(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { type: typeof error }
  const { name, message, stack = '', cause } = error
  const code = 'code' in error ? { code: String(error.code) } : {}
  const where = stack.split('\n').filter((line) => /^\s+at /.test(line))
  return {
    type: name,
    ...code,
    ...(quotesInput(error) ? {} : { message }),
    stack: where.slice(0, 12).join('\n'),
    ...(cause === undefined || depth === 4 ? {} : { cause: describeError(cause, depth + 1) }),
  }
}

/** The logger of a process: JSON lines. */
export const openLog = ({ level, destination }: LogSettings): Logger =>
  pino(
    {
      level,
      base: null,
      serializers: { err: (error: unknown) => describeError(error) },
      redact: {
        paths: hidden.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: '[hidden]',
      },
    },
    ...(destination === undefined ? [] : [destination]),
  )

/**
 * One line per request. It names the route's pattern, not the path that was asked, so that no id
 * and nothing that was typed into an address gets into the log; the request id leads on to the
 * ledger. Never a body, a query or a header, but the id of the trace that a caller says it is in.
 */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const { agency, client } = request.authenticated ?? {}
    request.log.info(
      {
        method: request.method,
        route: request.routeOptions.url ?? 'none',
        status: reply.statusCode,
        ...(request.action === null ? {} : { trace: request.action.traceId }),
        milliseconds: Math.round(reply.elapsedTime * 10) / 10,
        ...(agency === undefined ? {} : { agency, client }),
      },
      'request',
    )
  })
}
