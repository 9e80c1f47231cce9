import { partyOf } from '../agreements/lifecycle.ts'
import type { AgreementContent } from '../agreements/types.ts'
import type { AgencyId } from '../kernel/ids.ts'
import type { SignalTraits } from '../signals/types.ts'
import { type LeadGround, leadPrecedence } from '../wire/codes/follow-ups.ts'

export const mayReceive = (content: AgreementContent, agency: AgencyId): boolean =>
  partyOf(content, agency)?.roles.includes('receive') === true

/**
 * Who gets the lead, by rule. Of the lead routes that the signals name the first of `leadPrecedence`
 * counts, and the party that the agreement names for it; when that one has no signal here or may not
 * receive, those for the routes after and before it; then whoever may receive and sent the first
 * signal. Pure.
 * @param traits of live signals, the first submitted first
 * @returns undefined only where nobody concerned may receive: nobody knows of such an overlap
 */
export function leadByRule(
  content: AgreementContent,
  traits: readonly Pick<SignalTraits, 'agency' | 'leadRoute'>[],
): { readonly agency: AgencyId; readonly ground: LeadGround } | undefined {
  const concerned = traits
    .map(({ agency }) => agency)
    .filter((agency) => mayReceive(content, agency))
  const named = leadPrecedence.filter((route) =>
    traits.some(({ leadRoute }) => leadRoute === route),
  )
  const routes = [...named, ...leadPrecedence.filter((route) => !named.includes(route))]
  for (const [place, route] of routes.entries()) {
    const agency = content.lead[route] as AgencyId
    if (concerned.includes(agency)) return { agency, ground: place === 0 ? 'rule' : 'next-rule' }
  }
  const [first] = concerned
  return first === undefined ? undefined : { agency: first, ground: 'first-signal' }
}

/**
 * Who settles a dispute about the lead: of the agencies concerned the first in the agreement whose desk
 * names a coordinator; else the lead itself.
 */
export function coordinatorOf(
  { parties }: AgreementContent,
  concerned: readonly AgencyId[],
  lead: AgencyId,
): AgencyId {
  const named = parties.find(
    ({ agency, contactDesk }) =>
      contactDesk.coordinator !== undefined && concerned.includes(agency as AgencyId),
  )
  return (named?.agency as AgencyId | undefined) ?? lead
}
