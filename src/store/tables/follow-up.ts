/** What becomes of one overlap, between all agencies concerned. At the gateway only. */
export interface FollowUpTable {
  id: string
  agreement_hash: string
  purpose: string
  state: 'open' | 'closed' | 'ended' | 'merged'
  quality: 'certain' | 'probable' | 'possible'
  /** Grows by one with every change. */
  version: number
  begun_at: Date
  changed_at: Date
  /** From the first moment somebody has the lead. */
  lead_id: string
  lead_ground: string
  lead_since: Date
  offered_to: string | null
  disputed_by: string | null
  dispute_reason: string | null
  outcome: string | null
  closed_at: Date | null
  reopened: number
  ended_on: string | null
  end_cause: 'signals' | 'thresholds' | 'merged' | null
  merged_into: string | null
}

/** An agency concerned, and the handle under which it alone knows the follow-up. */
export interface FollowUpAgencyTable {
  follow_up_id: string
  agency_id: string
  handle: string
  joined_at: Date
  /** Of its first signal here. */
  region: string | null
  acknowledged_at: Date | null
  /** Null while one of its signals is a member. */
  left_at: Date | null
}

/** A signal that is a member. Goes when the signal ends, or no longer touches the others. */
export interface FollowUpSignalTable {
  follow_up_id: string
  signal_id: string
  agency_id: string
  joined_at: Date
  /** It joined without notice and clock: the agencies are known to be in contact. */
  silent: boolean
}

/** Two agencies that are in contact about a subject, noted at each live signal about it. */
export interface FollowUpContactTable {
  signal_id: string
  one_id: string
  other_id: string
  follow_up_id: string
}

/** What happened, for those who may know of the follow-up. */
export interface FollowUpEventTable {
  follow_up_id: string
  at: Date
  /** Order among the events of one follow-up. */
  place: number
  event: string
  agency_id: string | null
  detail: string | null
}

/** What an agency owes, and when somebody is next told of it. */
export interface FollowUpClockTable {
  follow_up_id: string
  agency_id: string
  clock: 'acknowledge' | 'close' | 'offer' | 'dispute'
  started_at: Date
  due_at: Date
  /** How many times somebody was told: 0 nobody yet. */
  step: number
  next_at: Date
}

/** What time alone did, as canonical JSON. */
export interface FollowUpStepTable {
  id: string
  at: Date
  kind: 'remind' | 'escalate' | 'lapse'
  step: string
}

/** Until when the ledger vouches for steps; one row. */
export interface FollowUpVouchedTable {
  id: number
  until: Date
}

/** What a signaller is told of one signal. */
export interface FollowUpFeedbackTable {
  signal_id: string
  agency_id: string
  status: string
  outcome: string | null
  at: Date
}

/** By which thresholds the overlaps of an agreement were last looked through for follow-ups. */
export interface FollowUpSettlementTable {
  agreement_hash: string
  thresholds: string
}

/** How often somebody was told that a request for sealed fields waits for its owner. */
export interface DisclosureTermTable {
  number: string
  /** For which due time; a reply of the receiver gives another one. */
  due_at: Date
  step: number
  next_at: Date
}

export interface FollowUpTables {
  follow_up_step: FollowUpStepTable
  follow_up_vouched: FollowUpVouchedTable
  disclosure_term: DisclosureTermTable
  follow_up: FollowUpTable
  follow_up_agency: FollowUpAgencyTable
  follow_up_signal: FollowUpSignalTable
  follow_up_contact: FollowUpContactTable
  follow_up_event: FollowUpEventTable
  follow_up_clock: FollowUpClockTable
  follow_up_feedback: FollowUpFeedbackTable
  follow_up_settlement: FollowUpSettlementTable
}
