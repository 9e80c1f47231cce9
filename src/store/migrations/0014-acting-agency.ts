import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const actingAgency: Migration = {
  name: '0014-acting-agency',
  operators: ['gateway'],
  async up(db: Kysely<unknown>) {
    await sql`
      alter table signal
        add column acting_agency_id text -- who submitted it for agency_id; null: agency_id itself
      `.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`alter table signal drop column acting_agency_id`.execute(db)
  },
}
