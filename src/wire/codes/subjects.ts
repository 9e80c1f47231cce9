import type { Code } from '../codes.ts'

/** What a signal can be about. Every kind but a person is a scene: see the glossary. */
export const subjectKinds = [
  { code: 'person', en: 'Person', nl: 'Persoon' },
  { code: 'household', en: 'Household', nl: 'Huishouden' },
  { code: 'location', en: 'Location', nl: 'Locatie' },
  { code: 'vehicle', en: 'Vehicle', nl: 'Voertuig' },
] as const satisfies readonly Code[]

export type SubjectKind = (typeof subjectKinds)[number]['code']
export type SceneKind = Exclude<SubjectKind, 'person'>

/**
 * Kinds of linkage keys of scenes, by kind of subject. No kind has one of another, and none has one
 * of a person, so that an address of a household and the same address as a location never meet.
 */
export const sceneKeyTypes = {
  household: ['household-address', 'household-street'],
  location: ['location-address', 'location-street', 'location-name'],
  vehicle: ['vehicle-plate'],
} as const satisfies Readonly<Record<SceneKind, readonly string[]>>

export const allSceneKeyTypes = [
  ...sceneKeyTypes.household,
  ...sceneKeyTypes.location,
  ...sceneKeyTypes.vehicle,
] as const

export type SceneKeyType = (typeof allSceneKeyTypes)[number]

/** The coarse classes of evidence between scenes; never which address or plate. */
export const sceneReasonClasses = ['address', 'named-place', 'licence-plate'] as const
export type SceneReason = (typeof sceneReasonClasses)[number]
