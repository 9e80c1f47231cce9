import { type Alarms, openAlarms } from './alarms/alarms.ts'
import { openQuotaStands } from './alarms/quotas.ts'
import { alarmRuleTable } from './alarms/rules.ts'
import { openStaff, type Staff } from './alarms/staff.ts'
import { findSubjects } from './alarms/subjects.ts'
import type { Matching } from './signals/types.ts'

type Rooms = Omit<Parameters<typeof openAlarms>[0], 'rules' | 'findSubjects' | 'findQuotas'> &
  Parameters<typeof openStaff>[0]

export type GatewayAlarms = Alarms & { readonly staff: Staff }

/** Alarms as the gateway can raise them: it knows signals, overlaps and follow-ups by their handles. */
export function openGatewayAlarms({
  rules = alarmRuleTable,
  ...rooms
}: Rooms & {
  readonly rules: Parameters<typeof openAlarms>[0]['rules'] | undefined
}): GatewayAlarms {
  const staff = openStaff(rooms)
  const alarms = openAlarms({
    ...rooms,
    rules,
    findSubjects,
    findQuotas: openQuotaStands(rooms.clock),
    forgetToo: staff.forget,
  })
  return { ...alarms, staff }
}

/** Matching that also notes, in the same transaction, which signals are about protected staff of their own agency. */
export const notingStaff = (
  alarms: () => Pick<GatewayAlarms, 'staff'>,
  matching: Matching,
): Matching => ({
  ...matching,
  async match(tx, signals) {
    const ids = signals.map(({ id }) => id)
    await alarms().staff.note(tx, ids)
    await matching.match(tx, signals)
  },
  async relink(tx, signal, replace) {
    await matching.relink(tx, signal, replace)
    await alarms().staff.note(tx, [signal.id])
  },
})
