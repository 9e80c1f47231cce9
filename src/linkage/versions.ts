import type { KeyType } from '../wire/codes.ts'
import { compareEvidence, contradicts, weigh } from './evidence.ts'
import type { Evidence, Tokens } from './types.ts'
import type { Thresholds } from './weights.ts'

/** How tokens of one version of the linkage keys are weighed. */
export type VersionRules = {
  readonly weigh: (one: Tokens, other: Tokens, thresholds: Thresholds) => Evidence | undefined
  readonly contradicts: (one: Tokens, other: Tokens) => boolean
}

/** The version whose types have bare names. A type of another version is named after it: `lk2/bsn`. */
const first = 'lk1'

/** The versions that are compared now. During a change there are two, and signals have tokens of both. */
export const currentVersions: ReadonlyMap<string, VersionRules> = new Map([
  [first, { weigh, contradicts }],
])

/** The tokens of one version, under the bare names of their types. */
const ofVersion = (tokens: Tokens, version: string): Tokens => {
  const own = [...tokens].flatMap(([type, values]): [KeyType, ReadonlySet<string>][] => {
    const slash = type.indexOf('/')
    const its = slash < 0 ? first : type.slice(0, slash)
    return its === version ? [[type.slice(slash + 1) as KeyType, values]] : []
  })
  return new Map(own)
}

/**
 * What the tokens of two signals say, each version by itself: tokens of two versions are never compared, so
 * one neither speaks for nor against the other. The strongest evidence counts once; it is not
 * added up, since both versions say the same of the same person. Where any version contradicts, only
 * evidence of a number counts.
 */
export const weighVersions = (
  one: Tokens,
  other: Tokens,
  thresholds: Thresholds,
  versions: ReadonlyMap<string, VersionRules> = currentVersions,
): Evidence | undefined => {
  const clash = contradictsInAny(one, other, versions)
  return [...versions]
    .flatMap(([version, rules]) => {
      const evidence = rules.weigh(ofVersion(one, version), ofVersion(other, version), thresholds)
      return evidence === undefined || (clash && !evidence.reasons.includes('official-number'))
        ? []
        : [evidence]
    })
    .sort(compareEvidence)[0]
}

/** True when the tokens of any version say that these are two persons. */
export const contradictsInAny = (
  one: Tokens,
  other: Tokens,
  versions: ReadonlyMap<string, VersionRules> = currentVersions,
): boolean =>
  [...versions].some(([version, rules]) =>
    rules.contradicts(ofVersion(one, version), ofVersion(other, version)),
  )
