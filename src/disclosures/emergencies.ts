import type { Agreements } from '../agreements/agreements.ts'
import type { Agreement } from '../agreements/types.ts'
import type { Decisions } from '../decisions/decisions.ts'
import { equalBytes } from '../kernel/bytes.ts'
import { type Clock, dayOf, shifted } from '../kernel/clock.ts'
import type { Fault } from '../kernel/fault.ts'
import type { AgencyId, AgreementHash, SignalId } from '../kernel/ids.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Tell } from '../notification/types.ts'
import type { OperatorName } from '../oprf/types.ts'
import { factsUnder, forItself } from '../policy/facts.ts'
import { refusalOf } from '../policy/refusal.ts'
import type { Facts } from '../policy/types.ts'
import { hashOfStatement, type PrivateJwk, thumbprintOf } from '../proofs/statement.ts'
import type { OpenHalf } from '../sealing/types.ts'
import type { Crypter } from '../store/crypter.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import type { EmergencyPayload, Necessity, SealPayload } from '../wire/emergency.ts'
import type { EmergencyStatements, SignedEmergency } from './emergency-statements.ts'
import * as store from './emergency-store.ts'
import { holdGrant, putUse } from './grant-store.ts'
import { type NamedFields, openNamed, sealedTo } from './named-halves.ts'
import type { FieldHalf, GrantUse } from './types.ts'

export type Emergencies = ReturnType<typeof openEmergencies>

/** The halves that this operator can open of what the owner sealed; undefined where the record is not there. */
export type EmergencyHalves = (
  tx: Tx,
  emergency: EmergencyPayload,
  named: NamedFields,
) => Promise<readonly FieldHalf[] | undefined>

/** A seal, as its owner signed it: what stands in the place of a grant. */
type Sealed = {
  readonly payload: SealPayload
  readonly hash: string
  readonly ownerActive: boolean
}

/** The first instant of the day, in UTC: uses are counted by the day of their release. */
export const startOfDay = (at: Date): Date => new Date(`${dayOf(at)}T00:00:00Z`)

/** The fields that officers named, as the owner named them; undefined when it sealed no such field. */
function namedBy(
  { signalId, fields }: EmergencyPayload,
  { payload }: Sealed,
): NamedFields | undefined {
  const named = payload.fields.filter(({ field }) => fields.includes(field))
  if (payload.signalId !== signalId || named.length !== fields.length) return undefined
  return { signalId, purpose: payload.purpose, owner: payload.agency, fields: named }
}

/**
 * One operator's work in an emergency. The same for both: each verifies both officers and the owner's seal
 * itself, by its own registry, agreements, clock and ledger, and then encrypts its own half to the
 * receiver's key as it knows that key. The owner did not grant it: it signed the clause beforehand, and what
 * it sealed. Knows nothing of overlaps; the gateway checks those besides (`emergency-route.ts`).
 */
