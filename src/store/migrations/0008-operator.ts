import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const operator: Migration = {
  name: '0008-operator',
  operators: ['gateway', 'keyholder'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table key_fingerprint (
        id smallint primary key default 1 check (id = 1),
        fingerprint text not null -- of the keys that this database was made with
      )`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`drop table key_fingerprint`.execute(db)
  },
}
