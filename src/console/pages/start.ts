import { html, type Piece } from '../../kernel/html.ts'
import { heading, link, list, paragraph } from '../parts.ts'
import { type OfficersVisit, officerRoles, type Page } from '../types.ts'

/** Something that may wait for an officer in one of these roles; asked anew at each look. */
export type Waiting = {
  readonly roles: Page['roles']
  readonly find: (visit: OfficersVisit) => Promise<readonly Piece[]>
}

/** The first page after signing in: what waits for somebody in these roles. */
export const startPage = (
  waiting: readonly Waiting[],
  connectorUrlOf: (agency: string) => string | undefined,
): Page => ({
  method: 'GET',
  path: '/console',
  roles: officerRoles,
  menu: { text: 'menu.start', order: 0 },
  async show(visit) {
    const { text, session } = visit
    const { roles, name, agency } = session
    const own = waiting.filter((one) => one.roles.some((role) => roles.includes(role)))
    const found = (await Promise.all(own.map(({ find }) => find(visit)))).flat()
    const connector = connectorUrlOf(agency)
    const reporter = html`${paragraph(text('start.reporter'))}${paragraph(
      connector === undefined
        ? text('start.reporter.none')
        : link(connector, text('start.reporter.link')),
    )}`
    return {
      title: text('start.title', { name }),
      body: html`${paragraph(
        text('start.role', { roles: roles.map((role) => text(`role.${role}`)).join(', ') }),
      )}
${own.length > 0 && html`${heading(2, text('start.waits'))}${found.length === 0 ? paragraph(text('start.nothing')) : list(found)}`}
${roles.includes('reporter') && reporter}
${roles.includes('privacy-officer') && paragraph(text('start.privacy-officer'))}
${roles.includes('administrator') && paragraph(text('start.administrator'))}`,
    }
  },
})
