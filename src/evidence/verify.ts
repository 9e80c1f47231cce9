import { sha256 } from '@noble/hashes/sha2.js'
import { Check } from 'typebox/value'
import { hex, textOf } from '../kernel/bytes.ts'
import { canonicalText } from '../kernel/canonical.ts'
import { claimedSigner, readStatement } from '../proofs/statement.ts'
import { AuditManifest } from '../wire/audit.ts'
import { OperatorKeysPayload } from '../wire/registry.ts'
import { type Finding, type Findings, openFindings, reasonOf } from './findings.ts'
import { type Files, readCheckpoint, verifyCosigned, verifyYear } from './ledger-evidence.ts'
import { paths } from './paths.ts'
import { verifyAgreements, verifyPolicies } from './rule-evidence.ts'

/** Root-key thumbprints that whoever verifies got out of band, and not from the package. */
export type AuditPins = { readonly gateway?: string; readonly keyholder?: string }

export type AuditReport = {
  /**
   * `verified`: everything holds under the pinned keys. `not-pinned`: everything fits together, under keys that only the package
   * itself names. `wrong`: something does not hold.
   */
  readonly verdict: 'verified' | 'not-pinned' | 'wrong'
  readonly findings: readonly Finding[]
  readonly manifest?: AuditManifest
}

export type Package = {
  readonly files: Files
  /** The paths in the order in which they stand, where there is one. */
  readonly order?: readonly string[]
  /** Names that stand there twice. */
  readonly twice?: readonly string[]
}

async function readManifest(
  files: Files,
  pins: AuditPins,
  { right, wrong }: Findings,
): Promise<AuditManifest | undefined> {
  const signed = files.get(paths.signedManifest)
  if (signed === undefined) {
    wrong('manifest', 'manifest-missing', paths.signedManifest, paths.signedManifest)
    return undefined
  }
  try {
    const statement = textOf(signed)
    const signer = claimedSigner(statement)
    const manifest = await readStatement('audit-manifest', statement, signer)
    if (!Check(AuditManifest, manifest)) throw new Error('it is in another form')
    if (manifest.gatewayRoot !== signer) throw new Error('it names another key than signed it')
    right('manifest', 'manifest-signed', signer, paths.signedManifest)
    if (pins.gateway !== undefined) {
      if (pins.gateway === signer) right('manifest', 'pinned', 'gateway')
      else wrong('manifest', 'other-key', 'gateway', paths.signedManifest)
    }
    const copy = files.get(paths.manifest)
    if (copy === undefined || textOf(copy) !== canonicalText(manifest))
      wrong('manifest', 'manifest-copy', paths.manifest, paths.manifest)
    return manifest
  } catch (error) {
    wrong('manifest', 'manifest-wrong', reasonOf(error), paths.signedManifest)
    return undefined
  }
}

const unlisted: readonly string[] = [paths.manifest, paths.signedManifest]

function verifyFiles(
  { files, order, twice = [] }: Package,
  manifest: AuditManifest,
  { right, wrong }: Findings,
): void {
  for (const path of twice) wrong('files', 'file-twice', path, path)
  const listed = new Set<string>(unlisted)
  for (const { path, size, sha256: expected } of manifest.files) {
    const bytes = files.get(path)
    listed.add(path)
    if (bytes === undefined) wrong('files', 'file-missing', path, path)
    else if (bytes.length === size && hex(sha256(bytes)) === expected)
      right('files', 'file-right', path, path)
    else wrong('files', 'file-changed', path, path)
  }
  for (const path of files.keys()) {
    if (!listed.has(path)) wrong('files', 'file-added', path, path)
  }
  const expected = [...manifest.files.map(({ path }) => path), ...unlisted]
  const there = order?.filter((path) => listed.has(path))
  if (there !== undefined && there.length === expected.length && there.join() !== expected.join())
    wrong('files', 'files-moved')
}

type Operator = 'gateway' | 'keyholder'

/** The keys of an operator’s ledger and cosignatures, under its root key; undefined when they do not hold. */
async function readKeys(
  files: Files,
  operator: Operator,
  root: string,
  pin: string | undefined,
  { right, wrong }: Findings,
): Promise<OperatorKeysPayload | undefined> {
  const file = operator === 'gateway' ? paths.gatewayKeys : paths.keyholderKeys
  const statement = files.get(file)
  if (pin !== undefined && pin !== root) {
    wrong('keys', 'other-key', operator, file)
    return undefined
  }
  if (statement === undefined && operator === 'keyholder') {
    right('keys', 'keys-missing', operator)
    return undefined
  }
  try {
    const text = textOf(statement ?? new Uint8Array(0))
    const keys = await readStatement('operator-keys', text, root)
    if (!Check(OperatorKeysPayload, keys) || keys.operator !== operator)
      throw new Error('they are in another form')
    right('keys', 'keys-signed', operator, file)
    if (pin !== undefined && operator === 'keyholder') right('keys', 'pinned', operator)
    return keys
  } catch (error) {
    wrong('keys', 'keys-wrong', `${operator}: ${reasonOf(error)}`, file)
    return undefined
  }
}

/**
 * Verifies an audit package: the signed list of files, every file, the keys of both operators, the checkpoint and
 * its cosignatures, that every act and event stands on the ledger, the figures, agreements and policies. Reads nothing
 * but the package; asks nobody. Does NOT show that the gateway wrote down every act: whoever holds receipts can compare
 * them. Never throws; what is wrong is a finding.
 */
export async function verifyAuditPackage(
  content: Package,
  pins: AuditPins = {},
): Promise<AuditReport> {
  const findings = openFindings()
  const { files } = content
  findings.right('package', 'zip-read', String(files.size))
  const manifest = await readManifest(files, pins, findings)
  if (manifest !== undefined) {
    verifyFiles(content, manifest, findings)
    const { gatewayRoot, keyholderRoot } = manifest
    const gateway = await readKeys(files, 'gateway', gatewayRoot, pins.gateway, findings)
    const keyholder = await readKeys(files, 'keyholder', keyholderRoot, pins.keyholder, findings)
    const checkpoint =
      gateway && (await readCheckpoint(files, gateway.ledgerKey, manifest, findings))
    if (gateway && checkpoint) {
      const keyholderKey = keyholder?.witnessKey
      const under = { checkpoint, ledgerKey: gateway.ledgerKey, keyholderKey }
      await verifyCosigned(files, under, findings)
    }
    const year = verifyYear(files, checkpoint, manifest, findings)
    await verifyAgreements(files, findings)
    verifyPolicies(files, year, findings)
  }
  const holds = findings.all.every(({ ok }) => ok)
  const isPinned = pins.gateway !== undefined && pins.keyholder !== undefined
  const verdict = holds ? (isPinned ? 'verified' : 'not-pinned') : 'wrong'
  return { verdict, findings: findings.all, ...(manifest === undefined ? {} : { manifest }) }
}

/** What is to be told of a package that cannot even be opened. */
export function unreadablePackage(error: unknown): AuditReport {
  const findings = openFindings()
  findings.wrong('package', 'zip-broken', reasonOf(error))
  return { verdict: 'wrong', findings: findings.all }
}
