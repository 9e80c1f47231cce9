import { onBehalfOf } from '../agreements/delegations.ts'
import type { Agreement } from '../agreements/types.ts'
import type { Decided } from '../decisions/types.ts'
import type { Fault } from '../kernel/fault.ts'
import type { AgreementHash, SignalId } from '../kernel/ids.ts'
import { actorOf } from '../ledger/actor.ts'
import type { Acting } from '../policy/types.ts'
import type { Tx } from '../store/transact.ts'
import type { SignalRooms } from './rooms.ts'
import type { Asker, EarlierKnown, MatchableSignal, Overlap, SignalBody } from './types.ts'

/** A submitted signal, as far as its answer goes. */
export type Answered = {
  readonly asker: Asker
  readonly body: SignalBody
  readonly acting: Acting
  readonly agreement: Agreement | undefined
  readonly fault: Fault | undefined
  /** Whether the answer may tell of overlaps; decided once per request, agency and agreement. */
  view: Decided | undefined
  /** Whether the answer may tell what the archive knows; decided alike, where the agreement has one. */
  ask: Decided | undefined
}

/** That an archive was asked: alike whether it knew anything. */
export const askEntry = ({ asker, acting, body, ask }: Answered) => ({
  kind: 'archive.ask' as const,
  outcome: ask?.outcome ?? ('refuse' as const),
  requestId: asker.requestId,
  agency: asker.agency,
  ...actorOf(asker),
  ...onBehalfOf(acting),
  agreement: body.agreement as AgreementHash,
  purpose: body.purpose,
  reasons: ask?.reasons.map(({ policy }) => policy) ?? [],
})

/** What the answer to a submission tells beside its receipts: overlaps, and what is archived. */
export function openTelling({
  db,
  ledger,
  matching,
  archiving,
}: Pick<SignalRooms, 'db' | 'ledger' | 'matching' | 'archiving'>) {
  /** Decides for each request, agency and agreement what its answer may tell beside the receipt. */
  function decide(items: readonly Answered[]): void {
    const alike = Map.groupBy(
      items.filter(({ fault }) => fault === undefined),
      ({ asker, acting, body }) => `${asker.requestId} ${acting.agency} ${body.agreement}`,
    )
    for (const [first] of alike.values()) {
      if (first?.agreement !== undefined) {
        first.view = matching.mayView(first.acting, first.agreement)
        first.ask = archiving.mayAsk(first.acting, first.agreement)
      }
    }
  }

  /** Gives new signals what is archived of their subjects, where that may be told. */
  async function giveArchived(
    tx: Tx,
    items: readonly Answered[],
    fresh: readonly MatchableSignal[],
  ): Promise<void> {
    const asking = items.filter(({ ask }) => ask !== undefined)
    if (asking.length === 0) return
    // The lock that the entries take anyway: of two submissions at once, one is told.
    await ledger.hold(tx)
    const groups = Map.groupBy(asking, ({ acting, body }) => `${acting.agency} ${body.agreement}`)
    for (const [first] of groups.values()) {
      if (first?.agreement === undefined || first.ask?.outcome !== 'permit') continue
      const { acting, agreement } = first
      const own = fresh.filter(
        (signal) => signal.agency === acting.agency && signal.agreement === agreement.hash,
      )
      await archiving.give(tx, agreement, own)
    }
  }

  /** What may be told of accepted signals beside their receipts; after the commit, without locks. */
  async function of(accepted: readonly Answered[]) {
    const overlaps = new Map<string, readonly Overlap[]>()
    const earlierKnown = new Map<string, readonly EarlierKnown[]>()
    const groups = Map.groupBy(accepted, ({ acting, body }) => `${acting.agency} ${body.agreement}`)
    for (const alike of groups.values()) {
      const [first] = alike
      if (first?.agreement === undefined) continue
      const { agreement, acting } = first
      const ids = alike.map(({ body }) => body.id as SignalId)
      if (alike.some(({ view }) => view?.outcome === 'permit')) {
        const view = await matching.view(db, acting.agency, agreement, ids)
        for (const [id, known] of view) overlaps.set(id, known)
      }
      if (alike.some(({ ask }) => ask?.outcome === 'permit')) {
        for (const [id, known] of await archiving.givenTo(db, agreement, ids)) {
          earlierKnown.set(id, known)
        }
      }
    }
    return { overlaps, earlierKnown }
  }

  return { decide, giveArchived, of }
}
