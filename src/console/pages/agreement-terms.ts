import type { Library } from '../../agreements/library.ts'
import { html, type Piece } from '../../kernel/html.ts'
import { type Difference, differencesBetween } from '../../proofs/agreement-difference.ts'
import type { AgreementContent, AgreementParty } from '../../wire/agreement.ts'
import { subjectKinds } from '../../wire/codes/subjects.ts'
import { ageBands, type Code, categories, dataCategories } from '../../wire/codes.ts'
import { facts, heading, list, table } from '../parts.ts'
import { datesIn, type Language, namesOf, type TextKey, type TextOf, texts } from '../texts.ts'

/** In which words an agreement is told. */
export type Wording = {
  readonly text: TextOf
  readonly language: Language
  readonly library: Library
  readonly agencyName: (agency: string) => string
}

const isTextKey = (key: string): key is TextKey => key in texts.en

/** What a member of the content is called; one that has no name in words keeps its own. */
function memberName({ text }: Wording, name: string): string {
  const key = `member.${name}`
  return isTextKey(key) ? text(key) : name
}

const codesOfMember: Readonly<Record<string, readonly Code[]>> = {
  dataCategories,
  categories,
  ageBands,
  subjectKinds,
}
const agencyMembers: readonly string[] = ['agency', 'minor', 'organised', 'general']
const basisMembers: readonly string[] = ['code', 'codes']
const instantMembers: readonly string[] = ['notBefore', 'notAfter']
/** Members whose values are no texts: a difference tells them as JSON. */
const structuredMembers: readonly string[] = [
  'absences',
  'legalBases',
  'archive',
  'emergency',
  'nonPunishment',
]

/** A text or number of the content in words; what parties wrote in their own stays as it is. */
function wordOf(wording: Wording, member: string, said: string): string {
  const { text, language, library, agencyName } = wording
  if (member === 'retentionMonths') return text('terms.months', { count: said })
  if (member === 'renewalNoticeDays') return text('terms.renewal', { count: said })
  if (member === 'roles' && (said === 'submit' || said === 'receive')) {
    return text(`terms.role.${said}`)
  }
  if (agencyMembers.includes(member)) return agencyName(said)
  if (basisMembers.includes(member)) return library.legalBases.get(said)?.[language] ?? said
  if (member === 'purpose') return library.purposes.get(said)?.[language] ?? said
  if (instantMembers.includes(member)) return datesIn(language).moment(said)
  return namesOf(language, codesOfMember[member] ?? [])(said)
}

/** A value of the content in words, by the member that it stands under. */
function inWords(wording: Wording, member: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((one) => inWords(wording, member, one)).join(', ')
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, own]) => `${memberName(wording, name)}: ${inWords(wording, name, own)}`)
      .join('; ')
  }
  return wordOf(wording, member, String(value))
}

/** A value as a difference tells it. */
function toldInWords(wording: Wording, member: string, told: string): string {
  if (member === 'fourEyes') return wording.text(told === 'yes' ? 'yes' : 'no')
  return structuredMembers.includes(member)
    ? inWords(wording, member, JSON.parse(told))
    : wordOf(wording, member, told)
}

function rowOf(wording: Wording, difference: Difference, parties: ReadonlySet<string>): Piece[] {
  const { text, agencyName } = wording
  const nothing = text('terms.nothing')
  if (difference.kind === 'party-come' || difference.kind === 'party-gone') {
    const at = text('terms.changes.party', { agency: agencyName(difference.agency) })
    if (difference.kind === 'party-gone') return [at, text('yes'), text('no')]
    const roles = inWords(wording, 'roles', difference.roles)
    return [at, text('no'), text('terms.changes.is-party', { roles })]
  }
  const { at } = difference
  const member = at.at(-1) ?? ''
  const place = at
    .map((name, depth) =>
      depth === 0 && parties.has(name) ? agencyName(name) : memberName(wording, name),
    )
    .join(', ')
  const told = (value: string | undefined): string =>
    value === undefined ? nothing : toldInWords(wording, member, value)
  if (difference.kind === 'member') {
    const { was, is } = difference
    const words = [told(was), told(is)]
    // What reads the same in words differs all the same.
    return words[0] === words[1] ? [place, was, is] : [place, ...words]
  }
  const items = list(difference.items.map(told))
  return difference.kind === 'no-longer'
    ? [place, items, text('terms.changes.no-longer')]
    : [place, nothing, html`${text('terms.changes.now-also')}: ${items}`]
}

/** What differs from the version before, as a table; undefined when the terms are the same. */
export function changesTable(
  wording: Wording,
  previous: AgreementContent,
  content: AgreementContent,
): Piece {
  const { text } = wording
  const differences = differencesBetween(previous, content)
  if (differences.length === 0) return undefined
  const parties = new Set([...previous.parties, ...content.parties].map(({ agency }) => agency))
  return table(
    text,
    text('terms.changes.table'),
    ['at', 'was', 'is'].map((name) => ({ name: text(`terms.changes.${name}` as TextKey) })),
    differences.map((one) => rowOf(wording, one, parties)),
  )
}

