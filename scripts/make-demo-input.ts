/**
 * Writes the input of the demonstration: four agencies' files about some 2,000 people, households,
 * locations and vehicles that do not exist, and the truth about who is who. The same bytes at every run. With `--check` it writes
 * nothing and fails when a committed file differs.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { chanceOf } from './demo-people/chance.ts'
import { type DemoFile, exportFile } from './demo-people/files.ts'
import { type Population, populate } from './demo-people/population.ts'
import { type DemoScene, demoScenes } from './demo-people/scenes.ts'

const seed = 20_260_701
const folder = new URL('./demo-input/', import.meta.url)

/** One line per person and scene, so that a change can be read. */
const truthOf = (
  { people, apart }: Population,
  scenes: readonly DemoScene[],
  files: readonly DemoFile[],
): string => {
  const recordsOf = (id: string) =>
    files.flatMap(({ name, placed }) =>
      placed
        .filter(({ subject }) => subject === id)
        .map(({ line, caseReference }) => ({ file: name, line, caseReference })),
    )
  const lines = (items: readonly unknown[]) => items.map((item) => JSON.stringify(item)).join(',\n')
  const faulty = files.flatMap(({ name, faulty }) => faulty.map((line) => ({ file: name, line })))
  return `{
"people": [
${lines(people.map(({ id, linkedBy, knownTo }) => ({ id, ...(knownTo.length > 1 ? { linkedBy } : {}), records: recordsOf(id) })))}
],
"scenes": [
${lines(scenes.map(({ id, kind, linkedBy, writings }) => ({ id, kind, ...(Object.keys(writings).length > 1 ? { linkedBy } : {}), records: recordsOf(id) })))}
],
"apart": [
${lines(apart)}
],
"faulty": [
${lines(faulty)}
]
}
`
}

/** Every file of the demonstration's input by name. */
export const demoInput = (): ReadonlyMap<string, string> => {
  const chance = chanceOf(seed)
  const population = populate(chance)
  const scenes = demoScenes()
  const ofScenes = chanceOf(seed + 1)
  const files = (['avim', 'municipality', 'youth-care', 'ngo'] as const).map((agency) =>
    exportFile(agency, population, scenes, { ofPeople: chance, ofScenes }),
  )
  return new Map([
    ...files.map(({ name, text }): [string, string] => [name, text]),
    ['truth.json', truthOf(population, scenes, files)],
  ])
}

/** The names of the files that are not as they would be written now. */
export const differing = async (): Promise<string[]> => {
  const names: string[] = []
  for (const [name, text] of demoInput()) {
    const committed = await readFile(new URL(name, folder), 'utf8').catch(() => undefined)
    if (committed !== text) names.push(name)
  }
  return names
}

if (import.meta.main) {
  if (process.argv.includes('--check')) {
    const names = await differing()
    for (const name of names)
      console.error(`scripts/demo-input/${name} is not as it would be written`)
    process.exitCode = names.length === 0 ? 0 : 1
  } else {
    for (const [name, text] of demoInput()) await writeFile(new URL(name, folder), text)
  }
}
