import type { Code } from '../codes.ts'

/** What an owner found when it looked back at a use of the emergency route. */
export const emergencyOutcomes = [
  { code: 'justified', en: 'Justified', nl: 'Terecht' },
  {
    code: 'justified-too-wide',
    en: 'Justified, but more was opened than was needed',
    nl: 'Terecht, maar er is meer geopend dan nodig was',
  },
  {
    code: 'not-justified',
    en: 'Not justified: the route is closed for this receiver',
    nl: 'Niet terecht: de route wordt voor deze ontvanger gesloten',
  },
] as const satisfies readonly Code[]
