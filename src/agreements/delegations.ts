import type { Agencies } from '../agencies/agencies.ts'
import type { Agency } from '../agencies/types.ts'
import { type Clock, isOfFuture } from '../kernel/clock.ts'
import { Fault, type Problem } from '../kernel/fault.ts'
import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { forItself } from '../policy/facts.ts'
import type { Acting } from '../policy/types.ts'
import { payloadReader } from '../proofs/payload.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import {
  DelegationEndPayload,
  DelegationPayload,
  type DelegationView,
  mostDelegations,
} from '../wire/delegation.ts'
import * as delegationStore from './delegation-store.ts'
import { partyOf, stateOf } from './lifecycle.ts'
import * as store from './store.ts'
import type { Agreement, Delegation } from './types.ts'

export type Delegations = ReturnType<typeof openDelegations>

const readDelegation = payloadReader(DelegationPayload)
const readEnd = payloadReader(DelegationEndPayload)

/** A delegation is signed with the delegator's root key or its signing key. */
const ownRoot = ({ rootThumbprint }: Agency): readonly string[] => [rootThumbprint]

/**
 * Delegations: one party of an agreement lets another agency act for it, for a time. Each operator
 * verifies them itself. What is done under one counts for the delegator, whose signals they are;
 * quotas count for both. A delegation cannot be passed on.
 */
