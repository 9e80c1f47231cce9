import Type, { type Static } from 'typebox'
import { spanIdPattern, traceIdPattern } from '../kernel/trace-context.ts'
import { occasions } from './access.ts'
import { closed, Instant, ListOf, OneOf, Uuid } from './common.ts'

/** Most records on one page. */
export const recordsPerPage = 100

/** Why a log is read; stands on the ledger. */
export const logOccasions = [...occasions, 'subject-request', 'audit'] as const
export const LogOccasion = OneOf(logOccasions, { description: 'Why you read the log' })

/** Which processing activities are shown: without a confidential activity, or with them. */
export const ActivitiesShown = OneOf(['ordinary', 'all'], {
  description:
    'Confidential activities are shown on `all` only, with the scope `oversee-confidential`; else they look like none',
})

export const TraceIdText = Type.String({
  pattern: traceIdPattern,
  description: 'Trace (W3C Trace Context): 16 bytes, hexadecimal',
})
const SpanIdText = Type.String({
  pattern: spanIdPattern,
  description: 'Action in the trace: 8 bytes, hexadecimal',
})
const Milliseconds = (what: string) =>
  Type.Integer({ minimum: 0, description: `${what}, in milliseconds since 1970 (UTC)` })
const ActivityUri = Type.String({
  format: 'uri',
  maxLength: 500,
  description: 'Processing activity, with its version, in the register of this operator',
})
const SubjectPseudonym = Type.String({
  pattern: '^[A-Za-z0-9_-]{43}$',
  description:
    'Pseudonym of the record that the action was about, of your agency only: HMAC-SHA-256, base64url',
})
export const subjectTypes = [
  'signal',
  'overlap',
  'disclosure',
  'grant',
  'emergency',
  'recall',
  'flag',
] as const
const EntryIndex = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'Index of the entry on the operator’s ledger',
})

/** The system that keeps the log, by the names of OpenTelemetry. */
export const LogResource = Type.Object(
  {
    'service.name': OneOf(['raakvlak-gateway', 'raakvlak-keyholder']),
    'service.version': Type.String({ maxLength: 50 }),
  },
  closed,
)
export type LogResource = Static<typeof LogResource>

/** One action on one subject, in the form of Logboek Dataverwerkingen. Names no officer and no machine. */
export const ProcessingRecord = Type.Object(
  {
    trace_id: TraceIdText,
    span_id: SpanIdText,
    parent_span_id: Type.Optional(SpanIdText),
    status: OneOf(['Unset', 'Ok', 'Error'], {
      description: 'Unset: the act was refused. Ok: it was done',
    }),
    name: Type.String({
      pattern: '^[a-z-]+\\.[a-z-]+$',
      maxLength: 60,
      description: 'What was done: a kind of entry on the ledger',
    }),
    start_time: Milliseconds('When the request came'),
    end_time: Milliseconds('When the act was decided and written to the ledger'),
    attributes: Type.Object(
      {
        'dpl.core.processing_activity_id': ActivityUri,
        'dpl.core.data_subject_id': Type.Optional(SubjectPseudonym),
        'dpl.core.data_subject_id_type': Type.Optional(OneOf(subjectTypes)),
        'dpl.core.foreign_operation.processor': Type.Optional(
          Type.String({
            format: 'uri',
            maxLength: 500,
            description: 'Who asked for it: a name; nothing needs to be there',
          }),
        ),
        'raakvlak.ledger_index': EntryIndex,
      },
      closed,
    ),
    resource: LogResource,
  },
  {
    ...closed,
    title: 'ProcessingRecord',
    description: 'One action on one subject (Logboek Dataverwerkingen), as the ledger has it',
  },
)
export type ProcessingRecord = Static<typeof ProcessingRecord>

