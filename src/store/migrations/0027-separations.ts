import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

const causes = (names: readonly string[]) =>
  sql.raw(`check (end_cause in (${names.map((name) => `'${name}'`).join(', ')}))`)
const before = ['own-signal', 'other-signal', 'agreement']

export const separations: Migration = {
  name: '0027-separations',
  operators: ['gateway'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table separation (
        one text not null, -- signal id; smaller than other
        other text not null,
        separated_at timestamptz not null,
        primary key (one, other),
        check (one < other)
      )`.execute(db)
    await sql`create index separation_other on separation (other)`.execute(db)
    await sql`alter table overlap_handle drop constraint overlap_handle_end_cause_check`.execute(db)
    await sql`
      alter table overlap_handle add constraint overlap_handle_end_cause_check
      ${causes([...before, 'not-the-same'])}`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`update overlap_handle set end_cause = 'other-signal' where end_cause = 'not-the-same'`.execute(
      db,
    )
    await sql`alter table overlap_handle drop constraint overlap_handle_end_cause_check`.execute(db)
    await sql`
      alter table overlap_handle add constraint overlap_handle_end_cause_check ${causes(before)}`.execute(
      db,
    )
    await sql`drop table separation`.execute(db)
  },
}
