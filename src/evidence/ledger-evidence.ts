import { base64, equalBytes, fromBase64, textOf } from '../kernel/bytes.ts'
import { canonicalText } from '../kernel/canonical.ts'
import { type Checkpoint, openCheckpoint } from '../proofs/checkpoint.ts'
import { openCosignature } from '../proofs/cosignature.ts'
import { type Entry, entryLeaf } from '../proofs/entry.ts'
import { type Hash, verifyConsistency } from '../proofs/merkle.ts'
import { rootOfLeaves } from '../proofs/multiproof.ts'
import type { AuditManifest } from '../wire/audit.ts'
import { jsonOf, linesOf, nodesOf, type OpenedEntry, openEntry } from './evidence.ts'
import { openFigures } from './figures.ts'
import { type Findings, reasonOf } from './findings.ts'
import { paths } from './paths.ts'

export type Files = ReadonlyMap<string, Uint8Array>

/** Kinds of events that are of the operator and not of one agency. */
export const operatorEvents = [
  'operator.start',
  'policy.sign',
  'policy.change',
  'key.ceremony',
  'share.make',
  'epoch.open',
  'share.refresh',
  'epoch.close',
  'share.destroy',
] as const

/** Kinds of events about an agreement, whoever did them. */
export const agreementEvents = [
  'agreement.propose',
  'agreement.sign',
  'agreement.supersede',
  'agreement.suspend',
  'delegation.take',
] as const

/** The checkpoint of the package under the gateway’s ledger key; undefined when it does not hold. */
export async function readCheckpoint(
  files: Files,
  ledgerKey: string,
  manifest: AuditManifest,
  { right, wrong }: Findings,
): Promise<Checkpoint | undefined> {
  try {
    const note = textOf(files.get(paths.checkpoint) ?? new Uint8Array(0))
    const checkpoint = await openCheckpoint(note, ledgerKey)
    const { origin, size } = manifest.ledger
    if (checkpoint.origin !== origin || checkpoint.size !== size) {
      wrong('checkpoint', 'checkpoint-wrong', 'it is another one than was signed with the package')
      return undefined
    }
    right('checkpoint', 'checkpoint-signed', String(size), paths.checkpoint)
    return checkpoint
  } catch (error) {
    wrong('checkpoint', 'checkpoint-wrong', reasonOf(error), paths.checkpoint)
    return undefined
  }
}

const isText = (value: unknown): value is string => typeof value === 'string'

type Keys = {
  readonly checkpoint: Checkpoint
  readonly ledgerKey: string
  readonly keyholderKey: string | undefined
}

/** Every cosigned checkpoint has to be a beginning of the package’s own. */
export async function verifyCosigned(
  files: Files,
  under: Keys,
  { right, wrong }: Findings,
): Promise<void> {
  const file = paths.cosigned
  try {
    const list = jsonOf(files.get(file) ?? new Uint8Array(0))
    if (!Array.isArray(list)) throw new Error('it is no list')
    if (list.length === 0) right('cosignatures', 'cosigned-none', '', file)
    for (const one of list) {
      const { who, size, at } = await readCosigned(one, under)
      right('cosignatures', 'cosigned', `${who}, ${size}, ${at.toISOString()}`, file)
    }
  } catch (error) {
    wrong('cosignatures', 'cosigned-wrong', reasonOf(error), file)
  }
}

/** @throws unless the package’s checkpoint continues this one, which a witness cosigned */
async function readCosigned(one: unknown, { checkpoint, ledgerKey, keyholderKey }: Keys) {
  const { witness, witnessKey, note, consistency } = (one ?? {}) as Record<string, unknown>
  if (!isText(witness) || !isText(witnessKey) || !isText(note) || !Array.isArray(consistency))
    throw new Error('it is in another form')
  if (witness === '@operator' && keyholderKey !== undefined && witnessKey !== keyholderKey)
    throw new Error('it is under another key than the keyholder’s')
  const { size, root } = await openCheckpoint(note, ledgerKey)
  const { at } = await openCosignature(note, witnessKey)
  verifyConsistency({
    from: size,
    to: checkpoint.size,
    fromRoot: root,
    toRoot: checkpoint.root,
    proof: consistency.map((hash) => fromBase64(String(hash))),
  })
  return { who: witness === '@operator' ? 'keyholder' : witness, size, at }
}

