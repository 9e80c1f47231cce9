import { Compile } from 'typebox/compile'
import { base64url, equalBytes, fromBase64url, utf8 } from '../kernel/bytes.ts'
import type { Randomness } from '../kernel/random.ts'
import { blind, combineAndFinalize } from '../oprf/partner.ts'
import { operatorNames, UnprovenEvaluation } from '../oprf/types.ts'
import { EvaluationAnswer } from '../wire/evaluation.ts'
import type { OpenDomainKeys, TrustedDomainKeys } from './domain-keys.ts'
import { UntrustworthyOperator } from './errors.ts'

/** Batches are filled up to one of these sizes, so that their length tells little. Padding counts. */
export const batchSizes = [16, 32, 64, 128, 256, 512, 1024] as const
export const largestBatchSize = 1024

const answerForm = Compile(EvaluationAnswer)

/** The smallest batch size that holds `count` elements. */
export const paddedSize = (count: number): number =>
  batchSizes.find((size) => size >= count) ?? largestBatchSize

/** Under whose name, which agreement and which cases linkage keys are evaluated. */
export type EvaluationPurpose = {
  readonly agency: string
  readonly client: string
  readonly onBehalfOf?: string
  readonly agreement: string
  readonly purpose: string
  readonly caseReferences: readonly string[]
}

/** Blinded elements as they leave for the operators: whoever signs and sends them learns nothing from them. */
export type BlindedBatch = EvaluationPurpose & {
  readonly domain: string
  readonly epoch: number
  /** Elements of 32 bytes each, base64url. */
  readonly points: string
}

/**
 * Turns linkage keys into tokens, with both operators and trusting neither. Pure but for `evaluate`, so that
 * it runs in a browser while the agency's keys stay elsewhere.
 */
export function openTokens({
  random,
  evaluate,
  renewKeys,
}: {
  readonly random: Randomness
  /** Has a batch signed and evaluated by both operators; what comes back is checked here. */
  readonly evaluate: (batch: BlindedBatch) => Promise<unknown>
  /** The keys of a domain as they stand now; see `openDomainKeys`. */
  readonly renewKeys: (domain: string) => Promise<OpenDomainKeys>
}) {
  /** The keys of the same epoch after a refresh, if there was one. */
  async function refreshedKeys({ domain, epoch, publicKeys }: TrustedDomainKeys) {
    const now = await renewKeys(domain)
    const same = [now, now.former].find((one) => one?.epoch === epoch)
    const isOther = operatorNames.some(
      (name) => same !== undefined && !equalBytes(same.publicKeys[name], publicKeys[name]),
    )
    return isOther ? same?.publicKeys : undefined
  }

  return {
    /**
     * Tokens for at most 1,024 linkage keys, in the order given. Every proof of both operators is
     * verified against the pinned keys before anything is made of the answer: the keys given, or those that
     * both operators signed since, when they have refreshed their shares.
     * @throws UntrustworthyOperator naming the operator whose proof does not hold
     */
    async tokensFor(
      linkageKeys: readonly string[],
      keys: TrustedDomainKeys,
      purpose: EvaluationPurpose,
    ): Promise<Uint8Array[]> {
      if (linkageKeys.length === 0) return []
      if (linkageKeys.length > largestBatchSize) throw new RangeError('too many for one batch')
      const padding = Array.from(
        { length: paddedSize(linkageKeys.length) - linkageKeys.length },
        () => random.bytes(32),
      )
      const inputs = [...linkageKeys.map(utf8), ...padding]
      const { blinds, elements } = blind(inputs, random)
      const { domain, epoch } = keys
      const answer = await evaluate({ ...purpose, domain, epoch, points: base64url(elements) })
      if (!answerForm.Check(answer)) {
        throw new UntrustworthyOperator('gateway', 'its evaluation has another form')
      }
      const evaluations = { gateway: halfOf(answer.gateway), keyholder: halfOf(answer.keyholder) }
      const finalize = (publicKeys: TrustedDomainKeys['publicKeys']) =>
        combineAndFinalize({ inputs, blinds, blinded: elements, evaluations, publicKeys })
      try {
        return finalize(keys.publicKeys).slice(0, linkageKeys.length)
      } catch (cause) {
        if (!(cause instanceof UnprovenEvaluation)) throw cause
        const renewed = await refreshedKeys(keys)
        try {
          if (renewed !== undefined) return finalize(renewed).slice(0, linkageKeys.length)
        } catch (again) {
          if (!(again instanceof UnprovenEvaluation)) throw again
        }
        throw new UntrustworthyOperator(cause.operator, 'its evaluation is not proven', { cause })
      }
    },
  }
}

const halfOf = ({ elements, proof }: EvaluationAnswer['gateway']) => ({
  elements: fromBase64url(elements),
  proof: fromBase64url(proof),
})
