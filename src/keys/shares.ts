import { base64url, utf8 } from '../kernel/bytes.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Randomness } from '../kernel/random.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { deriveKeyShare } from '../oprf/key-share.ts'
import type { Crypter } from '../store/crypter.ts'
import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'
import * as store from './share-store.ts'

export type Shares = ReturnType<typeof openShares>

const place = (domain: string, epoch: number) => ({
  table: 'domain_share',
  row: `${domain}|${epoch}`,
  column: 'sealed_share',
})

/** This operator's own key shares, one per domain and epoch, sealed. */
export function openShares({
  clock,
  random,
  db,
  ledger,
  crypter,
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly ledger: Ledger
  readonly crypter: Crypter
}) {
  return {
    seal: (domain: string, epoch: number, scalar: Uint8Array): Uint8Array =>
      crypter.encrypt(place(domain, epoch), scalar),

    /** The scalar; whoever asks for it wipes it. */
    unseal: (domain: string, epoch: number, sealed: Uint8Array): Uint8Array =>
      crypter.decrypt(place(domain, epoch), sealed),

    /**
     * Makes a share, once; from a seed that is destroyed at once. Without a ceremony it is that of a domain's
     * first epoch, and open.
     * @returns where that stands on the ledger; undefined when there was a share
     */
    async make(
      tx: Tx,
      domain: string,
      epoch: number,
      ceremony?: string,
    ): Promise<number | undefined> {
      const seed = random.bytes(32)
      const share = deriveKeyShare(seed, utf8(`${domain}|${epoch}`))
      seed.fill(0)
      const at = clock.now()
      const added = await store.addShare(tx, {
        domain,
        epoch,
        sealedShare: crypter.encrypt(place(domain, epoch), share.scalar),
        publicKey: share.publicKey,
        madeAt: at,
        openedAt: ceremony === undefined ? at : null,
      })
      share.scalar.fill(0)
      if (!added) return undefined
      const made = {
        outcome: 'permit' as const,
        domain,
        epoch,
        publicKey: base64url(share.publicKey),
      }
      const [entry] = await ledger.append(tx, [
        ceremony === undefined
          ? { kind: 'epoch.open', ...made }
          : { kind: 'share.make', ...made, ceremony },
      ])
      return entry?.index
    },

    /**
     * Makes sure that every share can be opened with the keys that this operator started with.
     * @throws Error naming no value, when the key of one is missing or it was changed
     */
    async assertReadable(): Promise<void> {
      for (const { domain, epoch, sealedShare } of await store.sharesOf(db)) {
        if (sealedShare !== null) crypter.decrypt(place(domain, epoch), sealedShare).fill(0)
      }
    },
  }
}
