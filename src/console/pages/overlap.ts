import type { FollowUps } from '../../follow-up/follow-up.ts'
import { Fault } from '../../kernel/fault.ts'
import { type Html, html, type Piece } from '../../kernel/html.ts'
import type { OverlapHandle } from '../../kernel/ids.ts'
import { reasonIn } from '../../linkage/evidence.ts'
import type { Overlaps } from '../../overlaps/overlaps.ts'
import {
  disputeReasons,
  followUpEvents,
  leadGrounds,
  outcomes,
} from '../../wire/codes/follow-ups.ts'
import { subjectKinds } from '../../wire/codes/subjects.ts'
import { type Quality, qualities } from '../../wire/codes.ts'
import type { FollowUpView } from '../../wire/follow-up.ts'
import type { OverlapOther } from '../../wire/signal.ts'
import { clusterGraph } from '../graph.ts'
import {
  badge,
  button,
  buttonLink,
  choices,
  facts,
  form,
  heading,
  list,
  notice,
  paragraph,
  select,
  table,
} from '../parts.ts'
import { datesIn, namesOf, type TextKey } from '../texts.ts'
import type { OfficersVisit, Page } from '../types.ts'
import { caseworkers, qualityBadge } from './queue.ts'
import { caseOf, othersOf } from './queue-file.ts'

export type OverlapPageRooms = {
  readonly followUps: FollowUps
  readonly overlaps: Pick<Overlaps, 'read'>
  readonly connectorUrlOf: (agency: string) => string | undefined
}

/** So many of the own signals are looked at for what joins them to others. */
const mostLooked = 3

const betterOf = (one: Quality, other: Quality): Quality =>
  qualities.indexOf(one) <= qualities.indexOf(other) ? one : other

type Evidence = ReadonlyMap<string, Pick<OverlapOther, 'quality' | 'reasons' | 'contactDesk'>>

/** What the own signals say about each other agency: the surest of them, and all reasons. */
async function evidenceOf(
  { overlaps }: OverlapPageRooms,
  { asker }: OfficersVisit,
  view: FollowUpView,
): Promise<Evidence> {
  const found = new Map<string, Pick<OverlapOther, 'quality' | 'reasons' | 'contactDesk'>>()
  if (view.state !== 'open') return found
  for (const { overlap } of view.signals.slice(0, mostLooked)) {
    if (overlap === undefined) continue
    const seen = await overlaps.read(asker, overlap as OverlapHandle).catch((error: unknown) => {
      if (error instanceof Fault && error.status < 500) return undefined
      throw error
    })
    if (seen === undefined || !('others' in seen)) continue
    for (const { agency, quality, reasons, contactDesk } of seen.others) {
      const known = found.get(agency)
      found.set(agency, {
        quality: known === undefined ? quality : betterOf(known.quality, quality),
        reasons: [...new Set([...(known?.reasons ?? []), ...reasons])],
        contactDesk,
      })
    }
  }
  return found
}

function summaryOf(visit: OfficersVisit, view: FollowUpView): Html {
  const { text, language, session } = visit
  const { moment, day } = datesIn(language)
  const { lead } = view
  const rows: (readonly [Piece, Piece])[] = [
    [
      text('overlap.state'),
      html`${text(`state.${view.state}`)}${view.endedOn !== undefined && html` – ${text('overlap.ended', { day: day(view.endedOn) })}`}`,
    ],
    [text('overlap.quality'), qualityBadge(text, view.quality)],
    [text('overlap.kind'), namesOf(language, subjectKinds)(view.subjectKind ?? 'person')],
    [
      text('overlap.lead'),
      html`${text('overlap.lead.since', { name: lead.name, since: day(lead.since), ground: namesOf(language, leadGrounds)(lead.ground) })} ${lead.agency === session.agency && text('overlap.lead.you')}`,
    ],
    [
      text('overlap.signals'),
      list(
        view.signals.map(
          ({ caseReference, silent }) =>
            html`${caseReference ?? text('unknown')}${silent && html` ${text('overlap.silent')}`}`,
        ),
      ),
    ],
    [text('queue.begun'), moment(view.begunAt)],
  ]
  if (view.outcome !== undefined) {
    rows.push([text('overlap.outcome'), namesOf(language, outcomes)(view.outcome)])
  }
  if (view.priority !== undefined) {
    const { points, rows: why } = view.priority
    rows.push([
      text('queue.points'),
      html`${text('queue.points.of', { points })}: ${why.map(({ ground, points: own }) => `${text(`ground.${ground}` as TextKey)} (${own})`).join(', ')}`,
    ])
  }
  return facts(rows)
}

