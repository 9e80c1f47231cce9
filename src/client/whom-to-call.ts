import type { AgreementContent } from '../wire/agreement.ts'
import type { EarlierKnown } from '../wire/archive.ts'
import type { Overlap, OverlapOther } from '../wire/signal.ts'
import { UntrustworthyOperator } from './errors.ts'

/**
 * A gateway that invents an overlap, or another telephone number for it, would be told by an officer
 * whom a case is about. So whom to call is held against the agreement, which every party signed.
 */

/** The desks of an agency that stand in the agreement: its desk, and its deputy. */
const agreedDesks = ({ parties }: AgreementContent, agency: string): readonly string[] =>
  parties
    .filter((party) => party.agency === agency)
    .flatMap(({ contactDesk: { name, deputy } }) =>
      deputy === undefined ? [name] : [name, deputy],
    )

/**
 * Makes sure that overlaps name only parties of the agreement. NOT checked: that the signal of the other
 * party exists; the gateway alone knows it.
 * @throws UntrustworthyOperator
 */
export function assertAmongParties(overlaps: readonly Overlap[], content: AgreementContent): void {
  for (const { agency } of overlaps.flatMap(({ others }) => others)) {
    if (agreedDesks(content, agency).length > 0) continue
    throw new UntrustworthyOperator('gateway', 'it names an agency that is no party')
  }
}

/** As `assertAmongParties`, of what the archive tells. @throws UntrustworthyOperator */
export function assertEarlierAmongParties(
  known: readonly EarlierKnown[],
  content: AgreementContent,
): void {
  if (known.every(({ agency }) => agreedDesks(content, agency).length > 0)) return
  throw new UntrustworthyOperator('gateway', 'it names an agency that is no party')
}

/** Whom to call, as the agreement says; where the gateway tells another desk, that is said with it. */
export function whomToCall(
  { agency, contactDesk }: Pick<OverlapOther, 'agency' | 'contactDesk'>,
  content: AgreementContent,
): string {
  const desks = agreedDesks(content, agency)
  if (desks.includes(contactDesk)) return contactDesk
  return `${desks.join(' or ')} (the gateway tells another desk, which the agreement does not name: ${contactDesk})`
}
