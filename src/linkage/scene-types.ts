import type { SceneKind } from '../wire/codes/subjects.ts'

/** The fields of a scene as people and files write them. An empty text means absent. */
export type RawScene = {
  /** Of the address, or of the licence plate. */
  readonly country?: string | undefined
  readonly postcode?: string | undefined
  readonly street?: string | undefined
  /** Number and addition: `12`, `12-A`, `12 bis`. */
  readonly houseNumber?: string | undefined
  /** Town. */
  readonly place?: string | undefined
  /** Name of a location, such as that of a hotel. */
  readonly placeName?: string | undefined
  readonly licencePlate?: string | undefined
}

/** A scene after reading: what is present is valid and in its one form. Never leaves the partner. */
export type Scene = {
  readonly kind: SceneKind
  /** ISO 3166-1 alpha-3. */
  readonly country?: string
  /** Dutch: `1234AB`. Of other countries: upper-case letters and digits. */
  readonly postcode?: string
  /** As written: trimmed, NFC, single spaces; not yet normalised for comparison. */
  readonly street?: string
  /** Number without leading zeros, and the addition after a dash: `12`, `12-A`. */
  readonly houseNumber?: string
  readonly place?: string
  readonly placeName?: string
  /** Upper-case letters and digits, without separators. */
  readonly licencePlate?: string
}

/** One fault in one field. INVARIANT: the message never repeats the value. */
export type SceneProblem = { readonly field: keyof RawScene; readonly message: string }
