import type { Reader } from '../store/reader.ts'
import type { NotifyObligationTable } from '../store/tables/decisions.ts'
import type { NotifyObligation } from '../wire/policy.ts'
import * as store from './store.ts'
import type { Asker } from './types.ts'

export type Obligations = ReturnType<typeof openObligations>

const viewOf = ({
  id,
  policy,
  role,
  agreement,
  purpose,
  act,
  on_day,
}: NotifyObligationTable): NotifyObligation => ({
  id,
  policy,
  role,
  agreement,
  purpose,
  act,
  on: on_day,
})

/**
 * Whom policies ask an agency to tell of what was permitted and done: at most once a day for each rule,
 * agreement, act and role. The agency gets a notice; this lists whom to tell.
 */
export const openObligations = ({ db }: { readonly db: Reader }) => ({
  /** Those of the agency, the newest first, at most a thousand of the last 90 days. */
  list: async ({ agency }: Pick<Asker, 'agency'>): Promise<NotifyObligation[]> =>
    (await store.notifyObligationsOf(db, agency)).map(viewOf),
})
