import { Compile } from 'typebox/compile'
import { html, type Piece } from '../../kernel/html.ts'
import type { Accesses } from '../../oversight/accesses.ts'
import {
  type Access,
  AccessExportQuery,
  AccessQuery,
  exportFormats,
  sides,
} from '../../wire/access.ts'
import {
  badge,
  button,
  downloadForm,
  errorSummary,
  heading,
  link,
  paragraph,
  select,
  table,
  textField,
} from '../parts.ts'
import { datesIn, type TextKey } from '../texts.ts'
import type { Answer, OfficersVisit, Page } from '../types.ts'
import {
  addressWith,
  beginOfDay,
  chips,
  filterForm,
  given,
  occasionField,
  occasionOf,
  oneOf,
} from './filters.ts'

const path = '/console/accesses'
const roles = ['privacy-officer'] as const
const outcomes = ['permit', 'refuse'] as const
const isQuery = Compile(AccessQuery)
const isExportQuery = Compile(AccessExportQuery)

/** What of the filter stands in the address as it is asked; days and numbers are turned into what the room takes. */
const asTheyAre = [
  'occasion',
  'by',
  'kind',
  'outcome',
  'client',
  'officer',
  'onBehalfOf',
  'agreement',
  'purpose',
  'about',
] as const
const kept = [...asTheyAre, 'answerSizeFrom', 'from', 'until'] as const

const names: readonly (readonly [string, TextKey])[] = [
  ['by', 'accesses.by'],
  ['kind', 'accesses.kind'],
  ['outcome', 'accesses.outcome'],
  ['client', 'accesses.client'],
  ['officer', 'accesses.officer'],
  ['purpose', 'accesses.under'],
  ['about', 'accesses.about'],
  ['answerSizeFrom', 'accesses.answerSizeFrom'],
  ['from', 'accesses.from'],
  ['until', 'accesses.until'],
]

type Values = Pick<OfficersVisit, 'query'>

function filterOf(values: Values): Record<string, unknown> {
  const numeric = (name: string) => {
    const text = given(values, name)
    return text === undefined ? undefined : Number(text)
  }
  const from = given(values, 'from')
  const until = given(values, 'until')
  const filter = {
    ...Object.fromEntries(asTheyAre.map((name) => [name, given(values, name)])),
    answerSizeFrom: numeric('answerSizeFrom'),
    before: numeric('before'),
    // What is no day stays what it is, and is refused as such.
    from: beginOfDay(from) ?? from,
    until: beginOfDay(until, 1) ?? until,
  }
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
}

/** Fields that do not have the form that the room takes. */
function wrongFields(validator: typeof isQuery | typeof isExportQuery, filter: unknown): string[] {
  const found = validator.Errors(filter).map(({ instancePath }) => instancePath.split('/')[1] ?? '')
  return [...new Set(found)].filter((name) => kept.some((one) => one === name))
}

/** Who did it, as far as that is told. */
const whoOf = ({ agency, client, officer, onBehalfOf }: Access): Piece => [
  officer ?? client ?? agency,
  officer !== undefined && html` <span class="raakvlak-quiet">${client}</span>`,
  onBehalfOf !== undefined && html` <span class="raakvlak-quiet">→ ${onBehalfOf}</span>`,
]

function rowOf(visit: OfficersVisit, access: Access): Piece[] {
  const { text, language } = visit
  const { index, at, kind, outcome, about, purpose, answerSize, officer } = access
  const narrowed = (name: string, value: string, shown: Piece) =>
    link(addressWith(visit, { [name]: value, before: undefined }), shown)
  const own = (given(visit, 'by') ?? 'own') === 'own'
  const proofAt = `${path}/${index}/check?occasion=${occasionOf(visit) ?? 'spot-check'}`
  return [
    datesIn(language).moment(at),
    narrowed('kind', kind, html`<code>${kind}</code>`),
    outcome && badge(outcome === 'refuse' ? 'warning' : 'ok', text(`accesses.${outcome}`)),
    officer === undefined ? whoOf(access) : narrowed('officer', officer, whoOf(access)),
    about && narrowed('about', about, html`<code title="${about}">${about.slice(0, 8)}</code>`),
    purpose,
    answerSize,
    own && link(proofAt, text('accesses.check', { index })),
  ]
}

const columns = [
  'at',
  'kind',
  'outcome',
  'who',
  'about',
  'under',
  'size',
  'proof',
] as const satisfies readonly string[]

