import type { Fault } from '../../kernel/fault.ts'
import { html, type Piece } from '../../kernel/html.ts'
import { link, list, paragraph } from '../parts.ts'
import type { TextKey } from '../texts.ts'
import type { Answer, Visit } from '../types.ts'

/** The console itself does not go along: no room was asked, and nothing was done. */
export class Refusal extends Error {
  readonly status: 401 | 403
  readonly reason: TextKey

  constructor(status: 401 | 403, reason: TextKey) {
    super(reason)
    this.name = 'Refusal'
    this.status = status
    this.reason = reason
  }
}

const known = [400, 401, 403, 404, 405, 409, 413, 429, 500, 503] as const
type Known = (typeof known)[number]

const wordsFor = (status: number): Known =>
  known.find((one) => one === status) ?? (status >= 500 ? 500 : 400)

/** What a fault says beside its kind: reasons of the policy, and what has to be mended. They are in English. */
export const reasonsOf = (fault: Fault): readonly Piece[] =>
  fault.problems.length === 0
    ? [html`<span lang="en">${fault.message}</span>`]
    : fault.problems.map(
        ({ message, article }) =>
          html`<span lang="en">${message}</span>${article !== undefined && html` <span class="raakvlak-quiet">(${article})</span>`}`,
      )

/** A page for what went wrong; it never repeats what was sent. */
export function errorPage({ text }: Visit, fault: Fault | Refusal, request: string): Answer {
  const words = wordsFor(fault.status)
  const isRefusal = fault instanceof Refusal
  const why = isRefusal || fault.status >= 500 || fault.status === 404 ? [] : reasonsOf(fault)
  return {
    status: fault.status,
    title: text(`error.${words}.title`),
    body: html`${paragraph(isRefusal ? text(fault.reason) : text(`error.${words}.text`, { request }))}
${why.length > 0 && html`<h2 class="nl-heading nl-heading--level-2">${text('error.reasons')}</h2>${list(why)}`}
${paragraph(words === 401 ? link('/console/sign-in', text('sign-in')) : link('/console', text('menu.start')))}
<p class="nl-paragraph raakvlak-quiet">${text('error.number', { request })}</p>`,
  }
}
