import { Fault } from '../../kernel/fault.ts'
import { type Html, html, type Piece } from '../../kernel/html.ts'
import type { SubjectRights } from '../../subject-rights/subject-rights.ts'
import {
  askers,
  extensionReasons,
  refusalGrounds,
  requestEnds,
  requestKinds,
  requestOutcomes,
  signalSources,
  toldParts,
} from '../../wire/codes/subject-requests.ts'
import {
  CloseRequestBody,
  ExtendRequestBody,
  type FiledRequest,
  type RequestTask,
  TaskAnswerBody,
} from '../../wire/subject-request.ts'
import {
  button,
  choices,
  errorSummary,
  facts,
  form,
  heading,
  link,
  list,
  paragraph,
  select,
} from '../parts.ts'
import { reader } from '../sent.ts'
import { datesIn, namesOf, type TextKey } from '../texts.ts'
import type { Answer, OfficersVisit, Page } from '../types.ts'
import { idIn } from './filters.ts'
import { qualityBadge } from './queue.ts'
import { requestsPath, requestRoles as roles, stateOfRequest } from './subject-requests.ts'

type Coded = { readonly code: string; readonly en: string; readonly nl: string }

const choicesOf = ({ language }: OfficersVisit, codes: readonly Coded[]) => [
  { value: '', label: '–' },
  ...codes.map((one) => ({ value: one.code, label: one[language] })),
]

const addressOf = (id: string, act: string): string => `${requestsPath}/${id}/${act}`

/** What each party lets be told, as the letter will have it. */
function partsOf({ text, language }: OfficersVisit, { parts }: FiledRequest): Html {
  const { day } = datesIn(language)
  const outcome = namesOf(language, requestOutcomes)
  const ground = namesOf(language, refusalGrounds)
  return facts(
    parts.map(({ name, state, opensOn, told }): readonly [Piece, Piece] => [
      name,
      state === 'waiting'
        ? text('request.part.waiting', { day: day(opensOn) })
        : state === 'nothing-to-tell'
          ? text('request.part.nothing')
          : list(
              told.map((one) =>
                one.ground === undefined
                  ? outcome(one.outcome)
                  : `${outcome(one.outcome)}: ${ground(one.ground)}`,
              ),
            ),
    ]),
  )
}

function filedOf(visit: OfficersVisit, filed: FiledRequest): Html {
  const { text, language } = visit
  const { day } = datesIn(language)
  const rows: (readonly [Piece, Piece])[] = [
    [text('requests.state'), stateOfRequest(visit, filed)],
    [text('request.asker'), namesOf(language, askers)(filed.asker)],
    [text('requests.reference'), filed.caseReference ?? '–'],
    [text('request.received'), day(filed.receivedOn)],
    [text('requests.opens'), day(filed.partsDueOn)],
    [text('requests.due'), day(filed.extended?.untilOn ?? filed.dueOn)],
  ]
  const isOpen = filed.state !== 'closed'
  const ends = requestEnds.filter(({ code }) => code !== 'lapsed')
  const { id } = filed
  return html`${heading(2, text('request.filed'))}
${facts(rows)}
${heading(3, text('request.answer'))}
${partsOf(visit, filed)}
${isOpen && html`${paragraph(text('request.letter'))}<p class="nl-paragraph"><code>raakvlak subject-request letter ${id}</code></p>`}
${
  isOpen &&
  filed.extended === undefined &&
  html`${heading(3, text('request.extend'))}${paragraph(text('request.extend.text'))}
${form(visit, addressOf(id, 'extend'), select({ name: 'reason', label: text('request.reason'), choices: choicesOf(visit, extensionReasons) }), button(text('request.extend'), 'secondary'))}`
}
${
  isOpen &&
  html`${heading(3, text('request.close'))}${paragraph(text('request.close.text'))}
${form(visit, addressOf(id, 'close'), select({ name: 'end', label: text('request.end'), choices: choicesOf(visit, ends) }), button(text('request.close')))}`
}`
}

function answerForm(visit: OfficersVisit, { task, request, kind }: RequestTask): Html {
  const { text, language } = visit
  const fitting = requestOutcomes.filter((one) => (one.for as readonly string[]).includes(kind))
  const field = (name: string) => `${name}-${task}`
  return form(
    visit,
    addressOf(request, 'answer'),
    html`<input type="hidden" name="task" value="${task}">`,
    select({
      name: field('outcome'),
      label: text('request.outcome'),
      hint: text('request.outcome.hint'),
      choices: choicesOf(visit, fitting),
    }),
    select({
      name: field('ground'),
      label: text('request.ground'),
      hint: text('request.ground.hint'),
      choices: choicesOf(visit, refusalGrounds),
    }),
    choices({
      name: field('tell'),
      label: text('request.tell'),
      hint: text('request.tell.hint'),
      choices: toldParts.map((one) => ({ value: one.code, label: one[language] })),
      chosen: [],
    }),
    select({
      name: field('source'),
      label: text('request.source'),
      choices: choicesOf(visit, signalSources),
    }),
    choices({
      name: field('silent'),
      label: text('request.silent'),
      hint: text('request.silent.hint'),
      choices: [{ value: 'yes', label: text('request.silent.yes') }],
      chosen: [],
    }),
    button(text('request.send')),
  )
}

