import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const sampleBeacons: Migration = {
  name: '0037-sample-beacons',
  operators: ['keyholder'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table sample_beacon (
        week text primary key, -- one word for a week, for good
        statement text not null
      )`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`drop table sample_beacon`.execute(db)
  },
}
