import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'
import type { SampleBeacon } from '../wire/justification.ts'

export const findBeacon = (reader: Reader, week: string): Promise<SampleBeacon | undefined> =>
  reader.selectFrom('sample_beacon').selectAll().where('week', '=', week).executeTakeFirst()

export async function addBeacon(tx: Tx, beacon: SampleBeacon): Promise<void> {
  await tx.insertInto('sample_beacon').values(beacon).execute()
}

/** The newest first. */
export const beacons = (reader: Reader, most: number): Promise<SampleBeacon[]> =>
  reader.selectFrom('sample_beacon').selectAll().orderBy('week', 'desc').limit(most).execute()
