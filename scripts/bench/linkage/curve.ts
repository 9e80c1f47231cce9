/** How well the pairs from a threshold up are found. */
export type Found = { readonly precision: number; readonly recall: number; readonly f1: number }
export type FoundAt = Found & { readonly threshold: number | null }

/** All pairs with one score. */
export type Step = { readonly score: number; readonly right: number; readonly wrong: number }

/** Nothing found: nothing wrong, and worth nothing. */
const nothing: Found = { precision: 1, recall: 0, f1: 0 }

export const foundOf = (right: number, wrong: number, pairs: number): Found => {
  if (right + wrong === 0 || pairs === 0) return nothing
  const precision = right / (right + wrong)
  const recall = right / pairs
  return {
    precision,
    recall,
    f1: right === 0 ? 0 : (2 * precision * recall) / (precision + recall),
  }
}

/** Scored pairs, put together by score. */
export const stepsOf = (
  scored: Iterable<{ readonly score: number; readonly isMatch: boolean }>,
): Step[] => {
  const steps = new Map<number, { score: number; right: number; wrong: number }>()
  for (const { score, isMatch } of scored) {
    const step = steps.get(score) ?? { score, right: 0, wrong: 0 }
    if (isMatch) step.right += 1
    else step.wrong += 1
    steps.set(score, step)
  }
  return [...steps.values()]
}

/**
 * The threshold with the highest F1, and the one with the highest F1 among those whose precision is at
 * least `precision`. Pairs count as they are scored: nothing is assigned one to one. A precision that
 * no threshold reaches gives no threshold and an F1 of 0.
 */
export const bestOf = (
  steps: readonly Step[],
  pairs: number,
  precision: number,
): { readonly best: FoundAt; readonly atPrecision: FoundAt } => {
  let [right, wrong] = [0, 0]
  let best: FoundAt = { threshold: null, precision: 0, recall: 0, f1: 0 }
  let atPrecision = best
  for (const step of steps.toSorted((one, other) => other.score - one.score)) {
    right += step.right
    wrong += step.wrong
    const here = { threshold: step.score, ...foundOf(right, wrong, pairs) }
    if (here.f1 > best.f1) best = here
    if (here.precision >= precision && here.f1 > atPrecision.f1) atPrecision = here
  }
  return { best, atPrecision }
}
