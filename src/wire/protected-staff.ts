import Type, { type Static } from 'typebox'
import { AgreementHashText, closed, Day, DomainText, Epoch, Instant, ListOf } from './common.ts'
import { Token } from './signal.ts'

/** Members of staff in one request at most. */
export const mostMembers = 100
/** How long a member stays on the list at most, in days. */
export const longestProtectionDays = 400

export const ProtectStaffBody = Type.Object(
  {
    agreement: AgreementHashText,
    epoch: Epoch,
    expiresOn: Type.String({ ...Day, description: 'First day on which it is not kept any more' }),
    members: ListOf(
      Type.Object({ tokens: ListOf(Token, 40, { minItems: 1 }) }, closed),
      mostMembers,
      {
        minItems: 1,
        description: 'Tokens of each person, as those of a signal; no name, no number',
      },
    ),
  },
  { ...closed, title: 'ProtectStaffBody' },
)
export type ProtectStaffBody = Static<typeof ProtectStaffBody>

export const RemoveStaffBody = Type.Object(
  { domain: Type.Optional(DomainText) },
  { ...closed, title: 'RemoveStaffBody', description: 'Of one domain, or of all' },
)
export type RemoveStaffBody = Static<typeof RemoveStaffBody>

/** How many of an agency's staff are protected, per domain. Not who. */
export const ProtectedStaff = Type.Object(
  {
    lists: ListOf(
      Type.Object(
        {
          domain: DomainText,
          members: Type.Integer(),
          expiresOn: Type.String({ ...Day, description: 'When the first of them goes' }),
          protectedAt: Type.String({ ...Instant, description: 'When the last of them came' }),
        },
        closed,
      ),
      100,
    ),
  },
  { ...closed, title: 'ProtectedStaff' },
)
export type ProtectedStaff = Static<typeof ProtectedStaff>
