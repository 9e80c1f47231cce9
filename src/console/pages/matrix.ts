import {
  type Cell,
  decideCell,
  ownedIn,
  ownersOf,
  purposes,
  roles as rolesOfMatrix,
  states,
} from '../../decisions/matrix.ts'
import type { PolicySets } from '../../decisions/policy-sets.ts'
import { type Html, html, type Piece } from '../../kernel/html.ts'
import type { Act, Reason } from '../../policy/types.ts'
import type { Reader } from '../../store/reader.ts'
import { acts } from '../../wire/policy.ts'
import { badge, heading, paragraph, select, table } from '../parts.ts'
import type { OfficersVisit, Page } from '../types.ts'
import { filterForm, given, oneOf } from './filters.ts'

const path = '/console/matrix'

type Rooms = {
  readonly db: Reader
  readonly sets: Pick<PolicySets, 'refresh' | 'inUse'>
}

/** Reasons in the order in which a page first names them; each has a number there. */
function numbering() {
  const known = new Map<string, Reason>()
  return {
    numberOf(reason: Reason): number {
      known.set(reason.policy, reason)
      return [...known.keys()].indexOf(reason.policy) + 1
    },
    all: (): readonly Reason[] => [...known.values()],
  }
}

const idOf = (number: number): string => `reason-${number}`

function reasonsList({ text, language }: OfficersVisit, reasons: readonly Reason[]): Html {
  return html`${heading(2, text('matrix.reasons'))}
<ol class="raakvlak-steps">${reasons.map(
    (reason, at) =>
      html`<li id="${idOf(at + 1)}">${reason[language]} (${reason.article}) <code>${reason.policy}</code></li>`,
  )}</ol>`
}

function chosenIn(visit: OfficersVisit) {
  const act: Act = oneOf(acts, given(visit, 'act')) ?? 'signal.submit'
  const owners = ownersOf(act)
  const owner = owners.find((one) => one !== undefined && one === given(visit, 'owner'))
  return {
    act,
    owner: owner ?? owners[0],
    purpose: oneOf(purposes, given(visit, 'purpose')) ?? purposes[0],
  }
}

/** Who may do what under the policies in force, act by act, with the reasons behind every cell. */
export const matrixPage = ({ db, sets }: Rooms): Page => ({
  method: 'GET',
  path,
  roles: ['administrator', 'privacy-officer'],
  menu: { text: 'menu.matrix', order: 88 },
  async show(visit) {
    const { text } = visit
    await sets.refresh(db)
    const { decide, hash } = sets.inUse()
    const { act, owner, purpose } = chosenIn(visit)
    const { numberOf, all } = numbering()
    const cellOf = (cell: Cell): Piece => {
      const { outcome, reasons } = decideCell(decide, cell)
      const marks = reasons
        .map(numberOf)
        .map((number, at) => [
          at > 0 && ', ',
          html`<a class="nl-link" href="#${idOf(number)}" aria-label="${text('matrix.reason', { number })}">${number}</a>`,
        ])
      const isPermit = outcome === 'permit'
      return html`${badge(isPermit ? 'ok' : 'neutral', text(isPermit ? 'matrix.permit' : 'matrix.refuse'))} ${marks}`
    }
    const rows = rolesOfMatrix.map((role) => [
      text(`matrix.role.${role}`),
      ...states.map((state) => cellOf({ act, role, state, purpose, owner })),
    ])
    const fields = [
      select({
        name: 'act',
        label: text('matrix.act'),
        value: act,
        choices: acts.map((one) => ({ value: one, label: one })),
      }),
      ownersOf(act).length > 1 &&
        select({
          name: 'owner',
          label: text(`matrix.owner.of.${ownedIn(act)}`),
          value: owner ?? '',
          choices: (['own', 'another agency’s'] as const).map((one) => ({
            value: one,
            label: text(`matrix.owner.${one}`),
          })),
        }),
      select({
        name: 'purpose',
        label: text('matrix.purpose'),
        value: purpose,
        choices: purposes.map((one) => ({ value: one, label: text(`matrix.purpose.${one}`) })),
      }),
    ]
    return {
      title: text('matrix.title'),
      body: html`<p class="nl-paragraph raakvlak-lead">${text('matrix.lead')}</p>
${filterForm(path, text, ...fields)}
${table(
  text,
  text('matrix.table', { act }),
  [text('matrix.role'), ...states.map((state) => text(`matrix.state.${state}`))].map((name) => ({
    name,
  })),
  rows,
)}
${reasonsList(visit, all())}
${paragraph(text('matrix.else'))}
${paragraph(html`${text('matrix.set')} <code>${hash}</code>`)}`,
    }
  },
})
