import { openKeyholderAlarms } from '../../../src/client/alarms.ts'
import type { PinnedOperators } from '../../../src/client/operators.ts'
import { openPartner, type Partner } from '../../../src/client/partner.ts'
import { openSession, type Session } from '../../../src/client/session.ts'
import { base64url } from '../../../src/kernel/bytes.ts'
import type { Clock } from '../../../src/kernel/clock.ts'
import { publicJwkOf, signStatement } from '../../../src/proofs/statement.ts'
import type { PublicKey } from '../../../src/wire/common.ts'
import type { CardPayload } from '../../../src/wire/registry.ts'
import type { Party } from '../agreement.ts'
import type { Seed } from '../seeded.ts'
import { seededMachineKey } from '../seeded-keys.ts'

/** An officer under the opaque name that its agency gave, and the connector with which it works. */
export type Desk = { readonly officer: string; readonly partner: Partner }

/** The people of one agency: who works with cases, and the privacy officer, who has a machine apart. */
export type Staff = {
  readonly party: Party
  readonly desks: readonly Desk[]
  readonly privacyOfficer: {
    readonly session: Session
    readonly partner: Partner
    /** What the keyholder raises, which is asked with signed statements. */
    readonly atKeyholder: ReturnType<typeof openKeyholderAlarms>
  }
  /** Sends as an officer of the desks, or as the connector by itself. */
  readonly sessionOf: (officer: string | undefined) => Session
  /** One more officer, who is not among those that work as they should. */
  readonly hire: () => Desk
}

/** The machine of the privacy officer: nobody who works with cases sits at it. */
const oversightClient = 'oversight'

/** Gives every agency named officers and, by a new card, a second machine. */
export async function openStaff(
  parties: readonly Party[],
  {
    pins,
    clock,
    seed,
  }: { readonly pins: PinnedOperators; readonly clock: Clock; readonly seed: Seed },
): Promise<ReadonlyMap<string, Staff>> {
  const all = await Promise.all(
    parties.map(async (party) => {
      const { id: agency, keys } = party
      const random = seed.randomness(`staff of ${agency}`)
      const chance = seed.chance(`staff of ${agency}`)
      const oversightKey = seededMachineKey(random)
      const nameOfficer = () => base64url(random.bytes(9))
      const sessionOf = (officer: string | undefined, client = 'connector') =>
        openSession({
          gatewayUrl: pins.gateway.url,
          clientId: `${agency}.${client}`,
          key: client === oversightClient ? oversightKey : keys.client,
          clock,
          random,
          ...(officer === undefined ? {} : { officer }),
        })
      const sessions = new Map<string | undefined, Session>()
      const hire = (): Desk => {
        const officer = nameOfficer()
        const own = { agency, client: 'connector', officer, keys, pins, clock, random }
        return { officer, partner: openPartner(own) }
      }
      const card: CardPayload = {
        agency,
        version: 2,
        contactDesk: `Desk of ${party.name}`,
        signingKey: publicJwkOf(keys.signing) as PublicKey,
        encryptionKey: publicJwkOf(keys.encryption) as PublicKey,
        clients: [
          { client: 'connector', key: publicJwkOf(keys.client) as PublicKey },
          { client: oversightClient, key: publicJwkOf(oversightKey) as PublicKey },
        ],
        issuedAt: clock.now().toISOString(),
      }
      const desks = Array.from({ length: chance.between(2, 5) }, hire)
      const officer = nameOfficer()
      const staff: Staff = {
        party,
        desks,
        privacyOfficer: {
          session: sessionOf(officer, oversightClient),
          partner: openPartner({
            agency,
            client: oversightClient,
            officer,
            keys: { ...keys, client: oversightKey },
            pins,
            clock,
            random,
          }),
          atKeyholder: openKeyholderAlarms({ agency, pins, clock }),
        },
        sessionOf(name) {
          const session = sessions.get(name) ?? sessionOf(name)
          sessions.set(name, session)
          return session
        },
        hire,
      }
      return { staff, card: await signStatement('agency-card', card, keys.root) }
    }),
  )
  for (const { staff, card } of all) await staff.party.partner.presentSigned(card)
  return new Map(all.map(({ staff }) => [staff.party.id, staff]))
}
