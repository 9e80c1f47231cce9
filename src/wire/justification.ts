import Type, { type Static } from 'typebox'
import { slugPattern } from '../kernel/ids.ts'
import { weekPattern } from '../kernel/weeks.ts'
import { Access, Occasion } from './access.ts'
import { lookFindings, lookReasons } from './codes/justifications.ts'
import { codesOf } from './codes.ts'
import {
  AgencyIdText,
  closed,
  Instant,
  ListOf,
  OfficerText,
  OneOf,
  Receipt,
  Statement,
  Uuid,
} from './common.ts'

/** Most drawn looks on one page. */
export const samplesPerPage = 100
/** Most draws in one answer: those of a quarter. */
export const drawsPerPage = 14
/** Most words of the keyholder in one answer. */
export const mostBeacons = 110

export const Week = Type.String({
  pattern: weekPattern,
  description: 'Week of Dutch time (ISO 8601), such as 2026-W48',
})
export const Hash = (description: string) =>
  Type.String({ pattern: '^[A-Za-z0-9_-]{43}$', description })
const Index = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const Client = Type.String({ ...AgencyIdText, description: 'Machine of your agency' })
const Officer = Type.String({
  ...OfficerText,
  description: 'Your own opaque name of the officer who sat at it',
})
const Count = (description: string) => Type.Integer({ minimum: 0, description })

/** Payload of a `sample-beacon`: the keyholder’s word for one week, once, under its root key. */
export const SampleBeaconPayload = Type.Object(
  {
    origin: Type.String({ maxLength: 200, description: 'The gateway’s ledger' }),
    week: Week,
    size: Index,
    root: Type.String({ maxLength: 64, description: 'Root at that size, base64' }),
    value: Hash('32 random bytes of the keyholder'),
    saidAt: Instant,
  },
  closed,
)
export type SampleBeaconPayload = Static<typeof SampleBeaconPayload>

export const SampleBeaconBody = Type.Object(
  { week: Week },
  { ...closed, title: 'SampleBeaconBody' },
)
export type SampleBeaconBody = Static<typeof SampleBeaconBody>

export const SampleBeacon = Type.Object(
  { week: Week, statement: Statement },
  { ...closed, title: 'SampleBeacon', description: 'The keyholder’s word for one week' },
)
export type SampleBeacon = Static<typeof SampleBeacon>

export const SampleBeacons = Type.Object(
  { beacons: ListOf(SampleBeacon, mostBeacons) },
  { ...closed, title: 'SampleBeacons', description: 'Of the last two years, newest first' },
)
export type SampleBeacons = Static<typeof SampleBeacons>

export const sampleStates = [
  'awaiting-reason',
  'reason-overdue',
  'awaiting-review',
  'review-overdue',
  'judged',
] as const

const Reason = OneOf(codesOf(lookReasons), { description: 'Why the officer looked' })
const Finding = OneOf(codesOf(lookFindings), { description: 'What the reviewer found' })
const Article = Type.String({
  pattern: slugPattern,
  description: 'Code of the legal basis that made it necessary, as in the library',
})
const CaseCommitment = Hash('Salted commitment to your own case reference')

export const JustifyBody = Type.Object(
  { reason: Reason, article: Article, caseCommitment: Type.Optional(CaseCommitment) },
  { ...closed, title: 'JustifyBody' },
)
export type JustifyBody = Static<typeof JustifyBody>

export const JudgeBody = Type.Object({ finding: Finding }, { ...closed, title: 'JudgeBody' })
export type JudgeBody = Static<typeof JudgeBody>

const by = { at: Instant, client: Client, officer: Type.Optional(Officer) }

/** A look that was drawn. */
export const Sample = Type.Object(
  {
    id: Uuid,
    week: Week,
    state: OneOf(sampleStates),
    entry: Type.Integer({ minimum: 0, description: 'Index of the look’s first entry' }),
    acts: Type.Integer({ minimum: 1, description: 'How often that was looked at in the week' }),
    look: Type.Optional(Access),
    drawnAt: Instant,
    justifyBy: Instant,
    reviewBy: Instant,
    justification: Type.Optional(
      Type.Object(
        { reason: Reason, article: Article, caseCommitment: Type.Optional(CaseCommitment), ...by },
        closed,
      ),
    ),
    judgement: Type.Optional(Type.Object({ finding: Finding, ...by }, closed)),
  },
  { ...closed, title: 'Sample', description: 'A drawn look; without `look` its entry was erased' },
)
export type Sample = Static<typeof Sample>

export const SampleQuery = Type.Object(
  {
    occasion: Occasion,
    state: Type.Optional(OneOf(sampleStates)),
    finding: Type.Optional(Finding),
    week: Type.Optional(Week),
    before: Type.Optional(Index),
  },
  closed,
)
export type SampleQuery = Static<typeof SampleQuery>

export const OwnSampleQuery = Type.Object({ before: Type.Optional(Index) }, closed)
export type OwnSampleQuery = Static<typeof OwnSampleQuery>

export const SampleParams = Type.Object({ id: Uuid }, closed)
export const SampleReadQuery = Type.Object({ occasion: Occasion }, closed)

export const SamplePage = Type.Object(
  {
    samples: ListOf(Sample, samplesPerPage, { description: 'Those of the newest entries first' }),
    next: Type.Optional(Type.Integer({ description: 'Ask for what is `before` this for more' })),
  },
  { ...closed, title: 'SamplePage' },
)
export type SamplePage = Static<typeof SamplePage>

export const SampleDraw = Type.Object(
  {
    week: Week,
    drawnAt: Instant,
    from: Type.Integer({ description: 'Entries from this index on' }),
    until: Type.Integer({ description: 'Entries before this index' }),
    beacon: Statement,
    secret: Hash('What the gateway was bound to before the week'),
    committed: Receipt,
    seed: Hash('What decides which tickets are lowest'),
    looks: Count('Looks of your agency in the week'),
    drawn: ListOf(Type.Integer({ minimum: 0 }), 25, {
      description: 'Of these the drawn ones, by their first entry',
    }),
    receipt: Type.Optional(Receipt),
    figures: Type.Object(
      {
        justified: Count('Found justified'),
        unjustified: Count('Found unjustified'),
        unclear: Count('Found unclear'),
        overdue: Count('Of the others those whose term has passed'),
      },
      closed,
    ),
  },
  {
    ...closed,
    title: 'SampleDraw',
    description:
      '`committed` is the entry that bound the gateway, `receipt` that of your own draw; none when nobody looked',
  },
)
export type SampleDraw = Static<typeof SampleDraw>

export const SampleDrawQuery = Type.Object({ before: Type.Optional(Week) }, closed)
export type SampleDrawQuery = Static<typeof SampleDrawQuery>

export const SampleDraws = Type.Object(
  { draws: ListOf(SampleDraw, drawsPerPage, { description: 'The newest first' }) },
  { ...closed, title: 'SampleDraws' },
)
export type SampleDraws = Static<typeof SampleDraws>
