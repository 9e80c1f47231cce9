import type { Agencies } from '../../agencies/agencies.ts'
import { domainsOf } from '../../agreements/standing.ts'
import { quotasToday } from '../../evaluation/quota-stands.ts'
import type { Clock } from '../../kernel/clock.ts'
import { html, type Piece } from '../../kernel/html.ts'
import { type EpochStanding, epochsStanding } from '../../keys/epochs.ts'
import type { Reader } from '../../store/reader.ts'
import { badge, facts, heading, notice, paragraph, table } from '../parts.ts'
import { datesIn } from '../texts.ts'
import type { OfficersVisit, Page } from '../types.ts'

const path = '/console/agency'

type Rooms = {
  readonly clock: Clock
  readonly db: Reader
  readonly agencies: Pick<Agencies, 'find' | 'keysOf'>
}

const code = (text: string): Piece => html`<code>${text}</code>`

/** Above this part of a quota an administrator should look. */
const nearlyAll = 0.8

async function keysTable({ agencies }: Rooms, { text, session }: OfficersVisit): Promise<Piece> {
  const keys = await agencies.keysOf(session.agency)
  if (keys === undefined) return notice('warning', paragraph(text('agency.keys.none')))
  return table(
    text,
    text('agency.keys'),
    (['use', 'name', 'thumbprint'] as const).map((name) => ({ name: text(`agency.keys.${name}`) })),
    keys.map(({ use, name, thumbprint }) => [
      text(`agency.key.${use}`),
      name ?? '–',
      code(thumbprint),
    ]),
  )
}

async function quotasTable({ db, clock }: Rooms, visit: OfficersVisit): Promise<Piece> {
  const { text, language, session } = visit
  const number = new Intl.NumberFormat(language)
  const quotas = await quotasToday(db, clock, session.agency)
  if (quotas.length === 0) return paragraph(text('agency.domains.none'))
  return table(
    text,
    text('agency.quotas'),
    [
      { name: text('agency.domain') },
      { name: text('agency.quotas.kind') },
      { name: text('agency.quotas.used'), numeric: true },
      { name: text('agency.quotas.limit'), numeric: true },
      { name: text('agency.quotas.left') },
    ],
    quotas.map(({ domain, kind, used, limit }) => [
      code(domain),
      text(`agency.quota.${kind}`),
      number.format(used),
      number.format(limit),
      used >= limit
        ? badge('danger', text('agency.quotas.spent'))
        : used >= limit * nearlyAll
          ? badge('warning', text('agency.quotas.nearly'))
          : number.format(limit - used),
    ]),
  )
}

const tones = { made: 'info', open: 'ok', closed: 'neutral', destroyed: 'neutral' } as const

async function epochsTable({ db, clock }: Rooms, visit: OfficersVisit): Promise<Piece> {
  const { text, language, session } = visit
  const { moment } = datesIn(language)
  const domains = await domainsOf(db, clock.now(), session.agency)
  const standings = await epochsStanding(db, clock, domains)
  if (standings.length === 0) return undefined
  const at = (when: Date | undefined) => (when === undefined ? '–' : moment(when))
  const rowsOf = ({ domain, epochs }: EpochStanding): Piece[][] =>
    epochs.map(({ epoch, state, openedAt, closesAt }) => [
      code(domain),
      epoch,
      badge(tones[state], text(`agency.epoch.${state}`)),
      at(openedAt),
      at(closesAt),
    ])
  return table(
    text,
    text('agency.epochs'),
    [
      { name: text('agency.domain') },
      { name: text('agency.epochs.epoch'), numeric: true },
      { name: text('agency.epochs.state') },
      { name: text('agency.epochs.opened') },
      { name: text('agency.epochs.closes') },
    ],
    standings.flatMap(rowsOf),
  )
}

/** What the gateway knows of the officer's own agency: who it is, its keys, its quotas, its domains. */
export const ownAgencyPages = (rooms: Rooms): readonly Page[] => [
  {
    method: 'GET',
    path,
    roles: ['administrator'],
    menu: { text: 'menu.agency', order: 84 },
    async show(visit) {
      const { text, session } = visit
      const agency = await rooms.agencies.find(session.agency)
      return {
        title: text('agency.title'),
        body: html`<p class="nl-paragraph raakvlak-lead">${text('agency.lead')}</p>
${facts([
  [text('agency.name'), agency?.name],
  [text('agency.id'), code(session.agency)],
  [text('agency.root'), agency && code(agency.rootThumbprint)],
  [text('agency.desk'), agency?.card?.contactDesk ?? text('unknown')],
  [text('agency.card'), agency?.card?.version ?? text('none')],
])}
${paragraph(text('agency.root.compare'))}
${await keysTable(rooms, visit)}
${paragraph(text('agency.keys.change'))}
${heading(2, text('agency.today'))}
${paragraph(text('agency.quotas.text'))}
${await quotasTable(rooms, visit)}
${heading(2, text('agency.domains'))}
${paragraph(text('agency.epochs.text'))}
${await epochsTable(rooms, visit)}`,
      }
    },
  },
]
