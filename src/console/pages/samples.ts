import type { Draws } from '../../justifications/draws.ts'
import type { Justifications } from '../../justifications/justifications.ts'
import { html, type Piece } from '../../kernel/html.ts'
import { lookFindings, lookKinds, lookReasons } from '../../wire/codes/justifications.ts'
import { codesOf } from '../../wire/codes.ts'
import { type Sample, sampleStates } from '../../wire/justification.ts'
import type { LegalBasis } from '../../wire/library.ts'
import {
  badge,
  button,
  choices,
  facts,
  form,
  heading,
  link,
  paragraph,
  select,
  table,
  textField,
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

const path = '/console/samples'
const reviewers = ['privacy-officer'] as const
const lookers = ['analyst', 'coordinator', 'reporter', 'privacy-officer'] as const

export type SampleRooms = {
  readonly samples: Justifications
  readonly draws: Draws
  /** What a reason can rest on. */
  readonly legalBases: () => readonly Pick<LegalBasis, 'code' | 'article' | 'en' | 'nl'>[]
}

const stateBadge = (text: TextOf, { state }: Sample): Piece =>
  badge(
    state === 'judged' ? 'ok' : state.endsWith('overdue') ? 'danger' : 'info',
    text(`samples.state.${state}`),
  )

const termOf = ({ state, justifyBy, reviewBy }: Sample): string | undefined =>
  state === 'judged' ? undefined : state.includes('reason') ? justifyBy : reviewBy

function rowsOf(visit: OfficersVisit, found: readonly Sample[], base: string): Piece[][] {
  const { text, language } = visit
  const { day } = datesIn(language)
  return found.map((sample) => {
    const { id, week, look, judgement } = sample
    const name =
      look === undefined ? text('sample.erased') : namesOf(language, lookKinds)(look.kind)
    const term = termOf(sample)
    return [
      link(`${base}/${id}`, name),
      week,
      look?.officer ?? look?.client,
      stateBadge(text, sample),
      term && day(term),
      judgement && namesOf(language, lookFindings)(judgement.finding),
    ]
  })
}

const tableOf = (visit: OfficersVisit, found: readonly Sample[], base: string): Piece =>
  found.length === 0
    ? paragraph(visit.text('samples.none'))
    : table(
        visit.text,
        visit.text('samples.table'),
        (['look', 'week', 'who', 'state', 'term', 'finding'] as const).map((name) => ({
          name: visit.text(`samples.${name}`),
        })),
        rowsOf(visit, found, base),
      )

function factsOf(
  visit: OfficersVisit,
  sample: Sample,
  bases: ReturnType<SampleRooms['legalBases']>,
) {
  const { text, language } = visit
  const { moment, day } = datesIn(language)
  const { look, justification, judgement, acts, week } = sample
  const term = termOf(sample)
  return html`${look === undefined && paragraph(text('sample.erased'))}
${facts([
  [text('samples.state'), stateBadge(text, sample)],
  [text('samples.week'), week],
  ...(look === undefined
    ? []
    : ([
        [text('samples.look'), namesOf(language, lookKinds)(look.kind)],
        [text('accesses.at'), moment(look.at)],
        [text('samples.who'), look.officer ?? look.client ?? ''],
      ] as const)),
  [text('sample.acts'), acts],
  ...(term === undefined ? [] : ([[text('samples.term'), day(term)]] as const)),
])}
${heading(2, text('sample.reason'))}
${
  justification === undefined
    ? paragraph(text('sample.reason.none'))
    : facts([
        [text('sample.reason'), namesOf(language, lookReasons)(justification.reason)],
        [
          text('sample.article'),
          bases.find(({ code }) => code === justification.article)?.article ??
            justification.article,
        ],
        [text('samples.who'), justification.officer ?? justification.client],
        [text('accesses.at'), moment(justification.at)],
      ])
}
${
  judgement !== undefined &&
  html`${heading(2, text('samples.finding'))}${facts([
    [text('samples.finding'), namesOf(language, lookFindings)(judgement.finding)],
    [text('samples.who'), judgement.officer ?? judgement.client],
    [text('accesses.at'), moment(judgement.at)],
  ])}`
}`
}

const canBeJudged = ({ state, judgement }: Sample): boolean =>
  judgement === undefined ? state !== 'awaiting-reason' : judgement.finding === 'unclear'

/** Drawn looks for the one who judges them. */
const reviewPages = ({ samples, draws, legalBases }: SampleRooms): readonly Page[] => [
  {
    method: 'GET',
    path,
    roles: reviewers,
    menu: { text: 'menu.samples', order: 62 },
    async show(visit) {
      const { text, asker } = visit
      const state = oneOf(sampleStates, given(visit, 'state'))
      const before = Number(given(visit, 'before') ?? Number.NaN)
      const { samples: found, next } = await samples.list(asker, {
        occasion: occasionOf(visit) ?? 'spot-check',
        ...(state === undefined ? {} : { state }),
        ...(Number.isSafeInteger(before) && before >= 0 ? { before } : {}),
      })
      return {
        title: text('samples.title'),
        body: html`<p class="nl-paragraph raakvlak-lead">${text('samples.lead')}</p>
${filterForm(
  path,
  text,
  occasionField(text, occasionOf(visit)),
  select({
    name: 'state',
    label: text('samples.state'),
    value: state ?? '',
    choices: [
      { value: '', label: text('filter.all') },
      ...sampleStates.map((one) => ({ value: one, label: text(`samples.state.${one}`) })),
    ],
  }),
)}
${tableOf(visit, found, path)}
${next !== undefined && paragraph(link(addressWith(visit, { before: String(next) }), text('next-page')))}
${paragraph(link(`${path}/draws`, text('samples.draws')))}`,
      }
    },
  },
  {
    method: 'GET',
    path: `${path}/draws`,
    roles: reviewers,
    async show({ text, asker }) {
      const { draws: found } = await draws.list(asker, undefined)
      return {
        title: text('draws.title'),
        body: html`<p class="nl-paragraph raakvlak-lead">${text('draws.lead')}</p>
${
  found.length === 0
    ? paragraph(text('draws.none'))
    : table(
        text,
        text('draws.title'),
        [
          { name: text('samples.week') },
          { name: text('draws.looks'), numeric: true },
          { name: text('draws.drawn'), numeric: true },
          { name: text('draws.figures'), numeric: true },
          { name: text('draws.seed') },
        ],
        found.map(({ week, looks, drawn, figures, seed }) => [
          week,
          looks,
          drawn.length,
          `${figures.justified} / ${figures.unjustified} / ${figures.unclear} / ${figures.overdue}`,
          html`<code>${seed}</code>`,
        ]),
      )
}`,
      }
    },
  },
  {
    method: 'GET',
    path: `${path}/:id`,
    roles: reviewers,
    async show(visit) {
      const { text, asker, language } = visit
      const sample = await samples.read(asker, idIn(visit), occasionOf(visit) ?? 'spot-check')
      const finding = choices({
        name: 'finding',
        label: text('sample.finding.question'),
        hint: text('sample.judge.hint'),
        one: true,
        required: true,
        chosen: [],
        choices: lookFindings.map((one) => ({ value: one.code, label: one[language] })),
      })
      return {
        title: text('sample.title', { index: sample.entry }),
        body: html`${factsOf(visit, sample, legalBases())}
${
  canBeJudged(sample) &&
  html`${heading(2, text('sample.judge'))}${form(visit, `${path}/${sample.id}/judge`, finding, button(text('sample.judge')))}`
}
${paragraph(link(path, text('back')))}`,
      }
    },
  },
  {
    method: 'POST',
    path: `${path}/:id/judge`,
    roles: reviewers,
    async show(visit) {
      const finding = oneOf(codesOf(lookFindings), visit.form.get('finding') ?? '')
      const address = `${path}/${idIn(visit)}`
      if (finding !== undefined) await samples.judge(visit.asker, idIn(visit), { finding })
      return { goTo: address }
    },
  },
]

/** Drawn looks for the one who looked. */
const ownPages = ({ samples, legalBases }: SampleRooms): readonly Page[] => [
  {
    method: 'GET',
    path: '/console/own-samples',
    roles: lookers,
    async show(visit) {
      const { text, asker } = visit
      const { samples: found } = await samples.listOwn(asker, {})
      return {
        title: text('samples.own'),
        body: html`<p class="nl-paragraph raakvlak-lead">${text('samples.own.lead')}</p>
${tableOf(visit, found, '/console/own-samples')}`,
      }
    },
  },
  {
    method: 'GET',
    path: '/console/own-samples/:id',
    roles: lookers,
    show: (visit) => ownPage(visit, samples, legalBases()),
  },
  {
    method: 'POST',
    path: '/console/own-samples/:id',
    roles: lookers,
    async show(visit) {
      const { form: sent, asker } = visit
      const reason = oneOf(codesOf(lookReasons), sent.get('reason') ?? '')
      const article = sent.get('article') ?? ''
      const caseCommitment = sent.get('caseCommitment')?.trim() ?? ''
      const known = legalBases().some(({ code }) => code === article)
      const wellFormed = caseCommitment === '' || /^[A-Za-z0-9_-]{43}$/.test(caseCommitment)
      if (reason === undefined || !known || !wellFormed) {
        return ownPage(visit, samples, legalBases(), {
          reason: reason === undefined,
          article: !known,
          caseCommitment: !wellFormed,
        })
      }
      await samples.justify(asker, idIn(visit), {
        reason,
        article,
        ...(caseCommitment === '' ? {} : { caseCommitment }),
      })
      return { goTo: '/console/own-samples' }
    },
  },
]

/** One own look, with the form for its reason. */
async function ownPage(
  visit: OfficersVisit,
  samples: Justifications,
  bases: ReturnType<SampleRooms['legalBases']>,
  wrong: Readonly<Record<string, boolean>> = {},
): Promise<Answer> {
  const { text, asker, language, form: sent } = visit
  const id = idIn(visit)
  const { samples: found } = await samples.listOwn(asker, {})
  const sample = found.find((one) => one.id === id)
  if (sample === undefined)
    return { title: text('error.404.title'), status: 404, body: paragraph(text('error.404.text')) }
  const faultAt = (name: string) => (wrong[name] ? { fault: text('filter.wrong') } : {})
  const faulty = Object.values(wrong).some(Boolean)
  const open = sample.judgement === undefined || sample.judgement.finding === 'unclear'
  const fields = [
    select({
      name: 'reason',
      label: text('sample.reason'),
      value: sent.get('reason') ?? '',
      choices: [
        { value: '', label: '–' },
        ...lookReasons.map((one) => ({ value: one.code, label: one[language] })),
      ],
      ...faultAt('reason'),
    }),
    select({
      name: 'article',
      label: text('sample.article'),
      value: sent.get('article') ?? '',
      choices: [
        { value: '', label: '–' },
        ...bases.map((one) => ({ value: one.code, label: `${one.article}: ${one[language]}` })),
      ],
      ...faultAt('article'),
    }),
    textField({
      name: 'caseCommitment',
      label: text('sample.case'),
      hint: text('sample.case.hint'),
      value: sent.get('caseCommitment') ?? '',
      ...faultAt('caseCommitment'),
    }),
  ]
  return {
    title: text('sample.title', { index: sample.entry }),
    faulty,
    ...(faulty ? { status: 400 } : {}),
    body: html`${factsOf(visit, sample, bases)}
${
  open &&
  html`${heading(2, text('sample.justify'))}${form(visit, `/console/own-samples/${id}`, fields, button(text('sample.justify')))}`
}
${paragraph(link('/console/own-samples', text('back')))}`,
  }
}

export const samplePages = (rooms: SampleRooms): readonly Page[] => [
  ...reviewPages(rooms),
  ...ownPages(rooms),
]
