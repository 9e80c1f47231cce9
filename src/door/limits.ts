import fastifyRateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Fault } from '../kernel/fault.ts'

/** Requests a minute: of one address, before anything else is looked at, and of one client. */
export type Limits = { readonly perAddress: number; readonly perClient: number }

export const usualLimits: Limits = { perAddress: 3000, perClient: 1200 }

/**
 * Counts requests in this process's memory, so several processes each allow the full rate. Quotas
 * that protect subjects are not here: they stand in the database (`evaluation/quotas.ts`).
 */
export function openLimits(app: FastifyInstance, { perAddress, perClient }: Limits) {
  type Limiter = ReturnType<FastifyInstance['createRateLimit']>
  let limiters: { readonly address: Limiter; readonly client: Limiter } | undefined
  void app.register(fastifyRateLimit, { global: false })
  void app.after(() => {
    const timeWindow = 60_000
    limiters = {
      address: app.createRateLimit({ max: perAddress, timeWindow }),
      client: app.createRateLimit({
        max: perClient,
        timeWindow,
        keyGenerator: ({ caller }) => `${caller.agency}.${caller.client}`,
      }),
    }
  })

  const count =
    (which: 'address' | 'client') =>
    /** @throws Fault door/too-many-requests */
    async (request: FastifyRequest): Promise<void> => {
      if (limiters === undefined || request.routeOptions.config.limited === false) return
      const count = await limiters[which](request)
      if (!count.isAllowed && count.isExceeded) {
        throw new Fault('door/too-many-requests', [], { retryAfterSeconds: count.ttlInSeconds })
      }
    }

  return { countAddress: count('address'), countClient: count('client') }
}
