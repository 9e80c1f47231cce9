import { readIdentity } from '../linkage/read-identity.ts'
import { readScene, saysSomething } from '../linkage/read-scene.ts'
import { sceneKeys } from '../linkage/scene-keys.ts'
import type { RawScene, Scene } from '../linkage/scene-types.ts'
import type { Identity, IdentityProblem, RawIdentity } from '../linkage/types.ts'
import { type SceneKind, subjectKinds } from '../wire/codes/subjects.ts'
import { codesOf } from '../wire/codes.ts'
import { codeReader } from './code-reading.ts'
import { type Column, identifyingColumns, sceneColumns } from './header.ts'

/** Whom or what a row is about: a person, or else a scene and no person at all. */
export type RowSubject = {
  /** Empty when the row is about a scene. */
  readonly identity: Identity
  /** Absent when the row is about a person. */
  readonly scene?: Scene
}

/** What a row says in a column; empty when nothing. */
type CellIn = (column: Column) => string
type SubjectReading = { readonly subject?: RowSubject; readonly problems: readonly string[] }

const readKind = codeReader(subjectKinds)

const personColumns = [
  ...identifyingColumns,
  'documentCountry',
  'prefix',
  'birthDate',
  'sex',
] as const satisfies readonly (Column & keyof RawIdentity)[]

const worded = <Field extends string>(
  problems: readonly { readonly field: Field; readonly message: string }[],
): string[] => problems.map(({ field, message }) => `${field}: ${message}`)

/** Whether one of the identifying columns gave a value, or would but for a fault of its own. */
const saysWho = (identity: Identity, problems: readonly IdentityProblem[]): boolean =>
  problems.some(({ field }) => field === 'documentCountry') ||
  identifyingColumns.some(
    (column) =>
      identity[column === 'documentNumber' ? 'document' : column] !== undefined ||
      problems.some(({ field }) => field === column),
  )

const personIn = (cellIn: CellIn, today: string): SubjectReading => {
  const raw: RawIdentity = Object.fromEntries(
    [...personColumns, 'place' as const].map((column) => [column, cellIn(column)]),
  )
  const { identity, problems: faults } = readIdentity(raw, today)
  const problems = worded(faults)
  if (!saysWho(identity, faults)) {
    problems.push(`identity: takes at least one of ${identifyingColumns.join(', ')}`)
  }
  for (const column of sceneColumns) {
    if (!saysSomething(cellIn(column))) continue
    problems.push(
      `${column}: belongs to a household, location or vehicle; give that a row of its own, and say so under subject`,
    )
  }
  return problems.length === 0 ? { subject: { identity }, problems } : { problems }
}

const sceneIn = (kind: SceneKind, cellIn: CellIn): SubjectReading => {
  const raw: RawScene = Object.fromEntries(
    [...sceneColumns, 'place' as const].map((column) => [column, cellIn(column)]),
  )
  const { scene, problems: faults } = readScene(kind, raw)
  const problems = worded(faults)
  const { keys, withheld } = sceneKeys(scene)
  if (keys.length === 0 && faults.length === 0) {
    const reasons = withheld.map(({ reason }) => reason)
    problems.push(`subject: nothing in this row can be recognised elsewhere: ${reasons.join('; ')}`)
  }
  for (const column of personColumns) {
    if (!saysSomething(cellIn(column))) continue
    problems.push(`${column}: belongs to a person; give the person a row of its own`)
  }
  return problems.length === 0 ? { subject: { identity: {}, scene }, problems } : { problems }
}

export const isAboutScene = (subject: string): boolean => {
  const kind = readKind(subject)
  return kind !== undefined && kind !== 'person'
}

/**
 * Whom or what a row is about, by its column `subject`: nothing there means a person. A row about a
 * household, location or vehicle that says anything of a person is refused, and the other way round:
 * what belongs to two subjects has to stand in two rows.
 */
export const subjectIn = (cellIn: CellIn, today: string): SubjectReading => {
  const text = cellIn('subject')
  const kind = text === '' ? 'person' : readKind(text)
  if (kind === undefined) {
    return { problems: [`subject: takes nothing or one of ${codesOf(subjectKinds).join(', ')}`] }
  }
  return kind === 'person' ? personIn(cellIn, today) : sceneIn(kind, cellIn)
}
