/** The example in another language makes the published keys, from the published tables. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { commonFamilyNames, commonGivenNames } from '../../src/linkage/common-names.ts'
import { particles, titles } from '../../src/linkage/name-tables.ts'

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const program = at('docs/examples/python/linkage_keys.py')
const published = at('src/linkage/vectors/linkage-keys-lk1.json')
const tablesFile = at('src/linkage/vectors/name-tables-lk1.json')

/** Without packages of the user or the site: the standard library alone. */
const python = (...files: readonly string[]) =>
  spawnSync('python3', ['-I', '-S', '-B', program, ...files], { encoding: 'utf8' })

const skip =
  spawnSync('python3', ['--version']).status === 0 ? false : 'there is no python3 on this machine'

t.test('the published tables are those of the code', async (t) => {
  const tables = JSON.parse(readFileSync(tablesFile, 'utf8'))
  t.strictSame(tables.titles, [...titles])
  t.strictSame(tables.particles, [...particles])
  t.strictSame(tables.commonGivenNames, [...commonGivenNames])
  t.strictSame(tables.commonFamilyNames, [...commonFamilyNames])
})

t.test('the example reproduces every published vector', { skip }, async (t) => {
  const { status, stdout, stderr } = python()
  t.equal(stderr, '')
  t.equal(status, 0)
  t.match(stdout, /^(\d\d) of \1 vectors are reproduced\n$/)
})

t.test('a key that is not as published is named', { skip }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'raakvlak-vectors-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const changed = join(folder, 'vectors.json')
  await writeFile(changed, readFileSync(published, 'utf8').replace('ea~nk|1990', 'ea~nk|1991'))
  const { status, stderr } = python(changed, tablesFile)
  t.equal(status, 1)
  t.match(stderr, /^vector 6: made/)
})
