/** A short simulation in which somebody looks again and again, and somebody at night: `node misuse-simulation.ts [RULE that is off] …`. */
import { simulate } from '../../scripts/simulate/run.ts'
import { alarmRuleTable } from '../../src/alarms/rules.ts'

const isOff = new Set(process.argv.slice(2))
const found = await simulate({
  seed: 7,
  days: 17,
  agencies: 4,
  misuse: { kinds: ['repeated-looks', 'night'], each: 1, from: 7 },
  alarmRules: Object.fromEntries(
    Object.entries(alarmRuleTable).filter(([rule]) => !isOff.has(rule)),
  ),
})
process.stdout.write(JSON.stringify(found))