/** Whether an entry may stand among the acts: one of the agency’s own clients did it, in the year. */
const isAct = (entry: Entry, { agency, from, until }: AuditManifest): boolean =>
  entry.agency === agency && isText(entry.client) && entry.at >= from && entry.at < until

/** Whether an entry may stand among the events: it is of the operator, of an agreement or of the agency. */
const isEvent = (entry: Entry, { agency, from, until }: AuditManifest): boolean =>
  entry.at >= from &&
  entry.at < until &&
  (entry.agency === agency ||
    entry.actingAgency === agency ||
    [...operatorEvents, ...agreementEvents].some((kind) => kind === entry.kind))

function readEntries(
  files: Files,
  file: string,
  belongs: (entry: Entry) => boolean,
  { wrong }: Findings,
): OpenedEntry[] {
  const opened: OpenedEntry[] = []
  try {
    for (const line of linesOf(files.get(file) ?? new Uint8Array(0))) {
      const one = openEntry(line)
      if (!belongs(one.entry)) wrong('entries', 'entry-foreign', String(one.index), file)
      opened.push(one)
    }
  } catch (error) {
    wrong('entries', 'entries-wrong', `${file} ${reasonOf(error)}`, file)
  }
  return opened
}

function readPackageAct(files: Files): OpenedEntry {
  return openEntry(jsonOf(files.get(paths.packageAct) ?? new Uint8Array(0)))
}

export type ReadYear = {
  readonly acts: readonly OpenedEntry[]
  readonly events: readonly OpenedEntry[]
}

/**
 * Verifies that every act and event stands on the ledger, that there are as many acts as the ledger said
 * when the package was made, and that the figures are theirs.
 */
export function verifyYear(
  files: Files,
  checkpoint: Checkpoint | undefined,
  manifest: AuditManifest,
  findings: Findings,
): ReadYear {
  const { right, wrong } = findings
  const acts = readEntries(files, paths.acts, (entry) => isAct(entry, manifest), findings)
  const events = readEntries(files, paths.events, (entry) => isEvent(entry, manifest), findings)
  try {
    const own = readPackageAct(files)
    const { kind, agency, year, answerSize, outcome } = own.entry
    const isOwn = kind === 'audit.package' && agency === manifest.agency && outcome === 'permit'
    if (isOwn && year === manifest.year && answerSize === acts.length)
      right('entries', 'count-right', String(acts.length), paths.acts)
    else wrong('entries', 'count-wrong', String(acts.length), paths.acts)
    if (checkpoint !== undefined) proveAll(files, [...acts, ...events, own], checkpoint, findings)
  } catch (error) {
    wrong('entries', 'entries-wrong', reasonOf(error), paths.packageAct)
  }
  verifyFigures(files, { acts, events }, findings)
  return { acts, events }
}

function proveAll(
  files: Files,
  all: readonly OpenedEntry[],
  { size, root }: Checkpoint,
  { right, wrong }: Findings,
): void {
  const byIndex = new Map<number, Hash>()
  for (const { index, commitment } of all) {
    const other = byIndex.get(index)
    if (other !== undefined && !equalBytes(other, commitment))
      throw new Error(`entry ${index} stands there in two forms`)
    byIndex.set(index, commitment)
  }
  const leaves = [...byIndex]
    .sort(([one], [other]) => one - other)
    .map(([index, commitment]) => ({ index, hash: entryLeaf(commitment) }))
  const nodes = nodesOf(files.get(paths.nodes) ?? new Uint8Array(0))
  if (equalBytes(rootOfLeaves(leaves, size, nodes), root))
    right('entries', 'entries-proven', String(leaves.length))
  else {
    const found = `they do not lead to the root ${base64(root)}`
    wrong('entries', 'entries-wrong', found)
  }
}

function verifyFigures(files: Files, { acts, events }: ReadYear, findings: Findings): void {
  const counting = openFigures()
  for (const { entry } of acts) counting.act(entry)
  for (const { entry } of events) counting.event(entry)
  try {
    const told = canonicalText(jsonOf(files.get(paths.figures) ?? new Uint8Array(0)))
    if (told !== canonicalText(counting.figures())) throw new Error('other figures')
    findings.right('figures', 'figures-right', '', paths.figures)
  } catch {
    findings.wrong('figures', 'figures-wrong', '', paths.figures)
  }
}
