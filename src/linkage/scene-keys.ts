import type { SceneKeyType } from '../wire/codes/subjects.ts'
import { plainPlaceName, plainStreet, plainTown } from './addresses.ts'
import { linkageVersion } from './keys.ts'
import type { Scene } from './scene-types.ts'
import type { LinkageKey, Withheld } from './types.ts'

type Made = { readonly keys: readonly LinkageKey[]; readonly withheld: readonly string[] }

const key = (type: SceneKeyType, ...parts: readonly string[]): LinkageKey => ({
  type,
  value: [linkageVersion, type, ...parts].join('|'),
})

const orAbsent = (text: string): string | undefined => (text === '' ? undefined : text)

/** `readScene` takes an absent country for the Netherlands, but not one that it could not read. */
const noCountry = 'no usable country'

/**
 * Keys of an address. A Dutch postcode with a house number is one building or part of it. Elsewhere
 * postcodes span whole quarters, so there the street and number count, with the postcode and with the
 * town; in the Netherlands with the town.
 */
const addressKeys = (kind: 'household' | 'location', scene: Scene): Made => {
  const { country, postcode, houseNumber } = scene
  const street = scene.street === undefined ? undefined : orAbsent(plainStreet(scene.street))
  const town = scene.place === undefined ? undefined : orAbsent(plainTown(scene.place))
  const started = postcode ?? street ?? houseNumber
  if (started === undefined) return { keys: [], withheld: [] }
  if (country === undefined) return { keys: [], withheld: [noCountry] }
  if (houseNumber === undefined) {
    return {
      keys: [],
      withheld: ['no house number: a postcode or a street alone is shared by too many'],
    }
  }
  const number = houseNumber.split('-')
  const isDutch = country === 'NLD'
  const keys: LinkageKey[] = []
  if (isDutch && postcode !== undefined) {
    keys.push(key(`${kind}-address`, country, postcode, ...number))
  }
  if (street !== undefined) {
    for (const area of [isDutch ? undefined : postcode?.toLowerCase(), town]) {
      if (area === undefined) continue
      keys.push(key(`${kind}-street`, country, area, street, ...number))
    }
  }
  const withheld =
    keys.length > 0
      ? []
      : [
          isDutch
            ? 'no postcode, and no street with its town: a house number alone is shared by too many'
            : 'no street with its postcode or town: outside the Netherlands a postcode is shared by too many',
        ]
  return { keys, withheld }
}

/** The key of a place that is known by name: never without its town, because chains have one name everywhere. */
const nameKeys = ({ country, place, placeName }: Scene): Made => {
  if (placeName === undefined) return { keys: [], withheld: [] }
  if (country === undefined) return { keys: [], withheld: [noCountry] }
  const name = plainPlaceName(placeName)
  const town = place === undefined ? '' : plainTown(place)
  const withheld = [
    ...(name === '' ? ['no usable name: it says only what kind of place it is'] : []),
    ...(town === '' ? ['no town: the places of a chain have one name everywhere'] : []),
  ]
  return withheld.length > 0
    ? { keys: [], withheld }
    : { keys: [key('location-name', country, town, name)], withheld }
}

const plateKeys = ({ country, licencePlate }: Scene): Made =>
  country === undefined || licencePlate === undefined
    ? { keys: [], withheld: [] }
    : { keys: [key('vehicle-plate', country, licencePlate)], withheld: [] }

const nothing: Readonly<Record<Scene['kind'], string>> = {
  household: 'no address',
  location: 'neither an address nor a name',
  vehicle: 'no licence plate',
}

/**
 * The linkage keys of a scene, `lk1|<type>|<parts>`, in a fixed order, without duplicates; at most
 * four. The type names the kind of subject, so that a household and a location never share a key.
 *
 * Promised: pure; no key says a postcode, a street, a town or a name alone. NOT promised: secrecy.
 * Addresses and plates can all be enumerated; keys never leave the partner unblinded.
 *
 * `withheld` says which key was begun and could not be made, and why; it holds no value.
 */
export const sceneKeys = (
  scene: Scene,
): { readonly keys: readonly LinkageKey[]; readonly withheld: readonly Withheld[] } => {
  const { kind } = scene
  const made =
    kind === 'vehicle'
      ? [plateKeys(scene)]
      : [addressKeys(kind, scene), ...(kind === 'location' ? [nameKeys(scene)] : [])]
  const keys = new Map(made.flatMap((one) => one.keys).map((one) => [one.value, one]))
  const reasons = made.flatMap((one) => one.withheld)
  if (keys.size === 0 && reasons.length === 0) reasons.push(nothing[kind])
  return { keys: [...keys.values()], withheld: reasons.map((reason) => ({ reason })) }
}
