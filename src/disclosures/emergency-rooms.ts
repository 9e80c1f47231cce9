import type { Agencies } from '../agencies/agencies.ts'
import type { OperatorPins } from '../agencies/types.ts'
import type { PrivateJwk } from '../proofs/statement.ts'
import { openEmergencies } from './emergencies.ts'
import { openEmergencyReviews } from './emergency-reviews.ts'
import { openEmergencyStatements } from './emergency-statements.ts'
import type { Statements } from './grants.ts'

/** What both operators have of the emergency route: statements read, halves released, reviews heard. */
export function openEmergencyRooms({
  agencies,
  pins,
  statements: agencyStatements,
  sealingKey,
  ...rooms
}: Omit<Parameters<typeof openEmergencies>[0], 'statements'> & {
  readonly agencies: Agencies
  readonly pins: OperatorPins
  readonly statements: Statements
  readonly sealingKey: PrivateJwk
}) {
  const { clock } = rooms
  const statements = openEmergencyStatements({
    clock,
    agencies,
    pins,
    statements: agencyStatements,
  })
  return {
    statements,
    emergencies: openEmergencies({ ...rooms, statements, sealingKey }),
    reviews: openEmergencyReviews({ ...rooms, statements: agencyStatements }),
  }
}
