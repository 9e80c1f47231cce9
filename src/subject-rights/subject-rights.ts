import { butFor, outcomeOf } from '../decisions/judging.ts'
import { Fault } from '../kernel/fault.ts'
import { actorOf } from '../ledger/actor.ts'
import type { LedgerEntry } from '../ledger/entries.ts'
import { type Tx, transact } from '../store/transact.ts'
import {
  type FiledRequest,
  mostSubjectRequests,
  type RequestTask,
  type SubjectRequestList,
  type SubjectRequestView,
} from '../wire/subject-request.ts'
import { openAnswering } from './answering.ts'
import { openDueRequests } from './due.ts'
import { openFiling } from './filing.ts'
import type { RightsRooms } from './rooms.ts'
import * as store from './store.ts'
import type { Asker, SubjectRequest, Task } from './types.ts'
import { openViews } from './views.ts'

export type SubjectRights = ReturnType<typeof openSubjectRights>

/**
 * Requests of subjects: a request at one contact point counts for all parties of an agreement (AVG art. 26;
 * WGS). Does not see who asks, and cannot check that the contact point made sure of it. See
 * `docs/subject-rights.md`.
 */
export function openSubjectRights(rooms: RightsRooms) {
  const { clock, db, ledger, agencies, agreements, crypter, decisions, signals, disclosures } =
    rooms
  const views = openViews({
    clock,
    crypter,
    agencies,
    caseReferencesOf: signals.caseReferencesOf,
    toldOfChanges: disclosures.toldOfChanges,
  })
  const { answer, extend, close, hold, judgeOwn, common, missing } = openAnswering(rooms, views)

  async function filedViews(tx: Tx, requests: readonly SubjectRequest[]): Promise<FiledRequest[]> {
    const held = await agreements.hold(
      tx,
      requests.map(({ agreement }) => agreement),
    )
    const seen: FiledRequest[] = []
    for (const request of requests) {
      const agreement = held.get(request.agreement)
      if (agreement !== undefined) seen.push(await views.filed(tx, request, agreement))
    }
    return seen
  }

  async function taskViews(tx: Tx, tasks: readonly Task[]): Promise<RequestTask[]> {
    const ids = [...new Set(tasks.map(({ request }) => request))]
    const found = await store.requestsOf(tx, crypter, { ids, most: mostSubjectRequests })
    const requests = new Map(found.map((request) => [request.id, request]))
    const held = await agreements.hold(
      tx,
      found.map(({ agreement }) => agreement),
    )
    const seen: RequestTask[] = []
    for (const task of tasks) {
      const request = requests.get(task.request)
      const agreement = request && held.get(request.agreement)
      if (request && agreement) seen.push(await views.task(tx, request, task, agreement))
    }
    return seen
  }

  return {
    ...openFiling(rooms),
    answer,
    extend,
    close,
    dueWork: openDueRequests(rooms),

    /** What an agency filed, and what it has to answer. The entry on the ledger tells no number. */
    async list(asker: Asker): Promise<SubjectRequestList> {
      const { agency, requestId } = asker
      return transact(db, 'subject-rights/list', async (tx) => {
        const most = mostSubjectRequests
        const filed = await filedViews(tx, await store.requestsOf(tx, crypter, { agency, most }))
        const tasks = await taskViews(tx, await store.tasksOfAgency(tx, agency, most))
        await ledger.append(tx, [
          {
            kind: 'subject-request.list',
            outcome: 'permit',
            reasons: [],
            requestId,
            agency,
            ...actorOf(asker),
          },
        ])
        return { filed, tasks }
      })
    },

    /**
     * One request: for its contact point the joined answer, for a party its own tasks. Whoever is neither
     * finds none.
     * @throws Fault subject-rights/not-found
     */
    async read(asker: Asker, id: string): Promise<SubjectRequestView> {
      const result = await transact(db, 'subject-rights/read', async (tx) => {
        const found = await hold(tx, id)
        const own = found?.tasks.filter(({ agency }) => agency === asker.agency) ?? []
        const isContactPoint = found?.request.contactPoint === asker.agency
        const isMine = isContactPoint || own.length > 0
        const judged =
          found === undefined || !isMine
            ? missing()
            : butFor(judgeOwn('subject-request.read', asker.agency, found), undefined)
        const entry: LedgerEntry = {
          kind: 'subject-request.read',
          ...common(asker, judged, id, isMine ? found : undefined),
          ...outcomeOf(judged),
        }
        const entries = await ledger.append(tx, [entry])
        await decisions.recordOne(tx, entries, judged.decision, judged.fault === undefined)
        if (judged.fault !== undefined || found === undefined) return { fault: judged.fault }
        const { request, agreement } = found
        return {
          view: {
            ...(isContactPoint ? { filed: await views.filed(tx, request, agreement) } : {}),
            tasks: await taskViews(tx, own),
          },
        }
      })
      if (result.view === undefined) throw result.fault ?? new Fault('subject-rights/not-found')
      return result.view
    },
  }
}
