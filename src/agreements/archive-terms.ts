import type { Problem } from '../kernel/fault.ts'
import type { LegalBasis, Library } from './library.ts'
import type { AgreementContent, AgreementParty } from './types.ts'

/** What an agreement and the law say of an archive of expired signals, as pure functions. */

const submitBases = ({ legalBases }: AgreementParty, library: Library): LegalBasis[] =>
  legalBases.flatMap(({ code, roles }) => {
    const basis = library.legalBases.get(code)
    return basis?.archive !== undefined && roles.includes('submit') ? [basis] : []
  })

/**
 * How many years the archive keeps signals of an agency after they expired. 0 where the agreement has no
 * archive, or the agency's role submit rests on no legal basis that allows one.
 */
export function archiveYearsOf(
  { archive, parties }: AgreementContent,
  agency: string,
  library: Library,
): number {
  const party = parties.find((one) => one.agency === agency)
  if (archive === undefined || party === undefined) return 0
  const allowed = submitBases(party, library).map((basis) => basis.archive?.years ?? 0)
  return Math.min(archive.years, Math.max(0, ...allowed))
}

/** What is wrong with the archive that an agreement asks for. */
export function archiveProblems(
  { archive, parties }: AgreementContent,
  library: Library,
): Problem[] {
  if (archive === undefined) return []
  const bases = parties.flatMap((party) => submitBases(party, library))
  const at = '/content/archive'
  if (bases.length === 0) {
    return [
      {
        at,
        message: 'no legal basis of a party’s role submit allows an archive',
        article: 'AVG art. 5 lid 1 onder e',
      },
    ]
  }
  return bases.flatMap(({ code, archive: allowed }): Problem[] =>
    allowed !== undefined && archive.years > allowed.years
      ? [
          {
            at: `${at}/years`,
            message: `${code} allows ${allowed.years} years at most`,
            article: allowed.article,
          },
        ]
      : [],
  )
}
