import type { Reading } from './identifiers.ts'
import { withoutSeparators } from './text.ts'

/** Cyrillic and Greek letters that plates use because they look Latin; people type either. */
const lookalikes: ReadonlyMap<string, string> = new Map(
  ['АA', 'ВB', 'ЕE', 'КK', 'МM', 'НH', 'ОO', 'РP', 'СC', 'ТT', 'УY', 'ХX', 'ІI']
    .concat(['ΑA', 'ΒB', 'ΕE', 'ΖZ', 'ΗH', 'ΙI', 'ΚK', 'ΜM', 'ΝN', 'ΟO', 'ΡP', 'ΤT', 'ΥY', 'ΧX'])
    .map((pair) => [pair.slice(0, 1), pair.slice(1)]),
)

/**
 * The side-codes (sidecodes 1 to 14) in which the Dutch vehicle authority has given out plates, with
 * L for a letter and 9 for a digit. Diplomatic and royal plates have these forms too.
 */
const dutchForms: ReadonlySet<string> = new Set([
  'LL9999',
  '9999LL',
  '99LL99',
  'LL99LL',
  'LLLL99',
  '99LLLL',
  '99LLL9',
  '9LLL99',
  'LL999L',
  'L999LL',
  'LLL99L',
  'L99LLL',
  '9LL999',
  '999LL9',
])

const formOf = (plate: string): string => plate.replace(/[A-Z]/g, 'L').replace(/\d/g, '9')

const plain = (text: string): string =>
  [...withoutSeparators(text.replace(/[•·,*'’]/g, ''))]
    .map((letter) => lookalikes.get(letter) ?? letter)
    .join('')
    // Ö, Š and their like stand on plates of some countries; whoever cannot type them writes O, S.
    .normalize('NFD')
    .replace(/\p{M}/gu, '')

/**
 * Licence plate of a country (ISO 3166-1 alpha-3) → letters and digits without separators. Dutch ones
 * must have the form of a side-code. Of other countries only the outline is checked: 3 to 10 Latin
 * letters and digits, one digit at least. NOT checked: that the plate was given out, that it is on the
 * vehicle it was given to, or that `0` and `O` were told apart.
 */
export const readLicencePlate = (text: string, country: string): Reading => {
  const plate = plain(text)
  if (country === 'NLD') {
    return dutchForms.has(formOf(plate)) && !/^(.)\1*$/.test(plate)
      ? { value: plate }
      : { fault: 'has no form of a Dutch licence plate; is its country right?' }
  }
  if (!/^[A-Z0-9]{3,10}$/.test(plate)) {
    return { fault: 'must have 3 to 10 Latin letters and digits' }
  }
  return !/\d/.test(plate) || /^(.)\1*$/.test(plate)
    ? { fault: 'is a placeholder, not a licence plate' }
    : { value: plate }
}
