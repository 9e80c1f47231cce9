import type { Agency } from '../agencies/types.ts'
import { partyOf } from '../agreements/lifecycle.ts'
import type { Agreement } from '../agreements/types.ts'
import { butFor } from '../decisions/judging.ts'
import { base64url, equalBytes } from '../kernel/bytes.ts'
import { shifted } from '../kernel/clock.ts'
import { Fault, type Problem } from '../kernel/fault.ts'
import type { AgencyId, AgreementHash, SignalId } from '../kernel/ids.ts'
import { actorOf } from '../ledger/actor.ts'
import type { LedgerEntry } from '../ledger/entries.ts'
import { payloadReader } from '../proofs/payload.ts'
import { digestOfStatement, thumbprintOf } from '../proofs/statement.ts'
import { type Tx, transact } from '../store/transact.ts'
import {
  type DisclosureRequestBody,
  DisclosureRequestPayload,
  type DisclosureView,
} from '../wire/disclosure.ts'
import * as store from './store.ts'
import type { Asker, Disclosure, OwnSignals, Rooms, Touching } from './types.ts'

const readRequest = payloadReader(DisclosureRequestPayload)

/** Of one signal, one receiver asks at most so often, whatever became of the first time. */
const mostRequests = 2
const over: readonly string[] = ['refused', 'expired', 'revoked', 'opened', 'ended']

