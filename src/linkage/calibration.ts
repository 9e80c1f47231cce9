import { scoreEdges } from '../wire/calibration.ts'
import { compositeTypes, type KeyType } from '../wire/codes.ts'
import { nameBits, weigh } from './evidence.ts'
import { compare } from './tokens.ts'
import type { Tokens } from './types.ts'

/**
 * Thresholds judged without knowing who is who. Two subjects of one agency that has no subject twice
 * are two persons, so the scores of its own pairs show how often two persons look alike. Pure; the
 * agency runs the first half on its linkage keys, the gateway the second on counts alone.
 * After Blakely & Salmond 2002 (precision without a gold standard); see `docs/linkage.md`.
 */

/** How many pairs of one agency's own subjects scored how much; no pair, no key, no name. */
export type Histogram = {
  /** Subjects, none of them twice. */
  readonly subjects: number
  /** Pairs per bin, one number more than there are edges; together all pairs of the subjects. */
  readonly counts: readonly number[]
}

export const pairsOf = (subjects: number): number => (subjects * (subjects - 1)) / 2

/** The bin of a score, from 0. */
const binOf = (bits: number): number => scoreEdges.filter((edge) => edge <= bits).length

/** For each subject, those after it that share a key of one of these types. */
function* laterNeighbours(
  subjects: readonly Tokens[],
  types: readonly KeyType[] | undefined,
): Generator<readonly [at: number, later: ReadonlySet<number>]> {
  const tokensOf = (tokens: Tokens): string[] =>
    [...tokens].flatMap(([type, values]) =>
      types === undefined || types.includes(type) ? [...values].map((one) => `${type} ${one}`) : [],
    )
  const holders = new Map<string, number[]>()
  const all = subjects.map(tokensOf)
  for (const [at, tokens] of all.entries()) {
    for (const token of tokens) {
      const known = holders.get(token)
      if (known === undefined) holders.set(token, [at])
      else known.push(at)
    }
  }
  for (const [at, tokens] of all.entries()) {
    const later = new Set<number>()
    for (const token of tokens) {
      for (const other of holders.get(token) ?? []) if (other > at) later.add(other)
    }
    yield [at, later]
  }
}

const sameNames = (one: Tokens, other: Tokens): boolean =>
  // So both names and a full birth date are known.
  compare(one, other, 'names-birth-month') === 'agree' &&
  compositeTypes.every((type) => {
    const [left, right] = [one.get(type) ?? new Set<string>(), other.get(type) ?? new Set<string>()]
    return left.size === right.size && [...left].every((value) => right.has(value))
  })

/**
 * Certain by a number, or equal in every name key. Names that are only alike do not count: those of
 * twins are, and two persons that look alike are what is to be measured.
 */
const isOnePerson = (one: Tokens, other: Tokens): boolean => {
  const evidence = weigh(one, other)
  return (evidence?.quality === 'certain' && evidence.restsOnIdentifier) || sameNames(one, other)
}

/**
 * Each person once: of two that are one person, the later goes.
 * @param onProgress hears how many subjects are done
 *
 * NOT promised: that every double is found. One that stays makes an estimate lower, never higher.
 */
export function withoutDuplicates(
  subjects: readonly Tokens[],
  onProgress: (done: number) => void = () => {},
): readonly Tokens[] {
  const doubles = new Set<number>()
  for (const [at, later] of laterNeighbours(subjects, undefined)) {
    const one = subjects[at]
    for (const index of later) {
      const other = subjects[index]
      if (one !== undefined && other !== undefined && isOnePerson(one, other)) doubles.add(index)
    }
    onProgress(at + 1)
  }
  return subjects.filter((_, at) => !doubles.has(at))
}

/**
 * The scores of all pairs of subjects by names and birth date alone. Pairs that share no name key are
 * not looked at, only counted: their score lies in the lowest bin. Time grows with the pairs that share one.
 * @param subjects one agency's own, none twice
 */
export function histogramOf(
  subjects: readonly Tokens[],
  onProgress: (done: number) => void = () => {},
): Histogram {
  const counts = Array.from({ length: scoreEdges.length + 1 }, () => 0)
  let seen = 0
  for (const [at, later] of laterNeighbours(subjects, compositeTypes)) {
    const one = subjects[at]
    for (const index of later) {
      const other = subjects[index]
      if (one === undefined || other === undefined) continue
      const bin = binOf(nameBits(one, other))
      counts[bin] = (counts[bin] ?? 0) + 1
      seen += 1
    }
    onProgress(at + 1)
  }
  counts[0] = (counts[0] ?? 0) + pairsOf(subjects.length) - seen
  return { subjects: subjects.length, counts }
}

/** True when the counts are those of all pairs of so many subjects, no more and no fewer. */
export const isWhole = ({ subjects, counts }: Histogram): boolean =>
  counts.length === scoreEdges.length + 1 &&
  counts.reduce((sum, count) => sum + count, 0) === pairsOf(subjects)

/** Pairs from the bin on in which `bits` lies: with a threshold inside a bin, the whole bin counts. */
export const pairsFrom = ({ counts }: Histogram, bits: number): number =>
  counts.slice(binOf(bits)).reduce((sum, count) => sum + count, 0)

/** The share of pairs of two persons that score `bits` or more; never 0, since nothing is seen forever. */
const falseShare = (histograms: readonly Histogram[], bits: number): number => {
  const alike = histograms.reduce((sum, one) => sum + pairsFrom(one, bits), 0)
  const all = histograms.reduce((sum, { subjects }) => sum + pairsOf(subjects), 0)
  return (alike + 0.5) / all
}

/**
 * Of the pairs across agencies that score `bits` or more, the share that is one person, as estimated:
 * `1 − crossPairs · (within + ½) / withinPairs / cross`, between 0 and 1.
 *
 * With several histograms each is left out once, and the lowest estimate counts: so no single agency
 * can raise it by what it sends. Undefined without a histogram or without a pair.
 *
 * @param crossPairs all pairs of subjects of two agencies
 * @param cross those among them that score `bits` or more
 *
 * NOT checked: that the histograms are true, or that the agencies' subjects are of a kind.
 */
export function estimatePrecision({
  histograms,
  bits,
  crossPairs,
  cross,
}: {
  readonly histograms: readonly Histogram[]
  readonly bits: number
  readonly crossPairs: number
  readonly cross: number
}): number | undefined {
  if (histograms.length === 0 || cross <= 0) return undefined
  const pools =
    histograms.length === 1
      ? [histograms]
      : histograms.map((_, left) => histograms.filter((_, at) => at !== left))
  const worst = Math.max(...pools.map((pool) => falseShare(pool, bits)))
  return Math.min(1, Math.max(0, 1 - (worst * crossPairs) / cross))
}
