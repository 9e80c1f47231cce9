import type { Agreements } from '../agreements/agreements.ts'
import type { Delegations } from '../agreements/delegations.ts'
import type { Decided } from '../decisions/types.ts'
import type { AgencyId, AgreementHash, OverlapHandle, SignalId } from '../kernel/ids.ts'
import type { Thresholds } from '../linkage/weights.ts'
import type { Tell, Telling } from '../notification/types.ts'
import { factsUnder, forItself } from '../policy/facts.ts'
import type { Acting, Facts } from '../policy/types.ts'
import { findSignals } from '../signals/store.ts'
import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'
import type { NoticeKind } from '../wire/codes/notices.ts'
import { groupsAround, type Neighbourhood, neighbourhoodOf } from './neighbourhood.ts'
import * as store from './store.ts'

export type OverlapTelling = ReturnType<typeof openOverlapTelling>

type LookingAct = 'overlap.read' | 'overlap.read-end'
type OverlapNotice = Extract<NoticeKind, `overlap-${string}`>
/** A handle, whose it is, and to which of its signals it is anchored. */
export type Handled = {
  readonly signal: SignalId
  readonly agency: AgencyId
  readonly handle: OverlapHandle
}

/** Of each signal that touches one of another agency: the other agencies. */
export type AgenciesAround = ReadonlyMap<SignalId, ReadonlySet<AgencyId>>

const idsAround = (neighbourhood: Neighbourhood, own: SignalId): SignalId[] =>
  groupsAround(neighbourhood, own).flatMap(({ members }) => members)

/** An overlap as one of its agencies is about to be told of it. */
export type ToldOverlap = {
  readonly signal: SignalId
  readonly agency: AgencyId
  readonly others: readonly AgencyId[]
  /** The signals that it is made of, `signal` among them. */
  readonly around: readonly SignalId[]
}

/** Those of these signals whose overlaps nobody has to hear of. */
export type SilencedAmong = (tx: Tx, told: readonly ToldOverlap[]) => Promise<ReadonlySet<SignalId>>

/** The other agencies among these signals. */
function agenciesOf(
  { signals }: Neighbourhood,
  own: SignalId,
  ids: readonly SignalId[],
): Set<AgencyId> {
  const agencies = new Set<AgencyId>()
  for (const id of ids) {
    const agency = signals.get(id)?.agency
    if (agency !== undefined && agency !== signals.get(own)?.agency) agencies.add(agency)
  }
  return agencies
}

/**
 * Tells agencies that an overlap of theirs is there, has grown by an agency, or is over: of what the
 * thresholds in force show, to whom the policies let look, under the receiver's own handle. Moving a
 * threshold tells nobody.
 */
