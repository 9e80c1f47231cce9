import type { EarlierKnown } from '../wire/archive.ts'
import type { Receipt } from '../wire/common.ts'
import type { BulkItem, SignalAnswer, SignalBody } from '../wire/signal.ts'
import { GatewayProblem, isClosedEpoch, UntrustworthyOperator } from './errors.ts'
import { type Answer, epochOf, type openJournal } from './journal.ts'
import type { ForAnother, Partner } from './partner.ts'
import { provesAct } from './proven-act.ts'
import type { RejectedRow, SignalRow } from './rows.ts'
import { type FewerKeys, keyRows, runsOf, type UnderAgreement } from './signal-bodies.ts'
import { assertEarlierAmongParties } from './whom-to-call.ts'

/** Signals per request; the gateway takes no more at once. */
const signalsPerRequest = 100

const pastRetentionProblems = [
  'observedOn: the agreement does not let a signal of this day, or of somebody of this age, be kept until today',
]

export type SubmissionReport = {
  /** Signals that this submission brought. */
  readonly accepted: number
  /** Rows whose signal was accepted before, known by all that they say; not sent again. */
  readonly known: number
  readonly refused: readonly { readonly line: number; readonly reason: string }[]
  /** Neither evaluated nor sent: no linkage key can be made, or the period for keeping it is past. */
  readonly rejected: readonly RejectedRow[]
  /** Why some of the rows that were sent now have fewer linkage keys than they could. */
  readonly fewerKeys: FewerKeys
  /** The public id of each accepted signal, new or known, by line of the file. */
  readonly signalIds: ReadonlyMap<number, string>
  readonly receipts: readonly Receipt[]
  /** Who signalled the subject of a row before, by line: told once, for signals that have expired. */
  readonly earlierKnown: ReadonlyMap<number, readonly EarlierKnown[]>
}

/**
 * Submits rows under an agreement, resuming where the journal left off: a row that was answered
 * before, in whichever file, is not sent again. Runs of rows are evaluated
 * while the run before is being sent. A row without any linkage key, or whose retention is past, is left
 * out before that, and told in `rejected`. `onProgress` hears the number of rows that are done.
 * @throws whatever the partner throws; what was answered until then is in the journal
 */
export async function submitRows({
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
}): Promise<SubmissionReport> {
  const { waiting, answered } = journal
  const marks = journal.marksOf(rows)
  const markOf = new Map(rows.map((row, at) => [row, marks[at] ?? '']))
  const known = new Set(marks.filter((mark) => answered.has(mark)))
  // No operator takes a signal without tokens, nor the others of its request.
  for (const [mark, { tokens }] of waiting) if (tokens.length === 0) waiting.delete(mark)
  const done = () => marks.reduce((count, mark) => count + (answered.has(mark) ? 1 : 0), 0)
  onProgress(done())

  let closed: GatewayProblem | undefined

  async function send(waitingMarks: readonly string[]): Promise<void> {
    for (let start = 0; start < waitingMarks.length; start += signalsPerRequest) {
      const slice = waitingMarks.slice(start, start + signalsPerRequest)
      const bodies = slice.flatMap((row) => {
        const body = waiting.get(row)
        return body === undefined ? [] : [{ row, body }]
      })
      const results = await partner.submit(bodies.map(({ body }) => body))
      const answers: { readonly row: string; readonly answer: Answer }[] = []
      for (const [at, { row, body }] of bodies.entries()) {
        const result = results[at]
        if (result === undefined) continue
        const problem = 'problem' in result ? new GatewayProblem(result.problem) : undefined
        if (problem !== undefined && isClosedEpoch(problem)) {
          waiting.delete(row)
          closed = problem
          continue
        }
        await assertAbout(partner, body, result)
        if ('receipt' in result) assertEarlierAmongParties(result.earlierKnown ?? [], under.content)
        answers.push({ row, answer: answerOf(body, result) })
      }
      await journal.record(answers.map(({ row, answer }) => ({ row, ...answer })))
      for (const { row, answer } of answers) {
        waiting.delete(row)
        answered.set(row, answer)
      }
      onProgress(done())
    }
  }

  await send([...waiting.keys()])
  // Prepared before their epoch closed: made anew below, with the rows that were never prepared.
  closed = undefined
  const open = rows.filter((row) => !answered.has(markOf.get(row) ?? ''))
  const past = open.filter((row) => partner.isPastRetention(row, under))
  const { linkable, unlinkable, fewerKeys } = keyRows(
    open.filter((row) => !past.includes(row)),
    rows,
  )
  let sending: Promise<void> = Promise.resolve()
  for (const run of runsOf(linkable)) {
    const bodies = await partner.prepare(run, under, forAnother)
    await sending
    const prepared = run.flatMap(({ row }, at) => {
      const body = bodies[at]
      return body === undefined ? [] : [{ row: markOf.get(row) ?? '', body }]
    })
    await journal.record(prepared)
    for (const { row, body } of prepared) waiting.set(row, body)
    sending = send(prepared.map(({ row }) => row))
    // Its failure is met at the next await; until then it must not count as unhandled.
    sending.catch(() => {})
  }
  await sending
  if (closed !== undefined) throw closed
  const answers = rows.flatMap((row) => {
    const mark = markOf.get(row) ?? ''
    const answer = answered.get(mark)
    return answer === undefined ? [] : [{ line: row.line, known: known.has(mark), answer }]
  })
  const overdue = past.map(({ line }) => ({ line, problems: pastRetentionProblems }))
  return { ...reportOf(answers), rejected: [...unlinkable, ...overdue], fewerKeys }
}

