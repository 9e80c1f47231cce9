import { asFault } from '../agencies/agencies.ts'
import type { OperatorPins } from '../agencies/types.ts'
import { base64url, fromBase64url } from '../kernel/bytes.ts'
import { canonicalText } from '../kernel/canonical.ts'
import type { Clock } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { Randomness } from '../kernel/random.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { drawRefresh, keyShareOf, refreshShare } from '../oprf/key-share.ts'
import { addElements, addScalars, multiplyGenerator, subtractElements } from '../oprf/ristretto.ts'
import type { KeyShare, OperatorName } from '../oprf/types.ts'
import { payloadReader } from '../proofs/payload.ts'
import { type PrivateJwk, readStatement, signStatement } from '../proofs/statement.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import type { RefreshAnswer, RefreshPayload } from '../wire/ceremony.ts'
import { DomainKeysContent } from '../wire/evaluation.ts'
import { addCeremonyEntry, findCeremony } from './ceremony-store.ts'
import { stateOf } from './epochs.ts'
import { findManifest, replaceManifest } from './manifest-store.ts'
import { openPart, sealPart } from './refresh-part.ts'
import * as store from './share-store.ts'
import type { Shares } from './shares.ts'

export type ShareRefreshes = ReturnType<typeof openShareRefreshes>

/** Asks the keyholder for its side of a refresh; see `RefreshPayload`. */
export type AskKeyholder = (payload: RefreshPayload) => Promise<RefreshAnswer>

type Epoch = { readonly domain: string; readonly epoch: number }
type Ceremony = Epoch & { readonly number: string }

const readContent = payloadReader(DomainKeysContent)
const notNow = (message: string): Fault => new Fault('keys/not-now', [{ message }])

/**
 * Refreshing both shares of an epoch by one amount, so that tokens stay as they are and an old share is of no
 * use with a new one. Each operator draws a part of the amount.
 *
 * The keyholder prepares its new share and keeps the old one; the gateway switches, in one transaction; the
 * keyholder switches when the gateway says so, or when the first batch comes that the gateway evaluated with the new
 * share. Whatever is killed in between, both are of one generation by the next batch, and the same
 * ceremony held again goes on where it stopped.
 */