function whoOf(visit: OfficersVisit, view: FollowUpView, evidence: Evidence): Html {
  const { text, language } = visit
  const { day } = datesIn(language)
  return table(
    text,
    text('overlap.who'),
    (['agency', 'desk', 'quality', 'reasons', 'acknowledged'] as const).map((name) => ({
      name: text(`overlap.${name}`),
    })),
    othersOf(view, visit).map((one) => {
      const known = evidence.get(one.agency)
      return [
        html`${one.name}${one.left && html` <span class="raakvlak-quiet">(${text('overlap.left')})</span>`}`,
        known?.contactDesk ?? one.contactDesk,
        known === undefined ? text('unknown') : qualityBadge(text, known.quality),
        known === undefined || known.reasons.length === 0
          ? text('unknown')
          : known.reasons.map((reason) => reasonIn(language, reason)).join(', '),
        one.acknowledgedAt === undefined ? text('overlap.not-yet') : day(one.acknowledgedAt),
      ]
    }),
  )
}

function graphOf(visit: OfficersVisit, view: FollowUpView, evidence: Evidence): Piece {
  const { text, session } = visit
  const nodes = view.agencies.map(({ agency, name }) => ({
    id: agency,
    label: name,
    own: agency === session.agency,
  }))
  const edges = [...evidence]
    .filter(([agency]) => nodes.some(({ id }) => id === agency))
    .map(([agency, { quality }]) => ({ from: session.agency, to: agency, quality }))
  const drawn = edges.length > 0 && clusterGraph(text('overlap.graph'), nodes, edges)
  return (
    drawn &&
    html`${heading(2, text('overlap.graph'))}${paragraph(text('overlap.graph.text'))}${drawn}`
  )
}

function clocksOf({ text, language }: OfficersVisit, view: FollowUpView): Piece {
  if (view.terms.length === 0) return undefined
  const { moment } = datesIn(language)
  const names = new Map(view.agencies.map(({ agency, name }) => [agency, name]))
  return table(
    text,
    text('overlap.clocks'),
    (['term', 'for', 'due', 'told'] as const).map((name) => ({ name: text(`overlap.${name}`) })),
    view.terms.map(({ term, agency, dueAt, overdue, told }) => [
      text(`term.${term}`),
      names.get(agency) ?? agency,
      html`${moment(dueAt)}${overdue && html` ${badge('danger', text('overdue'))}`}`,
      text(`overlap.told.${told}`),
    ]),
  )
}

function historyOf({ text, language }: OfficersVisit, view: FollowUpView): Html {
  const { moment } = datesIn(language)
  const eventName = namesOf(language, followUpEvents)
  const names = new Map(view.agencies.map(({ agency, name }) => [agency, name]))
  return html`${heading(2, text('overlap.history'))}<ol class="raakvlak-timeline">${view.history.map(
    ({ at, event, agency }) =>
      html`<li><time datetime="${at}">${moment(at)}</time>${eventName(event)}${agency !== undefined && html` – ${names.get(agency) ?? agency}`}</li>`,
  )}</ol>`
}

const pathOf = (view: FollowUpView, act: string): string =>
  `/console/follow-ups/${view.handle}/${act}`

