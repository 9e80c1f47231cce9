import type { Agreements } from '../../agreements/agreements.ts'
import { type Html, html, type Piece } from '../../kernel/html.ts'
import type { NonPunishment } from '../../non-punishment/non-punishment.ts'
import { flagOutcomes, flagReasons } from '../../wire/codes/non-punishment.ts'
import { FlagOutcomeBody, type FlagView } from '../../wire/non-punishment.ts'
import { badge, button, facts, form, heading, link, list, paragraph, select } from '../parts.ts'
import { reader } from '../sent.ts'
import { datesIn, namesOf } from '../texts.ts'
import type { OfficersVisit, Page } from '../types.ts'
import { agreementChoice, standingOf, underAgreement } from './agreement.ts'
import type { Waiting } from './start.ts'

const path = '/console/reviews'
const reviewers = ['coordinator'] as const
const isWaiting = ({ state }: FlagView): boolean => state === 'open' || state === 'overdue'
const tones = { open: 'warning', overdue: 'danger', closed: 'ok', lapsed: 'neutral' } as const

function flagOf(visit: OfficersVisit, flag: FlagView, agreement: string): Html {
  const { text, language } = visit
  const { day, moment } = datesIn(language)
  const codes = (known: readonly { code: string; en: string; nl: string }[]) =>
    known.map((one) => ({ value: one.code, label: one[language] }))
  const rows: (readonly [Piece, Piece])[] = [
    [text('overlap.state'), badge(tones[flag.state], text(`reviews.state.${flag.state}`))],
    [text('reviews.due'), moment(flag.dueAt)],
    [text('reviews.desk'), flag.desk],
    [
      text('reviews.call'),
      list(
        flag.call.map(
          ({ name, contactDesk, mention }) =>
            html`${name}, ${contactDesk}: <code>${mention}</code>`,
        ),
      ),
    ],
  ]
  if (flag.own.length > 0) {
    rows.push([
      text('reviews.own'),
      flag.own.map(({ caseReference }) => caseReference ?? text('unknown')).join(', '),
    ])
  }
  if (flag.outcome !== undefined) {
    rows.push([text('reviews.outcome'), namesOf(language, flagOutcomes)(flag.outcome)])
  }
  if (flag.reason !== undefined) {
    rows.push([text('reviews.reason'), namesOf(language, flagReasons)(flag.reason)])
  }
  return html`<section class="raakvlak-card">${heading(2, text('reviews.flag', { day: day(flag.raisedAt) }))}
${facts(rows)}
${isWaiting(flag) && form(visit, `${path}/${flag.id}/close`, html`<input type="hidden" name="agreement" value="${agreement}">`, selectOf(flag.id, 'outcome', text('reviews.outcome'), codes(flagOutcomes)), selectOf(flag.id, 'reason', text('reviews.reason'), codes(flagReasons)), button(text('reviews.close')))}</section>`
}

/** Several forms stand on one page: names of fields bear the number of the flag. */
const selectOf = (
  id: string,
  name: string,
  label: string,
  choices: readonly { readonly value: string; readonly label: string }[],
): Html =>
  select({
    name: `${name}-${id}`,
    label,
    required: true,
    choices: [{ value: '', label: '–' }, ...choices],
  })

/** Persons to be looked at again, for the one agency that an agreement names. */
export const reviewPages = (rooms: {
  readonly agreements: Pick<Agreements, 'list'>
  readonly nonPunishment: NonPunishment
}): readonly Page[] => {
  const { agreements, nonPunishment } = rooms
  const read = reader(FlagOutcomeBody)
  return [
    {
      method: 'GET',
      path,
      roles: reviewers,
      menu: { text: 'menu.reviews', order: 30 },
      show: (visit) =>
        underAgreement(agreements, visit, async (chosen, all) => {
          const { text, asker, session } = visit
          const isReviewer = chosen.reviewer === session.agency
          const { flags } = isReviewer
            ? await nonPunishment.list(asker, { agreement: chosen.hash, purpose: chosen.purpose })
            : { flags: [] }
          return {
            title: text('reviews.title'),
            body: html`${agreementChoice(visit, path, chosen, all)}${paragraph(text('reviews.text'))}
${!isReviewer && paragraph(text('reviews.not-yours'))}
${isReviewer && flags.length === 0 && paragraph(text('reviews.empty'))}
${flags.map((flag) => flagOf(visit, flag, chosen.hash))}`,
          }
        }),
    },
    {
      method: 'POST',
      path: `${path}/:id/close`,
      roles: reviewers,
      async show({ asker, params, form: sent }) {
        const id = params.id ?? ''
        const body = { outcome: sent.get(`outcome-${id}`), reason: sent.get(`reason-${id}`) }
        await nonPunishment.close(asker, id, read(body))
        const query = new URLSearchParams({ agreement: sent.get('agreement') ?? '' })
        return { goTo: `${path}?${query}` }
      },
    },
  ]
}

/** Reviews that wait, for the start page. */
export const waitingReviews = ({
  agreements,
  nonPunishment,
}: {
  readonly agreements: Pick<Agreements, 'list'>
  readonly nonPunishment: NonPunishment
}): Waiting => ({
  roles: reviewers,
  async find(visit) {
    const found: Piece[] = []
    for (const one of await standingOf(agreements, visit)) {
      if (one.reviewer !== visit.session.agency) continue
      const query = { agreement: one.hash, purpose: one.purpose }
      const { flags } = await nonPunishment.list(visit.asker, query)
      const count = flags.filter(isWaiting).length
      if (count === 0) continue
      const address = `${path}?${new URLSearchParams({ agreement: one.hash }).toString()}`
      found.push(link(address, visit.text('start.flags', { count })))
    }
    return found
  },
})
