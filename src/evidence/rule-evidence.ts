import { agreementHashOf } from '../proofs/agreement.ts'
import { policySetHashOf } from '../proofs/policy-set.ts'
import { claimedSigner, readStatement } from '../proofs/statement.ts'
import { type AgreementEvidence, jsonOf, type PolicyEvidence } from './evidence.ts'
import { type Findings, reasonOf } from './findings.ts'
import type { Files, ReadYear } from './ledger-evidence.ts'
import { paths } from './paths.ts'

/** The rules of the year: agreements with their signatures, and policies. */

const listIn = (files: Files, file: string): readonly unknown[] => {
  const list = jsonOf(files.get(file) ?? new Uint8Array(0))
  if (!Array.isArray(list)) throw new Error('is no list')
  return list
}

/** @throws when content, or one of its signatures, does not hold */
async function assertAgreement(one: AgreementEvidence): Promise<void> {
  if (agreementHashOf(one.content) !== one.hash) throw new Error('another content')
  for (const { agency, type, statement } of one.signatures) {
    const word = await readStatement('agreement-signature', statement, claimedSigner(statement))
    const { contentHash, agency: by, type: said } = word as Record<string, unknown>
    if (contentHash !== one.hash || by !== agency || said !== type)
      throw new Error('a signature is over something else')
  }
}

/**
 * That each agreement is the one that its hash names, and that what was signed was signed over it. Whose key it was,
 * both operators checked when it was handed in; the entries `agreement.sign` name it.
 */
export async function verifyAgreements(files: Files, { right, wrong }: Findings): Promise<void> {
  const file = paths.agreements
  try {
    const list = listIn(files, file) as readonly AgreementEvidence[]
    if (list.length === 0) right('agreements', 'agreements-none', '', file)
    for (const one of list) {
      try {
        await assertAgreement(one)
        right('agreements', 'agreement-right', one.hash, file)
      } catch {
        wrong('agreements', 'agreement-wrong', String(one?.hash), file)
      }
    }
  } catch (error) {
    wrong('agreements', 'unreadable', `${file} ${reasonOf(error)}`, file)
  }
}

/** Hashes of policy sets that entries of the year say were in force. */
const namedSets = ({ events }: ReadYear): ReadonlySet<string> =>
  new Set(
    events.flatMap(({ entry: { kind, policies, from, to } }) => {
      if (kind === 'operator.start') return typeof policies === 'string' ? [policies] : []
      return kind === 'policy.change' ? [from, to].map(String) : []
    }),
  )

/** That each policy set has the text that its hash names, and that none of the year is missing. */
export function verifyPolicies(files: Files, year: ReadYear, { right, wrong }: Findings): void {
  const file = paths.policies
  try {
    const sets = listIn(files, file) as readonly PolicyEvidence[]
    for (const { hash, schema, policies } of sets) {
      if (policySetHashOf({ schema, policies }) === hash)
        right('policies', 'policies-right', hash, file)
      else wrong('policies', 'policies-wrong', hash, file)
    }
    for (const hash of namedSets(year)) {
      if (sets.every((one) => one.hash !== hash)) wrong('policies', 'policies-missing', hash, file)
    }
  } catch (error) {
    wrong('policies', 'unreadable', `${file} ${reasonOf(error)}`, file)
  }
}
