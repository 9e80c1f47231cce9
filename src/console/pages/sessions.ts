import { equalBytes } from '../../kernel/bytes.ts'
import { html } from '../../kernel/html.ts'
import { button, form, paragraph, table } from '../parts.ts'
import type { Sessions } from '../sessions.ts'
import { datesIn } from '../texts.ts'
import { officerRoles, type Page } from '../types.ts'

/** Where an officer is signed in, and how to end it. */
export const sessionPages = (sessions: Sessions): readonly Page[] => [
  {
    method: 'GET',
    path: '/console/sessions',
    roles: officerRoles,
    async show(visit) {
      const { text, language, session } = visit
      const { moment } = datesIn(language)
      const found = await sessions.list(session)
      return {
        title: text('sessions.title'),
        body: html`${paragraph(text('sessions.text'))}
${table(
  text,
  text('sessions.title'),
  [
    { name: text('sessions.begun') },
    { name: text('sessions.seen') },
    { name: text('sessions.ends') },
  ],
  found.map((one) => [
    html`${moment(one.begun_at)}${equalBytes(one.id_hash, session.hash) && html` (${text('sessions.this')})`}`,
    moment(one.seen_at),
    moment(one.ends_at),
  ]),
)}
${form(visit, '/console/sessions/end', button(text('sessions.end-all'), 'secondary'))}`,
      }
    },
  },
  {
    method: 'POST',
    path: '/console/sessions/end',
    roles: officerRoles,
    async show({ session }) {
      await sessions.endAll(session.agency, session.officer)
      return { goTo: '/console/signed-out' }
    },
  },
]
