import { asFault } from '../agencies/agencies.ts'
import { base64url, equalBytes, fromBase64url } from '../kernel/bytes.ts'
import { canonicalText } from '../kernel/canonical.ts'
import type { Clock } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import { payloadReader } from '../proofs/payload.ts'
import { type PrivateJwk, readStatement, signStatement } from '../proofs/statement.ts'
import type { Reader } from '../store/reader.ts'
import { transact } from '../store/transact.ts'
import type { PublicKey } from '../wire/common.ts'
import {
  type DomainKeysAnswer,
  DomainKeysContent,
  type DomainKeysManifest,
  DomainKeysOffer,
} from '../wire/evaluation.ts'
import { epochsOf, firstEpoch, stateOf } from './epochs.ts'
import * as manifests from './manifest-store.ts'
import { findShare } from './share-store.ts'
import type { Shares } from './shares.ts'

export type DomainKeys = ReturnType<typeof openDomainKeys>

/** The gateway's way to the other operator's half of a manifest. */
export type ManifestPeer = {
  readonly rootThumbprint: string
  readonly countersign: (offer: string) => Promise<string>
}

const readOffer = payloadReader(DomainKeysOffer)
const readContent = payloadReader(DomainKeysContent)

/** The part of the keys of one domain and epoch that one operator publishes. */
type PublishedKeys = DomainKeysContent['gateway']

/** What an operator can evaluate with: its scalar, which the caller wipes; or why it cannot. */
export type FoundShare =
  | { readonly state: 'unknown' | 'closed' }
  | { readonly state: 'open'; readonly scalar: Uint8Array; readonly generation: number }

