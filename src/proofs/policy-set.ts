import { sha256 } from '@noble/hashes/sha2.js'
import { base64url } from '../kernel/bytes.ts'
import { canonicalBytes } from '../kernel/canonical.ts'

/** The texts of a policy set: one schema and any number of policy files, under their bare names. */
export type PolicySetTexts = {
  readonly schema: { readonly file: string; readonly text: string }
  readonly policies: readonly { readonly file: string; readonly text: string }[]
}

/**
 * The hash that names a policy set and that administrators sign: base64url of SHA-256 over the canonical
 * JSON of its files, in the order of their names.
 */
export const policySetHashOf = ({ schema, policies }: PolicySetTexts): string =>
  base64url(
    sha256(
      canonicalBytes({
        form: 'raakvlak-policies/1',
        schema: [schema.file, schema.text],
        policies: policies
          .map(({ file, text }) => [file, text] as const)
          .sort(([one], [other]) => (one < other ? -1 : 1)),
      }),
    ),
  )
