import type { LetterTexts } from './answer-letter.ts'

/** Dutch at level B1: short sentences, known words, the article behind the sentence. */
export const lettersInDutch: LetterTexts = {
  subject: {
    access: 'Antwoord op uw vraag om inzage',
    rectification: 'Antwoord op uw vraag om verbetering',
    erasure: 'Antwoord op uw vraag om verwijdering',
    restriction: 'Antwoord op uw vraag om beperking',
    objection: 'Antwoord op uw bezwaar tegen het gebruik van gegevens',
  },
  salutation: 'Geachte heer of mevrouw,',
  whose: {
    self: 'u',
    jointly: 'uw kind',
    representative: 'uw kind',
    guardian: 'de persoon die u vertegenwoordigt',
    lawyer: 'uw cliënt',
  },
  asked: {
    access: (whose, day) =>
      `Op ${day} vroeg u wat er over ${whose} is vastgelegd. In deze brief leest u het antwoord.`,
    rectification: (whose, day) =>
      `Op ${day} vroeg u om gegevens over ${whose} te verbeteren. In deze brief leest u het antwoord.`,
    erasure: (whose, day) =>
      `Op ${day} vroeg u om gegevens over ${whose} te verwijderen. In deze brief leest u het antwoord.`,
    restriction: (whose, day) =>
      `Op ${day} vroeg u om gegevens over ${whose} voorlopig niet te gebruiken. In deze brief leest u het antwoord.`,
    objection: (whose, day) =>
      `Op ${day} maakte u bezwaar tegen het gebruik van gegevens over ${whose}. In deze brief leest u het antwoord.`,
  },
  cooperation:
    'Wij werken samen met andere organisaties tegen mensenhandel en uitbuiting. Elke organisatie heeft eigen gegevens en beslist daar zelf over. Wij hebben uw vraag aan alle organisaties doorgegeven. Hieronder staat per organisatie wat het antwoord is.',
  extended: (reason, day) =>
    `Het antwoord kon niet binnen vier weken: ${reason}. Het komt uiterlijk op ${day}.`,
  extensionReasons: {
    complex: 'uw vraag is ingewikkeld',
    'many-requests': 'er zijn veel vragen tegelijk',
  },
  waiting: (day) =>
    `Deze organisatie antwoordt uiterlijk op ${day}. Daarna krijgt u van ons een tweede brief.`,
  nothingToTell:
    'Van deze organisatie kunnen wij u niets vertellen. Dat betekent niet dat zij iets heeft vastgelegd. Het betekent ook niet dat zij niets heeft vastgelegd.',
  outcome: {
    provided: 'Deze organisatie heeft een signaal vastgelegd. Dit mogen wij erover vertellen:',
    corrected: 'Deze organisatie heeft haar signaal verbeterd.',
    erased: 'Deze organisatie heeft haar signaal verwijderd.',
    restricted:
      'Deze organisatie bewaart haar signaal, maar gebruikt het voorlopig niet. Ook anderen kunnen het niet zien.',
    refused: 'Deze organisatie wijst uw vraag af.',
  },
  ground: (text, article) => `De reden: ${text} (${article}).`,
  categories: (list) => `Soorten gegevens: ${list}.`,
  purpose: (text) => `Doel: ${text}`,
  period: (since, until) =>
    until === undefined
      ? `Vastgelegd sinds ${since}.`
      : `Vastgelegd sinds ${since}. De gegevens worden bewaard tot uiterlijk ${until}.`,
  source: (text) => `Waar het vandaan komt: ${text}.`,
  receiver: (name, fields, day) => `${name} kreeg op ${day} te lezen: ${fields}.`,
  noReceivers: 'Geen andere organisatie kreeg de tekst te lezen.',
  reviewOn: (day) => `Uiterlijk op ${day} kijkt de organisatie er opnieuw naar.`,
  told: (name, day, answer) =>
    answer === undefined
      ? `${name} kreeg dit op ${day} te horen en heeft nog niet gezegd wat ermee is gedaan.`
      : `${name} kreeg dit op ${day} te horen. Wat ermee is gedaan: ${answer}.`,
  questions: (desk) =>
    `Hebt u vragen over dit antwoord, of wilt u de gegevens zelf zien? Neem contact op: ${desk}.`,
  disagree: 'Bent u het niet eens met het antwoord?',
  remedies: [
    'Is het antwoord van een overheidsorganisatie? Dan kunt u bij haar bezwaar maken. Doe dat binnen zes weken na de datum van deze brief (UAVG artikel 34; Wpg artikel 29).',
    'Is het antwoord van een andere organisatie? Dan kunt u de rechtbank vragen om te beslissen. Doe dat binnen zes weken na de datum van deze brief (UAVG artikel 35).',
    'U kunt altijd een klacht sturen aan de Autoriteit Persoonsgegevens: autoriteitpersoonsgegevens.nl, of Postbus 93374, 2509 AJ Den Haag (AVG artikel 77; Wpg artikel 31a).',
  ],
  close: 'Met vriendelijke groet,',
}
