import type { Code } from '../codes.ts'

/** What can be laid on a signal until its owner lifts it. */
export const signalMeasures = [
  {
    code: 'restriction',
    en: 'Kept, and neither matched, shown nor disclosed (AVG art. 18; Wpg art. 28 lid 2)',
    nl: 'Bewaard, en niet vergeleken, getoond of verstrekt (AVG art. 18; Wpg art. 28 lid 2)',
  },
  {
    code: 'confidentiality',
    en: 'The subject is not told of it (Wpg art. 27 lid 1; UAVG art. 41 lid 1)',
    nl: 'De betrokkene krijgt er niets over te horen (Wpg art. 27 lid 1; UAVG art. 41 lid 1)',
  },
] as const satisfies readonly Code[]
export type SignalMeasure = (typeof signalMeasures)[number]['code']

/** Why, and for which measure. */
export const measureGrounds = [
  {
    code: 'accuracy-contested',
    for: 'restriction',
    en: 'The subject contests that it is accurate (AVG art. 18 lid 1 onder a; Wpg art. 28 lid 2 onder a)',
    nl: 'De betrokkene betwist de juistheid (AVG art. 18 lid 1 onder a; Wpg art. 28 lid 2 onder a)',
  },
  {
    code: 'unlawful',
    for: 'restriction',
    en: 'It may not be used, and the subject does not want it erased (AVG art. 18 lid 1 onder b)',
    nl: 'Het gebruik mag niet, en de betrokkene wil geen verwijdering (AVG art. 18 lid 1 onder b)',
  },
  {
    code: 'needed-by-subject',
    for: 'restriction',
    en: 'The subject needs it for a legal claim (AVG art. 18 lid 1 onder c)',
    nl: 'De betrokkene heeft het nodig voor een rechtsvordering (AVG art. 18 lid 1 onder c)',
  },
  {
    code: 'objection-pending',
    for: 'restriction',
    en: 'The subject objects, and that is being weighed (AVG art. 18 lid 1 onder d)',
    nl: 'De betrokkene maakt bezwaar, en dat wordt gewogen (AVG art. 18 lid 1 onder d)',
  },
  {
    code: 'evidence',
    for: 'restriction',
    en: 'It has to be kept as evidence (Wpg art. 28 lid 2 onder b)',
    nl: 'Het moet als bewijs worden bewaard (Wpg art. 28 lid 2 onder b)',
  },
  {
    code: 'investigation',
    for: 'confidentiality',
    en: 'An investigation would be harmed (Wpg art. 27 lid 1 onder a en b; UAVG art. 41 lid 1 onder d)',
    nl: 'Een onderzoek zou worden geschaad (Wpg art. 27 lid 1 onder a en b; UAVG art. 41 lid 1 onder d)',
  },
  {
    code: 'safety',
    for: 'confidentiality',
    en: 'Somebody would be in danger (Wpg art. 27 lid 1 onder c en d; UAVG art. 41 lid 1 onder c en i)',
    nl: 'Iemand zou gevaar lopen (Wpg art. 27 lid 1 onder c en d; UAVG art. 41 lid 1 onder c en i)',
  },
] as const satisfies readonly (Code & { readonly for: SignalMeasure })[]
export type MeasureGround = (typeof measureGrounds)[number]['code']
