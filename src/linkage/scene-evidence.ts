import type { SceneKeyType, SceneKind, SceneReason } from '../wire/codes/subjects.ts'
import { compare } from './tokens.ts'
import type { Evidence, Language, Tokens } from './types.ts'

/** Reasons between scenes in words, as a receiver may read them. */
export const sceneSentences: Readonly<Record<SceneReason, Readonly<Record<Language, string>>>> = {
  address: { en: 'same address', nl: 'zelfde adres' },
  'named-place': { en: 'same place by name', nl: 'zelfde plek op naam' },
  'licence-plate': { en: 'same licence plate', nl: 'zelfde kenteken' },
}

const agrees = (one: Tokens, other: Tokens, ...types: readonly SceneKeyType[]): boolean =>
  types.some((type) => compare(one, other, type) === 'agree')

const differs = (one: Tokens, other: Tokens, ...types: readonly SceneKeyType[]): boolean =>
  types.some((type) => compare(one, other, type) === 'differ')

/** Set by hand; they put links in order and nothing else. `docs/linkage.md` says why these qualities. */
const plate = { quality: 'certain', bits: 30, reasons: ['licence-plate'] } as const
const locationAddress = { quality: 'probable', bits: 20, reasons: ['address'] } as const
const locationName = { quality: 'possible', bits: 15, reasons: ['named-place'] } as const
const householdAddress = { quality: 'possible', bits: 15, reasons: ['address'] } as const

const outcomes: Readonly<
  Record<SceneKind, (one: Tokens, other: Tokens) => Omit<Evidence, 'restsOnIdentifier'> | undefined>
> = {
  household: (one, other) =>
    agrees(one, other, 'household-address', 'household-street') ? householdAddress : undefined,
  location: (one, other) => {
    const name = agrees(one, other, 'location-name')
    if (agrees(one, other, 'location-address', 'location-street')) {
      return name
        ? { ...locationAddress, bits: 25, reasons: ['address', 'named-place'] }
        : locationAddress
    }
    // A chain can have two houses in a town: known addresses that differ speak against the name.
    return name && !differs(one, other, 'location-address', 'location-street')
      ? locationName
      : undefined
  },
  vehicle: (one, other) => (agrees(one, other, 'vehicle-plate') ? plate : undefined),
}

/**
 * What the tokens of two signals about scenes of one kind say; `undefined` when not enough. Pure and
 * symmetric. Evidence about a scene says nothing about a person.
 *
 * - An equal licence plate with its country: certainly one vehicle, as far as plates are not false.
 * - An equal address: probably one location. Of households only possibly one: people move, and
 *   institutions house many.
 * - An equal name in one town: possibly one location, unless addresses are known and differ.
 */
export const weighScenes = (kind: SceneKind, one: Tokens, other: Tokens): Evidence | undefined => {
  const outcome = outcomes[kind](one, other)
  return outcome === undefined ? undefined : { ...outcome, restsOnIdentifier: true }
}
