import type { Agreements } from '../../agreements/agreements.ts'
import type { FollowUps } from '../../follow-up/follow-up.ts'
import { fits, type Narrowing } from '../../follow-up/narrowing.ts'
import { html, type Piece } from '../../kernel/html.ts'
import type { Reader } from '../../store/reader.ts'
import { qualities } from '../../wire/codes.ts'
import type { FollowUpSummary } from '../../wire/follow-up.ts'
import {
  badge,
  button,
  downloadForm,
  form,
  help,
  link,
  paragraph,
  select,
  table,
  textField,
} from '../parts.ts'
import * as store from '../store.ts'
import { datesIn, type TextKey, type TextOf } from '../texts.ts'
import type { OfficersVisit, Page } from '../types.ts'
import { agreementField, type Standing, standingOf, underAgreement } from './agreement.ts'
import { caseOf, nextTerm, othersOf, queueFile } from './queue-file.ts'
import type { Waiting } from './start.ts'

export const caseworkers = ['analyst', 'coordinator'] as const
const path = '/console/queue'
const mostPages = 4
const filterNames = ['agreement', 'state', 'quality', 'lead', 'late'] as const
const longestFilterName = 60

const qualityTones = { certain: 'ok', probable: 'info', possible: 'neutral' } as const

export const qualityBadge = (text: TextOf, quality: (typeof qualities)[number]) =>
  badge(qualityTones[quality], text(`quality.${quality}`))

/** What a filter asks for; what it does not know narrows nothing. */
function narrowingOf({ query }: Pick<OfficersVisit, 'query'>): Narrowing {
  const quality = qualities.find((known) => known === query.get('quality'))
  const lead = (['own', 'other'] as const).find((known) => known === query.get('lead'))
  return {
    ...(quality === undefined ? {} : { quality }),
    ...(lead === undefined ? {} : { lead }),
    ...(query.get('late') === 'yes' ? { late: true } : {}),
  }
}

const stateOf = ({ query }: Pick<OfficersVisit, 'query'>) =>
  query.get('state') === 'over' ? 'over' : 'open'

/** The part of an address that says what is looked at. */
function filterOf(query: URLSearchParams): URLSearchParams {
  const own = new URLSearchParams()
  for (const name of filterNames) {
    const value = query.get(name)
    if (value !== null && value !== '') own.set(name, value)
  }
  return own
}

/** What a form sends so that exactly what is shown is exported. */
function exportedFilter({ query }: OfficersVisit, { hash }: Standing): URLSearchParams {
  const own = filterOf(query)
  own.set('agreement', hash)
  return own
}

function pointsOf({ text }: OfficersVisit, { priority }: FollowUpSummary): Piece {
  if (priority === undefined) return undefined
  const why = priority.rows.map(
    ({ ground, points }) => `${text(`ground.${ground}` as TextKey)} (${points})`,
  )
  return html`<strong>${text('queue.points.of', { points: priority.points })}</strong><br>${why.join(', ')}`
}

function dueOf({ text, language }: OfficersVisit, one: FollowUpSummary): Piece {
  const next = nextTerm(one)
  if (next === undefined) return text('none')
  return html`${text(`term.${next.term}`)}: ${datesIn(language).day(next.dueAt)}${
    next.overdue && html` ${badge('danger', text('overdue'))}`
  }`
}

const rowOf = (visit: OfficersVisit, one: FollowUpSummary): readonly Piece[] => [
  html`<a class="nl-link" data-open href="/console/follow-ups/${one.handle}">${caseOf(one) || visit.text('overlap.title.nameless')}</a>`,
  qualityBadge(visit.text, one.quality),
  othersOf(one, visit)
    .map(({ name }) => name)
    .join(', '),
  one.state === 'open' ? pointsOf(visit, one) : visit.text(`state.${one.state}`),
  dueOf(visit, one),
  html`${one.lead.name}${one.lead.agency === visit.session.agency && html` ${visit.text('overlap.lead.you')}`}`,
]

