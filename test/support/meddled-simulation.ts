/** A short simulation in whose gateway somebody meddles: `node meddled-simulation.ts FAULT …`. Says what does not add up. */
import { sql } from 'kysely'
import { type SimulationSettings, simulate } from '../../scripts/simulate/run.ts'

/** What is done to the database after each day, as no caller can. */
const faults: Readonly<Record<string, NonNullable<SimulationSettings['meddle']>>> = {
  /** Terms are forgotten, so that nobody is told when they pass. */
  'no-terms': async (db) => {
    await db.deleteFrom('follow_up_clock').execute()
  },
  /** What was written down of escalations goes. */
  'no-entry': async (db) => {
    await sql`delete from follow_up_step where kind = 'escalate'`.execute(db)
  },
  /** An overlap has the lead of nobody. */
  'no-owner': async (db, day) => {
    if (day === 8) await db.updateTable('follow_up').set({ lead_id: 'nobody' }).execute()
  },
  /** An outcome is another one than was recorded. */
  'other-outcome': async (db) => {
    await db
      .updateTable('follow_up')
      .set({ outcome: 'no-capacity' })
      .where('state', '=', 'closed')
      .execute()
  },
}

const chosen = process.argv.slice(2).map((name) => faults[name])
const found = await simulate({
  seed: 7,
  days: 18,
  agencies: 5,
  meddle: async (db, day) => {
    for (const meddle of chosen) {
      if (meddle === undefined) throw new Error('there is no such fault')
      await meddle(db, day)
    }
  },
})
process.stdout.write(JSON.stringify(found))
