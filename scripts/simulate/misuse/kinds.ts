/** Hours within which an alarm has to be raised, by what is promised of them. */
const alarmHours = 24
/** Within which a weekly sample has to draw a single look that nothing else can tell from an honest one. */
const sampleHours = 90 * 24

/** Every kind of misuse that is planted, and within how many hours it has to be found. */
export const misuseKinds = {
  'few-hits': { what: 'many people tried out, and hardly one found', statedHours: alarmHours },
  enumeration: { what: 'numbers evaluated one after another', statedHours: alarmHours },
  volume: { what: 'far more looks than usual', statedHours: alarmHours },
  'no-open-case': { what: 'looks at what is over', statedHours: alarmHours },
  'repeated-looks': { what: 'one person looked at again and again', statedHours: alarmHours },
  'out-of-region': { what: 'looks at people of another region', statedHours: alarmHours },
  night: { what: 'looks in the middle of the night', statedHours: alarmHours },
  'own-or-colleague': { what: 'a signal about a colleague', statedHours: alarmHours },
  'submit-look-withdraw': {
    what: 'signals sent, looked at and withdrawn at once',
    statedHours: alarmHours,
  },
  'large-export': { what: 'a large list taken along', statedHours: alarmHours },
  'single-look': { what: 'one look without need, by day', statedHours: sampleHours },
} as const satisfies Record<string, { readonly what: string; readonly statedHours: number }>

export type MisuseKind = keyof typeof misuseKinds

/** Of the single looks, the share that has to be found: chance draws them. */
export const singleLookShare = 0.5
export const singleLooks = 20
