import type { FastifyInstance } from 'fastify'

/**
 * Lets nobody who keeps its connection hold up the end: once the server closes, a connection goes with
 * the answer to what was under way on it, also where the answer is not written by Fastify (`/oauth`).
 */
export function closeConnectionsAfterAnswers(app: FastifyInstance): void {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.server.on('request', (_request, response) => {
    response.once('close', () => {
      if (closing) app.server.closeIdleConnections()
    })
  })
}
