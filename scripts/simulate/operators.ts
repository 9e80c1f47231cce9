import { createWriteStream } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Kysely } from 'kysely'
import type { AlarmRules } from '../../src/alarms/rules.ts'
import type { PinnedOperators } from '../../src/client/operators.ts'
import { openLog } from '../../src/door/request-log.ts'
import { openGateway } from '../../src/gateway.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import { openKeyholder } from '../../src/keyholder.ts'
import type { LedgerReport } from '../../src/ledger/verify.ts'
import type { RunningOperator } from '../../src/operator.ts'
import type { OperatorName, PerOperator } from '../../src/oprf/types.ts'
import { openDatabase } from '../../src/store/database.ts'
import { embeddedUrl } from '../../src/store/embedded-postgres.ts'
import type { Tables } from '../../src/store/tables.ts'
import { verify } from '../demo/afterwards.ts'
import { writeSettings } from '../demo/operators.ts'
import type { Seed } from './seeded.ts'
import { writeSeededKeys } from './seeded-keys.ts'

export type Operators = Awaited<ReturnType<typeof openOperators>>

/**
 * Both operators as production makes them, each with a PostgreSQL of its own, in this process: its time is the
 * one that is moved. Besides, a look into both databases, which nobody who takes part has.
 */
export async function openOperators(
  folder: string,
  clock: Clock,
  seed: Seed,
  alarmRules?: Partial<AlarmRules>,
) {
  const { settings } = await writeSettings(folder)
  const undo: (() => Promise<unknown>)[] = []
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= (async () => {
      for (const step of undo.reverse()) await step()
    })()
    return closing
  }
  const surroundings = (name: OperatorName) => {
    const file = createWriteStream(join(folder, `${name}.log`))
    undo.push(async () => void file.end())
    return {
      clock,
      random: seed.randomness(name),
      logger: openLog({ level: 'warn', destination: file }),
      path: (relative: string) => resolve(folder, relative),
      dueWork: 'when-called' as const,
      ...(alarmRules === undefined ? {} : { alarmRules }),
    }
  }
  const running = async (name: OperatorName): Promise<RunningOperator> => {
    const { gateway, keyholder } = settings
    if (gateway === undefined || keyholder === undefined) throw new Error('settings are missing')
    const file = join(folder, name, 'keys/keys.json')
    await writeSeededKeys(file, name, seed.randomness(`keys of the ${name}`))
    const opened = await (name === 'gateway'
      ? openGateway(gateway, surroundings(name))
      : openKeyholder(keyholder, surroundings(name)))
    undo.push(opened.close)
    await opened.server.listen((name === 'gateway' ? gateway : keyholder).listen)
    return opened
  }
  const looking = async (operator: OperatorName): Promise<Kysely<Tables>> => {
    const url = embeddedUrl(join(folder, operator, 'database'))
    const connection = { kind: 'external', url } as const
    const opened = await openDatabase({
      connection,
      operator,
      clock,
      poolSize: 2,
      migrate: 'leave',
    })
    undo.push(opened.close)
    return opened.db
  }
  try {
    const keyholder = await running('keyholder')
    const gateway = await running('gateway')
    const db = { gateway: await looking('gateway'), keyholder: await looking('keyholder') }
    const pinOf = (name: OperatorName, { rootThumbprint }: RunningOperator) => ({
      url: settings[name]?.publicUrl ?? '',
      rootThumbprint,
    })
    const pins: PinnedOperators = {
      gateway: pinOf('gateway', gateway),
      keyholder: pinOf('keyholder', keyholder),
    }
    const codes: PerOperator<string> = {
      gateway: gateway.enrolmentCode ?? '',
      keyholder: keyholder.enrolmentCode ?? '',
    }
    return {
      db: db.gateway,
      pins,
      codes,
      async runDueWork(): Promise<void> {
        await keyholder.runDueWork()
        await gateway.runDueWork()
      },
      /** Both ledgers, recomputed from their first entry to their last. */
      async verifyLedgers(receipts: readonly unknown[]): Promise<PerOperator<LedgerReport>> {
        const { ledgerKey: verifierKey } = gateway
        return {
          gateway: await verify(db.gateway, { verifierKey, receipts }),
          keyholder: await verify(db.keyholder, {
            verifierKey: keyholder.ledgerKey,
            receipts: [],
          }),
        }
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