export const ReadProcessingBody = Type.Object(
  {
    traceId: Type.Optional(TraceIdText),
    'dpl.core.processing_activity_id': Type.Optional(ActivityUri),
    'dpl.core.data_subject_id': Type.Optional(SubjectPseudonym),
    occasion: LogOccasion,
    activities: Type.Optional(ActivitiesShown),
    after: Type.Optional(EntryIndex),
  },
  {
    ...closed,
    title: 'ReadProcessing',
    description: 'At least one of trace, activity and subject; together they narrow',
  },
)
export type ReadProcessingBody = Static<typeof ReadProcessingBody>

export const ProcessingPage = Type.Object(
  {
    records: ListOf(ProcessingRecord, recordsPerPage),
    next: Type.Optional(Type.Integer({ description: 'Ask for what is `after` this for more' })),
  },
  { ...closed, title: 'ProcessingPage' },
)
export type ProcessingPage = Static<typeof ProcessingPage>

/** What a stream of a log is asked for; oldest first. */
export const LogQuery = Type.Object(
  {
    occasion: LogOccasion,
    from: Type.Optional(Instant),
    until: Type.Optional(Instant),
    about: Type.Optional(
      Type.String({ ...Uuid, description: 'Only of this record of yours, such as a signal' }),
    ),
    activities: Type.Optional(ActivitiesShown),
  },
  closed,
)
export type LogQuery = Static<typeof LogQuery>

export const ndjsonType = 'application/x-ndjson'

const Version = Type.Object(
  {
    version: Type.Integer({ minimum: 1 }),
    since: Instant,
    en: Type.String({ minLength: 1, maxLength: 1_000 }),
    nl: Type.String({ minLength: 1, maxLength: 1_000 }),
    articles: Type.Array(Type.String({ maxLength: 200 }), { minItems: 1, maxItems: 20 }),
  },
  closed,
)
export const activityPattern = '^[a-z]+(?:-[a-z]+)*$'

/** The register of processing activities as it stands in `config/processing-activities.json`. */
export const ActivityRegister = Type.Object(
  {
    confidentialBases: Type.Array(Type.String({ pattern: '^[a-z0-9-]{2,63}$' }), { maxItems: 50 }),
    activities: Type.Array(
      Type.Object(
        {
          code: Type.String({ pattern: activityPattern, maxLength: 60 }),
          kinds: Type.Array(Type.String({ pattern: '^[a-z-]+\\.[a-z-]+$' }), { maxItems: 100 }),
          versions: Type.Array(Version, { minItems: 1, maxItems: 100 }),
        },
        closed,
      ),
      { minItems: 1, maxItems: 100 },
    ),
  },
  closed,
)
export type ActivityRegister = Static<typeof ActivityRegister>

/** A processing activity in one version, as it is published. */
export const ProcessingActivity = Type.Object(
  {
    id: ActivityUri,
    version: Type.Integer({ minimum: 1 }),
    validFrom: Instant,
    confidential: Type.Boolean({
      description: 'Whether its records are shown only to who may know',
    }),
    kinds: ListOf(Type.String({ maxLength: 60 }), 100, {
      description: 'Kinds of entries on the ledger that it covers',
    }),
    en: Type.String({ maxLength: 1_000 }),
    nl: Type.String({ maxLength: 1_000 }),
    articles: ListOf(Type.String({ maxLength: 200 }), 20),
  },
  { ...closed, title: 'ProcessingActivity' },
)
export type ProcessingActivity = Static<typeof ProcessingActivity>

export const ProcessingActivities = Type.Object(
  { activities: ListOf(ProcessingActivity, 20_000) },
  { ...closed, title: 'ProcessingActivities' },
)
export type ProcessingActivities = Static<typeof ProcessingActivities>

export const ActivityParams = Type.Object(
  {
    activity: Type.String({ pattern: activityPattern, maxLength: 80 }),
    version: Type.Integer({ minimum: 1, maximum: 100 }),
  },
  closed,
)
export type ActivityParams = Static<typeof ActivityParams>
