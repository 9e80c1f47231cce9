import type { Agreements } from '../../agreements/agreements.ts'
import type { Library } from '../../agreements/library.ts'
import type { Disclosures } from '../../disclosures/disclosures.ts'
import { type Html, html, type Piece } from '../../kernel/html.ts'
import { refusalReasons, sealedFields } from '../../wire/codes/disclosures.ts'
import {
  DisclosureAnswerBody,
  DisclosureReplyBody,
  type DisclosureState,
  type DisclosureSummary,
  type DisclosureView,
} from '../../wire/disclosure.ts'
import {
  badge,
  button,
  buttonLink,
  choices,
  errorSummary,
  facts,
  form,
  heading,
  link,
  paragraph,
  proof,
  provedTooLate,
  select,
  table,
  textArea,
} from '../parts.ts'
import { reader } from '../sent.ts'
import { datesIn, namesOf } from '../texts.ts'
import type { Answer, OfficersVisit, Page } from '../types.ts'
import { agreementChoice, type Standing, standingOf, underAgreement } from './agreement.ts'
import { caseworkers } from './queue.ts'
import type { Waiting } from './start.ts'

const path = '/console/disclosures'
const longestText = 2_000
const shortestText = 10

export type DisclosurePageRooms = {
  readonly agreements: Pick<Agreements, 'list'>
  readonly disclosures: Disclosures
  readonly library: Pick<Library, 'legalBases'>
  readonly connectorUrlOf: (agency: string) => string | undefined
}

const tones: Readonly<Partial<Record<DisclosureState, 'info' | 'ok' | 'warning'>>> = {
  requested: 'warning',
  asked: 'warning',
  granted: 'ok',
  released: 'ok',
  opened: 'ok',
}
const stateBadge = ({ text }: OfficersVisit, state: DisclosureState) =>
  badge(tones[state] ?? 'neutral', text(`disclosure.state.${state}`))

function listOf(visit: OfficersVisit, name: string, found: readonly DisclosureSummary[]): Html {
  const { text, language } = visit
  if (found.length === 0) return html`${heading(2, name)}${paragraph(text('disclosures.empty'))}`
  const { moment } = datesIn(language)
  const fieldName = namesOf(language, sealedFields)
  return table(
    text,
    name,
    (['case', 'other', 'state', 'fields', 'due'] as const).map((one) => ({
      name: text(`disclosures.${one}`),
    })),
    found.map((one) => [
      link(`${path}/${one.number}`, one.signal.caseReference ?? text('disclosures.number')),
      one.other.name,
      stateBadge(visit, one.state),
      one.fields.map(fieldName).join(', '),
      html`${moment(one.dueAt)}${one.overdue && html` ${badge('danger', text('overdue'))}`}`,
    ]),
  )
}

const mayAnswer = ({ side, state }: DisclosureSummary): boolean =>
  side === 'owner' && (state === 'requested' || state === 'asked')
const mayReply = ({ side, state, remarks }: DisclosureView): 'answer' | 'objection' | undefined => {
  if (side !== 'receiver') return undefined
  if (state === 'asked') return 'answer'
  return state === 'refused' && !remarks.some(({ kind }) => kind === 'objection')
    ? 'objection'
    : undefined
}

type Typed = { readonly fault?: { readonly field: string; readonly message: string } }

/** How an owner answers without granting: a grant is signed elsewhere. */
function answerForm(visit: OfficersVisit, number: string, { fault }: Typed = {}): Html {
  const { text, language, form: sent } = visit
  const faultAt = (field: string) => (fault?.field === field ? { fault: fault.message } : {})
  return form(
    visit,
    `${path}/${number}/answer`,
    choices({
      name: 'answer',
      label: text('disclosure.answer'),
      one: true,
      required: true,
      chosen: sent.getAll('answer'),
      choices: (['ask', 'refuse'] as const).map((value) => ({
        value,
        label: text(`disclosure.answer.${value}`),
      })),
      ...faultAt('answer'),
    }),
    select({
      name: 'reason',
      label: text('disclosure.reason'),
      value: sent.get('reason') ?? '',
      choices: [
        { value: '', label: '–' },
        ...refusalReasons.map((one) => ({ value: one.code, label: one[language] })),
      ],
      ...faultAt('reason'),
    }),
    textArea({
      name: 'text',
      label: text('disclosure.text'),
      value: sent.get('text') ?? '',
      maxLength: longestText,
      ...faultAt('text'),
    }),
    button(text('disclosure.send')),
  )
}

