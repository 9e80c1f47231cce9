import { isDeepStrictEqual } from 'node:util'

type Part = { readonly [name: string]: unknown }

const isPart = (value: unknown): value is Part =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Moves every schema that has a title out to `components/schemas`, where it stands once under that
 * title, and leaves a reference in its place. `known` stand there in any case. The value that was
 * given is not changed.
 * @throws Error when two different schemas bear one title
 */
export function nameSchemas(
  value: unknown,
  known: Readonly<Record<string, unknown>> = {},
): { readonly value: unknown; readonly schemas: Record<string, unknown> } {
  const schemas: Record<string, unknown> = {}

  const keep = (title: string, schema: unknown): void => {
    if (title in schemas && !isDeepStrictEqual(schemas[title], schema)) {
      throw new Error(`two different schemas are called ${title}`)
    }
    schemas[title] = schema
  }

  const move = (from: unknown): unknown => {
    if (Array.isArray(from)) return from.map(move)
    if (!isPart(from)) return from
    const moved = Object.fromEntries(Object.entries(from).map(([name, part]) => [name, move(part)]))
    // A property that is called "title" is a schema itself, not a text.
    if (typeof moved.title !== 'string') return moved
    const { title, ...schema } = moved
    keep(title, schema)
    return { $ref: `#/components/schemas/${title}` }
  }

  // As JSON: schemas also carry marks of the library that made them.
  for (const schema of Object.values(known)) move(JSON.parse(JSON.stringify(schema)))
  const moved = move(JSON.parse(JSON.stringify(value)))
  return { value: moved, schemas }
}
