import { Fault } from '../../kernel/fault.ts'
import { type Html, html, type Piece } from '../../kernel/html.ts'
import { uuidPattern } from '../../kernel/ids.ts'
import { link, select } from '../parts.ts'
import type { TextKey, TextOf } from '../texts.ts'
import type { Visit } from '../types.ts'

export const occasions = ['spot-check', 'incident', 'complaint', 'inspection'] as const
export type Occasion = (typeof occasions)[number]

/** What stands in the address under a name, without spaces around it; undefined when nothing does. */
export const given = ({ query }: Pick<Visit, 'query'>, name: string): string | undefined =>
  query.get(name)?.trim() || undefined

const isUuid = new RegExp(uuidPattern)

/** The id in the address of a page. @throws Fault door/not-found for what is none, as for what is not there */
export function idIn({ params }: Pick<Visit, 'params'>): string {
  const { id = '' } = params
  if (!isUuid.test(id)) throw new Fault('door/not-found')
  return id
}

const amsterdam = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Amsterdam',
  hour: '2-digit',
  hourCycle: 'h23',
})

/** The instant at which a day begins in the Netherlands, `days` days later; undefined for what is no day. */
export function beginOfDay(day: string | undefined, days = 0): string | undefined {
  if (day === undefined) return undefined
  const noon = new Date(`${day}T12:00:00Z`)
  if (Number.isNaN(noon.getTime())) return undefined
  noon.setUTCDate(noon.getUTCDate() + days)
  const moved = noon.toISOString().slice(0, 10)
  const summer = new Date(`${moved}T00:00:00+02:00`)
  const isSummer = Number(amsterdam.format(summer)) === 0
  return (isSummer ? summer : new Date(`${moved}T00:00:00+01:00`)).toISOString()
}

export const oneOf = <Code extends string>(
  codes: readonly Code[],
  value: string | undefined,
): Code | undefined => codes.find((code) => code === value)

/** Why the visitor looks; undefined while it did not say so. */
export const occasionOf = (visit: Pick<Visit, 'query'>): Occasion | undefined =>
  oneOf(occasions, given(visit, 'occasion'))

export const occasionField = (text: TextOf, value: Occasion | undefined): Html =>
  select({
    name: 'occasion',
    label: text('occasion'),
    hint: text('occasion.hint'),
    value: value ?? 'spot-check',
    choices: occasions.map((code) => ({ value: code, label: text(`occasion.${code}`) })),
  })

/** A form whose answers become the address: a filter that can be kept. */
export const filterForm = (path: string, text: TextOf, ...fields: readonly Piece[]): Html =>
  html`<form class="raakvlak-form" method="get" action="${path}"><div class="raakvlak-row">${fields}</div>
<div class="raakvlak-row"><button class="nl-button nl-button--primary" type="submit">${text('filter.show')}</button></div></form>`

/** The same address with some values others, or gone. */
export function addressWith(
  { path, query }: Pick<Visit, 'path' | 'query'>,
  changes: Readonly<Record<string, string | undefined>>,
): string {
  const next = new URLSearchParams(query)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) next.delete(name)
    else next.set(name, value)
  }
  next.delete('lang')
  const [bare = ''] = path.split('?')
  return next.size === 0 ? bare : `${bare}?${next}`
}

/** What is filtered by now, each with a link that leaves it out. */
export function chips(
  visit: Visit,
  names: readonly (readonly [name: string, label: TextKey, value?: string])[],
): Piece {
  const { text, query } = visit
  const set = names.filter(([name]) => (query.get(name) ?? '') !== '')
  if (set.length === 0) return undefined
  const items = set.map(([name, label, value]) => {
    const values = { name: text(label), value: value ?? query.get(name) ?? '' }
    const address = addressWith(visit, { [name]: undefined, before: undefined })
    return html`<li>${link(address, text('filter.remove', values))}</li>`
  })
  const none = Object.fromEntries(names.map(([name]) => [name, undefined]))
  const clear = link(addressWith(visit, { ...none, before: undefined }), text('filter.clear'))
  return html`<ul class="raakvlak-chips">${items}<li>${clear}</li></ul>`
}
