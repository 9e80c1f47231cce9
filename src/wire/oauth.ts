import { type AgencyId, type ClientId, slugPattern } from '../kernel/ids.ts'

/** What an access token allows. A token holds one or more, separated by spaces (RFC 6749 §3.3). */
export const scopes = [
  'evaluate',
  'submit',
  'read',
  'withdraw',
  'disclose',
  'follow-up',
  'review',
  'notify',
  'oversee',
  'oversee-confidential',
  'subject-rights',
] as const
export type Scope = (typeof scopes)[number]

/** Where the authorization server stands under the gateway's public URL. */
export const issuerPath = '/oauth'
/** What access tokens are for (RFC 8707): the gateway's public URL with this path. */
export const resourcePath = '/v1'

const slug = new RegExp(slugPattern)

/** A client's name at the authorization server. Names of agencies and clients hold no full stop. */
export const oauthClientIdOf = (agency: AgencyId, client: ClientId): string => `${agency}.${client}`

/** The reverse of `oauthClientIdOf`; undefined for anything that it cannot have made. */
export function readOauthClientId(
  clientId: string,
): { readonly agency: AgencyId; readonly client: ClientId } | undefined {
  const [agency, client, ...rest] = clientId.split('.')
  if (agency === undefined || client === undefined || rest.length > 0) return undefined
  if (!slug.test(agency) || !slug.test(client)) return undefined
  return { agency: agency as AgencyId, client: client as ClientId }
}
