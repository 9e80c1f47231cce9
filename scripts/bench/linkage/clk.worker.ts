import { parentPort, workerData } from 'node:worker_threads'
import { type ClkCounts, type ClkTask, clkBits, clkRowsAtOnce, clkSteps } from './clk.ts'

/**
 * Compares every filter with every other: 32 words of 32 bits per pair. The words are added up three at a
 * time in nibbles before the sums are spread over bytes, which halves the work of counting each by itself.
 */
const words = clkBits / 32

/** Bits of one word, four at a time: eight counts of at most four. */
const nibbles = (word: number): number => {
  const pairs = word - ((word >>> 1) & 0x55555555)
  return (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
}

/** Eight nibble counts of at most fifteen as four byte counts. */
const bytes = (counts: number): number => (counts & 0x0f0f0f0f) + ((counts >>> 4) & 0x0f0f0f0f)

const sumOfBytes = (counts: number): number => {
  const halves = (counts & 0x00ff00ff) + ((counts >>> 8) & 0x00ff00ff)
  return (halves + (halves >>> 16)) & 0xffff
}

const common = (one: Int32Array, at: number, other: Int32Array, to: number): number => {
  let total = 0
  for (let word = 0; word < 30; word += 3) {
    const first = nibbles((one[at + word] as number) & (other[to + word] as number))
    const second = nibbles((one[at + word + 1] as number) & (other[to + word + 1] as number))
    const third = nibbles((one[at + word + 2] as number) & (other[to + word + 2] as number))
    // Ten times at most 24 in a byte: no byte runs over.
    total = (total + bytes(first + second + third)) | 0
  }
  const last =
    nibbles((one[at + 30] as number) & (other[to + 30] as number)) +
    nibbles((one[at + 31] as number) & (other[to + 31] as number))
  return sumOfBytes(total) + sumOfBytes(bytes(last))
}

const sizesOf = (bits: Int32Array): Int32Array =>
  Int32Array.from({ length: bits.length / words }, (_, at) =>
    common(bits, at * words, bits, at * words),
  )

const { ones, others, isOneSet, next } = workerData as ClkTask
const sizes = sizesOf(ones.bits)
const otherSizes = sizesOf(others.bits)
const counts: ClkCounts = {
  right: new Float64Array(clkSteps + 1),
  wrong: new Float64Array(clkSteps + 1),
}

const compareRow = (at: number): void => {
  const size = sizes[at] ?? 0
  const entity = ones.entities[at]
  for (let to = isOneSet ? at + 1 : 0; to < otherSizes.length; to += 1) {
    const sum = size + (otherSizes[to] as number)
    const twice = 2 * common(ones.bits, at * words, others.bits, to * words)
    if (2 * twice < sum || sum === 0) continue
    const step = Math.floor((twice / sum) * clkSteps)
    const side = others.entities[to] === entity ? counts.right : counts.wrong
    side[step] = (side[step] as number) + 1
  }
}

for (;;) {
  const from = Atomics.add(next, 0, clkRowsAtOnce)
  const until = Math.min(from + clkRowsAtOnce, sizes.length)
  if (from >= until) break
  for (let at = from; at < until; at += 1) compareRow(at)
  parentPort?.postMessage(until - from)
}
parentPort?.postMessage(counts)
