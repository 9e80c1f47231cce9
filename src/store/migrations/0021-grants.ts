import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const grants: Migration = {
  name: '0021-grants',
  operators: ['gateway', 'keyholder'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table disclosure_grant (
        owner_id text not null,
        number text not null, -- also of a grant that was taken back before it came here
        receiver_id text, -- null until a half was released
        release_number text,
        release_hash bytea, -- SHA-256 of the signed release: the same one is answered again
        released_at timestamptz,
        revoked_at timestamptz,
        opened_at timestamptz,
        primary key (owner_id, number)
      )`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`drop table disclosure_grant`.execute(db)
  },
}
