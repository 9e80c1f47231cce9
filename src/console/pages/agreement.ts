import type { Agreements } from '../../agreements/agreements.ts'
import { html, type Piece } from '../../kernel/html.ts'
import { button, paragraph, select } from '../parts.ts'
import type { Answer, OfficersVisit } from '../types.ts'

/** An agreement in force under which the officer's agency receives. */
export type Standing = {
  readonly hash: string
  readonly purpose: string
  readonly title: string
  readonly reviewer: string | undefined
}

const mostPages = 4

/** What the agency of a visit may look under, by title. */
export async function standingOf(
  agreements: Pick<Agreements, 'list'>,
  { session }: Pick<OfficersVisit, 'session'>,
): Promise<readonly Standing[]> {
  const found: Standing[] = []
  let cursor: string | undefined
  for (let page = 0; page < mostPages; page += 1) {
    const { agreements: some, next } = await agreements.list(session.agency, cursor)
    for (const { hash, state, content } of some) {
      const party = content.parties.find(({ agency }) => agency === session.agency)
      if (state !== 'in-force' || party?.roles.includes('receive') !== true) continue
      const { purpose, title, nonPunishment } = content
      found.push({ hash, purpose, title, reviewer: nonPunishment?.agency })
    }
    if (next === undefined) break
    cursor = next
  }
  return found.sort((one, other) => one.title.localeCompare(other.title))
}

/** The page of one agreement: that which is asked for, else the first; else that there is none. */
export async function underAgreement(
  agreements: Pick<Agreements, 'list'>,
  visit: OfficersVisit,
  show: (chosen: Standing, all: readonly Standing[]) => Promise<Answer>,
): Promise<Answer> {
  const all = await standingOf(agreements, visit)
  const chosen = all.find(({ hash }) => hash === visit.query.get('agreement')) ?? all[0]
  if (chosen !== undefined) return show(chosen, all)
  return {
    title: visit.text('agreement.none.title'),
    body: paragraph(visit.text('agreement.none')),
  }
}

export const agreementField = (
  { text }: OfficersVisit,
  chosen: Standing,
  all: readonly Standing[],
): Piece =>
  all.length > 1
    ? select({
        name: 'agreement',
        label: text('agreement.choose'),
        value: chosen.hash,
        choices: all.map(({ hash, title }) => ({ value: hash, label: title })),
      })
    : html`<input type="hidden" name="agreement" value="${chosen.hash}">`

/** A choice between agreements, where there are several; and under which one this page looks. */
export const agreementChoice = (
  visit: OfficersVisit,
  path: string,
  chosen: Standing,
  all: readonly Standing[],
): Piece => html`${
  all.length > 1 &&
  html`<form class="raakvlak-form raakvlak-row" method="get" action="${path}">${agreementField(visit, chosen, all)}${button(visit.text('show'), 'secondary')}</form>`
}
<p class="nl-paragraph raakvlak-quiet">${visit.text('purpose-of-page', { title: chosen.title })}</p>`
