import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { plainBytes, readRecords } from '../../src/client/csv.ts'
import { delimiterOf } from '../../src/client/header.ts'

export const demoInput = fileURLToPath(new URL('../../scripts/demo-input/', import.meta.url))
export const demoFiles = ['avim', 'municipality', 'ngo', 'youth-care'] as const

type Known = {
  readonly id: string
  readonly linkedBy?: string
  readonly records: readonly {
    readonly file: string
    readonly line: number
    readonly caseReference: string
  }[]
}

export type Truth = {
  readonly people: readonly Known[]
  readonly scenes: readonly Known[]
  readonly apart: readonly { readonly why: string; readonly people: readonly string[] }[]
  readonly faulty: readonly { readonly file: string; readonly line: number }[]
}

export const truth: Truth = JSON.parse(readFileSync(join(demoInput, 'truth.json'), 'utf8'))

/** The text of each row of a demonstration file, by its line; line 1 is the header. */
function rowsOf(file: string): Map<number, string> {
  const bytes = plainBytes(readFileSync(join(demoInput, file)))
  const lines = new TextDecoder().decode(bytes).split('\n')
  const starts = readRecords(bytes, delimiterOf(bytes)).map(({ line }) => line)
  return new Map(
    starts.map((line, at) => [
      line,
      lines.slice(line - 1, (starts[at + 1] ?? lines.length) - 1).join('\n'),
    ]),
  )
}

/**
 * Smaller copies of the demonstration's files, by name: the faulty rows, the scenes, then the rows of
 * people whom several agencies know, then others, up to `rows` each.
 */
export function sampleFiles(rows: number): Map<string, string> {
  const shared = truth.people.filter(({ records }) => records.length > 1)
  const apart = new Set(truth.apart.flatMap(({ people }) => people))
  const order = [
    ...truth.faulty,
    ...truth.scenes.flatMap(({ records }) => records),
    // Spread over the list, so that every kind of link is among them.
    ...[0, 1, 2, 3, 4].flatMap((rest) =>
      shared.filter((_, at) => at % 5 === rest).flatMap(({ records }) => records),
    ),
    ...truth.people.filter(({ id }) => apart.has(id)).flatMap(({ records }) => records),
    ...truth.people.flatMap(({ records }) => records),
  ]
  return new Map(
    demoFiles.map((name) => {
      const file = `${name}.csv`
      const texts = rowsOf(file)
      const lines = new Set<number>()
      for (const record of order) {
        if (record.file === file && lines.size < rows) lines.add(record.line)
      }
      const chosen = [1, ...[...lines].sort((one, other) => one - other)]
      return [file, `${chosen.map((line) => texts.get(line) ?? '').join('\n')}\n`]
    }),
  )
}

export async function writeSample(folder: string, rows: number): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [file, text] of sampleFiles(rows)) await writeFile(join(folder, file), text)
}
