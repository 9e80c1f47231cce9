import type { Problem } from '../kernel/fault.ts'
import { estimatePrecision, type Histogram } from '../linkage/calibration.ts'
import { startThresholds, type Thresholds } from '../linkage/weights.ts'
import { linkStep, precisionFloors, scoreEdges } from '../wire/calibration.ts'
import { qualities } from '../wire/codes.ts'
import type { Estimate } from './types.ts'

/** Where a threshold can stand. Under the start of *possible* no link is kept, so none could be found. */
export const places: readonly number[] = scoreEdges.filter(
  (edge) => edge >= startThresholds.possible,
)

/** All pairs of signals of two agencies. */
export const crossPairsOf = (signals: readonly number[]): number => {
  const all = signals.reduce((sum, count) => sum + count, 0)
  const square = signals.reduce((sum, count) => sum + count * count, 0)
  return (all * all - square) / 2
}

const inSteps = (links: number): number => Math.floor(links / linkStep) * linkStep
const hundredths = (precision: number): number => Math.floor(precision * 100 + 1e-9) / 100

/**
 * The estimate as parties may see it. Links are counted in steps of 20, rounded down, and the result is
 * rounded down to hundredths: it is never better than what was counted, and one link does not show in it.
 */
export const estimateOf = (
  histograms: readonly Histogram[],
  signals: readonly number[],
  links: ReadonlyMap<number, number>,
): Estimate => ({
  histograms: histograms.length,
  from: (bits) => {
    const precision = estimatePrecision({
      histograms,
      bits,
      crossPairs: crossPairsOf(signals),
      cross: inSteps(links.get(bits) ?? 0),
    })
    return precision === undefined ? undefined : hundredths(precision)
  },
})

/** Everything that keeps thresholds from being moved from `before` to `after`; empty when nothing does. */
export function moveProblems(before: Thresholds, after: Thresholds, estimate: Estimate): Problem[] {
  const problems: Problem[] = []
  const report = (at: string, message: string) => problems.push({ at: `/${at}`, message })
  if (qualities.every((quality) => before[quality] === after[quality])) {
    report('thresholds', 'nothing is moved')
  }
  if (!(after.certain > after.probable && after.probable > after.possible)) {
    report('thresholds', 'certain must stand above probable, and probable above possible')
  }
  for (const quality of qualities) {
    const [from, to] = [before[quality], after[quality]]
    if (from === to) continue
    if (!places.includes(to)) {
      report(`thresholds/${quality}`, `a threshold can stand at ${places.join(', ')} bits`)
    } else if (to < from) {
      const precision = estimate.from(to)
      const floor = precisionFloors[quality]
      if (precision === undefined) {
        report(
          `thresholds/${quality}`,
          `it can only be raised: there is no estimate yet, which takes a histogram and ${linkStep} links`,
        )
      } else if (precision < floor) {
        report(
          `thresholds/${quality}`,
          `it can only be raised: the estimated precision there is ${precision}, under the floor of ${floor}`,
        )
      }
    }
  }
  return problems
}
