import { sql } from 'kysely'

/**
 * What happened to signals after they were submitted, and when, as a table expression for rooms that keep
 * something of signals: `signal_id`, `cause`, `changed_at`. A signal that was corrected and then ended is there twice.
 */
export const signalChanges = sql`(
  select signal.id as signal_id, change.cause, change.changed_at
  from signal
  cross join lateral (values
    ('corrected', signal.corrected_at),
    ('restricted', signal.restricted_at),
    ('restriction-lifted', signal.restriction_lifted_at),
    (case when signal.state in ('live', 'restricted') then null else signal.state end, signal.ended_at)
  ) as change (cause, changed_at)
  where change.cause is not null and change.changed_at is not null
)`

/** The ids of signals of which their subject is told nothing, as a table expression. */
export const confidentialSignals = sql`(select signal_id from signal_restriction where measure = 'confidentiality')`

/** The ids of signals that are not there any more, as a table expression. */
export const endedSignals = sql`(select signal.id as signal_id from signal where signal.state <> 'live')`
