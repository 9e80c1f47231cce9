import type { ClientId } from '../kernel/ids.ts'

/** Who did an act: a machine and, where its agency names one, the officer who sat at it. */
export type Actor = {
  readonly client: ClientId
  /** The agency's own opaque name of an officer. Nothing here checks that such an officer exists. */
  readonly officer?: string
}

/**
 * The name under which officers act in the gateway's own console, one for all agencies. There the officer signed in,
 * so that its name is vouched for; no machine on a card may have this name.
 */
export const consoleClient = 'console' as ClientId

/** The members that an entry of an act has of its actor. */
export const actorOf = ({ client, officer }: Actor): Actor =>
  officer === undefined ? { client } : { client, officer }
