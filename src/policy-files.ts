import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PolicyError } from './policy/decide.ts'
import type { PolicySetTexts } from './proofs/policy-set.ts'

/**
 * Policies as they stand in a folder: one `*.cedarschema` and any number of `*.cedar` files. Only reads
 * them; `decisions/policy-set.ts` checks them.
 * @throws PolicyError
 */
export function readPolicies(folder: string): PolicySetTexts {
  const read = (file: string) => ({ file, text: readFileSync(join(folder, file), 'utf8') })
  const files = readdirSync(folder).sort()
  const [schema, ...others] = files.filter((file) => file.endsWith('.cedarschema')).map(read)
  if (schema === undefined || others.length > 0)
    throw new PolicyError([`${folder} needs exactly one schema`])
  return { schema, policies: files.filter((file) => file.endsWith('.cedar')).map(read) }
}

/** Administrators' signatures that lie beside the policies, one `*.jws` each, for a set that comes with a release. */
export const readPolicySignatures = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.jws'))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim())
