import type { Draft, SubjectField } from './draft.ts'
import { isLinkable, personFields, readSubject, sceneFields, tellsOfSubject } from './draft.ts'
import { element, type Field, notice, selectField, textArea, textField } from './elements.ts'
import type { Entry, Step } from './question.ts'
import { countriesInWords } from './words.ts'

const numeric: ReadonlySet<string> = new Set(['bsn', 'vNumber'])
const short: ReadonlySet<string> = new Set([
  'prefix',
  'birthDate',
  'bsn',
  'vNumber',
  'postcode',
  'houseNumber',
  'licencePlate',
])

/** Numbers come after names: who has none does not look at them. */
const numbers: ReadonlySet<string> = new Set([
  'bsn',
  'vNumber',
  'phone',
  'documentNumber',
  'documentCountry',
])

/** Who or what it is about. These inputs have no name, so that no form could ever send them. */
export function subjectStep({ app }: Entry, draft: Draft): Step {
  const t = app.t().who
  const isPerson = draft.kind === 'person'
  const names: readonly SubjectField[] =
    draft.kind === 'person' ? personFields : sceneFields[draft.kind]
  const fieldFor = (name: SubjectField): Field<string> => {
    const value = draft.subject[name] ?? ''
    if (name === 'sex') {
      const { none, ...sexes } = t.sexes
      const options = Object.entries(sexes).map(([code, text]) => ({ value: code, text }))
      return selectField({ label: t.sex, value, options: [{ value: '', text: none }, ...options] })
    }
    const label = name === 'country' && draft.kind === 'vehicle' ? t.plateCountry : t[name]
    if (name === 'country' || name === 'documentCountry') {
      const options = [{ value: '', text: t.noCountry }, ...countriesInWords(app.language())]
      return selectField({ label, value, options })
    }
    return textField({
      label,
      value,
      maxlength: 200,
      width: short.has(name) ? 'short' : 'medium',
      ...(name === 'birthDate' ? { hint: t.birthDateHint } : {}),
      ...(numeric.has(name) ? { inputmode: 'numeric' } : {}),
      ...(name === 'phone' ? { inputmode: 'tel' } : {}),
    })
  }
  const fields = names.map((name) => ({ name, field: fieldFor(name) }))
  const unlinkable = element('div', { tabindex: -1 })
  const save = (): void => {
    draft.subject = Object.fromEntries(fields.map(({ name, field }) => [name, field.read()]))
  }
  const nodesOf = (wanted: boolean) =>
    fields.filter(({ name }) => numbers.has(name) === wanted).map(({ field }) => field.node)
  return {
    title: isPerson ? t.title : t.titleScene,
    fields: [
      notice('info', t.stays, element('p', {}, t.staysText)),
      unlinkable,
      nodesOf(false),
      isPerson &&
        element(
          'fieldset',
          { class: 'raakvlak-field raakvlak-choices' },
          element('legend', {}, t.numbers),
          nodesOf(true),
        ),
    ],
    save,
    check: () => {
      save()
      const { faulty } = readSubject(draft, app.today())
      for (const { name, field } of fields) {
        field.fault(faulty.includes(name) ? t.wrong[name] : undefined)
      }
      const first = fields.find(({ name }) => faulty.includes(name))
      unlinkable.replaceChildren()
      if (first !== undefined) return first.field.focus
      if (isLinkable(draft, app.today())) return undefined
      const text = isPerson ? t.unlinkable : t.unlinkableScene
      unlinkable.append(notice('error', app.t().faults, element('p', {}, text)))
      return () => unlinkable.focus()
    },
  }
}

/** What is sealed, and the agency's own name for the case. */
export function textStep({ app }: Entry, draft: Draft): Step {
  const t = app.t().text
  const optional = app.t().optional
  const field = (name: 'narrative' | 'measures') =>
    textArea({ label: `${t[name]} (${optional})`, value: draft[name], maxlength: 10_000 })
  const narrative = field('narrative')
  const measures = field('measures')
  const reference = textField({
    label: `${t.case} (${optional})`,
    hint: t.caseHint,
    value: draft.caseReference,
    maxlength: 100,
    width: 'medium',
  })
  const isFixed = draft.correcting !== undefined
  return {
    title: t.title,
    fields: [
      element('p', { class: 'raakvlak-hint' }, t.sealed),
      narrative.node,
      measures.node,
      !isFixed && reference.node,
    ],
    save: () => {
      draft.narrative = narrative.read()
      draft.measures = measures.read()
      if (!isFixed) draft.caseReference = reference.read()
    },
    check: () => {
      const tells = !isFixed && tellsOfSubject(reference.read(), draft.subject)
      reference.fault(tells ? t.caseTells : undefined)
      return tells ? reference.focus : undefined
    },
  }
}
