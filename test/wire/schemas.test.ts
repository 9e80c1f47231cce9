import { readdirSync } from 'node:fs'
import t from 'tap'

/** Every schema of the public contract, with all its parts. */
type Part = { readonly [name: string]: unknown }

const folder = new URL('../../src/wire/', import.meta.url)
const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null

function* partsOf(value: unknown, at: string): Generator<[at: string, part: Part]> {
  if (!isPart(value)) return
  if (!Array.isArray(value)) yield [at, value]
  for (const [name, part] of Object.entries(value)) yield* partsOf(part, `${at}/${name}`)
}

const parts: [at: string, part: Part][] = []
for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts'))) {
  const exported: Part = await import(new URL(file, folder).href)
  for (const [name, value] of Object.entries(exported)) {
    if (isPart(value) && '~kind' in value) parts.push(...partsOf(value, `${file} ${name}`))
  }
}

t.test('every list in the contract has a longest length', async (t) => {
  const lists = parts.filter(([, { type }]) => type === 'array')
  t.ok(lists.length > 20)
  for (const [at, { maxItems }] of lists) t.type(maxItems, 'number', at)
})

t.test('items that must differ are texts, so that comparing them takes linear time', async (t) => {
  const sets = parts.filter(([, { uniqueItems }]) => uniqueItems === true)
  t.ok(sets.length >= 5)
  for (const [at, { items }] of sets) t.match(items, { type: 'string' }, at)
})

t.test('every list of codes says that they are texts', async (t) => {
  const lists = parts.filter(([, part]) => Array.isArray(part.enum))
  t.ok(lists.length > 20)
  for (const [at, { type }] of lists) t.equal(type, 'string', at)
})

t.test('every text in the contract has a form or a longest length', async (t) => {
  const texts = parts.filter(([, { type }]) => type === 'string')
  t.ok(texts.length > 100)
  const endless = texts.filter(
    ([, part]) =>
      !['maxLength', 'pattern', 'format', 'enum', 'const'].some((limit) => limit in part),
  )
  t.strictSame(
    endless.map(([at]) => at),
    [],
  )
})
