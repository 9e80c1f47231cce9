import type { Explanation } from '../wire/policy.ts'
import type { App } from './app.ts'
import { type Draft, questionAbout } from './draft.ts'
import { button, element, notice } from './elements.ts'
import { explainFailure } from './failures.ts'
import { SignedOut } from './transport.ts'

function answerOf(app: App, { outcome, reasons, remedies }: Explanation): HTMLElement {
  const t = app.t().may
  const language = app.language()
  const isPermitted = outcome === 'permit'
  const grounds = element(
    'ul',
    {},
    reasons.map((reason) =>
      element(
        'li',
        {},
        reason[language],
        element('span', { class: 'page-article' }, ` (${reason.article})`),
      ),
    ),
  )
  const changes = remedies.flatMap((remedy) => remedy.changes)
  return notice(
    isPermitted ? 'ok' : 'warning',
    isPermitted ? t.yes : t.no,
    reasons.length > 0 && [element('p', {}, `${t.because}:`), grounds],
    changes.length > 0 && [
      element('p', {}, `${t.instead}:`),
      element(
        'ul',
        {},
        changes.map((change) => element('li', {}, change[language])),
      ),
    ],
  )
}

/** "May I share this?" The gateway is asked about codes only, and nothing is done. */
export function mayISharePanel(
  app: App,
  draft: () => Draft,
  { atOnce = false }: { readonly atOnce?: boolean } = {},
): HTMLElement {
  const t = app.t().may
  const answer = element('div', { 'aria-live': 'polite' })
  const ask = async (): Promise<void> => {
    answer.replaceChildren(element('p', { class: 'raakvlak-hint' }, t.asking))
    const question = questionAbout(draft(), app.today())
    try {
      const told = await app.transport.post<Explanation>('/api/explanations', question)
      answer.replaceChildren(answerOf(app, told))
    } catch (error) {
      if (error instanceof SignedOut) return
      answer.replaceChildren(explainFailure(app.t(), app.language(), error))
    }
  }
  if (atOnce) void ask()
  return element(
    'section',
    { class: undefined },
    element('h2', {}, t.title),
    !atOnce && button(t.ask, ask, 'secondary'),
    answer,
  )
}
