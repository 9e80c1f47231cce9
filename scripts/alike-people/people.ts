import type { RawIdentity } from '../../src/linkage/types.ts'
import { type Chance, chanceOf } from '../demo-people/chance.ts'

/**
 * People who are hard to tell apart: few names, each with one double that has one slip. Made after what is
 * told of RLdata10000 of the R package RecordLinkage (10,000 rows of German names and dates, a tenth of
 * them doubles with errors); none of its rows are here.
 */
export type AlikePerson = { readonly entityId: string; readonly raw: RawIdentity }

const wordsOf = (text: string): readonly string[] => text.trim().split(/\s+/)

const givenNames = wordsOf(`
  Peter Michael Thomas Andreas Wolfgang Klaus Jürgen Günter Stefan Christian Uwe Werner Horst Frank Dieter Manfred
  Gerhard Hans Bernd Thorsten Mathias Helmut Walter Heinz Martin Jörg Rolf Jens Sven Alexander Ursula Maria Monika
  Petra Elisabeth Sabine Renate Helga Karin Brigitte Ingrid Erika Andrea Gisela Claudia Susanne Gabriele Christa
  Christine Hildegard Anna Birgit Barbara Gertrud Heike Elke Marion Angelika Ute Heidi Nicole Martina Anja Silke
  Katharina Kirsten Anke Julia Melanie Marc Ralf Kai Lars Dirk Holger Volker Ingo Axel Erich Kurt Karl Rudolf Ernst
  Otto Paul Josef Hermann Friedrich Franz Georg Robert Harald
`)

const familyNames = wordsOf(`
  Müller Schmidt Schneider Fischer Meyer Weber Schulz Wagner Becker Hoffmann Schäfer Koch Bauer Richter Klein
  Schröder Wolf Neumann Schwarz Zimmermann Krüger Braun Hofmann Schmitz Hartmann Lange Krause Werner Lehmann Köhler
  Maier Schmitt Hermann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiss Jung Hahn Schubert
  Vogel Friedrich Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig
  Böhm Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Gross Seidel Heinrich Brandt Haas
  Schreiber Graf Schulte Dietrich Ziegler Kuhn Pohl Engel Horn Busch Bergmann Thomas Voigt Sauer Arnold Wolff
  Pfeiffer Altmann Bachmann Eckert Feldmann Gerlach Hagemann Ilgner Jahnke Kessler Lindner Merkel Naumann Oswald
  Petersen Quandt Reimann Sander Tietz Ullrich Vetter Wendt Zander Ackermann Bender Conrad Dreyer Ebert Frey Geiger
  Heller Jost Kolb Lutz Marx Nickel Opitz Pieper Rausch Singer Thiel Urban Volk Wirth Zeller Adam Burger Decker Ernst
  Fink Gebhardt Hein Jacob Kurz Linke Menzel Noack Ott Paulus Rieger Stark Thoma Ulrich Weigel Zahn Anders Barth
`)

type Known = {
  readonly given: string
  readonly family: string
  readonly year: number
  readonly month: number
  readonly day: number
}

/** Some names are borne by many: of `items` the earlier ones come up more often. */
const skewed = (chance: Chance, items: readonly string[], skew: number): (() => string) => {
  let total = 0
  const upTo = items.map((item, at) => {
    total += (at + 1) ** -skew
    return { item, total }
  })
  return () => {
    const drawn = (chance.between(0, 999_999) / 1_000_000) * total
    return upTo.find((one) => drawn < one.total)?.item ?? chance.pick(items)
  }
}

const daysIn = (year: number, month: number): number =>
  new Date(Date.UTC(year, month, 0)).getUTCDate()

const letters = [...'abcdefghijklmnopqrstuvwxyz']

/** One letter replaced, added or left out, or two swapped. */
const misspelt = (chance: Chance, name: string): string => {
  const at = chance.between(0, name.length - 1)
  const [before, after] = [name.slice(0, at), name.slice(at + 1)]
  const kind = chance.between(1, 10)
  if (kind <= 4) return before + chance.pick(letters) + after
  if (kind <= 6) return before + chance.pick(letters) + name.slice(at)
  if (kind <= 8) return before + after
  return before + after.slice(0, 1) + name.slice(at, at + 1) + after.slice(1)
}

const withOtherDigit = (chance: Chance, number: number, at: number): number => {
  const digits = String(number).padStart(at < 2 ? 2 : 4, '0')
  return Number(digits.slice(0, at) + chance.between(0, 9) + digits.slice(at + 1))
}

/** The same person with one slip: two in three are in a name, one in three is in a part of the date. */
const withSlip = (chance: Chance, person: Known): Known => {
  for (;;) {
    const where = chance.between(1, 9)
    const slip: Known =
      where <= 3
        ? { ...person, given: misspelt(chance, person.given) }
        : where <= 6
          ? { ...person, family: misspelt(chance, person.family) }
          : where === 7
            ? { ...person, year: withOtherDigit(chance, person.year, chance.between(2, 3)) }
            : where === 8
              ? { ...person, month: chance.between(1, 12) }
              : { ...person, day: withOtherDigit(chance, person.day, chance.between(0, 1)) }
    const isPossible = slip.day >= 1 && slip.day <= daysIn(slip.year, slip.month)
    const isOther = (Object.keys(slip) as (keyof Known)[]).some((key) => slip[key] !== person[key])
    if (isPossible && isOther) return slip
  }
}

const rawOf = ({ given, family, year, month, day }: Known): RawIdentity => ({
  givenNames: given,
  familyName: family,
  birthDate: [year, String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-'),
})

/** 9,000 people, 1,000 of them twice: the same for the same seed. */
export const alikePeople = (seed: number): readonly AlikePerson[] => {
  const chance = chanceOf(seed)
  const given = skewed(chance, givenNames, 0.6)
  const family = skewed(chance, familyNames, 0.65)
  const people = Array.from({ length: 9_000 }, (): Known => {
    const [year, month] = [chance.between(1924, 2003), chance.between(1, 12)]
    return {
      given: given(),
      family: family(),
      year,
      month,
      day: chance.between(1, daysIn(year, month)),
    }
  })
  const doubles = people.slice(0, 1_000).map((person) => withSlip(chance, person))
  return [...people, ...doubles].map((person, at) => ({
    entityId: `p${at < 9_000 ? at : at - 9_000}`,
    raw: rawOf(person),
  }))
}
