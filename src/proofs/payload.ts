import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { StatementError } from './statement.ts'

/**
 * Makes a reader that checks the shape of a statement's payload.
 * The reader throws a StatementError that names the members at fault, never their values.
 */
export function payloadReader<Schema extends TSchema>(
  schema: Schema,
): (payload: unknown) => Static<Schema> {
  const validator = Compile(schema)
  return (payload) => {
    if (validator.Check(payload)) return payload as Static<Schema>
    const faults = validator
      .Errors(payload)
      .map(
        ({ instancePath, message }) =>
          `${instancePath === '' ? 'payload' : instancePath} ${message}`,
      )
    throw new StatementError(
      `the statement is not in the agreed form: ${faults.slice(0, 5).join('; ')}`,
    )
  }
}
