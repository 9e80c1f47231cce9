import { agreementsScreen } from './agreements.ts'
import { type App, openApp, type Screen } from './app.ts'
import { checkScreen } from './check.ts'
import { type Draft, emptyDraft } from './draft.ts'
import { button, element, notice } from './elements.ts'
import { stepScreen, stepsFor, underSubmitting } from './entry.ts'
import type { Entry } from './question.ts'
import { requestsScreen } from './requests.ts'
import { signalsScreen } from './signals.ts'

/** The page of a reporter, in the browser. Everything that is typed stays in `draft`, until it is let go. */
function screens(app: App) {
  let draft: Draft | undefined
  const forget = (): void => {
    draft = undefined
  }
  const entry: Entry = {
    app,
    draft: () => draft,
    forget,
    steps: (one) => stepsFor(entry, one),
    stepScreen: (name, returnsToCheck) => stepScreen(entry, name, returnsToCheck),
    checkScreen: () => checkScreen(entry)(),
    toSignals: () => app.show(signalsScreen(app, begin)),
  }

  function begin(correcting?: {
    readonly id: string
    readonly caseReference: string
    readonly agreement: string
  }): void {
    const under = underSubmitting(entry).find(
      ({ hash }) => correcting === undefined || hash === correcting.agreement,
    )
    if (under === undefined) return
    draft = emptyDraft(under, app.today(), correcting)
    const [first = 'category'] = stepsFor(entry, draft)
    app.show(entry.stepScreen(first))
  }
  const tile = (title: string, text: string, act: () => void, isMain = false) =>
    element(
      'li',
      { class: 'page-tile' },
      button(title, act, isMain ? 'primary' : 'secondary'),
      element('p', { class: 'raakvlak-hint' }, text),
    )

  const start: Screen = () => {
    const t = app.t().start
    const isDecider = app.signedIn().role === 'decider'
    const mayEnter = underSubmitting(entry).length > 0
    return {
      title: t.title(app.signedIn().name),
      body: [
        element('p', {}, t.agency(app.own().name)),
        !mayEnter && notice('warning', t.none),
        element(
          'ul',
          { class: 'page-tiles' },
          mayEnter && tile(t.enter, t.enterText, () => begin(), true),
          tile(t.signals, t.signalsText, entry.toSignals),
          isDecider && tile(t.requests, t.requestsText, () => app.show(requestsScreen(app))),
          isDecider && tile(t.agreements, t.agreementsText, () => app.show(agreementsScreen(app))),
        ),
      ],
    }
  }
  return { start, isTyping: () => draft !== undefined, forget }
}

const root = document.getElementById('page')
if (root !== null) openApp(root, screens)
