import sodium from 'libsodium-wrappers-sumo'
import { utf8 } from '../../src/kernel/bytes.ts'
import { systemRandomness } from '../../src/kernel/random.ts'
import { deriveKeyShare } from '../../src/oprf/key-share.ts'
import { evaluate, multiply } from '../../src/oprf/operator.ts'
import { blind } from '../../src/oprf/partner.ts'

export type Measurement = {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly baseline: number
  readonly ratio: number
}

const batch = 256
const rounds = 21

const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** Elements per second of one run over the batch. */
const rateOf = (run: () => void): number => {
  const start = performance.now()
  run()
  return (batch * 1000) / (performance.now() - start)
}

/**
 * What one operator does on one thread with batches of 256, against the bare scalar multiplication of
 * the same library. The three are measured in turns, and each ratio is the median over the rounds, so
 * that other work on the machine weighs on all alike.
 */
export const benchEvaluation = async (): Promise<Measurement[]> => {
  await sodium.ready
  const share = deriveKeyShare(systemRandomness.bytes(32), utf8('bench|1'))
  const inputs = Array.from({ length: batch }, (_, index) => utf8(`input ${index}`))
  const { elements } = blind(inputs, systemRandomness)
  const points = inputs.map((_, index) => elements.slice(32 * index, 32 * index + 32))

  const runs = {
    baseline: () => {
      for (const point of points) sodium.crypto_scalarmult_ristretto255(share.scalar, point)
    },
    plain: () => void multiply(share, elements),
    proof: () => void evaluate(share, elements, systemRandomness),
  }
  for (const run of Object.values(runs)) run()

  const measured = Array.from({ length: rounds }, () => {
    const before = rateOf(runs.baseline)
    const plain = rateOf(runs.plain)
    const between = rateOf(runs.baseline)
    const proof = rateOf(runs.proof)
    const after = rateOf(runs.baseline)
    return {
      plain,
      plainBaseline: (before + between) / 2,
      proof,
      proofBaseline: (between + after) / 2,
    }
  })
  return (['plain', 'proof'] as const).map((name) => ({
    name: `evaluation/${name}`,
    value: median(measured.map((round) => round[name])),
    unit: 'elements/s',
    baseline: median(measured.map((round) => round[`${name}Baseline`])),
    ratio: median(measured.map((round) => round[name] / round[`${name}Baseline`])),
  }))
}
