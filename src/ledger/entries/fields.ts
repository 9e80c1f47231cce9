import Type, { type TProperties } from 'typebox'
import {
  AgencyIdText,
  AgreementHashText,
  OfficerText,
  PurposeText,
  Thumbprint,
  Uuid,
} from '../../wire/common.ts'

/** What entries of several kinds have in common. The invariant of `entries.ts` holds here too. */

export type Kind = {
  readonly title: string
  readonly records: string
  readonly fields: TProperties
}

export const Outcome = Type.Enum(['permit', 'refuse'], { description: 'How the act was decided' })
const Reasons = Type.Array(Type.String({ pattern: '^[a-z0-9-]+/[a-z0-9-]+$', maxLength: 100 }), {
  maxItems: 50,
  description: 'Names of the policies, or of the fault, that decided',
})
const RequestId = Type.Optional(
  Type.String({ ...Uuid, description: 'The request, as its caller was told in a problem' }),
)
export const Administrator = Type.String({
  ...Thumbprint,
  description: 'Thumbprint of the key that the administrator signed with',
})

export const agencyCaller = {
  agency: AgencyIdText,
  client: Type.String({ ...AgencyIdText, description: 'Machine of that agency' }),
  officer: Type.Optional(
    Type.String({ ...OfficerText, description: 'The agency’s own opaque name of who sat at it' }),
  ),
  onBehalfOf: Type.Optional(
    Type.String({ ...AgencyIdText, description: 'The agency for which it acted, by delegation' }),
  ),
}
export const underAgreement = { agreement: AgreementHashText, purpose: PurposeText }
export const decided = { outcome: Outcome, reasons: Reasons, requestId: RequestId }
export const recorded = { outcome: Outcome, requestId: RequestId }
/** A hash, a key or a commitment: 32 bytes, base64url. */
export const Digest = (description: string) =>
  Type.String({ pattern: '^[A-Za-z0-9_-]{43}$', description })

/** How many records an answer held, where that tells of no match. */
export const AnswerSize = Type.Optional(
  Type.Integer({ minimum: 0, description: 'Records that the answer held' }),
)
/** How many at least, where the number could tell of a match; see `coarseSize`. */
export const CoarseAnswerSize = Type.Optional(
  Type.Integer({
    minimum: 0,
    description: 'Records that the answer held, at least: 0, 20 or 100, never the number itself',
  }),
)
