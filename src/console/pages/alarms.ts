import type { Alarms } from '../../alarms/alarms.ts'
import { html, type Piece } from '../../kernel/html.ts'
import { type Alarm, type AlarmCloseBody, alarmStates } from '../../wire/alarm.ts'
import { alarmOutcomes, alarmReasons, alarmRules } from '../../wire/codes/alarms.ts'
import { codesOf } from '../../wire/codes.ts'
import {
  badge,
  button,
  errorSummary,
  facts,
  form,
  heading,
  link,
  notice,
  paragraph,
  select,
  table,
} from '../parts.ts'
import { datesIn, namesOf, type TextOf } from '../texts.ts'
import type { Answer, OfficersVisit, Page } from '../types.ts'
import {
  addressWith,
  filterForm,
  given,
  idIn,
  occasionField,
  occasionOf,
  oneOf,
} from './filters.ts'

const path = '/console/alarms'
const roles = ['privacy-officer'] as const

const stateBadge = (text: TextOf, { state, overdue }: Alarm): Piece => [
  badge(
    state === 'closed' ? 'ok' : state === 'taken' ? 'info' : 'warning',
    text(`alarms.state.${state}`),
  ),
  overdue && html` ${badge('danger', text('state.overdue'))}`,
]

const actorOf = (text: TextOf, { officer, client }: Alarm): string =>
  officer ?? client ?? text('alarms.anyone')

const addressOf = ({ id }: Alarm, visit: OfficersVisit): string =>
  `${path}/${id}?occasion=${occasionOf(visit) ?? 'spot-check'}`

function rowOf(visit: OfficersVisit, alarm: Alarm): Piece[] {
  const { text, language } = visit
  const { day, moment } = datesIn(language)
  return [
    link(addressOf(alarm, visit), namesOf(language, alarmRules)(alarm.rule)),
    moment(alarm.raisedAt),
    actorOf(text, alarm),
    alarm.measured,
    alarm.threshold,
    stateBadge(text, alarm),
    day(alarm.dueAt),
  ]
}

const columns = ['rule', 'raised', 'actor', 'measured', 'threshold', 'state', 'due'] as const

type Rooms = Pick<Alarms, 'list' | 'show' | 'take' | 'close'>

/** One alarm as it stands, with what can be done about it. */
async function alarmPage(
  alarms: Rooms,
  visit: OfficersVisit,
  faults: readonly { readonly field: string; readonly message: Piece }[] = [],
): Promise<Answer> {
  const { text, language, asker } = visit
  const { moment, day } = datesIn(language)
  const occasion = occasionOf(visit) ?? 'spot-check'
  const { alarm, firings, acts } = await alarms.show(asker, idIn(visit), { occasion })
  const rule = namesOf(language, alarmRules)(alarm.rule)
  const { takenBy, outcome, reason, closedAt } = alarm
  const explorer = acts?.replace(/^[^?]*\??/, `/console/accesses?occasion=${occasion}&`)
  const closed =
    outcome !== undefined && reason !== undefined && closedAt !== undefined
      ? notice(
          'ok',
          paragraph(
            text('alarm.closed', {
              at: moment(closedAt),
              outcome: namesOf(language, alarmOutcomes)(outcome),
              reason: namesOf(language, alarmReasons)(reason),
            }),
          ),
        )
      : undefined
  const act = (name: string) => `${path}/${alarm.id}/${name}?occasion=${occasion}`
  const choicesOf = (list: Parameters<typeof namesOf>[1]) => [
    { value: '', label: '–' },
    ...list.map((one) => ({ value: one.code, label: one[language] })),
  ]
  const faultAt = (field: string) => {
    const found = faults.find((one) => one.field === field)
    return found === undefined ? {} : { fault: found.message }
  }
  return {
    title: text('alarm.title', { rule }),
    faulty: faults.length > 0,
    ...(faults.length > 0 ? { status: 400 } : {}),
    body: html`${errorSummary(text, faults)}${closed}
${heading(2, text('alarm.why'))}
${paragraph(alarm.explanation[language])}
${facts([
  [text('alarms.state'), stateBadge(text, alarm)],
  [text('alarms.actor'), actorOf(text, alarm)],
  [text('alarms.measured'), alarm.measured],
  [text('alarms.threshold'), alarm.threshold],
  [text('alarms.count'), text('alarms.times', { count: alarm.count })],
  [text('alarms.raised'), moment(alarm.raisedAt)],
  [text('alarm.last'), moment(alarm.lastAt)],
  [text('alarms.due'), day(alarm.dueAt)],
  ...(takenBy === undefined
    ? []
    : [[text('alarm.taken-by'), takenBy.officer ?? takenBy.client] as const]),
])}
${explorer !== undefined && paragraph(link(explorer, text('alarm.acts')))}
${table(
  text,
  text('alarm.firings'),
  [
    { name: text('alarm.day') },
    { name: text('alarms.measured'), numeric: true },
    { name: text('accesses.about') },
  ],
  firings.map((one) => [
    day(one.day),
    one.measured,
    one.about && html`<code>${one.about.slice(0, 8)}</code>`,
  ]),
)}
${alarm.state === 'open' && form(visit, act('take'), button(text('alarm.take')))}
${
  alarm.state === 'taken' &&
  html`${heading(2, text('alarm.close'))}${form(
    visit,
    act('close'),
    select({
      name: 'outcome',
      label: text('alarm.outcome'),
      choices: choicesOf(alarmOutcomes),
      ...faultAt('outcome'),
    }),
    select({
      name: 'reason',
      label: text('alarm.reason'),
      choices: choicesOf(alarmReasons),
      ...faultAt('reason'),
    }),
    paragraph(text('alarm.close.hint')),
    button(text('alarm.close')),
  )}`
}
${paragraph(link(path, text('back')))}`,
  }
}