export function openOverlapTelling({
  agreements,
  delegations,
  decide,
  tell,
  thresholdsOf,
  silencedAmong,
}: {
  readonly agreements: Agreements
  readonly delegations: Delegations
  readonly decide: (act: LookingAct, facts: Facts) => Decided
  readonly tell: Tell
  readonly thresholdsOf: (reader: Reader, agreement: string) => Promise<Thresholds>
  readonly silencedAmong: SilencedAmong
}) {
  /**
   * Whether an agency, or one that acts for it, may look at what it would be told of. A suspension does
   * not count here: the notice is held back as long as that lasts.
   */
  async function mayLookUnder(tx: Tx, hash: AgreementHash) {
    const agreement = await agreements.find(tx, hash)
    const known = new Map<string, boolean>()
    return (act: LookingAct, acting: Acting): boolean => {
      const name = JSON.stringify(acting)
      const found = known.get(name)
      if (found !== undefined) return found
      const facts = agreements.facts(agreement, acting.agency)
      const decided = decide(act, {
        ...factsUnder(acting, {
          hash,
          agreement: { ...facts, state: facts.state === 'suspended' ? 'in-force' : facts.state },
        }),
        ...(act === 'overlap.read-end' ? { owner: acting.agency } : {}),
      })
      known.set(name, decided.outcome === 'permit')
      return decided.outcome === 'permit'
    }
  }

  /** Tells whose handles these are, and who acts for them by the delegation under which it submitted. */
  async function tellOf(
    tx: Tx,
    agreement: AgreementHash,
    handles: readonly Handled[],
    { kind, act }: { readonly kind: OverlapNotice; readonly act: LookingAct },
  ): Promise<void> {
    if (handles.length === 0) return
    const mayLook = await mayLookUnder(tx, agreement)
    const ids = handles.map(({ signal }) => signal)
    const submitters = new Map(
      (await findSignals(tx, ids)).map(({ id, actingAgency }) => [id, actingAgency]),
    )
    const told: Telling[] = []
    for (const { signal, agency, handle } of handles) {
      const notice = { kind, agreement, about: { type: 'overlap', handle } } as const
      if (mayLook(act, forItself(agency))) told.push({ agency, ...notice })
      const submitter = submitters.get(signal) ?? null
      if (submitter === null) continue
      const caller = { agency: submitter, active: true }
      const acting = await delegations.acting(tx, caller, { onBehalfOf: agency, agreement })
      if (acting.caller.delegated && mayLook(act, acting)) {
        told.push({ agency: submitter, onBehalfOf: agency, ...notice })
      }
    }
    await tell(tx, told)
  }

  /** Signals around which an agency stands that did not before, of those that are asked about. */
  function grownAmong(
    neighbourhood: Neighbourhood,
    asked: readonly SignalId[],
    fresh: ReadonlySet<SignalId>,
    before: AgenciesAround,
  ): SignalId[] {
    return asked.filter((own) => {
      const ids = idsAround(neighbourhood, own)
      const known =
        before.get(own) ??
        agenciesOf(neighbourhood, own, fresh.has(own) ? [] : ids.filter((id) => !fresh.has(id)))
      return [...agenciesOf(neighbourhood, own, ids)].some((agency) => !known.has(agency))
    })
  }

  return {
    /** Which of these live signals, and of the ones around them, touch which other agencies now. */
    async around(
      tx: Tx,
      agreement: AgreementHash,
      signals: readonly SignalId[],
    ): Promise<AgenciesAround> {
      const neighbourhood = await neighbourhoodOf(tx, signals, await thresholdsOf(tx, agreement))
      const around = [...neighbourhood.signals.keys()].map(
        (own) => [own, agenciesOf(neighbourhood, own, idsAround(neighbourhood, own))] as const,
      )
      return new Map(around.filter(([, agencies]) => agencies.size > 0))
    },

    /**
     * Tells of overlaps that fresh signals make or that they bring another agency into. A further
     * signal of an agency that stands in an overlap already is no news.
     */
    async found(
      tx: Tx,
      agreement: AgreementHash,
      linked: {
        readonly fresh: readonly SignalId[]
        /** Every signal at an end of a link of theirs. */
        readonly ends: readonly SignalId[]
        /** What was around signals that were there before, where that is known. */
        readonly before?: AgenciesAround
      },
    ): Promise<void> {
      const { ends, before = new Map() } = linked
      const fresh = new Set(linked.fresh)
      const thresholds = await thresholdsOf(tx, agreement)
      const near = await neighbourhoodOf(tx, ends, thresholds)
      const grown = grownAmong(near, ends, fresh, before)
      const further = [...near.signals.keys()].filter(
        (id) => !ends.includes(id) && idsAround(near, id).some((one) => fresh.has(one)),
      )
      if (further.length > 0) {
        // Their own links were not all looked at above; what they can see is judged from where they stand.
        const from = await neighbourhoodOf(tx, further, thresholds)
        grown.push(...grownAmong(from, further, fresh, before))
      }
      const handles = await store.handlesOf(tx, grown)
      const known = grown.flatMap((signal): Handled[] => {
        const agency = near.signals.get(signal)?.agency
        const handle = handles.get(signal)
        return agency === undefined || handle === undefined ? [] : [{ signal, agency, handle }]
      })
      const silenced = await silencedAmong(
        tx,
        known.map(({ signal, agency }) => {
          const around = idsAround(near, signal)
          return { signal, agency, others: [...agenciesOf(near, signal, around)], around }
        }),
      )
      const told = known.filter(({ signal }) => !silenced.has(signal))
      await tellOf(tx, agreement, told, { kind: 'overlap-found', act: 'overlap.read' })
    },

    /** Tells whoever could see these overlaps that they are over. */
    ended: (tx: Tx, agreement: AgreementHash, handles: readonly Handled[]): Promise<void> =>
      tellOf(tx, agreement, handles, { kind: 'overlap-ended', act: 'overlap.read-end' }),
  }
}
