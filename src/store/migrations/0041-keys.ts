import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

/** Shares have a life: made, opened, refreshed, closed, destroyed; two persons say so. */
export const keys: Migration = {
  name: '0041-keys',
  operators: ['gateway', 'keyholder'],
  async up(db: Kysely<unknown>) {
    await sql`alter table domain_share rename column opened_at to made_at`.execute(db)
    await sql`
      alter table domain_share
        alter column sealed_share drop not null, -- gone when the share is destroyed
        add column generation integer not null default 1, -- one more with every refresh
        add column opened_at timestamptz, -- evaluates from here on
        add column closes_at timestamptz, -- evaluates and takes signals until then
        add column destroyed_at timestamptz`.execute(db)
    await sql`update domain_share set opened_at = made_at`.execute(db)
    await sql`
      create table share_refresh (
        domain text not null,
        epoch integer not null,
        ceremony text not null,
        generation integer not null, -- the one to come
        sealed_part bytea, -- gateway: its part of the amount, until both have switched
        sealed_share bytea, -- keyholder: the share to come
        public_key bytea, -- keyholder: of the share to come
        answer text, -- keyholder: what it answered; gateway: what it has to tell
        primary key (domain, epoch)
      )`.execute(db)
    await sql`
      create table key_ceremony (
        number text primary key,
        payload text not null, -- canonical JSON that both persons signed
        held_at timestamptz not null,
        entries text not null -- JSON: indexes on the own ledger
      )`.execute(db)
  },
  async down(db: Kysely<unknown>) {
    await sql`drop table key_ceremony`.execute(db)
    await sql`drop table share_refresh`.execute(db)
    await sql`delete from domain_share where sealed_share is null`.execute(db)
    await sql`
      alter table domain_share
        drop column generation,
        drop column opened_at,
        drop column closes_at,
        drop column destroyed_at,
        alter column sealed_share set not null`.execute(db)
    await sql`alter table domain_share rename column made_at to opened_at`.execute(db)
  },
}
