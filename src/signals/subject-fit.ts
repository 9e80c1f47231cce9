import { Fault, type Problem } from '../kernel/fault.ts'
import type { DomainEpochs } from '../keys/epochs.ts'
import { type SubjectKind, sceneKeyTypes } from '../wire/codes/subjects.ts'
import { type KeyType, mostTokens, personKeyTypes } from '../wire/codes.ts'
import type { SignalBody } from './types.ts'

/** What a body says of its subject, of whatever it is a body. */
export type SubjectBody = Pick<
  SignalBody,
  'epoch' | 'tokens' | 'former' | 'subjectKind' | 'role' | 'ageBand'
>

const keyTypesOf: Readonly<Record<SubjectKind, ReadonlySet<KeyType>>> = {
  person: new Set<KeyType>(personKeyTypes),
  household: new Set<KeyType>(sceneKeyTypes.household),
  location: new Set<KeyType>(sceneKeyTypes.location),
  vehicle: new Set<KeyType>(sceneKeyTypes.vehicle),
}

type Tokens = SignalBody['tokens']

/** Tokens that cannot be those of one subject: one of them twice, or too many of one type. */
function tokenProblems(tokens: Tokens, at: string): Problem[] {
  const isTwice = new Set(tokens.map(({ token }) => token)).size < tokens.length
  const byType = [...Map.groupBy(tokens, ({ type }) => type)]
  return isTwice || byType.some(([type, alike]) => alike.length > mostTokens[type])
    ? [
        {
          at,
          message: 'holds a token twice, or more tokens of one type than one subject has',
        },
      ]
    : []
}

const typesOf = (tokens: Tokens): string => tokens.map(({ type }) => type).join(' ')

/** Tokens of an epoch that nobody opened came from no operator, and would meet no others. */
function epochProblems({ epoch, tokens, former }: SubjectBody, epochs: DomainEpochs): Problem[] {
  const { open, closed } = epochs
  const wasOpen = (one: number) => open.includes(one) || closed.includes(one)
  const problems: Problem[] = wasOpen(epoch)
    ? []
    : [{ at: '/epoch', message: `must be ${open.join(' or ')}: no other is open` }]
  if (former === undefined) return problems
  if (!wasOpen(former.epoch) || former.epoch >= epoch) {
    problems.push({ at: '/former/epoch', message: 'must be an epoch that was open before' })
  }
  if (typesOf(former.tokens) !== typesOf(tokens)) {
    problems.push({ at: '/former/tokens', message: 'must be of the same types, in the same order' })
  }
  return [...problems, ...tokenProblems(former.tokens, '/former/tokens')]
}

/**
 * Why a new body cannot be taken under the epoch of its tokens, or must hold more. A body that stands already is
 * welcome again, whatever has closed since.
 */
export function epochFaultOf(body: SubjectBody, { open }: DomainEpochs): Fault | undefined {
  if (!open.includes(body.epoch)) return new Fault('evaluation/epoch-closed')
  const older = open.find((epoch) => epoch < body.epoch)
  if (older === undefined || body.former?.epoch === older) return undefined
  return new Fault('door/invalid-input', [
    { at: '/former', message: `must hold the tokens of epoch ${older}, which is open too` },
  ])
}

/**
 * Tokens, a role or an age band that do not go with the signal's kind of subject. Tokens are known by the
 * type that the partner says; what they were made from nobody here can see.
 */
function kindProblems({ subjectKind, tokens, role, ageBand }: SubjectBody): Problem[] {
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
 * of its kind, or its tokens are of an epoch that was never open.
 */
export function subjectFaultOf(body: SubjectBody, epochs: DomainEpochs): Fault | undefined {
  const form = [...epochProblems(body, epochs), ...tokenProblems(body.tokens, '/tokens')]
  const kind = kindProblems(body)
  if (form.length + kind.length === 0) return undefined
  const code = form.length > 0 ? 'door/invalid-input' : 'signals/subject-mismatch'
  return new Fault(code, [...form, ...kind])
}
