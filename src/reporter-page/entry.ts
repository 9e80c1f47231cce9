import { type IndicatorCode, indicatorGroups, indicators } from '../wire/codes/indicators.ts'
import { regions } from '../wire/codes/regions.ts'
import { type SubjectKind, subjectKinds } from '../wire/codes/subjects.ts'
import { categories, roles } from '../wire/codes.ts'
import type { Screen, View } from './app.ts'
import { type Draft, isObservationDay } from './draft.ts'
import {
  button,
  checkboxField,
  element,
  form,
  radioField,
  selectField,
  submitButton,
  textField,
} from './elements.ts'
import { mayISharePanel } from './may-i-share.ts'
import type { Entry, Step, StepName } from './question.ts'
import { subjectStep, textStep } from './subject.ts'

const said = (
  list: readonly { readonly code: string; readonly en: string; readonly nl: string }[],
  language: 'en' | 'nl',
) => list.map((one) => ({ value: one.code, text: one[language] }))

export const underSubmitting = ({ app }: Entry) => {
  const { agency, agreements } = app.own()
  return agreements.filter(({ content }) =>
    content.parties.some((party) => party.agency === agency && party.roles.includes('submit')),
  )
}

function kindStep({ app }: Entry, draft: Draft): Step {
  const t = app.t().kind
  const agreements = draft.correcting === undefined ? app.own().agreements : [draft.under]
  const agreement = selectField({
    label: t.agreement,
    value: draft.under.hash,
    options: agreements.map(({ hash, content }) => ({ value: hash, text: content.title })),
  })
  const known = new Set<string>(draft.under.content.subjectKinds)
  const kind = radioField({
    label: t.kind,
    chosen: [draft.kind],
    options: said(
      subjectKinds.filter(({ code }) => known.has(code)),
      app.language(),
    ),
  })
  return {
    title: t.title,
    fields: [agreements.length > 1 && agreement.node, kind.node],
    save: () => {
      const under = agreements.find(({ hash }) => hash === agreement.read()) ?? draft.under
      const chosen = (kind.read() || draft.kind) as SubjectKind
      draft.under = under
      draft.kind = under.content.subjectKinds.includes(chosen)
        ? chosen
        : (under.content.subjectKinds[0] ?? 'person')
    },
    check: () => undefined,
  }
}

function oneOfStep<Name extends 'role' | 'category'>(
  { app }: Entry,
  draft: Draft,
  name: Name,
): Step {
  const t = app.t()[name]
  const allowed = new Set<string>(draft.under.content.categories)
  const list = name === 'role' ? roles : categories.filter(({ code }) => allowed.has(code))
  const field = radioField({
    label: t.title,
    hideLegend: true,
    ...('hint' in t ? { hint: t.hint } : {}),
    chosen: [draft[name]],
    options: said(list, app.language()),
  })
  return {
    title: t.title,
    fields: field.node,
    save: () => {
      draft[name] = field.read() as Draft[Name]
    },
    check: () => {
      const isMissing = field.read() === ''
      field.fault(isMissing ? t.missing : undefined)
      return isMissing ? field.focus : undefined
    },
  }
}

function indicatorsStep({ app }: Entry, draft: Draft): Step {
  const t = app.t().indicators
  const groups = indicatorGroups.map((group) => {
    const those = indicators.filter((one) => one.group === group.code)
    const chosen = draft.indicators.filter((code) => those.some((one) => one.code === code))
    const field = checkboxField({
      label: group[app.language()],
      chosen,
      options: said(those, app.language()),
    })
    field.node.classList.add('page-group')
    return field
  })
  return {
    title: t.title,
    fields: [
      element('p', { class: 'raakvlak-hint' }, t.hint),
      element(
        'div',
        { class: 'page-groups' },
        groups.map(({ node }) => node),
      ),
    ],
    save: () => {
      draft.indicators = groups.flatMap(({ read }) => read()) as IndicatorCode[]
    },
    check: () => undefined,
  }
}

function whereStep({ app }: Entry, draft: Draft): Step {
  const t = app.t().where
  const region = selectField({
    label: t.region,
    value: draft.region,
    options: [{ value: '', text: t.noRegion }, ...said(regions, app.language())],
  })
  const day = textField({
    label: t.day,
    hint: t.dayHint,
    type: 'date',
    width: 'short',
    max: app.today(),
    value: draft.observedOn,
  })
  return {
    title: t.title,
    fields: [region.node, day.node],
    save: () => {
      draft.region = region.read() as Draft['region']
      draft.observedOn = day.read()
    },
    check: () => {
      const isWrong = !isObservationDay(day.read(), app.today())
      day.fault(isWrong ? t.dayWrong : undefined)
      return isWrong ? day.focus : undefined
    },
  }
}

const stepOf = (entry: Entry, draft: Draft, name: StepName): Step => {
  if (name === 'kind') return kindStep(entry, draft)
  if (name === 'role' || name === 'category') return oneOfStep(entry, draft, name)
  if (name === 'indicators') return indicatorsStep(entry, draft)
  if (name === 'where') return whereStep(entry, draft)
  return name === 'subject' ? subjectStep(entry, draft) : textStep(entry, draft)
}

/** The questions for this draft, in order: only those that there is something to choose in. */
export function stepsFor(entry: Entry, draft: Draft): readonly StepName[] {
  const hasChoice = draft.under.content.subjectKinds.length > 1 || underSubmitting(entry).length > 1
  return [
    ...(hasChoice ? (['kind'] as const) : []),
    ...(draft.kind === 'person' ? (['role'] as const) : []),
    'category',
    'indicators',
    'where',
    'subject',
    'text',
  ]
}

/** One question. After it comes the next, or the answers again when only this one was changed. */
export const stepScreen =
  (entry: Entry, name: StepName, returnsToCheck = false): Screen =>
  (): View => {
    const { app } = entry
    const draft = entry.draft()
    if (draft === undefined) return { title: app.t().title, body: button(app.t().home, app.home) }
    const t = app.t()
    const step = stepOf(entry, draft, name)
    const before = JSON.stringify({ ...draft, prepared: undefined })
    const save = (): void => {
      step.save()
      if (JSON.stringify({ ...draft, prepared: undefined }) !== before) delete draft.prepared
    }
    const goOn = (): void => {
      const focusFault = step.check()
      if (focusFault !== undefined) {
        focusFault()
        return
      }
      save()
      const steps = entry.steps(draft)
      const next = steps[steps.indexOf(name) + 1]
      const isLast = next === undefined || (returnsToCheck && name !== 'kind')
      app.show(isLast ? entry.checkScreen : entry.stepScreen(next))
    }
    const steps = entry.steps(draft)
    return {
      title: step.title,
      save,
      body: [
        element(
          'p',
          { class: 'raakvlak-quiet' },
          t.step(steps.indexOf(name) + 1, steps.length + 1),
        ),
        draft.correcting !== undefined &&
          element(
            'p',
            { class: 'raakvlak-hint' },
            t.check.correcting(draft.correcting.caseReference),
          ),
        form(
          goOn,
          step.fields,
          element(
            'div',
            { class: 'raakvlak-row' },
            submitButton(t.next),
            button(t.back, app.back, 'secondary'),
          ),
        ),
        element(
          'p',
          {},
          button(t.cancel, () => stop(entry), 'subtle'),
        ),
      ],
      aside: mayISharePanel(app, () => {
        save()
        return draft
      }),
    }
  }

function stop({ app, forget }: Entry): void {
  if (!window.confirm(app.t().leaving)) return
  forget()
  app.home()
}
