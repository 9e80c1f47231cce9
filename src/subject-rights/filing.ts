import type { Agreement } from '../agreements/types.ts'
import { butFor, openJudging, outcomeOf } from '../decisions/judging.ts'
import { secondsUntilNextDay, subjectRequestsPerDay, takeQuotas } from '../evaluation/quotas.ts'
import { equalBytes } from '../kernel/bytes.ts'
import { dayOf } from '../kernel/clock.ts'
import { Fault, type Problem } from '../kernel/fault.ts'
import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import { randomUuid } from '../kernel/random.ts'
import { actorOf } from '../ledger/actor.ts'
import type { LedgerEntry } from '../ledger/entries.ts'
import { factsUnder, forItself } from '../policy/facts.ts'
import { epochFaultOf, subjectFaultOf } from '../signals/subject-fit.ts'
import { type Tx, transact } from '../store/transact.ts'
import { askers } from '../wire/codes/subject-requests.ts'
import type { SubjectRequestAnswer, SubjectRequestBody } from '../wire/subject-request.ts'
import type { RightsRooms } from './rooms.ts'
import * as store from './store.ts'
import {
  addDays,
  firstTerms,
  instantOf,
  nextForContactPoint,
  nextForParty,
  regimeOf,
  termsFor,
} from './terms.ts'
import type { Asker, SubjectRequest } from './types.ts'

/** With this one of a day the other parties are told that there are so many. */
const unusualPerDay = 10
/** A request of longer ago was either answered or let lie; it is filed under the day on which it was taken up. */
const oldestDays = 90

function problemsOf({ age, asker, receivedOn }: SubjectRequestBody, today: string): Problem[] {
  const problems: Problem[] = []
  const ages: readonly string[] = askers.find(({ code }) => code === asker)?.ages ?? []
  if (!ages.includes(age)) {
    problems.push({
      at: '/asker',
      message:
        'may not ask for somebody of this age: under 12 the representative asks, from 12 to 15 both jointly, from 16 on the subject',
    })
  }
  if (receivedOn > today) {
    problems.push({ at: '/receivedOn', message: 'lies in the future' })
  } else if (receivedOn < addDays(today, -oldestDays)) {
    problems.push({ at: '/receivedOn', message: `lies more than ${oldestDays} days back` })
  }
  return problems
}

/**
 * Filing a request at one contact point, for all parties. The answer, the entry on the ledger and what the
 * contact point sees afterwards are the same whether anything was found or not. What is found is kept as a
 * task of the party whose signal it is; the tokens are not kept.
 */
