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

export type Comparison = 'agree' | 'differ' | 'unknown'

/** Equal when any value is equal; different only when both sides have values and none is equal. */
export const compare = (one: Tokens, other: Tokens, type: KeyType): Comparison => {
  const ones = one.get(type)
  const others = other.get(type)
  if (ones === undefined || others === undefined || ones.size === 0 || others.size === 0) {
    return 'unknown'
  }
  for (const token of ones) if (others.has(token)) return 'agree'
  return 'differ'
}
