import type { Column } from '../../src/client/header.ts'
import type { Chance } from './chance.ts'
import { spellingsOf } from './names.ts'
import { type Agency, isoDay, type Person } from './people.ts'
import { tell } from './stories.ts'

/** What stands in one row, by column; a column that the agency does not have is left out later. */
export type Cells = Partial<Record<Column, string>>

const lettersSwapped = (word: string, chance: Chance): string => {
  const at = chance.between(1, Math.max(1, word.length - 3))
  return word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2)
}

const withoutAccents = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '')

/** The spelling an agency would use: the NGO keeps its clients' script, registries write Latin. */
const spelled = (entry: string, { origin }: Person, agency: Agency, chance: Chance): string => {
  const [first = '', ...more] = spellingsOf(entry)
  if (origin === 'bulgarian') return agency === 'ngo' ? first : (more[0] ?? first)
  const spelling = agency === 'avim' ? first : chance.pick([first, ...more])
  return agency === 'ngo' && chance.happens(0.3) ? withoutAccents(spelling) : spelling
}

/** Nothing may be lost where an agency is to recognise the person by names and birth date alone. */
const restsOnNames = ({ linkedBy, knownTo }: Person): boolean =>
  linkedBy === 'names' || linkedBy === 'phone' || (linkedBy === 'bsn' && knownTo.includes('ngo'))

/** Slips of the pen are for people who are recognised by a number all the same. */
const maySlip = (person: Person): boolean => person.linkedBy !== 'nothing' && !restsOnNames(person)

const shortPrefix = (prefix: string): string =>
  prefix
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => (word.startsWith('’') ? word : `${word.slice(0, 1)}.`))
    .join('')

const feminine = (name: string, { origin, sex }: Person): string => {
  if (sex === 'M') return name
  if (origin === 'polish') return name.replace(/ski$/, 'ska')
  if (origin === 'bulgarian') return name.replace(/(ov|ev)$/, '$1a').replace(/(ов|ев)$/, '$1а')
  return name
}

const familyOf = (
  person: Person,
  agency: Agency,
  chance: Chance,
): { readonly prefix: string; readonly name: string } => {
  const divided = person.family.split('|')
  const prefix = divided.length > 1 ? (divided[0] ?? '') : ''
  const written = spelled(divided.at(-1) ?? '', person, agency, chance)
  const name = feminine(written, person)
  return maySlip(person) && name.length > 5 && chance.happens(0.12)
    ? { prefix, name: lettersSwapped(name, chance) }
    : { prefix, name }
}

const namesOf = (person: Person, agency: Agency, chance: Chance): Cells => {
  const first = spelled(person.given, person, agency, chance)
  const second =
    person.second === undefined || chance.happens(0.4)
      ? ''
      : ` ${spelled(person.second, person, agency, chance)}`
  const given = `${maySlip(person) && chance.happens(0.06) ? lettersSwapped(first, chance) : first}${second}`
  const { prefix, name } = familyOf(person, agency, chance)
  if (agency === 'avim' && chance.happens(0.2)) {
    return {
      givenNames: given.toUpperCase(),
      prefix: prefix.toUpperCase(),
      familyName: name.toUpperCase(),
    }
  }
  if (agency === 'avim' || agency === 'municipality') {
    return {
      givenNames: given,
      prefix: chance.happens(0.3) ? shortPrefix(prefix) : prefix,
      familyName: name,
    }
  }
  const isLast = prefix !== '' && chance.happens(0.3)
  return {
    givenNames: given,
    familyName: isLast ? `${name}, ${prefix}` : `${prefix} ${name}`.trim(),
  }
}

const birthDateOf = (person: Person, agency: Agency, chance: Chance): string => {
  const { year, month, day } = person.birth
  const isSwapped = day <= 12 && person.linkedBy !== 'nothing' && chance.happens(0.25)
  const [y = '', m = '', d = ''] = isoDay(
    isSwapped ? { year, month: day, day: month } : person.birth,
  ).split('-')
  if (agency === 'avim') return `${y}-${m}-${d}`
  if (agency === 'municipality') return `${d}-${m}-${y}`
  if (agency === 'youth-care') return `${Number(d)}-${Number(m)}-${y}`
  return chance.pick([`${d}/${m}/${y}`, `${y}${m}${d}`, `${d}.${m}.${y}`])
}

