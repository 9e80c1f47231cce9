/** The partner's library: what an agency's own software needs, and nothing else. */
export { type AgencyKeys, makeAgencyKeys, rootThumbprintOf, signCard } from './agency-keys.ts'
export { type DraftParty, draftAgreement, type PublicAgency } from './agreement-draft.ts'
export { histogramOfRows } from './calibration.ts'
export { UnreadableFile } from './csv.ts'
export { ageBandOf, leadRouteOf, retainUntilOf } from './derive.ts'
export { type TrustedDomainKeys, trustManifest } from './domain-keys.ts'
export { GatewayProblem, UntrustworthyOperator } from './errors.ts'
export { openJournal } from './journal.ts'
export {
  enrolAdministrator,
  type PinnedOperator,
  type PinnedOperators,
  pinAgency,
  readOperator,
  suspendAgreementAt,
} from './operators.ts'
export { type ForAnother, openPartner, type Partner } from './partner.ts'
export type { PartnerSettings } from './partner-settings.ts'
export { type RejectedRow, readRows, type SignalRow } from './rows.ts'
export type { UnderAgreement } from './signal-bodies.ts'
export { type SubmissionReport, submitRows } from './submission.ts'
export {
  answerChallenge,
  type Received,
  type ReceivedRequest,
  RefusedNotification,
  trustNotificationKeys,
  verifyNotification,
} from './webhook-receiver.ts'
