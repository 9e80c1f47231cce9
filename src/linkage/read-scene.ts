import type { SceneKind } from '../wire/codes/subjects.ts'
import { readHouseNumber, readPostcode, readSceneCountry } from './addresses.ts'
import type { Reading } from './identifiers.ts'
import { readLicencePlate } from './licence-plates.ts'
import type { RawScene, Scene, SceneProblem } from './scene-types.ts'
import { hasLetterOrDigit, longestText, tidied, unknownWords } from './text.ts'

const unknown: ReadonlySet<string> = new Set(unknownWords)

const addressFields = ['postcode', 'street', 'houseNumber'] as const

/** Fields that each kind may have; `place`, the town, goes with every kind. */
const fieldsOf: Readonly<Record<SceneKind, readonly (keyof RawScene)[]>> = {
  household: ['country', 'place', ...addressFields],
  location: ['country', 'place', ...addressFields, 'placeName'],
  vehicle: ['country', 'place', 'licencePlate'],
}

const sceneFields = [
  'country',
  'postcode',
  'street',
  'houseNumber',
  'place',
  'placeName',
  'licencePlate',
] as const satisfies readonly (keyof RawScene)[]

/** Whether a field says anything. */
export const saysSomething = (text: string | undefined): boolean => {
  const plain = tidied(text ?? '')
  return hasLetterOrDigit(plain) && !unknown.has(plain.toLowerCase())
}

/**
 * Reads a household, location or vehicle as people and files write it. Every fault is reported at once;
 * a field with a fault is left out, the others stand. Total: no text makes it throw. A field that
 * belongs to another kind is a fault, so that nothing is dropped in silence.
 *
 * Absent, without a problem: an empty field, one without any letter or digit, "onbekend".
 * An address without a country is Dutch. A licence plate without one is refused: plates of two
 * countries can look alike.
 *
 * NOT checked: that the address, the name or the plate exists. Messages never repeat the value.
 */
export const readScene = (
  kind: SceneKind,
  raw: RawScene,
): { readonly scene: Scene; readonly problems: readonly SceneProblem[] } => {
  const problems: SceneProblem[] = []
  const scene: Record<string, string> = {}
  const written = (field: keyof RawScene) =>
    saysSomething(raw[field]) ? tidied(raw[field] ?? '') : undefined
  const take = (field: keyof RawScene, read: (text: string) => Reading) => {
    const text = written(field)
    if (text === undefined || !fieldsOf[kind].includes(field)) return
    const reading = read(text)
    if ('value' in reading) scene[field] = reading.value
    else problems.push({ field, message: reading.fault })
  }
  const words = (text: string): Reading =>
    text.length > longestText
      ? { fault: `has more than ${longestText} characters` }
      : { value: text }

  take('country', readSceneCountry)
  const countryIsFaulty = problems.length > 0
  if (kind === 'vehicle') {
    const { country } = scene
    if (country !== undefined) take('licencePlate', (text) => readLicencePlate(text, country))
    else if (!countryIsFaulty && written('licencePlate') !== undefined) {
      problems.push({
        field: 'country',
        message: 'is missing; a licence plate is of use only with its country',
      })
    }
  } else {
    const country = scene.country ?? 'NLD'
    // Under a country that was not understood, no postcode can be judged.
    if (!countryIsFaulty) {
      scene.country = country
      take('postcode', (text) => readPostcode(text, country))
    }
    take('street', words)
    take('houseNumber', readHouseNumber)
    take('placeName', words)
  }
  take('place', words)
  for (const field of sceneFields) {
    if (fieldsOf[kind].includes(field) || written(field) === undefined) continue
    const kinds = (Object.keys(fieldsOf) as SceneKind[]).filter((one) =>
      fieldsOf[one].includes(field),
    )
    problems.push({
      field,
      message: `belongs to a ${kinds.join(' or ')}; give that a row of its own`,
    })
  }
  return { scene: { kind, ...scene }, problems }
}
