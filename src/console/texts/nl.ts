import type { en } from './en.ts'

/** What the console says in Dutch: the same keys as `en.ts`. */
export const nl: Readonly<Record<keyof typeof en, string>> = {
  brand: 'Raakvlak',
  'brand.tagline': 'Zaken die elkaar raken, zonder te tonen over wie ze gaan',
  skip: 'Naar de inhoud',
  menu: 'Menu',
  'menu.start': 'Start',
  language: 'Taal',
  'language.nl': 'Nederlands',
  'language.en': 'English',
  'sign-in': 'Inloggen',
  'sign-out': 'Uitloggen',
  'signed-in-as': '{name}, {agency}',
  'footer.help': 'Hulp',
  'footer.accessibility': 'Toegankelijkheid',
  'footer.public': 'Over Raakvlak',
  'footer.sessions': 'Mijn sessies',
  'print.by': 'Afgedrukt uit Raakvlak door {officer} ({agency}), opgevraagd op {at}',
  'print.purpose': 'Voor het doel: {purpose}',
  'title.error': 'Fout: {title}',
  yes: 'Ja',
  no: 'Nee',
  save: 'Bewaren',
  cancel: 'Annuleren',
  back: 'Terug',
  'next-page': 'Volgende pagina',
  'first-page': 'Eerste pagina',
  none: 'Geen',
  unknown: 'Onbekend',
  'region.scroll': 'Tabel: {name}. Schuif opzij om alles te zien.',
  'role.reporter': 'Melder',
  'role.analyst': 'Analist',
  'role.coordinator': 'Coördinator',
  'role.privacy-officer': 'Privacyfunctionaris',
  'role.administrator': 'Beheerder',

  'error.summary': 'Er moet iets worden verbeterd',
  'error.400.title': 'Dit kan zo niet worden aangenomen',
  'error.400.text': 'Verbeter wat hieronder staat en verstuur het opnieuw.',
  'error.401.title': 'U bent niet ingelogd',
  'error.401.text':
    'U was niet ingelogd, of uw sessie is afgelopen: na 15 minuten zonder klik, en altijd na 8 uur. Er is niets gedaan.',
  'error.403.title': 'Dit mag u niet doen',
  'error.403.text':
    'Uw rol, de overeenkomst of het beleid staat het niet toe. Dat u het probeerde, staat in het logboek.',
  'error.404.title': 'Hier is niets voor u',
  'error.404.text':
    'Controleer het adres. Wat van een andere organisatie is, ziet er net zo uit als wat niet bestaat.',
  'error.405.title': 'Dit kan hier niet',
  'error.405.text': 'Ga terug en gebruik de knoppen van de pagina.',
  'error.409.title': 'Iemand was u voor',
  'error.409.text':
    'Wat u zag, is sindsdien veranderd. Bekijk het opnieuw en beslis dan. Er is niets gedaan.',
  'error.413.title': 'Dat was te lang',
  'error.413.text': 'Stuur een kortere tekst.',
  'error.429.title': 'Te veel verzoeken',
  'error.429.text': 'Wacht een minuut en probeer het opnieuw.',
  'error.500.title': 'Er ging iets mis aan onze kant',
  'error.500.text':
    'Er is niets verloren. Probeer het opnieuw; blijft het zo, bel dan het loket van de gateway en noem dit nummer: {request}',
  'error.503.title': 'De gateway is even niet bereikbaar',
  'error.503.text':
    'Probeer het over een minuut opnieuw. Wat u typte staat nog in uw browser als u teruggaat.',
  'error.csrf':
    'Het formulier is niet vanuit deze console verstuurd, of uw sessie is veranderd sinds het werd geopend. Open de pagina opnieuw.',
  'error.reasons': 'Waarom',
  'error.number': 'Nummer van dit verzoek: {request}',

  'sign-in.title': 'Inloggen',
  'sign-in.text':
    'U logt in bij de inlogdienst van uw eigen organisatie, met een tweede factor. De gateway bewaart geen wachtwoord.',
  'sign-in.button': 'Verder naar inloggen',
  'sign-in.failed.title': 'U bent niet ingelogd',
  'sign-in.failed.text':
    'Het inloggen is niet afgemaakt, duurde langer dan tien minuten of was al gebruikt. Begin opnieuw.',
  'sign-in.refused.title': 'U hebt hier geen toegang',
  'sign-in.refused.text':
    'Uw inlogdienst zegt wie u bent, maar niet in welke rol en voor welke organisatie u hier werkt, of zonder tweede factor. Vraag het uw beheerder.',
  'sign-in.again': 'Opnieuw beginnen',
  'sign-out.done.title': 'U bent uitgelogd',
  'sign-out.done.text': 'Sluit de browser als anderen dit apparaat gebruiken.',
  'prove.title': 'Bevestig dat u het bent',
  'prove.text':
    'Voor wat u gaat doen is een tweede factor van de laatste vijf minuten nodig. Log nog eens in; u komt terug op de pagina waar u was.',
  'prove.button': 'Bevestigen met mijn tweede factor',
  'prove.expired':
    'Uw bevestiging is ouder dan vijf minuten. Bevestig in een nieuw tabblad, kom hier terug en verstuur nog eens; wat u typte staat er nog.',
  'prove.expired.link': 'Bevestigen in een nieuw tabblad',
  'prove.done.title': 'Het is bevestigd',
  'prove.done.text':
    'Vijf minuten lang mag u doen wat dit nodig heeft. U kunt dit tabblad sluiten.',
  'prove.other.title': 'Iemand anders heeft bevestigd',
  'prove.other.text': 'Wie bevestigde is niet wie was ingelogd. Beiden zijn uitgelogd.',

  'account.title': 'Inloggen (ontwikkeling)',
  'account.text':
    'Deze inlogdienst hoort bij ontwikkeling en demonstraties. In productie wordt die van uw eigen organisatie gebruikt.',
  'account.name': 'Account',
  'account.password': 'Wachtwoord',
  'account.code': 'Code van uw authenticator (6 cijfers)',
  'account.wrong':
    'Account, wachtwoord en code passen niet bij elkaar. Een code werkt één keer; wacht op de volgende.',
  'account.locked': 'Te veel pogingen. Wacht 15 minuten.',

  'start.title': 'Welkom, {name}',
  'start.role': 'U werkt hier als: {roles}.',
  'start.waits': 'Wat op u wacht',
  'start.nothing': 'Er wacht niets op u.',
  'start.open': 'Raakvlakken in uw werkvoorraad: {count}',
  'start.late': 'waarvan een termijn is verstreken: {count}',
  'start.incoming': 'Verzoeken om verstrekking die op antwoord van uw organisatie wachten: {count}',
  'start.asked': 'Eigenaren die u iets terugvroegen: {count}',
  'start.flags': 'Beoordelingen van non-punishment: {count}',
  'start.reporter':
    'Signalen voert u in op de connector van uw eigen organisatie: er gaat geen identiteit door deze site.',
  'start.reporter.link': 'Naar de pagina voor signalen',
  'start.reporter.none': 'Uw beheerder kent het adres van uw connector.',
  'start.privacy-officer': 'U kijkt terug op wat systemen en medewerkers van uw organisatie deden.',
  'start.administrator': 'U beheert overeenkomsten, systemen en sleutels van uw organisatie.',

  'public.title': 'Raakvlak',
  'public.lead':
    'Politie, gemeenten, jeugdzorg en hulporganisaties merken dat hun zaken elkaar raken, zonder elkaar te tonen over wie ze gaan.',
  'public.what': 'Wat dit is',
  'public.what.1':
    'Een organisatie die vreest dat iemand wordt uitgebuit, kan een signaal sturen. Over wie het gaat, wordt op haar eigen computer omgezet in een code. Niemand kan die code alleen terugdraaien: er zijn twee onafhankelijke partijen nodig om er een te maken, en geen van beide ziet ooit een naam.',
  'public.what.2':
    'Als signalen van twee organisaties elkaar raken, horen beide dat het zo is en wie ze kunnen bellen. Wat een signaal zegt, gaat alleen open als de organisatie die het schreef dat besluit.',
  'public.what.3':
    'Mensen beslissen, nooit dit systeem. Elke blik wordt opgeschreven in een logboek dat niet ongemerkt kan worden veranderd.',
  'public.parties': 'Wie meedoen',
  'public.parties.none': 'Er is op dit moment geen overeenkomst van kracht.',
  'public.parties.table': 'Overeenkomsten die van kracht zijn',
  'public.agreement': 'Overeenkomst',
  'public.purpose': 'Doel',
  'public.agencies': 'Organisaties',
  'public.until': 'Tot',
  'public.dpia': 'Beoordeling (DPIA)',
  'public.rights': 'Uw rechten',
  'public.rights.1':
    'U hebt recht om te weten wat er over u wordt bewaard, om het te laten verbeteren of wissen, en om bezwaar te maken. Vraag het de organisatie waarmee u te maken had: alleen zij kan zeggen of zij een signaal over u stuurde. De gateway kan u niet op naam opzoeken.',
  'public.rights.2':
    'Bent u het niet eens met het antwoord, dan kunt u een klacht indienen bij de Autoriteit Persoonsgegevens.',
  'public.ledger': 'Het logboek',
  'public.ledger.1':
    'Elke handeling staat in een openbaar logboek, als een vastlegging die niets over iemand toont. Dit is het laatste ijkpunt. Bewaar het: latere moeten het bevatten.',
  'public.ledger.checkpoint': 'Laatste ijkpunt',
  'public.ledger.size': 'Regels: {size}',
  'public.ledger.follow': 'Volg het zelf met',
  'public.ledger.key': 'Sleutel om mee te controleren',
  'public.ledger.none': 'Er is nog geen ijkpunt.',

  'sessions.title': 'Mijn sessies',
  'sessions.text': 'Waar u bent ingelogd. Beëindig wat u niet kent, en meld het uw beheerder.',
  'sessions.begun': 'Ingelogd',
  'sessions.seen': 'Laatste klik',
  'sessions.ends': 'Eindigt uiterlijk',
  'sessions.this': 'deze',
  'sessions.end-all': 'Al mijn sessies beëindigen',

  'help.title': 'Hulp',
  'accessibility.title': 'Toegankelijkheid',
  'accessibility.1':
    'Deze pagina’s zijn gemaakt om te voldoen aan WCAG 2.2, niveau AA (EN 301 549). Automatische controles gaan over elke pagina, op twee breedtes en in beide talen, voordat een wijziging wordt opgenomen; mensen bekijken de pagina’s ook.',
  'accessibility.2':
    'Alles werkt met alleen het toetsenbord en zonder scripts. Toetsen van één letter werken alleen in de werkvoorraad en zijn daar uit te zetten.',
  'accessibility.3':
    'Bekende grenzen: fouten die uit de regels van een overeenkomst komen zijn in het Engels; met gebruikers van een schermlezer is nog niet getest.',
  'accessibility.4':
    'Werkt iets niet voor u, meld het dan bij het contactpunt van uw eigen organisatie, dat het doorgeeft aan de gateway. U krijgt binnen vijf werkdagen antwoord.',
}