export function openDelegations({
  clock,
  db,
  ledger,
  agencies,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly agencies: Agencies
}) {
  const isCurrent = ({ ended, notBefore, notAfter }: Delegation): boolean =>
    !ended && notBefore <= clock.now() && clock.now() < notAfter

  function assertNotFuture(issuedAt: string): void {
    if (isOfFuture(clock, issuedAt)) {
      throw new Fault('statements/invalid', [{ message: 'the statement is dated in the future' }])
    }
  }

  function problemsOf(
    payload: DelegationPayload,
    agreement: Agreement | undefined,
    acting: Agency | undefined,
  ): Problem[] {
    const problems: Problem[] = []
    const party =
      agreement !== undefined &&
      partyOf(agreement.content, payload.agency as AgencyId) !== undefined
    if (!party) {
      problems.push({ at: '/agreement', message: 'you are no party to such an agreement' })
    } else if (stateOf(agreement, clock.now()) === 'ended') {
      problems.push({ at: '/agreement', message: 'this agreement has ended' })
    }
    if (payload.actingAgency === payload.agency) {
      problems.push({ at: '/actingAgency', message: 'an agency does not delegate to itself' })
    } else if (acting?.active !== true) {
      problems.push({ at: '/actingAgency', message: 'this agency is not admitted here' })
    }
    const until = new Date(payload.notAfter)
    if (until <= new Date(payload.notBefore)) {
      problems.push({ at: '/notAfter', message: 'it ends before it begins' })
    } else if (until <= clock.now()) {
      problems.push({ at: '/notAfter', message: 'it lies in the past' })
    }
    if (party && until > new Date(agreement.content.validity.notAfter)) {
      problems.push({ at: '/notAfter', message: 'it lasts longer than the agreement' })
    }
    return problems
  }

  async function holds(
    reader: Reader,
    { delegator, acting, agreement }: Record<'delegator' | 'acting' | 'agreement', string>,
  ): Promise<boolean> {
    const given = await delegationStore.delegationsHeldBy(reader, acting, clock.now())
    const found = given.some((one) => one.delegator === delegator && one.agreement === agreement)
    return found && (await agencies.find(delegator as AgencyId, reader))?.active === true
  }

  return {
    /**
     * Takes a delegation, signed with the delegator's root or signing key. Sending it again is welcome.
     * @throws Fault agreements/invalid-delegation with every fault
     */
    async take(statement: string): Promise<void> {
      const { payload, agency } = await agencies.readAgencyStatement(
        'delegation',
        statement,
        readDelegation,
        ownRoot,
      )
      assertNotFuture(payload.issuedAt)
      const acting = await agencies.find(payload.actingAgency as AgencyId)
      const problems = await transact(db, 'delegations/take', async (tx) => {
        await store.lockForChange(tx, payload.agreement)
        const known = await delegationStore.findDelegation(tx, agency.id, payload.number)
        if (known?.statement === statement) return []
        const agreement = await store.findAgreement(tx, payload.agreement)
        const found = problemsOf(payload, agreement, acting)
        if (!agency.active) found.push({ at: '/agency', message: 'this agency is suspended here' })
        if (known !== undefined || (await delegationStore.isEnded(tx, agency.id, payload.number))) {
          found.push({ at: '/number', message: 'this number was used before or has ended' })
        }
        const refused = found.length > 0 || agreement === undefined
        await ledger.append(tx, [
          {
            kind: 'delegation.take',
            outcome: refused ? 'refuse' : 'permit',
            agency: agency.id,
            actingAgency: payload.actingAgency as AgencyId,
            agreement: payload.agreement as AgreementHash,
            delegation: payload.number,
            notBefore: payload.notBefore,
            notAfter: payload.notAfter,
          },
        ])
        if (refused) return found
        await delegationStore.addDelegation(
          tx,
          {
            number: payload.number,
            delegator: agency.id,
            actingAgency: payload.actingAgency as AgencyId,
            agreement: agreement.hash,
            notBefore: new Date(payload.notBefore),
            notAfter: new Date(payload.notAfter),
            statement,
          },
          clock.now(),
        )
        return []
      })
      if (problems.length > 0) throw new Fault('agreements/invalid-delegation', problems)
    },

    /**
     * Takes a delegation back for good, also one that was never received. No act that was decided
     * before stands on the ledger after it.
     */
    async end(statement: string): Promise<void> {
      const { payload, agency } = await agencies.readAgencyStatement(
        'delegation-end',
        statement,
        readEnd,
        ownRoot,
      )
      assertNotFuture(payload.issuedAt)
      await transact(db, 'delegations/end', async (tx) => {
        const known = await delegationStore.findDelegation(tx, agency.id, payload.number)
        if (known !== undefined) await store.lockForChange(tx, known.agreement)
        const end = { delegator: agency.id, number: payload.number, statement }
        if (!(await delegationStore.addEnd(tx, end, clock.now()))) return
        await ledger.append(tx, [
          {
            kind: 'delegation.end',
            outcome: 'permit',
            agency: agency.id,
            delegation: payload.number,
          },
        ])
      })
    },

    /** Delegations that an agency gave or was given. */
    async list(agency: AgencyId): Promise<DelegationView[]> {
      const all = await delegationStore.delegationsOf(db, agency, mostDelegations)
      return all.map((one) => ({
        number: one.number,
        agency: one.delegator,
        actingAgency: one.actingAgency,
        agreement: one.agreement,
        notBefore: one.notBefore.toISOString(),
        notAfter: one.notAfter.toISOString(),
        state: isCurrent(one)
          ? 'holds'
          : one.ended || one.notAfter <= clock.now()
            ? 'ended'
            : 'not-yet',
      }))
    },

    /** Agencies for which this one may act now, under whichever agreement. */
    async delegatorsOf(acting: AgencyId): Promise<AgencyId[]> {
      const held = await delegationStore.delegationsHeldBy(db, acting, clock.now())
      return held.map(({ delegator }) => delegator)
    },

    /**
     * For whom a caller acts, as facts of a decision inside `tx`: for its own agency, or for the one
     * that it names. Hold the agreement before (`Agreements.hold`).
     */
    async acting(
      tx: Tx,
      caller: { readonly agency: AgencyId; readonly active: boolean },
      { onBehalfOf, agreement }: { readonly onBehalfOf?: string; readonly agreement: string },
    ): Promise<Acting> {
      const { agency: acting } = caller
      if (onBehalfOf === undefined || onBehalfOf === acting) {
        return forItself(acting, caller.active)
      }
      const delegated = await holds(tx, { delegator: onBehalfOf, acting, agreement })
      return { agency: onBehalfOf as AgencyId, caller: { ...caller, delegated } }
    },
  }
}

/** What an entry on the ledger says of a delegation: nothing when an agency acts for itself. */
export const onBehalfOf = ({ agency, caller }: Acting): { readonly onBehalfOf?: AgencyId } =>
  agency === caller.agency ? {} : { onBehalfOf: agency }
