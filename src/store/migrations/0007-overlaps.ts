import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const overlaps: Migration = {
  name: '0007-overlaps',
  operators: ['gateway'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table link (
        one text not null, -- signal id; smaller than other
        other text not null,
        quality text not null check (quality in ('certain', 'probable', 'possible')),
        bits double precision not null,
        reasons text not null, -- JSON array of coarse classes; never which number
        rests_on_identifier boolean not null,
        found_at timestamptz not null,
        primary key (one, other),
        check (one < other)
      )`.execute(db)
    await sql`create index link_other on link (other)`.execute(db)
    await sql`
      create table overlap_handle (
        handle text primary key, -- random: two receivers cannot join theirs
        agency_id text not null,
        signal_id text not null unique, -- the receiver's own signal, to which the handle is anchored
        made_at timestamptz not null
      )`.execute(db)
    await sql`create index overlap_handle_of_agency on overlap_handle (agency_id, handle)`.execute(
      db,
    )
  },
  async down(db: Kysely<unknown>) {
    await sql`drop table overlap_handle`.execute(db)
    await sql`drop table link`.execute(db)
  },
}
