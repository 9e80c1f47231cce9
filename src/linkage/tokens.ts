import type { KeyType } from '../wire/codes.ts'
import type { Tokens } from './types.ts'

/** The tokens, or linkage keys, of one subject by their type. */
export const tokensByType = (all: Iterable<readonly [KeyType, string]>): Tokens => {
  const byType = new Map<KeyType, Set<string>>()
  for (const [type, token] of all) {
    byType.set(type, (byType.get(type) ?? new Set()).add(token))
  }
  return byType
}

/**
 * A token that tells its epoch, so that it is compared with those of the same epoch only. Without an epoch
 * it is one of the first.
 */
export const ofEpoch = (token: string, epoch: number | undefined): string =>
  epoch === undefined ? token : `${epoch}${epochMark}${token}`

const epochMark = '\u001f'
const epochOf = (token: string): string => token.slice(0, token.indexOf(epochMark) + 1)

const shareAnEpoch = (ones: ReadonlySet<string>, others: ReadonlySet<string>): boolean => {
  const epochs = new Set([...ones].map(epochOf))
  return [...others].some((token) => epochs.has(epochOf(token)))
}

export type Comparison = 'agree' | 'differ' | 'unknown'

/**
 * Equal when any value is equal; different only when both sides have values of one epoch and none is
 * equal: tokens of two epochs never agree, which says nothing.
 */
export const compare = (one: Tokens, other: Tokens, type: KeyType): Comparison => {
  const ones = one.get(type)
  const others = other.get(type)
  if (ones === undefined || others === undefined || ones.size === 0 || others.size === 0) {
    return 'unknown'
  }
  for (const token of ones) if (others.has(token)) return 'agree'
  return shareAnEpoch(ones, others) ? 'differ' : 'unknown'
}
