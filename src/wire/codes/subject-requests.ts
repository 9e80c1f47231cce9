import type { Code } from '../codes.ts'

/** The purpose that an evaluation batch names when it is for a subject's request, and no agreement may have. */
export const rightsPurpose = 'subject-rights'

/** What a subject asks for. */
export const requestKinds = [
  {
    code: 'access',
    en: 'Access to what is kept (AVG art. 15; Wpg art. 25)',
    nl: 'Inzage in wat is vastgelegd (AVG art. 15; Wpg art. 25)',
  },
  {
    code: 'rectification',
    en: 'Rectification (AVG art. 16; Wpg art. 28 lid 1)',
    nl: 'Verbetering (AVG art. 16; Wpg art. 28 lid 1)',
  },
  {
    code: 'erasure',
    en: 'Erasure (AVG art. 17; Wpg art. 28 lid 2)',
    nl: 'Verwijdering (AVG art. 17; Wpg art. 28 lid 2)',
  },
  {
    code: 'restriction',
    en: 'Restriction of processing (AVG art. 18; Wpg art. 28 lid 2)',
    nl: 'Beperking of afscherming (AVG art. 18; Wpg art. 28 lid 2)',
  },
  {
    code: 'objection',
    en: 'Objection to processing (AVG art. 21)',
    nl: 'Bezwaar tegen het gebruik (AVG art. 21)',
  },
] as const satisfies readonly Code[]
export type RequestKind = (typeof requestKinds)[number]['code']

/** How old the subject is, as far as it matters for who may ask. */
export const subjectAges = [
  { code: 'under-12', en: 'Under 12', nl: 'Jonger dan 12' },
  { code: '12-to-15', en: '12 to 15', nl: '12 tot en met 15' },
  { code: '16-or-older', en: '16 or older', nl: '16 of ouder' },
] as const satisfies readonly Code[]
export type SubjectAge = (typeof subjectAges)[number]['code']

/** Who asks, and of which age the subject then is. */
export const askers = [
  {
    code: 'self',
    ages: ['16-or-older'],
    en: 'The subject itself, from 16 on',
    nl: 'De betrokkene zelf, vanaf 16 jaar',
  },
  {
    code: 'jointly',
    ages: ['12-to-15'],
    en: 'The subject and its legal representative together, from 12 to 15 (Jeugdwet art. 7.1.5.1)',
    nl: 'De betrokkene samen met de wettelijk vertegenwoordiger, van 12 tot en met 15 jaar (Jeugdwet art. 7.1.5.1)',
  },
  {
    code: 'representative',
    ages: ['under-12'],
    en: 'The legal representative, under 12',
    nl: 'De wettelijk vertegenwoordiger, jonger dan 12 jaar',
  },
  {
    code: 'guardian',
    ages: ['16-or-older'],
    en: 'The legal representative of an adult under guardianship (Wpg art. 26 lid 2)',
    nl: 'De wettelijk vertegenwoordiger van wie onder curatele staat (Wpg art. 26 lid 2)',
  },
  {
    code: 'lawyer',
    ages: ['16-or-older'],
    en: 'A lawyer with a special authorisation (Wpg art. 26 lid 3)',
    nl: 'Een advocaat met een bijzondere machtiging (Wpg art. 26 lid 3)',
  },
] as const satisfies readonly (Code & { readonly ages: readonly SubjectAge[] })[]
export type AskerCode = (typeof askers)[number]['code']

/** How the contact point made sure of who asks. It checks that itself; nobody here can. */
export const identityChecks = [
  { code: 'in-person', en: 'In person, with a document', nl: 'Aan de balie, met een document' },
  { code: 'electronic', en: 'By an electronic means of identification', nl: 'Met een inlogmiddel' },
  { code: 'document', en: 'By a copy of a document', nl: 'Met een kopie van een document' },
  { code: 'known', en: 'Known to a professional', nl: 'Bekend bij een medewerker' },
] as const satisfies readonly Code[]
export type IdentityCheck = (typeof identityChecks)[number]['code']

