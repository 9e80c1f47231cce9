import { partyOf } from '../agreements/lifecycle.ts'
import type { Agreement } from '../agreements/types.ts'
import { butFor, type Judged, nothingThere, openJudging, outcomeOf } from '../decisions/judging.ts'
import { dayOf } from '../kernel/clock.ts'
import { Fault, type Problem } from '../kernel/fault.ts'
import type { AgencyId } from '../kernel/ids.ts'
import { actorOf } from '../ledger/actor.ts'
import type { LedgerEntry } from '../ledger/entries.ts'
import { factsUnder, forItself } from '../policy/facts.ts'
import type { Act } from '../policy/types.ts'
import type { SignalFacts } from '../signals/subject-search.ts'
import { type Tx, transact } from '../store/transact.ts'
import { requestOutcomes } from '../wire/codes/subject-requests.ts'
import type {
  CloseRequestBody,
  ExtendRequestBody,
  FiledRequest,
  RequestTask,
  TaskAnswerBody,
  ToldOfSignal,
} from '../wire/subject-request.ts'
import type { RightsRooms } from './rooms.ts'
import * as store from './store.ts'
import {
  allTerms,
  isExtendable,
  nextForContactPoint,
  nextForParty,
  regimeOf,
  termsFor,
} from './terms.ts'
import type { Asker, SubjectRequest, Task } from './types.ts'
import type { Views } from './views.ts'

type Found = {
  readonly request: SubjectRequest
  readonly agreement: Agreement
  readonly tasks: readonly Task[]
}

const notNow = (message: string) => new Fault('subject-rights/not-now', [{ message }])

/** What is wrong with an answer by itself; all at once. */
function problemsOf(body: TaskAnswerBody, { kind }: SubjectRequest): Problem[] {
  const problems: Problem[] = []
  const fits: readonly string[] =
    requestOutcomes.find(({ code }) => code === body.outcome)?.for ?? []
  if (!fits.includes(kind)) {
    problems.push({ at: '/outcome', message: 'is no answer to this kind of request' })
  }
  if ((body.outcome === 'refused') !== (body.ground !== undefined)) {
    problems.push({ at: '/ground', message: 'goes with a refusal, and with nothing else' })
  }
  const tell = body.tell ?? []
  if (tell.length > 0 && (body.silent === true || body.outcome === 'refused')) {
    problems.push({ at: '/tell', message: 'nothing is told of what is refused or kept silent' })
  }
  if ((body.source !== undefined) !== tell.includes('source')) {
    problems.push({ at: '/source', message: 'goes with `source` among what is told' })
  }
  if (body.outcome === 'provided' && tell.length === 0 && body.silent !== true) {
    problems.push({ at: '/tell', message: 'say what may be told' })
  }
  return problems
}

/** Whether a party did with its signal what it says. Done before the request was filed is not done for it. */
function isDone(
  { outcome }: TaskAnswerBody,
  facts: SignalFacts,
  { filedAt }: SubjectRequest,
): boolean {
  switch (outcome) {
    case 'corrected':
      return facts.correctedAt !== undefined && facts.correctedAt >= filedAt
    case 'erased':
      return facts.state === 'withdrawn' || facts.state === 'expired'
    case 'restricted':
      return facts.state === 'restricted'
    case 'provided':
      return facts.endedAt === undefined
    case 'refused':
      return true
  }
}

