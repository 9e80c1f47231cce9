import Type, { type Static } from 'typebox'
import { measureGrounds, signalMeasures } from './codes/restrictions.ts'
import { codesOf } from './codes.ts'
import { closed, Day, Instant, Line, ListOf, OneOf, Uuid } from './common.ts'

export const mostRestrictions = 1_000

const Measure = OneOf(codesOf(signalMeasures))
const ReviewOn = Type.String({
  ...Day,
  description: 'When you look at it again: at most 184 days ahead. It stays until you lift it',
})

export const RestrictBody = Type.Object(
  { measure: Measure, ground: OneOf(codesOf(measureGrounds)), reviewOn: ReviewOn },
  { ...closed, title: 'RestrictBody' },
)
export type RestrictBody = Static<typeof RestrictBody>

export const ReviewRestrictionBody = Type.Object(
  { measure: Measure, reviewOn: ReviewOn },
  { ...closed, title: 'ReviewRestrictionBody' },
)
export type ReviewRestrictionBody = Static<typeof ReviewRestrictionBody>

export const LiftRestrictionBody = Type.Object(
  { measure: Measure },
  { ...closed, title: 'LiftRestrictionBody' },
)
export type LiftRestrictionBody = Static<typeof LiftRestrictionBody>

export const RestrictionView = Type.Object(
  {
    signal: Type.Object({ id: Uuid, caseReference: Type.Optional(Line(100)) }, closed),
    measure: Measure,
    ground: OneOf(codesOf(measureGrounds)),
    since: Instant,
    reviewOn: Day,
    isDue: Type.Boolean(),
  },
  { ...closed, title: 'RestrictionView' },
)
export type RestrictionView = Static<typeof RestrictionView>

/** What is laid on one signal now. */
export const RestrictionAnswer = Type.Object(
  { restrictions: ListOf(RestrictionView, 2) },
  { ...closed, title: 'RestrictionAnswer' },
)
export type RestrictionAnswer = Static<typeof RestrictionAnswer>

export const RestrictionList = Type.Object(
  { restrictions: ListOf(RestrictionView, mostRestrictions) },
  { ...closed, title: 'RestrictionList' },
)
export type RestrictionList = Static<typeof RestrictionList>
