import { readFileSync } from 'node:fs'
import { ristretto255, ristretto255_oprf } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import t from 'tap'
import { concat, equalBytes, fromHex, hex, utf8 } from '../../src/kernel/bytes.ts'
import type { Randomness } from '../../src/kernel/random.ts'
import {
  combinePublicKeys,
  deriveKeyShare,
  drawRefresh,
  keyShareOf,
  refreshShare,
} from '../../src/oprf/key-share.ts'
import { evaluate, multiply } from '../../src/oprf/operator.ts'
import { blind, combineAndFinalize, verifyEvaluation } from '../../src/oprf/partner.ts'
import {
  addElements,
  addScalars,
  checkElements,
  hash,
  invertScalar,
  isScalar,
  multiplyElement,
  multiplyGenerator,
  multiplyScalars,
  reduceToScalar,
  subtractScalars,
} from '../../src/oprf/ristretto.ts'
import {
  type Evaluation,
  InvalidElement,
  type KeyShare,
  UnprovenEvaluation,
} from '../../src/oprf/types.ts'

type Vectors = {
  seed: string
  keyInfo: string
  skSm: string
  pkSm: string
  vectors: {
    inputs: string[]
    blinds: string[]
    blindedElements: string[]
    evaluationElements: string[]
    proof: string
    proofRandomScalar: string
    outputs: string[]
  }[]
}
const load = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'))
const rfc = load('voprf-ristretto255-sha512') as Vectors
const bad = load('ristretto255-bad-encodings') as Record<string, string[] | string>
const badEncodings = Object.values(bad).filter(Array.isArray).flat() as string[]

const seed = Number(process.env.TEST_SEED ?? 20_260_117)
t.comment(`seed ${seed} (set TEST_SEED to choose another)`)

/** Reproducible bytes: SHA-512 of a counter under a name. */
const seeded = (name: string): Randomness => {
  let counter = 0
  return {
    bytes(length) {
      const out = new Uint8Array(length)
      for (let start = 0; start < length; start += 64) {
        counter += 1
        out.set(sha512(utf8(`${seed}|${name}|${counter}`)).subarray(0, length - start), start)
      }
      return out
    },
  }
}
/** Gives the listed scalars one after the other, whatever is asked. */
const scripted = (scalars: readonly string[]): Randomness => {
  const queue = [...scalars]
  return { bytes: (length) => concat(fromHex(queue.shift() ?? ''), new Uint8Array(length - 32)) }
}
const flat = (list: readonly string[]): Uint8Array => concat(...list.map(fromHex))
const identity = new Uint8Array(32)
const oneScalar = Uint8Array.of(1, ...new Uint8Array(31))

/** Two shares whose sum is `joint`. */
const split = (joint: Uint8Array, name: string) => {
  const gateway = keyShareOf(reduceToScalar(seeded(name).bytes(64)))
  return { gateway, keyholder: keyShareOf(subtractScalars(joint, gateway.scalar)) }
}
const publicKeysOf = (shares: { gateway: KeyShare; keyholder: KeyShare }) => ({
  gateway: shares.gateway.publicKey,
  keyholder: shares.keyholder.publicKey,
})

t.test(
  'every VOPRF vector of RFC 9497 comes out, key, blinding, evaluation and proof',
  async (t) => {
    const share = deriveKeyShare(fromHex(rfc.seed), fromHex(rfc.keyInfo))
    t.equal(hex(share.scalar), rfc.skSm)
    t.equal(hex(share.publicKey), rfc.pkSm)
    t.equal(rfc.vectors.length, 3)
    for (const vector of rfc.vectors) {
      const inputs = vector.inputs.map(fromHex)
      const { blinds, elements } = blind(inputs, scripted(vector.blinds))
      t.equal(hex(blinds), vector.blinds.join(''))
      t.equal(hex(elements), vector.blindedElements.join(''))
      const evaluation = evaluate(share, elements, scripted([vector.proofRandomScalar]))
      t.equal(hex(evaluation.elements), vector.evaluationElements.join(''))
      t.equal(hex(evaluation.proof), vector.proof)
      t.equal(hex(multiply(share, elements)), vector.evaluationElements.join(''))
      t.equal(verifyEvaluation(share.publicKey, elements, evaluation), true)
    }
  },
)

