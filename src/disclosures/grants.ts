import type { Agencies } from '../agencies/agencies.ts'
import type { Agency, OperatorPins } from '../agencies/types.ts'
import { type Clock, isOfFuture, shifted } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgencyId, AgreementHash, SignalId } from '../kernel/ids.ts'
import { payloadReader } from '../proofs/payload.ts'
import { hashOfStatement, type StatementType } from '../proofs/statement.ts'
import { GrantPayload, longestGrantDays } from '../wire/disclosure.ts'

/** A grant, verified to be signed by the agency that it names as owner. */
export type Grant = Omit<GrantPayload, 'agency' | 'receiver' | 'agreement' | 'signalId'> & {
  readonly owner: AgencyId
  /** Whether the owner is suspended here is for the decision. */
  readonly ownerActive: boolean
  readonly receiver: AgencyId
  readonly agreement: AgreementHash
  readonly signalId: SignalId
  /** SHA-256 of the statement, base64url. */
  readonly hash: string
}

export type Statements = ReturnType<typeof openStatements>

const readGrant = payloadReader(GrantPayload)

/** Reads what agencies sign about disclosures. Every operator verifies each of them itself. */
export function openStatements({
  clock,
  agencies,
  pins,
}: {
  readonly clock: Clock
  readonly agencies: Agencies
  readonly pins: OperatorPins
}) {
  const invalid = (message: string) => new Fault('statements/invalid', [{ message }])

  /**
   * A statement of this type by the agency that it names, under the signing key on its card here,
   * for these two operators, and not of the future.
   * @throws Fault statements/invalid
   */
  async function read<
    Payload extends {
      readonly agency: string
      readonly audience: { readonly gateway: string; readonly keyholder: string }
    },
  >(
    type: StatementType,
    statement: string,
    form: (payload: unknown) => Payload,
    dateOf: (payload: Payload) => string,
  ): Promise<{ readonly payload: Payload; readonly agency: Agency }> {
    const { payload, agency } = await agencies.readAgencyStatement(type, statement, form)
    const { gateway, keyholder } = payload.audience
    if (gateway !== pins.gateway() || keyholder !== pins.keyholder()) {
      throw invalid('the statement is meant for other operators')
    }
    if (isOfFuture(clock, dateOf(payload))) {
      throw invalid('the statement is dated in the future')
    }
    return { payload, agency }
  }

  return {
    read,

    /** A grant by its owner. Does NOT check what it is for, nor whether it was used. */
    async readGrant(statement: string): Promise<Grant> {
      const { payload, agency } = await read(
        'disclosure-grant',
        statement,
        readGrant,
        ({ issuedAt }) => issuedAt,
      )
      const { agency: _owner, receiver, agreement, signalId, ...rest } = payload
      return {
        ...rest,
        owner: agency.id,
        ownerActive: agency.active,
        receiver: receiver as AgencyId,
        agreement: agreement as AgreementHash,
        signalId: signalId as SignalId,
        hash: hashOfStatement(statement),
      }
    },

    /** Whether a grant holds at this moment, and does not last longer than grants may. */
    isCurrent({ issuedAt, expiresAt }: Grant): boolean {
      const longest = shifted(new Date(issuedAt), longestGrantDays * 86_400)
      return clock.now() < new Date(expiresAt) && new Date(expiresAt) <= longest
    },
  }
}