function filterForm(visit: OfficersVisit, chosen: Standing, all: readonly Standing[]): Piece {
  const { text, query } = visit
  const choice = (name: string, label: TextKey, values: readonly (readonly [string, TextKey])[]) =>
    select({
      name,
      label: text(label),
      value: query.get(name) ?? '',
      choices: values.map(([value, key]) => ({ value, label: text(key) })),
    })
  return html`<form class="raakvlak-form raakvlak-row" method="get" action="${path}">
${agreementField(visit, chosen, all)}
${choice('state', 'queue.state', [
  ['', 'queue.state.open'],
  ['over', 'queue.state.over'],
])}
${choice('quality', 'queue.quality', [
  ['', 'all'],
  ...qualities.map((quality) => [quality, `quality.${quality}`] as const),
])}
${choice('lead', 'queue.lead', [
  ['', 'all'],
  ['own', 'queue.lead.own'],
  ['other', 'queue.lead.other'],
])}
${choice('late', 'queue.late', [
  ['', 'all'],
  ['yes', 'queue.late.yes'],
])}
${button(text('show'), 'secondary')}</form>`
}

function keptFilters(
  visit: OfficersVisit,
  kept: readonly { readonly name: string; readonly query: string }[],
): Piece {
  const { text, query } = visit
  const here = filterOf(query).toString()
  const chips = kept.map(
    (one) =>
      html`<li><a href="${path}?${one.query}"${one.query === here && html` aria-current="true"`}>${one.name}</a></li>`,
  )
  const forgetting = kept.map(
    ({ name }) =>
      html`<li>${form(visit, `${path}/filters/forget`, html`<input type="hidden" name="name" value="${name}"><button type="submit">${text('filters.forget', { name })}</button>`)}</li>`,
  )
  return html`${chips.length > 0 && html`<nav aria-label="${text('filters.saved')}"><ul class="raakvlak-chips">${chips}</ul></nav>`}
${help(
  text('filters.saved'),
  kept.length === 0
    ? paragraph(text('filters.none'))
    : html`<ul class="raakvlak-chips">${forgetting}</ul>`,
  form(
    visit,
    `${path}/filters`,
    html`<input type="hidden" name="query" value="${here}">`,
    textField({
      name: 'name',
      label: text('filters.name'),
      maxLength: longestFilterName,
      required: true,
    }),
    button(text('filters.keep'), 'secondary'),
  ),
)}`
}