t.test('a key split over two operators gives the outputs of the undivided key', async (t) => {
  for (const [which, vector] of rfc.vectors.entries()) {
    for (const attempt of [1, 2, 3]) {
      const random = seeded(`split ${which} ${attempt}`)
      const shares = split(fromHex(rfc.skSm), `shares ${which} ${attempt}`)
      t.equal(hex(combinePublicKeys(publicKeysOf(shares))), rfc.pkSm)
      const blinded = flat(vector.blindedElements)
      const tokens = combineAndFinalize({
        inputs: vector.inputs.map(fromHex),
        blinds: flat(vector.blinds),
        blinded,
        evaluations: {
          gateway: evaluate(shares.gateway, blinded, random),
          keyholder: evaluate(shares.keyholder, blinded, random),
        },
        publicKeys: publicKeysOf(shares),
      })
      t.strictSame(tokens.map(hex), vector.outputs)
    }
  }
})

t.test('a share refresh leaves tokens and joint key as they are', async (t) => {
  const before = split(fromHex(rfc.skSm), 'refresh')
  const delta = drawRefresh(seeded('delta'))
  const after = {
    gateway: keyShareOf(refreshShare('gateway', before.gateway.scalar, delta)),
    keyholder: keyShareOf(refreshShare('keyholder', before.keyholder.scalar, delta)),
  }
  t.not(hex(after.gateway.scalar), hex(before.gateway.scalar))
  t.not(hex(after.keyholder.scalar), hex(before.keyholder.scalar))
  t.equal(hex(combinePublicKeys(publicKeysOf(after))), rfc.pkSm)
  t.not(
    hex(combinePublicKeys({ ...publicKeysOf(after), keyholder: before.keyholder.publicKey })),
    rfc.pkSm,
  )
  t.throws(() => refreshShare('keyholder', delta, delta), RangeError, 'a share never becomes zero')
})

t.test('every bad encoding of RFC 9496 is refused, and so is the identity', async (t) => {
  t.equal(badEncodings.length, 29)
  const share = deriveKeyShare(fromHex(rfc.seed), utf8('bad encodings'))
  const good = blind([utf8('good')], seeded('good')).elements
  const answer = evaluate(share, good, seeded('answer'))
  for (const encoding of [
    ...badEncodings.map(fromHex),
    identity,
    Uint8Array.of(...identity.subarray(1), 0x80),
  ]) {
    const batch = concat(good, encoding, good)
    for (const refused of [
      () => checkElements(batch),
      () => multiply(share, batch),
      () => evaluate(share, batch, seeded('r')),
    ]) {
      t.match(failureOf(refused), { name: 'InvalidElement', index: 1 }, hex(encoding))
    }
    t.type(
      failureOf(() => multiplyElement(share.scalar, encoding)),
      InvalidElement,
    )
    t.type(
      failureOf(() => addElements(good, encoding)),
      InvalidElement,
    )
    t.type(
      failureOf(() => addElements(encoding, good)),
      InvalidElement,
    )
    t.type(
      failureOf(() => combinePublicKeys({ gateway: encoding, keyholder: good })),
      InvalidElement,
    )
    t.equal(verifyEvaluation(encoding, good, answer), false)
    t.equal(verifyEvaluation(share.publicKey, encoding, answer), false)
    t.equal(verifyEvaluation(share.publicKey, good, { ...answer, elements: encoding }), false)
  }
})

const failureOf = (attempt: () => unknown): unknown => {
  try {
    attempt()
  } catch (error) {
    return error
  }
  return undefined
}

