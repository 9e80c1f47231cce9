import type { Database } from '../../src/store/database.ts'
import type { OperatorName } from '../../src/oprf/types.ts'

export type FreshDatabase = {
  /** Connection string of the application's role, which is no superuser. */
  readonly url: string
  /** Opens it as production does; closed at the end of the test file if the test did not do so. */
  readonly open: () => Promise<Database>
}

/** An empty database with the operator's schema, dropped at the end of the test. */
export declare function freshDatabase(
  t: { readonly teardown: (work: () => unknown) => void },
  operator: OperatorName,
): Promise<FreshDatabase>
