import type { KeyType } from '../../../src/wire/codes.ts'
import { personKeyTypes } from '../../../src/wire/codes.ts'
import type { Subject } from '../linkage/scored-pairs.ts'

export type Frequency = {
  readonly type: KeyType
  /** Subjects with a key of the type. */
  readonly subjects: number
  readonly tokens: number
  /** The share of tokens that one person alone has, however often that person is there. */
  readonly ofOnePerson: number
  /** How many persons share the most common token, and the next ones. */
  readonly mostShared: readonly number[]
  /** Bits that a token says about who has it, of `possibleBits`. */
  readonly entropy: number
}

export type Frequencies = {
  readonly persons: number
  /** Bits that it takes to tell all persons apart. */
  readonly possibleBits: number
  readonly types: readonly Frequency[]
  /** The share of persons none of whose tokens is shared with another. */
  readonly sharingNothing: number
}

const shown = 5

/** Persons by token; a person with several rows counts once. */
const holdersOf = (subjects: readonly Subject[], type: KeyType) => {
  const holders = new Map<string, Set<string>>()
  for (const { entityId, tokens } of subjects) {
    for (const token of tokens.get(type) ?? []) {
      holders.set(token, (holders.get(token) ?? new Set()).add(entityId))
    }
  }
  return holders
}

const entropyOf = (counts: readonly number[]): number => {
  const all = counts.reduce((sum, count) => sum + count, 0)
  return counts.reduce((sum, count) => sum - (count / all) * Math.log2(count / all), 0)
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))

/** What the tokens of an index tell by how often they occur; the truth says only who is one person. */
export const frequenciesOf = (subjects: readonly Subject[]): Frequencies => {
  const persons = new Set(subjects.map(({ entityId }) => entityId))
  const sharing = new Set<string>()
  const types = personKeyTypes.flatMap((type): Frequency[] => {
    const holders = holdersOf(subjects, type)
    if (holders.size === 0) return []
    for (const those of holders.values()) {
      if (those.size > 1) for (const person of those) sharing.add(person)
    }
    const counts = [...holders.values()].map(({ size }) => size).sort((one, other) => other - one)
    return [
      {
        type,
        subjects: subjects.filter(({ tokens }) => tokens.has(type)).length,
        tokens: counts.length,
        ofOnePerson: rounded(counts.filter((count) => count === 1).length / counts.length, 4),
        mostShared: counts.slice(0, shown),
        entropy: rounded(entropyOf(counts), 1),
      },
    ]
  })
  return {
    persons: persons.size,
    possibleBits: rounded(Math.log2(persons.size), 1),
    types,
    sharingNothing: rounded(1 - sharing.size / persons.size, 3),
  }
}

/** The same for a person at a terminal. */
export const textOf = ({ persons, possibleBits, types, sharingNothing }: Frequencies): string =>
  `${[
    `${persons} persons; ${possibleBits} bits tell them apart`,
    `${'kind of key'.padEnd(30)} ${'subjects'.padStart(8)} ${'tokens'.padStart(8)}  of one person  bits  most shared by`,
    ...types.map(
      ({ type, subjects, tokens, ofOnePerson, mostShared, entropy }) =>
        `${type.padEnd(30)} ${String(subjects).padStart(8)} ${String(tokens).padStart(8)}  ${(ofOnePerson * 100).toFixed(1).padStart(11)} %  ${entropy.toFixed(1)}  ${mostShared.join(', ')}`,
    ),
    `${(sharingNothing * 100).toFixed(1)} % of the persons share no token with another.`,
  ].join('\n')}\n`
