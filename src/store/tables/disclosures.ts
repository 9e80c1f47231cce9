import type { Generated } from 'kysely'

/** A request for sealed fields of one signal, and what became of it. At the gateway only. */
export interface DisclosureTable {
  number: string
  receiver_id: string
  owner_id: string
  agreement_hash: string
  purpose: string
  /** The receiver's own signal. */
  receiver_signal_id: string
  /** The owner's signal. */
  signal_id: string
  /** JSON array of sealed fields. */
  fields: string
  article: string
  state: 'requested' | 'asked' | 'refused' | 'granted'
  refusal: string | null
  objected: boolean
  request_hash: Buffer
  /** The request as its receiver signed it, sealed by the crypter; null once erased. */
  request: Buffer | null
  /** What was said, as JSON, sealed by the crypter; null once erased. */
  remarks: Buffer | null
  grant_number: string | null
  grant_statement: string | null
  /** JSON array of sealed fields. */
  granted_fields: string | null
  grant_expires_at: Date | null
  requested_at: Date
  due_at: Date
  changed_at: Date
}

/** What became of a grant at this operator. At both. */
export interface DisclosureGrantTable {
  owner_id: string
  number: string
  receiver_id: string | null
  release_number: string | null
  release_hash: Buffer | null
  released_at: Date | null
  revoked_at: Date | null
  opened_at: Date | null
}

/** A use of the emergency route at this operator. At both. */
export interface EmergencyTable {
  number: string
  receiver_id: string
  owner_id: string
  agreement_hash: string
  signal_id: string
  receiver_signal_id: string | null
  /** JSON array of sealed fields. */
  fields: string
  counted_at: Date
  /** JSON arrays; null until released. */
  statements: string | null
  officers: string | null
  /** JSON, sealed by the crypter. At the gateway; null once erased. */
  necessity: Buffer | null
  released_at: Date | null
  review_due_at: Date | null
  outcome: 'justified' | 'justified-too-wide' | 'not-justified' | null
  reviewed_at: Date | null
  review_reminded_at: Date | null
}

/** Whether an owner lets a receiver use the route under an agreement; open when nothing was said. At both. */
export interface EmergencyRouteTable {
  owner_id: string
  receiver_id: string
  agreement_hash: string
  is_open: boolean
  said_at: Date
}

/** What was opened of a signal that changed afterwards. At the gateway only. */
export interface RecallTable {
  id: string
  owner_id: string
  receiver_id: string
  agreement_hash: string
  disclosure: string
  signal_id: string
  cause: 'corrected' | 'withdrawn' | 'expired' | 'restricted' | 'restriction-lifted'
  changed_at: Date
  told_at: Date
  reminders: Generated<number>
  remind_at: Date | null
  overtaken_at: Date | null
  answer: 'deleted' | 'corrected' | 'kept' | 'set-apart' | 'noted' | null
  reason: 'criminal-file' | 'duty-to-keep' | 'legal-claim' | 'accountability' | null
  statement: string | null
  confirmed_at: Date | null
}

export interface DisclosureTables {
  recall: RecallTable
  emergency: EmergencyTable
  emergency_route: EmergencyRouteTable
  disclosure: DisclosureTable
  disclosure_grant: DisclosureGrantTable
}
