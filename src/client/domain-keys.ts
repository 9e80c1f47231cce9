import { Compile } from 'typebox/compile'
import { fromBase64url } from '../kernel/bytes.ts'
import { canonicalText } from '../kernel/canonical.ts'
import type { PerOperator } from '../oprf/types.ts'
import { payloadReader } from '../proofs/payload.ts'
import { readStatement } from '../proofs/statement.ts'
import { onlyEpoch, type PublicKey } from '../wire/common.ts'
import { DomainKeysContent, DomainKeysManifest } from '../wire/evaluation.ts'
import { GatewayProblem, NoAgreementInForce, UntrustworthyOperator } from './errors.ts'
import type { PinnedOperators } from './operators.ts'

/** The keys of one domain and epoch, proven to be signed by both pinned operators. */
export type TrustedDomainKeys = {
  readonly domain: string
  readonly epoch: number
  readonly publicKeys: PerOperator<Uint8Array>
  readonly sealingKeys: PerOperator<PublicKey>
  /** Verifier keys of both ledgers, to check receipts and checkpoints with. */
  readonly ledgerKeys: PerOperator<string>
}

const manifestForm = Compile(DomainKeysManifest)
const readContent = payloadReader(DomainKeysContent)

/**
 * Accepts a manifest only when both operators signed the same content under the root keys that were
 * pinned out of band. The gateway hands it over, but its word counts for nothing here.
 * @throws UntrustworthyOperator naming the operator whose signature or content does not hold
 */
export async function trustManifest(
  manifest: unknown,
  domain: string,
  pins: PinnedOperators,
): Promise<TrustedDomainKeys> {
  if (!manifestForm.Check(manifest)) {
    throw new UntrustworthyOperator('gateway', 'its manifest has another form')
  }
  const contentBy = async (operator: 'gateway' | 'keyholder') => {
    try {
      const signer = pins[operator].rootThumbprint
      return readContent(await readStatement('domain-keys', manifest[operator], signer))
    } catch (cause) {
      throw new UntrustworthyOperator(operator, 'the manifest is not signed under its pinned key', {
        cause,
      })
    }
  }
  const content = await contentBy('gateway')
  if (canonicalText(content) !== canonicalText(await contentBy('keyholder'))) {
    throw new UntrustworthyOperator('gateway', 'the two operators signed different manifests')
  }
  for (const operator of ['gateway', 'keyholder'] as const) {
    if (content[operator].rootThumbprint !== pins[operator].rootThumbprint) {
      throw new UntrustworthyOperator(operator, 'the manifest names another root key')
    }
  }
  if (content.domain !== domain) {
    throw new UntrustworthyOperator('gateway', 'the manifest is about another domain')
  }
  if (content.epoch !== onlyEpoch) {
    throw new UntrustworthyOperator('gateway', 'the manifest is about an epoch that is not opened')
  }
  const { gateway, keyholder } = content
  return {
    domain,
    epoch: content.epoch,
    publicKeys: {
      gateway: fromBase64url(gateway.publicKey),
      keyholder: fromBase64url(keyholder.publicKey),
    },
    sealingKeys: { gateway: gateway.sealingKey, keyholder: keyholder.sealingKey },
    ledgerKeys: { gateway: gateway.ledgerKey, keyholder: keyholder.ledgerKey },
  }
}

/**
 * The keys of domains, trusted under both pinned roots; those of a domain are fetched once.
 * The function it gives throws NoAgreementInForce while nothing is in force there for the agency.
 */
export function openDomainKeys({
  fetchManifest,
  pins,
}: {
  readonly fetchManifest: (domain: string) => Promise<unknown>
  readonly pins: PinnedOperators
}): (domain: string) => Promise<TrustedDomainKeys> {
  const trusted = new Map<string, Promise<TrustedDomainKeys>>()

  async function fetchKeys(domain: string): Promise<TrustedDomainKeys> {
    const manifest = await fetchManifest(domain).catch((error) => {
      const isUnserved =
        error instanceof GatewayProblem && error.code === 'evaluation/unknown-domain'
      throw isUnserved ? new NoAgreementInForce() : error
    })
    return trustManifest(manifest, domain, pins)
  }

  return (domain) => {
    const known = trusted.get(domain) ?? fetchKeys(domain)
    trusted.set(domain, known)
    known.catch(() => trusted.delete(domain))
    return known
  }
}
