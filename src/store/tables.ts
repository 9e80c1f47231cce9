import type { AgencyTables } from './tables/agencies.ts'
import type { AgreementTables } from './tables/agreements.ts'
import type { AlarmTables } from './tables/alarms.ts'
import type { ArchiveTables } from './tables/archive.ts'
import type { CalibrationTables } from './tables/calibration.ts'
import type { ConsoleTables } from './tables/console.ts'
import type { DecisionTables } from './tables/decisions.ts'
import type { DisclosureTables } from './tables/disclosures.ts'
import type { EvaluationTables } from './tables/evaluation.ts'
import type { ExportTables } from './tables/exports.ts'
import type { FollowUpTables } from './tables/follow-up.ts'
import type { JustificationTables } from './tables/justifications.ts'
import type { KeyTables } from './tables/keys.ts'
import type { LedgerTables } from './tables/ledger.ts'
import type { NonPunishmentTables } from './tables/non-punishment.ts'
import type { NotificationTables } from './tables/notification.ts'
import type { OauthTables } from './tables/oauth.ts'
import type { OperatorTables } from './tables/operator.ts'
import type { OverlapTables } from './tables/overlaps.ts'
import type { RetentionTables } from './tables/retention.ts'
import type { SignalTables } from './tables/signals.ts'
import type { SubjectRightsTables } from './tables/subject-rights.ts'
import type { WitnessTables } from './tables/witness.ts'

/**
 * Every table of both operators. A room adds its own file under `tables/` and one word here.
 * A keyholder's database has no tables for signals and overlaps: see `operators` in `migrations.ts`.
 */
export interface Tables
  extends AgencyTables,
    AgreementTables,
    AlarmTables,
    ArchiveTables,
    ConsoleTables,
    DecisionTables,
    EvaluationTables,
    JustificationTables,
    KeyTables,
    LedgerTables,
    NotificationTables,
    OauthTables,
    SignalTables,
    SubjectRightsTables,
    CalibrationTables,
    DisclosureTables,
    NonPunishmentTables,
    OverlapTables,
    ExportTables,
    FollowUpTables,
    RetentionTables,
    OperatorTables,
    WitnessTables {}
