import { AsyncLocalStorage } from 'node:async_hooks'
import { hex } from '../kernel/bytes.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Randomness } from '../kernel/random.ts'
import { readTraceparent, type TraceContext, traceparentOf } from '../kernel/trace-context.ts'

export type Tracing = ReturnType<typeof openTracing>

/** One action in a trace: a request, or a piece of work that time made due. */
export type Action = TraceContext & {
  /** The action of another party that asked for this one. */
  readonly parentSpanId?: string
  readonly beganAt: Date
}

/**
 * Knows which action is under way, so that whatever it leads to can be joined to it: its entries on the
 * ledger, its lines in the log, and what it asks of the other operator. Only the two ids of a `traceparent`
 * are taken over; `tracestate` is never read and never passed on.
 */
export function openTracing({
  clock,
  random,
}: {
  readonly clock: Clock
  readonly random: Randomness
}) {
  const underWay = new AsyncLocalStorage<Action>()
  const byRequest = new Map<string, Action>()

  /** Random ids are never zero: sixteen or eight zero bytes in a row do not happen. */
  function begin(traceparent?: string): Action {
    const parent = traceparent === undefined ? undefined : readTraceparent(traceparent)
    return {
      traceId: parent?.traceId ?? hex(random.bytes(16)),
      spanId: hex(random.bytes(8)),
      ...(parent === undefined ? {} : { parentSpanId: parent.spanId }),
      beganAt: clock.now(),
    }
  }

  return {
    begin,

    /** Begins the action of a request. A `traceparent` that is not in the form counts as none. */
    beginRequest(requestId: string, traceparent: string | undefined): Action {
      const action = begin(traceparent)
      byRequest.set(requestId, action)
      return action
    },

    endRequest(requestId: string): void {
      byRequest.delete(requestId)
    },

    /** Runs work as a part of an action, with everything that it waits for. */
    within: <Result>(action: Action, work: () => Result): Result => underWay.run(action, work),

    /**
     * The action that something belongs to. A request id goes first: requests that arrive together share
     * one transaction, which runs as a part of the first one.
     */
    of: (requestId?: string): Action | undefined =>
      (requestId === undefined ? undefined : byRequest.get(requestId)) ?? underWay.getStore(),

    /** For a call to the other operator: the action that is under way, or one of its own. */
    traceparent: (): string => traceparentOf(underWay.getStore() ?? begin()),

    /**
     * For what is sent to an agency: always a trace of its own. In the trace of whoever caused it, two
     * receivers could join what they were told, and learn from whom it came.
     */
    unrelatedTraceparent: (): string => traceparentOf(begin()),
  }
}