t.test('sums that are the identity are refused: public keys that cancel out', async (t) => {
  const publicKey = multiplyGenerator(oneScalar)
  const opposite = hex(ristretto255.Point.BASE.negate().toBytes())
  t.type(
    failureOf(() => combinePublicKeys({ gateway: publicKey, keyholder: fromHex(opposite) })),
    InvalidElement,
  )
})

t.test('scalars are 1 to order − 1, reduced, in 32 bytes', async (t) => {
  const order = fromHex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010')
  const last = order.slice()
  last[0] = 0xec
  t.equal(isScalar(last), true)
  t.equal(isScalar(oneScalar), true)
  const topBit = oneScalar.slice()
  topBit[31] = 0x80
  for (const none of [
    order,
    identity,
    topBit,
    new Uint8Array(32).fill(255),
    new Uint8Array(31),
    new Uint8Array(33),
  ]) {
    t.equal(isScalar(none), false, hex(none))
    t.throws(() => keyShareOf(none), RangeError)
    t.throws(() => multiplyElement(none, multiplyGenerator(oneScalar)), RangeError)
  }
  t.throws(
    () => drawRefresh({ bytes: (length) => new Uint8Array(length) }),
    RangeError,
    'a dead source is noticed',
  )
  t.throws(() => deriveKeyShare(new Uint8Array(31), utf8('short seed')), RangeError)
})

t.test('batches are whole numbers of elements, from 1 to 65,535', async (t) => {
  const share = deriveKeyShare(fromHex(rfc.seed), utf8('shapes'))
  for (const length of [0, 1, 31, 33, 65_536 * 32]) {
    const failure = failureOf(() => evaluate(share, new Uint8Array(length), seeded('shape')))
    t.match(failure, { name: 'InvalidElement', index: undefined }, `${length} bytes`)
  }
  t.type(
    failureOf(() => blind([], seeded('none'))),
    InvalidElement,
  )
  t.throws(() => blind([new Uint8Array(65_536)], seeded('long')), RangeError)
  t.equal(blind([new Uint8Array(65_535), new Uint8Array()], seeded('edges')).elements.length, 64)
})

t.test('the group agrees with an independent implementation', async (t) => {
  const scalar = fc.uint8Array({ minLength: 64, maxLength: 64 }).map(reduceToScalar)
  const { Point } = ristretto255
  const number = (bytes: Uint8Array) => Point.Fn.fromBytes(bytes)
  fc.assert(
    fc.property(scalar, scalar, fc.uint8Array({ maxLength: 300 }), (one, other, message) => {
      const element = multiplyGenerator(one)
      const again = multiplyGenerator(other)
      const twin = Point.BASE.multiply(number(one))
      t.equal(hex(element), hex(twin.toBytes()))
      t.equal(hex(multiplyElement(other, element)), hex(twin.multiply(number(other)).toBytes()))
      t.equal(
        hex(addElements(element, again)),
        hex(twin.add(Point.BASE.multiply(number(other))).toBytes()),
      )
      t.equal(
        hex(addScalars(one, other)),
        hex(Point.Fn.toBytes(Point.Fn.add(number(one), number(other)))),
      )
      t.equal(
        hex(subtractScalars(one, other)),
        hex(Point.Fn.toBytes(Point.Fn.sub(number(one), number(other)))),
      )
      t.equal(
        hex(multiplyScalars(one, other)),
        hex(Point.Fn.toBytes(Point.Fn.mul(number(one), number(other)))),
      )
      t.equal(hex(invertScalar(one)), hex(Point.Fn.toBytes(Point.Fn.inv(number(one)))))
      t.equal(hex(hash(message)), hex(sha512(message)))
    }),
    { seed, numRuns: 25 },
  )
})

