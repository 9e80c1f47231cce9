import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '@noble/hashes/sha2.js'
import { base64url } from './kernel/bytes.ts'
import { canonicalBytes } from './kernel/canonical.ts'
import { loadPolicies, PolicyError, type PolicyTexts } from './policy/decide.ts'
import type { Decide } from './policy/types.ts'

/**
 * Policies as they stand in a folder: one `*.cedarschema` and any number of `*.cedar` files.
 * @throws PolicyError
 */
export function openPolicies(folder: string): { readonly decide: Decide; readonly hash: string } {
  const read = (file: string) => ({
    file: join(folder, file),
    text: readFileSync(join(folder, file), 'utf8'),
  })
  const files = readdirSync(folder).sort()
  const [schema, ...others] = files.filter((file) => file.endsWith('.cedarschema')).map(read)
  if (schema === undefined || others.length > 0)
    throw new PolicyError([`${folder} needs exactly one schema`])
  const texts: PolicyTexts = {
    schema,
    policies: files.filter((file) => file.endsWith('.cedar')).map(read),
  }
  const hash = base64url(
    sha256(canonicalBytes([texts.schema.text, ...texts.policies.map(({ text }) => text)])),
  )
  return { decide: loadPolicies(texts), hash }
}
