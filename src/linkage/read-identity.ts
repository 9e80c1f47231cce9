import { earliestYear, readBirthDate } from './birth-date.ts'
import {
  type Reading,
  readBsn,
  readCountry,
  readDocumentNumber,
  readPhone,
  readVNumber,
} from './identifiers.ts'
import { hasLetterOrDigit, longestText, tidied, unknownWords } from './text.ts'
import type { BirthDate, Identity, IdentityProblem, RawIdentity, Sex } from './types.ts'

const sexes: ReadonlyMap<string, Sex> = new Map([
  ...['f', 'v', 'female', 'vrouw', 'vrouwelijk', 'meisje'].map((word) => [word, 'F'] as const),
  ...['m', 'male', 'man', 'mannelijk', 'jongen'].map((word) => [word, 'M'] as const),
  ...['x', 'other', 'anders', 'non-binary', 'non-binair'].map((word) => [word, 'X'] as const),
])

/** Of a name also so. */
const unknown: ReadonlySet<string> = new Set([...unknownWords, 'nn', 'n.n.', 'xxx'])
/** "O" is the Dutch civil registry's code for unknown; as a name it could be somebody's. */
const unknownSex: ReadonlySet<string> = new Set([...unknown, 'o', 'u', 'v/m', 'm/v', 'm/f', 'f/m'])

/**
 * Reads an identity as people and files write it. Every fault is reported at once; a field with a
 * fault is left out of the identity, the others stand. Total: no text makes it throw.
 *
 * Absent, without a problem: an empty field, a name or place without any letter ("-", "?") or that
 * says "onbekend" or "unknown", a date of zeros, a document's country without a number.
 *
 * @param today `YYYY-MM-DD`; a birth date after it is a fault. Without it, only a year past 2100 is.
 * @param earliest a birth year before it is a fault; for people who live the default is right
 *
 * NOT checked: that the person or the number exists, that name and number belong together.
 * Messages never repeat the value, so that they may be logged and shown.
 */
export const readIdentity = (
  raw: RawIdentity,
  today?: string,
  earliest = earliestYear,
): { identity: Identity; problems: IdentityProblem[] } => {
  const problems: IdentityProblem[] = []
  const report = (field: keyof RawIdentity, message: string) => problems.push({ field, message })
  const written = (field: keyof RawIdentity): string | undefined => {
    const text = tidied(raw[field] ?? '')
    return text === '' ? undefined : text
  }

  const identifier = (field: keyof RawIdentity, read: (text: string) => Reading) => {
    const text = written(field)
    if (text === undefined) return undefined
    const reading = read(text)
    if ('value' in reading) return reading.value
    report(field, reading.fault)
    return undefined
  }

  const words = (field: keyof RawIdentity): string | undefined => {
    const text = written(field)
    if (text === undefined || unknown.has(text.toLowerCase()) || !hasLetterOrDigit(text)) {
      return undefined
    }
    if (text.length <= longestText) return text
    report(field, `has more than ${longestText} characters`)
    return undefined
  }

  const document = (): Identity['document'] => {
    const country = identifier('documentCountry', readCountry)
    const number = identifier('documentNumber', readDocumentNumber)
    if (written('documentNumber') !== undefined && written('documentCountry') === undefined) {
      report(
        'documentCountry',
        'is missing; a document number is of use only with its country of issue',
      )
    }
    return country === undefined || number === undefined ? undefined : { country, number }
  }

  const birthDate = (): BirthDate | undefined => {
    const text = written('birthDate')
    if (text === undefined || unknown.has(text.toLowerCase())) return undefined
    const { date, fault } = readBirthDate(text, today, earliest)
    if (fault !== undefined) report('birthDate', fault)
    return date
  }

  const sex = (): Sex | undefined => {
    const word = written('sex')?.normalize('NFKC').toLowerCase()
    if (word === undefined || unknownSex.has(word) || !hasLetterOrDigit(word)) return undefined
    if (!sexes.has(word)) report('sex', 'is not understood; write F (V), M or X, or leave it empty')
    return sexes.get(word)
  }

  // The order here is the order in which the problems are reported.
  const identity = present({
    bsn: identifier('bsn', readBsn),
    vNumber: identifier('vNumber', readVNumber),
    document: document(),
    phone: identifier('phone', readPhone),
    givenNames: words('givenNames'),
    prefix: words('prefix'),
    familyName: words('familyName'),
    birthDate: birthDate(),
    sex: sex(),
    place: words('place'),
  })
  return { identity, problems }
}

/** Leaves out the members that are undefined. */
const present = (fields: { readonly [Field in keyof Identity]: Identity[Field] | undefined }) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Identity
