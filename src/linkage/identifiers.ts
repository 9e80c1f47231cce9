import isoCodes from 'i18n-iso-countries/codes.json' with { type: 'json' }
import { parsePhoneNumberFromString } from 'libphonenumber-js/min'
import { withoutSeparators } from './text.ts'

/** Either the value in its one form, or what is wrong with it; never the value in words. */
export type Reading = { readonly value: string } | { readonly fault: string }

const isOneCharacterRepeated = (text: string): boolean => new Set(text).size === 1

/** The 11-test of the Dutch citizen service number: weights 9, 8, … 2 and −1, sum divisible by 11. */
export const passesElevenTest = (digits: string): boolean => {
  if (!/^\d{9}$/.test(digits)) return false
  const sum = [...digits].reduce(
    (total, digit, at) => total + Number(digit) * (at === 8 ? -1 : 9 - at),
    0,
  )
  return sum % 11 === 0
}

/** Citizen service number (BSN). Eight digits get the leading zero that spreadsheets drop. */
export const readBsn = (text: string): Reading => {
  const digits = withoutSeparators(text)
  if (!/^\d{8,9}$/.test(digits)) return { fault: 'must have nine digits' }
  const bsn = digits.padStart(9, '0')
  if (isOneCharacterRepeated(bsn)) return { fault: 'is a placeholder, not a number of a person' }
  if (!passesElevenTest(bsn)) return { fault: 'fails the 11-test; look for a slip in its digits' }
  return { value: bsn }
}

/** V-number of the Dutch immigration chain: ten digits, without a check digit. */
export const readVNumber = (text: string): Reading => {
  const digits = withoutSeparators(text).replace(/^V/, '')
  if (!/^\d{10}$/.test(digits)) return { fault: 'must have ten digits' }
  if (isOneCharacterRepeated(digits)) return { fault: 'is a placeholder, not a number of a person' }
  return { value: digits }
}

const alpha3Of: ReadonlyMap<string, string> = new Map(
  isoCodes.flatMap(([alpha2 = '', alpha3 = '']): [string, string][] => [
    [alpha2, alpha3],
    [alpha3, alpha3],
  ]),
)

/** All countries of ISO 3166-1, to pick from: alpha-3, with alpha-2, by which platforms know their names. */
export const countryCodes: readonly { readonly alpha2: string; readonly alpha3: string }[] =
  isoCodes.map(([alpha2 = '', alpha3 = '']) => ({ alpha2, alpha3 }))

/** Country of issue: ISO 3166-1 alpha-2 or alpha-3 in any case → alpha-3. */
export const readCountry = (text: string): Reading => {
  const alpha3 = alpha3Of.get(withoutSeparators(text))
  return alpha3 === undefined
    ? { fault: 'is not a country code of ISO 3166-1 (two or three letters)' }
    : { value: alpha3 }
}

/**
 * Number of a passport, identity card or permit. A number without a single digit, or of one repeated
 * character, is what people write when they have none, and would link everybody who has none.
 */
export const readDocumentNumber = (text: string): Reading => {
  const number = withoutSeparators(text)
  if (!/^[A-Z0-9]*$/.test(number)) return { fault: 'may hold Latin letters and digits only' }
  if (number.length < 4 || number.length > 24)
    return { fault: 'must have 4 to 24 letters and digits' }
  if (!/\d/.test(number) || isOneCharacterRepeated(number)) {
    return { fault: 'is a placeholder, not a number of a document' }
  }
  return { value: number }
}

/**
 * Phone number → E.164; without a country code it is Dutch. An extension is left out. Checked: that
 * the numbering plan of its country has such numbers. Not checked: that it is in use, or personal.
 */
export const readPhone = (text: string): Reading => {
  const phone = parsePhoneNumberFromString(text.toWellFormed().normalize('NFKC').trim(), {
    defaultCountry: 'NL',
    extract: false,
  })
  if (phone?.isPossible() !== true) {
    return {
      fault: 'is not a phone number that can exist; add the country code if it is not Dutch',
    }
  }
  // 06-00000000 and its like: all digits after the first are the same.
  return /^\d(\d)\1+$/.test(phone.nationalNumber)
    ? { fault: 'is a placeholder, not a phone number' }
    : { value: phone.number }
}