/** The manifests that both operators sign about their shares, and the share to evaluate with. */
export function openDomainKeys({
  clock,
  db,
  shares,
  ledgerKey,
  rootKey,
  rootThumbprint,
  sealingKey,
  catchUp,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly shares: Shares
  readonly ledgerKey: string
  readonly rootKey: PrivateJwk
  readonly rootThumbprint: string
  /** Public key to which partners seal this operator's halves of content keys. */
  readonly sealingKey: PublicKey
  /** Takes a prepared refresh into use, when the other operator has; see `share-refresh.ts`. */
  readonly catchUp: (domain: string, epoch: number, generation: number) => Promise<void>
}) {
  /** What is published of this share. The share of a domain's first epoch is made when there is none. */
  async function publishedKeys(domain: string, epoch: number): Promise<PublishedKeys> {
    const found = await transact(db, 'keys/publish', async (tx) => {
      const share = await findShare(tx, domain, epoch)
      if (share === undefined && epoch === firstEpoch) await shares.make(tx, domain, epoch)
      return share ?? findShare(tx, domain, epoch)
    })
    if (found === undefined) throw new Fault('evaluation/unknown-domain')
    return { rootThumbprint, publicKey: base64url(found.publicKey), sealingKey, ledgerKey }
  }

  /**
   * Gateway: the manifest of a domain and epoch. The first time, offers the own half to the
   * keyholder and countersigns what it answers, if its signature and both halves hold.
   */
  async function manifest(
    domain: string,
    epoch: number,
    peer: ManifestPeer,
  ): Promise<DomainKeysManifest> {
    const kept = await manifests.findManifest(db, domain, epoch)
    if (kept?.gatewayStatement) {
      return { gateway: kept.gatewayStatement, keyholder: kept.keyholderStatement }
    }
    const gateway = await publishedKeys(domain, epoch)
    const offer = { domain, epoch, gateway, audience: peer.rootThumbprint }
    const keyholderStatement = await peer.countersign(
      await signStatement('domain-keys', offer, rootKey),
    )
    const content = await asFault(async () =>
      readContent(await readStatement('domain-keys', keyholderStatement, peer.rootThumbprint)),
    )
    const expected = {
      domain,
      epoch,
      gateway,
      keyholder: { ...content.keyholder, rootThumbprint: peer.rootThumbprint },
    }
    if (canonicalText(content) !== canonicalText(expected)) {
      throw new Fault('evaluation/keyholder-unavailable', [], {
        cause: new Error('the keyholder signed other keys than were offered'),
      })
    }
    const gatewayStatement = await signStatement('domain-keys', content, rootKey)
    return transact(db, 'keys/keep-manifest', async (tx) => {
      await manifests.addManifest(tx, domain, epoch, {
        peerPublicKey: fromBase64url(content.keyholder.publicKey),
        gatewayStatement,
        keyholderStatement,
      })
      const first = await manifests.findManifest(tx, domain, epoch)
      if (!first?.gatewayStatement) throw new Error('a manifest vanished inside its transaction')
      return { gateway: first.gatewayStatement, keyholder: first.keyholderStatement }
    })
  }

  return {
    manifest,

    /** The epochs of domains, as they stand now. */
    epochsOf: (reader: Reader, domains: readonly string[]) => epochsOf(reader, clock, domains),

    /**
     * This operator's share of an epoch that is open.
     * @param generation the one that the other operator evaluates with, when that is known
     * @throws Fault door/unavailable when the two operators are between two generations
     */
    async share(domain: string, epoch: number, generation?: number): Promise<FoundShare> {
      let found = await findShare(db, domain, epoch)
      if (found !== undefined && generation !== undefined && found.generation !== generation) {
        await catchUp(domain, epoch, generation)
        found = await findShare(db, domain, epoch)
        if (found?.generation !== generation) {
          throw new Fault('door/unavailable', [], { retryAfterSeconds: 1 })
        }
      }
      if (found === undefined) return { state: 'unknown' }
      const state = stateOf(found, clock)
      if (state === 'made') return { state: 'unknown' }
      if (state !== 'open' || found.sealedShare === null) return { state: 'closed' }
      const scalar = shares.unseal(domain, epoch, found.sealedShare)
      return { state, scalar, generation: found.generation }
    },

    /**
     * Gateway: the manifests of the epochs that are open.
     * @throws Fault evaluation/epoch-closed when none is
     */
    async manifests(domain: string, peer: ManifestPeer): Promise<DomainKeysAnswer> {
      const { open } = (await epochsOf(db, clock, [domain]))(domain)
      const [newest, former] = open
      if (newest === undefined) throw new Fault('evaluation/epoch-closed')
      return {
        ...(await manifest(domain, newest, peer)),
        ...(former === undefined ? {} : { former: await manifest(domain, former, peer) }),
      }
    },

    /**
     * Keyholder: completes the gateway's offer with its own half and signs both. The gateway's key
     * of a domain and epoch is fixed by its first offer: a second key, which could tag one partner,
     * is refused. Only domains of agreements in force that this operator verified get a first share; one
     * of a later epoch is there when people had it made here.
     */
    async countersign(
      offer: string,
      gatewayThumbprint: string,
      isServed: (domain: string) => Promise<boolean>,
    ): Promise<string> {
      const { domain, epoch, gateway, audience } = await asFault(async () =>
        readOffer(await readStatement('domain-keys', offer, gatewayThumbprint)),
      )
      if (audience !== rootThumbprint || gateway.rootThumbprint !== gatewayThumbprint) {
        throw new Fault('statements/invalid', [
          { message: 'the offer is meant for another operator' },
        ])
      }
      if (!(await isServed(domain))) throw new Fault('evaluation/unknown-domain')
      const keyholder = await publishedKeys(domain, epoch)
      const content: DomainKeysContent = { domain, epoch, gateway, keyholder }
      const keyholderStatement = await signStatement('domain-keys', content, rootKey)
      const first = await transact(db, 'keys/keep-manifest', async (tx) => {
        await manifests.addManifest(tx, domain, epoch, {
          peerPublicKey: fromBase64url(gateway.publicKey),
          gatewayStatement: null,
          keyholderStatement,
        })
        return manifests.findManifest(tx, domain, epoch)
      })
      if (first === undefined) throw new Error('a manifest vanished inside its transaction')
      if (!equalBytes(first.peerPublicKey, fromBase64url(gateway.publicKey))) {
        throw new Fault('statements/invalid', [
          { message: 'another key of the gateway stands for this domain and epoch' },
        ])
      }
      return first.keyholderStatement
    },
  }
}
