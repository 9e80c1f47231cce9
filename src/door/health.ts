import type { FastifyPluginAsync } from 'fastify'
import Type from 'typebox'
import { Fault } from '../kernel/fault.ts'
import { closed } from '../wire/common.ts'

/** Named checks; one that throws, or does not answer in time, means "not ready". */
export type Checks = Readonly<Record<string, () => Promise<void>>>

const Health = Type.Object({ status: Type.Literal('ok') }, { ...closed, title: 'Health' })

const route = (operationId: string, summary: string) => ({
  schema: { operationId, summary, tags: ['health'], response: { 200: Health } },
  config: { access: 'public' as const, limited: false },
})

/** Whether the process lives, and whether it can do its work now (503 names what fails). */
export const healthRoutes =
  (checks: Checks, timeoutMilliseconds = 2000): FastifyPluginAsync =>
  async (app) => {
    app.get('/health/live', route('getLiveness', 'Whether the process lives'), async () => ({
      status: 'ok' as const,
    }))

    app.get('/health/ready', route('getReadiness', 'Whether it can work now'), async () => {
      const entries = Object.entries(checks)
      const results = await Promise.allSettled(
        entries.map(([, check]) => inTime(check, timeoutMilliseconds)),
      )
      const failed = entries.filter((_, at) => results[at]?.status === 'rejected')
      if (failed.length > 0) {
        throw new Fault(
          'door/unavailable',
          failed.map(([name]) => ({ at: name, message: 'is not ready' })),
          { retryAfterSeconds: 5 },
        )
      }
      return { status: 'ok' as const }
    })
  }

/** What a check finds, unless it takes longer than that. @throws Error, also what the check throws */
export async function inTime<Found>(
  check: () => Promise<Found>,
  milliseconds: number,
): Promise<Found> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('no answer in time')), milliseconds)
  try {
    return await Promise.race([check(), promise])
  } finally {
    clearTimeout(timer)
  }
}
