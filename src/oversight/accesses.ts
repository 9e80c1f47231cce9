import { sha256 } from '@noble/hashes/sha2.js'
import type { Decisions } from '../decisions/decisions.ts'
import type { Asker } from '../decisions/types.ts'
import { base64url } from '../kernel/bytes.ts'
import { canonicalBytes } from '../kernel/canonical.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgreementHash } from '../kernel/ids.ts'
import { actorOf } from '../ledger/actor.ts'
import { type ActFilter, actsOfAgency, countActs, isActOfAgency } from '../ledger/acts.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { factsUnder, forItself } from '../policy/facts.ts'
import { unknownAgreement } from '../policy/types.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import {
  type AccessExportQuery,
  type AccessPage,
  type AccessQuery,
  type AccessReceiptQuery,
  accessesPerPage,
  type ExportFormat,
  type Side,
} from '../wire/access.ts'
import type { Receipt } from '../wire/common.ts'
import { type AccessExportStream, exportText } from './access-export.ts'
import { accessPages, viewOf } from './access-pages.ts'

export type Accesses = ReturnType<typeof openAccesses>

/** What of another agency’s act stays with that agency: which of its machines and officers it was, and for whom. */
const ofOwnOnly = ['client', 'officer', 'onBehalfOf'] as const

/** What another agency keeps to itself cannot be asked for either: an answer would tell it. */
function assertAskable(filter: ActFilter): void {
  if (filter.by === undefined || filter.by === 'own') return
  const wrong = ofOwnOnly.filter((name) => filter[name] !== undefined)
  if (wrong.length === 0) return
  throw new Fault(
    'door/invalid-input',
    wrong.map((name) => ({ at: `/query/${name}`, message: 'only goes with acts of your own' })),
  )
}

type Look =
  | {
      readonly kind: 'access.list'
      readonly occasion: AccessQuery['occasion']
      readonly by?: Side
      readonly entry?: number
      readonly answerSize?: number
    }
  | {
      readonly kind: 'access.export'
      readonly occasion: AccessQuery['occasion']
      readonly by: Side
      readonly format: ExportFormat
      readonly filterHash: string
      readonly answerSize: number
    }

/**
 * An agency looks back: at what its own clients did, permitted or refused, at what others did for it by delegation,
 * and at what others did with its signals as far as it was told of that anyway. It sees nothing that time
 * did: that could tell of a match. Every look is an act itself, with its occasion. Does NOT tell which officer sat at a
 * client that does not say so.
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
    look: Look,
    fault?: Fault,
  ): Promise<Fault | undefined> {
    const facts = factsUnder(forItself(asker.agency), {
      hash: '' as AgreementHash,
      agreement: unknownAgreement,
    })
    const decision = decisions.decide(look.kind, facts)
    const refused = decision.outcome === 'refuse'
    const permitted = !refused && fault === undefined
    const { answerSize, ...told } = look
    const entries = await ledger.append(tx, [
      {
        ...told,
        ...(permitted && answerSize !== undefined ? { answerSize } : {}),
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
    /** A page of acts, the newest first. The page does not hold the look itself. */
    async list(asker: Asker, { occasion, ...filter }: AccessQuery): Promise<AccessPage> {
      assertAskable(filter)
      const { by } = filter
      const result = await transact(db, 'oversight/list', async (tx) => {
        const found = await actsOfAgency(tx, asker.agency, filter, accessesPerPage + 1)
        const accesses = found.slice(0, accessesPerPage).map(viewOf(by ?? 'own'))
        const fault = await appendLook(tx, asker, {
          kind: 'access.list',
          occasion,
          ...(by === undefined ? {} : { by }),
          answerSize: accesses.length,
        })
        if (fault !== undefined) return { fault }
        const last = accesses.at(-1)
        const more = found.length > accesses.length && last !== undefined
        return { page: { accesses, ...(more ? { next: last.index } : {}) } }
      })
      if (result.fault !== undefined) throw result.fault
      return result.page
    },

    /**
     * All acts that a filter shows, as of the moment of the act `access.export`, which is on the ledger with their
     * number before the first of them leaves. The text ends in that number; it breaks off without it.
     */
    async exported(
      asker: Asker,
      { occasion, format, ...filter }: AccessExportQuery,
    ): Promise<AccessExportStream> {
      assertAskable(filter)
      const by = filter.by ?? 'own'
      const filterHash = base64url(sha256(canonicalBytes({ ...filter, by })))
      const result = await transact(db, 'oversight/export', async (tx) => {
        const { rows, end } = await countActs(tx, asker.agency, filter)
        const look = { occasion, by, format, filterHash, answerSize: rows } as const
        const fault = await appendLook(tx, asker, { kind: 'access.export', ...look })
        return { rows, end, fault }
      })
      if (result.fault !== undefined) throw result.fault
      const { rows, end } = result
      return { rows, text: exportText(format, accessPages(db, asker.agency, filter, end), rows) }
    },

    /**
     * The receipt of one act of the asker’s agency; verifiable offline.
     * @throws Fault oversight/not-found, also for what another agency did
     */
    async receipt(asker: Asker, index: number, { occasion }: AccessReceiptQuery): Promise<Receipt> {
      const result = await transact(db, 'oversight/receipt', async (tx) => {
        const own = await isActOfAgency(tx, asker.agency, index)
        const missing = own ? undefined : new Fault('oversight/not-found')
        const look = { kind: 'access.list', occasion, entry: index } as const
        const fault = await appendLook(tx, asker, look, missing)
        if (fault !== undefined) return { fault }
        return { receipt: await ledger.receiptFor(tx, index) }
      })
      if (result.fault !== undefined) throw result.fault
      return result.receipt
    },
  }
}