export function openEmergencies({
  operator,
  clock,
  db,
  ledger,
  agreements,
  decisions,
  crypter,
  statements,
  sealingKey,
  tell,
}: {
  readonly operator: OperatorName
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly agreements: Agreements
  readonly decisions: Decisions
  readonly crypter: Crypter
  readonly statements: EmergencyStatements
  readonly sealingKey: PrivateJwk
  readonly tell: Tell
}) {
  const own = { operator, sealingKey }

  async function readSeal(statement: string): Promise<Sealed> {
    const { payload, agency } = await statements.readSeal(statement)
    return { payload, hash: hashOfStatement(statement), ownerActive: agency.active }
  }

  /** Whether the owner sealed, under its signature, just what the officers signed for. */
  const isOfRecord = (emergency: EmergencyPayload, { payload, hash }: Sealed): boolean =>
    emergency.sealHash === hash &&
    emergency.owner === payload.agency &&
    emergency.signalId === payload.signalId &&
    emergency.agreement === payload.agreement &&
    emergency.purpose === payload.purpose

  /** Whether the number stands here for nothing else: of another owner, receiver, agreement or signal. */
  const isOfNumber = (emergency: EmergencyPayload, known: store.Emergency | undefined): boolean =>
    known === undefined ||
    (known.owner === emergency.owner &&
      known.receiver === emergency.agency &&
      known.agreement === emergency.agreement &&
      known.signal === emergency.signalId)

  async function isForReceiver({ payload, receiver }: SignedEmergency): Promise<boolean> {
    const key = receiver.card?.encryptionKey
    return key !== undefined && payload.encryptionThumbprint === (await thumbprintOf(key))
  }

  const isRetry = (use: GrantUse, digest: Uint8Array): boolean =>
    use.releaseHash !== undefined &&
    use.openedAt === undefined &&
    equalBytes(use.releaseHash, digest)

  async function factsFor(
    tx: Tx,
    signed: SignedEmergency,
    seal: Sealed,
    found: {
      readonly agreement: Agreement | undefined
      readonly use: GrantUse
      /** What this operator has under its number. */
      readonly known: store.Emergency | undefined
      readonly retry: boolean
      readonly opened: boolean
      readonly forReceiver: boolean
    },
  ): Promise<Facts> {
    const { payload, receiver, officers } = signed
    const { agreement, use, known, retry, opened, forReceiver } = found
    const hash = payload.agreement as AgreementHash
    const owner = payload.owner as AgencyId
    const clause = agreement?.content.emergency
    const uses = await store.countSince(tx, receiver.id, hash, 'released', {
      since: startOfDay(clock.now()),
      except: payload.number,
    })
    const base = factsUnder(forItself(receiver.id, receiver.active), {
      hash,
      agreement: agreements.facts(agreement, receiver.id),
      purpose: payload.purpose,
    })
    return {
      ...base,
      request: { ...base.request, dataCategories: ['narrative'] },
      owner,
      receiver: receiver.id,
      emergency: {
        clause: clause !== undefined,
        open: await store.isOpen(tx, { owner, receiver: receiver.id, agreement: hash }),
        twoOfficers: officers.length === 2,
        ownerActive: seal.ownerActive,
        forRecord: opened && isOfRecord(payload, seal) && isOfNumber(payload, known),
        forReceiver,
        current: statements.isCurrent(payload),
        revoked: use.revokedAt !== undefined,
        used: !retry && (use.releasedAt !== undefined || use.openedAt !== undefined),
        withinLimit: uses < (clause?.perDay ?? 0),
      },
    }
  }

  return {
    /**
     * Releases this operator's half of every field that two officers signed for: once. The same
     * statements are answered again until the receiver says that it opened. The owner is told in the same
     * transaction. Does NOT check that the danger is real: people review that afterwards.
     * @throws Fault statements/invalid, policy/denied, agreements/not-found
     */
    async release(
      signedStatements: readonly string[],
      sealStatement: string,
      halvesOf: EmergencyHalves,
      necessity?: Necessity,
    ): Promise<FieldHalf[]> {
      const signed = await statements.readEmergency(signedStatements)
      const { payload, receiver, officers, digest } = signed
      const seal = await readSeal(sealStatement)
      const forReceiver = await isForReceiver(signed)
      const named = namedBy(payload, seal)
      const owner = payload.owner as AgencyId
      const hash = payload.agreement as AgreementHash
      type Outcome =
        | { readonly fault: Fault; readonly halves?: undefined }
        | { readonly fault?: undefined; readonly halves: readonly OpenHalf[] }
      const outcome = await transact(db, 'disclosures/emergency', async (tx): Promise<Outcome> => {
        const agreement = (await agreements.hold(tx, [hash])).get(hash)
        await ledger.hold(tx)
        const use = await holdGrant(tx, owner, payload.number)
        const halves = named && (await halvesOf(tx, payload, named))
        const opened = named && (await openNamed(own, named, halves))
        const retry = isRetry(use, digest)
        const facts = await factsFor(tx, signed, seal, {
          agreement,
          use,
          known: await store.findEmergency(tx, crypter, payload.number),
          retry,
          opened: opened !== undefined,
          forReceiver,
        })
        const decision = decisions.decide('disclosure.release-emergency', facts)
        const entries = await ledger.append(tx, [
          {
            kind: 'disclosure.release-emergency',
            outcome: decision.outcome,
            agency: receiver.id,
            agreement: hash,
            purpose: payload.purpose,
            owner,
            emergency: payload.number,
            statementsHash: hashOfStatement(signed.statements.join('\n')),
            necessityHash: payload.necessityHash,
            officers,
            signalId: payload.signalId,
            fields: payload.fields,
            retry,
            reasons: decision.reasons.map(({ policy }) => policy),
          },
        ])
        await decisions.recordOne(tx, entries, decision, decision.outcome === 'permit')
        if (decision.outcome === 'refuse' || opened === undefined || agreement === undefined) {
          return { fault: refusalOf(decision, facts) }
        }
        if (!retry) await note(tx, signed, agreement, necessity)
        return { halves: opened }
      })
      if (outcome.fault !== undefined) throw outcome.fault
      return sealedTo(receiver, outcome.halves)
    },
  }

  /** Writes down that it was used, until when the owner looks back at it, and tells the owner. */
  async function note(
    tx: Tx,
    { payload, receiver, officers, statements: texts, digest }: SignedEmergency,
    agreement: Agreement,
    necessity: Necessity | undefined,
  ): Promise<void> {
    const { number, fields } = payload
    const owner = payload.owner as AgencyId
    const at = clock.now()
    await store.addEmergency(
      tx,
      {
        number,
        receiver: receiver.id,
        owner,
        agreement: agreement.hash,
        signal: payload.signalId as SignalId,
        receiverSignal: undefined,
        fields,
      },
      at,
    )
    await store.putReleased(tx, crypter, number, {
      statements: texts,
      officers,
      fields,
      necessity,
      releasedAt: at,
      reviewDueAt: shifted(at, (agreement.content.emergency?.reviewDays ?? 1) * 86_400),
    })
    await putUse(tx, owner, number, {
      receiver: receiver.id,
      release: number,
      releaseHash: digest,
      releasedAt: at,
    })
    // Under no agreement: a suspension of it must not keep this from its owner.
    await tell(tx, [
      { agency: owner, kind: 'emergency-disclosed', about: { type: 'emergency', id: number } },
    ])
  }
}
