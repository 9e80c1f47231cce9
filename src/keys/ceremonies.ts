import { type Agencies, asFault } from '../agencies/agencies.ts'
import type { OperatorPins } from '../agencies/types.ts'
import { base64url } from '../kernel/bytes.ts'
import { canonicalText } from '../kernel/canonical.ts'
import { type Clock, isOfFuture, shifted } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { LedgerEntry } from '../ledger/entries.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { OperatorName } from '../oprf/types.ts'
import { payloadReader } from '../proofs/payload.ts'
import { claimedSigner, readStatement } from '../proofs/statement.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import {
  type CeremonyAct,
  type CeremonyAnswer,
  type CeremonyBody,
  CeremonyPayload,
  longestWindowDays,
} from '../wire/ceremony.ts'
import * as store from './ceremony-store.ts'
import { type EpochState, stateOf } from './epochs.ts'
import { findManifest } from './manifest-store.ts'
import {
  holdShare,
  type StoredShare,
  setClosing,
  setDestroyed,
  setOpened,
  sharesOf,
  wipeFreed,
} from './share-store.ts'
import type { Shares } from './shares.ts'

export type Ceremonies = ReturnType<typeof openCeremonies>

const readPayload = payloadReader(CeremonyPayload)
const wishLifeSeconds = 7 * 86_400
const peopleNeeded = 2

const notNow = (message: string): Fault => new Fault('keys/not-now', [{ message }])

/** In which states of its epoch a share can be dealt with so. */
const statesFor: Readonly<Record<Exclude<CeremonyAct, 'make'>, readonly EpochState[]>> = {
  open: ['made'],
  refresh: ['made', 'open'],
  close: ['open'],
  destroy: ['made', 'closed'],
}

/** A ceremony, as canonical JSON too, and the administrators of this operator who signed it. */
type Signed = {
  readonly payload: CeremonyPayload
  readonly text: string
  readonly people: readonly string[]
}

/** What takes the other operator too, once the ceremony stands here; the gateway has it, the keyholder waits. */
export type JointActs = {
  readonly make: (domain: string, epoch: number) => Promise<void>
  readonly refresh: (ceremony: CeremonyPayload) => Promise<void>
}

/**
 * Key ceremonies at one operator: two of its own administrators sign what is to be done with the share of a
 * domain and epoch, and it stands on the ledger before it is done. The same ceremony brought again goes on where it
 * stopped, and shows its receipts. Does NOT know whether two keys are in the hands of two persons, nor what the other
 * operator did: bring it to both, and check the receipts of both.
 */
