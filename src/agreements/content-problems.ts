import type { Problem } from '../kernel/fault.ts'
import type { PartyRole } from '../wire/agreement.ts'
import { sensitiveCategories } from '../wire/codes.ts'
import { archiveProblems } from './archive-terms.ts'
import { emergencyProblems, nonPunishmentProblems } from './clause-problems.ts'
import type { LegalBasis, Library } from './library.ts'
import type { AgreementContent, AgreementParty } from './types.ts'

/**
 * What is wrong with the content of an agreement, measured by the law as the library has it. Pure:
 * the same content and library give the same faults, at either operator. What the registry knows
 * is checked elsewhere (`lifecycle.ts`). `docs/agreements.md` tells each check with its article.
 */
export function contentProblems(content: AgreementContent, library: Library): Problem[] {
  return [
    ...purposeProblems(content, library),
    ...content.parties.flatMap((party, index) => [
      ...basisProblems(content, library, party, `/content/parties/${index}`),
      ...deskProblems(party, `/content/parties/${index}/contactDesk`),
    ]),
    ...leadProblems(content),
    ...emergencyProblems(content, library),
    ...nonPunishmentProblems(content),
    ...archiveProblems(content, library),
    ...placeholderProblems(content),
  ]
}

/** A draft marks with these words what people have to fill in. */
export const placeholder = 'To be named'

const purposeProblems = ({ purpose }: AgreementContent, { purposes }: Library): Problem[] =>
  purposes.has(purpose)
    ? []
    : [
        {
          at: '/content/purpose',
          message: 'the library knows no such purpose',
          article: 'AVG art. 5 lid 1 onder b; Wpg art. 20 lid 2',
        },
      ]

/** Minors may be among those whose age is not known. */
const mayHoldMinors = ({ ageBands }: AgreementContent): boolean =>
  ageBands.includes('minor') || ageBands.includes('unknown')

function basisProblems(
  content: AgreementContent,
  { legalBases }: Library,
  party: AgreementParty,
  at: string,
): Problem[] {
  const problems: Problem[] = []
  const known: LegalBasis[] = []
  party.legalBases.forEach(({ code, roles }, index) => {
    const basis = legalBases.get(code)
    const here = `${at}/legalBases/${index}`
    if (basis === undefined) {
      problems.push({ at: here, message: 'the library knows no such legal basis' })
      return
    }
    known.push(basis)
    problems.push(...entryProblems(content, party, basis, roles, here))
  })
  for (const role of party.roles) {
    const bases = basesFor(party, role, legalBases)
    if (bases.length === 0) {
      problems.push({
        at: `${at}/legalBases`,
        message: `the role ${role} rests on no legal basis`,
        article: 'AVG art. 6; Wpg art. 20 lid 2',
      })
    } else if (mayHoldMinors(content) && !bases.some(({ minors }) => minors)) {
      problems.push({
        at: `${at}/legalBases`,
        message: `no legal basis of the role ${role} carries data about minors`,
        article: 'AVG overweging 38',
      })
    }
  }
  for (const category of sensitiveCategories) {
    const shared = content.dataCategories.includes(category)
    if (shared && !known.some(({ sensitive }) => sensitive.includes(category))) {
      problems.push({
        at: `${at}/legalBases`,
        message: `neither a basis nor an exemption covers ${category}`,
        article: category === 'criminal-offence' ? 'AVG art. 10' : 'AVG art. 9',
      })
    }
  }
  return problems
}

/** The bases of a party on which this role may rest and does. */
const basesFor = (
  { legalBases }: AgreementParty,
  role: PartyRole,
  library: Library['legalBases'],
): LegalBasis[] =>
  legalBases.flatMap(({ code, roles }) => {
    const basis = library.get(code)
    return basis?.structural && basis.roles.includes(role) && roles.includes(role) ? [basis] : []
  })

/** What is wrong with one basis as one party names it. */
function entryProblems(
  { retentionMonths }: AgreementContent,
  party: AgreementParty,
  basis: LegalBasis,
  roles: readonly PartyRole[],
  at: string,
): Problem[] {
  const problems: Problem[] = []
  const { article } = basis
  if (!basis.structural) {
    problems.push({ at, message: 'it serves incidents, not a standing agreement', article })
  }
  for (const role of roles) {
    if (!basis.roles.includes(role)) {
      problems.push({ at, message: `the role ${role} cannot rest on it`, article })
    }
    if (!party.roles.includes(role)) {
      problems.push({ at, message: `the party does not take the role ${role} that it names` })
    }
  }
  if (basis.kind === 'basis' && roles.length === 0) {
    problems.push({ at, message: 'it names no role that rests on it' })
  }
  if (retentionMonths > basis.retention.months) {
    problems.push({
      at: '/content/retentionMonths',
      message: `${basis.code} of ${party.agency} allows ${basis.retention.months} months at most`,
      article: basis.retention.article,
    })
  }
  if (basis.competentAuthority && party.competentAuthority === undefined) {
    problems.push({
      at,
      message: 'it takes the consent of the competent authority: name it in competentAuthority',
      article,
    })
  }
  return problems
}

function deskProblems({ contactDesk }: AgreementParty, at: string): Problem[] {
  const problems: Problem[] = []
  if (contactDesk.absences.length > 0 && contactDesk.deputy === undefined) {
    problems.push({ at, message: 'it has absences and no deputy' })
  }
  contactDesk.absences.forEach(({ from, until }, index) => {
    if (until < from) {
      problems.push({ at: `${at}/absences/${index}`, message: 'it ends before it begins' })
    }
  })
  return problems
}

function leadProblems({ lead, parties }: AgreementContent): Problem[] {
  const receivers = new Set(
    parties.filter(({ roles }) => roles.includes('receive')).map(({ agency }) => agency),
  )
  return Object.entries(lead)
    .filter(([, agency]) => !receivers.has(agency))
    .map(([route]) => ({
      at: `/content/lead/${route}`,
      message: 'the lead has to be a party with the role receive',
    }))
}

function placeholderProblems({ dpiaReference }: AgreementContent): Problem[] {
  if (!dpiaReference.startsWith(placeholder)) return []
  return [
    {
      at: '/content/dpiaReference',
      message: 'it is still the placeholder of the draft',
      article: 'AVG art. 35',
    },
  ]
}