export function openShareRefreshes({
  operator,
  clock,
  random,
  db,
  ledger,
  shares,
  rootKey,
  sealingKey,
  pins,
}: {
  readonly operator: OperatorName
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly ledger: Ledger
  readonly shares: Shares
  readonly rootKey: PrivateJwk
  /** Private key to which the other operator encrypts its part. */
  readonly sealingKey: PrivateJwk
  readonly pins: OperatorPins
}) {
  const refreshed = (scalar: Uint8Array, amount: Uint8Array): KeyShare => {
    try {
      return keyShareOf(refreshShare(operator, scalar, amount))
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause
      throw new Fault('statements/invalid', [{ message: 'this is no amount to refresh by' }], {
        cause,
      })
    }
  }

  /** The share of an epoch that can be refreshed, locked, and its manifest. */
  async function holdLiving(tx: Tx, { domain, epoch }: Epoch) {
    const share = await store.holdShare(tx, domain, epoch)
    const manifest = await findManifest(tx, domain, epoch)
    if (share === undefined || manifest === undefined) {
      throw notNow('there are no keys of both operators for this domain and epoch')
    }
    const state = stateOf(share, clock)
    if (share.sealedShare === null || (state !== 'open' && state !== 'made')) {
      throw notNow('the epoch is closed')
    }
    const statement = manifest.keyholderStatement
    const content = readContent(await readStatement('domain-keys', statement, pins.keyholder()))
    return { share, sealedShare: share.sealedShare, content }
  }

  /** Puts another share in the place of the own one, and says so on the ledger. */
  async function replace(
    tx: Tx,
    { domain, epoch, number }: Ceremony,
    next: {
      readonly sealedShare: Uint8Array
      readonly publicKey: Uint8Array
      readonly generation: number
    },
  ): Promise<void> {
    const [entry] = await ledger.append(tx, [
      {
        kind: 'share.refresh',
        outcome: 'permit',
        domain,
        epoch,
        publicKey: base64url(next.publicKey),
        generation: next.generation,
        ceremony: number,
      },
    ])
    await store.replaceShare(tx, { domain, epoch }, next)
    await addCeremonyEntry(tx, number, entry?.index ?? 0)
  }

  /** Keyholder: takes what it prepared into use. Does nothing where that is done, or not prepared. */
  async function switchPrepared({ domain, epoch }: Epoch, generation: number): Promise<void> {
    await transact(db, 'keys/switch-share', async (tx) => {
      await store.holdShare(tx, domain, epoch)
      const ahead = await store.findRefresh(tx, domain, epoch)
      const { answer, sealedShare, publicKey, ceremony } = ahead ?? {}
      if (ahead?.generation !== generation || !answer || !sealedShare || !publicKey) return
      if (ceremony === undefined) return
      await replace(tx, { domain, epoch, number: ceremony }, { sealedShare, publicKey, generation })
      const { manifest } = JSON.parse(answer) as NonNullable<RefreshAnswer['prepared']>
      const content = readContent(await readStatement('domain-keys', manifest, pins.keyholder()))
      await replaceManifest(tx, domain, epoch, {
        peerPublicKey: fromBase64url(content.gateway.publicKey),
        gatewayStatement: null,
        keyholderStatement: manifest,
      })
      await store.removeRefresh(tx, domain, epoch)
    })
  }

  /** Keyholder: the share to come, and the manifest of both shares to come; the same for one ceremony. */
  async function prepare(
    tx: Tx,
    { domain, epoch, number }: Ceremony,
    sealedPart: string,
  ): Promise<NonNullable<RefreshAnswer['prepared']>> {
    const { share, sealedShare, content } = await holdLiving(tx, { domain, epoch })
    const before = await store.findRefresh(tx, domain, epoch)
    if (before?.ceremony === number && before.answer !== null) return JSON.parse(before.answer)
    const own = drawRefresh(random)
    const amount = addScalars(await openPart(sealedPart, number, sealingKey), own)
    const scalar = shares.unseal(domain, epoch, sealedShare)
    const next = refreshed(scalar, amount)
    const generation = share.generation + 1
    const theirs = addElements(fromBase64url(content.gateway.publicKey), multiplyGenerator(amount))
    const manifest: DomainKeysContent = {
      ...content,
      generation,
      gateway: { ...content.gateway, publicKey: base64url(theirs) },
      keyholder: { ...content.keyholder, publicKey: base64url(next.publicKey) },
    }
    const answer = {
      manifest: await signStatement('domain-keys', manifest, rootKey),
      part: await sealPart(own, number, content.gateway.sealingKey),
    }
    await store.putRefresh(tx, domain, epoch, {
      ceremony: number,
      generation,
      sealedPart: null,
      sealedShare: shares.seal(domain, epoch, next.scalar),
      publicKey: next.publicKey,
      answer: JSON.stringify(answer),
    })
    for (const secret of [own, amount, scalar, next.scalar]) secret.fill(0)
    return answer
  }

  /** Gateway: the own part of the amount, drawn once per ceremony and kept until it has switched. */
  async function claim(tx: Tx, { domain, epoch, number }: Ceremony) {
    const current = await store.holdShare(tx, domain, epoch)
    const before = await store.findRefresh(tx, domain, epoch)
    if (before !== undefined && before.generation === current?.generation) {
      return { kind: 'unfinished' as const, before }
    }
    if (((await findCeremony(tx, number))?.entries.length ?? 0) > 1) {
      return { kind: 'done' as const }
    }
    const { share, content } = await holdLiving(tx, { domain, epoch })
    const kept = before?.ceremony === number ? before.sealedPart : null
    const part = kept === null ? drawRefresh(random) : shares.unseal(domain, epoch, kept)
    if (kept === null) {
      await store.putRefresh(tx, domain, epoch, {
        ceremony: number,
        generation: share.generation + 1,
        sealedPart: shares.seal(domain, epoch, part),
        sealedShare: null,
        publicKey: null,
        answer: null,
      })
    }
    return { kind: 'claimed' as const, part, content }
  }

  /** Gateway: switches to the new share, if what the keyholder signed leaves the joint key as it is. */
  async function switchOwn(
    tx: Tx,
    ceremony: Ceremony,
    amount: Uint8Array,
    keyholderStatement: string,
  ): Promise<number> {
    const { domain, epoch, number } = ceremony
    const { share, sealedShare, content } = await holdLiving(tx, ceremony)
    const before = await store.findRefresh(tx, domain, epoch)
    if (before?.ceremony !== number || before.generation !== share.generation + 1) {
      throw notNow('another refresh of this share came in between')
    }
    const scalar = shares.unseal(domain, epoch, sealedShare)
    const next = refreshed(scalar, amount)
    const { generation } = before
    const told = await asFault(async () =>
      readContent(await readStatement('domain-keys', keyholderStatement, pins.keyholder())),
    )
    const theirs = subtractElements(
      fromBase64url(content.keyholder.publicKey),
      multiplyGenerator(amount),
    )
    const expected: DomainKeysContent = {
      ...content,
      generation,
      gateway: { ...content.gateway, publicKey: base64url(next.publicKey) },
      keyholder: { ...content.keyholder, publicKey: base64url(theirs) },
    }
    if (canonicalText(told) !== canonicalText(expected)) {
      throw new Fault('evaluation/keyholder-unavailable', [], {
        cause: new Error('the keyholder signed other keys than this refresh gives'),
      })
    }
    await replace(tx, ceremony, {
      sealedShare: shares.seal(domain, epoch, next.scalar),
      publicKey: next.publicKey,
      generation,
    })
    await replaceManifest(tx, domain, epoch, {
      peerPublicKey: theirs,
      gatewayStatement: await signStatement('domain-keys', told, rootKey),
      keyholderStatement,
    })
    await store.putRefresh(tx, domain, epoch, { ...before, sealedPart: null })
    scalar.fill(0)
    next.scalar.fill(0)
    return generation
  }

  /** Gateway: tells the keyholder to switch too, and forgets the refresh when it has. */
  async function finish(
    { domain, epoch, number }: Ceremony,
    generation: number,
    ask: AskKeyholder,
  ): Promise<void> {
    await ask({
      audience: pins.keyholder(),
      ceremony: number,
      domain,
      epoch,
      step: { name: 'switch', generation },
    })
    await transact(db, 'keys/refreshed', async (tx) => {
      await store.holdShare(tx, domain, epoch)
      const before = await store.findRefresh(tx, domain, epoch)
      if (before?.ceremony === number) await store.removeRefresh(tx, domain, epoch)
    })
    await store.wipeFreed(db)
  }

  /** Gateway: holds a refresh, or goes on with it where it stopped. */
  async function hold(ceremony: Ceremony, ask: AskKeyholder): Promise<void> {
    const { domain, epoch, number } = ceremony
    const claimed = await transact(db, 'keys/claim-refresh', (tx) => claim(tx, ceremony))
    if (claimed.kind === 'done') return
    if (claimed.kind === 'unfinished') {
      const { ceremony: earlier, generation } = claimed.before
      await finish({ domain, epoch, number: earlier }, generation, ask)
      return earlier === number ? undefined : hold(ceremony, ask)
    }
    const { part, content } = claimed
    const { prepared } = await ask({
      audience: pins.keyholder(),
      ceremony: number,
      domain,
      epoch,
      step: { name: 'prepare', part: await sealPart(part, number, content.keyholder.sealingKey) },
    })
    if (prepared === undefined) throw new Fault('evaluation/keyholder-unavailable')
    const amount = addScalars(part, await openPart(prepared.part, number, sealingKey))
    const generation = await transact(db, 'keys/switch-share', (tx) =>
      switchOwn(tx, ceremony, amount, prepared.manifest),
    )
    part.fill(0)
    amount.fill(0)
    await finish(ceremony, generation, ask)
  }

  return {
    /** Keyholder: the gateway may have switched already; see `DomainKeys.share`. */
    catchUp: async (domain: string, epoch: number, generation: number): Promise<void> => {
      if (operator === 'keyholder') await switchPrepared({ domain, epoch }, generation)
    },

    /**
     * Keyholder: does its side of a refresh that two of its own administrators asked for.
     * @throws Fault statements/invalid, keys/not-now
     */
    async answer(payload: RefreshPayload): Promise<RefreshAnswer> {
      const { audience, ceremony: number, domain, epoch, step } = payload
      if (audience !== pins.keyholder()) {
        throw new Fault('statements/invalid', [
          { message: 'the statement is meant for another operator' },
        ])
      }
      if (step.name === 'switch') {
        await switchPrepared({ domain, epoch }, step.generation)
        const share = await store.findShare(db, domain, epoch)
        if (share?.generation !== step.generation) throw notNow('this refresh was not prepared')
        await store.wipeFreed(db)
        return {}
      }
      const prepared = await transact(db, 'keys/prepare-refresh', async (tx) => {
        const ceremony = await findCeremony(tx, number)
        const asked = ceremony?.payload
        if (asked?.act !== 'refresh' || asked.domain !== domain || asked.epoch !== epoch) {
          throw notNow('two administrators of the keyholder have to sign this ceremony first')
        }
        if ((ceremony?.entries.length ?? 0) > 1) throw notNow('this refresh is done')
        return prepare(tx, { domain, epoch, number }, step.part)
      })
      return { prepared }
    },

    /** @throws Fault keys/not-now, evaluation/keyholder-unavailable */
    hold,
  }
}
