import type { Agencies } from '../../agencies/agencies.ts'
import type { Agreements } from '../../agreements/agreements.ts'
import { wordsOver } from '../../agreements/evidence.ts'
import type { Library } from '../../agreements/library.ts'
import { Fault } from '../../kernel/fault.ts'
import { html, type Piece } from '../../kernel/html.ts'
import type { AgencyId, AgreementHash } from '../../kernel/ids.ts'
import type { Reader } from '../../store/reader.ts'
import type { AgreementAnswer, AgreementList } from '../../wire/agreement.ts'
import { badge, heading, link, notice, paragraph, table } from '../parts.ts'
import { datesIn, type TextOf } from '../texts.ts'
import type { Answer, OfficersVisit, Page } from '../types.ts'
import { changesTable, termsOf, type Wording } from './agreement-terms.ts'
import { addressWith, given } from './filters.ts'
import type { Waiting } from './start.ts'
import { whatIfAddress } from './what-if.ts'

const path = '/console/agreements'
const roles = ['administrator'] as const
const mostPages = 4

type View = AgreementList['agreements'][number]
type Rooms = {
  readonly db: Reader
  readonly library: Library
  readonly agencies: Pick<Agencies, 'namesOf'>
  readonly agreements: Pick<Agreements, 'list' | 'read' | 'find'>
  readonly connectorUrlOf: (agency: string) => string | undefined
}

const tones = {
  proposed: 'info',
  'in-force': 'ok',
  suspended: 'danger',
  ended: 'neutral',
} as const

const addressOf = (hash: string): string =>
  `${path}/one?${new URLSearchParams({ agreement: hash })}`

const waitsFor = ({ state, awaiting }: AgreementAnswer, agency: string): boolean =>
  state === 'proposed' && awaiting.includes(agency)

function stateOf({ text, session }: OfficersVisit, one: AgreementAnswer): Piece {
  const signed = one.state === 'proposed' && one.awaiting.length === 0
  return [
    badge(tones[one.state], text(`agreements.state.${one.state}`)),
    waitsFor(one, session.agency) && html` ${badge('warning', text('agreements.yours'))}`,
    one.renewalDue && html` ${badge('warning', text('agreements.renewal'))}`,
    signed && html`<br>${text('agreements.later')}`,
  ]
}

async function namesFor(
  { db, agencies }: Rooms,
  shown: readonly Pick<View, 'content'>[],
): Promise<(agency: string) => string> {
  const ids = shown.flatMap(({ content }) => content.parties.map(({ agency }) => agency))
  const names = await agencies.namesOf(db, [...new Set(ids)] as AgencyId[])
  return (agency) => names.get(agency as AgencyId) ?? agency
}

async function listPage(rooms: Rooms, visit: OfficersVisit): Promise<Answer> {
  const { text, language, session } = visit
  const { day } = datesIn(language)
  const found = await rooms.agreements.list(session.agency, given(visit, 'after'))
  const nameOf = await namesFor(rooms, found.agreements)
  const namesOfSome = (some: readonly string[]) => some.map(nameOf).join(', ')
  const rows = found.agreements.map((one): Piece[] => {
    const { content, awaiting } = one
    const { notBefore, notAfter } = content.validity
    return [
      link(addressOf(one.hash), content.title),
      stateOf(visit, one),
      namesOfSome(content.parties.map(({ agency }) => agency)),
      text('agreements.between', { from: day(notBefore), until: day(notAfter) }),
      one.state === 'proposed' && awaiting.length > 0
        ? namesOfSome(awaiting)
        : text('agreements.nobody'),
    ]
  })
  return {
    title: text('agreements.title'),
    body: html`<p class="nl-paragraph raakvlak-lead">${text('agreements.lead')}</p>
${
  rows.length === 0
    ? paragraph(text('agreements.none'))
    : table(
        text,
        text('agreements.table'),
        (['name', 'state', 'parties', 'validity', 'awaits'] as const).map((name) => ({
          name: text(`agreements.${name}`),
        })),
        rows,
      )
}
${found.next !== undefined && paragraph(link(addressWith(visit, { after: found.next }), text('next-page')))}`,
  }
}

/** An agreement that this agency may read; undefined for one of others, as for none. */
async function readableOne(
  { agreements }: Rooms,
  agency: AgencyId,
  hash: string | undefined,
): Promise<View | undefined> {
  if (hash === undefined) return undefined
  try {
    return await agreements.read(agency, hash as AgreementHash)
  } catch (error) {
    if (error instanceof Fault && error.code === 'agreements/not-found') return undefined
    throw error
  }
}

async function signedTable(rooms: Rooms, view: View, { text, agencyName, language }: Wording) {
  const { moment } = datesIn(language)
  const words = await wordsOver(rooms.db, view.hash as AgreementHash)
  const rows = view.content.parties.map(({ agency }): Piece[] => {
    const own = words.filter((word) => word.agency === agency)
    const refusal = own.find(({ type }) => type !== 'accept')
    const last = refusal ?? own.at(-1)
    const said = refusal
      ? badge('danger', text(`terms.word.${refusal.type === 'reject' ? 'reject' : 'revoke'}`))
      : view.accepted.includes(agency)
        ? badge('ok', text('terms.word.accepted'))
        : badge(
            view.state === 'proposed' ? 'warning' : 'neutral',
            text(wordOfAwaited(view, own.length > 0)),
          )
    return [agencyName(agency), said, last === undefined ? '–' : moment(last.at)]
  })
  return table(
    text,
    text('terms.signed'),
    [text('member.agency'), text('terms.signed.word'), text('terms.signed.at')].map((name) => ({
      name,
    })),
    rows,
  )
}

