import { Fault } from '../kernel/fault.ts'
import type { AgencyId } from '../kernel/ids.ts'
import {
  type LogQuery,
  type ProcessingPage,
  type ProcessingRecord,
  type ReadProcessingBody,
  recordsPerPage,
} from '../wire/processing-log.ts'
import type { Activities } from './activities.ts'
import type { Pseudonyms } from './pseudonyms.ts'
import { type LogReader, openReading, type ReadingRooms } from './reading.ts'
import type { Records } from './records.ts'
import * as store from './store.ts'
import type { LogFilter, TracedEntry } from './types.ts'

export type ProcessingLog = ReturnType<typeof openProcessingLog>
export type LogEntries = ReturnType<typeof openLogEntries>

/** Entries that are read from the database at once, while a log is streamed. */
const entriesAtOnce = 500

/** Who does not ask for confidential activities is shown what it would be shown if there were none. */
const shown = (activities: LogQuery['activities']): Pick<LogFilter, 'confidential'> =>
  activities === 'all' ? {} : { confidential: false }

/** Entries of which logs for others are made, agency by agency. */
export function openLogEntries({
  db,
  activities,
}: Pick<ReadingRooms, 'db'> & { readonly activities: Activities }) {
  const whose = (agency: AgencyId): store.Whose => ({ ...activities, agency })
  return {
    /** All entries of an agency's log before an index, the oldest first, read piece by piece as they are taken. */
    async *each(
      agency: AgencyId,
      { activities: asked, from, until, about }: LogQuery,
      before: number,
      kinds?: readonly string[],
    ): AsyncGenerator<TracedEntry[]> {
      const filter = {
        ...shown(asked),
        from,
        until,
        ...(about === undefined ? {} : { about }),
        ...(kinds === undefined ? {} : { kinds }),
      }
      let after = -1
      for (;;) {
        const span = { after, before, limit: entriesAtOnce }
        const entries = await store.entriesOf(db, whose(agency), filter, span)
        if (entries.length > 0) yield entries
        const last = entries.at(-1)
        if (last === undefined || entries.length < entriesAtOnce) return
        after = last.index
      }
    },

    page: (agency: AgencyId, filter: LogFilter, span: store.Span): Promise<TracedEntry[]> =>
      store.entriesOf(db, whose(agency), filter, span),

    subjects: (agency: AgencyId, filter: LogFilter) => store.subjectsOf(db, whose(agency), filter),

    ofAll: (span: store.Span): Promise<TracedEntry[]> => store.entriesOfAll(db, activities, span),
  }
}

/**
 * The log of processing (Logboek Dataverwerkingen) of each agency: what it did at this operator and what was done for it,
 * made of the ledger's entries when it is asked for. An agency is never shown what others did, nor what its own confidential
 * activities did unless it asks for them with their scope. Comparing signals is a part of submitting each of them and makes no
 * record of its own: a record would tell of a match. Names no officer and no machine.
 */
export function openProcessingLog({
  activities,
  pseudonyms,
  records,
  entries,
  ...rooms
}: ReadingRooms & {
  readonly activities: Activities
  readonly pseudonyms: Pseudonyms
  readonly records: Records
  readonly entries: LogEntries
}) {
  const read = openReading(rooms)

  /** Undefined where nothing can be as asked. */
  function filterOf(asked: ReadProcessingBody): LogFilter | undefined {
    const uri = asked['dpl.core.processing_activity_id']
    const own = {
      ...shown(asked.activities),
      ...(asked.traceId === undefined ? {} : { traceId: asked.traceId }),
    }
    if (uri === undefined) return own
    const found = activities.find(uri)
    if (found === undefined || (found.confidential && own.confidential === false)) return undefined
    const { kinds, confidential, from, until } = found
    const which = kinds === undefined ? { exceptKinds: activities.namedKinds } : { kinds }
    return { ...own, ...which, confidential, from, until }
  }

  /** Ids cannot be had back from a pseudonym: those of the agency's own records are tried. */
  async function aboutSubject(
    agency: AgencyId,
    filter: LogFilter,
    pseudonym: string,
  ): Promise<LogFilter | undefined> {
    const known = await entries.subjects(agency, filter)
    const found = known.find((subject) => pseudonyms.of(agency, subject) === pseudonym)
    return found && { ...filter, about: found.id }
  }

  return {
    activities,

    /**
     * A page of records by trace, activity or subject, the oldest first (reading extension of Logboek Dataverwerkingen).
     * The page does not hold the reading itself.
     * @throws Fault door/invalid-input when none of the three is given; policy/denied, door/forbidden
     */
    async page(reader: LogReader, asked: ReadProcessingBody): Promise<ProcessingPage> {
      const { agency } = reader
      const pseudonym = asked['dpl.core.data_subject_id']
      if (
        asked.traceId === undefined &&
        pseudonym === undefined &&
        asked['dpl.core.processing_activity_id'] === undefined
      ) {
        throw new Fault('door/invalid-input', [
          { at: '/body', message: 'name a trace, a processing activity or a data subject' },
        ])
      }
      const before = await read(reader, 'processing-log.read', asked)
      let filter = filterOf(asked)
      if (filter !== undefined && pseudonym !== undefined) {
        filter = await aboutSubject(agency, filter, pseudonym)
      }
      if (filter === undefined) return { records: [] }
      const span = { after: asked.after ?? -1, before, limit: recordsPerPage + 1 }
      const found = await entries.page(agency, filter, span)
      const page = found.slice(0, recordsPerPage)
      const last = page.at(-1)
      return {
        records: page.map((entry) => records.processing(entry, agency)),
        ...(found.length > page.length && last !== undefined ? { next: last.index } : {}),
      }
    },

    /**
     * All records of the asker's agency, the oldest first, piece by piece. Ends before the reading itself.
     * @throws Fault policy/denied, door/forbidden
     */
    async stream(
      reader: LogReader,
      query: LogQuery,
    ): Promise<AsyncGenerator<readonly ProcessingRecord[]>> {
      const before = await read(reader, 'processing-log.read', query)
      const { agency } = reader
      const pieces = entries.each(agency, query, before)
      return (async function* () {
        for await (const piece of pieces) {
          yield piece.map((entry) => records.processing(entry, agency))
        }
      })()
    },
  }
}
