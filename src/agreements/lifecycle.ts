import { dayOf, shifted } from '../kernel/clock.ts'
import type { AgencyId } from '../kernel/ids.ts'
import type { AgreementFacts } from '../policy/types.ts'
import { agreementHashOf } from '../proofs/agreement.ts'
import type { Agreement, AgreementContent, AgreementParty } from './types.ts'

/** The life of an agreement as pure functions: what it says, who signed, what time it is → its state. */

export type State = 'proposed' | 'in-force' | 'suspended' | 'ended'

export const partiesWith = (
  content: Pick<AgreementContent, 'parties'>,
  role: 'submit' | 'receive',
): AgencyId[] =>
  content.parties
    .filter(({ roles }) => roles.includes(role))
    .map(({ agency }) => agency as AgencyId)

/** Parties that accepted. That stands, also when they change their keys later. */
export const acceptedBy = ({ content, signatures }: Agreement): AgencyId[] => {
  const accepted = new Set(
    signatures.filter(({ completes }) => completes).map(({ agency }) => agency as string),
  )
  return content.parties.map(({ agency }) => agency as AgencyId).filter((id) => accepted.has(id))
}

/**
 * Whether a party has accepted once `signer` did too. Only keys that stand on its card now count, each of
 * another person: a key that was replaced counts no more, so that a new one is no second pair of eyes.
 */
export function isEnough(
  { content, signatures }: Agreement,
  agency: AgencyId,
  signer: string,
  keysOnCard: readonly string[],
): boolean {
  const signers = signatures
    .filter((one) => one.agency === agency && one.type === 'accept')
    .map((one) => one.signer)
  const counting = new Set([...signers, signer].filter((key) => keysOnCard.includes(key)))
  return counting.size >= (partyOf(content, agency)?.fourEyes ? 2 : 1)
}

export const awaited = (agreement: Agreement): AgencyId[] => {
  const accepted = new Set(acceptedBy(agreement))
  return agreement.content.parties
    .map(({ agency }) => agency as AgencyId)
    .filter((agency) => !accepted.has(agency))
}

export const isAcceptedByAll = (agreement: Agreement): boolean =>
  awaited(agreement).length === 0 && agreement.signatures.every(({ type }) => type === 'accept')

/**
 * One party's reject or revoke ends an agreement for all, and so do its last instant and a later version;
 * only the word of every party puts it in force, from its first instant on. Suspended: every party
 * accepted, and it would be in force now or later but for the suspension.
 */
export function stateOf(agreement: Agreement, at: Date): State {
  const { content, signatures, supersededAt, suspended } = agreement
  if (signatures.some(({ type }) => type !== 'accept')) return 'ended'
  if (supersededAt !== undefined && supersededAt <= at) return 'ended'
  if (new Date(content.validity.notAfter) <= at) return 'ended'
  if (!isAcceptedByAll(agreement)) return 'proposed'
  if (suspended) return 'suspended'
  return isWithinValidity(content, at) ? 'in-force' : 'proposed'
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
