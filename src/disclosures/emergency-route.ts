import { partyOf } from '../agreements/lifecycle.ts'
import type { Agreement } from '../agreements/types.ts'
import { butFor, nothingThere, outcomeOf } from '../decisions/judging.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgencyId, AgreementHash, SignalId } from '../kernel/ids.ts'
import { actorOf } from '../ledger/actor.ts'
import type { LedgerEntry } from '../ledger/entries.ts'
import type { Tell } from '../notification/types.ts'
import { necessityHashOf } from '../proofs/necessity.ts'
import { hashOfSealed } from '../sealing/sealing.ts'
import type { SealedField } from '../sealing/types.ts'
import { type Tx, transact } from '../store/transact.ts'
import type { ReleaseAnswer } from '../wire/disclosure.ts'
import type {
  EmergencyPreparation,
  EmergencyReleaseBody,
  PreparedEmergency,
} from '../wire/emergency.ts'
import { type Emergencies, startOfDay } from './emergencies.ts'
import type { EmergencyStatements } from './emergency-statements.ts'
import * as store from './emergency-store.ts'
import type { NamedFields } from './named-halves.ts'
import type { Asker, FieldHalf, OwnSignals, Rooms, Touching } from './types.ts'

const entryOf = (asker: Asker, body: EmergencyPreparation) => ({
  kind: 'emergency.prepare' as const,
  requestId: asker.requestId,
  agency: asker.agency,
  ...actorOf(asker),
  emergency: body.number,
  fields: body.fields,
})

export type EmergencyRoute = ReturnType<typeof openEmergencyRoute>

const isNamed = (sealed: SealedField, named: NamedFields['fields'][number]): boolean =>
  sealed.field === named.field &&
  hashOfSealed(sealed) === named.sealedHash &&
  sealed.halfHashes.gateway === named.halfHashes.gateway &&
  sealed.halfHashes.keyholder === named.halfHashes.keyholder

/**
 * The gateway's part of the emergency route beside `emergencies.ts`: it alone knows which signals touch.
 * It says which record the officers are to sign for, and releases only what was so prepared.
 */
