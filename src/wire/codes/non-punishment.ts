import type { Code } from '../codes.ts'

/** What came of a review of non-punishment. A person decides; this is what it decided. */
export const flagOutcomes = [
  {
    code: 'non-punishment-applies',
    en: 'Non-punishment applies',
    nl: 'Het non-punishmentbeginsel is van toepassing',
  },
  {
    code: 'does-not-apply',
    en: 'Non-punishment does not apply',
    nl: 'Het non-punishmentbeginsel is niet van toepassing',
  },
  {
    code: 'referred-to-prosecutor',
    en: 'Referred to the public prosecutor',
    nl: 'Voorgelegd aan het Openbaar Ministerie',
  },
] as const satisfies readonly Code[]
export type FlagOutcome = (typeof flagOutcomes)[number]['code']

/** Why, in one word. */
export const flagReasons = [
  {
    code: 'compelled',
    en: 'The offence was compelled, as a direct consequence of the exploitation',
    nl: 'Het feit is afgedwongen, als direct gevolg van de uitbuiting',
  },
  {
    code: 'no-direct-consequence',
    en: 'The offence is no direct consequence of the exploitation',
    nl: 'Het feit is geen direct gevolg van de uitbuiting',
  },
  {
    code: 'no-exploitation',
    en: 'No exploitation was found',
    nl: 'Er is geen uitbuiting gebleken',
  },
  {
    code: 'no-suspicion',
    en: 'There is no suspicion (any more)',
    nl: 'Er is geen verdenking (meer)',
  },
  { code: 'not-same-person', en: 'Not the same person', nl: 'Niet dezelfde persoon' },
  {
    code: 'prosecutor-decides',
    en: 'The prosecutor has the case and decides',
    nl: 'De officier van justitie heeft de zaak en beslist',
  },
] as const satisfies readonly Code[]
export type FlagReason = (typeof flagReasons)[number]['code']
