import { createHash } from 'node:crypto'
import { weigh } from '../../../src/linkage/evidence.ts'
import { linkageKeys } from '../../../src/linkage/keys.ts'
import { sharedKeys } from '../../../src/linkage/shared-keys.ts'
import { tokensByType } from '../../../src/linkage/tokens.ts'
import type { Tokens } from '../../../src/linkage/types.ts'
import { startThresholds, type Thresholds } from '../../../src/linkage/weights.ts'
import type { Quality } from '../../../src/wire/codes.ts'
import type { Comparison, Row } from './people.ts'

export type Subject = { readonly entityId: string; readonly tokens: Tokens }

/** Stands in for the evaluation by two operators: equal keys give equal tokens, and nothing else does. */
const hashOf = (key: string): string =>
  createHash('sha256').update(key).digest('base64url').slice(0, 16)

/** The subjects of one agency's file, with the tokens that its connector would send. */
export const subjectsOf = (rows: readonly Row[]): readonly Subject[] => {
  const keyed = rows.map(({ entityId, identity }) => ({ entityId, ...linkageKeys(identity) }))
  const shared = sharedKeys(keyed)
  return keyed.map(shared.without).map(({ entityId, keys }) => ({
    entityId,
    tokens: tokensByType(keys.map(({ type, value }) => [type, hashOf(value)])),
  }))
}

export const tokenCount = ({ tokens }: Subject): number =>
  [...tokens.values()].reduce((sum, values) => sum + values.size, 0)

/** Who has which token, by place in the list. */
export const indexOf = (subjects: readonly Subject[]): ReadonlyMap<string, readonly number[]> => {
  const holders = new Map<string, number[]>()
  subjects.forEach(({ tokens }, at) => {
    for (const values of tokens.values()) {
      for (const token of values) {
        const known = holders.get(token)
        if (known === undefined) holders.set(token, [at])
        else known.push(at)
      }
    }
  })
  return holders
}

export type ScoredPair = {
  readonly one: number
  readonly other: number
  readonly isMatch: boolean
  /** Bits of all evidence, also where they are too few for a link. */
  readonly bits: number
  /** By the thresholds of the start; absent where there is no link. */
  readonly quality: Quality | undefined
}

/** Under these every pair that shares a key has evidence, so that its bits can be told. */
const anyBits: Thresholds = { ...startThresholds, possible: Number.NEGATIVE_INFINITY }

/**
 * Every pair that shares a token, once. Found through an index of the tokens: the work
 * grows with the pairs that share one, not with all pairs.
 */
export function* scoredPairs(
  ones: readonly Subject[],
  others: readonly Subject[],
  { isOneSet }: Pick<Comparison, 'isOneSet'>,
  onProgress: (done: number) => void = () => {},
): Generator<ScoredPair> {
  const holders = indexOf(others)
  for (const [at, one] of ones.entries()) {
    const found = new Set<number>()
    for (const values of one.tokens.values()) {
      for (const token of values) for (const holder of holders.get(token) ?? []) found.add(holder)
    }
    for (const index of found) {
      const other = others[index]
      if (other === undefined || (isOneSet && index <= at)) continue
      yield {
        one: at,
        other: index,
        isMatch: one.entityId === other.entityId,
        bits: weigh(one.tokens, other.tokens, anyBits)?.bits ?? 0,
        quality: weigh(one.tokens, other.tokens)?.quality,
      }
    }
    if (at % 256 === 255) onProgress(at + 1)
  }
}
