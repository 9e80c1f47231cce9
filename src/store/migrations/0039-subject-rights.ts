import { type Kysely, sql } from 'kysely'
import type { Migration } from '../migrations.ts'

export const subjectRights: Migration = {
  name: '0039-subject-rights',
  operators: ['gateway'],
  async up(db: Kysely<unknown>) {
    await sql`
      create table subject_request (
        -- immutable
        id text primary key, -- made by the contact point's client
        agency_id text not null, -- the contact point
        agreement_hash text not null,
        kind text not null,
        asker text not null,
        age text not null,
        identity_check text not null,
        received_on date not null,
        filed_at timestamptz not null,
        ledger_index bigint not null,
        -- mutable
        case_reference bytea, -- sealed by the column key; null once closed
        body_hash bytea, -- tells a retry from another request; null once closed
        extension text, -- the reason; null: not extended
        extended_at timestamptz,
        remind_at timestamptz, -- when the contact point is told next; null once closed
        ended text,
        ended_at timestamptz
      )`.execute(db)
    await sql`create index subject_request_of_agency on subject_request (agency_id, filed_at)`.execute(
      db,
    )
    await sql`create index subject_request_to_remind on subject_request (remind_at) where remind_at is not null`.execute(
      db,
    )
    await sql`
      create table subject_request_task (
        -- immutable
        id text primary key,
        request_id text not null,
        agency_id text not null, -- the party that answers
        quality text not null,
        reasons text not null, -- JSON array of coarse classes
        -- mutable
        signal_id text, -- null once the request is closed: no trace stays of which signals belong together
        outcome text,
        ground text,
        is_silent boolean not null default false, -- whoever asked is not to learn of the signal
        answer bytea, -- JSON, sealed by the column key: what may be told; null once closed
        answered_at timestamptz,
        remind_at timestamptz -- when the party is told next; null once answered or closed
      )`.execute(db)
    await sql`create index subject_request_task_of_request on subject_request_task (request_id)`.execute(
      db,
    )
    await sql`create index subject_request_task_of_agency on subject_request_task (agency_id)`.execute(
      db,
    )
    await sql`create index subject_request_task_to_remind on subject_request_task (remind_at) where remind_at is not null`.execute(
      db,
    )
    await sql`alter table quota_use drop constraint quota_use_kind_check`.execute(db)
    await sql`
      alter table quota_use add constraint quota_use_kind_check
        check (kind in ('evaluation', 'submission', 'withdrawal', 'correction', 'subject-request'))`.execute(
      db,
    )
  },
  async down(db: Kysely<unknown>) {
    await sql`delete from quota_use where kind = 'subject-request'`.execute(db)
    await sql`alter table quota_use drop constraint quota_use_kind_check`.execute(db)
    await sql`
      alter table quota_use add constraint quota_use_kind_check
        check (kind in ('evaluation', 'submission', 'withdrawal', 'correction'))`.execute(db)
    await sql`drop table subject_request_task`.execute(db)
    await sql`drop table subject_request`.execute(db)
  },
}
