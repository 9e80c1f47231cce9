export type Language = 'nl' | 'en'

/** What the page of an audit package says. */
export const pageTexts = {
  nl: {
    title: 'Auditpakket controleren',
    intro:
      'Met deze pagina controleert u of dit auditpakket echt is, en of er niets aan is veranderd. De pagina werkt zonder internet. Niets verlaat uw computer.',
    choose: 'Kies het pakket',
    zip: 'Het zipbestand (of sleep het naar deze pagina)',
    folder: 'Of de map waarin u het hebt uitgepakt',
    pins: 'De vingerafdrukken van de hoofdsleutels',
    pinsWhy:
      'Vul hier in wat u buiten dit pakket om hebt gekregen. Zonder deze vingerafdrukken ziet u alleen of alles bij elkaar past, niet wie het heeft ondertekend.',
    gateway: 'Gateway',
    keyholder: 'Sleutelhouder',
    scripts: 'Deze pagina heeft JavaScript nodig. Zonder kan het ook: node verify.mjs.',
    contents: 'Wat zit erin?',
    report: 'Het jaarverslag voor de privacyfunctionaris.',
    acts: 'Alle handelingen van uw eigen systemen, als tabel en met bewijs (acts.jsonl).',
    rest: 'Wat gemachtigden voor u deden, wat anderen met uw signalen deden, gebeurtenissen, overeenkomsten met handtekeningen, het beleid, het ijkpunt van het logboek met medeondertekeningen.',
    limits:
      'Wat deze controle niet laat zien: of de gateway elke handeling heeft opgeschreven. Wie kwitanties heeft bewaard, kan die vergelijken. En een vervalst pakket kan een vervalste pagina bevatten: vergelijk de hash van deze pagina met die van uw leverancier, of gebruik het programma raakvlak audit verify.',
    other: 'English',
    found: 'Wat er is gevonden',
    busy: 'Bezig met controleren…',
    right: 'goed',
    wrong: 'fout',
    file: 'Bestand',
    state: 'Controle',
    perFile: 'Per bestand',
    made: 'Gemaakt op',
    verified: 'Alles klopt, onder de sleutels die u zelf hebt ingevuld.',
    'not-pinned':
      'Alles past bij elkaar. Vul de vingerafdrukken in om te zien of het ook van de juiste beheerders komt.',
    broken: 'Dit pakket klopt niet. Hieronder staat wat er fout is.',
  },
  en: {
    title: 'Verify an audit package',
    intro:
      'With this page you check that this audit package is real, and that nothing in it was changed. It works without the internet. Nothing leaves your computer.',
    choose: 'Choose the package',
    zip: 'The zip file (or drag it onto this page)',
    folder: 'Or the folder into which you unpacked it',
    pins: 'Thumbprints of the root keys',
    pinsWhy:
      'Enter what you were given outside of this package. Without them you only see that everything fits together, not who signed it.',
    gateway: 'Gateway',
    keyholder: 'Keyholder',
    scripts: 'This page needs JavaScript. It works without, too: node verify.mjs.',
    contents: 'What is in it?',
    report: 'The yearly report for the privacy officer.',
    acts: 'All acts of your own systems, as a table and with proof (acts.jsonl).',
    rest: 'What delegates did for you, what others did with your signals, events, agreements with their signatures, the policies, the checkpoint of the ledger with cosignatures.',
    limits:
      'What this does not show: that the gateway wrote down every act. Whoever kept receipts can compare them. And a forged package can hold a forged page: compare the hash of this page with that of your supplier, or use the program raakvlak audit verify.',
    other: 'Nederlands',
    found: 'What was found',
    busy: 'Verifying…',
    right: 'right',
    wrong: 'wrong',
    file: 'File',
    state: 'Check',
    perFile: 'File by file',
    made: 'Made at',
    verified: 'Everything holds, under the keys that you entered.',
    'not-pinned':
      'Everything fits together. Enter the thumbprints to see that it comes from the right operators, too.',
    broken: 'This package does not hold. Below stands what is wrong.',
  },
} as const