function basesOf({ library, language, text }: Wording, { legalBases }: AgreementParty): Piece {
  return list(
    legalBases.map(({ code, roles, explanation }) => {
      const known = library.legalBases.get(code)
      const what = known === undefined ? code : `${known.article}: ${known[language]}`
      const who = roles.map((role) => text(`terms.role.${role}`)).join(', ')
      return html`${what}${who !== '' && html` (${who})`}${explanation !== undefined && html`<br>${explanation}`}`
    }),
  )
}

function partyRow(wording: Wording, party: AgreementParty): Piece[] {
  const { text, agencyName } = wording
  const { name, deputy, coordinator, absences } = party.contactDesk
  const { day } = datesIn(wording.language)
  const desk = [
    name,
    ...(deputy === undefined ? [] : [text('terms.deputy', { name: deputy })]),
    ...(coordinator === undefined ? [] : [text('terms.coordinator', { name: coordinator })]),
    ...absences.map(({ from, until }) =>
      text('terms.absent', { from: day(from), until: day(until) }),
    ),
  ]
  const authority = party.competentAuthority
  return [
    agencyName(party.agency),
    inWords(wording, 'roles', party.roles),
    html`${basesOf(wording, party)}${authority !== undefined && html`${memberName(wording, 'competentAuthority')}: ${authority}`}`,
    desk.join('; '),
    text(party.fourEyes ? 'yes' : 'no'),
  ]
}

/** What was agreed, member by member, in words. */
export function termsOf(wording: Wording, content: AgreementContent, hash: string): Piece {
  const { text, language, agencyName } = wording
  const { day } = datesIn(language)
  const { validity, archive, emergency, nonPunishment } = content
  const name = (member: string) => memberName(wording, member)
  const codes = (member: 'dataCategories' | 'categories' | 'ageBands' | 'subjectKinds') =>
    [name(member), list(content[member].map((one) => inWords(wording, member, one)))] as const
  const months = text('terms.months', { count: content.retentionMonths })
  const kept =
    archive === undefined ? months : `${months}, ${text('terms.archive', { count: archive.years })}`
  return html`${heading(2, text('terms.title'))}
${facts([
  [name('purpose'), inWords(wording, 'purpose', content.purpose)],
  [name('publicInterest'), content.publicInterest],
  [name('collaboration'), content.collaboration],
  [
    name('validity'),
    text('agreements.between', { from: day(validity.notBefore), until: day(validity.notAfter) }),
  ],
  [name('renewalNoticeDays'), text('terms.renewal', { count: content.renewalNoticeDays })],
  codes('dataCategories'),
  codes('categories'),
  codes('ageBands'),
  codes('subjectKinds'),
  [name('conditions'), content.conditions.length === 0 ? text('none') : list(content.conditions)],
  [name('retentionMonths'), kept],
  [name('quotas'), text('terms.quotas', content.quotas)],
  [name('deadlines'), text('terms.deadlines', content.deadlines)],
  [
    name('lead'),
    list(
      Object.entries(content.lead).map(
        ([route, agency]) => `${name(route)}: ${agencyName(agency)}`,
      ),
    ),
  ],
  [
    name('emergency'),
    emergency === undefined
      ? text('terms.emergency.none')
      : html`${text('terms.emergency', { perDay: emergency.perDay, reviewDays: emergency.reviewDays })}${list(
          emergency.legalBases.map(
            ({ agency, codes }) => `${agencyName(agency)}: ${inWords(wording, 'codes', codes)}`,
          ),
        )}`,
  ],
  ...(nonPunishment === undefined
    ? []
    : [
        [
          name('nonPunishment'),
          html`${text('terms.non-punishment', {
            agency: agencyName(nonPunishment.agency),
            workingDays: nonPunishment.workingDays,
          })}${list(
            (['contactDesk', 'escalationDesk'] as const).map(
              (desk) => `${name(desk)}: ${nonPunishment[desk]}`,
            ),
          )}`,
        ] as const,
      ]),
  [name('dpiaReference'), content.dpiaReference],
  [name('domain'), html`<code>${content.domain}</code>`],
  [name('gateway'), html`<code>${content.gateway.rootThumbprint}</code>`],
  [name('keyholder'), html`<code>${content.keyholder.rootThumbprint}</code>`],
  [text('terms.hash'), html`<code>${hash}</code>`],
])}
${table(
  text,
  text('terms.parties'),
  [name('agency'), name('roles'), name('legalBases'), text('terms.desk'), name('fourEyes')].map(
    (one) => ({ name: one }),
  ),
  content.parties.map((party) => partyRow(wording, party)),
)}`
}
