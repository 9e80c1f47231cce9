import type { ChildProcess } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { isUnavailable, sqlStateOf } from '../unavailable.ts'
import { hasEnded } from './supervisor.ts'

const answerMilliseconds = 60_000
/** Replaying the log after a power cut may take long; the server says so with this state. */
const recoveryMilliseconds = 900_000
const startingUp = '57P03'

/**
 * Waits until the server takes connections.
 * @throws Error with the end of its log when it ends before or never answers
 */
export async function firstAnswer(
  child: ChildProcess,
  url: string,
  logTail: () => string,
): Promise<void> {
  const begun = performance.now()
  for (;;) {
    const refusal = await tryConnection(url)
    if (refusal === undefined) return
    if (hasEnded(child)) throw new Error(`PostgreSQL did not start: ${logTail()}`)
    if (!isUnavailable(refusal)) throw refusal
    const patience = sqlStateOf(refusal) === startingUp ? recoveryMilliseconds : answerMilliseconds
    if (performance.now() - begun > patience)
      throw new Error(`PostgreSQL does not answer: ${logTail()}`, { cause: refusal })
    await pause(10)
  }
}

async function tryConnection(url: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  // A server that dies in the middle is told by the next attempt.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.end()
    return undefined
  } catch (error) {
    return error
  }
}
