import Type, { type Static } from 'typebox'
import { AgencyIdText, closed, Instant, ListOf, OneOf, Statement } from './common.ts'

const Size = (description: string) =>
  Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description })

const Hashes = Type.Array(
  Type.String({ pattern: '^[A-Za-z0-9+/]{43}=$', description: 'SHA-256, base64' }),
  { maxItems: 64 },
)

/** C2SP tlog-checkpoint: origin, size and root as a signed note. */
export const CheckpointText = Type.String({
  title: 'Checkpoint',
  maxLength: 4_000,
  description: 'Signed note (C2SP tlog-checkpoint): origin, number of entries, root, signature',
})

export const InclusionQuery = Type.Object(
  {
    leafIndex: Size('Index of the entry, counted from 0'),
    treeSize: Size('Number of entries of a checkpoint'),
  },
  { ...closed, title: 'InclusionQuery' },
)
export type InclusionQuery = Static<typeof InclusionQuery>

export const InclusionAnswer = Type.Object(
  { leafIndex: Size('As asked'), treeSize: Size('As asked'), hashes: Hashes },
  { ...closed, title: 'InclusionProof', description: 'Audit path of RFC 6962 §2.1.1' },
)
export type InclusionAnswer = Static<typeof InclusionAnswer>

export const ConsistencyQuery = Type.Object(
  {
    from: Size('Number of entries of the older checkpoint; at least 1'),
    to: Size('Number of entries of the newer checkpoint'),
  },
  { ...closed, title: 'ConsistencyQuery' },
)
export type ConsistencyQuery = Static<typeof ConsistencyQuery>

export const ConsistencyAnswer = Type.Object(
  { from: Size('As asked'), to: Size('As asked'), hashes: Hashes },
  { ...closed, title: 'ConsistencyProof', description: 'Consistency proof of RFC 6962 §2.1.2' },
)
export type ConsistencyAnswer = Static<typeof ConsistencyAnswer>

/** Most timestamps in one answer. */
export const mostTimestamps = 100

export const TimestampsQuery = Type.Object(
  { before: Type.Optional(Size('Only of checkpoints with fewer entries')) },
  { ...closed, title: 'TimestampsQuery' },
)
export type TimestampsQuery = Static<typeof TimestampsQuery>

export const LedgerTimestamps = Type.Object(
  {
    timestamps: ListOf(
      Type.Object(
        {
          size: Size('Number of entries of the checkpoint'),
          stampedAt: Instant,
          checkpoint: CheckpointText,
          response: Type.String({
            pattern: '^[A-Za-z0-9+/]+={0,2}$',
            maxLength: 100_000,
            description: 'TimeStampResp over the checkpoint (RFC 3161), DER in base64',
          }),
        },
        { ...closed, title: 'LedgerTimestamp' },
      ),
      mostTimestamps,
    ),
  },
  {
    ...closed,
    title: 'LedgerTimestamps',
    description: 'What an outside authority stamped, newest first; none where no authority is set',
  },
)
export type LedgerTimestamps = Static<typeof LedgerTimestamps>

/** Most hashes of a consistency proof that a witness reads (C2SP tlog-witness). */
export const mostProofLines = 63

/** Payload of a `checkpoint-cosignature`: an agency hands in its cosignature of a checkpoint. */
export const CosignaturePayload = Type.Object(
  {
    agency: AgencyIdText,
    witnessKey: Type.String({ maxLength: 200 }),
    note: CheckpointText,
  },
  closed,
)
export type CosignaturePayload = Static<typeof CosignaturePayload>

const WitnessKey = Type.String({
  maxLength: 200,
  description: 'Verifier key (C2SP tlog-cosignature); believe it only as its owner told it',
})

export const Cosignatures = Type.Object(
  {
    cosignatures: ListOf(
      Type.Object(
        {
          witness: Type.String({ maxLength: 64, description: '`@operator`, or an agency' }),
          kind: OneOf(['operator', 'agency']),
          witnessKey: WitnessKey,
          size: Size('Number of entries of the cosigned checkpoint'),
          cosignedAt: Instant,
          note: CheckpointText,
        },
        { ...closed, title: 'Cosignature' },
      ),
      1000,
    ),
  },
  { ...closed, title: 'Cosignatures', description: 'Of each witness the newest, newest first' },
)
export type Cosignatures = Static<typeof Cosignatures>

/** An operator asks to be witnessed: its `operator-keys`, signed under its root key. */
export const IntroduceBody = Type.Object(
  { statement: Statement },
  { ...closed, title: 'IntroduceBody' },
)
export type IntroduceBody = Static<typeof IntroduceBody>

export const WitnessedCheckpoints = Type.Object(
  {
    checkpoints: ListOf(
      Type.Object(
        {
          origin: Type.String({ maxLength: 200, description: 'Name of the ledger' }),
          size: Size('Number of entries that were cosigned'),
          checkpoint: CheckpointText,
        },
        closed,
      ),
      1,
    ),
  },
  {
    ...closed,
    title: 'WitnessedCheckpoints',
    description: 'What this witness cosigned last, with its cosignature',
  },
)
export type WitnessedCheckpoints = Static<typeof WitnessedCheckpoints>
