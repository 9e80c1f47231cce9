import type { Agencies } from '../agencies/agencies.ts'
import type { Agency, OperatorPins } from '../agencies/types.ts'
import { canonicalText } from '../kernel/canonical.ts'
import { type Clock, isOfFuture, shifted } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import { payloadReader } from '../proofs/payload.ts'
import { digestOfStatement } from '../proofs/statement.ts'
import { EmergencyPayload, longestEmergencyHours, SealPayload } from '../wire/emergency.ts'
import type { Statements } from './grants.ts'

export type EmergencyStatements = ReturnType<typeof openEmergencyStatements>

/** What two officers signed, verified: one text, and whose keys they are. */
export type SignedEmergency = {
  readonly payload: EmergencyPayload
  readonly receiver: Agency
  /** Thumbprints of the keys that signed and that the receiver's card names as those of its signatories. */
  readonly officers: readonly string[]
  readonly statements: readonly string[]
  /** Of both statements, in whatever order they came. */
  readonly digest: Uint8Array
}

const readEmergency = payloadReader(EmergencyPayload)
const readSeal = payloadReader(SealPayload)

/** Reads what is signed for the emergency route. Every operator verifies it by its own registry. */
export function openEmergencyStatements({
  clock,
  agencies,
  pins,
  statements,
}: {
  readonly clock: Clock
  readonly agencies: Agencies
  readonly pins: OperatorPins
  readonly statements: Statements
}) {
  const invalid = (message: string) => new Fault('statements/invalid', [{ message }])

  async function readOfficer(statement: string) {
    const { payload, agency, signer } = await agencies.readAgencyStatement(
      'emergency',
      statement,
      readEmergency,
      ({ card }) => card?.signatories ?? [],
    )
    const { gateway, keyholder } = payload.audience
    if (gateway !== pins.gateway() || keyholder !== pins.keyholder()) {
      throw invalid('the statement is meant for other operators')
    }
    if (isOfFuture(clock, payload.issuedAt)) {
      throw invalid('the statement is dated in the future')
    }
    return { payload, agency, signer }
  }

  return {
    /**
     * The statements of two officers about one emergency. That they are two, and officers, is for the
     * decision: an agency's own signing key is no officer's.
     * @throws Fault statements/invalid for a key that is on no card now, and when they signed different things
     */
    async readEmergency(signed: readonly string[]): Promise<SignedEmergency> {
      const [one, other] = await Promise.all(signed.map(readOfficer))
      if (one === undefined || other === undefined) throw invalid('two officers have to sign')
      if (canonicalText(one.payload) !== canonicalText(other.payload)) {
        throw invalid('the two officers signed different things')
      }
      const signatories = one.agency.card?.signatories ?? []
      const officers = [...new Set([one.signer, other.signer])].filter((key) =>
        signatories.includes(key),
      )
      const inOrder = [...signed].sort()
      return {
        payload: one.payload,
        receiver: one.agency,
        officers,
        statements: inOrder,
        digest: digestOfStatement(inOrder.join('\n')),
      }
    },

    /** What an owner signed of the fields that it sealed. @throws Fault statements/invalid */
    readSeal: (statement: string): Promise<{ payload: SealPayload; agency: Agency }> =>
      statements.read('sealed-fields', statement, readSeal, ({ sealedAt }) => sealedAt),

    /** Whether it holds at this moment, and does not last longer than an emergency may. */
    isCurrent({ issuedAt, expiresAt }: EmergencyPayload): boolean {
      const longest = shifted(new Date(issuedAt), longestEmergencyHours * 3600)
      return clock.now() < new Date(expiresAt) && new Date(expiresAt) <= longest
    },
  }
}
