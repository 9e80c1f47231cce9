/** Chance that can be repeated: the same seed gives the same draws on every machine. */
export type Chance = {
  /** A whole number from `low` up to and including `high`. */
  readonly between: (low: number, high: number) => number
  /** True in `share` of the draws. */
  readonly happens: (share: number) => boolean
  /** @throws RangeError for an empty list */
  readonly pick: <Item>(items: readonly Item[]) => Item
  /** A copy in another order. */
  readonly shuffled: <Item>(items: readonly Item[]) => Item[]
}

/** After Tommy Ettinger's mulberry32 (public domain). Good enough for invented people, for nothing else. */
const mulberry32 = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const chanceOf = (seed: number): Chance => {
  const next = mulberry32(seed)
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1))
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[between(0, items.length - 1)]
    if (item === undefined) throw new RangeError('nothing to pick from')
    return item
  }
  const shuffled = <Item>(items: readonly Item[]): Item[] => {
    const rest = [...items]
    const out: Item[] = []
    while (rest.length > 0) out.push(...rest.splice(between(0, rest.length - 1), 1))
    return out
  }
  return { between, happens: (share) => next() < share, pick, shuffled }
}
