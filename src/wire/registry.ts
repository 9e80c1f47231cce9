import Type, { type Static } from 'typebox'
import {
  AgencyIdText,
  ContactDesk,
  closed,
  Instant,
  Line,
  ListOf,
  OneOf,
  PublicKey,
  Statement,
  Thumbprint,
  Uuid,
} from './common.ts'

/** Payload of an `administrator-enrolment`: the first administrator's key, under the one-time code. */
export const EnrolmentPayload = Type.Object(
  {
    audience: Thumbprint,
    code: Type.String({ minLength: 20, maxLength: 100 }),
    key: PublicKey,
    issuedAt: Instant,
  },
  closed,
)
export type EnrolmentPayload = Static<typeof EnrolmentPayload>

/** Payload of an `administrator-voucher`: an administrator's word for the key of another one. */
export const VoucherPayload = Type.Object(
  { audience: Thumbprint, administrator: Thumbprint, issuedAt: Instant },
  closed,
)
export type VoucherPayload = Static<typeof VoucherPayload>

export const VoucherAnswer = Type.Object(
  { state: OneOf(['awaiting-second-administrator', 'administrator']) },
  { ...closed, title: 'VoucherAnswer' },
)

/** Payload of an `agency-pin`: an administrator admits an agency under a root key told out of band. */
export const PinPayload = Type.Object(
  {
    audience: Thumbprint,
    agency: AgencyIdText,
    name: Line(100),
    rootThumbprint: Thumbprint,
    active: Type.Boolean(),
    issuedAt: Instant,
    number: Uuid,
  },
  closed,
)
export type PinPayload = Static<typeof PinPayload>

/** Payload of an `agency-card`: an agency declares its keys and clients under its root key. */
export const CardPayload = Type.Object(
  {
    agency: AgencyIdText,
    version: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    contactDesk: ContactDesk,
    signingKey: PublicKey,
    encryptionKey: PublicKey,
    clients: ListOf(Type.Object({ client: AgencyIdText, key: PublicKey }, closed), 100),
    signatories: Type.Optional(
      ListOf(Type.Object({ name: AgencyIdText, key: PublicKey }, closed), 50, {
        description: 'Persons whose key may sign agreements for the agency, beside its signing key',
      }),
    ),
    issuedAt: Instant,
  },
  { ...closed, title: 'AgencyCard' },
)
export type CardPayload = Static<typeof CardPayload>

export const StatementBody = Type.Object(
  { statement: Statement },
  { ...closed, title: 'StatementBody' },
)
export type StatementBody = Static<typeof StatementBody>

export const Acknowledgement = Type.Object(
  { accepted: Type.Literal(true) },
  { ...closed, title: 'Acknowledgement' },
)

const VerifierKey = (description: string) => Type.String({ maxLength: 200, description })

/** Payload of `operator-keys`: by which keys an operator's ledger and its cosignatures are verified. */
export const OperatorKeysPayload = Type.Object(
  {
    operator: OneOf(['gateway', 'keyholder']),
    ledgerKey: VerifierKey('Verifier key of its ledger (C2SP signed note)'),
    witnessKey: VerifierKey('Verifier key of its cosignatures (C2SP tlog-cosignature)'),
  },
  closed,
)
export type OperatorKeysPayload = Static<typeof OperatorKeysPayload>

/** What an operator says about itself; nothing in it is to be trusted before it is pinned. */
export const OperatorCard = Type.Object(
  {
    operator: OneOf(['gateway', 'keyholder']),
    version: Type.String({ maxLength: 40 }),
    rootThumbprint: Thumbprint,
    ledgerKey: OperatorKeysPayload.properties.ledgerKey,
    witnessKey: OperatorKeysPayload.properties.witnessKey,
    keys: Type.String({
      ...Statement,
      description: 'Both keys again, as a statement `operator-keys` signed under the root key',
    }),
  },
  { ...closed, title: 'OperatorCard' },
)
export type OperatorCard = Static<typeof OperatorCard>