export function openCeremonies({
  operator,
  clock,
  db,
  ledger,
  agencies,
  shares,
  pins,
  joint,
}: {
  readonly operator: OperatorName
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly agencies: Agencies
  readonly shares: Shares
  readonly pins: OperatorPins
  readonly joint?: JointActs
}) {
  const invalid = (message: string) => new Fault('statements/invalid', [{ message }])

  /** What all of them signed, and who of them administers this operator. */
  async function readSigned({ statements }: CeremonyBody): Promise<Signed> {
    const signed = await Promise.all(
      statements.map((statement) =>
        asFault(async () => {
          const signer = claimedSigner(statement)
          return {
            signer,
            said: readPayload(await readStatement('key-ceremony', statement, signer)),
          }
        }),
      ),
    )
    const texts = new Set(signed.map(({ said }) => canonicalText(said)))
    const [first] = signed
    const [text] = texts
    if (first === undefined || text === undefined || texts.size > 1) {
      throw invalid('the statements are not about one ceremony')
    }
    const payload = first.said
    const { gateway, keyholder } = payload.audience
    if (gateway !== pins.gateway() || keyholder !== pins.keyholder()) {
      throw invalid('the ceremony is meant for other operators')
    }
    if (isOfFuture(clock, payload.issuedAt)) throw invalid('the ceremony is dated in the future')
    const known = await store.findCeremony(db, payload.number)
    if (
      known === undefined &&
      new Date(payload.issuedAt) < shifted(clock.now(), -wishLifeSeconds)
    ) {
      throw invalid('the ceremony is older than seven days')
    }
    const people: string[] = []
    for (const signer of new Set(signed.map((one) => one.signer))) {
      if (await agencies.isAdministrator(signer)) people.push(signer)
    }
    return { payload, text, people: people.sort() }
  }

  /** What a ceremony does at this operator, and where that stands on the ledger; or why it cannot be done. */
  type Planned = Fault | (() => Promise<number | undefined>)

  const append = async (tx: Tx, entry: LedgerEntry): Promise<number | undefined> =>
    (await ledger.append(tx, [entry]))[0]?.index

  const named = ({ domain, epoch, number }: CeremonyPayload) => ({
    outcome: 'permit' as const,
    domain,
    epoch,
    ceremony: number,
  })

  async function planToMake(tx: Tx, payload: CeremonyPayload): Promise<Planned> {
    const { domain, epoch, number } = payload
    const newest = (await sharesOf(tx, [domain])).at(-1)
    return newest !== undefined && epoch === newest.epoch + 1
      ? () => shares.make(tx, domain, epoch, number)
      : notNow('a share is made for the epoch after the newest one that there is')
  }

  async function planToOpen(
    tx: Tx,
    payload: CeremonyPayload,
    { publicKey }: StoredShare,
  ): Promise<Planned> {
    const { domain, epoch } = payload
    const now = clock.now()
    const closesAt = new Date(payload.closesAt ?? 0)
    if (closesAt <= now || closesAt > shifted(now, longestWindowDays * 86_400)) {
      return notNow(
        `say when the epoch before closes: after now, and within ${longestWindowDays} days`,
      )
    }
    if ((await findManifest(tx, domain, epoch)) === undefined) {
      return notNow('both operators have to sign its keys first: hold its "make" at both')
    }
    const open = (await sharesOf(tx, [domain])).filter((one) => stateOf(one, clock) === 'open')
    if (open.length > 1) return notNow('two epochs are open already: close the oldest first')
    return async () => {
      const index = await append(tx, {
        kind: 'epoch.open',
        ...named(payload),
        publicKey: base64url(publicKey),
      })
      await setOpened(tx, domain, epoch, now)
      for (const one of open) await setClosing(tx, domain, one.epoch, closesAt)
      return index
    }
  }

  const planToClose = (tx: Tx, payload: CeremonyPayload) => async () => {
    const index = await append(tx, { kind: 'epoch.close', ...named(payload) })
    await setClosing(tx, payload.domain, payload.epoch, clock.now())
    return index
  }

  const planToDestroy = (tx: Tx, payload: CeremonyPayload, share: StoredShare) => async () => {
    const publicKey = base64url(share.publicKey)
    const index = await append(tx, { kind: 'share.destroy', ...named(payload), publicKey })
    await setDestroyed(tx, payload.domain, payload.epoch, clock.now())
    return index
  }

  async function plan(tx: Tx, payload: CeremonyPayload): Promise<Planned> {
    const { act, domain, epoch } = payload
    const share = await holdShare(tx, domain, epoch)
    if (act === 'make') return planToMake(tx, payload)
    if (share === undefined) return notNow('there is no share of this domain and epoch')
    const state = stateOf(share, clock)
    if (!statesFor[act].includes(state)) return notNow(`the epoch is ${state}`)
    if (act === 'open') return planToOpen(tx, payload, share)
    if (act === 'close') return planToClose(tx, payload)
    if (act === 'destroy') return planToDestroy(tx, payload, share)
    return async () => undefined
  }

  /** Decides, appends and does the own part, in one transaction; the same ceremony again changes nothing. */
  async function record(
    { payload, text, people }: Signed,
    refusal: Fault | undefined,
  ): Promise<Fault | undefined> {
    return transact(db, 'keys/hold-ceremony', async (tx) => {
      const { number, act, domain, epoch, closesAt } = payload
      const known = await store.findCeremony(tx, number)
      if (refusal === undefined && known?.text === text) return undefined
      const planned =
        refusal ??
        (known === undefined
          ? await plan(tx, payload)
          : notNow('another ceremony was held under this number'))
      const fault = planned instanceof Fault ? planned : undefined
      const index = await append(tx, {
        kind: 'key.ceremony',
        outcome: fault === undefined ? 'permit' : 'refuse',
        reasons: fault === undefined ? [] : [fault.code],
        ceremony: number,
        act,
        domain,
        epoch,
        administrators: people,
        closesAt,
      })
      if (planned instanceof Fault) return planned
      const effect = await planned()
      const entries = [index, effect].filter((one) => one !== undefined)
      await store.addCeremony(tx, { number, text, entries, at: clock.now() })
      return undefined
    })
  }

  async function answer({ number, act }: CeremonyPayload): Promise<CeremonyAnswer> {
    const held = await store.findCeremony(db, number)
    const entries = held?.entries ?? []
    const isWaiting = act === 'refresh' && operator === 'keyholder' && entries.length < 2
    return {
      number,
      state: isWaiting ? 'awaiting-the-gateway' : 'held',
      receipts: await Promise.all(entries.map((index) => ledger.receiptFor(db, index))),
    }
  }

  return {
    /**
     * Holds a ceremony, or goes on with one that was held. Bring it to the keyholder first.
     * @throws Fault statements/invalid, keys/two-people, keys/not-now, evaluation/keyholder-unavailable
     */
    async hold(body: CeremonyBody): Promise<CeremonyAnswer> {
      const signed = await readSigned(body)
      const { payload, people } = signed
      // Of strangers nothing is written down.
      if (people.length === 0) throw new Fault('keys/two-people')
      const tooFew = people.length < peopleNeeded ? new Fault('keys/two-people') : undefined
      const refusal = await record(signed, tooFew)
      if (refusal !== undefined) throw refusal
      const { act, domain, epoch } = payload
      if (act === 'make') await joint?.make(domain, epoch)
      if (act === 'refresh') await joint?.refresh(payload)
      if (act === 'destroy') await wipeFreed(db)
      return answer(payload)
    },
  }
}