function taskOf(visit: OfficersVisit, task: RequestTask): Html {
  const { text, language } = visit
  const { day } = datesIn(language)
  const { contactPoint } = task
  const rows: (readonly [Piece, Piece])[] = [
    [text('requests.state'), stateOfRequest(visit, task)],
    [text('requests.case'), task.signal?.caseReference ?? task.signal?.id ?? '–'],
    [text('requests.due'), day(task.dueOn)],
    [text('request.certainty'), qualityBadge(text, task.quality)],
    [text('requests.from'), `${contactPoint.name}, ${contactPoint.contactDesk}`],
    [text('request.lately'), task.filedLately],
    ...(task.outcome === undefined
      ? []
      : [[text('request.outcome'), namesOf(language, requestOutcomes)(task.outcome)] as const]),
  ]
  const isOpen = task.state === 'open' || task.state === 'overdue'
  return html`<section class="raakvlak-card">${heading(2, text('request.task'))}
${facts(rows)}
${task.quality !== 'certain' && paragraph(text('request.call'))}
${isOpen && answerForm(visit, task)}</section>`
}

type Rooms = Pick<SubjectRights, 'read' | 'answer' | 'extend' | 'close'>

async function requestPage(
  requests: Rooms,
  visit: OfficersVisit,
  faults: Parameters<typeof errorSummary>[1] = [],
): Promise<Answer> {
  const { text, language, asker } = visit
  const { filed, tasks } = await requests.read(asker, idIn(visit))
  const kind = filed?.kind ?? tasks[0]?.kind
  if (kind === undefined) throw new Fault('subject-rights/not-found')
  return {
    title: text('request.title', { kind: namesOf(language, requestKinds)(kind) }),
    faulty: faults.length > 0,
    ...(faults.length > 0 ? { status: 400 } : {}),
    body: html`${errorSummary(text, faults)}
${filed && filedOf(visit, filed)}
${tasks.map((task) => taskOf(visit, task))}
${paragraph(link(requestsPath, text('back')))}`,
  }
}

/** One request: the joined answer for its contact point, and the own tasks with the form to answer them. */
export const subjectRequestPages = (requests: Rooms): readonly Page[] => {
  const readAnswer = reader(TaskAnswerBody)
  const readExtension = reader(ExtendRequestBody)
  const readEnd = reader(CloseRequestBody)
  const acting =
    (
      act: (visit: OfficersVisit, id: string) => Promise<unknown>,
      missing: (
        visit: OfficersVisit,
      ) => readonly { readonly field: string; readonly key: TextKey }[],
    ) =>
    async (visit: OfficersVisit): Promise<Answer> => {
      const faults = missing(visit).map(({ field, key }) => ({ field, message: visit.text(key) }))
      if (faults.length > 0) return requestPage(requests, visit, faults)
      const id = idIn(visit)
      await act(visit, id)
      return { goTo: `${requestsPath}/${id}` }
    }
  const unless = (value: string | null, field: string, key: TextKey) =>
    value ? [] : [{ field, key }]
  return [
    {
      method: 'GET',
      path: `${requestsPath}/:id`,
      roles,
      show: (visit) => requestPage(requests, visit),
    },
    {
      method: 'POST',
      path: `${requestsPath}/:id/answer`,
      roles,
      show: acting(
        ({ asker, form: sent }, id) => {
          const task = sent.get('task') ?? ''
          const value = (name: string) => sent.get(`${name}-${task}`) ?? undefined
          const tell = sent.getAll(`tell-${task}`)
          const body = readAnswer({
            task,
            outcome: value('outcome'),
            ground: value('ground'),
            source: value('source'),
            ...(tell.length === 0 ? {} : { tell }),
            ...(value('silent') === 'yes' ? { silent: true } : {}),
          })
          return requests.answer(asker, id, body)
        },
        ({ form: sent }) => {
          const field = `outcome-${sent.get('task') ?? ''}`
          return unless(sent.get(field), field, 'request.outcome')
        },
      ),
    },
    {
      method: 'POST',
      path: `${requestsPath}/:id/extend`,
      roles,
      show: acting(
        ({ asker, form: sent }, id) =>
          requests.extend(asker, id, readExtension({ reason: sent.get('reason') })),
        ({ form: sent }) => unless(sent.get('reason'), 'reason', 'request.reason'),
      ),
    },
    {
      method: 'POST',
      path: `${requestsPath}/:id/close`,
      roles,
      show: acting(
        ({ asker, form: sent }, id) => requests.close(asker, id, readEnd({ end: sent.get('end') })),
        ({ form: sent }) => unless(sent.get('end'), 'end', 'request.end'),
      ),
    },
  ]
}
