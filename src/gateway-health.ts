import { domainsOf } from './agreements/standing.ts'
import type { HealthPart } from './console/pages/health.ts'
import {
  type Light,
  lightAfter,
  lookAt,
  type PartStanding,
  type Standing,
  worstOf,
} from './door/lights.ts'
import { type Clock, shifted } from './kernel/clock.ts'
import type { AgencyId } from './kernel/ids.ts'
import { type EpochStanding, epochsStanding } from './keys/epochs.ts'
import type { Ledger } from './ledger/ledger.ts'
import type { Webhooks } from './notification/webhooks.ts'
import type { Retention } from './retention/retention.ts'
import type { Reader } from './store/reader.ts'
import { type KeptCosignatures, otherOperator } from './witness/cosignatures.ts'

/** How long something may wait, in seconds. */
const patience = {
  /** Cosigned every ten seconds when the ledger has grown. */
  witness: { yellow: 120, red: 900 },
  /** Looked for every minute. */
  work: { yellow: 180, red: 900 },
  outbox: { yellow: 180, red: 900 },
} as const
const minute = 60
const cosigningSeconds = 10
/** How long before the last open epoch of a domain closes another one should stand open. */
const epochNoticeSeconds = 14 * 86_400

/** An answer that takes longer is slow. */
const slowMilliseconds = 1000

const lightOfAnswer = (began: number): Light =>
  performance.now() - began > slowMilliseconds ? 'yellow' : 'green'

/** The light for the epochs of some domains: red where none is open, yellow where the last one closes soon. */
export function lightOfEpochs(standings: readonly EpochStanding[], now: Date): Light {
  const soon = shifted(now, epochNoticeSeconds)
  return worstOf(
    standings.map(({ open }): Light => {
      if (open.length === 0) return 'red'
      return open.every(({ closesAt }) => closesAt !== undefined && closesAt <= soon)
        ? 'yellow'
        : 'green'
    }),
  )
}

/** What the administrator of an agency may know of how this gateway works: no number of anybody's signals. */
export function openGatewayHealth({
  clock,
  db,
  keyholderUrl,
  ledger,
  cosignatures,
  retention,
  webhooks,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly keyholderUrl: string
  readonly ledger: Pick<Ledger, 'appendedAt'>
  readonly cosignatures: Pick<KeptCosignatures, 'list'>
  readonly retention: Pick<Retention, 'standings'>
  readonly webhooks: Pick<Webhooks, 'dueSince'>
}) {
  const secondsSince = (at: Date): number => (clock.now().getTime() - at.getTime()) / 1000

  async function database(): Promise<Standing> {
    const began = performance.now()
    const lastAt = await ledger.appendedAt(db)
    return { light: lightOfAnswer(began), ...(lastAt && { lastAt }) }
  }

  async function keyholder(): Promise<Standing> {
    const began = performance.now()
    const { ok } = await fetch(new URL('/health/ready', keyholderUrl), {
      redirect: 'error',
      signal: AbortSignal.timeout(2000),
    })
    return { light: ok ? lightOfAnswer(began) : 'red', lastAt: clock.now() }
  }

  async function witness(): Promise<Standing> {
    const kept = (await cosignatures.list()).find((one) => one.witness === otherOperator)
    const waitsSince = await ledger.appendedAt(db, kept?.size ?? 0)
    const nextAt = shifted(clock.now(), cosigningSeconds)
    return {
      light:
        waitsSince === undefined ? 'green' : lightAfter(secondsSince(waitsSince), patience.witness),
      ...(kept && { lastAt: kept.cosignedAt }),
      nextAt,
    }
  }

  /** When each kind of due work was last done. */
  async function lastRuns(): Promise<{ readonly all: boolean; readonly at: readonly Date[] }> {
    const standings = await retention.standings()
    const at = standings.flatMap(({ lastSucceededAt }) => lastSucceededAt ?? [])
    return {
      all: at.length === standings.length,
      at: at.sort((one, other) => one.getTime() - other.getTime()),
    }
  }

  /** Whether due work is looked for at all. */
  async function work(): Promise<Standing> {
    const lastAt = (await lastRuns()).at.at(-1)
    if (lastAt === undefined) return { light: 'yellow' }
    return {
      light: lightAfter(secondsSince(lastAt), patience.work),
      lastAt,
      nextAt: shifted(lastAt, minute),
    }
  }

  /** Whether each kind of it is done to its end. */
  async function ending(): Promise<Standing> {
    const { all, at } = await lastRuns()
    const [oldest] = at
    if (oldest === undefined) return { light: 'yellow' }
    const arrears = (await retention.standings()).some(({ due }) => due === 'many')
    return {
      light: worstOf([
        lightAfter(secondsSince(oldest), patience.work),
        all && !arrears ? 'green' : 'yellow',
      ]),
      lastAt: oldest,
      nextAt: shifted(oldest, minute),
    }
  }

  async function outbox(): Promise<Standing> {
    const since = await webhooks.dueSince()
    if (since === undefined) return { light: 'green' }
    return { light: lightAfter(secondsSince(since), patience.outbox), nextAt: since }
  }

  async function epochs(agency: AgencyId): Promise<Standing> {
    const standings = await epochsStanding(db, clock, await domainsOf(db, clock.now(), agency))
    const open = standings.flatMap((one) => one.open)
    const opened = open.flatMap(({ openedAt }) => openedAt ?? []).sort(laterLast)
    const closing = open.flatMap(({ closesAt }) => closesAt ?? []).sort(laterLast)
    const [lastAt, nextAt] = [opened.at(-1), closing[0]]
    return {
      light: lightOfEpochs(standings, clock.now()),
      ...(lastAt && { lastAt }),
      ...(nextAt && { nextAt }),
    }
  }

  return {
    /** Every part, with the epochs of the domains that this agency takes part in. */
    look: (agency: AgencyId): Promise<PartStanding<HealthPart>[]> =>
      lookAt([
        ['database', database],
        ['keyholder', keyholder],
        ['witness', witness],
        ['work', work],
        ['outbox', outbox],
        ['retention', ending],
        ['epochs', () => epochs(agency)],
      ]),
  }
}

const laterLast = (one: Date, other: Date): number => one.getTime() - other.getTime()
