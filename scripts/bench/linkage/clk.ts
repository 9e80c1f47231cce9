import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import anyAscii from 'any-ascii'
import { textOfDate, usableDate } from '../../../src/linkage/birth-date.ts'
import { bestOf, type FoundAt, type Step } from './curve.ts'
import { type Comparison, type Row, truePairs } from './people.ts'

/**
 * The baseline: cryptographic long-term keys as clkhash makes and anonlink compares them. Every field is
 * cut into pairs of letters, every pair sets some of 1,024 bits, two records are as alike as the Dice
 * coefficient of their bits. The keyed hash is a plain one here: it decides who can make the filters,
 * not how well they compare.
 */
export const clkBits = 1024
const words = clkBits / 32

export type ClkField = 'givenNames' | 'familyName' | 'birthDate' | 'sex' | 'place'

type Variant = {
  readonly name: string
  /** Bits that a piece of a field sets, given how many pieces the field has. */
  readonly bitsPerPiece: (pieces: number) => number
  readonly isDatePositional: boolean
}

/** The ways in which such filters are commonly set up; the best on each set is taken. */
export const variants: readonly Variant[] = [
  { name: 'k=20', bitsPerPiece: () => 20, isDatePositional: false },
  { name: 'k=30', bitsPerPiece: () => 30, isDatePositional: false },
  { name: 'k=20, positional date', bitsPerPiece: () => 20, isDatePositional: true },
  { name: 'k=10, positional date', bitsPerPiece: () => 10, isDatePositional: true },
  {
    name: '200 bits a field, positional date',
    bitsPerPiece: (pieces) => Math.max(1, Math.round(200 / pieces)),
    isDatePositional: true,
  },
]

/** Pieces of both names are hashed alike, so that swapped names still agree: the filters gain by it. */
const hashedAs = (field: ClkField): string =>
  field === 'givenNames' || field === 'familyName' ? 'name' : field

const plain = (text: string | undefined): string =>
  anyAscii((text ?? '').toWellFormed().normalize('NFKC'))
    .toLowerCase()
    .replace(/['`"]/g, '')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()

/** The keys use a place where no full birth date is known, and nowhere else; so do the filters. */
export const usesPlace = ({ identity }: Pick<Row, 'raw' | 'identity'>): boolean =>
  identity.place !== undefined &&
  (identity.birthDate === undefined || usableDate(identity.birthDate).kind !== 'full')

/** The fields as the filters take them: the names as written, in small Latin letters. */
const textOf = ({ raw, identity }: Pick<Row, 'raw' | 'identity'>, field: ClkField): string => {
  if (field === 'birthDate') {
    const date = identity.birthDate === undefined ? raw.birthDate : textOfDate(identity.birthDate)
    return (date ?? '').replace(/\D/g, '')
  }
  if (field === 'sex') return identity.sex ?? ''
  if (field === 'place') return usesPlace({ raw, identity }) ? plain(raw.place) : ''
  if (field === 'familyName') return plain(`${raw.prefix ?? ''} ${raw.familyName ?? ''}`)
  return plain(raw[field])
}

const pairsIn = (text: string): string[] => {
  const padded = ` ${text} `
  return Array.from({ length: padded.length - 1 }, (_, at) => padded.slice(at, at + 2))
}

const piecesOf = (text: string, field: ClkField, { isDatePositional }: Variant): string[] => {
  if (text === '') return []
  if (field === 'sex') return [text]
  if (field !== 'birthDate') return [...new Set(pairsIn(text))]
  return isDatePositional
    ? pairsIn(text).map((piece, at) => `${at} ${piece}`)
    : [...new Set(pairsIn(text))]
}

/** Positions of a piece: independent draws, as clkhash does since double hashing was found weak. */
const positionsOf = (piece: string, count: number): number[] => {
  const positions: number[] = []
  for (let round = 0; positions.length < count; round += 1) {
    const digest = createHash('sha512').update(`${round}|${piece}`).digest()
    for (let at = 0; at < digest.length; at += 2) positions.push(digest.readUInt16BE(at) % clkBits)
  }
  return positions.slice(0, count)
}

export type Filters = {
  readonly bits: Int32Array
  readonly entities: Int32Array
}

const sharedWords = (length: number): Int32Array =>
  new Int32Array(new SharedArrayBuffer(4 * length))

const filtersOf = (
  rows: readonly Row[],
  fields: readonly ClkField[],
  variant: Variant,
  entityNumber: (entityId: string) => number,
): Filters => {
  const bits = sharedWords(rows.length * words)
  const entities = sharedWords(rows.length)
  const known = new Map<string, number[]>()
  rows.forEach((row, at) => {
    entities[at] = entityNumber(row.entityId)
    for (const field of fields) {
      const pieces = piecesOf(textOf(row, field), field, variant)
      const count = variant.bitsPerPiece(pieces.length)
      for (const piece of pieces) {
        const key = `${hashedAs(field)}|${count}|${piece}`
        const positions = known.get(key) ?? positionsOf(`${hashedAs(field)}|${piece}`, count)
        known.set(key, positions)
        for (const position of positions) {
          const word = at * words + (position >> 5)
          bits[word] = (bits[word] ?? 0) | (1 << (position & 31))
        }
      }
    }
  })
  return { bits, entities }
}

/** What a worker is given: two lists of filters, and which rows of the first to compare. */
export type ClkTask = {
  readonly ones: Filters
  readonly others: Filters
  readonly isOneSet: boolean
  readonly next: Int32Array
}

/** How many pairs had each score, in steps of one in `clkSteps`; only from half alike up. */
export type ClkCounts = { readonly right: Float64Array; readonly wrong: Float64Array }
export const clkSteps = 4096
/** Rows that a worker takes at a time. */
export const clkRowsAtOnce = 128

const runWorker = (task: ClkTask, onRows: (rows: number) => void): Promise<ClkCounts> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./clk.worker.ts', import.meta.url), { workerData: task })
    worker.on('message', (message: number | ClkCounts) => {
      if (typeof message === 'number') onRows(message)
      else resolve(message)
    })
    worker.on('error', reject)
  })

