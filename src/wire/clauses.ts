import Type, { type Static } from 'typebox'
import { slugPattern } from '../kernel/ids.ts'
import { AgencyIdText, closed, ListOf } from './common.ts'

/** Most uses of the emergency route by one receiver in a day that an agreement can allow. */
const mostEmergenciesPerDay = 20

const LegalBasisCode = Type.String({
  pattern: slugPattern,
  description: 'Code in the library of legal bases',
})

/**
 * Where the parties sign this, a receiver may have sealed fields opened in acute danger to life without
 * the owner's grant. Without it there is no such route.
 */
export const EmergencyClause = Type.Object(
  {
    reviewDays: Type.Integer({
      minimum: 1,
      maximum: 30,
      description: 'Days in which the owner reviews a use',
    }),
    perDay: Type.Integer({
      minimum: 1,
      maximum: mostEmergenciesPerDay,
      description: 'Uses by one receiver in a day',
    }),
    legalBases: ListOf(
      Type.Object(
        { agency: AgencyIdText, codes: ListOf(LegalBasisCode, 10, { minItems: 1 }) },
        closed,
      ),
      200,
      { minItems: 2, description: 'Vital interest, party by party' },
    ),
  },
  { ...closed, title: 'EmergencyClause' },
)
export type EmergencyClause = Static<typeof EmergencyClause>