/** Alarms about the own agency: the list, each case with its rule, and what the officer finds. */
export const alarmPages = (alarms: Rooms): readonly Page[] => [
  {
    method: 'GET',
    path,
    roles,
    menu: { text: 'menu.alarms', order: 61 },
    async show(visit) {
      const { text, language, asker } = visit
      const state = oneOf(alarmStates, given(visit, 'state'))
      const rule = oneOf(codesOf(alarmRules), given(visit, 'rule'))
      const before = Number(given(visit, 'before') ?? Number.NaN)
      const { alarms: found, next } = await alarms.list(asker, {
        occasion: occasionOf(visit) ?? 'spot-check',
        ...(state === undefined ? {} : { state }),
        ...(rule === undefined ? {} : { rule }),
        ...(Number.isSafeInteger(before) && before >= 0 ? { before } : {}),
      })
      const all = { value: '', label: text('filter.all') }
      return {
        title: text('alarms.title'),
        body: html`<p class="nl-paragraph raakvlak-lead">${text('alarms.lead')}</p>
${filterForm(
  path,
  text,
  occasionField(text, occasionOf(visit)),
  select({
    name: 'state',
    label: text('alarms.state'),
    value: state ?? '',
    choices: [
      all,
      ...alarmStates.map((one) => ({ value: one, label: text(`alarms.state.${one}`) })),
    ],
  }),
  select({
    name: 'rule',
    label: text('alarms.rule'),
    value: rule ?? '',
    choices: [all, ...alarmRules.map((one) => ({ value: one.code, label: one[language] }))],
  }),
)}
${
  found.length === 0
    ? paragraph(text('alarms.none'))
    : table(
        text,
        text('alarms.table'),
        columns.map((name) => ({
          name: text(`alarms.${name}`),
          numeric: name === 'measured' || name === 'threshold',
        })),
        found.map((alarm) => rowOf(visit, alarm)),
      )
}
${next !== undefined && paragraph(link(addressWith(visit, { before: String(next) }), text('next-page')))}`,
      }
    },
  },
  { method: 'GET', path: `${path}/:id`, roles, show: (visit) => alarmPage(alarms, visit) },
  {
    method: 'POST',
    path: `${path}/:id/take`,
    roles,
    async show(visit) {
      const alarm = await alarms.take(visit.asker, idIn(visit))
      return { goTo: addressOf(alarm, visit) }
    },
  },
  {
    method: 'POST',
    path: `${path}/:id/close`,
    roles,
    async show(visit) {
      const { form: sent, text } = visit
      const outcome = oneOf(codesOf(alarmOutcomes), sent.get('outcome') ?? '')
      const reason = oneOf(codesOf(alarmReasons), sent.get('reason') ?? '')
      if (outcome === undefined || reason === undefined) {
        const missing = [
          ...(outcome === undefined ? (['outcome'] as const) : []),
          ...(reason === undefined ? (['reason'] as const) : []),
        ]
        const faults = missing.map((field) => ({ field, message: text(`alarm.${field}`) }))
        return alarmPage(alarms, visit, faults)
      }
      const body: AlarmCloseBody = { outcome, reason }
      const alarm = await alarms.close(visit.asker, idIn(visit), body)
      return { goTo: addressOf(alarm, visit) }
    },
  },
]