/** What the reader can do now, each as a form of its own. The rooms decide again whether it may. */
function actionsOf(visit: OfficersVisit, view: FollowUpView): readonly Piece[] {
  const { text, language, session } = visit
  const own = session.agency
  const isLead = view.lead.agency === own
  const version = html`<input type="hidden" name="version" value="${view.version}">`
  const doing = (act: string, ...pieces: readonly Piece[]) =>
    form(visit, pathOf(view, act), version, pieces)
  const others = othersOf(view, visit).filter(({ left }) => !left)
  const agencyChoices = others.map(({ agency, name }) => ({ value: agency, label: name }))
  const codes = (known: readonly { code: string; en: string; nl: string }[]) =>
    known.map((one) => ({ value: one.code, label: one[language] }))
  if (view.state === 'closed') return [doing('reopen', button(text('overlap.reopen'), 'secondary'))]
  if (view.state !== 'open') return []
  const hasAcknowledged = view.agencies.some(
    ({ agency, acknowledgedAt }) => agency === own && acknowledgedAt !== undefined,
  )
  return [
    !hasAcknowledged && doing('acknowledge', button(text('overlap.acknowledge'))),
    view.offeredTo === own &&
      doing(
        'answer',
        paragraph(text('overlap.answer')),
        button(text('overlap.answer.accept'), 'primary', { name: 'answer', value: 'accept' }),
        ' ',
        button(text('overlap.answer.decline'), 'secondary', { name: 'answer', value: 'decline' }),
      ),
    view.dispute?.coordinator === own &&
      session.roles.includes('coordinator') &&
      doing(
        'settle',
        select({
          name: 'lead',
          label: text('overlap.settle'),
          choices: view.agencies.map(({ agency, name }) => ({ value: agency, label: name })),
        }),
        button(text('overlap.settle.send')),
      ),
    isLead &&
      doing(
        'conclude',
        choices({
          name: 'outcome',
          label: text('overlap.conclude'),
          hint: text('overlap.conclude.hint'),
          choices: codes(outcomes),
          chosen: [],
          one: true,
          required: true,
        }),
        others.length > 1 &&
          choices({
            name: 'apart',
            label: text('overlap.conclude.apart'),
            choices: view.agencies.map(({ agency, name }) => ({ value: agency, label: name })),
            chosen: [],
          }),
        button(text('overlap.conclude.send')),
      ),
    isLead &&
      view.offeredTo === undefined &&
      agencyChoices.length > 0 &&
      doing(
        'offer',
        select({ name: 'to', label: text('overlap.offer'), choices: agencyChoices }),
        button(text('overlap.offer.send'), 'secondary'),
      ),
    !isLead && doing('take', button(text('overlap.take'), 'secondary')),
    !isLead &&
      view.dispute === undefined &&
      doing(
        'dispute',
        select({ name: 'reason', label: text('overlap.dispute'), choices: codes(disputeReasons) }),
        button(text('overlap.dispute.send'), 'secondary'),
      ),
  ]
}

/** What is told of a dispute that is not settled. */
function disputeOf({ text, language }: OfficersVisit, { dispute, agencies }: FollowUpView): Piece {
  if (dispute === undefined) return undefined
  const nameOf = (id: string) => agencies.find(({ agency }) => agency === id)?.name ?? id
  return notice(
    'warning',
    text('overlap.disputed', {
      agency: nameOf(dispute.by),
      reason: namesOf(language, disputeReasons)(dispute.reason),
      coordinator: nameOf(dispute.coordinator),
    }),
  )
}

function askingOf(
  { text, session }: OfficersVisit,
  view: FollowUpView,
  connectorUrlOf: OverlapPageRooms['connectorUrlOf'],
): Piece {
  if (view.state !== 'open') return undefined
  const connector = connectorUrlOf(session.agency)
  return html`${heading(2, text('overlap.ask'))}${paragraph(text('overlap.ask.text'))}${
    connector === undefined
      ? paragraph(text('disclosure.connector.none'))
      : buttonLink(connector, text('overlap.ask.link'))
  }`
}

/** One overlap as it is followed up. */
export const overlapPage = (rooms: OverlapPageRooms): Page => ({
  method: 'GET',
  path: '/console/follow-ups/:handle',
  roles: caseworkers,
  async show(visit) {
    const { text, params, asker } = visit
    const view = await rooms.followUps.read(asker, params.handle ?? '')
    const evidence = await evidenceOf(rooms, visit, view)
    const actions = actionsOf(visit, view).filter((one) => one !== false)
    const name = caseOf(view)
    return {
      title: name === '' ? text('overlap.title.nameless') : text('overlap.title', { case: name }),
      purpose: view.purpose,
      body: html`${notice('info', text('overlap.human'))}
${disputeOf(visit, view)}
<div class="raakvlak-columns"><div>
${heading(2, text('overlap.summary'))}
${summaryOf(visit, view)}
${whoOf(visit, view, evidence)}
${graphOf(visit, view, evidence)}
${clocksOf(visit, view)}
${askingOf(visit, view, rooms.connectorUrlOf)}
</div><div>
${actions.length > 0 && html`${heading(2, text('overlap.actions'))}${actions.map((one) => html`<div class="raakvlak-card">${one}</div>`)}`}
${historyOf(visit, view)}
</div></div>
${paragraph(html`<a class="nl-link" href="/console/queue?${new URLSearchParams({ agreement: view.agreement }).toString()}">${text('overlap.other')}</a>`)}`,
    }
  },
})
