import { resolve } from 'node:path'
import { openLog } from '../../src/door/request-log.ts'
import { openGateway } from '../../src/gateway.ts'
import type { RunningOperator } from '../../src/operator.ts'
import { openTestClock } from './clock.ts'
import type { House } from './house.ts'

/**
 * Another gateway process on the same database, some time from now. The first one goes on with the
 * time of the machine, which access tokens need, so what the future did can be asked there.
 */
export async function inFuture<Result>(
  house: House,
  seconds: number,
  work: (gateway: RunningOperator) => Promise<Result>,
): Promise<Result> {
  const clock = openTestClock()
  clock.advance(seconds)
  const gateway = await openGateway(house.settings.gateway, {
    clock,
    random: house.random,
    logger: openLog({ level: 'silent' }),
    path: (relative) => resolve(house.folder, relative),
  })
  try {
    return await work(gateway)
  } finally {
    await gateway.close()
  }
}