t.test('the protocol agrees with an independent implementation in both directions', async (t) => {
  const { voprf } = ristretto255_oprf
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.array(fc.uint8Array({ maxLength: 80 }), { minLength: 1, maxLength: 5 }),
      (keySeed, info, inputs) => {
        const share = deriveKeyShare(keySeed, utf8(info))
        const twin = voprf.deriveKeyPair(keySeed, utf8(info))
        t.equal(hex(share.scalar), hex(twin.secretKey))
        t.equal(hex(share.publicKey), hex(twin.publicKey))
        const random = seeded(hex(keySeed))
        const ours = blind(inputs, random)
        const chunks = (bytes: Uint8Array) =>
          inputs.map((_, index) => bytes.subarray(32 * index, 32 * index + 32))
        // Our operator, their partner.
        const evaluation = evaluate(share, ours.elements, random)
        const items = inputs.map((input, index) => ({
          input,
          blind: chunks(ours.blinds)[index] ?? identity,
          blinded: chunks(ours.elements)[index] ?? identity,
          evaluated: chunks(evaluation.elements)[index] ?? identity,
        }))
        const theirTokens = voprf.finalizeBatch(items, share.publicKey, evaluation.proof)
        // Their operators, our partner; the key split in two.
        const shares = split(share.scalar, hex(keySeed))
        const askThem = ({ scalar, publicKey }: KeyShare): Evaluation => {
          const { evaluated, proof } = voprf.blindEvaluateBatch(
            scalar,
            publicKey,
            chunks(ours.elements),
          )
          return { elements: concat(...evaluated), proof }
        }
        const ourTokens = combineAndFinalize({
          inputs,
          blinds: ours.blinds,
          blinded: ours.elements,
          evaluations: { gateway: askThem(shares.gateway), keyholder: askThem(shares.keyholder) },
          publicKeys: publicKeysOf(shares),
        })
        t.strictSame(ourTokens.map(hex), theirTokens.map(hex))
      },
    ),
    { seed, numRuns: 6 },
  )
})

