import type { AgencyId, AgreementHash, SignalId } from '../kernel/ids.ts'
import type {
  AskerCode,
  ExtensionReason,
  IdentityCheck,
  RefusalGround,
  RequestEnd,
  RequestKind,
  RequestOutcome,
  SubjectAge,
} from '../wire/codes/subject-requests.ts'
import type { Quality } from '../wire/codes.ts'

export type { Asker } from '../decisions/types.ts'

/** A subject's request, as its contact point filed it. */
export type SubjectRequest = {
  readonly id: string
  /** The agency that the subject turned to. */
  readonly contactPoint: AgencyId
  readonly agreement: AgreementHash
  readonly kind: RequestKind
  readonly asker: AskerCode
  readonly age: SubjectAge
  readonly identityCheck: IdentityCheck
  /** `YYYY-MM-DD` */
  readonly receivedOn: string
  readonly filedAt: Date
  readonly ledgerIndex: number
  readonly caseReference: string | undefined
  readonly bodyHash: Uint8Array | undefined
  readonly extension: ExtensionReason | undefined
  readonly ended: RequestEnd | undefined
}

/** What one party has to answer, of one signal of its own. */
export type Task = {
  readonly id: string
  readonly request: string
  readonly agency: AgencyId
  readonly quality: Quality
  readonly reasons: readonly string[]
  readonly signal: SignalId | undefined
  readonly outcome: RequestOutcome | undefined
  readonly ground: RefusalGround | undefined
  readonly isSilent: boolean
  readonly answeredAt: Date | undefined
}