/** Asking for sealed fields. By asking, the receiver tells the owner that their signals touch. */
export function openRequests(
  {
    clock,
    db,
    ledger,
    agreements,
    crypter,
    decisions,
    statements,
    views,
    telling,
  }: Pick<
    Rooms,
    | 'clock'
    | 'db'
    | 'ledger'
    | 'agreements'
    | 'crypter'
    | 'decisions'
    | 'statements'
    | 'views'
    | 'telling'
  >,
  { signals, touching }: { readonly signals: OwnSignals; readonly touching: Touching },
) {
  /** What is wrong with a request besides its being permitted or not; all at once. */
  async function problemsOf(
    { article, encryptionThumbprint }: DisclosureRequestPayload,
    receiver: Agency,
    agreement: Agreement,
  ): Promise<Problem[]> {
    const problems: Problem[] = []
    const bases = partyOf(agreement.content, receiver.id)?.legalBases ?? []
    if (!bases.some(({ code, roles }) => code === article && roles.includes('receive'))) {
      problems.push({
        at: '/article',
        message: 'your agency does not receive on this legal basis under the agreement',
      })
    }
    const key = receiver.card?.encryptionKey
    if (key === undefined || (await thumbprintOf(key)) !== encryptionThumbprint) {
      problems.push({
        at: '/encryptionThumbprint',
        message: 'this is not the encryption key on your card',
      })
    }
    return problems
  }

  /**
   * The owner's signal that is asked for: of those that touch the receiver's, the one with the strongest
   * evidence that it may still ask for, one with these fields before one without.
   */
  async function targetOf(
    tx: Tx,
    receiver: AgencyId,
    { fields }: DisclosureRequestPayload,
    candidates: readonly SignalId[],
  ): Promise<SignalId | undefined> {
    const before = Map.groupBy(
      await store.askedOf(tx, crypter, receiver, candidates),
      ({ signal }) => signal,
    )
    const free: SignalId[] = []
    for (const candidate of candidates) {
      const asked = before.get(candidate) ?? []
      const standings = await Promise.all(asked.map((one) => views.standingOf(tx, one)))
      if (asked.length < mostRequests && standings.every((state) => over.includes(state))) {
        free.push(candidate)
      }
    }
    for (const candidate of free) {
      const sealed = await signals.sealedOf(tx, candidate)
      if (sealed.some(({ field }) => fields.some((wanted) => wanted === field))) return candidate
    }
    return free[0]
  }

  /** The receiver's own signal behind the handle, and the owner's that is asked for; or why not. */
  async function pairOf(
    tx: Tx,
    receiver: Agency,
    payload: DisclosureRequestPayload,
    handle: string,
    agreement: Agreement,
  ): Promise<{ readonly own: SignalId; readonly target: SignalId } | Fault> {
    const problems = await problemsOf(payload, receiver, agreement)
    if (problems.length > 0) return new Fault('disclosures/invalid', problems)
    const touched = await touching(tx, receiver.id, handle)
    const candidates = (touched?.others ?? [])
      .filter(({ agency }) => agency === payload.owner)
      .map(({ id }) => id)
    if (touched?.own.agreement !== payload.agreement || candidates.length === 0) {
      return new Fault('overlaps/not-found')
    }
    const target = await targetOf(tx, receiver.id, payload, candidates)
    if (target === undefined) return new Fault('disclosures/asked-before')
    return { own: touched.own.id, target }
  }

  /** The request under this number, when it is this one; a fault when it is another. */
  const sameAs = (known: Disclosure | undefined, asker: Asker, hash: Uint8Array) =>
    known === undefined || (known.receiver === asker.agency && equalBytes(known.requestHash, hash))
      ? undefined
      : new Fault('disclosures/invalid', [
          { at: '/number', message: 'another request has this number' },
        ])

  return {
    /**
     * Takes a receiver's signed request. The same one again is answered again. Its reasons are kept
     * sealed in their column, and go to nobody but the owner.
     */
    async request(
      asker: Asker,
      { handle, request: statement }: DisclosureRequestBody,
    ): Promise<DisclosureView> {
      const { payload, agency: receiver } = await statements.read(
        'disclosure-request',
        statement,
        readRequest,
        ({ issuedAt }) => issuedAt,
      )
      if (receiver.id !== asker.agency) {
        throw new Fault('statements/invalid', [{ message: 'another agency signed this request' }])
      }
      const requestHash = digestOfStatement(statement)
      const result = await transact(db, 'disclosures/request', async (tx) => {
        const agreement = (await agreements.hold(tx, [payload.agreement])).get(payload.agreement)
        await ledger.hold(tx)
        const about = {
          agreement: payload.agreement as AgreementHash,
          purpose: payload.purpose,
          owner: payload.owner as AgencyId,
          receiver: receiver.id,
        }
        const known = await store.findDisclosure(tx, crypter, payload.number)
        const permitted = decisions.on('disclosure.request', asker.agency, about, agreement)
        const clash = sameAs(known, asker, requestHash)
        const pair =
          permitted.fault || clash || known || agreement === undefined
            ? undefined
            : await pairOf(tx, receiver, payload, handle, agreement)
        const decided = butFor(permitted, clash ?? (pair instanceof Fault ? pair : undefined))
        const entry: LedgerEntry = {
          kind: 'disclosure.request',
          outcome: decided.outcome,
          requestId: asker.requestId,
          agency: asker.agency,
          ...actorOf(asker),
          agreement: about.agreement,
          purpose: about.purpose,
          disclosure: payload.number,
          owner: about.owner,
          fields: payload.fields,
          article: payload.article,
          requestHash: base64url(requestHash),
          reasons: decided.reasons,
        }
        await decisions.append(tx, ledger, entry, decided)
        if (decided.fault !== undefined || agreement === undefined) return decided
        if (known !== undefined) return { view: await views.viewOf(tx, known, 'receiver') }
        if (pair === undefined || pair instanceof Fault) return decided
        const now = clock.now()
        await store.addDisclosure(tx, crypter, {
          ...about,
          number: payload.number,
          receiverSignal: pair.own,
          signal: pair.target,
          fields: payload.fields,
          article: payload.article,
          requestHash,
          request: statement,
          requestedAt: now,
          dueAt: shifted(now, agreement.content.deadlines.disclosureHours * 3600),
        })
        const added = await store.findDisclosure(tx, crypter, payload.number)
        if (added === undefined) throw new Error('a disclosure vanished inside its transaction')
        await telling.tellSide(tx, 'owner', 'disclosure-requested', added)
        return { view: await views.viewOf(tx, added, 'receiver') }
      })
      if ('view' in result) return result.view
      throw result.fault ?? new Fault('door/internal')
    },
  }
}
