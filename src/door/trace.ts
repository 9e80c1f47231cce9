import type { FastifyInstance, FastifyRequest } from 'fastify'
import { traceparentHeader } from '../kernel/trace-context.ts'
import type { Action, Tracing } from '../tracing/tracing.ts'
import { countHeader } from './headers.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The action in its trace that this request is. */
    action: Action | null
  }
}

/** Sent twice, it is in no form (W3C Trace Context §3.2.1). */
function sentBy({ raw, headers }: FastifyRequest): string | undefined {
  const sent = headers[traceparentHeader]
  return countHeader(raw.rawHeaders, traceparentHeader) === 1 && typeof sent === 'string'
    ? sent
    : undefined
}

/** Makes each request an action in the trace that it names, or in one of its own. */
export function traceRequests(app: FastifyInstance, tracing: Tracing): void {
  app.decorateRequest('action', null)
  app.addHook('onRequest', (request, _reply, done) => {
    request.action = tracing.beginRequest(request.id, sentBy(request))
    tracing.within(request.action, done)
  })
  // Reading a body leaves the work of the request: what follows enters it again.
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.action === null) done()
    else tracing.within(request.action, done)
  })
  app.addHook('onResponse', async ({ id }) => tracing.endRequest(id))
}
