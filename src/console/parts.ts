import { type Html, html, type Piece } from '../kernel/html.ts'
import { csrfField } from './layout.ts'
import type { TextOf } from './texts.ts'
import type { OfficersVisit } from './types.ts'

/** Pieces that pages are made of. Each has its own class; none has a style of its own. */

export const paragraph = (...pieces: readonly Piece[]): Html =>
  html`<p class="nl-paragraph">${pieces}</p>`

export const link = (address: string, ...pieces: readonly Piece[]): Html =>
  html`<a class="nl-link" href="${address}">${pieces}</a>`

/** A link that looks like the button that it leads to. */
export const buttonLink = (address: string, ...pieces: readonly Piece[]): Html =>
  html`<a class="nl-button nl-button--primary" href="${address}">${pieces}</a>`

export const heading = (level: 2 | 3, text: Piece, id?: string): Html => {
  const marked = id === undefined ? undefined : html` id="${id}"`
  return level === 2
    ? html`<h2 class="nl-heading nl-heading--level-2"${marked}>${text}</h2>`
    : html`<h3 class="nl-heading nl-heading--level-3"${marked}>${text}</h3>`
}

export const list = (items: readonly Piece[]): Html =>
  html`<ul class="utrecht-unordered-list">${items.map(
    (item) => html`<li class="utrecht-unordered-list__item">${item}</li>`,
  )}</ul>`

export type Tone = 'neutral' | 'info' | 'ok' | 'warning' | 'danger'

/** A word in a coloured box; the word alone has to say it. */
export const badge = (tone: Tone, text: string): Html =>
  html`<span class="nl-data-badge raakvlak-badge raakvlak-badge--${tone}">${text}</span>`

/** Something that the reader has to see before the rest. */
export const notice = (tone: Tone, ...pieces: readonly Piece[]): Html =>
  html`<div class="raakvlak-notice raakvlak-notice--${tone}" role="${tone === 'danger' ? 'alert' : 'note'}">${pieces}</div>`

/** What is wrong with what was sent, above the form, with links to the fields. */
export const errorSummary = (
  text: TextOf,
  faults: readonly { readonly field?: string; readonly message: Piece }[],
): Piece =>
  faults.length === 0
    ? undefined
    : html`<div class="raakvlak-notice raakvlak-notice--danger" role="alert" tabindex="-1" id="faults" data-focus>
<h2 class="nl-heading nl-heading--level-3">${text('error.summary')}</h2>
<ul class="utrecht-unordered-list">${faults.map(
        ({ field, message }) =>
          html`<li class="utrecht-unordered-list__item">${field === undefined ? message : html`<a class="nl-link" href="#${field}">${message}</a>`}</li>`,
      )}</ul></div>`

export type Column = { readonly name: Piece; readonly numeric?: boolean }

/**
 * A table that scrolls in a region of its own, which the keyboard reaches. The first cell of a row is its heading. On
 * a narrow screen each row is a card; the roles keep it a table to those who hear it.
 */
export function table(
  text: TextOf,
  name: string,
  columns: readonly Column[],
  rows: readonly (readonly Piece[])[],
): Html {
  const numeric = (at: number) => columns[at]?.numeric === true && html` raakvlak-numeric`
  const heads = columns.map(
    (column, at) =>
      html`<th scope="col" role="columnheader" class="utrecht-table__header-cell${numeric(at)}">${column.name}</th>`,
  )
  const cellOf = (cell: Piece, at: number): Html => {
    const own = html`<span class="raakvlak-cell-name" aria-hidden="true">${columns[at]?.name}</span><div>${cell}</div>`
    return at === 0
      ? html`<th scope="row" role="rowheader" class="utrecht-table__cell raakvlak-row-heading">${own}</th>`
      : html`<td role="cell" class="utrecht-table__cell${numeric(at)}">${own}</td>`
  }
  return html`<div class="raakvlak-scroll" role="region" tabindex="0" aria-label="${text('region.scroll', { name })}">
<table class="utrecht-table" role="table"><caption class="utrecht-table__caption">${name}</caption>
<thead class="utrecht-table__header" role="rowgroup"><tr class="utrecht-table__row" role="row">${heads}</tr></thead>
<tbody class="utrecht-table__body" role="rowgroup">${rows.map(
    (cells) =>
      html`<tr class="utrecht-table__row" role="row" data-row>${cells.map((cell, at) => cellOf(cell, at))}</tr>`,
  )}</tbody></table></div>`
}

/** Names with what they stand for. */
export const facts = (rows: readonly (readonly [name: Piece, value: Piece])[]): Html =>
  html`<dl class="raakvlak-facts">${rows.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}</dl>`

/** Help beside what it is about, folded. */
export const help = (question: Piece, ...answer: readonly Piece[]): Html =>
  html`<details class="raakvlak-help"><summary>${question}</summary><div>${answer}</div></details>`

type FieldOptions = {
  readonly name: string
  readonly label: Piece
  readonly hint?: Piece
  readonly fault?: Piece
  readonly value?: string
  readonly required?: boolean
}

