import type { Receipt } from '../wire/common.ts'
import type { BulkItem, SignalBody } from '../wire/signal.ts'
import { GatewayProblem, UntrustworthyOperator } from './errors.ts'
import type { Answer, openJournal } from './journal.ts'
import type { Partner } from './partner.ts'
import type { RejectedRow, SignalRow } from './rows.ts'
import { keyRows, runsOf, type UnderAgreement } from './signal-bodies.ts'

/** Signals per request; the gateway takes no more at once. */
const signalsPerRequest = 100

export type SubmissionReport = {
  readonly accepted: number
  readonly refused: readonly { readonly line: number; readonly reason: string }[]
  /** Neither evaluated nor sent: no linkage key can be made, or the period for keeping it is past. */
  readonly leftOut: readonly RejectedRow[]
  /** The public id of each accepted signal, by line of the file. */
  readonly signalIds: ReadonlyMap<number, string>
  readonly receipts: readonly Receipt[]
}

/**
 * Submits rows under an agreement, resuming where the journal left off. Runs of rows are evaluated
 * while the run before is being sent. A row without any linkage key, or whose retention is past, is left out
 * before that, and told in `leftOut`. `onProgress` hears the number of rows that are done.
 * @throws whatever the partner throws; what was answered until then is in the journal
 */
export async function submitRows({
  partner,
  rows,
  under,
  journal,
  onProgress = () => {},
}: {
  readonly partner: Partner
  readonly rows: readonly SignalRow[]
  readonly under: UnderAgreement
  readonly journal: Awaited<ReturnType<typeof openJournal>>
  readonly onProgress?: (done: number) => void
}): Promise<SubmissionReport> {
  const { waiting, answered } = journal
  const { linkable, unlinkable } = keyRows(rows)
  // No operator takes a signal without tokens, nor the others of its request.
  for (const [line, { tokens }] of waiting) if (tokens.length === 0) waiting.delete(line)
  onProgress(answered.size)

  async function send(lines: readonly number[]): Promise<void> {
    for (let start = 0; start < lines.length; start += signalsPerRequest) {
      const slice = lines.slice(start, start + signalsPerRequest)
      const bodies = slice.flatMap((line) => {
        const body = waiting.get(line)
        return body === undefined ? [] : [{ line, body }]
      })
      const results = await partner.submit(bodies.map(({ body }) => body))
      const answers: { readonly line: number; readonly answer: Answer }[] = []
      for (const [at, { line, body }] of bodies.entries()) {
        const result = results[at]
        if (result === undefined) continue
        await assertAbout(partner, body, result)
        answers.push({ line, answer: answerOf(body, result) })
      }
      await journal.record(answers.map(({ line, answer }) => ({ line, ...answer })))
      for (const { line, answer } of answers) {
        waiting.delete(line)
        answered.set(line, answer)
      }
      onProgress(answered.size)
    }
  }

  await send([...waiting.keys()])
  const unanswered = linkable.filter(({ row }) => !answered.has(row.line))
  const past = unanswered.filter(({ row }) => partner.isPastRetention(row, under))
  const open = unanswered.filter((keyed) => !past.includes(keyed))
  let sending: Promise<void> = Promise.resolve()
  for (const run of runsOf(open)) {
    const bodies = await partner.prepare(run, under)
    await sending
    const prepared = run.flatMap(({ row }, at) => {
      const body = bodies[at]
      return body === undefined ? [] : [{ line: row.line, body }]
    })
    await journal.record(prepared)
    for (const { line, body } of prepared) waiting.set(line, body)
    sending = send(prepared.map(({ line }) => line))
    // Its failure is met at the next await; until then it must not count as unhandled.
    sending.catch(() => {})
  }
  await sending
  const problems = [
    'observedOn: the agreement does not let a signal of this day, or of somebody of this age, be kept until today',
  ]
  return {
    ...reportOf(answered),
    leftOut: [...unlinkable, ...past.map(({ row: { line } }) => ({ line, problems }))],
  }
}

/**
 * Makes sure that an answer is about this signal and, when it says that the signal was accepted, that
 * its receipt proves just that under the pinned key of the ledger. Otherwise a gateway could drop
 * signals and hand out one old receipt for all.
 * @throws UntrustworthyOperator
 */
async function assertAbout(partner: Partner, body: SignalBody, result: BulkItem): Promise<void> {
  if (result.id !== body.id) {
    throw new UntrustworthyOperator('gateway', 'it answered about another signal')
  }
  if (!('receipt' in result)) return
  const verdict = await partner.verifyReceipt(result.receipt, body.domain)
  const entry: Readonly<Record<string, unknown>> | undefined = verdict.valid
    ? verdict.entry
    : undefined
  const proven =
    entry?.kind === 'signal.submit' &&
    entry.signalId === body.id &&
    entry.agency === partner.agency &&
    entry.outcome === 'permit'
  if (!proven) {
    throw new UntrustworthyOperator('gateway', 'its receipt does not prove that it took the signal')
  }
}

/** What is final about an answer. @throws GatewayProblem for one that a later try may turn */
function answerOf({ caseReference }: SignalBody, result: BulkItem): Answer {
  if ('receipt' in result) return { id: result.id, caseReference, receipt: result.receipt }
  const problem = new GatewayProblem(result.problem)
  if (result.status === 429 || result.status >= 500) throw problem
  return { id: result.id, caseReference, refused: problem.message }
}

function reportOf(answered: ReadonlyMap<number, Answer>): Omit<SubmissionReport, 'leftOut'> {
  const refused: { line: number; reason: string }[] = []
  const signalIds = new Map<number, string>()
  const receipts: Receipt[] = []
  for (const [line, answer] of answered) {
    if ('refused' in answer) refused.push({ line, reason: answer.refused })
    else {
      signalIds.set(line, answer.id)
      receipts.push(answer.receipt)
    }
  }
  return { accepted: signalIds.size, refused, signalIds, receipts }
}
