import { GatewayProblem } from './errors.ts'
import { epochOf, type openJournal } from './journal.ts'
import type { ForAnother, Partner } from './partner.ts'
import type { SignalRow } from './rows.ts'
import type { UnderAgreement } from './signal-bodies.ts'
import { correctRow } from './submission.ts'

export type RenewalReport = {
  /** Signals that have tokens of the newest epoch now. */
  readonly renewed: number
  /** Signals that had them already. */
  readonly current: number
  /** Signals that have ended. */
  readonly ended: number
  /** Rows that were never submitted. */
  readonly unknown: number
}

const gone = new Set(['signals/ended', 'signals/not-found'])

/**
 * Gives signals that were submitted under an older epoch the tokens of the newest one, so that they still meet new
 * signals when the older epoch has closed: each row is sent as a correction of its own signal, and counts as one.
 * Interrupt it anywhere and run it again.
 * @throws whatever the partner throws; what was renewed until then is in the journal
 */
export async function renewRows({
  partner,
  rows,
  under,
  journal,
  forAnother = {},
  onProgress = () => {},
}: {
  readonly partner: Partner
  readonly rows: readonly SignalRow[]
  readonly under: UnderAgreement
  readonly journal: Awaited<ReturnType<typeof openJournal>>
  readonly forAnother?: ForAnother
  readonly onProgress?: (done: number) => void
}): Promise<RenewalReport> {
  const { epoch } = await partner.domainKeys(under.content.domain)
  const marks = journal.marksOf(rows)
  const report = { renewed: 0, current: 0, ended: 0, unknown: 0 }
  for (const [at, row] of rows.entries()) {
    const mark = marks[at] ?? ''
    const answer = journal.answered.get(mark)
    if (answer === undefined || 'refused' in answer) report.unknown += 1
    else if (epochOf(answer) >= epoch) report.current += 1
    else {
      const { id } = answer
      const outcome = await correctRow({ partner, id, row, under, journal, mark, forAnother }).then(
        () => 'renewed' as const,
        (error: unknown) => {
          if (error instanceof GatewayProblem && gone.has(error.code)) return 'ended' as const
          throw error
        },
      )
      report[outcome] += 1
    }
    onProgress(at + 1)
  }
  return report
}
