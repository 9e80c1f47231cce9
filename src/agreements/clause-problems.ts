import type { Problem } from '../kernel/fault.ts'
import { sensitiveCategories } from '../wire/codes.ts'
import type { Library } from './library.ts'
import type { AgreementContent, AgreementParty } from './types.ts'

/**
 * What is wrong with the clause for emergencies: each party needs a basis for the vital interest on
 * which it gives or takes, and cover for the sensitive data that are shared.
 */
export function emergencyProblems(content: AgreementContent, library: Library): Problem[] {
  const { emergency, parties } = content
  if (emergency === undefined) return []
  const at = '/content/emergency/legalBases'
  const named = emergency.legalBases.map(({ agency }) => agency)
  const strangers = named.filter((agency) => !parties.some((party) => party.agency === agency))
  return [
    ...(strangers.length === 0 ? [] : [{ at, message: 'it names an agency that is no party' }]),
    ...(new Set(named).size === named.length
      ? []
      : [{ at, message: 'a party stands there twice' }]),
    ...parties.flatMap((party) => vitalProblems(content, library, party, at)),
  ]
}

function vitalProblems(
  { emergency, dataCategories }: AgreementContent,
  { legalBases }: Library,
  { agency, roles }: AgreementParty,
  at: string,
): Problem[] {
  const codes = emergency?.legalBases.find((one) => one.agency === agency)?.codes ?? []
  const known = codes.flatMap((code) => legalBases.get(code) ?? [])
  const bases = known.filter(({ kind, vital }) => kind === 'basis' && vital)
  const problems: Problem[] = []
  if (known.length < codes.length || known.some(({ vital }) => !vital)) {
    problems.push({ at, message: `not all bases of ${agency} are for a vital interest` })
  }
  for (const role of roles) {
    if (!bases.some((basis) => basis.roles.includes(role))) {
      problems.push({
        at,
        message: `the role ${role} of ${agency} rests on no basis for a vital interest`,
        article: 'AVG art. 6 lid 1 onder d; Wpg art. 19',
      })
    }
  }
  for (const category of sensitiveCategories) {
    const covered = known.some(({ vital, sensitive }) => vital && sensitive.includes(category))
    if (dataCategories.includes(category) && !covered) {
      problems.push({
        at,
        message: `nothing covers ${category} of ${agency} in an emergency`,
        article: category === 'criminal-offence' ? 'AVG art. 10' : 'AVG art. 9 lid 2 onder c',
      })
    }
  }
  return problems
}

/** What is wrong with the clause on non-punishment: who reviews receives, and roles have to be shared. */
export function nonPunishmentProblems({
  nonPunishment,
  parties,
  dataCategories,
}: AgreementContent): Problem[] {
  if (nonPunishment === undefined) return []
  const reviewer = parties.find(({ agency }) => agency === nonPunishment.agency)
  return [
    ...(reviewer?.roles.includes('receive')
      ? []
      : [
          {
            at: '/content/nonPunishment/agency',
            message: 'who reviews has to be a party with the role receive',
          },
        ]),
    ...(dataCategories.includes('role')
      ? []
      : [
          {
            at: '/content/nonPunishment',
            message: 'it takes roles of subjects, which the agreement does not share',
          },
        ]),
  ]
}