const countPairs = async (
  task: Omit<ClkTask, 'next'>,
  onRows: (rows: number) => void,
): Promise<Step[]> => {
  const next = sharedWords(1)
  const counts = await Promise.all(
    Array.from({ length: Math.min(4, availableParallelism()) }, () =>
      runWorker({ ...task, next }, onRows),
    ),
  )
  return Array.from({ length: clkSteps + 1 }, (_, at) => ({
    score: at / clkSteps,
    right: counts.reduce((sum, { right }) => sum + (right[at] ?? 0), 0),
    wrong: counts.reduce((sum, { wrong }) => sum + (wrong[at] ?? 0), 0),
  })).filter(({ right, wrong }) => right + wrong > 0)
}

export type ClkResult = {
  readonly best: FoundAt & { readonly variant: string }
  readonly atPrecision99: FoundAt & { readonly variant: string }
}

/**
 * The best that the filters reach on one of these sets of fields, over all variants and all thresholds: their
 * thresholds and settings are chosen with the truth in hand, the weights of the linkage keys are not.
 */
export const bestClk = async (
  comparison: Comparison,
  fieldSets: readonly (readonly ClkField[])[],
  onProgress: (share: number) => void = () => {},
): Promise<ClkResult> => {
  const numbers = new Map<string, number>()
  const entityNumber = (entityId: string): number => {
    const number = numbers.get(entityId) ?? numbers.size
    numbers.set(entityId, number)
    return number
  }
  const { ones, others, isOneSet } = comparison
  const pairs = truePairs(comparison)
  const none = { threshold: null, precision: 0, recall: 0, f1: 0, variant: 'none' }
  let result: ClkResult = { best: none, atPrecision99: none }
  let done = 0
  const ways = fieldSets.flatMap((fields) => variants.map((variant) => ({ fields, variant })))
  for (const { fields, variant } of ways) {
    const first = filtersOf(ones, fields, variant, entityNumber)
    const second = isOneSet ? first : filtersOf(others, fields, variant, entityNumber)
    const steps = await countPairs({ ones: first, others: second, isOneSet }, (rows) => {
      done += rows
      onProgress(done / (ones.length * ways.length))
    })
    const { best, atPrecision } = bestOf(steps, pairs, 0.99)
    result = {
      best: best.f1 > result.best.f1 ? { ...best, variant: variant.name } : result.best,
      atPrecision99:
        atPrecision.f1 > result.atPrecision99.f1
          ? { ...atPrecision, variant: variant.name }
          : result.atPrecision99,
    }
  }
  return result
}
