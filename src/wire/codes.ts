import { allSceneKeyTypes, type SceneReason } from './codes/subjects.ts'

/**
 * The closed vocabularies of the public contract. `docs/codes.md` is generated from here.
 * Facts after the Dutch trafficking monitor, art. 273f Sr and public signal lists.
 */

export type Code = { readonly code: string; readonly en: string; readonly nl: string }

export const categories = [
  { code: 'sexual-exploitation', en: 'Sexual exploitation', nl: 'Seksuele uitbuiting' },
  { code: 'labour-exploitation', en: 'Labour exploitation', nl: 'Arbeidsuitbuiting' },
  { code: 'criminal-exploitation', en: 'Criminal exploitation', nl: 'Criminele uitbuiting' },
  { code: 'forced-services', en: 'Forced services', nl: 'Gedwongen dienstverlening' },
  { code: 'forced-begging', en: 'Forced begging', nl: 'Gedwongen bedelarij' },
  { code: 'organ-removal', en: 'Removal of organs', nl: 'Orgaanverwijdering' },
  {
    code: 'forced-marriage',
    en: 'Exploitation through forced marriage',
    nl: 'Uitbuiting door huwelijksdwang',
  },
  {
    code: 'illegal-adoption',
    en: 'Exploitation through illegal adoption',
    nl: 'Uitbuiting door illegale adoptie',
  },
  { code: 'domestic-servitude', en: 'Domestic servitude', nl: 'Uitbuiting in het huishouden' },
  {
    code: 'unknown-exploitation',
    en: 'Exploitation, form not known yet',
    nl: 'Uitbuiting, vorm nog onbekend',
  },
] as const satisfies readonly Code[]

export const roles = [
  { code: 'presumed-victim', en: 'Presumed victim', nl: 'Vermoedelijk slachtoffer' },
  { code: 'suspect', en: 'Suspect', nl: 'Verdachte' },
  { code: 'both', en: 'Presumed victim and suspect', nl: 'Vermoedelijk slachtoffer en verdachte' },
  { code: 'unknown', en: 'Not known', nl: 'Onbekend' },
  { code: 'witness', en: 'Witness', nl: 'Getuige' },
] as const satisfies readonly Code[]

export const ageBands = [
  { code: 'minor', en: 'Under 18', nl: 'Jonger dan 18' },
  { code: 'youth', en: '18 to 22', nl: '18 tot en met 22' },
  { code: 'adult', en: '23 or older', nl: '23 of ouder' },
  { code: 'unknown', en: 'Not known', nl: 'Onbekend' },
] as const satisfies readonly Code[]

export const leadRoutes = [
  { code: 'minor', en: 'A minor is concerned', nl: 'Het gaat om een minderjarige' },
  {
    code: 'organised',
    en: 'Signs of organised exploitation',
    nl: 'Tekenen van georganiseerde uitbuiting',
  },
  { code: 'general', en: 'Neither', nl: 'Geen van beide' },
] as const satisfies readonly Code[]

/** What an agreement may say that is shared. The sensitive ones need an exemption beside a legal basis. */
export const dataCategories = [
  {
    code: 'tokens',
    en: 'Tokens made of identifying data: official numbers, names with birth date, phone, addresses, plates',
    nl: 'Pseudoniemen van identificerende gegevens: officiële nummers, namen met geboortedatum, telefoon, adressen, kentekens',
  },
  {
    code: 'exploitation',
    en: 'Form of exploitation, indicators and day of observation',
    nl: 'Vorm van uitbuiting, indicatoren en dag van waarneming',
  },
  { code: 'role', en: 'Role of the subject', nl: 'Rol van de betrokkene' },
  { code: 'age-group', en: 'Age group', nl: 'Leeftijdsgroep' },
  { code: 'region', en: 'Safety region', nl: 'Veiligheidsregio' },
  {
    code: 'narrative',
    en: 'Sealed narrative, opened by decision of its owner only',
    nl: 'Verzegelde toelichting, alleen te openen na besluit van de eigenaar',
  },
  {
    code: 'criminal-offence',
    en: 'Suspicions and offences of the subject',
    nl: 'Verdenkingen en strafbare feiten van de betrokkene',
  },
  {
    code: 'special-category',
    en: 'Special categories, such as health, origin or sexual life',
    nl: 'Bijzondere gegevens, zoals gezondheid, afkomst of seksueel leven',
  },
] as const satisfies readonly Code[]
export type DataCategory = (typeof dataCategories)[number]['code']

export const sensitiveCategories = ['criminal-offence', 'special-category'] as const

/** Kinds of linkage keys that carry name evidence. */
export const compositeTypes = [
  'family-name-start-birth-date',
  'family-name-ending-birth-date',
  'given-name-start-birth-day',
  'given-name-birth-month',
  'names-birth-month',
  'name-sounds-birthday',
  'name-endings-birth-day',
  'name-ends-birthday',
  'name-ends-birth-year',
  'name-starts-birth-year',
  'name-starts-place',
  'name-ends-place',
  'name-sounds-place',
  'family-name-start-place-birth-year',
  'given-name-start-place-birth-year',
  'names',
] as const

export type CompositeType = (typeof compositeTypes)[number]

/** Kinds of linkage keys of persons; what each says is in `docs/linkage.md`. */
export const personKeyTypes = [
  'bsn',
  'v-number',
  'document',
  'phone',
  'phone-birth-date',
  'phone-birth-year',
  ...compositeTypes,
] as const

/** Kinds of linkage keys of all subjects. */
export const keyTypes = [...personKeyTypes, ...allSceneKeyTypes] as const

export type KeyType = (typeof keyTypes)[number]

/**
 * How many tokens of each type one signal may carry: as many as linkage makes of one subject.
 * More would be a net cast over many for the price of one signal. A family name of two parts gives two
 * of most types that it takes part in; a foreign street goes with its postcode and with its town.
 */
export const mostTokens: Readonly<Record<KeyType, number>> = {
  bsn: 1,
  'v-number': 1,
  document: 1,
  phone: 1,
  'phone-birth-date': 1,
  'phone-birth-year': 1,
  'family-name-start-birth-date': 2,
  'family-name-ending-birth-date': 2,
  'given-name-start-birth-day': 1,
  'given-name-birth-month': 1,
  'names-birth-month': 1,
  'name-sounds-birthday': 2,
  'name-endings-birth-day': 2,
  'name-ends-birthday': 1,
  'name-ends-birth-year': 2,
  'name-starts-birth-year': 2,
  'name-starts-place': 2,
  'name-ends-place': 2,
  'name-sounds-place': 2,
  'family-name-start-place-birth-year': 2,
  'given-name-start-place-birth-year': 1,
  names: 2,
  'household-address': 1,
  'household-street': 2,
  'location-address': 1,
  'location-street': 2,
  'location-name': 1,
  'vehicle-plate': 1,
}

export const qualities = ['certain', 'probable', 'possible'] as const
export type Quality = (typeof qualities)[number]

/** The coarse classes of evidence about persons that a receiver may learn; never which number, never a value. */
export const reasonClasses = [
  'official-number',
  'phone',
  'name-and-birth-date',
  'similar-name-and-birth-date',
  'name-and-birth-year',
  'name-and-place',
] as const
export type ReasonClass = (typeof reasonClasses)[number] | SceneReason

export const codesOf = <Codes extends readonly { readonly code: string }[]>(
  list: Codes,
): Codes[number]['code'][] => list.map((entry) => entry.code)