/**
 * Gives a signal of the agency's own, or one that it submitted for another, another body, and notes in
 * the journal that this row is that signal: the file it stands in can be submitted again without
 * bringing the row as a new one.
 * @throws whatever the partner throws, and UntrustworthyOperator when the receipt does not prove the
 * correction; then nothing is noted
 */
export async function correctRow({
  partner,
  id,
  row,
  under,
  journal,
  mark = journal.marksOf([row])[0] ?? '',
  forAnother = {},
}: {
  readonly partner: Partner
  readonly id: string
  readonly row: SignalRow
  readonly under: UnderAgreement
  readonly journal: Awaited<ReturnType<typeof openJournal>>
  /** Of the row, when it is one of a file. */
  readonly mark?: string
  readonly forAnother?: ForAnother
}): Promise<SignalAnswer> {
  const answer = await partner.correct(id, row, under, forAnother)
  const { domain } = under.content
  await assertProven(partner, answer, { kind: 'signal.correct', signalId: id, domain, forAnother })
  const { epoch } = await partner.domainKeys(domain)
  const known = journal.answered.get(mark)
  if (known === undefined || epochOf(known) < epoch) {
    const noted = { id, caseReference: row.caseReference, receipt: answer.receipt, epoch }
    await journal.record([{ row: mark, ...noted }])
    journal.answered.set(mark, noted)
  }
  return answer
}

/** @throws UntrustworthyOperator when the receipt does not prove the act; see `provesAct` */
async function assertProven(
  partner: Partner,
  { receipt }: { readonly receipt: Receipt },
  act: {
    readonly kind: 'signal.submit' | 'signal.correct'
    readonly signalId: string
    readonly domain: string
    readonly forAnother: ForAnother
  },
): Promise<void> {
  const { kind, signalId, domain, forAnother } = act
  const verdict = await partner.verifyReceipt(receipt, domain)
  const proven = provesAct(verdict, { kind, signalId, agency: partner.agency, ...forAnother })
  if (!proven) {
    throw new UntrustworthyOperator('gateway', 'its receipt does not prove that it took the signal')
  }
}

/**
 * Makes sure that an answer is about this signal and, when it says that the signal was accepted, that
 * its receipt proves it.
 * @throws UntrustworthyOperator
 */
async function assertAbout(partner: Partner, body: SignalBody, result: BulkItem): Promise<void> {
  if (result.id !== body.id) {
    throw new UntrustworthyOperator('gateway', 'it answered about another signal')
  }
  if (!('receipt' in result)) return
  const { id: signalId, domain, onBehalfOf } = body
  const forAnother = onBehalfOf === undefined ? {} : { onBehalfOf }
  await assertProven(partner, result, { kind: 'signal.submit', signalId, domain, forAnother })
}

/** What is final about an answer. @throws GatewayProblem for one that a later try may turn */
function answerOf({ caseReference, epoch }: SignalBody, result: BulkItem): Answer {
  if ('receipt' in result) {
    const { id, receipt, earlierKnown } = result
    return { id, caseReference, receipt, epoch, ...(earlierKnown && { earlierKnown }) }
  }
  const problem = new GatewayProblem(result.problem)
  if (result.status === 429 || result.status >= 500) throw problem
  return { id: result.id, caseReference, refused: problem.message }
}

function reportOf(
  answers: readonly { readonly line: number; readonly known: boolean; readonly answer: Answer }[],
): Omit<SubmissionReport, 'rejected' | 'fewerKeys'> {
  const refused: { line: number; reason: string }[] = []
  const signalIds = new Map<number, string>()
  const receipts: Receipt[] = []
  const earlierKnown = new Map<number, readonly EarlierKnown[]>()
  let already = 0
  for (const { line, known, answer } of answers) {
    if ('refused' in answer) {
      refused.push({ line, reason: answer.refused })
      continue
    }
    if (known) already += 1
    signalIds.set(line, answer.id)
    receipts.push(answer.receipt)
    if (!known && answer.earlierKnown) earlierKnown.set(line, answer.earlierKnown)
  }
  const accepted = signalIds.size - already
  return { accepted, known: already, refused, signalIds, receipts, earlierKnown }
}