/** The queue of an agency: what to look at first, and why. */
export const queuePages = (rooms: {
  readonly db: Reader
  readonly agreements: Pick<Agreements, 'list'>
  readonly followUps: FollowUps
}): readonly Page[] => {
  const { db, agreements, followUps } = rooms

  async function gather(visit: OfficersVisit, { hash, purpose }: Standing) {
    const state = stateOf(visit)
    const narrowing = narrowingOf(visit)
    const isNarrow = ['quality', 'lead', 'late'].some(
      (name) => (visit.query.get(name) ?? '') !== '',
    )
    const shown: FollowUpSummary[] = []
    const at = visit.query.get('cursor') ?? ''
    let cursor = /^[1-9][0-9]{0,6}$/.test(at) ? at : undefined
    let looked = 0
    for (let page = 0; page < (isNarrow ? mostPages : 1); page += 1) {
      const answer = await followUps.list(visit.asker, {
        agreement: hash,
        purpose,
        state,
        ...(cursor === undefined ? {} : { cursor }),
      })
      looked += answer.followUps.length
      shown.push(...answer.followUps.filter((one) => fits(one, visit.session.agency, narrowing)))
      cursor = answer.next
      if (cursor === undefined) break
    }
    return { shown, looked, next: cursor, isNarrow }
  }

  return [
    {
      method: 'GET',
      path,
      roles: caseworkers,
      menu: { text: 'menu.queue', order: 10 },
      show: (visit) =>
        underAgreement(agreements, visit, async (chosen, all) => {
          const { text, session } = visit
          const { shown, looked, next, isNarrow } = await gather(visit, chosen)
          const kept = await store.filtersOf(db, session.agency, session.officer)
          const columns = [
            'queue.case',
            'queue.quality',
            'queue.agencies',
            'queue.points',
            'queue.due',
            'queue.lead',
          ] as const
          const onwards = filterOf(visit.query)
          if (next !== undefined) onwards.set('cursor', next)
          return {
            title: text('queue.title'),
            purpose: chosen.title,
            body: html`<p class="nl-paragraph raakvlak-quiet">${text('purpose-of-page', { title: chosen.title })}</p>
${filterForm(visit, chosen, all)}
${keptFilters(visit, kept)}
${
  shown.length === 0
    ? paragraph(text(isNarrow ? 'queue.empty-filter' : 'queue.empty'))
    : html`<div data-keys="on">${table(
        text,
        text('queue.table'),
        columns.map((name) => ({ name: text(name) })),
        shown.map((one) => rowOf(visit, one)),
      )}</div>
${paragraph(text('queue.shown', { count: shown.length }))}
<p class="nl-paragraph" data-keys-choice hidden><button type="button" class="raakvlak-plain-button" data-on="${text('queue.keys.on')}" data-off="${text('queue.keys.off')}"></button> <span class="raakvlak-quiet">${text('queue.keys.help')}</span></p>
${downloadForm(visit, `${path}/export`, [...exportedFilter(visit, chosen)], text('queue.export'))}
${paragraph(text('queue.export.text'))}`
}
${next !== undefined && (isNarrow ? paragraph(text('queue.limited', { count: looked })) : paragraph(link(`${path}?${onwards}`, text('next-page'))))}
${help(text('queue.why'), paragraph(text('queue.why.text', { table: shown[0]?.priority?.table ?? '' })))}`,
          }
        }),
    },
    {
      method: 'POST',
      path: `${path}/export`,
      roles: caseworkers,
      show(visit) {
        const asked = { ...visit, query: visit.form }
        return underAgreement(agreements, asked, async ({ hash, purpose, title }) => {
          const found = await followUps.exported(visit.asker, {
            agreement: hash,
            purpose,
            state: stateOf(asked),
            narrowing: narrowingOf(asked),
          })
          return { file: queueFile(visit, { purpose, title }, found) }
        })
      },
    },
    {
      method: 'POST',
      path: `${path}/filters`,
      roles: caseworkers,
      async show({ form: sent, session }) {
        const { agency, officer } = session
        const name = (sent.get('name') ?? '').trim().slice(0, longestFilterName)
        const query = filterOf(new URLSearchParams((sent.get('query') ?? '').slice(0, 500)))
        const kept = await store.filtersOf(db, agency, officer)
        const isNew = kept.every((one) => one.name !== name)
        if (name !== '' && !(isNew && kept.length >= store.mostFilters)) {
          await store.putFilter(db, { agency, officer, name, query: query.toString() })
        }
        return { goTo: `${path}?${query}` }
      },
    },
    {
      method: 'POST',
      path: `${path}/filters/forget`,
      roles: caseworkers,
      async show({ form: sent, session: { agency, officer } }) {
        await store.forgetFilter(db, agency, officer, sent.get('name') ?? '')
        return { goTo: path }
      },
    },
  ]
}

/** What waits in the queue, for the start page. */
export const waitingInQueue = (rooms: {
  readonly agreements: Pick<Agreements, 'list'>
  readonly followUps: FollowUps
}): Waiting => ({
  roles: caseworkers,
  async find(visit) {
    const { text, asker } = visit
    const found: Piece[] = []
    for (const { hash, purpose, title } of await standingOf(rooms.agreements, visit)) {
      const { followUps, next } = await rooms.followUps.list(asker, { agreement: hash, purpose })
      if (followUps.length === 0) continue
      const count = next === undefined ? `${followUps.length}` : `${followUps.length}+`
      const late = followUps.filter(({ terms }) => terms.some(({ overdue }) => overdue)).length
      const query = new URLSearchParams({ agreement: hash })
      found.push(
        html`${link(`${path}?${query}`, text('start.open', { count }))}${late > 0 && html`, ${link(`${path}?${query}&late=yes`, text('start.late', { count: late }))}`} <span class="raakvlak-quiet">(${title})</span>`,
      )
    }
    return found
  },
})
