import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { dayOf, systemClock } from '../../kernel/clock.ts'
import {
  askers,
  extensionReasons,
  identityChecks,
  refusalGrounds,
  requestEnds,
  requestKinds,
  requestOutcomes,
  signalSources,
  subjectAges,
  toldParts,
} from '../../wire/codes/subject-requests.ts'
import type {
  FiledRequest,
  RequestTask,
  SubjectRequestBody,
  ToldOfSignal,
} from '../../wire/subject-request.ts'
import { chooseAgreement, HomeError, readJson } from '../agency-home.ts'
import { GatewayProblem } from '../errors.ts'
import { readPerson } from '../person-file.ts'
import { addAnswerLetterCommand } from './answer-letter.ts'
import { codeIn, codesIn, oneOf } from './code-option.ts'
import { agencyOption, agreementOption, openHome } from './home-option.ts'
import { note, print, printJson } from './output.ts'

type Common = { readonly agency: string; readonly json?: boolean }

const requestsOf = async ({ agency }: Common) => (await openHome(agency)).partner.subjectRequests

const toldLine = (told: ToldOfSignal): string =>
  [
    told.outcome,
    ...(told.ground === undefined ? [] : [`ground ${told.ground}`]),
    ...(told.purpose === undefined ? [] : [`purpose ${told.purpose}`]),
    ...(told.sinceOn === undefined ? [] : [`since ${told.sinceOn}`]),
    ...(told.untilOn === undefined ? [] : [`until ${told.untilOn}`]),
    ...(told.source === undefined ? [] : [`source ${told.source}`]),
    ...(told.receivers === undefined ? [] : [`opened by ${told.receivers.length}`]),
  ].join(', ')

const filedText = (request: FiledRequest): string =>
  [
    `${request.id}  ${request.state}  ${request.kind}, received ${request.receivedOn}, to be answered by ${request.extended?.untilOn ?? request.dueOn}`,
    ...(request.caseReference === undefined ? [] : [`  your case ${request.caseReference}`]),
    ...request.parts.flatMap(({ name, state, opensOn, told }) => [
      `  ${name}: ${state === 'waiting' ? `waiting, opens ${opensOn}` : state}`,
      ...told.map((one) => `    ${toldLine(one)}`),
    ]),
  ].join('\n')

const taskText = (task: RequestTask): string =>
  [
    `${task.request}  ${task.state}  ${task.kind}, answer by ${task.dueOn}  (task ${task.task})`,
    `  filed by ${task.contactPoint.name}: ${task.contactPoint.contactDesk}; identity: ${task.identityCheck}; ${task.filedLately} in 30 days`,
    ...(task.signal === undefined
      ? []
      : [`  your case ${task.signal.caseReference ?? '-'}, signal ${task.signal.id}`]),
    `  ${task.quality}${task.quality === 'certain' ? '' : ': call before you answer'} (${task.reasons.join(', ')})`,
    ...(task.outcome === undefined ? [] : [`  answered: ${task.outcome}`]),
  ].join('\n')

/** Where a request waits that was prepared and perhaps not sent. It holds tokens, and no identity. */
const preparedFile = (folder: string) => join(folder, 'subject-request.json')

type FileOptions = Common & {
  readonly agreement?: string
  readonly kind: string
  readonly asker: string
  readonly identity: string
  readonly received?: string
  readonly age?: string
}

async function fileRequest(csv: string, options: FileOptions): Promise<void> {
  const { folder, partner } = await openHome(options.agency)
  const under = await chooseAgreement(folder, options.agreement)
  const today = dayOf(systemClock.now())
  const person = readPerson(await readFile(csv), today)
  const body = await partner.subjectRequests.prepare(
    person,
    {
      kind: codeIn(requestKinds, options.kind, '--kind'),
      asker: codeIn(askers, options.asker, '--asker'),
      identityCheck: codeIn(identityChecks, options.identity, '--identity'),
      receivedOn: options.received ?? today,
      ...(options.age === undefined ? {} : { age: codeIn(subjectAges, options.age, '--age') }),
    },
    under,
  )
  await writeFile(preparedFile(folder), `${JSON.stringify(body)}\n`, { mode: 0o600 })
  await send(options)
}

/** Sends what was prepared; after an interruption the very same again, so that it is filed once. */
async function send(options: Common): Promise<void> {
  const { folder, partner } = await openHome(options.agency)
  const body = (await readJson(preparedFile(folder))) as SubjectRequestBody
  const forget = () => writeFile(preparedFile(folder), 'null\n', { mode: 0o600 })
  if (body === null) throw new HomeError('nothing waits to be sent')
  const filed = await partner.subjectRequests.file(body).catch(async (error: unknown) => {
    // Refused for good: the next one is another request.
    if (error instanceof GatewayProblem && error.problem.status < 429) await forget()
    throw error
  })
  await forget()
  if (options.json) return printJson(filed)
  print(filed.id)
  note(
    `Confirm the receipt in writing now. The joined answer opens on ${filed.partsDueOn}; whoever asked has it by ${filed.dueOn}.`,
  )
}