/** What a party did, of its own signal; and to which requests that is an answer. */
export const requestOutcomes = [
  {
    code: 'provided',
    for: ['access'],
    en: 'What is kept was told',
    nl: 'Er is verteld wat is vastgelegd',
  },
  {
    code: 'corrected',
    for: ['rectification'],
    en: 'The signal was corrected',
    nl: 'Het signaal is verbeterd',
  },
  {
    code: 'erased',
    for: ['erasure', 'objection', 'rectification'],
    en: 'The signal was withdrawn',
    nl: 'Het signaal is verwijderd',
  },
  {
    code: 'restricted',
    for: ['restriction', 'objection', 'erasure', 'rectification'],
    en: 'The signal is restricted: kept, and not used',
    nl: 'Het signaal is afgeschermd: het wordt bewaard en niet gebruikt',
  },
  {
    code: 'refused',
    for: ['access', 'rectification', 'erasure', 'restriction', 'objection'],
    en: 'Refused, on a ground',
    nl: 'Geweigerd, op een grond',
  },
] as const satisfies readonly (Code & { readonly for: readonly RequestKind[] })[]
export type RequestOutcome = (typeof requestOutcomes)[number]['code']

/** On what a party refuses. Recorded with the refusal (Wpg art. 32 lid 1 onder c). */
export const refusalGrounds = [
  {
    code: 'wpg-27-proceedings',
    article: 'Wpg art. 27 lid 1 onder a',
    en: 'It would obstruct judicial investigations or proceedings',
    nl: 'Het zou een gerechtelijk onderzoek of een procedure belemmeren',
  },
  {
    code: 'wpg-27-offences',
    article: 'Wpg art. 27 lid 1 onder b',
    en: 'It would harm preventing, finding, investigating or prosecuting offences, or carrying out sentences',
    nl: 'Het zou het voorkomen, opsporen, onderzoeken of vervolgen van strafbare feiten schaden, of de uitvoering van straffen',
  },
  {
    code: 'wpg-27-public-safety',
    article: 'Wpg art. 27 lid 1 onder c',
    en: 'Public safety has to be protected',
    nl: 'De openbare veiligheid moet worden beschermd',
  },
  {
    code: 'wpg-27-others',
    article: 'Wpg art. 27 lid 1 onder d',
    en: 'The rights and freedoms of others have to be protected',
    nl: 'De rechten en vrijheden van anderen moeten worden beschermd',
  },
  {
    code: 'wpg-27-national-security',
    article: 'Wpg art. 27 lid 1 onder e',
    en: 'National security has to be protected',
    nl: 'De nationale veiligheid moet worden beschermd',
  },
  {
    code: 'wpg-27-unfounded',
    article: 'Wpg art. 27 lid 1 onder f',
    en: 'The request is manifestly unfounded or excessive',
    nl: 'Het verzoek is kennelijk ongegrond of buitensporig',
  },
  {
    code: 'uavg-41-public-safety',
    article: 'AVG art. 23; UAVG art. 41 lid 1 onder c',
    en: 'Public safety has to be protected',
    nl: 'De openbare veiligheid moet worden beschermd',
  },
  {
    code: 'uavg-41-offences',
    article: 'AVG art. 23; UAVG art. 41 lid 1 onder d',
    en: 'It would harm preventing, investigating, finding or prosecuting offences',
    nl: 'Het zou het voorkomen, onderzoeken, opsporen of vervolgen van strafbare feiten schaden',
  },
  {
    code: 'uavg-41-supervision',
    article: 'AVG art. 23; UAVG art. 41 lid 1 onder h',
    en: 'It would harm supervision or inspection',
    nl: 'Het zou toezicht of inspectie schaden',
  },
  {
    code: 'uavg-41-others',
    article: 'AVG art. 23; UAVG art. 41 lid 1 onder i',
    en: 'The subject, or the rights and freedoms of others, have to be protected',
    nl: 'De betrokkene of de rechten en vrijheden van anderen moeten worden beschermd',
  },
  {
    code: 'avg-12-unfounded',
    article: 'AVG art. 12 lid 5 onder b',
    en: 'The request is manifestly unfounded or excessive',
    nl: 'Het verzoek is kennelijk ongegrond of buitensporig',
  },
  {
    code: 'avg-16-accurate',
    article: 'AVG art. 16; Wpg art. 28 lid 1',
    en: 'What is kept is accurate and complete',
    nl: 'Wat is vastgelegd is juist en volledig',
  },
  {
    code: 'avg-17-needed',
    article: 'AVG art. 17 lid 3; Wpg art. 28 lid 2',
    en: 'It is still needed, for a legal obligation, a public task or a legal claim',
    nl: 'Het is nog nodig, voor een wettelijke plicht, een publieke taak of een rechtsvordering',
  },
  {
    code: 'avg-18-no-case',
    article: 'AVG art. 18 lid 1; Wpg art. 28 lid 2',
    en: 'None of the cases in which the law restricts is there',
    nl: 'Geen van de gevallen waarin de wet beperkt doet zich voor',
  },
  {
    code: 'avg-21-compelling',
    article: 'AVG art. 21 lid 1',
    en: 'Compelling grounds outweigh the interest of the subject',
    nl: 'Dwingende gronden wegen zwaarder dan het belang van de betrokkene',
  },
  {
    code: 'another-person',
    article: 'AVG art. 12 lid 6; Wpg art. 26 lid 1',
    en: 'The signal is about another person than the one who asks',
    nl: 'Het signaal gaat over iemand anders dan wie het vraagt',
  },
] as const satisfies readonly (Code & { readonly article: string })[]
export type RefusalGround = (typeof refusalGrounds)[number]['code']

