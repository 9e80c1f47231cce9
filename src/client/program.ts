import { Command } from 'commander'
import { addConnectorCommands } from '../connector/command.ts'
import { addAccessCommands } from './commands/accesses.ts'
import { addAccountingCommands } from './commands/accounting.ts'
import { addAdministrationCommands } from './commands/administration.ts'
import { addAgreementCommands } from './commands/agreements.ts'
import { addAlarmCommands } from './commands/alarms.ts'
import { addAuditCommands } from './commands/audit.ts'
import { addCalibrationCommands } from './commands/calibration.ts'
import { addDecisionCommands } from './commands/decisions.ts'
import { addDelegationCommands } from './commands/delegations.ts'
import { addDisclosureCommands } from './commands/disclosures.ts'
import { addFollowUpCommands } from './commands/follow-ups.ts'
import { addLedgerCommands } from './commands/ledger.ts'
import { addLogCommands } from './commands/logs.ts'
import { addNonPunishmentCommands } from './commands/non-punishment.ts'
import { addNotificationCommands } from './commands/notifications.ts'
import { addProtectedStaffCommands } from './commands/protected-staff.ts'
import { addRestrictionCommands } from './commands/restrictions.ts'
import { addSampleCommands } from './commands/samples.ts'
import { addSignalCommands } from './commands/signals.ts'
import { addSubjectRequestCommands } from './commands/subject-requests.ts'

/** The command line, before it is told what to do. */
export function openProgram(): Command {
  const program = new Command('raakvlak')
    .description(
      'Find out that your cases touch those of other agencies, without showing who they are about.',
    )
    .showHelpAfterError()

  addAdministrationCommands(program)
  addAgreementCommands(program)
  addDelegationCommands(program)
  addSignalCommands(program)
  addConnectorCommands(program)
  addDisclosureCommands(program)
  addNonPunishmentCommands(program)
  addSubjectRequestCommands(program)
  addRestrictionCommands(program)
  addNotificationCommands(program)
  addFollowUpCommands(program)
  addCalibrationCommands(program)
  addDecisionCommands(program)
  addAccessCommands(program)
  addAuditCommands(program)
  addAlarmCommands(program)
  addProtectedStaffCommands(program)
  addSampleCommands(program)
  addAccountingCommands(program)
  addLogCommands(program)
  addLedgerCommands(program)
  return program
}
