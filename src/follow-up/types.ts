import type { Agreement } from '../agreements/types.ts'
import type { AgencyId, AgreementHash, SignalId } from '../kernel/ids.ts'
import type { FollowUpClockTable, FollowUpTable } from '../store/tables/follow-up.ts'
import type {
  DisputeReason,
  FollowUpEvent,
  LeadGround,
  OutcomeName,
} from '../wire/codes/follow-ups.ts'
import type { Quality } from '../wire/codes.ts'

export type { Tell, Telling } from '../notification/types.ts'
export type { Asker } from '../signals/types.ts'

export type ClockName = FollowUpClockTable['clock']
export type EndCause = NonNullable<FollowUpTable['end_cause']>

export type Member = {
  readonly id: SignalId
  readonly agency: AgencyId
  readonly joinedAt: Date
  readonly silent: boolean
}

export type Concerned = {
  readonly agency: AgencyId
  readonly handle: string
  readonly joinedAt: Date
  /** Safety region of its first signal here, if that named one. */
  readonly region: string | undefined
  readonly acknowledgedAt: Date | undefined
  /** Undefined while one of its signals is a member. */
  readonly leftAt: Date | undefined
}

/** What an agency owes by a day, and how often somebody was told. */
export type Due = {
  readonly agency: AgencyId
  readonly clock: ClockName
  readonly startedAt: Date
  readonly dueAt: Date
  readonly step: number
  readonly nextAt: Date
}

export type Happening = {
  readonly event: FollowUpEvent
  readonly agency?: AgencyId
  /** A code or the name of an agency; never free text. */
  readonly detail?: string
}

/** What becomes of one overlap, under one agreement, between all agencies concerned. */
export type FollowUp = {
  readonly id: string
  readonly agreement: AgreementHash
  readonly purpose: string
  readonly state: FollowUpTable['state']
  readonly quality: Quality
  readonly version: number
  readonly begunAt: Date
  readonly lead: { readonly agency: AgencyId; readonly ground: LeadGround; readonly since: Date }
  readonly offeredTo: AgencyId | undefined
  readonly dispute: { readonly by: AgencyId; readonly reason: DisputeReason } | undefined
  readonly outcome: OutcomeName | undefined
  readonly closedAt: Date | undefined
  readonly reopened: number
  readonly ended: { readonly on: string; readonly cause: EndCause } | undefined
  readonly mergedInto: string | undefined
  readonly members: readonly Member[]
  readonly agencies: readonly Concerned[]
  readonly clocks: readonly Due[]
  /** What happened since it was read; written down when it is kept. */
  readonly happened: readonly Happening[]
}

/** Under what a change happens: the agreement as it is held, the moment, and new names. */
export type Setting = {
  readonly agreement: Agreement
  readonly at: Date
  readonly newId: () => string
}
