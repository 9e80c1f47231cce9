import type { Agreement } from '../agreements/types.ts'
import type { Decided } from '../decisions/types.ts'
import type { AgencyId, AgreementHash, ClientId, SignalId } from '../kernel/ids.ts'
import type { Acting } from '../policy/types.ts'
import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'
import type { EarlierKnown } from '../wire/archive.ts'
import type { SubjectKind } from '../wire/codes/subjects.ts'
import type { Receipt } from '../wire/common.ts'
import type { Overlap, SignalBody } from '../wire/signal.ts'

/** Who is calling and under which request, as the door has established it. */
export type Asker = {
  readonly agency: AgencyId
  readonly client: ClientId
  readonly requestId: string
}

/** A signal's indexed tokens: key type, HMAC (base64) and epoch, which the first one goes without. */
export type IndexedTokens = readonly (readonly [type: string, token: string, epoch?: number])[]

/** What matching needs to know of a live signal. */
export type MatchableSignal = {
  readonly id: SignalId
  readonly agency: AgencyId
  readonly agreement: AgreementHash
  readonly subjectKind: SubjectKind
  readonly tokens: IndexedTokens
}

/** What became of one submitted signal. */
export type Submission =
  | {
      readonly id: string
      readonly accepted: true
      readonly receipt: Receipt
      readonly overlaps: readonly Overlap[]
      readonly earlierKnown: readonly EarlierKnown[]
    }
  | { readonly id: string; readonly accepted: false; readonly fault: Error }

/** What the room of overlaps does for this one; handed in, because that room stands above. */
export type Matching = {
  /** Finds and keeps the links of these new signals. */
  readonly match: (tx: Tx, signals: readonly MatchableSignal[]) => Promise<void>
  /** Forgets the links of live signals that are about to end, and tells whoever could see an overlap. */
  readonly unlink: (
    tx: Tx,
    signals: readonly MatchableSignal[],
    because: 'signal' | 'agreement',
  ) => Promise<void>
  /** Has the body of a live signal replaced, and finds the links of what it is then anew. */
  readonly relink: (tx: Tx, signal: MatchableSignal, replace: () => Promise<void>) => Promise<void>
  /** Decides whether the answer to a submission may tell an agency of overlaps of its signals. */
  readonly mayView: (acting: Acting, agreement: Agreement) => Decided
  /** What the agency may know of overlaps of these own signals, by signal id. Ask `mayView` first. */
  readonly view: (
    reader: Reader,
    agency: AgencyId,
    agreement: Agreement,
    signals: readonly SignalId[],
  ) => Promise<ReadonlyMap<string, readonly Overlap[]>>
}

/** A live signal that is about to expire, as far as an archive may look at it. */
export type ExpiringSignal = MatchableSignal & {
  readonly purpose: string
  readonly ageBand: string
  readonly contactDesk: string | null
  readonly submittedAt: Date
  readonly retainUntil: string
}

/** What the room of the archive does for this one; handed in, because that room stands above. */
export type Archiving = {
  /** Keeps what recognises these signals once, where their agreement says so; until when, by id. */
  readonly keep: (
    tx: Tx,
    expiring: readonly ExpiringSignal[],
  ) => Promise<ReadonlyMap<SignalId, string>>
  /** Takes signals out for good. */
  readonly drop: (tx: Tx, signals: readonly SignalId[]) => Promise<void>
  /** Decides whether the answer to a submission may tell what is archived; undefined without an archive. */
  readonly mayAsk: (acting: Acting, agreement: Agreement) => Decided | undefined
  /** Gives these new signals what is archived of their subjects: each once. Hold the ledger before. */
  readonly give: (
    tx: Tx,
    agreement: Agreement,
    signals: readonly MatchableSignal[],
  ) => Promise<void>
  /** What was given to these signals, by id. Ask `mayAsk` first. */
  readonly givenTo: (
    reader: Reader,
    agreement: Agreement,
    signals: readonly SignalId[],
  ) => Promise<ReadonlyMap<SignalId, readonly EarlierKnown[]>>
}

export type { KnownSignal, SignalTraits } from './store.ts'
export type { EarlierKnown, Overlap, SignalBody }
