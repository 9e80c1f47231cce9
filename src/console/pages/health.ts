import { type Light, type PartStanding, worstOf } from '../../door/lights.ts'
import { html, type Piece } from '../../kernel/html.ts'
import type { AgencyId } from '../../kernel/ids.ts'
import { badge, link, notice, paragraph, table } from '../parts.ts'
import { datesIn } from '../texts.ts'
import type { OfficersVisit, Page } from '../types.ts'
import type { Waiting } from './start.ts'

const path = '/console/health'
const roles = ['administrator'] as const

/** What a gateway is made of, to those who depend on it. */
export const healthParts = [
  'database',
  'keyholder',
  'witness',
  'work',
  'outbox',
  'retention',
  'epochs',
] as const
export type HealthPart = (typeof healthParts)[number]

/** How the gateway stands, for the administrator of one agency. */
export type LookAtHealth = (agency: AgencyId) => Promise<readonly PartStanding<HealthPart>[]>

const tones = { green: 'ok', yellow: 'warning', red: 'danger' } as const

const worstIn = (standings: readonly PartStanding<HealthPart>[]): Light =>
  worstOf(standings.map(({ light }) => light))

function rowOf(
  { text, language, now }: OfficersVisit,
  { part, light, silent, lastAt, nextAt }: PartStanding<HealthPart>,
): Piece[] {
  const { moment } = datesIn(language)
  const said = silent ? 'health.silent' : (`health.${part}.${light}` as const)
  return [
    text(`health.${part}`),
    badge(tones[light], text(`health.${light}`)),
    text(said),
    lastAt === undefined ? (light === 'green' ? '–' : text('health.never')) : moment(lastAt),
    nextAt === undefined
      ? text('health.each-look')
      : nextAt <= now
        ? text('health.now')
        : moment(nextAt),
  ]
}

/** Green, yellow and red for each part, with when it last did something and when it does so next. */
export const healthPages = ({
  lookAtHealth,
}: {
  readonly lookAtHealth: LookAtHealth
}): readonly Page[] => [
  {
    method: 'GET',
    path,
    roles,
    menu: { text: 'menu.health', order: 82 },
    async show(visit) {
      const { text, session } = visit
      const standings = await lookAtHealth(session.agency)
      const worst = worstIn(standings)
      return {
        title: text('health.title'),
        body: html`<p class="nl-paragraph raakvlak-lead">${text('health.lead')}</p>
${notice(tones[worst], paragraph(text(`health.all.${worst}`)))}
${table(
  text,
  text('health.table'),
  (['part', 'light', 'seen', 'last', 'next'] as const).map((name) => ({
    name: text(`health.column.${name}`),
  })),
  standings.map((one) => rowOf(visit, one)),
)}
${paragraph(text('health.keyholder.direct'))}`,
      }
    },
  },
]

/** What does not work, for the start page. */
export const waitingHealth = ({
  lookAtHealth,
}: {
  readonly lookAtHealth: LookAtHealth
}): Waiting => ({
  roles,
  async find({ text, session }) {
    const red = (await lookAtHealth(session.agency)).filter(({ light }) => light === 'red')
    return red.map(({ part }) => link(path, text('start.health', { part: text(`health.${part}`) })))
  },
})
