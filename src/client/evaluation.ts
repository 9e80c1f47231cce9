import { type Clock, shifted } from '../kernel/clock.ts'
import { type Randomness, randomUuid } from '../kernel/random.ts'
import { type PrivateJwk, signStatement } from '../proofs/statement.ts'
import type { BatchPayload } from '../wire/evaluation.ts'
import { type BatchCases, caseCommitmentOf } from './case-commitment.ts'
import type { OpenDomainKeys } from './domain-keys.ts'
import type { PinnedOperators } from './operators.ts'
import { type BlindedBatch, openTokens } from './tokens.ts'

const batchLifeSeconds = 600

/** Where the agency's signing key is: signs batches for both operators and has them evaluated. */
export function openEvaluations({
  clock,
  random,
  signingKey,
  pins,
  send,
  renewKeys,
  keepCases,
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly signingKey: PrivateJwk
  readonly pins: PinnedOperators
  /** Posts a signed batch to the gateway; a retry sends the very same text. */
  readonly send: (batch: string) => Promise<unknown>
  /** The keys of a domain as they stand now; see `openDomainKeys`. */
  readonly renewKeys: (domain: string) => Promise<OpenDomainKeys>
  /** Keeps, before a batch is sent, what the agency needs to account for it later. */
  readonly keepCases: (cases: BatchCases) => Promise<void>
}) {
  /**
   * Signs a batch of blinded elements and has both operators evaluate it. Does NOT look at their answer:
   * whoever blinded the elements verifies it.
   */
  async function evaluate({ caseReferences, ...blinded }: BlindedBatch): Promise<unknown> {
    const now = clock.now()
    const number = randomUuid(random)
    await keepCases({ number, caseReferences })
    const payload: BatchPayload = {
      ...blinded,
      audience: {
        gateway: pins.gateway.rootThumbprint,
        keyholder: pins.keyholder.rootThumbprint,
      },
      caseCommitment: caseCommitmentOf(signingKey, { number, caseReferences }).commitment,
      issuedAt: now.toISOString(),
      expiresAt: shifted(now, batchLifeSeconds).toISOString(),
      number,
    }
    return send(await signStatement('evaluation-batch', payload, signingKey))
  }

  return { evaluate, ...openTokens({ random, evaluate, renewKeys }) }
}
