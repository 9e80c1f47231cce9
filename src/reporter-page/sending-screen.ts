import { GatewayProblem, UntrustworthyOperator } from '../client/errors.ts'
import type { SignalAnswer } from '../wire/signal.ts'
import type { App, Screen } from './app.ts'
import type { Draft } from './draft.ts'
import { button, type Child, element, notice } from './elements.ts'
import { explainFailure } from './failures.ts'
import { mayISharePanel } from './may-i-share.ts'
import type { Entry } from './question.ts'
import { ReceiptUnproven, type SendingStep, sendingSteps } from './sending.ts'
import { sentScreen } from './sent.ts'
import { isUnsure, SignedOut } from './transport.ts'

type Progress = { step: SendingStep; failure?: unknown }

function stepsList(app: App, { step, failure }: Progress): HTMLElement {
  const t = app.t().sending
  const at = sendingSteps.indexOf(step)
  return element(
    'ol',
    { class: 'page-steps' },
    sendingSteps.map((name, index) => {
      const state =
        index < at ? 'done' : index > at ? 'ahead' : failure === undefined ? 'busy' : 'failed'
      return element(
        'li',
        {
          class: `page-step page-step--${state}`,
          'aria-current': index === at ? 'step' : undefined,
        },
        t.steps[name],
      )
    }),
  )
}

/** What went wrong, as the title of the screen and as what there is to say about it. */
function failureOf(app: App, draft: Draft, { step, failure }: Progress): readonly [string, Child] {
  const t = app.t().sending
  if (failure instanceof ReceiptUnproven) {
    const who = t.operators[failure.operator]
    return [t.unsure, notice('error', t.untrustedReceipt(who))]
  }
  if (failure instanceof UntrustworthyOperator) {
    return [t.untrusted, notice('error', t.untrustedText(t.operators[failure.operator]))]
  }
  const unsure = step === 'submitting' && isUnsure(failure)
  const isRefusal = failure instanceof GatewayProblem && failure.code === 'policy/denied'
  return [
    unsure ? t.unsure : t.failed,
    [
      element('p', {}, unsure ? t.unsureText : t.kept),
      failure instanceof SignedOut ? undefined : explainFailure(app.t(), app.language(), failure),
      // The same in the reader's language, with what would have to change.
      isRefusal && mayISharePanel(app, () => draft, { atOnce: true }),
    ],
  ]
}

const sendingScreen =
  (entry: Entry, draft: Draft, progress: Progress, retry: () => void): Screen =>
  () => {
    const { app } = entry
    const t = app.t().sending
    const { failure, step } = progress
    // Where it may have arrived, another body under another id would be a second signal.
    const mayHaveArrived = step === 'receipt' || (step === 'submitting' && isUnsure(failure))
    const [title, explained] =
      failure === undefined ? [t.title, undefined] : failureOf(app, draft, progress)
    return {
      title,
      body: [
        explained,
        element('div', { role: 'status' }, stepsList(app, progress)),
        failure !== undefined &&
          element(
            'div',
            { class: 'raakvlak-row' },
            button(t.retry, retry),
            !mayHaveArrived &&
              button(t.backToCheck, () => app.restart(entry.checkScreen), 'secondary'),
          ),
      ],
    }
  }

/** Sends a draft and shows how far it is. A failure keeps the draft, and what was made ready, in memory. */
export function startSending(entry: Entry, draft: Draft): void {
  const { app } = entry
  const progress: Progress = { step: draft.prepared === undefined ? 'keys' : 'submitting' }
  app.restart(sendingScreen(entry, draft, progress, () => startSending(entry, draft)))
  const onStep = (step: SendingStep): void => {
    progress.step = step
    app.refresh()
  }
  app
    .sender()
    .send(draft, app.today(), onStep)
    .then(
      (answer: SignalAnswer) => {
        const kept = draft.prepared?.retainUntil ?? ''
        const { correcting, caseReference, under } = draft
        // From here on the page knows of the subject no more.
        entry.forget()
        app.restart(
          sentScreen(entry, {
            answer,
            under,
            caseReference,
            keptUntil: kept,
            isCorrection: correcting !== undefined,
          }),
        )
      },
      (failure: unknown) => {
        progress.failure = failure
        app.refresh()
      },
    )
}
