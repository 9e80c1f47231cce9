import type { AgencyId } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import { isWithinValidity, stateOf } from './lifecycle.ts'
import * as store from './store.ts'
import type { Agreement } from './types.ts'

/** The agreements in force at an instant, for work that nobody asks for. For a decision take `hold`. */
export const agreementsInForce = async (reader: Reader, at: Date): Promise<Agreement[]> =>
  (await store.findAgreements(reader, await store.allHashes(reader))).filter(
    (agreement) => stateOf(agreement, at) === 'in-force' && isWithinValidity(agreement.content, at),
  )

/** The domains of the agreements in force that an agency is a party to, by name. */
export async function domainsOf(reader: Reader, at: Date, agency: AgencyId): Promise<string[]> {
  const own = (await agreementsInForce(reader, at)).filter(({ content }) =>
    content.parties.some((party) => party.agency === agency),
  )
  return [...new Set(own.map(({ content }) => content.domain))].sort()
}