/** Answering, extending and closing. */
export function openAnswering(
  {
    clock,
    db,
    ledger,
    agencies,
    agreements,
    decisions,
    crypter,
    signals,
    disclosures,
    tell,
  }: RightsRooms,
  views: Views,
) {
  const { judge, append } = openJudging(decisions)

  /** The request with its tasks, which nobody else changes until `tx` is over. */
  async function hold(tx: Tx, id: string): Promise<Found | undefined> {
    const named = await store.findRequest(tx, crypter, id)
    const agreement = named && (await agreements.hold(tx, [named.agreement])).get(named.agreement)
    await ledger.hold(tx)
    const request = named && (await store.findRequest(tx, crypter, id))
    if (request === undefined || agreement === undefined) return undefined
    return { request, agreement, tasks: await store.tasksOfRequest(tx, id) }
  }

  const judgeOwn = (act: Act, agency: AgencyId, { request, agreement }: Found): Judged =>
    judge(act, {
      ...factsUnder(forItself(agency), {
        hash: request.agreement,
        agreement: agreements.facts(agreement, agency),
      }),
      owner: agency,
    })

  const common = (asker: Asker, judged: Judged, id: string, found: Found | undefined) => ({
    ...outcomeOf(judged),
    requestId: asker.requestId,
    agency: asker.agency,
    ...actorOf(asker),
    ...(judged.fault === undefined && found ? { agreement: found.request.agreement } : {}),
    request: id,
  })

  const missing = (): Judged => nothingThere('subject-rights/not-found')

  /** What may be told of a signal, as it stands at the moment of the answer. */
  async function toldOf(
    tx: Tx,
    { outcome, ground, tell: parts = [], source }: TaskAnswerBody,
    task: Task,
    facts: SignalFacts,
  ): Promise<ToldOfSignal> {
    const released =
      parts.includes('receivers') && task.signal !== undefined
        ? await disclosures.releasedOf(tx, task.signal)
        : []
    const names = await agencies.namesOf(tx, [...new Set(released.map(({ receiver }) => receiver))])
    return {
      outcome,
      ...(ground === undefined ? {} : { ground }),
      ...(parts.includes('categories') ? { categories: [...facts.categories] } : {}),
      ...(parts.includes('purpose') ? { purpose: facts.purpose } : {}),
      ...(parts.includes('period')
        ? {
            sinceOn: dayOf(facts.submittedAt),
            ...(facts.retainUntil === undefined ? {} : { untilOn: facts.retainUntil }),
          }
        : {}),
      ...(source === undefined ? {} : { source }),
      ...(outcome === 'restricted' && facts.reviewOn ? { reviewOn: facts.reviewOn } : {}),
      ...(parts.includes('receivers')
        ? {
            receivers: released.map(({ receiver, fields, releasedAt }) => ({
              agency: receiver,
              name: names.get(receiver) ?? receiver,
              fields: [...fields],
              openedOn: dayOf(releasedAt),
            })),
          }
        : {}),
    }
  }

  const isOpenTo = ({ request, agreement }: Found, agency: AgencyId): boolean => {
    const party = partyOf(agreement.content, agency)
    const { partsDueOn } = termsFor(request, party === undefined ? 'avg' : regimeOf(party))
    return partsDueOn <= dayOf(clock.now())
  }

  function obstacleToAnswer(
    found: Found,
    task: Task,
    body: TaskAnswerBody,
    facts: SignalFacts | undefined,
  ): Fault | undefined {
    if (found.request.ended !== undefined) return notNow('the request is closed')
    if (task.answeredAt !== undefined && isOpenTo(found, task.agency)) {
      return notNow('it was answered, and the contact point may have read it')
    }
    const problems = problemsOf(body, found.request)
    if (facts?.isConfidential && body.silent !== true) {
      const message = 'the signal is confidential: answer silently, or lift that first'
      problems.push({ at: '/silent', message })
    }
    if (problems.length > 0) return new Fault('subject-rights/invalid', problems)
    return facts === undefined || !isDone(body, facts, found.request)
      ? new Fault('subject-rights/not-done')
      : undefined
  }

  return {
    /**
     * A party answers for one signal of its own; until the answer opens it can answer anew. That it did what
     * it says is held against the signal.
     * @throws Fault subject-rights/not-found, also for a task of another; subject-rights/invalid,
     * subject-rights/not-done, subject-rights/not-now
     */
    async answer(asker: Asker, id: string, body: TaskAnswerBody): Promise<RequestTask> {
      const result = await transact(db, 'subject-rights/answer', async (tx) => {
        const found = await hold(tx, id)
        const task = found?.tasks.find((one) => one.id === body.task && one.agency === asker.agency)
        const facts = task?.signal && (await signals.factsOf(tx, task.signal))
        const judged =
          found === undefined || task === undefined
            ? missing()
            : butFor(
                judgeOwn('subject-request.answer', asker.agency, found),
                obstacleToAnswer(found, task, body, facts || undefined),
              )
        const entry: LedgerEntry = {
          kind: 'subject-request.answer',
          ...common(asker, judged, id, found),
          answer: body.outcome,
          ...(body.ground === undefined ? {} : { ground: body.ground }),
        }
        await append(tx, ledger, entry, judged)
        if (judged.fault !== undefined || !found || !task || !facts) return { fault: judged.fault }
        const at = clock.now()
        const isSilent = body.silent === true
        await store.putAnswer(tx, crypter, task.id, {
          outcome: body.outcome,
          ground: body.ground,
          isSilent,
          told: await toldOf(tx, body, task, facts),
          at,
        })
        if (!isSilent && isOpenTo(found, asker.agency)) {
          const about = { type: 'subject-request' as const, id }
          const { contactPoint: agency } = found.request
          await tell(tx, [{ agency, kind: 'subject-request-answerable', about }])
        }
        const { outcome, ground } = body
        return {
          view: await views.task(
            tx,
            found.request,
            { ...task, outcome, ground, isSilent, answeredAt: at },
            found.agreement,
          ),
        }
      })
      if (result.view === undefined) throw result.fault ?? new Fault('subject-rights/not-found')
      return result.view
    },

    /**
     * The contact point extends the term, once, for those parties whose law lets it.
     * @throws Fault subject-rights/not-found, subject-rights/not-now
     */
    async extend(asker: Asker, id: string, { reason }: ExtendRequestBody): Promise<FiledRequest> {
      const result = await transact(db, 'subject-rights/extend', async (tx) => {
        const found = await hold(tx, id)
        const own = found?.request.contactPoint === asker.agency ? found : undefined
        const last = own && allTerms(own.request, own.agreement).at(-1)
        const obstacle = (): Fault | undefined => {
          if (own === undefined || last === undefined) return undefined
          if (own.request.ended !== undefined) return notNow('the request is closed')
          if (own.request.extension !== undefined) return notNow('a term is extended once')
          if (last.dueOn < dayOf(clock.now())) return notNow('the term has passed')
          return isExtendable(own.request, own.agreement)
            ? undefined
            : notNow(
                'no party’s law lets the term of such a request be extended (Wpg art. 28 lid 3)',
              )
        }
        const judged =
          own === undefined
            ? missing()
            : butFor(judgeOwn('subject-request.extend', asker.agency, own), obstacle())
        const entry: LedgerEntry = {
          kind: 'subject-request.extend',
          ...common(asker, judged, id, own),
          extension: reason,
        }
        await append(tx, ledger, entry, judged)
        if (judged.fault !== undefined || own === undefined) return { fault: judged.fault }
        const at = clock.now()
        const request = { ...own.request, extension: reason }
        const remindAt = nextForContactPoint(allTerms(request, own.agreement), at)
        await store.putExtension(tx, id, { reason, at, remindAt })
        for (const task of own.tasks) {
          const party = partyOf(own.agreement.content, task.agency)
          const terms = termsFor(request, party === undefined ? 'avg' : regimeOf(party))
          await store.remindTaskAt(tx, task.id, nextForParty(terms, at))
        }
        return { view: await views.filed(tx, request, own.agreement) }
      })
      if (result.view === undefined) throw result.fault ?? new Fault('subject-rights/not-found')
      return result.view
    },

    /**
     * The contact point closes the request: what was answered, and which signals belong together, is
     * forgotten. The same again is welcome.
     * @throws Fault subject-rights/not-found, subject-rights/not-now
     */
    async close(asker: Asker, id: string, { end }: CloseRequestBody): Promise<FiledRequest> {
      const result = await transact(db, 'subject-rights/close', async (tx) => {
        const found = await hold(tx, id)
        const own = found?.request.contactPoint === asker.agency ? found : undefined
        const obstacle = (): Fault | undefined => {
          if (own === undefined || own.request.ended === end) return undefined
          if (own.request.ended !== undefined) return notNow('it was closed otherwise')
          const terms = allTerms(own.request, own.agreement)
          const isComplete = terms.every(({ partsDueOn }) => partsDueOn <= dayOf(clock.now()))
          return end === 'answered' && !isComplete
            ? notNow('not all parties have had their time to answer')
            : undefined
        }
        const judged =
          own === undefined
            ? missing()
            : butFor(judgeOwn('subject-request.close', asker.agency, own), obstacle())
        const entry: LedgerEntry = {
          kind: 'subject-request.close',
          ...common(asker, judged, id, own),
          end,
        }
        await append(tx, ledger, entry, judged)
        if (judged.fault !== undefined || own === undefined) return { fault: judged.fault }
        if (own.request.ended === undefined) await store.endRequest(tx, id, end, clock.now())
        const { caseReference: _, ...rest } = own.request
        const request = { ...rest, caseReference: undefined, ended: end }
        return { view: await views.filed(tx, request, own.agreement) }
      })
      if (result.view === undefined) throw result.fault ?? new Fault('subject-rights/not-found')
      return result.view
    },

    hold,
    judgeOwn,
    common,
    missing,
  }
}
export type Answering = ReturnType<typeof openAnswering>
