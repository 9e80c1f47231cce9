import type { Agencies } from '../agencies/agencies.ts'
import { deskOf, partyOf } from '../agreements/lifecycle.ts'
import type { Agreement } from '../agreements/types.ts'
import type { ToldOfChange } from '../disclosures/release-facts.ts'
import { type Clock, dayOf, shifted } from '../kernel/clock.ts'
import type { AgencyId, SignalId } from '../kernel/ids.ts'
import type { Crypter } from '../store/crypter.ts'
import type { Reader } from '../store/reader.ts'
import type { RequestOutcome } from '../wire/codes/subject-requests.ts'
import type {
  FiledRequest,
  RequestTask,
  SubjectRequestPart,
  ToldOfSignal,
} from '../wire/subject-request.ts'
import * as store from './store.ts'
import { allTerms, firstTerms, regimeOf, termsFor } from './terms.ts'
import type { SubjectRequest, Task } from './types.ts'

const lately = 30 * 86_400
const changes: readonly RequestOutcome[] = ['corrected', 'erased', 'restricted']

/**
 * What a contact point and the parties see of a request. A contact point sees every party alike until the
 * day of the answer, which depends on nothing that was found; and from then on, alike those that have no
 * signal, those that let nothing be told of theirs, and those that have not answered.
 */
export function openViews({
  clock,
  crypter,
  agencies,
  caseReferencesOf,
  toldOfChanges,
}: {
  readonly clock: Clock
  readonly crypter: Crypter
  readonly agencies: Pick<Agencies, 'namesOf'>
  readonly caseReferencesOf: (
    reader: Reader,
    signals: readonly SignalId[],
  ) => Promise<ReadonlyMap<string, string>>
  readonly toldOfChanges: (reader: Reader, signal: SignalId) => Promise<readonly ToldOfChange[]>
}) {
  const today = (): string => dayOf(clock.now())
  const deskAt = (agreement: Agreement, agency: AgencyId): string => {
    const party = partyOf(agreement.content, agency)
    return party === undefined ? agency : deskOf(party, clock.now())
  }

  /** What receivers did about a change is added as it stands now. */
  async function withReceivers(
    reader: Reader,
    told: ToldOfSignal,
    signal: SignalId | undefined,
  ): Promise<ToldOfSignal> {
    const mayTell = told.receivers !== undefined && changes.includes(told.outcome)
    if (signal === undefined || !mayTell) return told
    const found = await toldOfChanges(reader, signal)
    const names = await agencies.namesOf(reader, [...new Set(found.map((one) => one.receiver))])
    return {
      ...told,
      told: found.map(({ receiver, toldAt, ...said }) => ({
        agency: receiver,
        name: names.get(receiver) ?? receiver,
        toldOn: dayOf(toldAt),
        ...said,
      })),
    }
  }

  async function partsOf(
    reader: Reader,
    request: SubjectRequest,
    agreement: Agreement,
  ): Promise<SubjectRequestPart[]> {
    const { parties } = agreement.content
    const ids = parties.map(({ agency }) => agency as AgencyId)
    const names = await agencies.namesOf(reader, ids)
    const told = await store.toldOf(reader, crypter, request.id)
    const parts: SubjectRequestPart[] = []
    for (const party of [...parties].sort((one, other) => (one.agency < other.agency ? -1 : 1))) {
      const opensOn = termsFor(request, regimeOf(party)).partsDueOn
      const isOpen = request.ended !== undefined || opensOn <= today()
      const its: ToldOfSignal[] = []
      for (const one of isOpen ? told.filter(({ agency }) => agency === party.agency) : []) {
        its.push(await withReceivers(reader, one.told, one.signal))
      }
      parts.push({
        agency: party.agency,
        name: names.get(party.agency as AgencyId) ?? party.agency,
        contactDesk: deskOf(party, clock.now()),
        state: !isOpen ? 'waiting' : its.length === 0 ? 'nothing-to-tell' : 'told',
        opensOn,
        told: its,
      })
    }
    return parts
  }

  function stateOf(request: SubjectRequest, agreement: Agreement): FiledRequest['state'] {
    if (request.ended !== undefined) return 'closed'
    const terms = allTerms(request, agreement)
    if (terms.every(({ dueOn }) => dueOn < today())) return 'overdue'
    return terms.some(({ partsDueOn }) => partsDueOn <= today()) ? 'answerable' : 'waiting'
  }

  function taskState(request: SubjectRequest, task: Task, dueOn: string): RequestTask['state'] {
    if (task.answeredAt !== undefined) return 'answered'
    if (request.ended !== undefined) return 'closed'
    return dueOn <= today() ? 'overdue' : 'open'
  }

  return {
    async filed(
      reader: Reader,
      request: SubjectRequest,
      agreement: Agreement,
    ): Promise<FiledRequest> {
      const until = allTerms(request, agreement).at(-1)?.dueOn
      return {
        id: request.id,
        agreement: request.agreement,
        kind: request.kind,
        asker: request.asker,
        age: request.age,
        ...(request.caseReference === undefined ? {} : { caseReference: request.caseReference }),
        filedAt: request.filedAt.toISOString(),
        receivedOn: request.receivedOn,
        ...firstTerms(request),
        ...(request.extension === undefined || until === undefined
          ? {}
          : { extended: { reason: request.extension, untilOn: until } }),
        state: stateOf(request, agreement),
        ...(request.ended === undefined ? {} : { end: request.ended }),
        parts: await partsOf(reader, request, agreement),
      }
    },

    async task(
      reader: Reader,
      request: SubjectRequest,
      task: Task,
      agreement: Agreement,
    ): Promise<RequestTask> {
      const { contactPoint } = request
      const party = partyOf(agreement.content, task.agency)
      const dueOn = termsFor(request, party === undefined ? 'avg' : regimeOf(party)).partsDueOn
      const names = await agencies.namesOf(reader, [contactPoint])
      const references =
        task.signal === undefined ? undefined : await caseReferencesOf(reader, [task.signal])
      const caseReference = task.signal && references?.get(task.signal)
      return {
        task: task.id,
        request: request.id,
        agreement: request.agreement,
        kind: request.kind,
        asker: request.asker,
        age: request.age,
        identityCheck: request.identityCheck,
        contactPoint: {
          agency: contactPoint,
          name: names.get(contactPoint) ?? contactPoint,
          contactDesk: deskAt(agreement, contactPoint),
        },
        filedLately: await store.countFiled(
          reader,
          contactPoint,
          request.agreement,
          shifted(clock.now(), -lately),
        ),
        receivedOn: request.receivedOn,
        dueOn,
        ...(task.signal === undefined
          ? {}
          : {
              signal: {
                id: task.signal,
                ...(caseReference === undefined ? {} : { caseReference }),
              },
            }),
        quality: task.quality,
        reasons: [...task.reasons],
        state: taskState(request, task, dueOn),
        ...(task.outcome === undefined ? {} : { outcome: task.outcome }),
        ...(task.ground === undefined ? {} : { ground: task.ground }),
        ...(task.answeredAt === undefined
          ? {}
          : { told: !task.isSilent, answeredAt: task.answeredAt.toISOString() }),
      }
    },
  }
}

export type Views = ReturnType<typeof openViews>
