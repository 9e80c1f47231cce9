import { type Alarms, openAlarms } from './alarms/alarms.ts'
import { openQuotaStands } from './alarms/quotas.ts'
import { alarmRuleTable } from './alarms/rules.ts'
import { findSubjects } from './alarms/subjects.ts'

type Rooms = Parameters<typeof openAlarms>[0]

/** Alarms as the gateway can raise them: it knows signals, overlaps and follow-ups by their handles. */
export const openGatewayAlarms = ({
  rules = alarmRuleTable,
  ...rooms
}: Pick<Rooms, 'clock' | 'random' | 'db' | 'ledger' | 'decisions' | 'tell'> & {
  readonly rules: Rooms['rules'] | undefined
}): Alarms =>
  openAlarms({ ...rooms, rules, findSubjects, findQuotas: openQuotaStands(rooms.clock) })
