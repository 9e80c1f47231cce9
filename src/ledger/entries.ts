import Type, { type Static, type TProperties, type TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
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
 * something matched. A kind, once in use, only gains optional fields: old entries must stay readable.
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

const PolicySet = Type.String({
  pattern: '^[A-Za-z0-9_-]{43}$',
  description: 'Hash of a policy set, base64url',
})

const agencyCaller = { agency: AgencyIdText, client: Client }
const underAgreement = { agreement: AgreementHashText, purpose: PurposeText }
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
  'administrator.vouch': {
    title: 'An administrator vouches for another',
    records: 'On whose word whose key becomes an administrator’s. From the third on it takes two.',
    fields: {
      ...recorded,
      administrator: Administrator,
      newcomer: Type.String({ ...Thumbprint, description: 'Thumbprint of the new one’s key' }),
    },
  },
  'policy.sign': {
    title: 'An administrator signs a policy set',
    records: 'Who wants which policy set in the place of which.',
    fields: { ...recorded, administrator: Administrator, from: PolicySet, to: PolicySet },
  },
  'policy.change': {
    title: 'A policy set is put in force',
    records: 'Which set decides from here on in the place of which, on whose two signatures.',
    fields: {
      ...recorded,
      from: PolicySet,
      to: PolicySet,
      administrators: Type.Array(Thumbprint, {
        maxItems: 100,
        description: 'Thumbprints of the keys that signed',
      }),
    },
  },
  'policy.simulate': {
    title: 'A policy set is tried out',
    records: 'Who ran which policy set over recorded decisions, to see what would turn.',
    fields: { ...recorded, administrator: Administrator, to: PolicySet },
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
      category: Type.Optional(
        Type.String({ pattern: '^[a-z-]{1,64}$', description: 'Category, as the policies saw it' }),
      ),
      ageBand: Type.Optional(
        Type.String({ pattern: '^[a-z]{1,20}$', description: 'Age band, as the policies saw it' }),
      ),
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
  'decision.explain': {
    title: 'An agency asks what would be decided',
    records: 'Who asked about which act under which agreement, and what would be decided.',
    fields: {
      ...agencyCaller,
      agreement: Type.Optional(AgreementHashText),
      draft: Type.Boolean({ description: 'About a draft that it brought' }),
      act: Type.String({ pattern: '^[a-z]+\\.[a-z]+$', description: 'The act in question' }),
      wouldBe: Type.Optional(
        Type.Enum(['permit', 'refuse'], { description: 'What would be decided' }),
      ),
      ...recorded,
    },
  },
  'decision.simulate': {
    title: 'An agency tries out a draft',
    records: 'Who ran a draft agreement over its own recorded decisions. Not what turned.',
    fields: { ...agencyCaller, purpose: PurposeText, ...recorded },
  },
  'review.close': {
    title: 'A review is closed',
    records: 'Who closed a review that a policy had asked for, and what was found.',
    fields: {
      ...agencyCaller,
      review: Type.String({ ...Uuid, description: 'The review' }),
      agreement: Type.Optional(AgreementHashText),
      purpose: Type.Optional(PurposeText),
      finding: Type.Enum(['in-order', 'mended'], { description: 'What was found' }),
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
