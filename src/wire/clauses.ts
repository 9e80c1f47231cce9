import Type, { type Static } from 'typebox'
import { slugPattern } from '../kernel/ids.ts'
import { AgencyIdText, ContactDesk, closed, ListOf } from './common.ts'

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

/**
 * Where the parties sign this, one of them looks again at a person who is a suspect to one agency and a
 * presumed victim to another (Directive 2011/36/EU art. 8). Without it nobody is told.
 */
export const NonPunishmentClause = Type.Object(
  {
    agency: Type.String({
      ...AgencyIdText,
      description: 'The party whose designated officer reviews',
    }),
    contactDesk: ContactDesk,
    escalationDesk: Type.String({
      ...ContactDesk,
      description: 'Who has to see to it once it is late',
    }),
    workingDays: Type.Integer({ minimum: 1, maximum: 60 }),
  },
  { ...closed, title: 'NonPunishmentClause' },
)
export type NonPunishmentClause = Static<typeof NonPunishmentClause>
