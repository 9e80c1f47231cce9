import type { Agency } from '../agencies/types.ts'
import type { Agreements } from '../agreements/agreements.ts'
import type { Decisions } from '../decisions/decisions.ts'
import { equalBytes } from '../kernel/bytes.ts'
import type { Clock } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgencyId, ClientId } from '../kernel/ids.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { OperatorName } from '../oprf/types.ts'
import { factsUnder, forItself } from '../policy/facts.ts'
import { refusalOf } from '../policy/refusal.ts'
import type { Facts } from '../policy/types.ts'
import { payloadReader } from '../proofs/payload.ts'
import {
  digestOfStatement,
  hashOfStatement,
  type PrivateJwk,
  thumbprintOf,
} from '../proofs/statement.ts'
import type { OpenHalf } from '../sealing/types.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import {
  DisclosureReceiptPayload,
  GrantRevocationPayload,
  ReleasePayload,
} from '../wire/disclosure.ts'
import * as store from './grant-store.ts'
import type { Grant, Statements } from './grants.ts'
import { openNamed, sealedTo } from './named-halves.ts'
import type { FieldHalf, GrantUse } from './types.ts'

export type Releases = ReturnType<typeof openReleases>

const readRelease = payloadReader(ReleasePayload)
const readRevocation = payloadReader(GrantRevocationPayload)
const readReceipt = payloadReader(DisclosureReceiptPayload)

/** Where the halves that this operator can open come from; undefined where the record is not there. */
export type HalvesOf = (tx: Tx, grant: Grant) => Promise<readonly FieldHalf[] | undefined>

/** Hears, inside the transaction, what became of a grant here. */
export type GrantUsed = (
  tx: Tx,
  use: {
    readonly owner: AgencyId
    readonly grant: string
    readonly what: 'revoked' | 'opened'
  },
) => Promise<void>

/**
 * One operator's work of releasing its half of a sealed field. The same for both operators: each
 * verifies the owner's grant and the receiver's release itself, decides, writes its own ledger, and
 * then encrypts the half that was sealed to it, and no other, to the receiver's key as it knows that
 * key. Without a grant there is nothing it could release: a half opens only with its sealing key, and
 * what it opens to says which signal, field and owner it belongs to.
 */
