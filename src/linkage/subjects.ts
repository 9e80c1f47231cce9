import type { SubjectKind } from '../wire/codes/subjects.ts'
import { weighScenes } from './scene-evidence.ts'
import type { Evidence, Tokens } from './types.ts'
import { weighVersions } from './versions.ts'
import { startThresholds, type Thresholds } from './weights.ts'

/** A subject as the gateway knows it: its kind and its tokens. */
export type TokenedSubject = { readonly kind: SubjectKind; readonly tokens: Tokens }

/**
 * What the tokens of two signals say about whether they concern one subject. Subjects of two kinds
 * never do, whatever their tokens: a person is no household, and neither is a location.
 * Thresholds are about the names of persons; scenes are weighed by rule alone.
 */
export const weighSubjects = (
  one: TokenedSubject,
  other: TokenedSubject,
  thresholds: Thresholds = startThresholds,
): Evidence | undefined => {
  if (one.kind !== other.kind) return undefined
  return one.kind === 'person'
    ? weighVersions(one.tokens, other.tokens, thresholds)
    : weighScenes(one.kind, one.tokens, other.tokens)
}