export function openEmergencyRoute(
  {
    clock,
    db,
    ledger,
    agencies,
    agreements,
    crypter,
    decisions,
  }: Pick<Rooms, 'clock' | 'db' | 'ledger' | 'agencies' | 'agreements' | 'crypter' | 'decisions'>,
  {
    signals,
    touching,
    emergencies,
    statements,
    tell,
  }: {
    readonly signals: OwnSignals
    readonly touching: Touching
    readonly emergencies: Emergencies
    readonly statements: EmergencyStatements
    readonly tell: Tell
  },
) {
  type Target = {
    readonly own: SignalId
    readonly signal: SignalId
    readonly seal: string
    readonly ownerCard: string
  }

  /** The seal of a signal, if its owner signed just these fields as they stand there. */
  async function goodSealOf(
    tx: Tx,
    id: SignalId,
    { owner, fields }: EmergencyPreparation,
  ): Promise<string | undefined> {
    const statement = await signals.sealOf(tx, id)
    if (statement === undefined) return undefined
    const sealed = await signals.sealedOf(tx, id)
    const signed = await statements.readSeal(statement).catch(() => undefined)
    const fits =
      signed?.payload.agency === owner &&
      signed.payload.signalId === id &&
      fields.every((wanted) =>
        signed.payload.fields.some(
          (named) => named.field === wanted && sealed.some((one) => isNamed(one, named)),
        ),
      )
    return fits ? statement : undefined
  }

  /** The owner's signal with the strongest evidence whose wanted fields its owner signed; or why there is none. */
  async function targetOf(
    tx: Tx,
    receiver: AgencyId,
    body: EmergencyPreparation,
    agreement: Agreement,
  ): Promise<Target | Fault> {
    const { emergency } = agreement.content
    const owner = body.owner as AgencyId
    const route = { owner, receiver, agreement: agreement.hash }
    if (emergency === undefined || !(await store.isOpen(tx, route))) {
      return new Fault('disclosures/no-emergency-route')
    }
    for (const step of ['prepared', 'released'] as const) {
      const count = await store.countSince(tx, receiver, agreement.hash, step, {
        since: startOfDay(clock.now()),
        except: body.number,
      })
      if (count >= emergency.perDay) return new Fault('disclosures/too-many-emergencies')
    }
    const touched = await touching(tx, receiver, body.handle)
    const candidates = (touched?.others ?? []).filter(({ agency }) => agency === owner)
    if (touched === undefined || candidates.length === 0) return new Fault('overlaps/not-found')
    const ownerCard = await agencies.cardStatementOf(tx, owner)
    for (const { id } of candidates) {
      const seal = await goodSealOf(tx, id, body)
      if (seal !== undefined && ownerCard !== undefined) {
        return { own: touched.own.id, signal: id, seal, ownerCard }
      }
    }
    return new Fault('disclosures/no-emergency-route')
  }

  return {
    /**
     * Says which record two officers are to sign for, and tells its owner. Nothing is released: it is a use of
     * the day on which it is. So many a day can be prepared as used. The same again is answered again.
     * Does NOT hide which signal it is: owner and officers sign its id, so two receivers can compare.
     * @throws Fault overlaps/not-found, disclosures/no-emergency-route, disclosures/too-many-emergencies, policy/denied
     */
    async prepare(asker: Asker, body: EmergencyPreparation): Promise<PreparedEmergency> {
      const result = await transact(db, 'disclosures/prepare-emergency', async (tx) => {
        const behind = await touching(tx, asker.agency, body.handle)
        const hash = behind?.own.agreement
        const agreement = hash && (await agreements.hold(tx, [hash])).get(hash)
        await ledger.hold(tx)
        if (hash === undefined || agreement === undefined) {
          const refused = nothingThere('overlaps/not-found')
          const nothing = { ...entryOf(asker, body), ...outcomeOf(refused) }
          await decisions.append(tx, ledger, nothing, refused)
          return { fault: refused.fault }
        }
        const about = {
          agreement: hash,
          purpose: agreement.content.purpose,
          owner: body.owner as AgencyId,
          receiver: asker.agency,
        }
        const permitted = decisions.on('disclosure.request', asker.agency, about, agreement)
        const target =
          permitted.fault === undefined
            ? await targetOf(tx, asker.agency, body, agreement)
            : permitted.fault
        const known = await store.findEmergency(tx, crypter, body.number)
        const clash =
          target instanceof Fault || known === undefined
            ? undefined
            : known.receiver === asker.agency && known.signal === target.signal
              ? undefined
              : new Fault('disclosures/invalid', [
                  { at: '/number', message: 'another emergency has this number' },
                ])
        const decided = butFor(permitted, target instanceof Fault ? target : clash)
        const isParty = partyOf(agreement.content, about.owner) !== undefined
        const entry: LedgerEntry = {
          ...entryOf(asker, body),
          ...outcomeOf(decided),
          agreement: hash as AgreementHash,
          purpose: about.purpose,
          ...(isParty ? { owner: about.owner } : {}),
        }
        await decisions.append(tx, ledger, entry, decided)
        if (decided.fault !== undefined || target instanceof Fault) return { fault: decided.fault }
        const isNew = await store.addEmergency(
          tx,
          {
            ...about,
            number: body.number,
            signal: target.signal,
            receiverSignal: target.own,
            fields: body.fields,
          },
          clock.now(),
        )
        if (isNew) {
          // Under no agreement, as what is released: a suspension must not keep it from the owner.
          const one = { type: 'emergency' as const, id: body.number }
          await tell(tx, [{ agency: about.owner, kind: 'emergency-prepared', about: one }])
        }
        const { signal: signalId, seal, ownerCard } = target
        return { prepared: { number: body.number, signalId, seal, ownerCard } }
      })
      if (result.prepared === undefined) throw result.fault ?? new Fault('overlaps/not-found')
      return result.prepared
    },

    /**
     * Releases the gateway's halves of what was prepared, with the fields as their owner sealed them, for
     * the keyholder's halves. Both signals have to be there still.
     */
    async release(
      asker: Asker,
      number: string,
      { statements: signed, necessity }: EmergencyReleaseBody,
    ): Promise<ReleaseAnswer> {
      const prepared = await store.findEmergency(db, crypter, number)
      if (prepared?.receiver !== asker.agency) throw new Fault('disclosures/not-found')
      const { payload } = await statements.readEmergency(signed)
      if (payload.agency !== asker.agency || payload.number !== number) {
        throw new Fault('statements/invalid', [{ message: 'it was signed for another emergency' }])
      }
      if (necessityHashOf(necessity) !== payload.necessityHash) {
        throw new Fault('statements/invalid', [{ message: 'these are not the reasons signed for' }])
      }
      const seal = await signals.sealOf(db, prepared.signal)
      if (seal === undefined) throw new Fault('disclosures/no-emergency-route')
      let sealed: readonly SealedField[] = []
      const halves = await emergencies.release(
        signed,
        seal,
        async (tx, { signalId }, named) => {
          const { signal, receiverSignal } = prepared
          const there =
            signalId === signal &&
            receiverSignal !== undefined &&
            (await signals.areLive(tx, [signal, receiverSignal]))
          const all = there ? await signals.sealedOf(tx, signal) : []
          sealed = named.fields.flatMap((field) => all.filter((one) => isNamed(one, field)))
          return sealed.map(
            ({ field, halves: { gateway } }): FieldHalf => ({
              field: field as FieldHalf['field'],
              half: gateway,
            }),
          )
        },
        necessity,
      )
      return { sealed: [...sealed] as ReleaseAnswer['sealed'], halves }
    },
  }
}
