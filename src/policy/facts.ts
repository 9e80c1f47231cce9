import type { AgencyId } from '../kernel/ids.ts'
import type { SubjectKind } from '../wire/codes/subjects.ts'
import type { DataCategory } from '../wire/codes.ts'
import type { Acting, AgreementFacts, Facts } from './types.ts'

/** An agency that acts for itself. A caller that came through the door is active. */
export const forItself = (agency: AgencyId, active = true): Acting => ({
  agency,
  caller: { agency, active, delegated: false },
})

/** What kinds of data every signal about such a subject shares. Only a person has a role and an age. */
export const dataOfEverySignal = (subjectKind: SubjectKind): DataCategory[] => [
  'tokens',
  'exploitation',
  ...(subjectKind === 'person' ? (['role', 'age-group'] as const) : []),
]

/** The facts of an act under an agreement that is about no signal. It is asked for as the agreement says, unless told. */
export const factsUnder = (
  acting: Acting,
  {
    hash,
    agreement,
    purpose = agreement.purpose,
    domain = agreement.domain,
  }: {
    readonly hash: Facts['agreementHash']
    readonly agreement: AgreementFacts
    readonly purpose?: string | undefined
    readonly domain?: string
  },
): Facts => ({
  ...acting,
  agreementHash: hash,
  agreement,
  request: { purpose, domain, category: '', dataCategories: [], ageBand: '', subjectKind: '' },
})
