import type { UnderAgreement } from '../client/signal-bodies.ts'
import { whomToCall } from '../client/whom-to-call.ts'
import { reasonsInWords } from '../linkage/evidence.ts'
import type { Overlap, SignalAnswer } from '../wire/signal.ts'
import type { App, Screen } from './app.ts'
import { button, element, notice, summaryList } from './elements.ts'
import { qualitiesInWords } from './qualities.ts'
import type { Entry } from './question.ts'
import { dayInWords } from './words.ts'

/** What was taken, after the draft is gone. */
export type Sent = {
  readonly answer: SignalAnswer
  readonly under: UnderAgreement
  readonly caseReference: string
  readonly keptUntil: string
  readonly isCorrection: boolean
}

/** With whom an overlap is, and whom to call: as the agreement says. */
export function overlapNotice(
  app: App,
  overlap: Overlap,
  { content }: UnderAgreement,
): HTMLElement {
  const t = app.t().sent
  const language = app.language()
  return notice(
    'warning',
    t.overlaps,
    element(
      'ul',
      {},
      overlap.others.map((other) =>
        element(
          'li',
          {},
          element('strong', {}, t.call(other.name, whomToCall(other, content))),
          ` (${qualitiesInWords[other.quality][language]}: ${reasonsInWords(other.reasons, language).join(', ')})`,
        ),
      ),
    ),
  )
}

/** Offers the receipt as a file. It holds the act and its place on the ledger: nothing about the subject. */
export function receiptButton(app: App, receipt: object, id: string): HTMLElement {
  const t = app.t().sent
  const save = (): void => {
    const url = URL.createObjectURL(
      new Blob([`${JSON.stringify(receipt, null, 2)}\n`], { type: 'application/json' }),
    )
    const link = element('a', { href: url, download: `receipt-${id}.json` })
    link.click()
    URL.revokeObjectURL(url)
  }
  return element(
    'div',
    {},
    button(t.download, save, 'secondary'),
    element('p', { class: 'raakvlak-hint' }, t.downloadText),
  )
}

/** The receipt, what happens next, and whom to call where an overlap is known. */
export const sentScreen =
  (
    { app, toSignals }: Entry,
    { answer, under, caseReference, keptUntil, isCorrection }: Sent,
  ): Screen =>
  () => {
    const t = app.t()
    const language = app.language()
    const { receipt, overlaps, earlierKnown = [], id } = answer
    const { content } = under
    return {
      title: isCorrection ? t.sent.corrected : t.sent.title,
      body: [
        notice(
          'ok',
          t.sent.proven,
          element('p', {}, t.sent.place(String(receipt.index + 1), receipt.origin)),
        ),
        overlaps.map((overlap) => overlapNotice(app, overlap, under)),
        earlierKnown.map(({ name, since, ...desk }) =>
          notice(
            'warning',
            t.sent.overlaps,
            element(
              'p',
              {},
              t.sent.earlier(name, whomToCall(desk, content), dayInWords(since, language)),
            ),
          ),
        ),
        overlaps.length === 0 && element('p', {}, t.sent.noOverlap),
        summaryList([[t.text.rowCase, caseReference]]),
        receiptButton(app, receipt, id),
        element('h2', {}, t.sent.nextTitle),
        element('p', {}, t.sent.next(content.deadlines.acknowledgeWorkingDays)),
        element('p', {}, t.sent.keptUntil(dayInWords(keptUntil, language))),
        element(
          'div',
          { class: 'raakvlak-row' },
          button(t.sent.list, toSignals, 'secondary'),
          button(t.home, app.home, 'secondary'),
        ),
      ],
    }
  }