const described = ({ name, hint, fault }: FieldOptions): Piece => {
  const ids = [hint && `${name}-hint`, fault && `${name}-fault`].filter(Boolean)
  return ids.length > 0 && html` aria-describedby="${ids.join(' ')}"`
}
const around = (options: FieldOptions, control: Html): Html =>
  html`<div class="raakvlak-field"><label class="utrecht-form-label" for="${options.name}">${options.label}</label>
${options.hint && html`<div class="raakvlak-hint" id="${options.name}-hint">${options.hint}</div>`}
${options.fault && html`<div class="raakvlak-fault" id="${options.name}-fault">${options.fault}</div>`}
${control}</div>`
const common = (options: FieldOptions): Html =>
  html`id="${options.name}" name="${options.name}"${described(options)}${options.fault && html` aria-invalid="true"`}${options.required && html` required`}`

export const textField = (
  options: FieldOptions & {
    readonly type?: 'text' | 'password' | 'search' | 'date'
    readonly autocomplete?: string
    readonly numeric?: boolean
    readonly maxLength?: number
  },
): Html =>
  around(
    options,
    html`<input class="utrecht-textbox utrecht-textbox--html-input" type="${options.type ?? 'text'}" ${common(options)} value="${options.value ?? ''}" autocomplete="${options.autocomplete ?? 'off'}"${options.numeric && html` inputmode="numeric"`}${options.maxLength && html` maxlength="${options.maxLength}"`}>`,
  )

export const textArea = (options: FieldOptions & { readonly maxLength: number }): Html =>
  around(
    options,
    html`<textarea class="utrecht-textarea utrecht-textarea--html-textarea" rows="6" maxlength="${options.maxLength}" ${common(options)}>${options.value ?? ''}</textarea>`,
  )

export type Choice = { readonly value: string; readonly label: Piece }

export const select = (options: FieldOptions & { readonly choices: readonly Choice[] }): Html =>
  around(
    options,
    html`<select class="utrecht-select utrecht-select--html-select" ${common(options)}>${options.choices.map(
      ({ value, label }) =>
        html`<option value="${value}"${value === (options.value ?? '') && html` selected`}>${label}</option>`,
    )}</select>`,
  )

/** Boxes to tick, or one of several with `one`; each has the name of the field. */
export function choices(
  options: Omit<FieldOptions, 'value'> & {
    readonly choices: readonly Choice[]
    readonly chosen: readonly string[]
    readonly one?: boolean
  },
): Html {
  const { name, label, hint, fault, one = false, chosen } = options
  return html`<fieldset class="raakvlak-field raakvlak-choices" id="${name}"${described(options)}${fault && html` aria-invalid="true"`}><legend class="utrecht-form-label">${label}</legend>
${hint && html`<div class="raakvlak-hint" id="${name}-hint">${hint}</div>`}
${fault && html`<div class="raakvlak-fault" id="${name}-fault">${fault}</div>`}
${options.choices.map(
  ({ value, label: own }, at) =>
    html`<div class="raakvlak-choice"><input type="${one ? 'radio' : 'checkbox'}" id="${name}-${at}" name="${name}" value="${value}"${chosen.includes(value) && html` checked`}${one && options.required && html` required`}><label for="${name}-${at}">${own}</label></div>`,
)}</fieldset>`
}

export const button = (
  text: Piece,
  kind: 'primary' | 'secondary' = 'primary',
  named?: { readonly name: string; readonly value: string },
): Html =>
  html`<button class="nl-button nl-button--${kind}" type="submit"${named && html` name="${named.name}" value="${named.value}"`}>${text}</button>`

/** A form that is sent to a page of the console. It carries the proof that it came from here. */
export const form = (
  visit: Pick<OfficersVisit, 'session'>,
  address: string,
  ...pieces: readonly Piece[]
): Html =>
  html`<form class="raakvlak-form" method="post" action="${address}" novalidate>${csrfField(visit.session)}${pieces}</form>`

/** The form itself to somebody who proved its second factor lately; to others the way to do so, and back. */
export function proof(visit: OfficersVisit, formOf: () => Html): Html {
  if (visit.proved) return formOf()
  const address = `/console/prove/begin?${new URLSearchParams({ return: visit.path })}`
  return notice(
    'info',
    paragraph(visit.text('prove.text')),
    buttonLink(address, visit.text('prove.button')),
  )
}

/** Above a form that came too late: how to confirm without losing what was typed. */
export const provedTooLate = ({ text }: OfficersVisit): Html =>
  notice(
    'danger',
    paragraph(text('prove.expired')),
    html`<a class="nl-link" href="/console/prove/begin?return=%2Fconsole%2Fproved" target="_blank" rel="noopener">${text('prove.expired.link')}</a>`,
  )

/** A form whose answer is a file: the page stays, so that it may be pressed again. */
export const downloadForm = (
  visit: Pick<OfficersVisit, 'session'>,
  address: string,
  hidden: readonly (readonly [name: string, value: string])[],
  ...buttons: readonly Piece[]
): Html =>
  html`<form class="raakvlak-form" method="post" action="${address}" data-download>${csrfField(visit.session)}${hidden.map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}<div class="raakvlak-row">${buttons.map((one) => (typeof one === 'string' ? button(one, 'secondary') : one))}</div></form>`
