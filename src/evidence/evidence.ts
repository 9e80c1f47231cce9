import { base64, fromBase64, textOf } from '../kernel/bytes.ts'
import { commitmentOf, type Entry, parsePayload } from '../proofs/entry.ts'
import type { Hash, NodePosition, TreeNode } from '../proofs/merkle.ts'

/** What a package says, in the forms that both who writes it and who verifies it know. */

/** An entry of the ledger with what opens its commitment. */
export type EntryEvidence = {
  readonly index: number
  readonly salt: string
  readonly entry: string
}

export type OpenedEntry = {
  readonly index: number
  readonly commitment: Hash
  readonly entry: Entry
}

/** A checkpoint that a witness cosigned, and the proof that the package’s own one continues it. */
export type CosignedEvidence = {
  /** `@operator` for the keyholder, else the id of an agency. */
  readonly witness: string
  readonly witnessKey: string
  readonly note: string
  /** Consistency proof to the checkpoint of the package, base64. */
  readonly consistency: readonly string[]
}

export type AgreementEvidence = {
  readonly hash: string
  readonly state: string
  readonly content: object & { readonly parties?: unknown }
  readonly signatures: readonly {
    readonly agency: string
    readonly type: string
    readonly statement: string
    readonly receivedAt: string
  }[]
}

export type PolicyEvidence = {
  readonly hash: string
  readonly since: string
  readonly schema: { readonly file: string; readonly text: string }
  readonly policies: readonly { readonly file: string; readonly text: string }[]
}

/** What cannot be read as what it should be. */
export class EvidenceError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'EvidenceError'
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** @throws EvidenceError unless it is JSON in UTF-8 */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(bytes))
  } catch {
    throw new EvidenceError('is not JSON')
  }
}

/** @throws EvidenceError naming the line, when one is no JSON object or the last has no end */
export function* linesOf(bytes: Uint8Array): Generator<unknown> {
  const text = textOf(bytes)
  if (text === '') return
  if (!text.endsWith('\n')) throw new EvidenceError('breaks off in its last line')
  let number = 0
  for (const line of text.slice(0, -1).split('\n')) {
    number += 1
    try {
      yield JSON.parse(line)
    } catch {
      throw new EvidenceError(`line ${number} is not JSON`)
    }
  }
}

/** Opens the commitment of an entry. @throws when it cannot be opened */
export function openEntry(value: unknown): OpenedEntry {
  const { index, salt, entry } = isRecord(value) ? value : {}
  if (typeof index !== 'number' || typeof salt !== 'string' || typeof entry !== 'string')
    throw new EvidenceError('holds something that is no entry')
  return { index, commitment: commitmentOf(fromBase64(salt), entry), entry: parsePayload(entry) }
}

/** A subtree as a line: level, index, hash. */
export const lineOfNode = ({ level, index, hash }: TreeNode): string =>
  `${JSON.stringify([level, index, base64(hash)])}\n`

/** Looks up subtrees by their place. @throws EvidenceError when two stand at one place */
export function nodesOf(bytes: Uint8Array): (position: NodePosition) => Hash | undefined {
  const nodes = new Map<string, Hash>()
  for (const line of linesOf(bytes)) {
    const [level, index, hash] = Array.isArray(line) ? line : []
    const place = `${level}/${index}`
    if (typeof hash !== 'string' || nodes.has(place))
      throw new EvidenceError('holds something that is no node, or one twice')
    nodes.set(place, fromBase64(hash))
  }
  return ({ level, index }) => nodes.get(`${level}/${index}`)
}
