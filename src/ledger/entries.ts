import Type, { type Static, type TProperties, type TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { closed } from '../wire/common.ts'
import { agreementKinds } from './entries/agreements.ts'
import { alarmKinds } from './entries/alarms.ts'
import { archiveKinds } from './entries/archive.ts'
import { calibrationKinds } from './entries/calibration.ts'
import { decisionKinds } from './entries/decisions.ts'
import { disclosureKinds } from './entries/disclosures.ts'
import { evaluationKinds } from './entries/evaluation.ts'
import { exportKinds } from './entries/exports.ts'
import type { Kind } from './entries/fields.ts'
import { followUpKinds } from './entries/follow-up.ts'
import { justificationKinds } from './entries/justifications.ts'
import { keyKinds } from './entries/keys.ts'
import { nonPunishmentKinds } from './entries/non-punishment.ts'
import { noticeKinds } from './entries/notices.ts'
import { operatorKinds } from './entries/operators.ts'
import { overlapKinds } from './entries/overlaps.ts'
import { oversightKinds } from './entries/oversight.ts'
import { signalKinds } from './entries/signals.ts'
import { subjectRightsKinds } from './entries/subject-rights.ts'

/**
 * Every kind of entry that the ledger can hold, as data; `docs/ledger-entries.md` is generated from
 * here. Kinds of decided acts bear the act's name (`policy/types.ts`).
 * INVARIANT: no field can hold free text, an identity, a token or a hash of one, or say whether
 * a signal matched, unless its receiver asked for a disclosure, a flag was closed, or a party answered a request of a subject; that a handle has a follow-up, from
 * the first act on, but never of which signal; an estimate is of a whole agreement, and of 20 links or more. A kind, once in
 * use, only gains optional fields: old entries must stay readable.
 */
export const entryKinds = {
  ...operatorKinds,
  ...agreementKinds,
  ...decisionKinds,
  ...keyKinds,
  ...evaluationKinds,
  ...signalKinds,
  ...overlapKinds,
  ...archiveKinds,
  ...calibrationKinds,
  ...disclosureKinds,
  ...nonPunishmentKinds,
  ...noticeKinds,
  ...followUpKinds,
  ...oversightKinds,
  ...subjectRightsKinds,
  ...exportKinds,
  ...justificationKinds,
  ...alarmKinds,
  'ledger.erase': {
    title: 'The payload of an entry is erased',
    records:
      'That one earlier entry lost its payload and salt. An erasure without this is a fault.',
    fields: {
      erased: Type.Integer({ minimum: 0, description: 'Index of the erased entry' }),
    },
  },
} as const satisfies Record<string, Kind>

export type EntryKind = keyof typeof entryKinds

type FieldType<Field extends TSchema> =
  Static<Field> extends readonly (infer Item)[] ? readonly Item[] : Static<Field>

type Given<Fields extends TProperties> = {
  [Name in keyof Fields as Fields[Name] extends { '~optional': true } ? never : Name]: FieldType<
    Fields[Name]
  >
} & {
  [Name in keyof Fields as Fields[Name] extends { '~optional': true } ? Name : never]?:
    | FieldType<Fields[Name]>
    | undefined
}

/** What a room hands to the ledger: the kind and exactly its fields. The ledger adds the time. */
export type LedgerEntry = {
  [Name in EntryKind]: { readonly kind: Name } & Readonly<
    Given<(typeof entryKinds)[Name]['fields']>
  >
}[EntryKind]

/** An entry that its kind does not allow: a fault of the room that wrote it, never of a caller. */
export class EntryError extends TypeError {
  constructor(message: string) {
    super(message)
    this.name = 'EntryError'
  }
}

const validators = new Map<string, Validator>(
  Object.entries(entryKinds).map(([kind, { fields }]) => [
    kind,
    Compile(Type.Object({ kind: Type.Literal(kind), ...fields }, closed)),
  ]),
)

/**
 * Checks an entry against the catalogue, since types vanish at run time: an unknown kind or field, a
 * missing field or a value out of its pattern is refused. Members that are `undefined` are left out.
 * @throws EntryError naming kind and field, never a value
 */
export function checkedEntry(entry: LedgerEntry): LedgerEntry {
  const validator = validators.get(entry.kind)
  if (validator === undefined) throw new EntryError('the ledger knows no entry of this kind')
  const given = Object.fromEntries(
    Object.entries(entry).filter(([, value]) => value !== undefined),
  ) as LedgerEntry
  if (validator.Check(given)) return given
  const faults = validator
    .Errors(given)
    .map(({ instancePath, message }) => `${instancePath || 'entry'} ${message}`)
  throw new EntryError(`${entry.kind}: ${faults.slice(0, 5).join('; ')}`)
}
