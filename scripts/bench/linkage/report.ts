import { basename } from 'node:path'
import { type Quality, qualities } from '../../../src/wire/codes.ts'
import { bestClk, type ClkField, type ClkResult, usesPlace } from './clk.ts'
import { bestOf, type Found, type FoundAt, foundOf, stepsOf } from './curve.ts'
import { type Comparison, readSet, truePairs } from './people.ts'
import { type ScoredPair, scoredPairs, subjectsOf, tokenCount } from './scored-pairs.ts'

export type LinkageResult = {
  readonly subjects: number
  /** Pairs that concern one person. */
  readonly pairs: number
  readonly tokensPerSubject: number
  readonly maxTokens: number
  /** Each quality and up. */
  readonly levels: Readonly<Record<Quality, Found>>
  readonly best: FoundAt
  readonly atPrecision99: FoundAt
}

export type LinkageBench = LinkageResult & {
  readonly dataset: string
  readonly clk: ClkResult & { readonly fields: readonly ClkField[] }
  /** Fields that could not be read and were left out, by column. */
  readonly faults: Readonly<Record<string, number>>
  readonly seconds: number
}

const dataset = (a: string, b: string | undefined): string =>
  [a, ...(b === undefined ? [] : [b])].map((file) => basename(file, '.csv')).join(' × ')

/** The fields that the keys use; with a place also without it, since the filters may do better so. */
const fieldSetsOf = ({ ones, others }: Comparison): ClkField[][] => {
  const rows = [...ones, ...others]
  const core = (['givenNames', 'familyName', 'birthDate', 'sex'] as const).filter((field) =>
    rows.some(({ identity }) => identity[field]),
  )
  return rows.some(usesPlace) ? [[...core, 'place'], core] : [core]
}

const levelsOf = (
  scored: readonly Pick<ScoredPair, 'quality' | 'isMatch'>[],
  pairs: number,
): Record<Quality, Found> => {
  const upTo = (level: Quality): Found => {
    const counted = qualities.slice(0, qualities.indexOf(level) + 1)
    const found = scored.filter(({ quality }) => quality && counted.includes(quality))
    const right = found.filter(({ isMatch }) => isMatch).length
    return foundOf(right, found.length - right, pairs)
  }
  return { certain: upTo('certain'), probable: upTo('probable'), possible: upTo('possible') }
}

/** How well linkage keys as they are, with their published weights, find the pairs of a comparison. */
export const linkageOf = (
  comparison: Comparison,
  onProgress: (share: number) => void = () => {},
): LinkageResult => {
  const ones = subjectsOf(comparison.ones)
  const others = comparison.isOneSet ? ones : subjectsOf(comparison.others)
  const scored = [
    ...scoredPairs(ones, others, comparison, (done) => onProgress(done / ones.length)),
  ]
  const pairs = truePairs(comparison)
  const steps = stepsOf(scored.map(({ bits, isMatch }) => ({ score: bits, isMatch })))
  const { best, atPrecision } = bestOf(steps, pairs, 0.99)
  const all = comparison.isOneSet ? ones : [...ones, ...others]
  const counts = all.map(tokenCount)
  return {
    subjects: all.length,
    pairs,
    tokensPerSubject: counts.reduce((sum, count) => sum + count, 0) / all.length,
    maxTokens: counts.reduce((most, count) => Math.max(most, count), 0),
    levels: levelsOf(scored, pairs),
    best,
    atPrecision99: atPrecision,
  }
}

/**
 * Compares two sets, or one with itself: by linkage keys, and by the Bloom-filter baseline on the same
 * fields in the same run.
 */
export const benchLinkage = async (
  a: string,
  b: string | undefined,
  onProgress: (stage: string, share: number) => void = () => {},
): Promise<LinkageBench> => {
  const began = performance.now()
  const first = readSet(a)
  const second = b === undefined ? first : readSet(b)
  const comparison: Comparison = {
    ones: first.rows,
    others: second.rows,
    isOneSet: b === undefined,
  }
  const found = linkageOf(comparison, (share) => onProgress('keys', share))
  const fieldSets = fieldSetsOf(comparison)
  const clk = await bestClk(comparison, fieldSets, (share) => onProgress('baseline', share))
  return {
    dataset: dataset(a, b),
    ...found,
    clk: { ...clk, fields: fieldSets[0] ?? [] },
    faults: Object.fromEntries([
      ...first.faults,
      ...[...(b === undefined ? [] : second.faults)].map(([field, count]) => [
        field,
        count + (first.faults.get(field) ?? 0),
      ]),
    ]),
    seconds: Math.round((performance.now() - began) / 100) / 10,
  }
}

const line = (name: string, { precision, recall, f1 }: Found, more = ''): string =>
  `  ${name.padEnd(22)} precision ${precision.toFixed(4)}  recall ${recall.toFixed(3)}  F1 ${f1.toFixed(3)}${more}`

const at = ({ threshold }: FoundAt): string =>
  threshold === null ? '  (never reached)' : `  (from ${Number(threshold.toFixed(3))})`

/** The result for a person at a terminal. */
export const textOf = (result: LinkageBench): string => {
  const { levels, clk, faults } = result
  const left = Object.entries(faults).map(([field, count]) => `${field} ${count}`)
  return `${[
    `${result.dataset}: ${result.subjects} subjects, ${result.pairs} pairs to find`,
    `  ${result.tokensPerSubject.toFixed(1)} tokens per subject, at most ${result.maxTokens}`,
    ...(left.length === 0 ? [] : [`  not readable and left out: ${left.join(', ')}`]),
    'Linkage keys',
    line('certain', levels.certain),
    line('probable and up', levels.probable),
    line('possible and up', levels.possible),
    line('best threshold', result.best, at(result.best)),
    line('at precision 0.99', result.atPrecision99, at(result.atPrecision99)),
    `Bloom filters over ${clk.fields.join(', ')}`,
    line('best threshold', clk.best, `${at(clk.best)} ${clk.best.variant}`),
    line(
      'at precision 0.99',
      clk.atPrecision99,
      `${at(clk.atPrecision99)} ${clk.atPrecision99.variant}`,
    ),
    `Done in ${result.seconds} s.`,
  ].join('\n')}\n`
}
