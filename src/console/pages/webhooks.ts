import { html, type Piece } from '../../kernel/html.ts'
import type { Webhooks } from '../../notification/webhooks.ts'
import { type AttemptResult, attemptResults, type Webhook } from '../../wire/webhook.ts'
import { badge, form, link, notice, paragraph, table } from '../parts.ts'
import { datesIn } from '../texts.ts'
import type { OfficersVisit, Page } from '../types.ts'
import { given, idIn, oneOf } from './filters.ts'
import type { Waiting } from './start.ts'

const path = '/console/webhooks'
const roles = ['administrator'] as const

type Rooms = { readonly webhooks: Pick<Webhooks, 'list' | 'test'> }

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

const told = (result: AttemptResult): 'ok' | 'danger' => (result === 'accepted' ? 'ok' : 'danger')

/** Where the officer's agency is told of notices, how that goes, and a button to try it. */
export const webhookPages = ({ webhooks }: Rooms): readonly Page[] => [
  {
    method: 'GET',
    path,
    roles,
    menu: { text: 'menu.webhooks', order: 86 },
    async show(visit) {
      const { text, asker } = visit
      const found = await webhooks.list(asker)
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
${paragraph(text('webhooks.command'))}
<pre class="raakvlak-code" tabindex="0" aria-label="${text('webhooks.command')}">npm run raakvlak -- webhook register https://… --agency ${visit.session.agency}
npm run raakvlak -- webhook redeliver … --from 1 --agency ${visit.session.agency}</pre>`,
      }
    },
  },
  {
    method: 'POST',
    path: `${path}/:id/test`,
    roles,
    async show(visit) {
      const { webhook, result } = await webhooks.test(visit.asker, idIn(visit))
      return { goTo: `${path}?${new URLSearchParams({ tested: webhook.id, result })}` }
    },
  },
]

/** Webhooks that nothing is sent to, or that lost notices, for the start page. */
export const waitingWebhooks = ({ webhooks }: Pick<Rooms, 'webhooks'>): Waiting => ({
  roles,
  async find({ text, asker }) {
    const failed = (await webhooks.list(asker)).filter(
      ({ state, dead }) => state === 'paused' || dead > 0,
    )
    return failed.map(({ url }) => link(path, text('start.webhook', { url })))
  },
})
