import type { Agency } from '../agencies/types.ts'
import { dayOf, shifted } from '../kernel/clock.ts'
import type { Problem } from '../kernel/fault.ts'
import type { AgencyId } from '../kernel/ids.ts'
import type { AgreementFacts } from '../policy/types.ts'
import { agreementHashOf } from '../proofs/agreement.ts'
import { contentProblems } from './content-problems.ts'
import { mayUseDomain } from './domains.ts'
import type { Library } from './library.ts'
import type { Agreement, AgreementContent, AgreementParty } from './types.ts'

/** The life of an agreement as pure functions: what it says, who signed, what time it is → its state. */

export type State = 'proposed' | 'in-force' | 'suspended' | 'ended'

const partiesWith = (
  content: Pick<AgreementContent, 'parties'>,
  role: 'submit' | 'receive',
): AgencyId[] =>
  content.parties
    .filter(({ roles }) => roles.includes(role))
    .map(({ agency }) => agency as AgencyId)

/** Parties that accepted: with two different keys where the agreement asks for four eyes. */
export const acceptedBy = ({ content, signatures }: Agreement): AgencyId[] =>
  content.parties
    .filter(({ agency, fourEyes }) => {
      const signers = signatures
        .filter((one) => one.agency === agency && one.type === 'accept')
        .map(({ signer }) => signer)
      return new Set(signers).size >= (fourEyes ? 2 : 1)
    })
    .map(({ agency }) => agency as AgencyId)

export const awaited = (agreement: Agreement): AgencyId[] => {
  const accepted = new Set(acceptedBy(agreement))
  return agreement.content.parties
    .map(({ agency }) => agency as AgencyId)
    .filter((agency) => !accepted.has(agency))
}

export const isAcceptedByAll = (agreement: Agreement): boolean =>
  awaited(agreement).length === 0 && agreement.signatures.every(({ type }) => type === 'accept')

/**
 * One party's reject or revoke ends an agreement for all, and so do its last day and a later version;
 * only the word of every party puts it in force. Suspended: in force, but for the suspension.
 */
export function stateOf(agreement: Agreement, at: Date): State {
  const { content, signatures, supersededAt, suspended } = agreement
  if (signatures.some(({ type }) => type !== 'accept')) return 'ended'
  if (supersededAt !== undefined && supersededAt <= at) return 'ended'
  if (new Date(content.validity.notAfter) <= at) return 'ended'
  if (!isAcceptedByAll(agreement)) return 'proposed'
  return suspended ? 'suspended' : 'in-force'
}

/** Whether the parties should see to a later version: it ends soon, and none stands ready. */
export function isRenewalDue(agreement: Agreement, at: Date): boolean {
  const { validity, renewalNoticeDays } = agreement.content
  const state = stateOf(agreement, at)
  const from = shifted(new Date(validity.notAfter), -renewalNoticeDays * 86_400)
  return (
    (state === 'in-force' || state === 'suspended') &&
    from <= at &&
    agreement.supersededAt === undefined
  )
}

/** Whom to call at a party on the day of `at`: its desk or, during an absence, the deputy. */
export function deskOf({ contactDesk }: AgreementParty, at: Date): string {
  const day = dayOf(at)
  const absent = contactDesk.absences.some(({ from, until }) => from <= day && day <= until)
  return absent ? (contactDesk.deputy ?? contactDesk.name) : contactDesk.name
}

export const isWithinValidity = ({ validity }: AgreementContent, at: Date): boolean =>
  new Date(validity.notBefore) <= at && at < new Date(validity.notAfter)

/** What a decision on an act of `agency`, or for it, needs to know of an agreement at an instant. */
export function factsOf(agreement: Agreement, agency: AgencyId, at: Date): AgreementFacts {
  const { content, strangers = [] } = agreement
  const parties = content.parties.filter(({ agency }) => !strangers.includes(agency as AgencyId))
  return {
    known: true,
    state: stateOf(agreement, at),
    withinValidity: isWithinValidity(content, at),
    purpose: content.purpose,
    domain: content.domain,
    parties: parties.map(({ agency }) => agency),
    submitters: partiesWith({ parties }, 'submit'),
    receivers: partiesWith({ parties }, 'receive'),
    categories: content.categories,
    dataCategories: content.dataCategories,
    ageBands: content.ageBands,
    subjectKinds: content.subjectKinds,
    legalBases: parties
      .filter((party) => party.agency === agency)
      .flatMap(({ legalBases }) => legalBases.map(({ code }) => code)),
  }
}

/** The facts of a content as if every party had accepted it and today lay inside its validity. */
export const factsOfContent = (content: AgreementContent, agency: AgencyId): AgreementFacts => ({
  ...factsOf(
    {
      hash: agreementHashOf(content),
      content,
      signatures: [],
      suspended: false,
      supersededAt: undefined,
      supersededBy: undefined,
    },
    agency,
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
    /** The agreement that the content names as its predecessor, if the proposer is a party to it. */
    readonly previous: Agreement | undefined
    readonly library: Library
    readonly now: Date
  },
): Problem[] {
  const problems: Problem[] = [...contentProblems(content, known.library)]
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
  if (content.previous !== undefined) problems.push(...previousProblems(content, known))
  return problems
}

function previousProblems(
  content: AgreementContent,
  { previous, now }: { readonly previous: Agreement | undefined; readonly now: Date },
): Problem[] {
  const at = '/content/previous'
  if (previous === undefined) return [{ at, message: 'you are no party to such an agreement' }]
  const problems: Problem[] = []
  if (stateOf(previous, now) === 'ended' || previous.supersededAt !== undefined) {
    problems.push({ at, message: 'it ended or has a later version; name the latest, or none' })
  }
  if (previous.content.purpose !== content.purpose || previous.content.domain !== content.domain) {
    problems.push({ at, message: 'a later version keeps purpose and domain' })
  }
  return problems
}
