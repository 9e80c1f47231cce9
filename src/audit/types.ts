import type { SignedAgreement } from '../agreements/evidence.ts'
import type { PolicyEvidence } from '../evidence/evidence.ts'
import type { AgencyId } from '../kernel/ids.ts'
import type { KeptCosignature } from '../witness/types.ts'

/** A calendar year of one agency. */
export type AuditYear = {
  readonly agency: AgencyId
  readonly year: number
  readonly from: Date
  readonly until: Date
}

/** What other rooms give to a package. */
export type AuditSources = {
  readonly agreements: (agency: AgencyId, before: Date) => Promise<SignedAgreement[]>
  readonly policies: (hashes: readonly string[]) => Promise<PolicyEvidence[]>
  readonly cosignatures: (time: {
    readonly from: Date
    readonly until: Date
    readonly size: number
  }) => Promise<KeptCosignature[]>
  /** Has the keyholder cosign the ledger as it stands; never fails. */
  readonly cosign: () => Promise<void>
  /** `operator-keys` of the gateway. */
  readonly gatewayKeys: string
  /** `operator-keys` of the keyholder; undefined when it does not answer. */
  readonly keyholderKeys: () => Promise<string | undefined>
  readonly roots: { readonly gateway: () => string; readonly keyholder: () => string }
  readonly signManifest: (manifest: object) => Promise<string>
  readonly verifier: () => Promise<{ readonly page: Uint8Array; readonly program: Uint8Array }>
  readonly version: string
}

/** The act by which a package leaves, as its entry on the ledger proves it. */
export type PackageAct = {
  readonly index: number
  readonly salt: string
  readonly entry: string
  /** The ledger as it stood with this act as its last one. */
  readonly size: number
  readonly checkpoint: string
  /** What the package holds lies below this index. */
  readonly end: number
}
