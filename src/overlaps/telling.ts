import type { Agreements } from '../agreements/agreements.ts'
import type { Decided } from '../decisions/types.ts'
import type { AgencyId, AgreementHash, OverlapHandle, SignalId } from '../kernel/ids.ts'
import type { Thresholds } from '../linkage/weights.ts'
import type { Tell } from '../notification/types.ts'
import { factsUnder, forItself } from '../policy/facts.ts'
import type { Facts } from '../policy/types.ts'
import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'
import { groupsAround, type Neighbourhood, neighbourhoodOf } from './neighbourhood.ts'
import * as store from './store.ts'

export type OverlapTelling = ReturnType<typeof openOverlapTelling>

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
  decide,
  tell,
  thresholdsOf,
  silencedAmong,
}: {
  readonly agreements: Agreements
  readonly decide: (act: 'overlap.read' | 'overlap.read-end', facts: Facts) => Decided
  readonly tell: Tell
  readonly thresholdsOf: (reader: Reader, agreement: string) => Promise<Thresholds>
  readonly silencedAmong: SilencedAmong
}) {
  /**
   * Whether an agency may look at what it would be told of. A suspension does not count here: the
   * notice is held back as long as that lasts.
   */
  async function mayLookUnder(tx: Tx, hash: AgreementHash) {
    const agreement = await agreements.find(tx, hash)
    const known = new Map<string, boolean>()
    return (act: 'overlap.read' | 'overlap.read-end', agency: AgencyId): boolean => {
      const found = known.get(agency)
      if (found !== undefined) return found
      const facts = agreements.facts(agreement, agency)
      const decided = decide(act, {
        ...factsUnder(forItself(agency), {
          hash,
          agreement: { ...facts, state: facts.state === 'suspended' ? 'in-force' : facts.state },
        }),
        ...(act === 'overlap.read-end' ? { owner: agency } : {}),
      })
      known.set(agency, decided.outcome === 'permit')
      return decided.outcome === 'permit'
    }
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
      const mayLook = await mayLookUnder(tx, agreement)
      const mayKnow = grown.flatMap((id) => {
        const agency = near.signals.get(id)?.agency
        return agency !== undefined && mayLook('overlap.read', agency) ? [{ id, agency }] : []
      })
      const silenced = await silencedAmong(
        tx,
        mayKnow.map(({ id, agency }) => {
          const around = idsAround(near, id)
          return { signal: id, agency, others: [...agenciesOf(near, id, around)], around }
        }),
      )
      const told = mayKnow.filter(({ id }) => !silenced.has(id))
      const handles = await store.handlesOf(
        tx,
        told.map(({ id }) => id),
      )
      await tell(
        tx,
        told.flatMap(({ id, agency }) => {
          const handle = handles.get(id)
          if (handle === undefined) return []
          return [{ agency, kind: 'overlap-found', agreement, about: { type: 'overlap', handle } }]
        }),
      )
    },

    /** Tells whoever could see these overlaps that they are over. */
    async ended(
      tx: Tx,
      agreement: AgreementHash,
      handles: readonly { readonly agency: AgencyId; readonly handle: OverlapHandle }[],
    ): Promise<void> {
      if (handles.length === 0) return
      const mayLook = await mayLookUnder(tx, agreement)
      await tell(
        tx,
        handles
          .filter(({ agency }) => mayLook('overlap.read-end', agency))
          .map(({ agency, handle }) => ({
            agency,
            kind: 'overlap-ended',
            agreement,
            about: { type: 'overlap', handle },
          })),
      )
    },
  }
}
