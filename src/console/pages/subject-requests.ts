import { html } from '../../kernel/html.ts'
import type { SubjectRights } from '../../subject-rights/subject-rights.ts'
import { requestKinds } from '../../wire/codes/subject-requests.ts'
import type { FiledRequest, RequestTask } from '../../wire/subject-request.ts'
import { badge, heading, link, paragraph, table } from '../parts.ts'
import { datesIn, namesOf } from '../texts.ts'
import type { OfficersVisit, Page } from '../types.ts'
import type { Waiting } from './start.ts'

export const requestsPath = '/console/subject-requests'
export const requestRoles = ['privacy-officer'] as const
export const requestTones = {
  waiting: 'info',
  answerable: 'warning',
  open: 'warning',
  overdue: 'danger',
  answered: 'ok',
  closed: 'ok',
} as const

export const stateOfRequest = (
  { text }: Pick<OfficersVisit, 'text'>,
  { state }: Pick<FiledRequest | RequestTask, 'state'>,
) => badge(requestTones[state], text(`requests.state.${state}`))

const tasksTable = (visit: OfficersVisit, tasks: readonly RequestTask[]) => {
  const { text, language } = visit
  const { day } = datesIn(language)
  const columns = (['what', 'due', 'case', 'from', 'state'] as const).map((name) => ({
    name: text(`requests.${name}`),
  }))
  return table(
    text,
    text('requests.tasks'),
    columns,
    tasks.map((task) => [
      link(`${requestsPath}/${task.request}`, namesOf(language, requestKinds)(task.kind)),
      day(task.dueOn),
      task.signal?.caseReference ?? '–',
      task.contactPoint.name,
      stateOfRequest(visit, task),
    ]),
  )
}

const filedTable = (visit: OfficersVisit, filed: readonly FiledRequest[]) => {
  const { text, language } = visit
  const { day } = datesIn(language)
  const columns = (['what', 'due', 'reference', 'opens', 'state'] as const).map((name) => ({
    name: text(`requests.${name}`),
  }))
  return table(
    text,
    text('requests.filed'),
    columns,
    filed.map((one) => [
      link(`${requestsPath}/${one.id}`, namesOf(language, requestKinds)(one.kind)),
      day(one.extended?.untilOn ?? one.dueOn),
      one.caseReference ?? '–',
      day(one.partsDueOn),
      stateOfRequest(visit, one),
    ]),
  )
}

/** What subjects asked of this agency, and what it has to answer about signals of its own. */
export const subjectRequestsPage = (requests: Pick<SubjectRights, 'list'>): Page => ({
  method: 'GET',
  path: requestsPath,
  roles: requestRoles,
  menu: { text: 'menu.requests', order: 63 },
  async show(visit) {
    const { text, asker } = visit
    const { filed, tasks } = await requests.list(asker)
    return {
      title: text('requests.title'),
      body: html`<p class="nl-paragraph raakvlak-lead">${text('requests.lead')}</p>
${heading(2, text('requests.tasks'))}
${tasks.length === 0 ? paragraph(text('requests.tasks.none')) : tasksTable(visit, tasks)}
${heading(2, text('requests.filed'))}
${filed.length === 0 ? paragraph(text('requests.filed.none')) : filedTable(visit, filed)}
${paragraph(text('requests.file'))}
<p class="nl-paragraph"><code>raakvlak subject-request file person.csv</code></p>`,
    }
  },
})

/** Requests that wait for this agency, for the start page. */
export const waitingRequests = (requests: Pick<SubjectRights, 'list'>): Waiting => ({
  roles: requestRoles,
  async find({ asker, text }) {
    const { filed, tasks } = await requests.list(asker)
    const open = tasks.filter(({ state }) => state === 'open' || state === 'overdue').length
    const toWrite = filed.filter(
      ({ state }) => state === 'answerable' || state === 'overdue',
    ).length
    return [
      ...(open === 0 ? [] : [link(requestsPath, text('start.tasks', { count: open }))]),
      ...(toWrite === 0 ? [] : [link(requestsPath, text('start.letters', { count: toWrite }))]),
    ]
  },
})