/** Vague dates, only where a number or a phone still makes the row of use. */
const dateOrLess = (person: Person, agency: Agency, cells: Cells, chance: Chance): string => {
  const whole = birthDateOf(person, agency, chance)
  const hasNumber = Boolean(cells.bsn || cells.vNumber || cells.documentNumber)
  if (agency === 'ngo' && person.linkedBy === 'phone') return chance.happens(0.5) ? '' : whole
  if (!hasNumber || restsOnNames(person) || !chance.happens(agency === 'ngo' ? 0.2 : 0.03))
    return whole
  if (agency === 'avim') return `${person.birth.year}-00-00`
  return agency === 'ngo' ? chance.pick(['', String(person.birth.year), 'onbekend']) : ''
}

const phoneAsWritten = (phone: string, chance: Chance): string => {
  if (!phone.startsWith('+31')) {
    return chance.pick([phone, `00${phone.slice(1)}`, phone.replace(/(...)(...)$/, ' $1 $2')])
  }
  const digits = phone.slice(4)
  const pairs = digits.replace(/(..)(?=.)/g, '$1 ')
  return chance.pick([
    phone,
    `06${digits}`,
    `06-${digits}`,
    `06 ${pairs}`,
    `+31 (0)6 ${pairs}`,
    `0031 6 ${digits}`,
  ])
}

const bsnAsWritten = (bsn: string, chance: Chance): string =>
  chance.pick([
    bsn,
    bsn,
    bsn.replace(/(...)(...)(...)/, '$1.$2.$3'),
    bsn.replace(/(....)(..)(...)/, '$1 $2 $3'),
  ])

const vNumberAsWritten = (number: string, chance: Chance): string =>
  chance.pick([number, `V${number}`, number.replace(/(...)(...)(....)/, '$1 $2 $3')])

/** Which numbers each agency has: an NGO may not use the BSN, only police and NGO see travel documents. */
const numbersOf = (person: Person, agency: Agency, chance: Chance): Cells => {
  const { bsn, vNumber, document, phone, linkedBy } = person
  const seesDocuments = agency === 'avim' || agency === 'ngo'
  const showsPhone = phone !== undefined && (linkedBy === 'phone' || chance.happens(0.8))
  return {
    ...(bsn !== undefined && agency !== 'ngo' ? { bsn: bsnAsWritten(bsn, chance) } : {}),
    ...(vNumber !== undefined && seesDocuments
      ? { vNumber: vNumberAsWritten(vNumber, chance) }
      : {}),
    ...(document !== undefined && seesDocuments
      ? {
          documentCountry: document.country,
          documentNumber: chance.pick([document.number, document.number.toLowerCase()]),
        }
      : {}),
    ...(showsPhone ? { phone: phoneAsWritten(phone, chance) } : {}),
  }
}

const sexOf = ({ sex }: Person, agency: Agency, chance: Chance): string => {
  if (agency === 'ngo' && chance.happens(0.1)) return ''
  if (agency === 'municipality') return sex === 'F' ? 'V' : 'M'
  return agency === 'youth-care' ? (sex === 'F' ? 'meisje' : 'jongen') : sex
}

const observedOnOf = (agency: Agency, chance: Chance): string => {
  const month = String(chance.between(5, 10)).padStart(2, '0')
  const day = String(chance.between(1, 30)).padStart(2, '0')
  return agency === 'municipality' ? `${day}-${month}-2026` : `2026-${month}-${day}`
}

/** One row about this person as this agency would write it; the case reference comes later. */
export const write = (person: Person, agency: Agency, chance: Chance): Cells => {
  const numbers = numbersOf(person, agency, chance)
  const names = namesOf(person, agency, chance)
  const { givenNames = '', prefix = '', familyName = '' } = names
  const whole = [givenNames, prefix, familyName].filter((part) => part !== '').join(' ')
  const story = tell(person, agency, { given: givenNames, whole }, chance)
  return {
    ...numbers,
    ...names,
    birthDate: dateOrLess(person, agency, numbers, chance),
    sex: sexOf(person, agency, chance),
    place: chance.happens(0.5) ? person.place : '',
    category: story.category,
    indicators: story.indicators.join(';'),
    observedOn: observedOnOf(agency, chance),
    region: chance.happens(0.9) ? person.region : '',
    role: story.role,
    narrative: story.narrative,
  }
}
