/** Steps in which a number is told that could tell of a match; the lowest holds none and one alike. */
export const coarseSteps = [100, 20, 0] as const

/** The highest step that a number of records reaches. */
export const coarseSize = (records: number): number =>
  coarseSteps.find((step) => records >= step) ?? 0

/** Acts whose answer, if there is one, is one record. Their entries need no number. */
export const actsOnOneRecord = [
  'signal.read',
  'overlap.read',
  'overlap.read-end',
  'follow-up.read',
  'feedback.read',
  'disclosure.read',
  'disclosure.release',
  'disclosure.release-emergency',
  'emergency.read',
] as const
