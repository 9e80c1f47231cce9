import type { Kysely } from 'kysely'
import type { OperatorName } from '../oprf/types.ts'
import { ledger } from './migrations/0001-ledger.ts'
import { agencies } from './migrations/0002-agencies.ts'
import { oauth } from './migrations/0003-oauth.ts'
import { agreements } from './migrations/0004-agreements.ts'
import { evaluation } from './migrations/0005-evaluation.ts'
import { signals } from './migrations/0006-signals.ts'
import { overlaps } from './migrations/0007-overlaps.ts'
import { operator } from './migrations/0008-operator.ts'
import { calibration } from './migrations/0009-calibration.ts'
import { agreementDomains } from './migrations/0010-agreement-domains.ts'
import { retention } from './migrations/0011-retention.ts'
import { corrections } from './migrations/0012-corrections.ts'
import { agreementLife } from './migrations/0013-agreement-life.ts'
import { actingAgency } from './migrations/0014-acting-agency.ts'
import { decisions } from './migrations/0015-decisions.ts'
import { policySets } from './migrations/0016-policy-sets.ts'
import { disclosures } from './migrations/0020-disclosures.ts'
import { grants } from './migrations/0021-grants.ts'
import { agreementChains } from './migrations/0022-agreement-chains.ts'
import { archive } from './migrations/0023-archive.ts'
import { notices } from './migrations/0024-notices.ts'
import { webhooks } from './migrations/0025-webhooks.ts'
import { followUp } from './migrations/0026-follow-up.ts'
import { separations } from './migrations/0027-separations.ts'
import { emergencies, seals } from './migrations/0028-emergencies.ts'
import { nonPunishment } from './migrations/0029-non-punishment.ts'
import { witness } from './migrations/0030-witness.ts'
import { obligations } from './migrations/0031-obligations.ts'
import { recalls } from './migrations/0032-recalls.ts'
import { accesses } from './migrations/0034-accesses.ts'
import { alarms } from './migrations/0035-alarms.ts'
import { protectedStaff } from './migrations/0036-protected-staff.ts'
import { sampleBeacons } from './migrations/0037-sample-beacons.ts'
import { samples } from './migrations/0038-samples.ts'
import { subjectRights } from './migrations/0039-subject-rights.ts'
import { restrictions } from './migrations/0040-restrictions.ts'
import { keys } from './migrations/0041-keys.ts'
import { timestamps } from './migrations/0042-timestamps.ts'
import { exports } from './migrations/0044-exports.ts'
import { accessesOfOthers } from './migrations/0045-accesses-of-others.ts'
import { consoleTables } from './migrations/0046-console.ts'
import { audit } from './migrations/0047-audit.ts'
import { restrictionRecalls } from './migrations/0048-restriction-recalls.ts'

/**
 * One step of the schema. `name` is `NNNN-<room>` and never changes once it is released, and neither does what it does.
 * Its text is plain SQL that PostgreSQL 15 and Citus understand; times and ids come in as parameters.
 */
export type Migration = {
  readonly name: string
  /** Whose databases have these tables. */
  readonly operators: readonly OperatorName[]
  readonly up: (db: Kysely<unknown>) => Promise<void>
  readonly down: (db: Kysely<unknown>) => Promise<void>
}

/** In the order in which they are applied. */
export const migrations: readonly Migration[] = [
  ledger,
  agencies,
  oauth,
  agreements,
  evaluation,
  signals,
  overlaps,
  operator,
  calibration,
  agreementDomains,
  retention,
  corrections,
  agreementLife,
  actingAgency,
  decisions,
  policySets,
  disclosures,
  grants,
  agreementChains,
  archive,
  notices,
  webhooks,
  followUp,
  separations,
  emergencies,
  nonPunishment,
  witness,
  obligations,
  recalls,
  seals,
  accesses,
  alarms,
  protectedStaff,
  sampleBeacons,
  samples,
  subjectRights,
  restrictions,
  keys,
  timestamps,
  exports,
  accessesOfOthers,
  consoleTables,
  audit,
  restrictionRecalls,
]
