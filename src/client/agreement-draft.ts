import { type Randomness, randomUuid } from '../kernel/random.ts'
import type { AgreementContent } from '../wire/agreement.ts'
import { subjectKinds } from '../wire/codes/subjects.ts'
import { ageBands, categories, codesOf } from '../wire/codes.ts'
import type { PinnedOperators } from './operators.ts'

/** What an agency tells others about itself, so that an agreement can name it. Nothing secret. */
export type PublicAgency = {
  readonly agency: string
  readonly name: string
  readonly rootThumbprint: string
  readonly contactDesk: string
}

/**
 * A first draft of an agreement: all categories, ages and kinds of subject, every party may submit and receive, the
 * usual retention and deadlines. People read it, change it and then sign it; the legal bases here are
 * placeholders that name what has to be filled in.
 */
export function draftAgreement({
  title,
  purpose,
  parties,
  pins,
  random,
  at,
  until,
  evaluationsPerDay = 200_000,
}: {
  readonly title: string
  readonly purpose: string
  readonly parties: readonly PublicAgency[]
  readonly pins: PinnedOperators
  readonly random: Randomness
  readonly at: Date
  readonly until: Date
  readonly evaluationsPerDay?: number
}): AgreementContent {
  return {
    form: 'raakvlak-agreement/1',
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
    parties: parties.map(({ agency, rootThumbprint, contactDesk }) => ({
      agency,
      rootThumbprint,
      roles: ['submit', 'receive'],
      legalBasis:
        'To be named by this party before it signs: its own task and the article that gives it.',
      contactDesk,
    })),
    categories: codesOf(categories),
    ageBands: codesOf(ageBands),
    subjectKinds: codesOf(subjectKinds),
    conditions: ['An overlap is a reason to call, never a decision about a person.'],
    retentionMonths: 24,
    quotas: {
      evaluationsPerDay,
      submissionsPerDay: Math.max(1, Math.ceil(evaluationsPerDay / 4)),
      withdrawalsPerDay: Math.max(1, Math.ceil(evaluationsPerDay / 100)),
    },
    deadlines: { acknowledgeWorkingDays: 5, closeDays: 30, disclosureHours: 48 },
    dpiaReference: 'To be named before signing.',
    gateway: { rootThumbprint: pins.gateway.rootThumbprint },
    keyholder: { rootThumbprint: pins.keyholder.rootThumbprint },
  }
}
