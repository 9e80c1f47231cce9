import type { ReviewCases } from '../../justifications/review-cases.ts'
import { html, type Piece } from '../../kernel/html.ts'
import type { ReviewCase } from '../../wire/justification.ts'
import { badge, link, paragraph, table } from '../parts.ts'
import { datesIn } from '../texts.ts'
import type { OfficersVisit, Page } from '../types.ts'
import { filterForm, occasionField, occasionOf } from './filters.ts'
import type { Waiting } from './start.ts'

const path = '/console/review-cases'
const roles = ['privacy-officer'] as const
const tones = { open: 'warning', taken: 'info', overdue: 'danger' } as const

/** Where a case is dealt with: a page of this console, or the command that does it. */
function placeOf({ text }: OfficersVisit, { kind, id, own }: ReviewCase, occasion: string): Piece {
  if (own) return text('cases.own')
  switch (kind) {
    case 'alarm':
      return link(`/console/alarms/${id}?occasion=${occasion}`, text('cases.look'))
    case 'drawn-look':
      return link(`/console/samples/${id}`, text('cases.look'))
    case 'emergency-review':
      return html`<code>raakvlak disclosure emergency review ${id}</code>`
    case 'policy-review':
      return html`<code>raakvlak review policies</code>`
  }
}

/** All that waits for whoever reviews, of every kind, what is due first. */
export const reviewCasePages = (cases: ReviewCases): readonly Page[] => [
  {
    method: 'GET',
    path,
    roles,
    menu: { text: 'menu.cases', order: 60 },
    async show(visit) {
      const { text, language, asker } = visit
      const occasion = occasionOf(visit) ?? 'spot-check'
      const { cases: found, more } = await cases.list(asker, occasion)
      const { moment } = datesIn(language)
      const columns = (['kind', 'due', 'state', 'where'] as const).map((name) => ({
        name: text(`cases.${name}`),
      }))
      return {
        title: text('cases.title'),
        body: html`<p class="nl-paragraph raakvlak-lead">${text('cases.lead')}</p>
${filterForm(path, text, occasionField(text, occasion))}
${
  found.length === 0
    ? paragraph(text('cases.none'))
    : table(
        text,
        text('cases.table'),
        columns,
        found.map((one) => [
          text(`cases.kind.${one.kind}`),
          moment(one.dueAt),
          badge(tones[one.state], text(`cases.state.${one.state}`)),
          placeOf(visit, one, occasion),
        ]),
      )
}
${more && paragraph(text('cases.more'))}`,
      }
    },
  },
]

/** Cases that wait, for the start page. */
export const waitingCases = (cases: ReviewCases): Waiting => ({
  roles,
  async find({ asker, text }) {
    const { cases: found } = await cases.list(asker, 'spot-check')
    const count = found.filter(({ own, state }) => !own && state !== 'taken').length
    return count === 0 ? [] : [link(path, text('start.cases', { count }))]
  },
})
