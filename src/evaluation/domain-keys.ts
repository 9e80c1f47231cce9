import { asFault } from '../agencies/agencies.ts'
import { base64url, equalBytes, fromBase64url, utf8 } from '../kernel/bytes.ts'
import { canonicalText } from '../kernel/canonical.ts'
import type { Clock } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { Randomness } from '../kernel/random.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { deriveKeyShare } from '../oprf/key-share.ts'
import { payloadReader } from '../proofs/payload.ts'
import { type PrivateJwk, readStatement, signStatement } from '../proofs/statement.ts'
import type { Crypter } from '../store/crypter.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import { onlyEpoch, type PublicKey } from '../wire/common.ts'
import { DomainKeysContent, type DomainKeysManifest, DomainKeysOffer } from '../wire/evaluation.ts'
import * as store from './store.ts'

export type DomainKeys = ReturnType<typeof openDomainKeys>

const readOffer = payloadReader(DomainKeysOffer)
const readContent = payloadReader(DomainKeysContent)

/** The part of the keys of one domain and epoch that one operator publishes. */
type PublishedKeys = DomainKeysContent['gateway']

/**
 * This operator's key shares, one per domain and epoch, and the manifests that both operators sign
 * about them. A share is derived once from a seed that is destroyed at once, and kept sealed.
 */
export function openDomainKeys({
  clock,
  random,
  db,
  ledger,
  crypter,
  rootKey,
  rootThumbprint,
  sealingKey,
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly ledger: Ledger
  readonly crypter: Crypter
  readonly rootKey: PrivateJwk
  readonly rootThumbprint: string
  /** Public key to which partners seal this operator's halves of content keys. */
  readonly sealingKey: PublicKey
}) {
  const place = (domain: string, epoch: number) => ({
    table: 'domain_share',
    row: `${domain}|${epoch}`,
    column: 'sealed_share',
  })

  async function makeShare(tx: Tx, domain: string, epoch: number): Promise<void> {
    const seed = random.bytes(32)
    const share = deriveKeyShare(seed, utf8(`${domain}|${epoch}`))
    seed.fill(0)
    const added = await store.addShare(
      tx,
      domain,
      epoch,
      {
        sealedShare: crypter.encrypt(place(domain, epoch), share.scalar),
        publicKey: share.publicKey,
      },
      clock.now(),
    )
    share.scalar.fill(0)
    if (!added) return
    await ledger.append(tx, [
      {
        kind: 'epoch.open',
        outcome: 'permit',
        domain,
        epoch,
        publicKey: base64url(share.publicKey),
      },
    ])
  }

  /** Opens the share of this domain and epoch if there is none yet; says what is published of it. */
  async function publishedKeys(domain: string, epoch: number): Promise<PublishedKeys> {
    const found = await transact(db, 'evaluation/open-epoch', async (tx) => {
      if ((await store.findShare(tx, domain, epoch)) === undefined)
        await makeShare(tx, domain, epoch)
      return store.findShare(tx, domain, epoch)
    })
    if (found === undefined) throw new Error('a share vanished inside its transaction')
    return {
      rootThumbprint,
      publicKey: base64url(found.publicKey),
      sealingKey,
      ledgerKey: ledger.verifierKey,
    }
  }

  return {
    /**
     * Makes sure that every share can be opened with the keys that this operator started with.
     * @throws Error naming no value, when the key of one is missing or it was changed
     */
    async assertReadable(): Promise<void> {
      for (const { domain, epoch, sealedShare } of await store.allShares(db)) {
        crypter.decrypt(place(domain, epoch), sealedShare).fill(0)
      }
    },

    /** This operator's scalar, or undefined when the epoch was never opened. */
    async share(domain: string, epoch: number): Promise<Uint8Array | undefined> {
      const found = await store.findShare(db, domain, epoch)
      return found && crypter.decrypt(place(domain, epoch), found.sealedShare)
    },

    /**
     * Gateway: the manifest of a domain and epoch. The first time, offers the own half to the
     * keyholder and countersigns what it answers, if its signature and both halves hold.
     */
    async manifest(
      domain: string,
      epoch: number,
      peer: {
        readonly rootThumbprint: string
        readonly countersign: (offer: string) => Promise<string>
      },
    ): Promise<DomainKeysManifest> {
      const kept = await store.findManifest(db, domain, epoch)
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
      return transact(db, 'evaluation/keep-manifest', async (tx) => {
        await store.addManifest(tx, domain, epoch, {
          peerPublicKey: fromBase64url(content.keyholder.publicKey),
          gatewayStatement,
          keyholderStatement,
        })
        const first = await store.findManifest(tx, domain, epoch)
        if (!first?.gatewayStatement) throw new Error('a manifest vanished inside its transaction')
        return { gateway: first.gatewayStatement, keyholder: first.keyholderStatement }
      })
    },

    /**
     * Keyholder: completes the gateway's offer with its own half and signs both. The gateway's key
     * of a domain and epoch is fixed by its first offer: a second key, which could tag one partner,
     * is refused. Only domains of agreements in force that this operator verified are opened.
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
      if (epoch !== onlyEpoch || !(await isServed(domain)))
        throw new Fault('evaluation/unknown-domain')
      const keyholder = await publishedKeys(domain, epoch)
      const content: DomainKeysContent = { domain, epoch, gateway, keyholder }
      const keyholderStatement = await signStatement('domain-keys', content, rootKey)
      const first = await transact(db, 'evaluation/keep-manifest', async (tx) => {
        await store.addManifest(tx, domain, epoch, {
          peerPublicKey: fromBase64url(gateway.publicKey),
          gatewayStatement: null,
          keyholderStatement,
        })
        return store.findManifest(tx, domain, epoch)
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
