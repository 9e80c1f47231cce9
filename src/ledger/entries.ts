import Type, { type Static, type TProperties, type TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { LinkageVersion, ThresholdBits, ThresholdReason } from '../wire/calibration.ts'
import {
  AgencyIdText,
  AgreementHashText,
  closed,
  DomainText,
  Epoch,
  PurposeText,
  Thumbprint,
  Uuid,
} from '../wire/common.ts'

/**
 * Every kind of entry that the ledger can hold, as data; `docs/ledger-entries.md` is generated from
 * here. Kinds of decided acts bear the act's name (`policy/types.ts`).
 * INVARIANT: no field can hold free text, an identity, a token or a hash of one, or say whether
 * a signal matched; an estimate is of a whole agreement, and of 20 links or more. A kind, once in
 * use, only gains optional fields: old entries must stay readable.
 */

const Outcome = Type.Enum(['permit', 'refuse'], { description: 'How the act was decided' })
const Reasons = Type.Array(Type.String({ pattern: '^[a-z0-9-]+/[a-z0-9-]+$', maxLength: 100 }), {
  maxItems: 50,
  description: 'Names of the policies, or of the fault, that decided',
})
const RequestId = Type.Optional(
  Type.String({ ...Uuid, description: 'The request, as its caller was told in a problem' }),
)
const Administrator = Type.String({
  ...Thumbprint,
  description: 'Thumbprint of the key that the administrator signed with',
})
const Client = Type.String({ ...AgencyIdText, description: 'Machine of that agency' })
const SignalId = Type.String({ ...Uuid, description: 'The signal, under its public id' })
const PublicKeyText = Type.String({
  pattern: '^[A-Za-z0-9_-]{43}$',
  description: 'Public key of this operator’s share, base64url',
})

const Estimated = Type.Number({ minimum: 0, maximum: 1 })
const ThresholdsMoved = Type.Object(ThresholdBits.properties, {
  ...closed,
  description: 'Bits from which names are of a quality',
})

const agencyCaller = { agency: AgencyIdText, client: Client }
const underAgreement = { agreement: AgreementHashText, purpose: PurposeText }
/** What the policies saw of a signal. */
const covered = {
  category: Type.Optional(
    Type.String({ pattern: '^[a-z-]{1,64}$', description: 'Category, as the policies saw it' }),
  ),
  ageBand: Type.Optional(
    Type.String({ pattern: '^[a-z]{1,20}$', description: 'Age band, as the policies saw it' }),
  ),
  subjectKind: Type.Optional(
    Type.String({
      pattern: '^[a-z]{1,20}$',
      description: 'Kind of subject, as the policies saw it',
    }),
  ),
}
const decided = { outcome: Outcome, reasons: Reasons, requestId: RequestId }
const recorded = { outcome: Outcome, requestId: RequestId }

type Kind = { readonly title: string; readonly records: string; readonly fields: TProperties }

export const entryKinds = {
  'operator.start': {
    title: 'An operator starts',
    records: 'Which software, under which root key and which policies, answers from here on.',
    fields: {
      operator: Type.Enum(['gateway', 'keyholder'], { description: 'Which of the two operators' }),
      version: Type.String({ pattern: '^[0-9A-Za-z.+-]{1,40}$', description: 'Software version' }),
      rootThumbprint: Thumbprint,
      policies: Type.Optional(
        Type.String({
          pattern: '^[A-Za-z0-9_-]{43}$',
          description: 'SHA-256 over the policies in force, base64url',
        }),
      ),
    },
  },
  'administrator.enrol': {
    title: 'An administrator is enrolled',
    records: 'Who became administrator with the one-time code, or tried to.',
    fields: { ...recorded, administrator: Administrator },
  },
  'agency.pin': {
    title: 'An agency is admitted or suspended',
    records: 'On whose word which agency counts here, and under which root key.',
    fields: {
      ...recorded,
      administrator: Administrator,
      agency: AgencyIdText,
      rootThumbprint: Thumbprint,
      active: Type.Boolean({ description: 'False: suspended' }),
    },
  },
  'agency.card': {
    title: 'An agency presents its card',
    records: 'Which keys and machines an agency declares as its own.',
    fields: {
      ...recorded,
      agency: AgencyIdText,
      cardVersion: Type.Integer({ minimum: 1, description: 'Version of the card' }),
      signingThumbprint: Thumbprint,
      clients: Type.Array(AgencyIdText, { maxItems: 100, description: 'Machines on the card' }),
    },
  },
  'agreement.propose': {
    title: 'An agreement is proposed',
    records: 'Which agency put which agreement before which parties.',
    fields: {
      ...recorded,
      agency: AgencyIdText,
      agreement: AgreementHashText,
      // Absent in a refusal: what a refused proposal says is not kept.
      purpose: Type.Optional(PurposeText),
      domain: Type.Optional(DomainText),
      parties: Type.Optional(
        Type.Array(AgencyIdText, { maxItems: 200, description: 'Parties of the agreement' }),
      ),
    },
  },
  'agreement.sign': {
    title: 'A party signs',
    records: 'That a party accepted, rejected or revoked an agreement.',
    fields: {
      ...recorded,
      agency: AgencyIdText,
      ...underAgreement,
      signature: Type.Enum(['accept', 'reject', 'revoke'], { description: 'What was signed' }),
    },
  },
  'epoch.open': {
    title: 'An epoch is opened',
    records: 'That this operator made a key share for a domain and epoch.',
    fields: { ...recorded, domain: DomainText, epoch: Epoch, publicKey: PublicKeyText },
  },
  'evaluation.evaluate': {
    title: 'A batch is evaluated',
    records: 'How many elements which agency had evaluated, why, and how it was decided.',
    fields: {
      ...agencyCaller,
      ...underAgreement,
      domain: DomainText,
      epoch: Epoch,
      batch: Type.String({ ...Uuid, description: 'Number of the signed batch' }),
      elements: Type.Integer({
        minimum: 0,
        description: 'Elements in the batch, padding included',
      }),
      caseCommitment: Type.Optional(
        Type.String({
          pattern: '^[A-Za-z0-9_-]{43}$',
          description: 'The agency’s salted commitment to its case references',
        }),
      ),
      retry: Type.Optional(
        Type.Boolean({ description: 'An identical batch was answered before; not counted again' }),
      ),
      ...decided,
    },
  },
  'signal.submit': {
    title: 'A signal is submitted',
    records: 'Who submitted which signal, and how it was decided. Not whether it touches another.',
    fields: {
      ...agencyCaller,
      ...underAgreement,
      domain: DomainText,
      epoch: Epoch,
      signalId: SignalId,
      ...covered,
      ...decided,
    },
  },
  'signal.withdraw': {
    title: 'A signal is withdrawn',
    records: 'Who withdrew which signal, and why in one word.',
    fields: {
      ...agencyCaller,
      agreement: Type.Optional(AgreementHashText),
      purpose: Type.Optional(PurposeText),
      signalId: SignalId,
      withdrawal: Type.Optional(
        Type.Enum(['no-longer-a-signal', 'entered-by-mistake', 'subject-objected', 'other'], {
          description: 'The reason its owner gave',
        }),
      ),
      ...decided,
    },
  },
  'signal.correct': {
    title: 'A signal is corrected',
    records: 'Who replaced the body of which signal. Not what changed.',
    fields: {
      ...agencyCaller,
      agreement: Type.Optional(AgreementHashText),
      purpose: Type.Optional(PurposeText),
      signalId: SignalId,
      ...covered,
      ...decided,
    },
  },
  'signal.expire': {
    title: 'A signal expires',
    records: 'That a signal ended because its time was over. Nobody asked for it.',
    fields: {
      agency: AgencyIdText,
      ...underAgreement,
      signalId: SignalId,
      cause: Type.Enum(['past-retention', 'agreement-ended'], { description: 'What was over' }),
    },
  },
  'signal.read': {
    title: 'A signal is looked up',
    records: 'Who looked up the status of which signal.',
    fields: {
      ...agencyCaller,
      agreement: Type.Optional(AgreementHashText),
      purpose: Type.Optional(PurposeText),
      signalId: SignalId,
      ...decided,
    },
  },
  'overlap.list': {
    title: 'Overlaps are listed',
    records: 'Who asked for its overlaps. Not how many there are.',
    fields: {
      ...agencyCaller,
      agreement: Type.Optional(AgreementHashText),
      purpose: Type.Optional(PurposeText),
      ...decided,
    },
  },
  'overlap.read-end': {
    title: 'The end of an overlap is looked up',
    records: 'Who asked for which handle of an overlap that is over.',
    fields: {
      ...agencyCaller,
      handle: Type.String({ ...Uuid, description: 'The handle that was asked for' }),
      ...decided,
    },
  },
  'overlap.read': {
    title: 'An overlap is looked up',
    records: 'Who asked for which handle, whether or not it exists.',
    fields: {
      ...agencyCaller,
      agreement: Type.Optional(AgreementHashText),
      purpose: Type.Optional(PurposeText),
      handle: Type.String({ ...Uuid, description: 'The handle that was asked for' }),
      ...decided,
    },
  },
  'histogram.submit': {
    title: 'A histogram is submitted',
    records: 'Who counted how alike its own subjects are. Not the counts.',
    fields: {
      ...agencyCaller,
      ...underAgreement,
      linkage: LinkageVersion,
      subjects: Type.Integer({ minimum: 0, description: 'How many subjects were counted' }),
      ...decided,
    },
  },
  'threshold.read': {
    title: 'Thresholds are looked at',
    records: 'Who looked at the thresholds of an agreement and their estimate.',
    fields: { ...agencyCaller, ...underAgreement, ...decided },
  },
  'threshold.move': {
    title: 'A threshold is moved',
    records:
      'Which party moved the thresholds of an agreement, where they stood before, why, and how precise they were estimated to be.',
    fields: {
      agency: AgencyIdText,
      agreement: AgreementHashText,
      purpose: Type.Optional(PurposeText),
      linkage: LinkageVersion,
      move: Type.Integer({ minimum: 1, description: 'Number of the move under this agreement' }),
      before: Type.Optional(ThresholdsMoved),
      after: ThresholdsMoved,
      histograms: Type.Optional(
        Type.Integer({ minimum: 0, description: 'How many histograms the estimate rests on' }),
      ),
      estimates: Type.Optional(
        Type.Object(
          {
            certain: Type.Optional(Estimated),
            probable: Type.Optional(Estimated),
            possible: Type.Optional(Estimated),
          },
          {
            ...closed,
            description: 'Estimated precision at the new thresholds, rounded down to hundredths',
          },
        ),
      ),
      why: ThresholdReason,
      statementHash: Type.String({
        pattern: '^[A-Za-z0-9_-]{43}$',
        description: 'SHA-256 of the signed statement, base64url',
      }),
      ...decided,
    },
  },
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
