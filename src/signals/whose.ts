import type { Asker } from '../decisions/types.ts'
import type { AgencyId } from '../kernel/ids.ts'

type Signal = { readonly agency: AgencyId; readonly actingAgency: AgencyId | null }

/**
 * Whether a signal is the asker's, or one that it submitted for the agency in whose name it acts. Of any other
 * the ledger says what it says of one that does not exist: whoever reads the accesses of its own agency must not
 * learn there what the answer keeps from it.
 */
export const concerns = (
  asker: Pick<Asker, 'agency'>,
  acting: { readonly agency: AgencyId },
  signal: Signal,
): boolean =>
  signal.agency === acting.agency &&
  (signal.agency === asker.agency || signal.actingAgency === asker.agency)
