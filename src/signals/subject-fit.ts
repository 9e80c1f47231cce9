import { Fault, type Problem } from '../kernel/fault.ts'
import { type SubjectKind, sceneKeyTypes } from '../wire/codes/subjects.ts'
import { type KeyType, mostTokens, personKeyTypes } from '../wire/codes.ts'
import { onlyEpoch } from '../wire/common.ts'
import type { SignalBody } from './types.ts'

const keyTypesOf: Readonly<Record<SubjectKind, ReadonlySet<KeyType>>> = {
  person: new Set<KeyType>(personKeyTypes),
  household: new Set<KeyType>(sceneKeyTypes.household),
  location: new Set<KeyType>(sceneKeyTypes.location),
  vehicle: new Set<KeyType>(sceneKeyTypes.vehicle),
}

/** Tokens that cannot be those of one subject: one of them twice, or too many of one type. */
function tokenProblems({ tokens }: SignalBody): Problem[] {
  const isTwice = new Set(tokens.map(({ token }) => token)).size < tokens.length
  const byType = [...Map.groupBy(tokens, ({ type }) => type)]
  return isTwice || byType.some(([type, alike]) => alike.length > mostTokens[type])
    ? [
        {
          at: '/tokens',
          message: 'holds a token twice, or more tokens of one type than one subject has',
        },
      ]
    : []
}

/** Tokens of an epoch that nobody opened came from no operator, and would meet no others. */
const epochProblems = ({ epoch }: SignalBody): Problem[] =>
  epoch === onlyEpoch ? [] : [{ at: '/epoch', message: `must be ${onlyEpoch}: no other is open` }]

/**
 * Tokens, a role or an age band that do not go with the signal's kind of subject. Tokens are known by the
 * type that the partner says; what they were made from nobody here can see.
 */
function kindProblems({ subjectKind, tokens, role, ageBand }: SignalBody): Problem[] {
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
  return problems
}

/**
 * What a permitted signal is refused for nevertheless, all at once: it cannot be about one subject, not
 * of its kind, or its tokens are of no open epoch.
 */
export function subjectFaultOf(body: SignalBody): Fault | undefined {
  const form = [...epochProblems(body), ...tokenProblems(body)]
  const kind = kindProblems(body)
  if (form.length + kind.length === 0) return undefined
  const code = form.length > 0 ? 'door/invalid-input' : 'signals/subject-mismatch'
  return new Fault(code, [...form, ...kind])
}
