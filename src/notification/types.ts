import type { AgencyId, AgreementHash, OverlapHandle, SignalId } from '../kernel/ids.ts'
import type { Tx } from '../store/transact.ts'
import type { NoticeKind } from '../wire/codes/notices.ts'

/**
 * What a notice is about: a reference of the receiver’s own, under which it, and nobody else, can look
 * it up. Never another agency’s name for it, and never a case.
 */
export type About =
  | { readonly type: 'overlap'; readonly handle: OverlapHandle }
  | { readonly type: 'disclosure'; readonly id: string }
  | { readonly type: 'obligations' }
  | { readonly type: 'emergency'; readonly id: string }
  | { readonly type: 'recalls' }
  | { readonly type: 'flags'; readonly agreement: AgreementHash; readonly purpose: string }
  | { readonly type: 'follow-up'; readonly handle: string }
  | { readonly type: 'feedback'; readonly signal: SignalId }
  | { readonly type: 'subject-requests' }
  | { readonly type: 'restrictions' }
  | { readonly type: 'subject-request'; readonly id: string }
  | { readonly type: 'samples' }
  | { readonly type: 'alarm'; readonly id: string }
  | { readonly type: 'webhooks' }

/** Something that an agency is to be told. */
export type Telling = {
  /** Who is told. */
  readonly agency: AgencyId
  readonly kind: NoticeKind
  readonly about: About
  /** Under which agreement; while that is suspended, the notice is held back. */
  readonly agreement?: AgreementHash
  /** The agency for which `agency` is told, because it acts for that one. */
  readonly onBehalfOf?: AgencyId
}

/**
 * Writes notices in the transaction of what they tell of: when that commits they are there, else never.
 * Does not ask whether the agency may know: whoever calls it has found that out.
 */
export type Tell = (tx: Tx, notices: readonly Telling[]) => Promise<void>

/** A notice as it stands in an inbox, in its place. */
export type KeptNotice = {
  readonly id: string
  readonly sequence: number
  readonly kind: NoticeKind
  /** Path at the gateway. */
  readonly about: string
  readonly agreement: AgreementHash | undefined
  readonly onBehalfOf: AgencyId | undefined
  readonly madeAt: Date
  readonly acknowledgedAt: Date | undefined
}
