import { Fault, type Problem } from '../kernel/fault.ts'
import { type SceneKeyType, sceneKeyTypes } from '../wire/codes/subjects.ts'
import { type KeyType, personKeyTypes } from '../wire/codes.ts'
import type { SignalBody } from './types.ts'

const keyTypesOf = (kind: SignalBody['subjectKind']): ReadonlySet<KeyType> =>
  new Set<KeyType | SceneKeyType>(kind === 'person' ? personKeyTypes : sceneKeyTypes[kind])

/**
 * The fault of a signal whose tokens, role or age band do not go with its kind of subject: all that
 * does not fit at once. Tokens are known by the type that the partner says; what they were made from
 * nobody here can see.
 */
export function subjectMismatchOf({
  subjectKind,
  tokens,
  role,
  ageBand,
}: Pick<SignalBody, 'subjectKind' | 'tokens' | 'role' | 'ageBand'>): Fault | undefined {
  const allowed = keyTypesOf(subjectKind)
  const problems: Problem[] = tokens.flatMap(({ type }, at) =>
    allowed.has(type)
      ? []
      : [{ at: `/tokens/${at}/type`, message: 'is a token of another kind of subject' }],
  )
  if (subjectKind !== 'person') {
    const message = 'must be `unknown`: only a person has one'
    if (role !== 'unknown') problems.push({ at: '/role', message })
    if (ageBand !== 'unknown') problems.push({ at: '/ageBand', message })
  }
  return problems.length === 0 ? undefined : new Fault('signals/subject-mismatch', problems)
}
