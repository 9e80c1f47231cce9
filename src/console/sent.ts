import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Fault } from '../kernel/fault.ts'

/**
 * Reads what a form sent by the schema that the API has for the same act, so that a room gets from the console what
 * it gets from a client. Names of fields that were left empty are missing.
 * @throws Fault door/invalid-input
 */
export function reader<Schema extends TSchema>(schema: Schema) {
  const form = Compile(schema)
  return (content: Readonly<Record<string, unknown>>): Static<Schema> => {
    const given = Object.fromEntries(
      Object.entries(content).filter(([, value]) => value !== undefined && value !== ''),
    )
    if (!form.Check(given)) {
      throw new Fault(
        'door/invalid-input',
        form.Errors(given).map(({ instancePath, message }) => ({ at: instancePath, message })),
      )
    }
    return given as Static<Schema>
  }
}

/** The version of what somebody saw, as its form carries it. */
export const versionIn = (form: URLSearchParams): number => Number(form.get('version'))
