import type { AgencyId } from '../kernel/ids.ts'
import type { Access } from '../wire/access.ts'
import type { LookFinding, LookReason } from '../wire/codes/justifications.ts'

/** Who did something, when. */
export type Signed = { readonly at: Date; readonly client: string; readonly officer?: string }

/** A look that was drawn. */
export type DrawnLook = {
  readonly id: string
  readonly week: string
  readonly agency: AgencyId
  /** Its first entry on the ledger. */
  readonly entry: number
  readonly acts: number
  readonly drawnAt: Date
  readonly justifyBy: Date
  readonly reviewBy: Date
  readonly justification?: Signed & {
    readonly reason: LookReason
    readonly article: string
    readonly caseCommitment?: string
  }
  readonly judgement?: Signed & { readonly finding: LookFinding }
}

/** A drawn look with what the ledger says of it; nothing, once its entry was erased. */
export type SeenLook = { readonly drawn: DrawnLook; readonly look: Access | undefined }

/** What a draw is made from. */
export type Draw = {
  readonly week: string
  readonly drawnAt: Date
  readonly from: number
  readonly until: number
  readonly beacon: string
  readonly secret: string
  readonly seed: string
  readonly committedIndex: number
}

export type Share = {
  readonly agency: AgencyId
  readonly looks: number
  readonly ledgerIndex: number
}

/** What binds the gateway for its next draw. */
export type Bound = { readonly index: number; readonly secret: string; readonly madeAt: Date }
