/** How well names and birth date alone find persons, on sets whose truth is known. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { alikePeople } from '../../scripts/alike-people/people.ts'
import type { Found } from '../../scripts/bench/linkage/curve.ts'
import { type Comparison, readSet } from '../../scripts/bench/linkage/people.ts'
import { linkageOf } from '../../scripts/bench/linkage/report.ts'
import { readIdentity } from '../../src/linkage/read-identity.ts'

const folder = new URL('../../../shared/data/linkage/', import.meta.url)
const skip = existsSync(folder) ? false : 'the development sets are not here'

const comparisonOf = (files: readonly string[]): Comparison => {
  const [ones = [], others = ones] = files.map(
    (file) => readSet(fileURLToPath(new URL(file, folder))).rows,
  )
  return { ones, others, isOneSet: files.length === 1 }
}

const shown = ({ precision, recall, f1 }: Found) =>
  `precision ${precision.toFixed(4)}, recall ${recall.toFixed(3)}, F1 ${f1.toFixed(3)}`

/** `filters`: F1 at a precision of 0.99 of the best Bloom filters on the same fields, from the bench. */
const sets = [
  { name: 'FEBRL 4', files: ['febrl4-a.csv', 'febrl4-b.csv'], filters: 0.909, f1: 0.925 },
  { name: 'FEBRL 2, with itself', files: ['febrl2.csv'], filters: 0.817, f1: 0.89 },
  {
    name: 'Dutch synthetic',
    files: ['dutch-synthetic-a.csv', 'dutch-synthetic-b.csv'],
    filters: 0.771,
    f1: 0.88,
  },
]

for (const { name, files, filters, f1 } of sets) {
  t.test(`persons are found better than by Bloom filters on ${name}`, { skip }, async (t) => {
    const { levels, atPrecision99, tokensPerSubject, maxTokens } = linkageOf(comparisonOf(files))
    t.comment(`${name}: ${tokensPerSubject.toFixed(1)} tokens a subject, ${maxTokens} at most`)
    for (const [level, found] of Object.entries(levels)) t.comment(`  ${level}: ${shown(found)}`)
    t.comment(`  at precision 0.99: ${shown(atPrecision99)}`)
    t.ok(levels.certain.precision >= 0.997 && levels.certain.recall > 0.3, shown(levels.certain))
    t.ok(levels.probable.precision >= 0.98 && levels.probable.recall > 0.6, shown(levels.probable))
    t.ok(levels.possible.precision >= 0.95 && levels.possible.recall > 0.78, shown(levels.possible))
    t.ok(atPrecision99.f1 >= f1 && f1 > filters, shown(atPrecision99))
    t.ok(tokensPerSubject < 10 && maxTokens <= 16, `${tokensPerSubject}`)
  })
}

t.test('probable means so where few names are borne by many', async (t) => {
  const rows = alikePeople(1).map(({ entityId, raw }) => ({
    entityId,
    raw,
    identity: readIdentity(raw).identity,
  }))
  const { levels, atPrecision99 } = linkageOf({ ones: rows, others: rows, isOneSet: true })
  t.ok(levels.certain.precision >= 0.997, shown(levels.certain))
  t.ok(levels.probable.precision >= 0.98 && levels.probable.recall > 0.8, shown(levels.probable))
  t.ok(atPrecision99.f1 > 0.85, shown(atPrecision99))
})
