import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import type { FeedbackStatus } from '../../src/wire/codes/follow-ups.ts'
import type { AgencyResult } from './agencies.ts'

/** What an agency of the demonstration is told of one of its signals. */
export type DemoFeedback = {
  readonly agency: string
  readonly caseReference: string
  readonly status: FeedbackStatus
}

const outcomesInTurn = ['support-started', 'plans-aligned', 'already-in-contact'] as const
/** Each agency deals with so many of those in which it has the lead; the others wait in its queue. */
const mostConcluded = outcomesInTurn.length

/**
 * Each agency looks at its queue and deals with the first of those in which it has the lead: it
 * acknowledges and records an outcome. Then everybody asks what became of its own signals in those.
 */
export async function followUpSome(
  results: readonly AgencyResult[],
  under: UnderAgreement,
): Promise<DemoFeedback[]> {
  for (const { agency } of results) {
    const { followUps, agency: own } = agency.partner
    const leading = (await followUps.list(under)).filter(({ lead }) => lead.agency === own)
    for (const [index, one] of leading.slice(0, mostConcluded).entries()) {
      const seen = await followUps.acknowledge(one)
      await followUps.conclude(seen, { outcome: outcomesInTurn[index] ?? 'no-added-value' })
    }
  }
  const feedback: DemoFeedback[] = []
  for (const { agency } of results) {
    const { followUps } = agency.partner
    const signals = (await followUps.list(under, 'over')).flatMap(({ signals: own }) => own)
    for (const { id, caseReference = '' } of signals) {
      const { status } = await followUps.feedback(id)
      feedback.push({ agency: agency.name, caseReference, status })
    }
  }
  return feedback
}
