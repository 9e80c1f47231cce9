import { type Histogram, histogramOf, withoutDuplicates } from '../linkage/calibration.ts'
import { linkageKeys } from '../linkage/keys.ts'
import type { Tokens } from '../linkage/types.ts'
import type { KeyType } from '../wire/codes.ts'
import type { SignalRow } from './rows.ts'

const keysByType = ({ identity }: SignalRow): Tokens => {
  const byType = new Map<KeyType, Set<string>>()
  for (const { type, value } of linkageKeys(identity).keys) {
    byType.set(type, (byType.get(type) ?? new Set()).add(value))
  }
  return byType
}

/**
 * How alike the agency's own subjects are: their linkage keys are compared here, every person once,
 * and only counts come out. Linkage keys serve as well as tokens, since both are equal for equal subjects.
 * @param onProgress hears how many of twice as many steps as there are rows are done
 */
export function histogramOfRows(
  rows: readonly SignalRow[],
  onProgress: (done: number) => void = () => {},
): Histogram {
  const subjects = withoutDuplicates(rows.map(keysByType), onProgress)
  const gone = rows.length - subjects.length
  return histogramOf(subjects, (done) => onProgress(rows.length + gone + done))
}
