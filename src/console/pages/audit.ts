import type { Audit } from '../../audit/audit.ts'
import { Fault } from '../../kernel/fault.ts'
import { html } from '../../kernel/html.ts'
import { csrfField } from '../layout.ts'
import { button, heading, list, paragraph, select } from '../parts.ts'
import type { Page } from '../types.ts'
import { occasionField, occasions, oneOf } from './filters.ts'

const path = '/console/audit'
const roles = ['privacy-officer'] as const
/** As far back as acts are asked for: this year, and four before. */
const yearsBack = 4

const yearsAt = (now: Date): readonly number[] =>
  Array.from({ length: yearsBack + 1 }, (_, back) => now.getUTCFullYear() - back)

/** The evidence of a year, taken along by the privacy officer of the agency that it is about. */
export const auditPages = (audit: Audit): readonly Page[] => [
  {
    method: 'GET',
    path,
    roles,
    menu: { text: 'menu.audit', order: 64 },
    async show({ text, session, now }) {
      const choices = yearsAt(now).map((year) => ({ value: String(year), label: year }))
      return {
        title: text('audit.title'),
        body: html`<p class="nl-paragraph raakvlak-lead">${text('audit.lead')}</p>
<form class="raakvlak-form" method="post" action="${path}/package" data-download>${csrfField(session)}
${select({ name: 'year', label: text('audit.year'), choices })}
${occasionField(text, 'inspection')}
${paragraph(text('audit.wait'))}
${button(text('audit.take'))}</form>
${heading(2, text('audit.check'))}
${list([text('audit.check.page'), text('audit.check.node'), text('audit.check.keys')])}`,
      }
    },
  },
  {
    method: 'POST',
    path: `${path}/package`,
    roles,
    async show({ asker, session, form: sent, now }) {
      const year = yearsAt(now).find((one) => String(one) === sent.get('year'))
      const occasion = oneOf(occasions, sent.get('occasion') ?? '')
      if (year === undefined || occasion === undefined) throw new Fault('door/invalid-input')
      const content = await audit.package(asker, { year, occasion })
      const name = `wpg-audit-${session.agency}-${year}.zip`
      return { file: { name, type: 'application/zip', content } }
    },
  },
]