const wordOfAwaited = ({ state }: View, saidSomething: boolean): Parameters<TextOf>[0] => {
  if (state !== 'proposed') return 'terms.word.silent'
  return saidSomething ? 'terms.word.partly' : 'terms.word.awaited'
}

const command = (name: string, ...lines: readonly string[]): Piece =>
  html`<pre class="raakvlak-code" tabindex="0" aria-label="${name}">${lines.join('\n')}</pre>`

/** How this agency signs or ends an agreement, elsewhere: its keys are not here. */
function howToSign({ connectorUrlOf }: Rooms, visit: OfficersVisit, view: View): Piece {
  const { text, session } = visit
  const { agency } = session
  if (view.state === 'ended') return undefined
  if (!waitsFor(view, agency)) {
    return html`${heading(2, text('terms.end'))}${paragraph(text('terms.end.text'))}
${command(text('terms.end'), `npm run raakvlak -- agreement end '${view.hash}' --agency ${agency}`)}`
  }
  const connector = connectorUrlOf(agency)
  return html`${notice('warning', paragraph(text('terms.yours')))}
${heading(2, text('terms.sign'))}
${
  connector === undefined
    ? paragraph(text('terms.sign.no-connector'))
    : paragraph(
        text('terms.sign.connector'),
        html` ${link(connector, text('terms.sign.connector.link'))}`,
      )
}
${paragraph(text('terms.sign.command'))}
${command(
  text('terms.sign'),
  `npm run raakvlak -- agreement show '${view.hash}' --save agreement.json --agency ${agency}`,
  `npm run raakvlak -- agreement sign agreement.json --agency ${agency}`,
)}
${paragraph(text('terms.sign.reject'))}`
}

async function onePage(rooms: Rooms, visit: OfficersVisit): Promise<Answer> {
  const { text, language, session } = visit
  const { agency } = session
  const view = await readableOne(rooms, agency, given(visit, 'agreement'))
  if (view === undefined) throw new Fault('agreements/not-found')
  const previous = await readableOne(rooms, agency, view.content.previous)
  const { supersededBy } = (await rooms.agreements.find(rooms.db, view.hash)) ?? {}
  const successor = await readableOne(rooms, agency, supersededBy)
  const agencyName = await namesFor(rooms, [view, ...(previous ? [previous] : [])])
  const wording: Wording = { text, language, library: rooms.library, agencyName }
  const changes =
    previous === undefined
      ? paragraph(
          text(
            view.content.previous === undefined ? 'terms.changes.first' : 'terms.changes.hidden',
          ),
        )
      : html`${changesTable(wording, previous.content, view.content) ?? paragraph(text('terms.changes.none'))}
${paragraph(link(addressOf(previous.hash), text('terms.changes.previous')))}`
  return {
    title: view.content.title,
    body: html`${paragraph(stateOf(visit, view))}
${
  successor !== undefined &&
  notice(
    'info',
    paragraph(
      text('terms.superseded'),
      html` ${link(addressOf(successor.hash), text('terms.superseded.link'))}`,
    ),
  )
}
${waitsFor(view, agency) && howToSign(rooms, visit, view)}
${await signedTable(rooms, view, wording)}
${heading(2, text('terms.changes'))}
${changes}
${termsOf(wording, view.content, view.hash)}
${!waitsFor(view, agency) && howToSign(rooms, visit, view)}
${view.state === 'proposed' && paragraph(link(whatIfAddress(view.hash), text('what-if.link')))}
${paragraph(link(path, text('back')))}`,
  }
}

/** The agreements of the officer's agency: the list, and each with its terms, changes and signatures. */
export const agreementPages = (rooms: Rooms): readonly Page[] => [
  {
    method: 'GET',
    path,
    roles,
    menu: { text: 'menu.agreements', order: 80 },
    show: (visit) => listPage(rooms, visit),
  },
  { method: 'GET', path: `${path}/one`, roles, show: (visit) => onePage(rooms, visit) },
]

/** Agreements that wait for the signature of the officer's agency, for the start page. */
export const waitingAgreements = ({
  agreements,
}: {
  readonly agreements: Pick<Agreements, 'list'>
}): Waiting => ({
  roles,
  async find({ text, session }) {
    const found: View[] = []
    let cursor: string | undefined
    for (let page = 0; page < mostPages; page += 1) {
      const some = await agreements.list(session.agency, cursor)
      found.push(...some.agreements)
      cursor = some.next
      if (cursor === undefined) break
    }
    const waiting = found.filter((one) => waitsFor(one, session.agency))
    const due = found.filter(({ renewalDue }) => renewalDue)
    return [
      ...waiting.map(({ hash, content }) =>
        link(addressOf(hash), text('start.sign', { title: content.title })),
      ),
      ...due.map(({ hash, content }) =>
        link(addressOf(hash), text('start.renew', { title: content.title })),
      ),
    ]
  },
})