export function openReleases({
  operator,
  clock,
  db,
  ledger,
  agreements,
  decisions,
  statements,
  sealingKey,
  grantUsed,
}: {
  readonly operator: OperatorName
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly agreements: Agreements
  readonly decisions: Decisions
  readonly statements: Statements
  readonly sealingKey: PrivateJwk
  readonly grantUsed: GrantUsed
}) {
  const own = { operator, sealingKey }

  const isRetry = (use: GrantUse, statement: string): boolean =>
    use.releaseHash !== undefined &&
    use.openedAt === undefined &&
    equalBytes(use.releaseHash, digestOfStatement(statement))

  async function isFor(grant: Grant, release: ReleasePayload, receiver: Agency): Promise<boolean> {
    const { card } = receiver
    return (
      card !== undefined &&
      grant.receiver === receiver.id &&
      grant.encryptionThumbprint === (await thumbprintOf(card.encryptionKey)) &&
      release.owner === grant.owner &&
      release.grant === grant.number &&
      release.grantHash === grant.hash
    )
  }

  type Outcome =
    | { readonly fault: Fault; readonly halves?: undefined }
    | { readonly fault?: undefined; readonly halves: readonly OpenHalf[] }

  return {
    /**
     * Releases this operator's half of every granted field to the receiver: once. The same signed
     * release is answered again until the receiver says that it opened, so that a lost answer loses
     * nothing. Does NOT check that the other operator did so too.
     * @throws Fault statements/invalid, policy/denied, agreements/not-found
     */
    async release(
      statement: string,
      grantStatement: string,
      halvesOf: HalvesOf,
    ): Promise<FieldHalf[]> {
      const { payload: release, agency: receiver } = await statements.read(
        'disclosure-release',
        statement,
        readRelease,
        ({ issuedAt }) => issuedAt,
      )
      const grant = await statements.readGrant(grantStatement)
      const forReceiver = await isFor(grant, release, receiver)
      const outcome = await transact(db, 'disclosures/release', async (tx): Promise<Outcome> => {
        const agreement = (await agreements.hold(tx, [grant.agreement])).get(grant.agreement)
        await ledger.hold(tx)
        const use = await store.holdGrant(tx, grant.owner, grant.number)
        const opened = await openNamed(own, grant, await halvesOf(tx, grant))
        const retry = isRetry(use, statement)
        const base = factsUnder(forItself(receiver.id, receiver.active), {
          hash: grant.agreement,
          agreement: agreements.facts(agreement, receiver.id),
          purpose: grant.purpose,
        })
        const facts: Facts = {
          ...base,
          request: { ...base.request, dataCategories: ['narrative'] },
          owner: grant.owner,
          receiver: receiver.id,
          grant: {
            byOwner: grant.ownerActive,
            forRecord: opened !== undefined,
            forReceiver,
            current: statements.isCurrent(grant),
            revoked: use.revokedAt !== undefined,
            used: !retry && (use.releasedAt !== undefined || use.openedAt !== undefined),
          },
        }
        const decision = decisions.decide('disclosure.release', facts)
        const entries = await ledger.append(tx, [
          {
            kind: 'disclosure.release',
            outcome: decision.outcome,
            agency: receiver.id,
            client: release.client as ClientId,
            agreement: grant.agreement,
            purpose: grant.purpose,
            owner: grant.owner,
            grant: grant.number,
            grantHash: grant.hash,
            release: release.number,
            signalId: grant.signalId,
            fields: grant.fields.map(({ field }) => field),
            retry,
            reasons: decision.reasons.map(({ policy }) => policy),
          },
        ])
        await decisions.recordOne(tx, entries, decision, decision.outcome === 'permit')
        if (decision.outcome === 'refuse' || opened === undefined) {
          return { fault: refusalOf(decision, facts) }
        }
        if (!retry) {
          await store.putUse(tx, grant.owner, grant.number, {
            receiver: receiver.id,
            release: release.number,
            releaseHash: digestOfStatement(statement),
            releasedAt: clock.now(),
          })
        }
        return { halves: opened }
      })
      if (outcome.fault !== undefined) throw outcome.fault
      return sealedTo(receiver, outcome.halves)
    },

    /**
     * Takes a grant back on its owner's word, also one that was never seen here and also when the owner
     * is suspended: it only closes. What this operator released cannot be called back; without the
     * other half it opens nothing.
     * @throws Fault disclosures/not-now once the receiver said that it opened
     */
    async revoke(statement: string): Promise<{ readonly released: boolean }> {
      const { payload, agency } = await statements.read(
        'grant-revocation',
        statement,
        readRevocation,
        ({ issuedAt }) => issuedAt,
      )
      const released = await transact(db, 'disclosures/revoke', async (tx) => {
        await ledger.hold(tx)
        const use = await store.holdGrant(tx, agency.id, payload.grant)
        if (use.openedAt !== undefined) return undefined
        const done = use.releasedAt !== undefined
        if (use.revokedAt !== undefined) return done
        await ledger.append(tx, [
          {
            kind: 'disclosure.revoke',
            outcome: 'permit',
            agency: agency.id,
            grant: payload.grant,
            released: done,
          },
        ])
        await store.putUse(tx, agency.id, payload.grant, { revokedAt: clock.now() })
        await grantUsed(tx, { owner: agency.id, grant: payload.grant, what: 'revoked' })
        return done
      })
      if (released === undefined) {
        throw new Fault('disclosures/not-now', [{ message: 'the receiver has opened it' }])
      }
      return { released }
    },

    /**
     * Takes the receiver's signed word that it opened what was released here. Saying it again is welcome.
     * @throws Fault disclosures/not-now when nothing was released to it under this grant
     */
    async acknowledge(statement: string): Promise<void> {
      const { payload, agency } = await statements.read(
        'disclosure-receipt',
        statement,
        readReceipt,
        ({ openedAt }) => openedAt,
      )
      const owner = payload.owner as AgencyId
      const known = await transact(db, 'disclosures/acknowledge', async (tx) => {
        await ledger.hold(tx)
        const use = await store.findUse(tx, owner, payload.grant)
        if (use.receiver !== agency.id || use.release !== payload.release) return false
        if (use.openedAt !== undefined) return true
        await ledger.append(tx, [
          {
            kind: 'disclosure.open',
            outcome: 'permit',
            agency: agency.id,
            owner,
            grant: payload.grant,
            release: payload.release,
            receiptHash: hashOfStatement(statement),
          },
        ])
        await store.putUse(tx, owner, payload.grant, { openedAt: clock.now() })
        await grantUsed(tx, { owner, grant: payload.grant, what: 'opened' })
        return true
      })
      if (!known) {
        throw new Fault('disclosures/not-now', [
          { message: 'nothing was released to your agency under this grant' },
        ])
      }
    },
  }
}
