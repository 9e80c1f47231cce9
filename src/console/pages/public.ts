import { html, type Piece } from '../../kernel/html.ts'
import { facts, heading, list, paragraph, table } from '../parts.ts'
import { datesIn } from '../texts.ts'
import type { Answer, Visit } from '../types.ts'

/** An agreement as anybody may know of it: who, what for, until when. */
export type PublicAgreement = {
  readonly title: string
  readonly purpose: { readonly en: string; readonly nl: string }
  readonly agencies: readonly string[]
  readonly until: string
  readonly dpia: string
}

export type PublicPageRooms = {
  readonly publicUrl: string
  readonly verifierKey: string
  readonly checkpoint: () => Promise<string | undefined>
  readonly agreementsInForce: () => Promise<readonly PublicAgreement[]>
}

/** What anybody may see without signing in. */
export const publicPage =
  ({ publicUrl, verifierKey, checkpoint, agreementsInForce }: PublicPageRooms) =>
  async ({ text, language }: Visit): Promise<Answer> => {
    const [latest, agreements] = await Promise.all([checkpoint(), agreementsInForce()])
    const { day } = datesIn(language)
    const parties: Piece =
      agreements.length === 0
        ? paragraph(text('public.parties.none'))
        : table(
            text,
            text('public.parties.table'),
            (['agreement', 'purpose', 'agencies', 'until', 'dpia'] as const).map((name) => ({
              name: text(`public.${name}`),
            })),
            agreements.map((one) => [
              one.title,
              one.purpose[language],
              list(one.agencies),
              day(one.until),
              one.dpia,
            ]),
          )
    const [, size] = latest?.split('\n') ?? []
    return {
      title: text('public.title'),
      body: html`<p class="nl-paragraph raakvlak-lead">${text('public.lead')}</p>
${heading(2, text('public.what'))}
${paragraph(text('public.what.1'))}${paragraph(text('public.what.2'))}${paragraph(text('public.what.3'))}
${heading(2, text('public.parties'))}
${parties}
${heading(2, text('public.rights'))}
${paragraph(text('public.rights.1'))}${paragraph(text('public.rights.2'))}
${heading(2, text('public.ledger'))}
${paragraph(text('public.ledger.1'))}
${
  latest === undefined
    ? paragraph(text('public.ledger.none'))
    : html`${paragraph(text('public.ledger.size', { size: size ?? '' }))}
<pre class="raakvlak-code" tabindex="0" aria-label="${text('public.ledger.checkpoint')}">${latest}</pre>`
}
${facts([
  [text('public.ledger.key'), html`<code>${verifierKey}</code>`],
  [
    text('public.ledger.follow'),
    html`<a class="nl-link" href="/v1/ledger/checkpoint">${publicUrl}/v1/ledger/checkpoint</a>`,
  ],
])}`,
    }
  }