t.test('an answer that is not proven is refused, and the operator named', async (t) => {
  const random = seeded('attacks')
  const shares = {
    gateway: deriveKeyShare(random.bytes(32), utf8('youth|2026-1')),
    keyholder: deriveKeyShare(random.bytes(32), utf8('youth|2026-1')),
  }
  const inputs = ['one', 'two', 'three'].map(utf8)
  const { blinds, elements: blinded } = blind(inputs, random)
  const honest = {
    gateway: evaluate(shares.gateway, blinded, random),
    keyholder: evaluate(shares.keyholder, blinded, random),
  }
  const finish = (evaluations = honest, publicKeys = publicKeysOf(shares)) =>
    combineAndFinalize({ inputs, blinds, blinded, evaluations, publicKeys })
  t.equal(finish().length, 3)

  const opposite = (element: Uint8Array) => ristretto255.Point.fromBytes(element).negate().toBytes()
  const elementsOf = (batch: Uint8Array) =>
    [0, 1, 2].map((index) => batch.subarray(32 * index, 32 * index + 32))
  const swapped = (batch: Uint8Array) => {
    const [one = identity, two = identity, three = identity] = elementsOf(batch)
    return concat(two, one, three)
  }
  const flipped = (bytes: Uint8Array, index: number) => {
    const copy = bytes.slice()
    copy[index] = (copy[index] ?? 0) ^ 1
    return copy
  }

  for (const name of ['gateway', 'keyholder'] as const) {
    const other = name === 'gateway' ? 'keyholder' : 'gateway'
    const mine = honest[name]
    const stranger = deriveKeyShare(random.bytes(32), utf8('youth|2026-1'))
    const forgedHalf = concat(
      ...elementsOf(honest[other].elements).map((element, index) =>
        addElements(elementsOf(blinded)[index] ?? identity, opposite(element)),
      ),
    )
    const doubled = concat(
      ...elementsOf(mine.elements).map((element) => addElements(element, element)),
    )
    const attacks: Record<string, Evaluation> = {
      'another key': evaluate(stranger, blinded, random),
      'another key under the published one': evaluate(
        { scalar: stranger.scalar, publicKey: shares[name].publicKey },
        blinded,
        random,
      ),
      'the key 1, a relay that wants to guess': evaluate(keyShareOf(oneScalar), blinded, random),
      'a forged half B − E with the own proof': { elements: forgedHalf, proof: mine.proof },
      'a forged half B − E with the proof of the other': {
        elements: forgedHalf,
        proof: honest[other].proof,
      },
      'the answer of the other operator': honest[other],
      'swapped elements': { elements: swapped(mine.elements), proof: mine.proof },
      'doubled elements': { elements: doubled, proof: mine.proof },
      'another batch': evaluate(shares[name], swapped(blinded), random),
      'a tampered challenge': { elements: mine.elements, proof: flipped(mine.proof, 0) },
      'a tampered response': { elements: mine.elements, proof: flipped(mine.proof, 32) },
      'a response that is not reduced': {
        elements: mine.elements,
        proof: flipped(mine.proof, 63).fill(255, 32),
      },
      'a proof of zeros': { elements: mine.elements, proof: new Uint8Array(64) },
      'no proof': { elements: mine.elements, proof: new Uint8Array() },
      'a proof that is too long': {
        elements: mine.elements,
        proof: concat(mine.proof, Uint8Array.of(0)),
      },
      'truncated elements': { elements: mine.elements.subarray(0, 64), proof: mine.proof },
      'half an element': { elements: mine.elements.subarray(0, 80), proof: mine.proof },
      'one element more': {
        elements: concat(mine.elements, mine.elements.subarray(0, 32)),
        proof: mine.proof,
      },
      'no elements': { elements: new Uint8Array(), proof: mine.proof },
    }
    for (const [what, evaluation] of Object.entries(attacks)) {
      const failure = failureOf(() => finish({ ...honest, [name]: evaluation }))
      t.type(failure, UnprovenEvaluation, `${name}: ${what}`)
      t.match(failure, { operator: name }, `${name}: ${what}`)
    }
  }

  t.match(
    failureOf(() => finish({ gateway: honest.keyholder, keyholder: honest.gateway })),
    { name: 'UnprovenEvaluation', operator: 'gateway' },
    'swapped operators',
  )
  t.match(
    failureOf(() =>
      finish(honest, { gateway: shares.keyholder.publicKey, keyholder: shares.gateway.publicKey }),
    ),
    { name: 'UnprovenEvaluation', operator: 'gateway' },
    'swapped public keys',
  )
  for (const unfit of [
    { inputs: inputs.slice(1), blinds },
    { inputs, blinds: blinds.subarray(32) },
  ]) {
    const failure = failureOf(() =>
      combineAndFinalize({
        ...unfit,
        blinded,
        evaluations: honest,
        publicKeys: publicKeysOf(shares),
      }),
    )
    t.type(failure, InvalidElement)
  }
})

t.test('two blindings of one input share nothing, and lead to one token', async (t) => {
  const random = seeded('unlinkable')
  const shares = split(fromHex(rfc.skSm), 'unlinkable')
  const inputs = [utf8('same'), utf8('same'), utf8('other')]
  const { blinds, elements: blinded } = blind(inputs, random)
  t.equal(equalBytes(blinded.subarray(0, 32), blinded.subarray(32, 64)), false)
  const tokens = combineAndFinalize({
    inputs,
    blinds,
    blinded,
    evaluations: {
      gateway: evaluate(shares.gateway, blinded, random),
      keyholder: evaluate(shares.keyholder, blinded, random),
    },
    publicKeys: publicKeysOf(shares),
  }).map(hex)
  t.equal(tokens[0], tokens[1])
  t.not(tokens[0], tokens[2])
})
