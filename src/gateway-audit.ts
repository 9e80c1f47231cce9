import type { Logger } from 'pino'
import { signedAgreements } from './agreements/evidence.ts'
import { openAudit } from './audit/audit.ts'
import { setsWith } from './decisions/policy-set-store.ts'
import type { Clock } from './kernel/clock.ts'
import { type openOperator, version } from './operator.ts'
import { signStatement } from './proofs/statement.ts'
import { bundleVerifier } from './verifier/bundle.ts'
import type { WitnessLink } from './witness/witness-link.ts'

/** The audit of the gateway, with what other rooms give to it. */
export function openGatewayAudit({
  clock,
  rooms,
  cosign,
  witness,
  logger,
}: {
  readonly clock: Clock
  readonly rooms: Awaited<ReturnType<typeof openOperator>>
  readonly cosign: () => Promise<void>
  readonly witness: Pick<WitnessLink, 'keys'>
  readonly logger: Logger
}) {
  const { db, ledger, decisions, keys, pins, operatorCard, cosignatures } = rooms
  return openAudit({
    clock,
    db,
    ledger,
    decisions,
    sources: {
      agreements: (agency, before) => signedAgreements(db, clock, agency, before),
      policies: async (hashes) =>
        (await setsWith(db, hashes)).map(({ hash, since, texts }) => ({
          hash,
          since: since.toISOString(),
          ...texts,
        })),
      cosignatures: cosignatures.within,
      cosign,
      gatewayKeys: operatorCard.keys,
      keyholderKeys: () =>
        witness.keys().catch(() => {
          logger.warn('the keyholder cannot be asked for its keys: the audit package goes without')
          return undefined
        }),
      roots: pins,
      signManifest: (manifest) => signStatement('audit-manifest', manifest, keys.root),
      verifier: bundleVerifier,
      version,
    },
  })
}
