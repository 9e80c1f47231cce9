import type { Code } from '../codes.ts'

/** What a receiver did with the text that it had opened. */
export const recallAnswers = [
  { code: 'deleted', en: 'Deleted', nl: 'Verwijderd' },
  { code: 'corrected', en: 'Corrected', nl: 'Verbeterd' },
  { code: 'kept', en: 'Kept, for a legal reason', nl: 'Bewaard, om een wettelijke reden' },
  {
    code: 'set-apart',
    en: 'Set apart, and not used until that is lifted',
    nl: 'Apart gezet, en niet gebruikt tot dat is opgeheven',
  },
  { code: 'noted', en: 'Noted: it may be used again', nl: 'Gezien: het mag weer worden gebruikt' },
] as const satisfies readonly Code[]
export type RecallAnswer = (typeof recallAnswers)[number]['code']

/** Why a text that was opened is recalled, and what can be answered to that. */
export const recallCauses = [
  {
    code: 'corrected',
    answers: ['corrected', 'deleted', 'kept'],
    en: 'Its owner corrected the signal',
    nl: 'De eigenaar verbeterde het signaal',
  },
  {
    code: 'withdrawn',
    answers: ['deleted', 'kept'],
    en: 'Its owner withdrew the signal',
    nl: 'De eigenaar trok het signaal in',
  },
  {
    code: 'expired',
    answers: ['deleted', 'kept'],
    en: 'The signal may be kept no longer',
    nl: 'Het signaal mag niet langer worden bewaard',
  },
  {
    code: 'restricted',
    answers: ['set-apart', 'deleted', 'kept'],
    en: 'Its owner restricted the signal',
    nl: 'De eigenaar beperkte het gebruik van het signaal',
  },
  {
    code: 'restriction-lifted',
    answers: ['noted', 'deleted'],
    en: 'Its owner lifted the restriction',
    nl: 'De eigenaar hief de beperking op',
  },
] as const satisfies readonly (Code & { readonly answers: readonly RecallAnswer[] })[]

/** Why a receiver keeps a text that was recalled. */
export const keepingReasons = [
  {
    code: 'criminal-file',
    en: 'It is part of a criminal case file',
    nl: 'Het is deel van een strafdossier',
  },
  {
    code: 'duty-to-keep',
    en: 'A law obliges the receiver to keep it (AVG art. 17(3)(b))',
    nl: 'Een wettelijke bewaarplicht (AVG art. 17 lid 3 onder b)',
  },
  {
    code: 'legal-claim',
    en: 'A legal claim needs it (AVG art. 17(3)(e))',
    nl: 'Nodig voor een rechtsvordering (AVG art. 17 lid 3 onder e)',
  },
  {
    code: 'accountability',
    en: 'Kept apart for complaints and accountability (Wpg art. 14)',
    nl: 'Afgezonderd bewaard voor klachten en verantwoording (Wpg art. 14)',
  },
] as const satisfies readonly Code[]