function replyForm(
  visit: OfficersVisit,
  number: string,
  reply: 'answer' | 'objection',
  { fault }: Typed = {},
): Html {
  const { text, form: sent } = visit
  return form(
    visit,
    `${path}/${number}/reply`,
    html`<input type="hidden" name="reply" value="${reply}">`,
    textArea({
      name: 'text',
      label: text('disclosure.text'),
      hint: text(`disclosure.reply.${reply}`),
      value: sent.get('text') ?? '',
      maxLength: longestText,
      required: true,
      ...(fault === undefined ? {} : { fault: fault.message }),
    }),
    button(text('disclosure.reply.send')),
  )
}

function connectorOf(
  { text, session }: OfficersVisit,
  { side }: DisclosureSummary,
  connectorUrlOf: DisclosurePageRooms['connectorUrlOf'],
): Piece {
  const connector = connectorUrlOf(session.agency)
  return html`${paragraph(text(`disclosure.connector.${side}`))}${
    connector === undefined
      ? paragraph(text('disclosure.connector.none'))
      : buttonLink(connector, text('disclosure.connector.link'))
  }`
}

function factsOf(
  visit: OfficersVisit,
  view: DisclosureView,
  library: DisclosurePageRooms['library'],
): Html {
  const { text, language } = visit
  const { moment } = datesIn(language)
  const fieldName = namesOf(language, sealedFields)
  const basis = library.legalBases.get(view.article)
  const rows: (readonly [Piece, Piece])[] = [
    [text('disclosures.other'), view.other.name],
    [text('disclosures.state'), stateBadge(visit, view.state)],
    [text('disclosures.fields'), view.fields.map(fieldName).join(', ')],
    [
      text('disclosure.article'),
      basis === undefined ? view.article : html`${basis[language]} (${basis.article})`,
    ],
    [text('disclosure.requested'), moment(view.requestedAt)],
    [
      text('disclosures.due'),
      html`${moment(view.dueAt)}${view.overdue && html` ${badge('danger', text('overdue'))}`}`,
    ],
  ]
  if (view.refusal !== undefined) {
    rows.push([text('disclosure.reason'), namesOf(language, refusalReasons)(view.refusal)])
  }
  if (view.grant !== undefined) {
    const { expiresAt, fields } = view.grant
    rows.push([
      text('disclosure.grant'),
      text('disclosure.grant.until', {
        until: moment(expiresAt),
        fields: fields.map(fieldName).join(', '),
      }),
    ])
  }
  return facts(rows)
}

const remarksOf = ({ text, language }: OfficersVisit, { remarks }: DisclosureView): Piece =>
  remarks.length > 0 &&
  html`${heading(2, text('disclosure.remarks'))}<ol class="raakvlak-timeline">${remarks.map(
    ({ at, by, kind, text: said }) =>
      html`<li><time datetime="${at}">${datesIn(language).moment(at)}</time><strong>${text(`disclosure.remark.${kind}`)}</strong> (${text(`disclosure.side.${by}`)})<br>${said ?? text('disclosure.no-text')}</li>`,
  )}</ol>`

