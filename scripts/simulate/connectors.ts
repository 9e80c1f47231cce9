import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { GatewayProblem } from '../../src/client/errors.ts'
import { openJournal } from '../../src/client/journal.ts'
import { readRows } from '../../src/client/rows.ts'
import { correctRow, submitRows } from '../../src/client/submission.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import { dayOf } from '../../src/kernel/clock.ts'
import type { Receipt } from '../../src/wire/common.ts'
import type { Party } from './agreement.ts'
import { fileOf, type PlannedSignal } from './cases.ts'

/** A signal that was taken: whose it is, and whom it is about in truth. */
export type Sent = {
  readonly id: string
  readonly agency: string
  readonly at: Date
  person: string
  readonly plan: PlannedSignal
}

export type Connectors = Awaited<ReturnType<typeof openConnectors>>

/** What agencies' machines do: they send files, correct and withdraw, each with a journal of its own. */
export async function openConnectors(parties: readonly Party[], folder: string, clock: Clock) {
  await mkdir(join(folder, 'journals'), { recursive: true })
  const journals = new Map(
    await Promise.all(
      parties.map(
        async ({ id }) => [id, await openJournal(join(folder, 'journals', `${id}.jsonl`))] as const,
      ),
    ),
  )
  const journalOf = (id: string) => {
    const found = journals.get(id)
    if (found === undefined) throw new Error(`${id} has no journal`)
    return found
  }
  const sent = new Map<string, Sent>()
  const receipts: Receipt[] = []
  const ended = new Set<string>()
  let accepted = 0

  return {
    sent,
    receipts,
    accepted: () => accepted,

    /** One file of signals. Rows that the connector leaves out, as past their retention, are no signals. */
    async submit(party: Party, planned: readonly PlannedSignal[]): Promise<Sent[]> {
      const at = clock.now()
      const file = fileOf(planned.map(({ cells }) => cells))
      const { rows } = readRows(file, { today: dayOf(at) })
      const { partner, under } = party
      const journal = journalOf(party.id)
      const report = await submitRows({ partner, rows, under, journal })
      accepted += report.accepted
      receipts.push(...report.receipts)
      if (report.refused.length > 0) throw new Error(`refused: ${report.refused[0]?.reason}`)
      const made = [...report.signalIds].map(([line, id]): Sent => {
        const plan = planned[line - 2]
        if (plan === undefined) throw new Error('a signal of no row')
        return { id, agency: party.id, at, person: plan.person, plan }
      })
      for (const one of made) sent.set(one.id, one)
      return made
    },

    /** Its owner corrects a signal. One that has ended meanwhile stays as it is. */
    async correct(party: Party, one: Sent): Promise<void> {
      const { corrected } = one.plan
      if (corrected === undefined || ended.has(one.id)) return
      const file = fileOf([corrected.cells])
      const [row] = readRows(file, { today: dayOf(clock.now()) }).rows
      const { partner, under } = party
      if (row === undefined || partner.isPastRetention(row, under)) return
      const journal = journalOf(party.id)
      const done = await unlessOver(() => correctRow({ partner, id: one.id, row, under, journal }))
      if (done) one.person = corrected.person
    },

    async withdraw(party: Party, one: Sent): Promise<void> {
      if (ended.has(one.id)) return
      await unlessOver(() => party.partner.withdraw(one.id, 'entered-by-mistake'))
      ended.add(one.id)
    },

    async close(): Promise<void> {
      for (const journal of journals.values()) await journal.close()
    },
  }
}

/** Whether it was done. False when the signal had ended by then. */
async function unlessOver(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    if (error instanceof GatewayProblem && error.code === 'signals/ended') return false
    throw error
  }
}
