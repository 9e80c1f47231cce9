import { html, type Piece } from '../../kernel/html.ts'
import type { Webhooks } from '../../notification/webhooks.ts'
import { noticeKinds } from '../../wire/codes/notices.ts'
import { type AttemptResult, attemptResults, type Webhook } from '../../wire/webhook.ts'
import { badge, form, link, notice, paragraph, table } from '../parts.ts'
import { datesIn, namesOf } from '../texts.ts'
import type { OfficersVisit, Page } from '../types.ts'
import { given, idIn, oneOf } from './filters.ts'
import type { Waiting } from './start.ts'

const path = '/console/webhooks'
const roles = ['administrator'] as const

type Rooms = { readonly webhooks: Pick<Webhooks, 'list' | 'test' | 'deliveries'> }

const tones = { unconfirmed: 'warning', active: 'ok', paused: 'danger' } as const

function rowOf(visit: OfficersVisit, webhook: Webhook): Piece[] {
  const { text, language } = visit
  const { id, url, state, confirmedAt, waiting, dead } = webhook
  return [
    url,
    badge(tones[state], text(`webhooks.state.${state}`)),
    confirmedAt === undefined ? '–' : datesIn(language).moment(confirmedAt),
    waiting,
    dead === 0 ? dead : badge('danger', `${dead}`),
    form(
      visit,
      `${path}/${id}/test`,
      html`<button class="nl-button nl-button--secondary" type="submit" aria-label="${text('webhooks.test.of', { url })}">${text('webhooks.test')}</button>`,
    ),
  ]
}

/** Notices that were given up, with how the last attempt went; undefined when there are none. */
async function deadOnes(
  { webhooks }: Rooms,
  { text, language, asker }: OfficersVisit,
  found: readonly Webhook[],
): Promise<Piece> {
  if (found.every(({ dead }) => dead === 0)) return undefined
  const { deliveries } = await webhooks.deliveries(asker, { state: 'dead' })
  const urls = new Map(found.map(({ id, url }) => [id, url]))
  return table(
    text,
    text('webhooks.dead'),
    (['sequence', 'kind', 'where', 'attempts', 'last', 'result'] as const).map((name) => ({
      name: text(`webhooks.dead.${name}`),
      numeric: name === 'sequence' || name === 'attempts',
    })),
    deliveries.map(({ sequence, kind, webhook, attempts, attemptedAt, result }) => [
      sequence,
      namesOf(language, noticeKinds)(kind),
      urls.get(webhook),
      attempts,
      attemptedAt === undefined ? '–' : datesIn(language).moment(attemptedAt),
      result && text(`webhooks.result.${result}`),
    ]),
  )
}

const told = (result: AttemptResult): 'ok' | 'danger' => (result === 'accepted' ? 'ok' : 'danger')

/** Where the officer's agency is told of notices, how that goes, and a button to try it. */
export const webhookPages = (rooms: Rooms): readonly Page[] => [
  {
    method: 'GET',
    path,
    roles,
    menu: { text: 'menu.webhooks', order: 86 },
    async show(visit) {
      const { text, asker } = visit
      const found = await rooms.webhooks.list(asker)
      const tested = found.find(({ id }) => id === given(visit, 'tested'))
      const result = oneOf(attemptResults, given(visit, 'result'))
      return {
        title: text('webhooks.title'),
        body: html`<p class="nl-paragraph raakvlak-lead">${text('webhooks.lead')}</p>
${
  tested !== undefined &&
  result !== undefined &&
  notice(
    told(result),
    paragraph(text('webhooks.tested', { url: tested.url })),
    paragraph(text(`webhooks.result.${result}`)),
  )
}
${
  found.length === 0
    ? paragraph(text('webhooks.none'))
    : table(
        text,
        text('webhooks.table'),
        (['url', 'state', 'confirmed', 'waiting', 'dead', 'try'] as const).map((name) => ({
          name: text(`webhooks.column.${name}`),
          numeric: name === 'waiting' || name === 'dead',
        })),
        found.map((one) => rowOf(visit, one)),
      )
}
${await deadOnes(rooms, visit, found)}
${paragraph(text('webhooks.command'))}
<pre class="raakvlak-code" tabindex="0" aria-label="${text('webhooks.command')}">npm run raakvlak -- webhook register https://… --agency ${visit.session.agency}
npm run raakvlak -- webhook redeliver ID --from 1 --agency ${visit.session.agency}</pre>`,
      }
    },
  },
  {
    method: 'POST',
    path: `${path}/:id/test`,
    roles,
    async show(visit) {
      const { webhook, result } = await rooms.webhooks.test(visit.asker, idIn(visit))
      return { goTo: `${path}?${new URLSearchParams({ tested: webhook.id, result })}` }
    },
  },
]

/** Webhooks that nothing is sent to, or that lost notices, for the start page. */
export const waitingWebhooks = ({ webhooks }: Rooms): Waiting => ({
  roles,
  async find({ text, asker }) {
    const failed = (await webhooks.list(asker)).filter(
      ({ state, dead }) => state === 'paused' || dead > 0,
    )
    return failed.map(({ url }) => link(path, text('start.webhook', { url })))
  },
})