/** What of its signal a party lets the contact point tell. */
export const toldParts = [
  { code: 'categories', en: 'Which kinds of data', nl: 'Welke soorten gegevens' },
  { code: 'purpose', en: 'For which purpose', nl: 'Voor welk doel' },
  { code: 'period', en: 'Since when and until when', nl: 'Sinds wanneer en tot wanneer' },
  { code: 'source', en: 'Its source', nl: 'Waar het vandaan komt' },
  {
    code: 'receivers',
    en: 'Which agencies had sealed texts opened, and when',
    nl: 'Welke organisaties verzegelde teksten hebben geopend, en wanneer',
  },
] as const satisfies readonly Code[]
export type ToldPart = (typeof toldParts)[number]['code']

/** Where a party has it from. */
export const signalSources = [
  { code: 'own-observation', en: 'Own observation', nl: 'Eigen waarneming' },
  { code: 'subject', en: 'The subject itself', nl: 'De betrokkene zelf' },
  { code: 'another-agency', en: 'Another agency', nl: 'Een andere organisatie' },
  { code: 'private-person', en: 'A private person', nl: 'Een particulier' },
  { code: 'public-source', en: 'A public source', nl: 'Een openbare bron' },
] as const satisfies readonly Code[]
export type SignalSource = (typeof signalSources)[number]['code']

/** Why a term is extended (AVG art. 12 lid 3; for access of police data Wpg art. 25 lid 2). */
export const extensionReasons = [
  { code: 'complex', en: 'The request is complex', nl: 'Het verzoek is ingewikkeld' },
  { code: 'many-requests', en: 'There are many requests', nl: 'Er zijn veel verzoeken' },
] as const satisfies readonly Code[]
export type ExtensionReason = (typeof extensionReasons)[number]['code']

/** What became of a request. */
export const requestEnds = [
  { code: 'answered', en: 'Answered by letter', nl: 'Per brief beantwoord' },
  { code: 'taken-back', en: 'Taken back by who asked', nl: 'Ingetrokken door de aanvrager' },
  {
    code: 'identity-not-established',
    en: 'It could not be established who asked',
    nl: 'De identiteit van de aanvrager kon niet worden vastgesteld',
  },
  { code: 'lapsed', en: 'Nobody closed it in time', nl: 'Niemand heeft het op tijd gesloten' },
] as const satisfies readonly Code[]
export type RequestEnd = (typeof requestEnds)[number]['code']
