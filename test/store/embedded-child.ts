/** A gateway that has nothing but its database: opens it, says `open <pid of the server>`, and closes it at the end of its input. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../src/kernel/clock.ts'
import { openDatabase } from '../../src/store/database.ts'

const [directory = ''] = process.argv.slice(2)
try {
  const { close } = await openDatabase({
    connection: { kind: 'embedded', directory },
    operator: 'gateway',
    clock: systemClock,
  })
  const pid = Number.parseInt(
    readFileSync(join(directory, 'postgres', 'cluster', 'postmaster.pid'), 'utf8'),
    10,
  )
  console.log(`open ${pid}`)
  process.stdin.resume()
  process.stdin.once('end', async () => {
    await close()
    console.log('closed')
  })
} catch (error) {
  console.log(`refused ${error instanceof Error ? error.message : error}`)
}
