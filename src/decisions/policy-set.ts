import { sha256 } from '@noble/hashes/sha2.js'
import { base64url } from '../kernel/bytes.ts'
import { canonicalBytes } from '../kernel/canonical.ts'
import { loadPolicies, PolicyError } from '../policy/decide.ts'
import type { Decide } from '../policy/types.ts'
import { type PolicySetTexts, policySetHashOf } from '../proofs/policy-set.ts'

/** A policy set that is loaded, and the hash that names it. */
export type PolicySetInUse = {
  readonly hash: string
  readonly texts: PolicySetTexts
  readonly decide: Decide
}

/**
 * Hash of the schema and the core policies that this software was made with. A set with others is
 * refused, whoever signed it: to change them is to change this line, in a release.
 */
const pinnedCore = 'rykQOXfRPp0ceXAd0CJNJyZ9vuRz8epW55bFREW8YPI'

/**
 * Loads a set and makes sure that its core is that of this software. Names files as they lie in `folder`.
 * @throws PolicyError with file and line of what is wrong
 */
export function loadPolicySet(texts: PolicySetTexts, folder = ''): PolicySetInUse {
  const placed = ({ file, text }: { readonly file: string; readonly text: string }) => ({
    file: folder === '' ? file : `${folder}/${file}`,
    text,
  })
  const files = { schema: placed(texts.schema), policies: texts.policies.map(placed) }
  const { decide, core: policies } = loadPolicies(files)
  const core = base64url(sha256(canonicalBytes([texts.schema.text, ...policies])))
  if (core !== pinnedCore) {
    throw new PolicyError([
      `${folder || 'this set'}: its schema or its core policies (core/…) are not those of this software, which are pinned as ${pinnedCore}; these are ${core}`,
    ])
  }
  return { hash: policySetHashOf(texts), texts, decide }
}
