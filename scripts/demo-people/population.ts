import type { Chance } from './chance.ts'
import { origins, spellingsOf } from './names.ts'
import { type Agency, type Link, openTown, type Person, type Town } from './people.ts'

/** Two people who are easily taken for one, and are not. */
export type Apart = {
  readonly why: 'twins' | 'namesakes' | 'one phone'
  readonly people: readonly [string, string]
}

export type Population = { readonly people: readonly Person[]; readonly apart: readonly Apart[] }

/** Who is known to several agencies, by what they can recognise each other, and how many such people. */
const shared: readonly (readonly [number, Link, readonly Agency[]])[] = [
  [25, 'bsn', ['avim', 'municipality']],
  [25, 'bsn', ['municipality', 'youth-care']],
  [15, 'bsn', ['avim', 'youth-care']],
  [18, 'v-number', ['avim', 'ngo']],
  [7, 'document', ['avim', 'ngo']],
  [8, 'names', ['avim', 'ngo']],
  [8, 'names', ['municipality', 'ngo']],
  [5, 'names', ['youth-care', 'ngo']],
  [4, 'names', ['avim', 'municipality']],
  [5, 'phone', ['municipality', 'ngo']],
  [3, 'phone', ['youth-care', 'ngo']],
  [2, 'phone', ['avim', 'ngo']],
  [15, 'bsn', ['avim', 'municipality', 'youth-care']],
  [10, 'bsn', ['avim', 'municipality', 'ngo']],
]

/** How many people are known to one agency only. */
const alone: Readonly<Record<Agency, number>> = {
  avim: 350,
  municipality: 510,
  'youth-care': 390,
  ngo: 330,
}

const twinsOf = (town: Town, chance: Chance): [Person, Person] => {
  const one = town.invent(['municipality'], 'nothing', {
    origin: chance.pick(['dutch', 'turkish']),
  })
  const names = one.sex === 'F' ? origins[one.origin].women : origins[one.origin].men
  const initial = (name: string) => (spellingsOf(name)[0] ?? '').slice(0, 1).normalize('NFD')[0]
  const other = chance.pick(names.filter((name) => initial(name) !== initial(one.given)))
  const { origin, sex, family, birth } = one
  return [one, town.invent(['youth-care'], 'nothing', { origin, sex, family, birth, given: other })]
}

const namesakesOf = (town: Town, chance: Chance): [Person, Person] => {
  const [first, second] = chance.shuffled<Agency>(['avim', 'municipality', 'youth-care', 'ngo'])
  const one = town.invent([first ?? 'avim'])
  const { origin, sex, family, given } = one
  return [one, town.invent([second ?? 'ngo'], 'nothing', { origin, sex, family, given })]
}

/** A phone that goes from hand to hand, as an exploiter's or a household's does. */
const phoneSharersOf = (town: Town): [Person, Person] => {
  const one = town.invent(['avim'], 'phone')
  const phone = one.phone === undefined ? {} : { phone: one.phone }
  return [one, town.invent(['ngo'], 'phone', phone)]
}

const times = <Made>(count: number, make: () => Made): Made[] => Array.from({ length: count }, make)

/** Everybody in the demonstration: the same people for the same chance. */
export const populate = (chance: Chance): Population => {
  const town = openTown(chance)
  const known = shared.flatMap(([count, linkedBy, knownTo]) =>
    times(count, () => town.invent(knownTo, linkedBy)),
  )
  const twins = times(6, () => twinsOf(town, chance))
  const namesakes = times(12, () => namesakesOf(town, chance))
  const sharers = times(6, () => phoneSharersOf(town))
  const single = (Object.keys(alone) as Agency[]).flatMap((agency) =>
    times(alone[agency], () => town.invent([agency])),
  )
  const apartFor =
    (why: Apart['why']) =>
    (pair: readonly [Person, Person]): Apart => ({
      why,
      people: [pair[0].id, pair[1].id],
    })
  return {
    people: [...known, ...twins.flat(), ...namesakes.flat(), ...sharers.flat(), ...single],
    apart: [
      ...twins.map(apartFor('twins')),
      ...namesakes.map(apartFor('namesakes')),
      ...sharers.map(apartFor('one phone')),
    ],
  }
}
