import type { Agency } from '../agencies/types.ts'
import type { Problem } from '../kernel/fault.ts'
import type { AgencyId } from '../kernel/ids.ts'
import type { AgreementFacts } from '../policy/types.ts'
import { agreementHashOf } from '../proofs/agreement.ts'
import { mayUseDomain } from './domains.ts'
import type { Agreement, AgreementContent, AgreementParty } from './types.ts'

/** The life of an agreement as pure functions: what it says, who signed, what time it is → its state. */

export type State = 'proposed' | 'in-force' | 'ended'

const partiesWith = (
  content: Pick<AgreementContent, 'parties'>,
  role: 'submit' | 'receive',
): AgencyId[] =>
  content.parties
    .filter(({ roles }) => roles.includes(role))
    .map(({ agency }) => agency as AgencyId)

export const acceptedBy = ({ content, signatures }: Agreement): AgencyId[] =>
  content.parties
    .map(({ agency }) => agency as AgencyId)
    .filter((agency) => signatures.some((one) => one.agency === agency && one.type === 'accept'))

export const awaited = (agreement: Agreement): AgencyId[] => {
  const accepted = new Set(acceptedBy(agreement))
  return agreement.content.parties
    .map(({ agency }) => agency as AgencyId)
    .filter((agency) => !accepted.has(agency))
}

/** One party's reject or revoke ends an agreement for all; only the word of every party puts it in force. */
export function stateOf(agreement: Agreement): State {
  if (agreement.signatures.some(({ type }) => type !== 'accept')) return 'ended'
  return awaited(agreement).length === 0 ? 'in-force' : 'proposed'
}

export const isWithinValidity = ({ validity }: AgreementContent, at: Date): boolean =>
  new Date(validity.notBefore) <= at && at < new Date(validity.notAfter)

/** What a decision needs to know of an agreement at an instant. */
export function factsOf(agreement: Agreement, at: Date): AgreementFacts {
  const { content, strangers = [] } = agreement
  const parties = content.parties.filter(({ agency }) => !strangers.includes(agency as AgencyId))
  return {
    known: true,
    state: stateOf(agreement),
    withinValidity: isWithinValidity(content, at),
    purpose: content.purpose,
    domain: content.domain,
    parties: parties.map(({ agency }) => agency),
    submitters: partiesWith({ parties }, 'submit'),
    receivers: partiesWith({ parties }, 'receive'),
    categories: content.categories,
    ageBands: content.ageBands,
    subjectKinds: content.subjectKinds,
  }
}

/** The facts of a content as if every party had accepted it and today lay inside its validity. */
export const factsOfContent = (content: AgreementContent): AgreementFacts => ({
  ...factsOf(
    { hash: agreementHashOf(content), content, signatures: [] },
    new Date(content.validity.notBefore),
  ),
  state: 'in-force',
  withinValidity: true,
})

export const partyOf = (
  { parties }: AgreementContent,
  agency: AgencyId,
): AgreementParty | undefined => parties.find((party) => party.agency === agency)

/** The same words whether a domain serves another purpose or belongs to others. */
export const domainProblem: Problem = {
  at: '/content/domain',
  message:
    'these parties cannot use this domain for this purpose; choose another one, or its successor',
}

/** Everything that is wrong with a proposal, all at once. Shape is checked before, by the schema. */
export function proposalProblems(
  content: AgreementContent,
  known: {
    readonly agencies: ReadonlyMap<string, Agency>
    readonly gatewayThumbprint: string
    readonly keyholderThumbprint: string
    /** Agreements that are or were in force on the domain. */
    readonly standing: readonly Agreement[]
    readonly now: Date
  },
): Problem[] {
  const problems: Problem[] = []
  const names = content.parties.map(({ agency }) => agency)
  if (new Set(names).size !== names.length) {
    problems.push({ at: '/content/parties', message: 'an agency is a party only once' })
  }
  content.parties.forEach(({ agency, rootThumbprint }, index) => {
    if (known.agencies.get(agency)?.rootThumbprint !== rootThumbprint) {
      problems.push({
        at: `/content/parties/${index}`,
        message: 'this agency is not admitted here under this root key',
      })
    }
  })
  for (const role of ['submit', 'receive'] as const) {
    if (partiesWith(content, role).length === 0) {
      problems.push({ at: '/content/parties', message: `no party has the role ${role}` })
    }
  }
  if (content.gateway.rootThumbprint !== known.gatewayThumbprint) {
    problems.push({ at: '/content/gateway', message: 'this is not the root key of the gateway' })
  }
  if (content.keyholder.rootThumbprint !== known.keyholderThumbprint) {
    problems.push({
      at: '/content/keyholder',
      message: 'this is not the root key of the keyholder',
    })
  }
  if (new Date(content.validity.notAfter) <= new Date(content.validity.notBefore)) {
    problems.push({ at: '/content/validity', message: 'it ends before it begins' })
  } else if (new Date(content.validity.notAfter) <= known.now) {
    problems.push({ at: '/content/validity', message: 'it lies in the past' })
  }
  if (!mayUseDomain(content, known.standing)) problems.push(domainProblem)
  return problems
}
