import type { AgencyId } from '../kernel/ids.ts'
import type { AgreementFacts, Facts } from './types.ts'

/** The facts of an act under an agreement that is about no signal. It is asked for as the agreement says, unless told. */
export const factsUnder = ({
  agency,
  active = true,
  hash,
  agreement,
  purpose = agreement.purpose,
  domain = agreement.domain,
}: {
  readonly agency: AgencyId
  /** A caller that came through the door is active. */
  readonly active?: boolean
  readonly hash: Facts['agreementHash']
  readonly agreement: AgreementFacts
  readonly purpose?: string | undefined
  readonly domain?: string
}): Facts => ({
  agency,
  agreementHash: hash,
  caller: { active },
  agreement,
  request: { purpose, domain, category: '', ageBand: '', subjectKind: '' },
})