export function openFiling({
  clock,
  random,
  db,
  ledger,
  agreements,
  decisions,
  crypter,
  epochsOf,
  tokenIndex,
  bodyHash,
  thresholdsOf,
  signals,
  tell,
}: RightsRooms) {
  const { judge, append } = openJudging(decisions)

  const takeQuota = (tx: Tx, agency: AgencyId, domain: string): Promise<boolean> =>
    takeQuotas(tx, clock, [
      { agency, domain, kind: 'subject-request', amount: 1, limitPerDay: subjectRequestsPerDay },
    ])

  /** Why a permitted request cannot be taken. */
  async function obstacle(
    tx: Tx,
    agency: AgencyId,
    body: SubjectRequestBody,
  ): Promise<Fault | undefined> {
    const epochs = (await epochsOf(tx, [body.domain]))(body.domain)
    const subject = {
      ...body,
      subjectKind: 'person' as const,
      role: 'unknown' as const,
      ageBand: 'unknown' as const,
    }
    const fault = subjectFaultOf(subject, epochs) ?? epochFaultOf(subject, epochs)
    if (fault !== undefined) return fault
    const problems = problemsOf(body, dayOf(clock.now()))
    if (problems.length > 0) return new Fault('subject-rights/invalid', problems)
    if (await takeQuota(tx, agency, body.domain)) return undefined
    return new Fault('subject-rights/too-many', [], {
      retryAfterSeconds: secondsUntilNextDay(clock),
    })
  }

  /** Finds whose signals are about the person, and gives each a task. Nobody but its owner is told. */
  async function giveTasks(
    tx: Tx,
    request: SubjectRequest,
    agreement: Agreement,
    body: SubjectRequestBody,
  ): Promise<void> {
    const thresholds = await thresholdsOf(tx, request.agreement)
    const found = await signals.about(tx, request.agreement, tokenIndex(body), thresholds)
    const tasks = found.flatMap(({ id, agency, quality, reasons }) => {
      const party = agreement.content.parties.find((one) => one.agency === agency)
      if (party === undefined) return []
      const remindAt = nextForParty(termsFor(request, regimeOf(party)), clock.now())
      const task = { id: randomUuid(random), request: request.id, signal: id, remindAt }
      return [{ ...task, agency, quality, reasons }]
    })
    await store.addTasks(tx, tasks)
    await tell(
      tx,
      [...new Set(tasks.map(({ agency }) => agency))].map((agency) => ({
        agency,
        kind: 'subject-request' as const,
        about: { type: 'subject-request' as const, id: request.id },
      })),
    )
  }

  /** Tells the other parties, once a day, that a contact point files unusually many requests. */
  async function tellOfMany(
    tx: Tx,
    { contactPoint, agreement }: SubjectRequest,
    parties: Agreement,
  ) {
    const since = instantOf(dayOf(clock.now()))
    if ((await store.countFiled(tx, contactPoint, agreement, since)) !== unusualPerDay) return
    await tell(
      tx,
      parties.content.parties
        .filter(({ agency }) => agency !== contactPoint)
        .map(({ agency }) => ({
          agency: agency as AgencyId,
          kind: 'subject-requests-unusual' as const,
          about: { type: 'subject-requests' as const },
        })),
    )
  }

  return {
    /**
     * Files a request. The same again is welcome, and is not counted again.
     * @throws Fault subject-rights/invalid, subject-rights/conflict, subject-rights/too-many, policy/denied,
     * agreements/not-found
     */
    async file(asker: Asker, body: SubjectRequestBody): Promise<SubjectRequestAnswer> {
      const hash = body.agreement as AgreementHash
      const result = await transact(db, 'subject-rights/file', async (tx) => {
        const agreement = (await agreements.hold(tx, [hash])).get(hash)
        await ledger.hold(tx)
        const facts = factsUnder(forItself(asker.agency), {
          hash,
          agreement: agreements.facts(agreement, asker.agency),
          domain: body.domain,
        })
        const permitted = judge('subject-request.file', facts)
        const earlier =
          permitted.fault === undefined ? await store.findRequest(tx, crypter, body.id) : undefined
        const isRetry =
          earlier?.contactPoint === asker.agency &&
          earlier.bodyHash !== undefined &&
          equalBytes(earlier.bodyHash, bodyHash(body))
        let fault: Fault | undefined
        if (earlier !== undefined && !isRetry) fault = new Fault('subject-rights/conflict')
        else if (permitted.fault === undefined && earlier === undefined) {
          fault = await obstacle(tx, asker.agency, body)
        }
        const judged = butFor(permitted, fault)
        const entry: LedgerEntry = {
          kind: 'subject-request.file',
          ...outcomeOf(judged),
          requestId: asker.requestId,
          agency: asker.agency,
          ...actorOf(asker),
          agreement: hash,
          purpose: body.purpose,
          request: body.id,
          wish: body.kind,
          asker: body.asker,
          age: body.age,
        }
        const { index, receipt } = await append(tx, ledger, entry, judged)
        if (judged.fault !== undefined || agreement === undefined) {
          return { fault: judged.fault ?? new Fault('agreements/not-found') }
        }
        if (earlier !== undefined) {
          return { request: earlier, receipt: await ledger.receiptFor(tx, earlier.ledgerIndex) }
        }
        const request: SubjectRequest = {
          id: body.id,
          contactPoint: asker.agency,
          agreement: hash,
          kind: body.kind,
          asker: body.asker,
          age: body.age,
          identityCheck: body.identityCheck,
          receivedOn: body.receivedOn,
          filedAt: clock.now(),
          ledgerIndex: index,
          caseReference: body.caseReference,
          bodyHash: bodyHash(body),
          extension: undefined,
          ended: undefined,
        }
        const remindAt = nextForContactPoint([firstTerms(request)], clock.now())
        await store.addRequest(tx, crypter, request, remindAt)
        await giveTasks(tx, request, agreement, body)
        await tellOfMany(tx, request, agreement)
        return { request, receipt }
      })
      if (result.request === undefined) throw result.fault
      const { id, receivedOn } = result.request
      return { id, receipt: result.receipt, receivedOn, ...firstTerms(result.request) }
    },
  }
}