/** Disclosures: asked of the agency and by it. What opens and what is signed happens in its own connector. */
export const disclosurePages = (rooms: DisclosurePageRooms): readonly Page[] => {
  const { agreements, disclosures, library, connectorUrlOf } = rooms
  const under = ({ hash, purpose }: Standing) => ({ agreement: hash, purpose })
  const readAnswer = reader(DisclosureAnswerBody)
  const readReply = reader(DisclosureReplyBody)

  /** The page of one, with a form as it was sent when something in it has to be mended. */
  async function pageOf(
    visit: OfficersVisit,
    mend?: Typed & { readonly late?: boolean },
  ): Promise<Answer> {
    const { text } = visit
    const view = await disclosures.read(visit.asker, visit.params.number ?? '')
    const reply = mayReply(view)
    const open = (formOf: () => Html) => (mend?.late === true ? formOf() : proof(visit, formOf))
    return {
      title: text('disclosure.title', { case: view.signal.caseReference ?? text('unknown') }),
      faulty: mend !== undefined,
      status: mend === undefined ? 200 : 400,
      body: html`${mend?.late === true && provedTooLate(visit)}${errorSummary(text, mend?.fault === undefined ? [] : [mend.fault])}
${factsOf(visit, view, library)}
${remarksOf(visit, view)}
<div class="raakvlak-card">${connectorOf(visit, view, connectorUrlOf)}</div>
${mayAnswer(view) && html`${heading(2, text('disclosure.decide'))}${open(() => answerForm(visit, view.number, mend))}`}
${reply !== undefined && html`${heading(2, text('disclosure.reply'))}${open(() => replyForm(visit, view.number, reply, mend))}`}
${paragraph(link(`${path}?${new URLSearchParams({ agreement: view.agreement }).toString()}`, text('back')))}`,
    }
  }

  const tooShort = ({ text, form: sent }: OfficersVisit): Typed['fault'] =>
    (sent.get('text') ?? '').trim().length < shortestText
      ? { field: 'text', message: text('disclosure.text.short') }
      : undefined

  return [
    {
      method: 'GET',
      path,
      roles: caseworkers,
      menu: { text: 'menu.disclosures', order: 20 },
      show: (visit) =>
        underAgreement(agreements, visit, async (chosen, all) => {
          const { text, asker } = visit
          const { disclosures: incoming } = await disclosures.list(asker, {
            ...under(chosen),
            side: 'owner',
          })
          const { disclosures: outgoing } = await disclosures.list(asker, {
            ...under(chosen),
            side: 'receiver',
          })
          return {
            title: text('disclosures.title'),
            body: html`${agreementChoice(visit, path, chosen, all)}
${listOf(visit, text('disclosures.incoming'), incoming)}
${listOf(visit, text('disclosures.outgoing'), outgoing)}`,
          }
        }),
    },
    { method: 'GET', path: `${path}/:number`, roles: caseworkers, show: (visit) => pageOf(visit) },
    {
      method: 'POST',
      path: `${path}/:number/answer`,
      roles: caseworkers,
      prove: (visit) => pageOf(visit, { late: true }),
      async show(visit) {
        const { form: sent, text, params, asker } = visit
        const number = params.number ?? ''
        const answer = sent.get('answer')
        const [reason, words] = [sent.get('reason') ?? '', (sent.get('text') ?? '').trim()]
        if (answer !== 'refuse' && answer !== 'ask') {
          return pageOf(visit, { fault: { field: 'answer', message: text('disclosure.choose') } })
        }
        if (answer === 'refuse' && reason === '') {
          return pageOf(visit, {
            fault: { field: 'reason', message: text('disclosure.reason.choose') },
          })
        }
        const short = answer === 'refuse' && words === '' ? undefined : tooShort(visit)
        if (short !== undefined) return pageOf(visit, { fault: short })
        const body = answer === 'refuse' ? { answer, reason, text: words } : { answer, text: words }
        await disclosures.answer(asker, number, readAnswer(body))
        return { goTo: `${path}/${number}` }
      },
    },
    {
      method: 'POST',
      path: `${path}/:number/reply`,
      roles: caseworkers,
      prove: (visit) => pageOf(visit, { late: true }),
      async show(visit) {
        const { form: sent, params, asker } = visit
        const number = params.number ?? ''
        const short = tooShort(visit)
        if (short !== undefined) return pageOf(visit, { fault: short })
        const body = { reply: sent.get('reply'), text: (sent.get('text') ?? '').trim() }
        await disclosures.reply(asker, number, readReply(body))
        return { goTo: `${path}/${number}` }
      },
    },
  ]
}

/** What waits among disclosures, for the start page. */
export const waitingDisclosures = ({
  agreements,
  disclosures,
}: Pick<DisclosurePageRooms, 'agreements' | 'disclosures'>): Waiting => ({
  roles: caseworkers,
  async find(visit) {
    const found: Piece[] = []
    for (const { hash, purpose, title } of await standingOf(agreements, visit)) {
      for (const [side, state, key] of [
        ['owner', 'requested', 'start.incoming'],
        ['receiver', 'asked', 'start.asked'],
      ] as const) {
        const { disclosures: some } = await disclosures.list(visit.asker, {
          agreement: hash,
          purpose,
          side,
        })
        const count = some.filter((one) => one.state === state).length
        if (count === 0) continue
        const query = new URLSearchParams({ agreement: hash }).toString()
        found.push(
          html`${link(`${path}?${query}`, visit.text(key, { count }))} <span class="raakvlak-quiet">(${title})</span>`,
        )
      }
    }
    return found
  },
})
