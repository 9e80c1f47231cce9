import Type, { type Static } from 'typebox'
import { qualities } from './codes.ts'
import {
  AgencyIdText,
  AgreementHashText,
  closed,
  Instant,
  Line,
  ListOf,
  OneOf,
  PurposeText,
  Receipt,
  Statement,
  Thumbprint,
} from './common.ts'

/** Lower edges, in bits, of all bins of a histogram but the first, which takes every score below 5. */
export const scoreEdges = [
  5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 70, 80, 90, 100, 120, 140, 160,
] as const

/** Subjects under which a histogram is refused: with fewer, one count can point to two of them. */
export const fewestSubjects = 200

/** Links are counted in steps of so many, rounded down: one more or one less does not show. */
export const linkStep = 20

/** The estimated precision under which a threshold may not be lowered, per quality. */
export const precisionFloors = { certain: 0.99, probable: 0.95, possible: 0.8 } as const

export const LinkageVersion = Type.String({
  pattern: '^lk[1-9][0-9]{0,3}$',
  description: 'Version of the linkage keys',
})

const mostSubjects = 1_000_000

export const HistogramBody = Type.Object(
  {
    purpose: PurposeText,
    linkage: LinkageVersion,
    subjects: Type.Integer({
      minimum: 2,
      maximum: mostSubjects,
      description: `Subjects of your own, none of them twice; fewer than ${fewestSubjects} are refused`,
    }),
    counts: ListOf(
      Type.Integer({ minimum: 0, maximum: (mostSubjects * (mostSubjects - 1)) / 2 }),
      scoreEdges.length + 1,
      {
        minItems: scoreEdges.length + 1,
        description: `Pairs of them per bin of bits; the bins begin at ${scoreEdges.join(', ')}, the first takes what is below`,
      },
    ),
  },
  { ...closed, title: 'HistogramBody' },
)
export type HistogramBody = Static<typeof HistogramBody>

export const HistogramAnswer = Type.Object(
  { receipt: Receipt },
  { ...closed, title: 'HistogramAnswer' },
)
export type HistogramAnswer = Static<typeof HistogramAnswer>

const Bits = Type.Integer({ minimum: 0, maximum: 1000, description: 'Bits' })

export const ThresholdBits = Type.Object(
  { certain: Bits, probable: Bits, possible: Bits },
  { ...closed, title: 'ThresholdBits', description: 'Bits from which names are of a quality' },
)

const Precision = Type.Number({
  minimum: 0,
  maximum: 1,
  description: 'Estimated precision, rounded down to hundredths',
})

export const ThresholdReason = OneOf(
  ['estimate-too-low', 'false-overlaps', 'missed-overlaps', 'pool-changed'],
  { description: 'Why it was moved' },
)
export type ThresholdReason = Static<typeof ThresholdReason>

const explanation = Type.String({
  ...Line(500),
  minLength: 10,
  description: 'Why, in words of the person who decided; read by all parties, without any subject',
})

/** What the signer saw and wants: payload of a `threshold-move`, signed with a party's signing key. */
export const ThresholdMovePayload = Type.Object(
  {
    audience: Thumbprint,
    agency: AgencyIdText,
    agreement: AgreementHashText,
    linkage: LinkageVersion,
    move: Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      description: 'One more than the moves before it; so a statement counts once',
    }),
    thresholds: ThresholdBits,
    reason: ThresholdReason,
    explanation,
    movedAt: Instant,
  },
  closed,
)
export type ThresholdMovePayload = Static<typeof ThresholdMovePayload>

export const ThresholdMoveBody = Type.Object(
  { statement: Statement },
  { ...closed, title: 'ThresholdMoveBody' },
)
export type ThresholdMoveBody = Static<typeof ThresholdMoveBody>

/** The thresholds in force, and what they are estimated to be worth. */
export const ThresholdsView = Type.Object(
  {
    linkage: LinkageVersion,
    thresholds: ThresholdBits,
    moves: Type.Integer({ minimum: 0, description: 'How often a threshold was moved' }),
    lastMove: Type.Optional(
      Type.Object(
        { agency: AgencyIdText, reason: ThresholdReason, explanation, movedAt: Instant },
        closed,
      ),
    ),
    histograms: Type.Integer({
      minimum: 0,
      description: 'How many histograms the estimates rest on',
    }),
    levels: ListOf(
      Type.Object(
        {
          quality: OneOf(qualities),
          bits: Bits,
          precision: Type.Optional(Precision),
          floor: Precision,
        },
        closed,
      ),
      qualities.length,
      { description: 'Per quality, of all links whose names reach its threshold' },
    ),
    steps: ListOf(
      Type.Object({ bits: Bits, precision: Type.Optional(Precision) }, closed),
      scoreEdges.length,
      { description: 'The same for every place where a threshold can stand' },
    ),
  },
  { ...closed, title: 'ThresholdsView' },
)
export type ThresholdsView = Static<typeof ThresholdsView>