type AnswerOptions = Common & {
  readonly task?: string
  readonly outcome: string
  readonly ground?: string
  readonly tell?: string
  readonly source?: string
  readonly silent?: boolean
}

async function answerTask(id: string, options: AnswerOptions): Promise<void> {
  const requests = await requestsOf(options)
  const { tasks } = await requests.show(id)
  const [only, ...others] = tasks
  const task = options.task ?? (others.length === 0 ? only?.task : undefined)
  if (task === undefined) {
    throw new HomeError(
      tasks.length === 0
        ? 'you have nothing to answer in this request'
        : `say which with --task: ${tasks.map((one) => one.task).join(', ')}`,
    )
  }
  const tell = codesIn(toldParts, options.tell, '--tell')
  const { ground, source } = options
  const answered = await requests.answer(id, {
    task,
    outcome: codeIn(requestOutcomes, options.outcome, '--outcome'),
    ...(ground === undefined ? {} : { ground: codeIn(refusalGrounds, ground, '--ground') }),
    ...(tell.length === 0 ? {} : { tell }),
    ...(source === undefined ? {} : { source: codeIn(signalSources, source, '--source') }),
    ...(options.silent ? { silent: true } : {}),
  })
  if (options.json) return printJson(answered)
  print('Answered.')
}

export function addSubjectRequestCommands(program: Command): void {
  const group = program
    .command('subject-request')
    .description('requests of subjects: file one for all parties, answer for your own signals')
  const command = (words: string, description: string) =>
    group
      .command(words)
      .description(description)
      .requiredOption(...agencyOption)
      .option('--json', 'as JSON')

  command(
    'file <person.csv>',
    'file the request of the one person in a file; make sure of who asks before',
  )
    .option(...agreementOption)
    .requiredOption('--kind <code>', oneOf(requestKinds))
    .requiredOption('--asker <code>', oneOf(askers))
    .requiredOption('--identity <code>', `how you made sure: ${oneOf(identityChecks)}`)
    .option('--received <day>', 'the day of receipt, YYYY-MM-DD; today by default')
    .option('--age <code>', `where the birth date does not tell: ${oneOf(subjectAges)}`)
    .action(fileRequest)

  command('send', 'send a request again that was prepared and interrupted').action(send)

  command('list', 'what you filed, and what waits for your answer').action(
    async (options: Common) => {
      const { filed, tasks } = await (await requestsOf(options)).list()
      if (options.json) return printJson({ filed, tasks })
      if (filed.length + tasks.length === 0) note('None.')
      for (const one of filed) print(filedText(one))
      for (const one of tasks) print(taskText(one))
    },
  )

  command('show <id>', 'one request: the joined answer, or what you have to answer').action(
    async (id: string, options: Common) => {
      const { filed, tasks } = await (await requestsOf(options)).show(id)
      if (options.json) return printJson({ filed, tasks })
      if (filed !== undefined) print(filedText(filed))
      for (const one of tasks) print(taskText(one))
    },
  )

  command('answer <id>', 'answer for a signal of your own, after doing what you say')
    .option('--task <task>', 'which, when you have several in this request')
    .requiredOption('--outcome <code>', oneOf(requestOutcomes))
    .option('--ground <code>', `why it is refused: ${oneOf(refusalGrounds)}`)
    .option('--tell <codes>', `what may be told, separated by commas: ${oneOf(toldParts)}`)
    .option('--source <code>', `where you have it from: ${oneOf(signalSources)}`)
    .option('--silent', 'whoever asked is not to learn that there is a signal')
    .action(answerTask)

  command('extend <id>', 'extend the term, once, where the law lets you')
    .requiredOption('--reason <code>', oneOf(extensionReasons))
    .action(async (id: string, options: Common & { readonly reason: string }) => {
      const reason = codeIn(extensionReasons, options.reason, '--reason')
      const filed = await (await requestsOf(options)).extend(id, reason)
      if (options.json) return printJson(filed)
      print(`Extended to ${filed.extended?.untilOn}. Tell whoever asked, and why.`)
    })

  addAnswerLetterCommand(command)

  const ends = requestEnds.filter(({ code }) => code !== 'lapsed')
  command('close <id>', 'close a request; what was answered is forgotten')
    .requiredOption('--end <code>', oneOf(ends))
    .action(async (id: string, options: Common & { readonly end: string }) => {
      const end = codeIn(ends, options.end, '--end')
      if (end === 'lapsed') throw new HomeError(`--end is ${oneOf(ends)}`)
      const filed = await (await requestsOf(options)).close(id, end)
      if (options.json) return printJson(filed)
      print('Closed.')
    })
}