function fieldsOf(visit: OfficersVisit, wrong: readonly string[]): Piece[] {
  const { text } = visit
  const value = (name: string) => given(visit, name) ?? ''
  const faultOf = (name: string) =>
    wrong.includes(name) ? { fault: text('filter.wrong') } : undefined
  const field = (name: 'kind' | 'officer' | 'client' | 'about', hint?: Piece) =>
    textField({ name, label: text(`accesses.${name}`), value: value(name), hint, ...faultOf(name) })
  const all = { value: '', label: text('filter.all') }
  return [
    occasionField(text, occasionOf(visit)),
    select({
      name: 'by',
      label: text('accesses.by'),
      value: oneOf(sides, given(visit, 'by')) ?? 'own',
      choices: sides.map((side) => ({ value: side, label: text(`accesses.by.${side}`) })),
    }),
    select({
      name: 'outcome',
      label: text('accesses.outcome'),
      value: value('outcome'),
      choices: [all, ...outcomes.map((one) => ({ value: one, label: text(`accesses.${one}`) }))],
    }),
    field('kind', 'overlap.read, disclosure.release, …'),
    field('officer'),
    field('client'),
    field('about', text('accesses.about.hint')),
    ...(['from', 'until'] as const).map((name) =>
      textField({
        name,
        type: 'date',
        label: text(`accesses.${name}`),
        value: value(name),
        ...faultOf(name),
      }),
    ),
    textField({
      name: 'answerSizeFrom',
      numeric: true,
      label: text('accesses.answerSizeFrom'),
      value: value('answerSizeFrom'),
      ...faultOf('answerSizeFrom'),
    }),
  ]
}

/** The access explorer: every act of the agency, by whatever an officer asks, and exactly that as a file. */
export const accessPages = (accesses: Pick<Accesses, 'list' | 'exported'>): readonly Page[] => [
  {
    method: 'GET',
    path,
    roles,
    menu: { text: 'menu.accesses', order: 60 },
    async show(visit) {
      const { text, asker } = visit
      const filter = filterOf(visit)
      const chosen = occasionOf(visit) !== undefined
      const wrong = chosen ? wrongFields(isQuery, filter) : []
      const faults = wrong.map((field) => ({ field, message: text('filter.wrong') }))
      const top = html`${errorSummary(text, faults)}<p class="nl-paragraph raakvlak-lead">${text('accesses.lead')}</p>
${filterForm(path, text, fieldsOf(visit, wrong))}`
      const answer = (...rest: readonly Piece[]): Answer => ({
        title: text('accesses.title'),
        faulty: wrong.length > 0,
        ...(wrong.length > 0 ? { status: 400 } : {}),
        body: html`${top}${rest}`,
      })
      if (!chosen) return answer(paragraph(text('accesses.choose')))
      if (!isQuery.Check(filter)) return answer()
      const { accesses: found, next } = await accesses.list(asker, filter)
      if (found.length === 0) return answer(chips(visit, names), paragraph(text('accesses.none')))
      return answer(
        chips(visit, names),
        table(
          text,
          text('accesses.table'),
          columns.map((name) => ({ name: text(`accesses.${name}`), numeric: name === 'size' })),
          found.map((access) => rowOf(visit, access)),
        ),
        paragraph(text('accesses.rows', { count: found.length })),
        next !== undefined &&
          paragraph(link(addressWith(visit, { before: String(next) }), text('accesses.more'))),
        heading(2, text('accesses.export')),
        paragraph(text('accesses.export.text')),
        downloadForm(
          visit,
          `${path}/export`,
          kept.flatMap((name) => {
            const value = given(visit, name)
            return value === undefined ? [] : [[name, value] as const]
          }),
          ...exportFormats.map((format) =>
            button(text(`accesses.export.${format}`), 'secondary', {
              name: 'format',
              value: format,
            }),
          ),
        ),
        paragraph(text('filter.keep')),
      )
    },
  },
  {
    method: 'POST',
    path: `${path}/export`,
    roles,
    async show(visit) {
      const { text, form: sent, asker } = visit
      const { before: _, ...filter } = filterOf({ query: sent })
      const query = { ...filter, format: sent.get('format') ?? '' }
      if (!isExportQuery.Check(query)) {
        const faults = [{ message: text('filter.wrong') }]
        return {
          title: text('accesses.export'),
          faulty: true,
          status: 400,
          body: html`${errorSummary(text, faults)}`,
        }
      }
      const { rows, text: content } = await accesses.exported(asker, query)
      const type = query.format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json'
      return { file: { name: `accesses-${rows}.${query.format}`, type, content, rows } }
    },
  },
]
