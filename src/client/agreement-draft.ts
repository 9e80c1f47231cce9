import { type Randomness, randomUuid } from '../kernel/random.ts'
import { type AgreementContent, type AgreementParty, agreementForm } from '../wire/agreement.ts'
import type { EmergencyClause, NonPunishmentClause } from '../wire/clauses.ts'
import { subjectKinds } from '../wire/codes/subjects.ts'
import { ageBands, categories, codesOf, dataCategories } from '../wire/codes.ts'
import type { PinnedOperators } from './operators.ts'

/** What an agency tells others about itself, so that an agreement can name it. Nothing secret. */
export type PublicAgency = {
  readonly agency: string
  readonly name: string
  readonly rootThumbprint: string
  readonly contactDesk: string
}

/** What a party puts into a draft: itself and the codes of its legal bases and exemptions. */
export type DraftParty = PublicAgency & {
  readonly legalBases?: readonly string[]
  readonly exemptions?: readonly string[]
  readonly competentAuthority?: string
  /** Who is told when the desk lets a term pass, and who when the deputy does too. */
  readonly deputy?: string
  readonly coordinator?: string
}

const toBeNamed = 'To be named'

const roles = ['submit', 'receive'] as const

function partyOf(party: DraftParty): AgreementParty {
  const { agency, rootThumbprint, contactDesk, competentAuthority, deputy, coordinator } = party
  const { legalBases = ['to-be-named'], exemptions = [] } = party
  return {
    agency,
    rootThumbprint,
    roles: [...roles],
    legalBases: [
      ...legalBases.map((code) => ({ code, roles: [...roles] })),
      ...exemptions.map((code) => ({ code, roles: [] })),
    ],
    ...(competentAuthority === undefined ? {} : { competentAuthority }),
    contactDesk: {
      name: contactDesk,
      ...(deputy === undefined ? {} : { deputy }),
      ...(coordinator === undefined ? {} : { coordinator }),
      absences: [],
    },
    fourEyes: false,
  }
}

const emergencyClauseOf = (codes: ReadonlyMap<string, readonly string[]>): EmergencyClause => ({
  reviewDays: 3,
  perDay: 5,
  legalBases: [...codes].map(([agency, those]) => ({ agency, codes: [...those] })),
})

/**
 * A first draft of an agreement: all categories, data, ages and kinds of subject, every party may submit
 * and receive, the first party has the lead, the usual retention and deadlines. People read it, change it
 * and then sign it. What is not given is a placeholder that the operators refuse.
 */
export function draftAgreement({
  title,
  purpose,
  parties,
  pins,
  random,
  at,
  until,
  dpiaReference = `${toBeNamed}.`,
  evaluationsPerDay = 200_000,
  emergency,
  nonPunishment,
  archiveYears,
}: {
  readonly title: string
  readonly purpose: string
  readonly parties: readonly DraftParty[]
  readonly pins: PinnedOperators
  readonly random: Randomness
  readonly at: Date
  readonly until: Date
  readonly dpiaReference?: string
  readonly evaluationsPerDay?: number
  /** Codes of bases and exemptions for a clause for emergencies, by party; none: no such clause. */
  readonly emergency?: ReadonlyMap<string, readonly string[]>
  /** Who looks again at persons that are suspects to one and presumed victims to another; none: nobody. */
  readonly nonPunishment?: NonPunishmentClause
  /** Left out: what has expired is not archived. */
  readonly archiveYears?: number
}): AgreementContent {
  const lead = parties[0]?.agency ?? ''
  return {
    form: agreementForm,
    id: randomUuid(random),
    hashAlgorithm: 'HASH_ALGORITHM_SHA3_512',
    title,
    publicInterest:
      'Ending human trafficking and criminal exploitation, and protecting its victims.',
    collaboration: 'The parties learn that their cases touch, and then call each other.',
    purpose,
    domain: `${purpose}-persons`,
    validity: { notBefore: at.toISOString(), notAfter: until.toISOString() },
    createdAt: at.toISOString(),
    parties: parties.map(partyOf),
    dataCategories: codesOf(dataCategories),
    categories: codesOf(categories),
    ageBands: codesOf(ageBands),
    subjectKinds: codesOf(subjectKinds),
    conditions: ['An overlap is a reason to call, never a decision about a person.'],
    retentionMonths: 24,
    ...(archiveYears === undefined ? {} : { archive: { years: archiveYears } }),
    quotas: {
      evaluationsPerDay,
      submissionsPerDay: Math.max(1, Math.ceil(evaluationsPerDay / 4)),
      withdrawalsPerDay: Math.max(1, Math.ceil(evaluationsPerDay / 100)),
    },
    deadlines: { acknowledgeWorkingDays: 5, closeDays: 30, disclosureHours: 48 },
    lead: { minor: lead, organised: lead, general: lead },
    renewalNoticeDays: 60,
    ...(nonPunishment === undefined ? {} : { nonPunishment }),
    ...(emergency === undefined ? {} : { emergency: emergencyClauseOf(emergency) }),
    dpiaReference,
    gateway: { rootThumbprint: pins.gateway.rootThumbprint },
    keyholder: { rootThumbprint: pins.keyholder.rootThumbprint },
  }
}
