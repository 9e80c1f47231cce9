import type { AgencyId } from '../kernel/ids.ts'
import type { LogEntries } from '../processing-log/processing-log.ts'
import type { Pseudonyms } from '../processing-log/pseudonyms.ts'
import { type LogReader, openReading, type ReadingRooms } from '../processing-log/reading.ts'
import type { Records } from '../processing-log/records.ts'
import type { TracedEntry } from '../processing-log/types.ts'
import type { Reader } from '../store/reader.ts'
import type { DecisionRecord, EvaluationRequest } from '../wire/decision-log.ts'
import { acts } from '../wire/policy.ts'
import type { LogQuery } from '../wire/processing-log.ts'
import { decisionsBehind, keyOf, type RecordedDecision } from './store.ts'

export type DecisionLog = ReturnType<typeof openDecisionLog>
export type DecisionRecords = ReturnType<typeof openDecisionRecords>

/** What the policies saw of the act itself; a member that did not apply is left out. */
function contextOf({ request, agreement }: RecordedDecision['facts']) {
  const { domain, category, ageBand, subjectKind, dataCategories } = request
  const words = Object.entries({ domain, category, ageBand, subjectKind })
  return {
    ...Object.fromEntries(words.filter(([, word]) => word !== '')),
    ...(dataCategories.length > 0 ? { dataCategories: [...dataCategories] } : {}),
    ...(agreement.legalBases.length > 0 ? { legalBases: [...agreement.legalBases] } : {}),
  }
}

/**
 * A decision may have looked at what its asker is not to know: that a signal is there, and whose it is. Then the entry
 * does not name the agreement that the decision was under. Only what both name is told; else the entry alone speaks,
 * as it does where there was nothing to decide on.
 */
const tellable = (
  { act }: TracedEntry,
  decision: RecordedDecision | undefined,
): RecordedDecision | undefined =>
  decision?.agreement === (act.agreement ?? '') ? decision : undefined

/** Makes records of decisions of entries, and of what was recorded of the decisions behind them. */
export function openDecisionRecords({
  records,
  pseudonyms,
  publicUrl,
  db,
}: {
  readonly records: Records
  readonly pseudonyms: Pseudonyms
  readonly publicUrl: string
  readonly db: Reader
}) {
  const { origin } = new URL(publicUrl)

  function resourceOf({ subject, act }: TracedEntry, agency: AgencyId) {
    if (subject !== undefined) {
      return { type: subject.type, id: pseudonyms.of(agency, subject) }
    }
    return act.agreement === undefined
      ? { type: 'operator' as const, id: records.resource['service.name'] }
      : { type: 'agreement' as const, id: act.agreement }
  }

  function recordOf(
    entry: TracedEntry,
    agency: AgencyId,
    kept: RecordedDecision | undefined,
  ): DecisionRecord {
    const { act, at, index } = entry
    const decision = tellable(entry, kept)
    const permitted = (decision ?? act).outcome === 'permit'
    const { onBehalfOf, agreement, purpose } = act
    const request: EvaluationRequest = {
      subject: { type: 'agency', id: act.agency },
      action: { name: act.kind },
      resource: resourceOf(entry, agency),
      context: {
        ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
        ...(agreement === undefined ? {} : { agreement }),
        ...(purpose === undefined ? {} : { purpose }),
        ...(decision === undefined ? {} : contextOf(decision.facts)),
      },
    }
    return {
      ...records.placeOf(entry),
      event_name: 'adl.access_evaluation',
      timestamp: at.getTime(),
      status: permitted ? 'Ok' : 'Unset',
      attributes: {
        ...(decision === undefined
          ? {}
          : { 'adl.core.policies': `${origin}/policy-sets/${decision.policySet}` }),
        ...(agreement === undefined
          ? {}
          : { 'adl.core.information': `${origin}/v1/agreements/${encodeURIComponent(agreement)}` }),
        'raakvlak.ledger_index': index,
      },
      body: {
        request,
        response: {
          decision: permitted,
          context: { reasons: [...(decision?.reasons ?? act.reasons ?? [])] },
        },
      },
      resource: records.resource,
    }
  }

  return {
    /** The records of entries, each in the log of the agency that is named for it. */
    async of(
      entries: readonly TracedEntry[],
      agencyOf: (entry: TracedEntry) => AgencyId,
    ): Promise<DecisionRecord[]> {
      const decisions = await decisionsBehind(
        db,
        entries.map(({ index }) => index),
      )
      return entries.map((entry) =>
        recordOf(entry, agencyOf(entry), decisions.get(keyOf(entry.index, entry.act.kind))),
      )
    },
  }
}

/** Kinds of entries that bear the name of an act: those that were decided. */
export const decidedKinds: readonly string[] = [...acts]

/**
 * The log of decisions (Authorization Decision Log) of each agency: of acts that it did, and that were done for it under its
 * delegation. Shows and hides what the log of processing does. Where the entry refuses what the decision permits, something
 * else stood in the way, such as a quota.
 */
export function openDecisionLog({
  entries,
  records,
  ...rooms
}: ReadingRooms & { readonly entries: LogEntries; readonly records: DecisionRecords }) {
  const read = openReading(rooms)
  return {
    /**
     * All decisions of the asker's agency, the oldest first, piece by piece. Ends before the reading itself.
     * @throws Fault policy/denied, door/forbidden
     */
    async stream(
      reader: LogReader,
      query: LogQuery,
    ): Promise<AsyncGenerator<readonly DecisionRecord[]>> {
      const before = await read(reader, 'decision-log.read', query)
      const { agency } = reader
      const pieces = entries.each(agency, query, before, decidedKinds)
      return (async function* () {
        for await (const piece of pieces) yield records.of(piece, () => agency)
      })()
    },
  }
}
