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
