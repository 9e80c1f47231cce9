import { compositeTypes, type KeyType } from '../wire/codes.ts'
import type { Withheld } from './types.ts'

/** A name key that more subjects of one agency's file share is too common to be one. */
export const mostSharing = 5

type Key = { readonly type: KeyType; readonly value: string }
type Keyed = { readonly keys: readonly Key[]; readonly withheld: readonly Withheld[] }

const nameTypes: ReadonlySet<KeyType> = new Set(compositeTypes)
const isOfNames = ({ type }: Key): boolean => nameTypes.has(type)

/** Rows with the same name keys are taken for one subject, so that one who comes often hides nobody. */
const subjectOf = ({ keys }: Keyed): string =>
  keys
    .filter(isOfNames)
    .map(({ value }) => value)
    .join()

/**
 * Finds the name keys that more than `mostSharing` subjects of one file share: a token of such a key would
 * stand out by its count, and says little. What is left out is told in `withheld`, without a value.
 * Keys that rest on a number stay, however many share them.
 *
 * @param all every row of the file, also those that were sent before: so the same file makes the same keys
 */
export function sharedKeys(all: readonly Keyed[]): {
  readonly without: <One extends Keyed>(one: One) => One
} {
  const subjects = new Map<string, Set<string>>()
  for (const one of all) {
    const subject = subjectOf(one)
    for (const { value } of one.keys.filter(isOfNames)) {
      subjects.set(value, (subjects.get(value) ?? new Set()).add(subject))
    }
  }
  const isShared = ({ value }: Key): boolean => (subjects.get(value)?.size ?? 0) > mostSharing
  return {
    without: (one) => {
      const keys = one.keys.filter((key) => !isShared(key))
      if (keys.length === one.keys.length) return one
      const reason = `a name key that more than ${mostSharing} of this file share`
      return { ...one, keys, withheld: [...one.withheld, { reason }] }
    },
  }
}
