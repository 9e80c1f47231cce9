import type { KeyType, Quality, ReasonClass } from '../wire/codes.ts'

/** The fields of an identity as people and files write them. An empty text means absent. */
export type RawIdentity = {
  readonly bsn?: string | undefined
  readonly vNumber?: string | undefined
  readonly documentCountry?: string | undefined
  readonly documentNumber?: string | undefined
  readonly phone?: string | undefined
  readonly givenNames?: string | undefined
  readonly prefix?: string | undefined
  readonly familyName?: string | undefined
  readonly birthDate?: string | undefined
  readonly sex?: string | undefined
  readonly place?: string | undefined
}

/** A day, a month or a year of the Gregorian calendar; a day never comes without its month. */
export type BirthDate = {
  readonly year: number
  readonly month?: number
  readonly day?: number
}

export type Sex = 'F' | 'M' | 'X'

/** An identity after reading: what is present is valid and in its one form. Never leaves the partner. */
export type Identity = {
  /** Nine digits that pass the 11-test. */
  readonly bsn?: string
  /** Ten digits. */
  readonly vNumber?: string
  /** Country: ISO 3166-1 alpha-3. Number: upper-case ASCII letters and digits. */
  readonly document?: { readonly country: string; readonly number: string }
  /** E.164, with its plus. */
  readonly phone?: string
  /** Names as given: trimmed, NFC, single spaces; not yet normalised for comparison. */
  readonly givenNames?: string
  readonly prefix?: string
  readonly familyName?: string
  readonly birthDate?: BirthDate
  readonly sex?: Sex
  readonly place?: string
}

/** One fault in one field. INVARIANT: the message never repeats the value. */
export type IdentityProblem = { readonly field: keyof RawIdentity; readonly message: string }

/** What goes into the blinding: `value` is `lk1|<type>|…`. Never leaves the partner. */
export type LinkageKey = { readonly type: KeyType; readonly value: string }

/** Why a kind of key was not made; holds no value. */
export type Withheld = {
  readonly reason: string
  /** True when nothing was written that a key could have been made of. */
  readonly isAbsent?: true
}

/** All tokens of one signal, by key type. */
export type Tokens = ReadonlyMap<KeyType, ReadonlySet<string>>

/** What the tokens of two signals say about whether they concern one person. */
export type Evidence = {
  readonly quality: Quality
  /** Sum of log-likelihood ratios, base 2. */
  readonly bits: number
  /** Most telling first; never empty. */
  readonly reasons: readonly ReasonClass[]
  /** True when an official number or an uncontradicted phone carries it, not names alone. */
  readonly restsOnIdentifier: boolean
}

/** Evidence between two signals, named by whatever ids the caller uses. Its direction means nothing. */
export type Link<Id extends string = string> = {
  readonly one: Id
  readonly other: Id
  readonly evidence: Evidence
}

/** Signals that appear to concern one person. */
export type Group<Id extends string = string> = {
  /** Sorted, two or more. */
  readonly members: readonly Id[]
  /** Of the weakest link that is needed to hold the group together. */
  readonly quality: Quality
  /** All links between members, strongest first. */
  readonly links: readonly Link<Id>[]
}

export type Language = 'en' | 'nl'
