import { join } from 'node:path'
import type { Settings } from '../../src/config.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import type { SignalId } from '../../src/kernel/ids.ts'
import { exportLedger } from '../../src/ledger/export.ts'
import { type LedgerReport, verifyLedger } from '../../src/ledger/verify.ts'
import { contradicts } from '../../src/linkage/evidence.ts'
import { groupLinks } from '../../src/linkage/groups.ts'
import type { Group } from '../../src/linkage/types.ts'
import { connectionOf } from '../../src/operator.ts'
import type { OperatorName } from '../../src/oprf/types.ts'
import { tokensOf } from '../../src/overlaps/neighbourhood.ts'
import { linksOf } from '../../src/overlaps/store.ts'
import { liveSignals } from '../../src/signals/store.ts'
import { openDatabase } from '../../src/store/database.ts'
import { transact } from '../../src/store/transact.ts'

/** Opens the database of an operator that has stopped. */
const openStopped = (operator: OperatorName, folder: string, settings: Settings) => {
  const own = settings[operator]
  if (own === undefined) throw new Error(`no settings for the ${operator}`)
  return openDatabase({
    connection: connectionOf(own, (relative) => join(folder, relative)),
    operator,
    clock: systemClock,
    migrate: 'leave',
  })
}

/** Exports an operator's whole ledger and verifies it, under its pinned key and with its receipts. */
export async function verifyStopped(
  operator: OperatorName,
  folder: string,
  settings: Settings,
  evidence: { readonly verifierKey: string; readonly receipts: readonly unknown[] },
): Promise<LedgerReport> {
  const { db, close } = await openStopped(operator, folder, settings)
  try {
    return await transact(db, 'demo/verify', (tx) => verifyLedger(exportLedger(tx), evidence), {
      isolation: 'repeatable read',
    })
  } finally {
    await close()
  }
}

/**
 * All overlaps by signal id, read from the stopped gateway's database. The demonstration may look
 * there because it plays every part at once; no interface gives this to anyone.
 */
export async function allGroups(folder: string, settings: Settings): Promise<Group<SignalId>[]> {
  const { db, close } = await openStopped('gateway', folder, settings)
  try {
    const ids = (await db.selectFrom('overlap_handle').select('signal_id').execute()).map(
      ({ signal_id }) => signal_id as SignalId,
    )
    const links = await linksOf(db, ids)
    const tokens = new Map(
      (await liveSignals(db, ids)).map((signal) => [signal.id, tokensOf(signal)]),
    )
    return [
      ...groupLinks(links, (one, other) =>
        contradicts(tokens.get(one) ?? new Map(), tokens.get(other) ?? new Map()),
      ),
    ]
  } finally {
    await close()
  }
}
