import type { Agreements } from '../../agreements/agreements.ts'
import type { FollowUps } from '../../follow-up/follow-up.ts'
import { html, type Piece } from '../../kernel/html.ts'
import { outcomes } from '../../wire/codes/follow-ups.ts'
import { regions } from '../../wire/codes/regions.ts'
import type { FollowUpSummary } from '../../wire/follow-up.ts'
import { paragraph, table } from '../parts.ts'
import { namesOf } from '../texts.ts'
import type { OfficersVisit, Page } from '../types.ts'
import { agreementChoice, type Standing, underAgreement } from './agreement.ts'

const path = '/console/workload'
const mostPages = 10
/** Shares of fewer say nothing. */
const fewest = 5

/** How much waits, where, and what became of the rest. */
export const workloadPage = ({
  agreements,
  followUps,
}: {
  readonly agreements: Pick<Agreements, 'list'>
  readonly followUps: FollowUps
}): Page => {
  async function openOnes({ asker }: OfficersVisit, { hash, purpose }: Standing) {
    const found: FollowUpSummary[] = []
    let cursor: string | undefined
    for (let page = 0; page < mostPages; page += 1) {
      const answer = await followUps.list(asker, {
        agreement: hash,
        purpose,
        ...(cursor === undefined ? {} : { cursor }),
      })
      found.push(...answer.followUps)
      cursor = answer.next
      if (cursor === undefined) break
    }
    return found
  }

  return {
    method: 'GET',
    path,
    roles: ['coordinator'],
    menu: { text: 'menu.workload', order: 40 },
    show: (visit) =>
      underAgreement(agreements, visit, async (chosen, all) => {
        const { text, language, asker, session } = visit
        const open = await openOnes(visit, chosen)
        const measured = await followUps.measure(asker, {
          agreement: chosen.hash,
          purpose: chosen.purpose,
        })
        const { total } = measured
        const own = session.agency
        const count = (test: (one: FollowUpSummary) => boolean) => open.filter(test).length
        const has = (
          one: FollowUpSummary,
          test: (term: FollowUpSummary['terms'][number]) => boolean,
        ) => one.terms.some((term) => term.agency === own && test(term))
        const percent = new Intl.NumberFormat(language, { style: 'percent' })
        const share = (value: number | undefined, of: number): Piece =>
          value === undefined || of < fewest ? '–' : percent.format(value)
        const leads = [...Map.groupBy(open, ({ lead }) => lead.name)].sort(
          ([, one], [, other]) => other.length - one.length,
        )
        const numbers = [
          { name: text('workload.what') },
          { name: text('workload.number'), numeric: true },
        ]
        return {
          title: text('workload.title'),
          body: html`${agreementChoice(visit, path, chosen, all)}${paragraph(text('workload.text'))}
${table(text, text('workload.now'), numbers, [
  [text('workload.open'), open.length],
  [text('workload.lead'), count(({ lead }) => lead.agency === own)],
  [text('workload.acknowledge'), count((one) => has(one, ({ term }) => term === 'acknowledge'))],
  [text('workload.late'), count((one) => has(one, ({ overdue }) => overdue))],
  [text('workload.closed'), total.closed],
  [text('workload.followed'), share(total.followedUp, total.begun)],
  [text('workload.useful'), share(total.useful, total.closed)],
])}
<p class="nl-paragraph raakvlak-quiet">${text('workload.few')}</p>
${
  leads.length > 0 &&
  table(
    text,
    text('workload.by-lead'),
    [{ name: text('overlap.lead') }, { name: text('workload.number'), numeric: true }],
    leads.map(([name, those]) => [name, those.length]),
  )
}
${
  measured.regions.length > 0 &&
  table(
    text,
    text('workload.by-region'),
    [
      { name: text('workload.region') },
      { name: text('workload.begun'), numeric: true },
      { name: text('workload.queue'), numeric: true },
      { name: text('workload.closed'), numeric: true },
    ],
    measured.regions.map((one) => [
      one.region === 'unknown' ? text('unknown') : namesOf(language, regions)(one.region),
      one.begun,
      one.queue,
      one.closed,
    ]),
  )
}
${
  measured.outcomes.length > 0 &&
  table(
    text,
    text('workload.outcomes'),
    numbers,
    measured.outcomes.map(({ outcome, followUps: those }) => [
      namesOf(language, outcomes)(outcome),
      those,
    ]),
  )
}`,
        }
      }),
  }
}
