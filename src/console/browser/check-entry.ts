import { base64, equalBytes, fromBase64 } from '../../kernel/bytes.ts'
import { openCheckpoint } from '../../proofs/checkpoint.ts'
import { openCosignature } from '../../proofs/cosignature.ts'
import { commitmentOf, entryLeaf } from '../../proofs/entry.ts'
import { type Hash, nodeHash, verifyInclusion } from '../../proofs/merkle.ts'
import type { CheckedEntry, CheckTexts } from '../check.ts'

/**
 * Checks one entry of the ledger in the browser and writes down each step. It asks nobody: all it works on stands in
 * the page. The keys stand there too, so whoever does not believe the page compares them with those kept elsewhere.
 */
type Step = { readonly name: string; readonly value: string; readonly holds: boolean }

const cut = (hash: Hash): string => base64(hash)

/** The hashes on the way from the leaf to the root, as RFC 9162 §2.1.3.2 goes. */
function climb(index: number, size: number, leaf: Hash, proof: readonly Hash[]): Hash[] {
  const way: Hash[] = []
  let hash = leaf
  let node = index
  let last = size - 1
  for (const sibling of proof) {
    const isRight = node % 2 === 1 || node === last
    hash = isRight ? nodeHash(sibling, hash) : nodeHash(hash, sibling)
    while (isRight && node % 2 === 0 && node !== 0) {
      node /= 2
      last = Math.floor(last / 2)
    }
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
    way.push(hash)
  }
  return way
}

const holds = async (work: () => Promise<unknown> | unknown): Promise<boolean> => {
  try {
    await work()
    return true
  } catch {
    return false
  }
}

async function stepsOf(
  { receipt, verifierKey, cosigned }: CheckedEntry,
  texts: CheckTexts,
): Promise<Step[]> {
  const { index } = receipt
  const commitment = fromBase64(receipt.commitment)
  const steps: Step[] = []
  if (receipt.salt !== undefined && receipt.entry !== undefined) {
    const opened = commitmentOf(fromBase64(receipt.salt), receipt.entry)
    const same = equalBytes(opened, commitment)
    steps.push({ name: texts.commitment, value: cut(opened), holds: same })
  }
  const leaf = entryLeaf(commitment)
  steps.push({ name: texts.leaf, value: cut(leaf), holds: commitment.length === 32 })

  const [, digits = '', root = ''] = receipt.checkpoint.split('\n')
  const size = Number(digits)
  const proof = receipt.inclusion.map(fromBase64)
  for (const [at, hash] of climb(index, size, leaf, proof).entries()) {
    const name = texts.sibling.replace('{step}', String(at + 1))
    steps.push({ name, value: cut(hash), holds: true })
  }
  const stands = await holds(() =>
    verifyInclusion({ index, size, leaf, root: fromBase64(root), proof }),
  )
  steps.push({ name: texts.root, value: root, holds: stands })
  const signed = await holds(() => openCheckpoint(receipt.checkpoint, verifierKey))
  steps.push({ name: texts.signature, value: verifierKey, holds: signed })

  if (cosigned !== undefined) {
    const { note, witnessKey, inclusion } = cosigned
    const seen = await holds(async () => {
      await openCheckpoint(note, verifierKey)
      const { checkpoint } = await openCosignature(note, witnessKey)
      const path = inclusion.map(fromBase64)
      verifyInclusion({ index, size: checkpoint.size, leaf, root: checkpoint.root, proof: path })
    })
    steps.push({ name: texts.cosignature, value: witnessKey, holds: seen })
  }
  return steps
}

function lineOf({ name, value, holds }: Step): HTMLLIElement {
  const line = document.createElement('li')
  line.dataset.holds = String(holds)
  const mark = document.createElement('strong')
  mark.textContent = `${holds ? '✓' : '✗'} ${name}`
  const code = document.createElement('code')
  code.textContent = value
  line.append(mark, document.createElement('br'), code)
  return line
}

async function check(place: HTMLElement): Promise<void> {
  const checked: CheckedEntry = JSON.parse(place.dataset.check ?? '')
  const texts: CheckTexts = JSON.parse(place.dataset.texts ?? '')
  const steps = await stepsOf(checked, texts).catch((): Step[] => [])
  const good = steps.length > 0 && steps.every((step) => step.holds)
  const verdict = place.querySelector('[data-verdict]')
  if (verdict !== null) {
    verdict.textContent = `${good ? '✓' : '✗'} ${good ? texts.good : texts.bad}`
    verdict.className = `raakvlak-notice raakvlak-notice--${good ? 'ok' : 'danger'}`
  }
  place.querySelector('[data-steps]')?.replaceChildren(...steps.map(lineOf))
}

const place = document.querySelector<HTMLElement>('[data-check]')
if (place !== null) await check(place)
