import { indicators } from '../wire/codes/indicators.ts'
import { regions } from '../wire/codes/regions.ts'
import { subjectKinds } from '../wire/codes/subjects.ts'
import { categories, roles } from '../wire/codes.ts'
import type { Screen } from './app.ts'
import { type Draft, isLinkable, isObservationDay, madeCaseReference } from './draft.ts'
import { button, type Child, element, form, submitButton, summaryList } from './elements.ts'
import { mayISharePanel } from './may-i-share.ts'
import type { Entry, StepName } from './question.ts'
import { startSending } from './sending-screen.ts'
import { dayInWords, nameOf } from './words.ts'

/** Whoever it is about is not shown again: the screen may be seen by others. */
function rowsOf({ app }: Entry, draft: Draft): readonly (readonly [StepName, string, Child])[] {
  const t = app.t()
  const language = app.language()
  const { narrative, measures } = draft
  const sealed = (text: string): string => (text === '' ? t.notSaid : t.text.sealedRow(text.length))
  const seen = draft.indicators.map((code) => nameOf(indicators, code, language))
  return [
    ['kind', t.kind.kind, nameOf(subjectKinds, draft.kind, language)],
    ['role', t.role.row, draft.role === '' ? t.notSaid : nameOf(roles, draft.role, language)],
    ['category', t.category.row, nameOf(categories, draft.category, language)],
    [
      'indicators',
      t.indicators.row,
      seen.length === 0
        ? t.indicators.none
        : element(
            'ul',
            {},
            seen.map((text) => element('li', {}, text)),
          ),
    ],
    [
      'where',
      t.where.rowRegion,
      draft.region === '' ? t.where.noRegion : nameOf(regions, draft.region, language),
    ],
    ['where', t.where.rowDay, dayInWords(draft.observedOn, language)],
    ['subject', draft.kind === 'person' ? t.who.row : t.who.rowScene, t.who.given],
    ['text', t.text.rowNarrative, sealed(narrative)],
    ['text', t.text.rowMeasures, sealed(measures)],
    ['text', t.text.rowCase, draft.caseReference],
  ]
}

/** The first question that still lacks an answer, such as after another kind of subject was chosen. */
function openStep(entry: Entry, draft: Draft): StepName | undefined {
  const today = entry.app.today()
  const steps = entry.steps(draft)
  const lacks: Partial<Record<StepName, boolean>> = {
    role: draft.role === '',
    category: draft.category === '',
    where: !isObservationDay(draft.observedOn, today),
    subject: !isLinkable(draft, today),
  }
  return steps.find((name) => lacks[name])
}

/** All answers, to be looked over before they are sent. */
export const checkScreen =
  (entry: Entry): Screen =>
  () => {
    const { app } = entry
    const t = app.t()
    const draft = entry.draft()
    if (draft === undefined) return { title: t.title, body: button(t.home, app.home) }
    const missing = openStep(entry, draft)
    if (missing !== undefined) return entry.stepScreen(missing, true)()
    if (draft.caseReference === '') draft.caseReference = madeCaseReference(app.today())
    const steps = entry.steps(draft)
    const rows = rowsOf(entry, draft).filter(([step]) => steps.includes(step))
    return {
      title: t.check.title,
      body: [
        element('p', { class: 'raakvlak-quiet' }, t.step(steps.length + 1, steps.length + 1)),
        draft.correcting !== undefined &&
          element(
            'p',
            { class: 'raakvlak-hint' },
            t.check.correcting(draft.correcting.caseReference),
          ),
        summaryList(
          rows.map(([step, term, told]) => {
            const change = button(t.change, () => app.show(entry.stepScreen(step, true)), 'subtle')
            change.setAttribute('aria-label', t.changeOf(term))
            return [term, [element('div', {}, told), change]]
          }),
        ),
        form(
          () => startSending(entry, draft),
          element(
            'div',
            { class: 'raakvlak-row' },
            submitButton(draft.correcting === undefined ? t.check.submit : t.check.correct),
            button(t.back, app.back, 'secondary'),
          ),
        ),
      ],
      aside: mayISharePanel(app, () => draft, { atOnce: true }),
    }
  }
