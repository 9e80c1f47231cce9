import type { SentSignal, SignalNow } from '../client/local-api.ts'
import { outcomes } from '../wire/codes/follow-ups.ts'
import { categories } from '../wire/codes.ts'
import type { App, Screen } from './app.ts'
import { askScreen } from './ask-to-read.ts'
import {
  button,
  type Child,
  element,
  form,
  notice,
  radioField,
  submitButton,
  summaryList,
} from './elements.ts'
import { explainFailure } from './failures.ts'
import { fetched } from './fetched.ts'
import { overlapNotice, receiptButton } from './sent.ts'
import { table } from './table.ts'
import { dayInWords, nameOf } from './words.ts'

/** How a signal is given another body. */
export type Correct = (signal: SentSignal) => void

function signalsTable(
  app: App,
  signals: readonly SentSignal[],
  caption: string,
  correct: Correct,
): Child {
  const t = app.t().signals
  const language = app.language()
  return table(
    caption,
    [t.case, t.form, t.sentOn, t.open],
    signals.map((signal) => {
      const look = button(t.open, () => app.show(signalScreen(app, signal, correct)), 'subtle')
      look.setAttribute('aria-label', t.openOf(signal.caseReference))
      return [
        signal.caseReference,
        nameOf(categories, signal.category, language),
        [
          dayInWords(signal.sentAt, language),
          signal.receipt === undefined &&
            element(
              'span',
              { class: 'nl-data-badge raakvlak-badge raakvlak-badge--warning' },
              t.unsure,
            ),
        ],
        look,
      ]
    }),
  )
}

/** The signals that were sent from this connector, those of the reader first. */
export const signalsScreen = (app: App, correct: Correct): Screen => {
  const list = fetched(app, () =>
    app.transport.get<{ readonly signals: readonly SentSignal[] }>('/api/signals'),
  )
  return () => {
    const t = app.t().signals
    return {
      title: t.title,
      body: list.show(({ signals }) =>
        signals.length === 0
          ? element('p', {}, t.none)
          : [
              signalsTable(
                app,
                signals.filter(({ own }) => own),
                t.mine,
                correct,
              ),
              signalsTable(
                app,
                signals.filter(({ own }) => !own),
                t.others,
                correct,
              ),
            ],
      ),
    }
  }
}

function nowOf(app: App, signal: SentSignal, now: SignalNow): Child {
  const t = app.t()
  const language = app.language()
  const under = app.own().agreements.find(({ hash }) => hash === signal.agreement)
  const { feedback } = now
  return [
    summaryList([
      [t.signals.state, t.signal.states[now.state]],
      [t.signals.form, nameOf(categories, signal.category, language)],
      [t.signals.sentOn, dayInWords(now.submittedAt, language)],
    ]),
    element('h2', {}, t.signal.feedback),
    element('p', {}, feedback[language]),
    feedback.outcome !== undefined &&
      element('p', {}, nameOf(outcomes, feedback.outcome, language)),
    under !== undefined &&
      now.overlaps.map((overlap) => [
        overlapNotice(app, overlap, under),
        app.signedIn().role === 'decider' &&
          element(
            'p',
            {},
            button(t.request.new, () => app.show(askScreen(app, overlap, under)), 'secondary'),
          ),
      ]),
    now.ended.length > 0 && element('p', {}, t.signal.ended),
    receiptButton(app, now.receipt, signal.id),
  ]
}

function actsOn(app: App, signal: SentSignal, newest: number | undefined, correct: Correct): Child {
  const t = app.t().signal
  const isOld = newest !== undefined && signal.epoch < newest
  return [
    isOld &&
      notice(
        'warning',
        t.renew,
        element('p', {}, t.renewText),
        button(t.renew, () => correct(signal)),
      ),
    element('h2', {}, t.acts),
    button(t.correct, () => correct(signal), 'secondary'),
    element('p', { class: 'raakvlak-hint' }, t.correctText),
    button(t.withdraw, () => app.show(withdrawScreen(app, signal, correct)), 'danger'),
    element('p', { class: 'raakvlak-hint' }, t.withdrawText),
  ]
}

/** One signal: its state, what became of it, whom to call, and what can be done with it. */
export const signalScreen = (app: App, signal: SentSignal, correct: Correct): Screen => {
  const under = app.own().agreements.find(({ hash }) => hash === signal.agreement)
  const now = fetched(app, async () => ({
    now: await app.transport.get<SignalNow>(`/api/signals/${signal.id}`),
    newest:
      under === undefined
        ? undefined
        : await app
            .sender()
            .epochOf(under.content.domain)
            .catch(() => undefined),
  }))
  return () => ({
    title: app.t().signal.title(signal.caseReference),
    body: [
      now.show((told) => [
        nowOf(app, signal, told.now),
        told.now.state === 'live' && actsOn(app, signal, told.newest, correct),
      ]),
      element('div', { class: 'raakvlak-row' }, button(app.t().back, app.back, 'secondary')),
    ],
  })
}

const withdrawScreen = (app: App, signal: SentSignal, correct: Correct): Screen => {
  let failure: unknown
  return () => {
    const t = app.t().signal
    const reason = radioField({
      label: t.reason,
      chosen: ['no-longer-a-signal'],
      options: Object.entries(t.reasons).map(([value, text]) => ({ value, text })),
    })
    const withdraw = async (): Promise<void> => {
      try {
        await app.transport.post(`/api/signals/${signal.id}/_withdraw`, { reason: reason.read() })
        app.restart(signalScreen(app, signal, correct))
      } catch (error) {
        failure = error
        app.refresh()
      }
    }
    return {
      title: t.withdrawTitle,
      body: [
        failure !== undefined && explainFailure(app.t(), app.language(), failure),
        element('p', {}, t.withdrawText),
        form(
          withdraw,
          reason.node,
          element(
            'div',
            { class: 'raakvlak-row' },
            submitButton(t.withdraw),
            button(t.keep, app.back, 'secondary'),
          ),
        ),
      ],
    }
  }
}
