import { Fault, type Problem } from '../kernel/fault.ts'
import { type SubjectKind, sceneKeyTypes } from '../wire/codes/subjects.ts'
import { type KeyType, mostTokens, personKeyTypes } from '../wire/codes.ts'
import type { SignalBody } from './types.ts'

const keyTypesOf: Readonly<Record<SubjectKind, ReadonlySet<KeyType>>> = {
  person: new Set<KeyType>(personKeyTypes),
  household: new Set<KeyType>(sceneKeyTypes.household),
  location: new Set<KeyType>(sceneKeyTypes.location),
  vehicle: new Set<KeyType>(sceneKeyTypes.vehicle),
}

/** Whether the tokens can be those of one subject: few of each type, and none of them twice. */
function areOfOneSubject({ tokens }: SignalBody): boolean {
  if (new Set(tokens.map(({ token }) => token)).size < tokens.length) return false
  return [...Map.groupBy(tokens, ({ type }) => type)].every(
    ([type, alike]) => alike.length <= mostTokens[type],
  )
}

/**
 * The fault of a signal whose tokens, role or age band do not go with its kind of subject: all that
 * does not fit at once. Tokens are known by the type that the partner says; what they were made from
 * nobody here can see.
 */
function subjectMismatchOf({
  subjectKind,
  tokens,
  role,
  ageBand,
}: Pick<SignalBody, 'subjectKind' | 'tokens' | 'role' | 'ageBand'>): Fault | undefined {
  const allowed = keyTypesOf[subjectKind]
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

/** What a permitted signal is refused for nevertheless: it cannot be about one subject, or not of its kind. */
export const subjectFaultOf = (body: SignalBody): Fault | undefined =>
  areOfOneSubject(body)
    ? subjectMismatchOf(body)
    : new Fault('door/invalid-input', [
        {
          at: '/tokens',
          message: 'holds a token twice, or more tokens of one type than one subject has',
        },
      ])
