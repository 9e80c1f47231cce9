import { codesOf } from '../../wire/codes.ts'
import { HomeError } from '../agency-home.ts'

type Codes = readonly { readonly code: string }[]

/** What an option takes, for its description. */
export const oneOf = (codes: Codes): string => `one of ${codesOf(codes).join(', ')}`

/** @throws HomeError that names the codes, and not what was given */
export function codeIn<const List extends Codes>(
  codes: List,
  given: string,
  option: string,
): List[number]['code'] {
  const found = codesOf(codes).find((code) => code === given)
  if (found === undefined) throw new HomeError(`${option} is ${oneOf(codes)}`)
  return found
}

/** Several, separated by commas. */
export const codesIn = <const List extends Codes>(
  codes: List,
  given: string | undefined,
  option: string,
): List[number]['code'][] =>
  (given ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => codeIn(codes, one, option))
