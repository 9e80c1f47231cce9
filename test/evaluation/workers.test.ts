import t from 'tap'
import { openWorkers } from '../../src/evaluation/workers.ts'
import { concat, hex, utf8 } from '../../src/kernel/bytes.ts'
import { systemRandomness } from '../../src/kernel/random.ts'
import { deriveKeyShare } from '../../src/oprf/key-share.ts'
import { multiply } from '../../src/oprf/operator.ts'
import { blind, verifyEvaluation } from '../../src/oprf/partner.ts'

const share = deriveKeyShare(new Uint8Array(32).fill(7), utf8('workers|1'))
const batchOf = (count: number) =>
  blind(
    Array.from({ length: count }, (_, index) => utf8(`input ${index}`)),
    systemRandomness,
  ).elements

t.test('a thread gives the same elements as the direct call, and a proof that holds', async (t) => {
  const workers = openWorkers({ threads: 2 })
  t.teardown(workers.close)
  const scalar = share.scalar.slice()
  for (const count of [1, 2, 64]) {
    const points = batchOf(count)
    const evaluation = await workers.evaluate({ share: scalar, points })
    t.equal(hex(evaluation.elements), hex(multiply(share, points)))
    t.equal(verifyEvaluation(share.publicKey, points, evaluation), true)
  }
  t.equal(hex(scalar), hex(share.scalar), "the caller's share is left alone")
})

t.test('many batches at once come back each with its own answer', async (t) => {
  const workers = openWorkers({ threads: 2 })
  t.teardown(workers.close)
  const batches = Array.from({ length: 12 }, (_, index) => batchOf(index + 1))
  const answers = await Promise.all(
    batches.map((points) => workers.evaluate({ share: share.scalar, points })),
  )
  answers.forEach((answer, index) => {
    t.equal(hex(answer.elements), hex(multiply(share, batches[index]!)))
  })
})

t.test('the proof of the same batch is made with fresh randomness every time', async (t) => {
  const workers = openWorkers({ threads: 1 })
  t.teardown(workers.close)
  const points = batchOf(2)
  const one = await workers.evaluate({ share: share.scalar, points })
  const other = await workers.evaluate({ share: share.scalar, points })
  t.equal(hex(one.elements), hex(other.elements))
  t.not(hex(one.proof), hex(other.proof))
})

t.test('a bad point is refused with its number and does not end the worker', async (t) => {
  const workers = openWorkers({ threads: 1 })
  t.teardown(workers.close)
  const points = batchOf(3)
  const identity = new Uint8Array(32)
  const notCanonical = new Uint8Array(32).fill(255)
  const refusals: [Uint8Array, string][] = [
    [concat(points, identity), '/points/3'],
    [concat(points.subarray(0, 32), notCanonical, points), '/points/1'],
    [points.subarray(1), '/points'],
    [new Uint8Array(), '/points'],
  ]
  for (const [bad, at] of refusals) {
    await t.rejects(workers.evaluate({ share: share.scalar, points: bad }), {
      name: 'Fault',
      code: 'evaluation/invalid-batch',
      problems: [{ at }],
    })
  }
  const evaluation = await workers.evaluate({ share: share.scalar, points })
  t.equal(verifyEvaluation(share.publicKey, points, evaluation), true)
})

t.test('a share that is none is a bug of ours, and does not end the worker either', async (t) => {
  const workers = openWorkers({ threads: 1 })
  t.teardown(workers.close)
  await t.rejects(workers.evaluate({ share: new Uint8Array(32), points: batchOf(1) }), {
    name: 'RangeError',
  })
  t.equal((await workers.evaluate({ share: share.scalar, points: batchOf(1) })).elements.length, 32)
})

t.test('batches beyond the limit are turned away instead of piling up', async (t) => {
  const workers = openWorkers({ threads: 1, waitingLimit: 2 })
  t.teardown(workers.close)
  const points = batchOf(8)
  const settled = await Promise.allSettled(
    Array.from({ length: 20 }, () => workers.evaluate({ share: share.scalar, points })),
  )
  const refused = settled.filter((outcome) => outcome.status === 'rejected')
  t.ok(refused.length >= 15)
  for (const { reason } of refused)
    t.match(reason, { code: 'door/unavailable', retryAfterSeconds: 1 })
  t.ok(settled.some((outcome) => outcome.status === 'fulfilled'))
})

t.test('closing lets begun work finish', async (t) => {
  const workers = openWorkers({ threads: 1 })
  const points = batchOf(16)
  const begun = workers.evaluate({ share: share.scalar, points })
  await workers.close()
  t.equal((await begun).elements.length, points.length)
})
