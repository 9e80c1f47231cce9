import type { Clock } from '../kernel/clock.ts'
import type { AgreementHash, SignalId } from '../kernel/ids.ts'
import { type Randomness, randomUuid } from '../kernel/random.ts'
import { compareEvidence, nameBits } from '../linkage/evidence.ts'
import { weighSubjects } from '../linkage/subjects.ts'
import { signalsSharing } from '../signals/store.ts'
import type { MatchableSignal } from '../signals/types.ts'
import type { Tx } from '../store/transact.ts'
import { pairKey, subjectOf } from './neighbourhood.ts'
import * as store from './store.ts'

/** Candidates that share one token, of each other agency the newest. */
const mostPerToken = 50
/** Links that a new signal makes at most: the strongest, and among equals the newest. */
const mostLinks = 100

/** What was linked under one agreement: new signals, and every signal at an end of a link of theirs. */
export type Linked = {
  readonly agreement: AgreementHash
  readonly fresh: readonly SignalId[]
  readonly ends: readonly SignalId[]
}

export type LinkSignals = (tx: Tx, signals: readonly MatchableSignal[]) => Promise<Linked[]>

type LinkBetween = {
  readonly link: store.NewLink
  readonly ends: readonly [MatchableSignal, MatchableSignal]
}

const byStrength = ({ link: one }: LinkBetween, { link: other }: LinkBetween): number =>
  compareEvidence(one.evidence, other.evidence)

/**
 * Finds the links of new signals to signals of other agencies under the same agreement. All that
 * could ever count are kept, by the thresholds of the start, under which none can be moved; how good
 * they are is judged whenever they are read.
 */
async function linksFor(
  tx: Tx,
  agreement: string,
  signals: readonly MatchableSignal[],
): Promise<LinkBetween[]> {
  const tokens = signals.flatMap((signal) => signal.tokens.map(([, token]) => token))
  const sharing = await signalsSharing(tx, agreement, [...new Set(tokens)], mostPerToken)
  const apart = new Set(
    (
      await store.separationsAmong(
        tx,
        [...signals, ...sharing].map(({ id }) => id),
      )
    ).map(([one, other]) => pairKey(one, other)),
  )
  const candidates = sharing.map((other) => ({ other, subject: subjectOf(other) }))
  const bearers = new Map<string, typeof candidates>()
  for (const candidate of candidates) {
    for (const [, token] of candidate.other.tokens) {
      const known = bearers.get(token)
      if (known === undefined) bearers.set(token, [candidate])
      else known.push(candidate)
    }
  }
  return signals.flatMap((signal) => {
    const own = subjectOf(signal)
    const near = new Set(signal.tokens.flatMap(([, token]) => bearers.get(token) ?? []))
    const found = [...near].flatMap(({ other, subject }): LinkBetween[] => {
      const mayTouch = other.agency !== signal.agency && !apart.has(pairKey(signal.id, other.id))
      const evidence = mayTouch ? weighSubjects(own, subject) : undefined
      if (evidence === undefined) return []
      const score = nameBits(own.tokens, subject.tokens)
      return [
        {
          link: { one: signal.id, other: other.id, evidence, nameBits: score },
          ends: [signal, other],
        },
      ]
    })
    return found.sort(byStrength).slice(0, mostLinks)
  })
}

/** Links new signals: finds and keeps their links, and gives every end of a link a handle. */
export function openLinks({
  clock,
  random,
}: {
  readonly clock: Clock
  readonly random: Randomness
}): { readonly link: LinkSignals } {
  return {
    async link(tx, signals) {
      const linked: Linked[] = []
      const found: LinkBetween[] = []
      for (const [agreement, alike] of Map.groupBy(signals, (signal) => signal.agreement)) {
        const links = await linksFor(tx, agreement, alike)
        if (links.length === 0) continue
        found.push(...links)
        const ends = [...new Set(links.flatMap((one) => one.ends.map(({ id }) => id)))]
        linked.push({ agreement, fresh: alike.map(({ id }) => id), ends })
      }
      if (found.length === 0) return []
      await store.addLinks(
        tx,
        found.map(({ link }) => link),
        clock.now(),
      )
      const anchors = new Map(
        found.flatMap(({ ends }) => ends.map((end) => [end.id, end.agency] as const)),
      )
      await store.addHandles(
        tx,
        [...anchors].map(([signal, agency]) => ({ handle: randomUuid(random), agency, signal })),
        clock.now(),
      )
      return linked
    },
  }
}
