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
    code: 'follow-up-reminder',
    en: 'Something falls due that your agency has to do about an overlap or a request',
    nl: 'Er nadert een termijn voor iets dat u moet doen rond een raakvlak of een verzoek',
  },
  {
    code: 'follow-up-escalated',
    en: 'A term has passed; the deputy or the coordinator has to act',
    nl: 'Een termijn is verstreken; de vervanger of de coördinator moet iets doen',
  },
  {
    code: 'lead-changed',
    en: 'Who has the lead of a follow-up has changed, may change, or stays after all',
    nl: 'De regie van een opvolging is gewisseld, kan wisselen, of blijft toch',
  },
  {
    code: 'lead-disputed',
    en: 'An agency disputes who has the lead of a follow-up',
    nl: 'Een organisatie betwist wie de regie van een opvolging heeft',
  },
  {
    code: 'outcome-recorded',
    en: 'The lead recorded what became of an overlap',
    nl: 'De regievoerder heeft vastgelegd wat er van een raakvlak is geworden',
  },
  {
    code: 'feedback',
    en: 'There is feedback on a signal of yours',
    nl: 'Er is een terugmelding over een signaal van u',
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
    code: 'obligation-noted',
    en: 'A policy obliges you to tell somebody of what was done',
    nl: 'Een regel verplicht u iemand te laten weten wat er is gedaan',
  },
  {
    code: 'emergency-prepared',
    en: 'In acute danger another agency prepares to open sealed fields of a signal of yours',
    nl: 'Bij acuut gevaar bereidt een andere organisatie voor om verzegelde velden van een signaal van u te openen',
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
    code: 'restriction-to-confirm',
    en: 'The use of a signal of which you opened a text was restricted, or is free again; say what you did with it',
    nl: 'Het gebruik van een signaal waarvan u een tekst opende is beperkt, of weer vrij; laat weten wat u ermee deed',
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
    code: 'subject-request',
    en: 'Somebody asked what is kept of them, or to change it; it concerns a signal of yours',
    nl: 'Iemand vraagt wat er over hem is vastgelegd, of om dat te wijzigen; het gaat om een signaal van u',
  },
  {
    code: 'subject-request-due',
    en: 'A request of a subject waits for your agency, and its term comes near',
    nl: 'Een verzoek van een betrokkene wacht op u, en de termijn nadert',
  },
  {
    code: 'subject-request-overdue',
    en: 'The term of a request of a subject has passed; the privacy officer has to act',
    nl: 'De termijn van een verzoek van een betrokkene is verstreken; de privacyfunctionaris moet iets doen',
  },
  {
    code: 'subject-request-answerable',
    en: 'The joined answer to a request that you filed can be read, or was added to',
    nl: 'Het gezamenlijke antwoord op een verzoek dat u indiende is te lezen, of is aangevuld',
  },
  {
    code: 'restriction-review-due',
    en: 'A signal of yours is restricted or confidential, and you have to look at it again',
    nl: 'Een signaal van u is afgeschermd of vertrouwelijk; u moet daar opnieuw naar kijken',
  },
  {
    code: 'subject-requests-unusual',
    en: 'Another party files unusually many requests of subjects; ask before you answer',
    nl: 'Een andere partij dient ongewoon veel verzoeken van betrokkenen in; vraag na voor u antwoordt',
  },
  {
    code: 'looks-drawn',
    en: 'Looks of your officers were drawn: whoever looked gives the reason',
    nl: 'Er zijn inzages van uw medewerkers getrokken: wie keek geeft de reden',
  },
  {
    code: 'looks-unexplained',
    en: 'The term for the reason of drawn looks has passed; they can be judged without it',
    nl: 'De termijn voor de reden van getrokken inzages is verstreken; ze kunnen zonder reden worden beoordeeld',
  },
  {
    code: 'looks-unreviewed',
    en: 'The term for judging drawn looks has passed',
    nl: 'De termijn voor het beoordelen van getrokken inzages is verstreken',
  },
  {
    code: 'alarm-raised',
    en: 'What your agency did raised an alarm; somebody has to look into it',
    nl: 'Wat uw organisatie deed gaf een waarschuwing; iemand moet ernaar kijken',
  },
  {
    code: 'alarm-overdue',
    en: 'An alarm about your agency was not closed in time',
    nl: 'Een waarschuwing over uw organisatie is niet op tijd afgesloten',
  },
  {
    code: 'webhook-paused',
    en: 'A webhook of yours did not answer for long, and nothing is sent to it until you test it',
    nl: 'Een webhook van u antwoordde lang niet; er wordt niets meer naar gestuurd tot u hem beproeft',
  },
] as const satisfies readonly Code[]
export type NoticeKind = (typeof noticeKinds)[number]['code']
