import { openAlarmCases } from './cases.ts'
import { openRaising } from './raising.ts'

export type Alarms = ReturnType<typeof openAlarms>

/**
 * Alarms about misuse: raised by fixed rules from an operator's own ledger, and looked into by people of the
 * agency that they are about. See `docs/alarms.md`.
 */
export const openAlarms = (
  rooms: Parameters<typeof openAlarmCases>[0] & Parameters<typeof openRaising>[0],
) => ({ ...openAlarmCases(rooms), ...openRaising(rooms) })
