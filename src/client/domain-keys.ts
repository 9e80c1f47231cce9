import { Compile } from 'typebox/compile'
import { base64url, fromBase64url } from '../kernel/bytes.ts'
import { canonicalText } from '../kernel/canonical.ts'
import { type Clock, shifted } from '../kernel/clock.ts'
import { combinePublicKeys } from '../oprf/key-share.ts'
import type { PerOperator } from '../oprf/types.ts'
import { payloadReader } from '../proofs/payload.ts'
import { readStatement } from '../proofs/statement.ts'
import type { PublicKey } from '../wire/common.ts'
import { DomainKeysAnswer, DomainKeysContent, DomainKeysManifest } from '../wire/evaluation.ts'
import {
  GatewayProblem,
  isClosedEpoch,
  NoAgreementInForce,
  UntrustworthyOperator,
} from './errors.ts'
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

/** The keys of the newest open epoch; in an overlap window those of the older one too. */
export type OpenDomainKeys = TrustedDomainKeys & { readonly former?: TrustedDomainKeys }

const manifestForm = Compile(DomainKeysManifest)
const answerForm = Compile(DomainKeysAnswer)
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

/** What both shares make together. Refreshes leave it as it is. */
const jointKeyOf = ({ publicKeys }: TrustedDomainKeys): string =>
  base64url(combinePublicKeys(publicKeys))

const epochsIn = ({ former, ...newest }: OpenDomainKeys): readonly TrustedDomainKeys[] =>
  former === undefined ? [newest] : [newest, former]

/** A client that runs for long notices within this time that another epoch is open. */
const freshSeconds = 3600

/** The keys of domains, trusted under both pinned roots; those of a domain are fetched once an hour. */
export function openDomainKeys({
  fetchManifest,
  pins,
  clock,
}: {
  readonly fetchManifest: (domain: string) => Promise<unknown>
  readonly pins: PinnedOperators
  readonly clock: Clock
}) {
  const trusted = new Map<string, { keys: Promise<OpenDomainKeys>; until: Date }>()
  const jointKeys = new Map<string, string>()

  async function trustAnswer(answer: unknown, domain: string): Promise<OpenDomainKeys> {
    if (!answerForm.Check(answer)) {
      throw new UntrustworthyOperator('gateway', 'its manifest has another form')
    }
    const { former, ...newest } = answer
    const keys = await trustManifest(newest, domain, pins)
    if (former === undefined) return keys
    const older = await trustManifest(former, domain, pins)
    if (older.epoch >= keys.epoch) {
      throw new UntrustworthyOperator('gateway', 'it gives one epoch for two')
    }
    return { ...keys, former: older }
  }

  /** Tokens of one epoch are made under one joint key, for good. */
  function assertSameJointKeys(keys: OpenDomainKeys): void {
    for (const one of epochsIn(keys)) {
      const epoch = `${one.domain}|${one.epoch}`
      const jointKey = jointKeyOf(one)
      if ((jointKeys.get(epoch) ?? jointKey) !== jointKey) {
        throw new UntrustworthyOperator('gateway', 'the key of an epoch was exchanged for another')
      }
      jointKeys.set(epoch, jointKey)
    }
  }

  async function fetchKeys(domain: string): Promise<OpenDomainKeys> {
    const answer = await fetchManifest(domain).catch((error) => {
      const isUnserved =
        error instanceof GatewayProblem && error.code === 'evaluation/unknown-domain'
      throw isUnserved ? new NoAgreementInForce() : error
    })
    const keys = await trustAnswer(answer, domain)
    assertSameJointKeys(keys)
    return keys
  }

  function renew(domain: string): Promise<OpenDomainKeys> {
    const keys = fetchKeys(domain)
    const kept = { keys, until: shifted(clock.now(), freshSeconds) }
    trusted.set(domain, kept)
    keys.catch(() => {
      if (trusted.get(domain) === kept) trusted.delete(domain)
    })
    return keys
  }

  function keysOf(domain: string): Promise<OpenDomainKeys> {
    const known = trusted.get(domain)
    return known !== undefined && known.until > clock.now() ? known.keys : renew(domain)
  }

  return {
    /** @throws NoAgreementInForce while nothing is in force there for the agency */
    keysOf,

    /** Makes something under the keys of a domain; once more, when their epoch has closed meanwhile. */
    async underOpenKeys<Made>(
      domain: string,
      make: (keys: OpenDomainKeys) => Promise<Made>,
    ): Promise<Made> {
      const keys = await keysOf(domain)
      return make(keys).catch(async (error: unknown) => {
        if (!isClosedEpoch(error)) throw error
        return make(await renew(domain))
      })
    },

    /**
     * The keys as they stand now: an operator refreshed its share, or another epoch is open.
     * @throws UntrustworthyOperator when an epoch has another joint key than before
     */
    renew,
  }
}
