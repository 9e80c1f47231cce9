import type { Agreements } from '../../agreements/agreements.ts'
import type { Simulations } from '../../decisions/simulations.ts'
import { Fault } from '../../kernel/fault.ts'
import { html, type Piece } from '../../kernel/html.ts'
import type { AgreementHash } from '../../kernel/ids.ts'
import type { AgreementContent } from '../../wire/agreement.ts'
import { SimulateBody, type Simulation } from '../../wire/policy.ts'
import {
  badge,
  button,
  errorSummary,
  form,
  list,
  notice,
  paragraph,
  table,
  textArea,
} from '../parts.ts'
import { reader } from '../sent.ts'
import { datesIn } from '../texts.ts'
import type { Answer, OfficersVisit, Page } from '../types.ts'
import { given } from './filters.ts'

const path = '/console/what-if'
const roles = ['administrator'] as const
/** Less than the largest form, in which a text may take three times its length. */
const longestDraft = 20_000

type Rooms = {
  readonly agreements: Pick<Agreements, 'read'>
  readonly simulations: Pick<Simulations, 'ofDraft'>
}

/** Where an administrator sees what an agreement that was proposed would change. */
export const whatIfAddress = (hash: string): string =>
  `${path}?${new URLSearchParams({ agreement: hash })}`

const read = reader(SimulateBody)

function outcomeOf(
  { text, language }: OfficersVisit,
  { title }: Pick<AgreementContent, 'title'>,
  { since, decisions, same, turns }: Simulation,
): Piece {
  const { day } = datesIn(language)
  const outcome = (one: 'permit' | 'refuse') =>
    badge(one === 'permit' ? 'ok' : 'danger', text(`accesses.${one}`))
  const summary = text('what-if.summary', { title, decisions, same, since: day(since) })
  if (turns.length === 0) {
    return notice('ok', paragraph(summary), paragraph(text('what-if.nothing')))
  }
  return html`${notice('info', paragraph(summary))}
${table(
  text,
  text('what-if.table'),
  (['act', 'was', 'becomes', 'times', 'why'] as const).map((name) => ({
    name: text(`what-if.${name}`),
    numeric: name === 'times',
  })),
  turns.map(({ act, was, becomes, times, reasons }) => [
    html`<code>${act}</code>`,
    outcome(was),
    outcome(becomes),
    times,
    list(reasons.map((reason) => `${reason[language]} (${reason.article})`)),
  ]),
)}`
}

function page(
  visit: OfficersVisit,
  found: Piece,
  faults: readonly { readonly field: string; readonly message: Piece }[] = [],
): Answer {
  const { text, form: sent } = visit
  const [fault] = faults
  return {
    title: text('what-if.title'),
    faulty: faults.length > 0,
    ...(faults.length > 0 ? { status: 400 } : {}),
    body: html`${errorSummary(text, faults)}<p class="nl-paragraph raakvlak-lead">${text('what-if.lead')}</p>
${found}
${form(
  visit,
  path,
  textArea({
    name: 'draft',
    label: text('what-if.draft'),
    hint: text('what-if.draft.hint'),
    value: sent.get('draft') ?? '',
    maxLength: longestDraft,
    required: true,
    ...(fault === undefined ? {} : { fault: fault.message }),
  }),
  button(text('what-if.try')),
)}
${paragraph(text('what-if.policies'))}`,
  }
}

/** The draft that was typed, if it has the form of an agreement; else what is wrong with it. */
function draftIn(typed: string): AgreementContent | readonly string[] {
  try {
    return read({ draft: JSON.parse(typed) }).draft
  } catch (error) {
    if (error instanceof Fault)
      return error.problems.map(({ at, message }) => `${at ?? ''} ${message}`)
    return []
  }
}

/** What a draft agreement would have changed in the decisions of the last 90 days of the own agency. */
export const whatIfPages = ({ agreements, simulations }: Rooms): readonly Page[] => [
  {
    method: 'GET',
    path,
    roles,
    menu: { text: 'menu.what-if', order: 89 },
    async show(visit) {
      const hash = given(visit, 'agreement')
      if (hash === undefined) return page(visit, undefined)
      const { content } = await agreements.read(visit.session.agency, hash as AgreementHash)
      const simulation = await simulations.ofDraft(visit.asker, { draft: content })
      return page(visit, outcomeOf(visit, content, simulation))
    },
  },
  {
    method: 'POST',
    path,
    roles,
    async show(visit) {
      const draft = draftIn(visit.form.get('draft') ?? '')
      if (!('title' in draft)) {
        const message = html`${visit.text('what-if.wrong')}${draft.length > 0 && html`<br>${draft.slice(0, 10).join('; ')}`}`
        return page(visit, undefined, [{ field: 'draft', message }])
      }
      const simulation = await simulations.ofDraft(visit.asker, { draft })
      return page(visit, outcomeOf(visit, draft, simulation))
    },
  },
]
