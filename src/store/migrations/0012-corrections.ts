import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const corrections: Migration = {
  name: '0012-corrections',
  operators: ['gateway'],
  async up(db: Kysely<unknown>) {
    await sql`alter table signal add column corrected_at timestamptz -- last time; null: never`.execute(
      db,
    )
    await sql`alter table quota_use drop constraint quota_use_kind_check`.execute(db)
    await sql`
      alter table quota_use add constraint quota_use_kind_check
        check (kind in ('evaluation', 'submission', 'withdrawal', 'correction'))`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`delete from quota_use where kind = 'correction'`.execute(db)
    await sql`alter table quota_use drop constraint quota_use_kind_check`.execute(db)
    await sql`
      alter table quota_use add constraint quota_use_kind_check
        check (kind in ('evaluation', 'submission', 'withdrawal'))`.execute(db)
    await sql`alter table signal drop column corrected_at`.execute(db)
  },
}
