import { join } from 'node:path'
import type { Settings } from '../../src/config.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import type { SignalId } from '../../src/kernel/ids.ts'
import { exportLedger } from '../../src/ledger/export.ts'
import { type LedgerReport, verifyLedger } from '../../src/ledger/verify.ts'
import { groupLinks } from '../../src/linkage/groups.ts'
import type { Group } from '../../src/linkage/types.ts'
import { contradictsInAny } from '../../src/linkage/versions.ts'
import { connectionOf } from '../../src/operator.ts'
import type { OperatorName, PerOperator } from '../../src/oprf/types.ts'
import { tokensOf } from '../../src/overlaps/neighbourhood.ts'
import { linksOf } from '../../src/overlaps/store.ts'
import { liveSignals } from '../../src/signals/store.ts'
import { openDatabase } from '../../src/store/database.ts'
import type { Reader } from '../../src/store/reader.ts'
import { transact } from '../../src/store/transact.ts'

/** Opens the database of an operator that has stopped, for as long as the work takes. */
async function withStopped<Result>(
  operator: OperatorName,
  folder: string,
  settings: Settings,
  work: (db: Reader) => Promise<Result>,
): Promise<Result> {
  const own = settings[operator]
  if (own === undefined) throw new Error(`no settings for the ${operator}`)
  const { db, close } = await openDatabase({
    connection: connectionOf(own, (relative) => join(folder, relative)),
    operator,
    clock: systemClock,
    migrate: 'leave',
  })
  try {
    return await work(db)
  } finally {
    await close()
  }
}

/** Exports a whole ledger and verifies it, under its pinned key and with the receipts given out. */
export const verify = (
  db: Reader,
  evidence: { readonly verifierKey: string; readonly receipts: readonly unknown[] },
): Promise<LedgerReport> =>
  transact(db, 'demo/verify', (tx) => verifyLedger(exportLedger(tx), evidence), {
    isolation: 'repeatable read',
  })

/**
 * All overlaps by signal id, read from the gateway's database. The demonstration may look there
 * because it plays every part at once; no interface gives this to anyone.
 */
async function allGroups(db: Reader): Promise<readonly Group<SignalId>[]> {
  const ids = (await db.selectFrom('overlap_handle').select('signal_id').execute()).map(
    ({ signal_id }) => signal_id as SignalId,
  )
  const links = await linksOf(db, ids, ids.length)
  const tokens = new Map(
    (await liveSignals(db, ids)).map((signal) => [signal.id, tokensOf(signal)]),
  )
  return groupLinks(links, (one, other) =>
    contradictsInAny(tokens.get(one) ?? new Map(), tokens.get(other) ?? new Map()),
  )
}

/** What both operators' databases show once they have stopped. */
export async function lookAfterwards(
  folder: string,
  settings: Settings,
  ledgerKeys: PerOperator<string>,
  receipts: readonly unknown[],
): Promise<{
  readonly ledgers: PerOperator<LedgerReport>
  readonly groups: readonly Group<SignalId>[]
}> {
  const [atGateway, keyholder] = await Promise.all([
    withStopped('gateway', folder, settings, async (db) => ({
      ledger: await verify(db, { verifierKey: ledgerKeys.gateway, receipts }),
      groups: await allGroups(db),
    })),
    withStopped('keyholder', folder, settings, (db) =>
      verify(db, { verifierKey: ledgerKeys.keyholder, receipts: [] }),
    ),
  ])
  return { ledgers: { gateway: atGateway.ledger, keyholder }, groups: atGateway.groups }
}
