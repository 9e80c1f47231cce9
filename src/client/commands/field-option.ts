import { type SealedFieldName, sealedFields } from '../../wire/codes/disclosures.ts'
import { codesOf } from '../../wire/codes.ts'
import { HomeError } from '../agency-home.ts'

export const fieldNames = codesOf(sealedFields)

/** The sealed fields that an option names. */
export function fieldsIn(text: string): SealedFieldName[] {
  const fields = text.split(',').map((field) => field.trim())
  const known = fields.filter((field): field is SealedFieldName =>
    fieldNames.some((name) => name === field),
  )
  if (known.length !== fields.length || known.length === 0) {
    throw new HomeError(`--fields takes one or more of ${fieldNames.join(', ')}`)
  }
  return [...new Set(known)]
}
