/**
 * How well names and birth date alone find persons, on development sets whose truth is known.
 * Prints the table of docs/linkage.md: `node test/linkage/precision.test.ts`
 */
import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import t from 'tap'
import { weigh } from '../../src/linkage/evidence.ts'
import { linkageKeys } from '../../src/linkage/keys.ts'
import { readIdentity } from '../../src/linkage/read-identity.ts'
import type { Tokens } from '../../src/linkage/types.ts'
import type { KeyType, Quality } from '../../src/wire/codes.ts'

const folder = new URL('../../../shared/data/linkage/', import.meta.url)
const skip = existsSync(folder) ? false : 'the development sets are not here'

type Subject = { readonly entity: string; readonly tokens: Tokens }

const load = (file: string): Subject[] => {
  const rows: Record<string, string>[] = parse(readFileSync(new URL(file, folder)), {
    columns: true,
  })
  return rows.map(({ entityId = '', ...raw }) => {
    const tokens = new Map<KeyType, Set<string>>()
    for (const { type, value } of linkageKeys(readIdentity(raw).identity).keys) {
      tokens.set(type, (tokens.get(type) ?? new Set()).add(value))
    }
    return { entity: entityId, tokens }
  })
}

/** Every pair that shares a token, once; a set compared with itself gives no pair twice. */
const candidates = function* (ones: readonly Subject[], others: readonly Subject[]) {
  const holders = new Map<string, number[]>()
  for (const [at, { tokens }] of others.entries()) {
    for (const token of [...tokens.values()].flatMap((values) => [...values])) {
      const known = holders.get(token)
      if (known === undefined) holders.set(token, [at])
      else known.push(at)
    }
  }
  for (const [at, one] of ones.entries()) {
    const found = [...one.tokens.values()].flatMap((values) =>
      [...values].flatMap((token) => holders.get(token) ?? []),
    )
    for (const index of new Set(found)) {
      const other = others[index]
      if (other !== undefined && (ones !== others || at < index)) yield { one, other }
    }
  }
}

const truePairs = (ones: readonly Subject[], others: readonly Subject[]): number => {
  const counts = new Map<string, number>()
  for (const { entity } of others) counts.set(entity, (counts.get(entity) ?? 0) + 1)
  if (ones !== others) return ones.reduce((sum, { entity }) => sum + (counts.get(entity) ?? 0), 0)
  return [...counts.values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0)
}

const measure = (ones: readonly Subject[], others: readonly Subject[]) => {
  const found: Record<Quality, { right: number; wrong: number }> = {
    certain: { right: 0, wrong: 0 },
    probable: { right: 0, wrong: 0 },
    possible: { right: 0, wrong: 0 },
  }
  for (const { one, other } of candidates(ones, others)) {
    const quality = weigh(one.tokens, other.tokens)?.quality
    if (quality !== undefined) found[quality][one.entity === other.entity ? 'right' : 'wrong'] += 1
  }
  const all = truePairs(ones, others)
  const upTo = (...qualities: Quality[]) => {
    const right = qualities.reduce((sum, quality) => sum + found[quality].right, 0)
    const wrong = qualities.reduce((sum, quality) => sum + found[quality].wrong, 0)
    return { precision: right / (right + wrong), recall: right / all }
  }
  return { found, all, probable: upTo('probable'), possible: upTo('probable', 'possible') }
}

const sets = [
  { name: 'FEBRL 4', files: ['febrl4-a.csv', 'febrl4-b.csv'], recall: 0.64 },
  { name: 'FEBRL 2, with itself', files: ['febrl2.csv'], recall: 0.55 },
  {
    name: 'Dutch synthetic',
    files: ['dutch-synthetic-a.csv', 'dutch-synthetic-b.csv'],
    recall: 0.65,
  },
]

for (const { name, files, recall } of sets) {
  t.test(`probable means so on ${name}`, { skip }, async (t) => {
    const [ones = [], others = ones] = files.map(load)
    const { found, all, probable, possible } = measure(ones, others)
    const shown = ({ precision, recall }: typeof probable) =>
      `precision ${precision.toFixed(4)}, recall ${recall.toFixed(3)}`
    t.comment(`${name}: ${ones.length} x ${others.length}, ${all} true pairs`)
    t.comment(`  probable: ${shown(probable)}; or possible: ${shown(possible)}`)
    t.comment(`  wrong: ${found.probable.wrong} probable, ${found.possible.wrong} possible`)
    const keys = ones.reduce(
      (sum, { tokens }) => sum + [...tokens.values()].reduce((all, values) => all + values.size, 0),
      0,
    )
    t.comment(`  keys per subject: ${(keys / ones.length).toFixed(1)}`)
    t.equal(found.certain.right + found.certain.wrong, 0, 'names alone are never certain')
    t.ok(probable.precision >= 0.98, shown(probable))
    t.ok(probable.recall >= recall, shown(probable))
    t.ok(possible.precision >= 0.95, shown(possible))
  })
}
