import type { Decisions } from '../decisions/decisions.ts'
import type { Asker } from '../decisions/types.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgreementHash } from '../kernel/ids.ts'
import { actorOf } from '../ledger/actor.ts'
import { type ActRow, actsOfAgency, isActOfAgency } from '../ledger/acts.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { factsUnder, forItself } from '../policy/facts.ts'
import { unknownAgreement } from '../policy/types.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import {
  type Access,
  type AccessPage,
  type AccessQuery,
  type AccessReceiptQuery,
  accessesPerPage,
} from '../wire/access.ts'
import type { Receipt } from '../wire/common.ts'

export type Accesses = ReturnType<typeof openAccesses>

type Payload = Omit<Access, 'index' | 'about'> & {
  readonly signalId?: string
  readonly handle?: string
  readonly followUp?: string
  readonly disclosure?: string
  readonly emergency?: string
}

/** What is told of an act. */
export function viewOf({ index, payload }: ActRow): Access {
  const entry: Payload = JSON.parse(payload)
  const { at, kind, outcome, client, officer, onBehalfOf, agreement, purpose } = entry
  const about =
    entry.signalId ?? entry.handle ?? entry.followUp ?? entry.disclosure ?? entry.emergency
  return {
    index,
    at,
    kind,
    ...(outcome === undefined ? {} : { outcome }),
    client,
    ...(officer === undefined ? {} : { officer }),
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    ...(agreement === undefined ? {} : { agreement }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(about === undefined ? {} : { about }),
  }
}

/**
 * An agency looks back at what its own clients did, permitted or refused, as the ledger has it. It sees
 * nothing that others did, and nothing that time did: those entries could tell of a match. Every look is
 * an act itself, with its occasion. Does NOT tell which officer sat at a client that does not say so.
 */
export function openAccesses({
  db,
  ledger,
  decisions,
}: {
  readonly db: Reader
  readonly ledger: Ledger
  readonly decisions: Decisions
}) {
  async function appendLook(
    tx: Tx,
    asker: Asker,
    look: { readonly occasion: AccessQuery['occasion']; readonly entry?: number },
    fault?: Fault,
  ): Promise<Fault | undefined> {
    const facts = factsUnder(forItself(asker.agency), {
      hash: '' as AgreementHash,
      agreement: unknownAgreement,
    })
    const decision = decisions.decide('access.list', facts)
    const refused = decision.outcome === 'refuse'
    const permitted = !refused && fault === undefined
    const entries = await ledger.append(tx, [
      {
        kind: 'access.list',
        ...look,
        outcome: permitted ? 'permit' : 'refuse',
        requestId: asker.requestId,
        agency: asker.agency,
        ...actorOf(asker),
        reasons:
          refused || fault === undefined
            ? decision.reasons.map(({ policy }) => policy)
            : [fault.code],
      },
    ])
    await decisions.recordOne(tx, entries, decision, permitted)
    if (!refused) return fault
    return new Fault(
      'policy/denied',
      decision.reasons.map(({ policy, en, article }) => ({ at: policy, message: en, article })),
    )
  }

  return {
    /** A page of the acts of the asker’s agency, the newest first. The page does not hold the look itself. */
    async list(asker: Asker, { occasion, ...filter }: AccessQuery): Promise<AccessPage> {
      const result = await transact(db, 'oversight/list', async (tx) => {
        const found = await actsOfAgency(tx, asker.agency, filter, accessesPerPage + 1)
        const fault = await appendLook(tx, asker, { occasion })
        if (fault !== undefined) return { fault }
        const accesses = found.slice(0, accessesPerPage).map(viewOf)
        const last = accesses.at(-1)
        const more = found.length > accesses.length && last !== undefined
        return { page: { accesses, ...(more ? { next: last.index } : {}) } }
      })
      if (result.fault !== undefined) throw result.fault
      return result.page
    },

    /**
     * The receipt of one act of the asker’s agency; verifiable offline.
     * @throws Fault oversight/not-found, also for what another agency did
     */
    async receipt(asker: Asker, index: number, { occasion }: AccessReceiptQuery): Promise<Receipt> {
      const result = await transact(db, 'oversight/receipt', async (tx) => {
        const own = await isActOfAgency(tx, asker.agency, index)
        const missing = own ? undefined : new Fault('oversight/not-found')
        const fault = await appendLook(tx, asker, { occasion, entry: index }, missing)
        if (fault !== undefined) return { fault }
        return { receipt: await ledger.receiptFor(tx, index) }
      })
      if (result.fault !== undefined) throw result.fault
      return result.receipt
    },
  }
}
