import { type Histogram, histogramOf, withoutDuplicates } from '../linkage/calibration.ts'
import { tokensByType } from '../linkage/tokens.ts'
import type { Tokens } from '../linkage/types.ts'
import type { SignalRow } from './rows.ts'
import { type KeyedRow, keyRows } from './signal-bodies.ts'

const keysByType = ({ keys }: KeyedRow): Tokens =>
  tokensByType(keys.map(({ type, value }) => [type, value]))

/**
 * How alike the agency's own subjects are: their linkage keys are compared here, every person once,
 * and only counts come out. Rows about a household, location or vehicle, or about a person who cannot be
 * linked, make no signal of a person and do not count. Linkage keys serve as well as tokens, since both are equal for equal subjects.
 * @param onProgress hears how many of twice as many steps as there are rows are done
 */
export function histogramOfRows(
  rows: readonly SignalRow[],
  onProgress: (done: number) => void = () => {},
): Histogram {
  const persons = keyRows(rows.filter(({ scene }) => scene === undefined)).linkable
  const aside = rows.length - persons.length
  const subjects = withoutDuplicates(persons.map(keysByType), (done) => onProgress(aside + done))
  const gone = rows.length - subjects.length
  return histogramOf(subjects, (done) => onProgress(rows.length + gone + done))
}
