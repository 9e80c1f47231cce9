import type { Code } from '../codes.ts'

/** What an agency is told of. A kind says what happened, never what was in it. */
export const noticeKinds = [
  {
    code: 'overlap-found',
    en: 'One of your signals touches one of another agency',
    nl: 'Een van uw signalen raakt een signaal van een andere organisatie',
  },
  {
    code: 'overlap-ended',
    en: 'An overlap that you could see is over',
    nl: 'Een raakvlak dat u kon zien is beëindigd',
  },
  {
    code: 'disclosure-requested',
    en: 'You are asked for sealed fields of a signal of yours',
    nl: 'Er wordt u gevraagd om verzegelde velden van een signaal van u',
  },
  {
    code: 'disclosure-replied',
    en: 'The agency that asked answered your question, or objects to your refusal',
    nl: 'De organisatie die vroeg heeft uw vraag beantwoord, of maakt bezwaar tegen uw weigering',
  },
  {
    code: 'disclosure-answered',
    en: 'The owner refused what you asked for, or asks you something',
    nl: 'De eigenaar heeft geweigerd wat u vroeg, of vraagt u iets',
  },
  {
    code: 'disclosure-granted',
    en: 'The owner granted what you asked for, or a part of it',
    nl: 'De eigenaar heeft toegestaan wat u vroeg, of een deel ervan',
  },
  {
    code: 'disclosure-revoked',
    en: 'The owner took a grant back',
    nl: 'De eigenaar heeft een toestemming ingetrokken',
  },
  {
    code: 'disclosure-opened',
    en: 'The receiver opened what you granted',
    nl: 'De ontvanger heeft geopend wat u toestond',
  },
  {
    code: 'emergency-disclosed',
    en: 'In acute danger two officers opened sealed fields of a signal of yours; review it',
    nl: 'Bij acuut gevaar openden twee functionarissen verzegelde velden van een signaal van u; beoordeel dat',
  },
  {
    code: 'correction-to-confirm',
    en: 'A signal of which you opened a text was corrected; say what you did with it',
    nl: 'Een signaal waarvan u een tekst opende is verbeterd; laat weten wat u ermee deed',
  },
  {
    code: 'withdrawal-to-confirm',
    en: 'A signal of which you opened a text has ended; say what you did with it',
    nl: 'Een signaal waarvan u een tekst opende is beëindigd; laat weten wat u ermee deed',
  },
  {
    code: 'review-due',
    en: 'A review waits for you: of an emergency, or of a person who is a suspect and a presumed victim',
    nl: 'Er wacht een beoordeling: van een noodgeval, of van iemand die verdachte is en vermoedelijk slachtoffer',
  },
  {
    code: 'obligation-noted',
    en: 'A policy obliges you to tell somebody of what was done',
    nl: 'Een regel verplicht u iemand te laten weten wat er is gedaan',
  },
  {
    code: 'webhook-paused',
    en: 'A webhook of yours did not answer for long, and nothing is sent to it until you test it',
    nl: 'Een webhook van u antwoordde lang niet; er wordt niets meer naar gestuurd tot u hem beproeft',
  },
] as const satisfies readonly Code[]
export type NoticeKind = (typeof noticeKinds)[number]['code']
