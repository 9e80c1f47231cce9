import { partyOf } from '../agreements/lifecycle.ts'
import type { Agreement } from '../agreements/types.ts'
import { dayOf } from '../kernel/clock.ts'
import type { AgreementHash } from '../kernel/ids.ts'
import type { Telling } from '../notification/types.ts'
import type { Reader } from '../store/reader.ts'
import { Outdated, type Tx, transact } from '../store/transact.ts'
import type { RightsRooms } from './rooms.ts'
import * as store from './store.ts'
import {
  addDays,
  allTerms,
  lapseAfterDays,
  nextForContactPoint,
  nextForParty,
  regimeOf,
  termsFor,
} from './terms.ts'
import type { SubjectRequest, Task } from './types.ts'

/** Requests and tasks told of in one transaction at most. */
const mostAtOnce = 100

/**
 * What time does to requests: contact points hear that the answer can be read and that a term passes, parties
 * that a task waits; what nobody closes is forgotten in the end. Makes no entry on the ledger: else its
 * length would tell a contact point who has a task.
 */
export function openDueRequests({
  clock,
  db,
  ledger,
  agreements,
  crypter,
  tell,
}: Pick<RightsRooms, 'clock' | 'db' | 'ledger' | 'agreements' | 'crypter' | 'tell'>) {
  const about = (id: string) => ({ type: 'subject-request' as const, id })
  const today = (): string => dayOf(clock.now())

  async function tellContactPoint(
    tx: Tx,
    request: SubjectRequest,
    agreement: Agreement,
  ): Promise<Telling[]> {
    const terms = allTerms(request, agreement)
    const last = terms.at(-1)?.dueOn ?? request.receivedOn
    if (addDays(last, lapseAfterDays) < today()) {
      await store.endRequest(tx, request.id, 'lapsed', clock.now())
      return []
    }
    await store.remindRequestAt(tx, request.id, nextForContactPoint(terms, clock.now()))
    const isNear = terms.some(({ dueOn }) => addDays(dueOn, -2) <= today() && today() <= dueOn)
    const kind =
      last < today()
        ? ('subject-request-overdue' as const)
        : isNear
          ? ('subject-request-due' as const)
          : ('subject-request-answerable' as const)
    return [{ agency: request.contactPoint, kind, about: about(request.id) }]
  }

  async function tellParty(
    tx: Tx,
    task: Task,
    request: SubjectRequest,
    agreement: Agreement,
  ): Promise<Telling[]> {
    const party = partyOf(agreement.content, task.agency)
    const terms = termsFor(request, party === undefined ? 'avg' : regimeOf(party))
    await store.remindTaskAt(tx, task.id, nextForParty(terms, clock.now()))
    const kind =
      terms.partsDueOn <= today()
        ? ('subject-request-overdue' as const)
        : ('subject-request-due' as const)
    return [{ agency: task.agency, kind, about: about(request.id) }]
  }

  /** What is due, each task with its request. */
  async function due(reader: Reader) {
    const requests = await store.requestsToRemind(reader, crypter, clock.now(), mostAtOnce)
    const tasks = await store.tasksToRemind(reader, clock.now(), mostAtOnce)
    const ids = [...new Set(tasks.map(({ request }) => request))]
    const found = await store.requestsOf(reader, crypter, { ids, most: mostAtOnce })
    return { requests, tasks, of: new Map(found.map((one) => [one.id, one])) }
  }
  type Due = Awaited<ReturnType<typeof due>>
  const countOf = ({ requests, tasks }: Due): number => Math.max(requests.length, tasks.length)
  const agreementsOf = ({ requests, of }: Due): AgreementHash[] => [
    ...new Set([...requests, ...of.values()].map(({ agreement }) => agreement)),
  ]

  async function remind(tx: Tx): Promise<number> {
    const held = await agreements.hold(tx, agreementsOf(await due(tx)))
    await ledger.hold(tx)
    const waiting = await due(tx)
    const tellings: Telling[] = []
    for (const request of waiting.requests) {
      const agreement = held.get(request.agreement)
      if (agreement === undefined) throw new Outdated('a request came meanwhile')
      tellings.push(...(await tellContactPoint(tx, request, agreement)))
    }
    for (const task of waiting.tasks) {
      const request = waiting.of.get(task.request)
      const agreement = request && held.get(request.agreement)
      if (request === undefined || agreement === undefined) {
        throw new Outdated('a task came meanwhile')
      }
      tellings.push(...(await tellParty(tx, task, request, agreement)))
    }
    const once = new Map(tellings.map((one) => [JSON.stringify(one), one]))
    await tell(tx, [...once.values()])
    return countOf(waiting)
  }

  return {
    run: 'subject-requests' as const,
    waiting: async (): Promise<number> => countOf(await due(db)),
    /** Two at once do no more than one; after a standstill one notice, and no heap of them. */
    work: async (): Promise<number> =>
      // Mostly nothing is due, and then nobody has to wait for the ledger.
      countOf(await due(db)) === 0 ? 0 : transact(db, 'subject-rights/remind', remind),
    most: mostAtOnce,
  }
}
