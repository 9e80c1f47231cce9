import type { Clock } from '../kernel/clock.ts'
import type { Reader } from '../store/reader.ts'
import { type StoredShare, sharesOf } from './share-store.ts'

/** The epoch that a domain begins with. */
export const firstEpoch = 1

/** The epochs of one domain that matter to what is sent now. */
export type DomainEpochs = {
  /** They evaluate and take signals: the newest first; two of them in an overlap window. */
  readonly open: readonly number[]
  /** Those that were open and are no longer. */
  readonly closed: readonly number[]
}

/** Where an epoch is in its life. */
export type EpochState = 'made' | 'open' | 'closed' | 'destroyed'

export const stateOf = (
  { sealedShare, openedAt, closesAt }: StoredShare,
  clock: Clock,
): EpochState => {
  if (sealedShare === null) return 'destroyed'
  if (closesAt !== null && closesAt <= clock.now()) return 'closed'
  return openedAt === null ? 'made' : 'open'
}

/** A domain of which nobody asked for keys yet: its first epoch opens when somebody does. */
const untouched: DomainEpochs = { open: [firstEpoch], closed: [] }

/** The epochs of these domains, as they stand now. */
export async function epochsOf(
  reader: Reader,
  clock: Clock,
  domains: readonly string[],
): Promise<(domain: string) => DomainEpochs> {
  const shares = domains.length === 0 ? [] : await sharesOf(reader, [...new Set(domains)])
  const byDomain = Map.groupBy(shares, ({ domain }) => domain)
  return (domain) => {
    const own = byDomain.get(domain)
    if (own === undefined) return untouched
    const of = (...states: readonly EpochState[]) =>
      own
        .filter((share) => states.includes(stateOf(share, clock)))
        .map(({ epoch }) => epoch)
        .reverse()
    return { open: of('open'), closed: of('closed', 'destroyed') }
  }
}

/** The epochs of one domain with their times, for people who look after them; the oldest first. */
export type EpochStanding = {
  readonly domain: string
  readonly epochs: readonly {
    readonly epoch: number
    readonly state: EpochState
    readonly openedAt: Date | undefined
    readonly closesAt: Date | undefined
  }[]
  readonly open: EpochStanding['epochs']
}

/** How the epochs of these domains stand. A domain that nobody asked for keys yet has a first epoch that is open. */
export async function epochsStanding(
  reader: Reader,
  clock: Clock,
  domains: readonly string[],
): Promise<EpochStanding[]> {
  const shares = domains.length === 0 ? [] : await sharesOf(reader, domains)
  const byDomain = Map.groupBy(shares, ({ domain }) => domain)
  return domains.map((domain): EpochStanding => {
    const epochs = (byDomain.get(domain) ?? []).map((share) => ({
      epoch: share.epoch,
      state: stateOf(share, clock),
      openedAt: share.openedAt ?? undefined,
      closesAt: share.closesAt ?? undefined,
    }))
    const all =
      epochs.length > 0
        ? epochs
        : [{ epoch: firstEpoch, state: 'open' as const, openedAt: undefined, closesAt: undefined }]
    return { domain, epochs: all, open: all.filter(({ state }) => state === 'open') }
  })
}
