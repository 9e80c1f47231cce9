import { resolve } from 'node:path'
import { openLog } from '../../src/door/request-log.ts'
import { openKeyholder } from '../../src/keyholder.ts'
import type { RunningOperator } from '../../src/operator.ts'
import { openTestClock } from './clock.ts'
import { inFuture } from './future.ts'
import type { House } from './house.ts'

/**
 * Both operators some time from now, on their own databases: another gateway beside the one of the
 * house, and another keyholder in the place of the one of the house, which comes back afterwards.
 */
export async function bothInFuture<Result>(
  house: House,
  seconds: number,
  work: (gateway: RunningOperator) => Promise<Result>,
): Promise<Result> {
  await house.stop('keyholder')
  const clock = openTestClock()
  clock.advance(seconds)
  const keyholder = await openKeyholder(house.settings.keyholder, {
    clock,
    random: house.random,
    logger: openLog({ level: 'silent' }),
    path: (relative) => resolve(house.folder, relative),
  })
  try {
    await keyholder.server.listen(house.settings.keyholder.listen)
    return await inFuture(house, seconds, work)
  } finally {
    await keyholder.close()
    await house.start('keyholder')
  }
}
