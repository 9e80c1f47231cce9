import Type, { type Static } from 'typebox'
import { AgencyIdText, AgreementHashText, closed, Instant, ListOf, OneOf, Uuid } from './common.ts'

/** Delegations that one answer tells at most, the newest first. */
export const mostDelegations = 500

/** Payload of a `delegation`, signed with the delegator's root or signing key. */
export const DelegationPayload = Type.Object(
  {
    number: Uuid,
    agency: Type.String({ ...AgencyIdText, description: 'The delegator: whose signals they are' }),
    actingAgency: Type.String({ ...AgencyIdText, description: 'The agency that acts for it' }),
    agreement: AgreementHashText,
    notBefore: Instant,
    notAfter: Instant,
    issuedAt: Instant,
  },
  { ...closed, title: 'Delegation' },
)
export type DelegationPayload = Static<typeof DelegationPayload>

/** Payload of a `delegation-end`: the delegator takes a delegation back, for good. */
export const DelegationEndPayload = Type.Object(
  { number: Uuid, agency: AgencyIdText, issuedAt: Instant },
  closed,
)
export type DelegationEndPayload = Static<typeof DelegationEndPayload>

export const DelegationView = Type.Object(
  {
    ...Type.Omit(DelegationPayload, ['issuedAt']).properties,
    state: OneOf(['holds', 'not-yet', 'ended'], {
      description: 'Says nothing about the agreement, which has a state of its own',
    }),
  },
  { ...closed, title: 'DelegationView' },
)
export type DelegationView = Static<typeof DelegationView>

export const DelegationList = Type.Object(
  { delegations: ListOf(DelegationView, mostDelegations) },
  { ...closed, title: 'DelegationList' },
)
export type DelegationList = Static<typeof DelegationList>

/** In a request: the agency for which the caller acts. */
export const OnBehalfOf = Type.String({
  ...AgencyIdText,
  description: 'The agency that delegated this to you; what you do is its own',
})
