import type { Category } from '../../src/client/derive.ts'
import type { IndicatorCode } from '../../src/wire/codes/indicators.ts'
import type { Chance } from './chance.ts'
import type { Agency, Person } from './people.ts'

export type Story = {
  readonly category: Category
  readonly indicators: readonly IndicatorCode[]
  readonly role: string
  readonly narrative: string
}

type Theme = {
  readonly category: Category
  readonly indicators: readonly IndicatorCode[]
  /** Holes: {voor} given name, {naam} given and family name, {plaats} place. */
  readonly narratives: readonly string[]
}

const criminal: Theme = {
  category: 'criminal-exploitation',
  indicators: [
    'errands-at-night',
    'carries-goods-for-others',
    'caught-with-changing-companions',
    'unexplained-wealth',
    'sudden-debts',
    'several-phones',
    'criminal-contacts',
    'account-used-by-others',
    'recruits-others',
  ],
  narratives: [
    '{naam} is ’s nachts met een tas pakketjes aangetroffen in {plaats}.',
    '{naam} zegt een schuld te moeten aflossen bij oudere jongens.',
    'Bankpas van {voor} is door onbekenden gebruikt in {plaats}.',
    '{naam} aangehouden in de haven; durft geen namen te noemen.',
    'Op naam van {naam} staan vier huurauto’s.',
  ],
}

const criminalAtSchool: Theme = {
  category: 'criminal-exploitation',
  indicators: [...criminal.indicators, 'absent-from-school', 'missing-or-out-at-night'],
  narratives: [
    ...criminal.narratives.slice(0, 4),
    'School meldt dat {voor} nieuwe kleding en twee telefoons heeft.',
    'Moeder van {voor} vertelt dat hij of zij al drie nachten weg is.',
    '{naam} verzuimt sinds de herfst en wordt bij school opgewacht.',
  ],
}

const sexual: Theme = {
  category: 'sexual-exploitation',
  indicators: [
    'older-or-controlling-contacts',
    'collected-by-strangers',
    'hands-over-earnings',
    'blackmailed-with-images',
    'never-alone',
    'marks-of-ownership',
    'moved-between-addresses',
    'withdrawn-or-secretive',
    'found-far-from-home',
  ],
  narratives: [
    '{naam} wordt steeds door een oudere man opgehaald.',
    'Hotel in {plaats} zag {voor} met wisselende bezoekers.',
    '{voor} vertelt dat er beelden zijn waarmee gedreigd wordt.',
    '{naam} moet het verdiende geld afstaan, zegt een vriendin.',
  ],
}

const labour: Theme = {
  category: 'labour-exploitation',
  indicators: [
    'excessive-hours',
    'underpaid-or-unpaid',
    'dangerous-work',
    'debt-to-employer',
    'lives-at-workplace',
    'transported-in-group',
    'documents-held-by-others',
    'brought-with-false-promises',
    'many-people-at-one-address',
  ],
  narratives: [
    '{naam} werkt zeven dagen per week in een kas bij {plaats}.',
    'Paspoort van {voor} ligt bij de baas.',
    '{naam} slaapt met negen anderen boven de werkplaats in {plaats}.',
    '{voor} kreeg drie maanden geen loon.',
  ],
}

const other: readonly Theme[] = [
  {
    category: 'forced-begging',
    indicators: ['hands-over-earnings', 'transported-in-group', 'threatened-or-blackmailed'],
    narratives: ['{naam} bedelt elke dag bij het station en wordt ’s avonds opgehaald.'],
  },
  {
    category: 'domestic-servitude',
    indicators: ['never-alone', 'no-access-to-own-money', 'documents-held-by-others'],
    narratives: ['{naam} past dag en nacht op kinderen van een gezin in {plaats}.'],
  },
  {
    category: 'unknown-exploitation',
    indicators: ['tense-or-afraid', 'rehearsed-story', 'injuries'],
    narratives: ['{voor} is bang en laat een ander het woord doen.'],
  },
]

const shares: Readonly<Record<Agency, readonly [number, number, number]>> = {
  avim: [0.4, 0.35, 0.2],
  municipality: [0.45, 0.15, 0.3],
  'youth-care': [0.7, 0.25, 0.02],
  ngo: [0.15, 0.4, 0.35],
}

const roles: Readonly<Record<Agency, readonly string[]>> = {
  avim: ['suspect', 'suspect', 'presumed-victim', 'both', 'unknown', 'witness'],
  municipality: ['presumed-victim', 'unknown', 'unknown', ''],
  'youth-care': ['presumed-victim', 'presumed-victim', 'unknown', 'both', ''],
  ngo: ['presumed-victim', 'presumed-victim', 'presumed-victim', 'witness'],
}

/** Mostly all agencies see the same side of a person; the first that knows the person sets it. */
const themeFor = (person: Person, agency: Agency, chance: Chance): Theme => {
  const [toCriminal, toSexual, toLabour] = shares[person.knownTo[0] ?? agency]
  const usual = (Number(person.id.slice(1)) * 37) % 100
  const draw = (chance.happens(0.85) ? usual : chance.between(0, 99)) / 100
  if (draw < toCriminal) return person.birth.year > 2004 ? criminalAtSchool : criminal
  if (draw < toCriminal + toSexual) return sexual
  return draw < toCriminal + toSexual + toLabour ? labour : chance.pick(other)
}

/** What an agency tells of a person; the narrative names the person, as narratives do. */
export const tell = (
  person: Person,
  agency: Agency,
  names: { readonly given: string; readonly whole: string },
  chance: Chance,
): Story => {
  const { category, indicators, narratives } = themeFor(person, agency, chance)
  return {
    category,
    indicators: chance.shuffled(indicators).slice(0, chance.between(1, 2)),
    role: chance.pick(roles[agency]),
    narrative: chance
      .pick(narratives)
      .replace('{voor}', names.given)
      .replace('{naam}', names.whole)
      .replace('{plaats}', person.place),
  }
}
