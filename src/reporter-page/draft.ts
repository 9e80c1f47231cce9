import { ageBandOf, type Category } from '../client/derive.ts'
import type { RowSubject } from '../client/row-subject.ts'
import type { Role, SignalRow } from '../client/rows.ts'
import { keyRows, type UnderAgreement } from '../client/signal-bodies.ts'
import { isDay } from '../kernel/calendar.ts'
import { systemRandomness } from '../kernel/random.ts'
import { readIdentity } from '../linkage/read-identity.ts'
import { readScene } from '../linkage/read-scene.ts'
import type { IndicatorCode } from '../wire/codes/indicators.ts'
import type { RegionCode } from '../wire/codes/regions.ts'
import type { SubjectKind } from '../wire/codes/subjects.ts'
import type { DataCategory } from '../wire/codes.ts'
import type { ExplainBody } from '../wire/policy.ts'
import type { SignalBody } from '../wire/signal.ts'

export const personFields = [
  'givenNames',
  'prefix',
  'familyName',
  'birthDate',
  'sex',
  'place',
  'bsn',
  'vNumber',
  'phone',
  'documentNumber',
  'documentCountry',
] as const
export const sceneFields = {
  household: ['postcode', 'houseNumber', 'street', 'place', 'country'],
  location: ['placeName', 'postcode', 'houseNumber', 'street', 'place', 'country'],
  vehicle: ['licencePlate', 'country'],
} as const

export type SubjectField =
  | (typeof personFields)[number]
  | (typeof sceneFields)[keyof typeof sceneFields][number]

/**
 * A signal while it is typed. It lives in the memory of the page and nowhere else: no storage, no history, no
 * address. It is let go when it was sent, stopped, or the page is left.
 */
export type Draft = {
  under: UnderAgreement
  kind: SubjectKind
  role: Role | ''
  category: Category | ''
  indicators: readonly IndicatorCode[]
  region: RegionCode | ''
  /** As typed. */
  observedOn: string
  /** As typed: who or what it is about. */
  subject: Partial<Record<SubjectField, string>>
  narrative: string
  measures: string
  caseReference: string
  /** The signal that is given another body. */
  readonly correcting?: { readonly id: string; readonly caseReference: string }
  /** What was made ready to be sent; a retry sends the very same. */
  prepared?: SignalBody
}

export const emptyDraft = (
  under: UnderAgreement,
  today: string,
  correcting?: Draft['correcting'],
): Draft => ({
  under,
  kind: under.content.subjectKinds[0] ?? 'person',
  role: '',
  category: '',
  indicators: [],
  region: '',
  observedOn: today,
  subject: {},
  narrative: '',
  measures: '',
  caseReference: correcting?.caseReference ?? '',
  ...(correcting === undefined ? {} : { correcting }),
})

/** Whether a day can be one of observation. */
export const isObservationDay = (text: string, today: string): boolean => {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []
  return isDay(Number(year), Number(month), Number(day)) && text >= '2000-01-01' && text <= today
}

/** Who or what a draft is about, as it was understood; with the fields that were not. */
export function readSubject(
  { kind, subject }: Draft,
  today: string,
): RowSubject & { readonly faulty: readonly SubjectField[] } {
  if (kind === 'person') {
    const { identity, problems } = readIdentity(subject, today)
    return { identity, faulty: problems.map(({ field }) => field as SubjectField) }
  }
  const { scene, problems } = readScene(kind, subject)
  return { identity: {}, scene, faulty: problems.map(({ field }) => field as SubjectField) }
}

/** The draft as a row of a file would tell it. */
export function rowOf(draft: Draft, today: string): SignalRow {
  const { faulty: _, ...about } = readSubject(draft, today)
  const { role, category, indicators, region, observedOn, narrative, measures } = draft
  return {
    line: 1,
    ...about,
    caseReference: draft.caseReference,
    category: category || 'unknown-exploitation',
    indicators,
    observedOn,
    ...(region === '' ? {} : { region }),
    role: draft.kind === 'person' ? role || 'unknown' : 'unknown',
    ...(narrative === '' ? {} : { narrative }),
    ...(measures === '' ? {} : { measures }),
  }
}

/** Whether anybody else could recognise who or what it is about. */
export const isLinkable = (draft: Draft, today: string): boolean =>
  keyRows([rowOf(draft, today)]).linkable.length === 1

const plain = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

/** Whether a case reference, which the gateway can read, holds something that was typed about the subject. */
export function tellsOfSubject(caseReference: string, subject: Draft['subject']): boolean {
  const said = plain(caseReference)
  const digits = said.replace(/\D/g, '')
  const { sex: _sex, country: _country, documentCountry: _issuer, ...telling } = subject
  return Object.entries(telling).some(([field, text]) => {
    const words = plain(text).match(/\p{L}{3,}/gu) ?? []
    const number = text.replace(/\D/g, '')
    const reversed = field === 'birthDate' ? text.split(/\D+/).toReversed().join('') : number
    return (
      (field !== 'place' && words.some((word) => said.includes(word))) ||
      (number.length >= 6 && (digits.includes(number) || digits.includes(reversed)))
    )
  })
}

const signs = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

/** A case reference that tells nothing but its day. */
export const madeCaseReference = (today: string): string =>
  `M-${today.replaceAll('-', '')}-${[...systemRandomness.bytes(5)].map((byte) => signs[byte % 32]).join('')}`

/** What "may I share this?" asks about a draft: codes only. */
export function questionAbout(draft: Draft, today: string): ExplainBody {
  const { under, kind, role, category, region, narrative, measures, observedOn } = draft
  const extra: DataCategory[] = [
    ...(region === '' ? [] : (['region'] as const)),
    ...(narrative + measures === '' ? [] : (['narrative'] as const)),
    ...(role === 'suspect' || role === 'both' ? (['criminal-offence'] as const) : []),
  ]
  const day = isObservationDay(observedOn, today) ? observedOn : today
  return {
    act: draft.correcting === undefined ? 'signal.submit' : 'signal.correct',
    agreement: under.hash,
    purpose: under.content.purpose,
    category: category || 'unknown-exploitation',
    subjectKind: kind,
    ...(kind === 'person'
      ? { ageBand: ageBandOf(readSubject(draft, today).identity.birthDate, day) }
      : {}),
    ...(extra.length === 0 ? {} : { dataCategories: extra }),
  }
}
