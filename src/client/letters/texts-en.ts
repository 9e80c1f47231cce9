import type { LetterTexts } from './answer-letter.ts'

export const lettersInEnglish: LetterTexts = {
  subject: {
    access: 'Answer to your request for access',
    rectification: 'Answer to your request for rectification',
    erasure: 'Answer to your request for erasure',
    restriction: 'Answer to your request for restriction',
    objection: 'Answer to your objection to the use of data',
  },
  salutation: 'Dear Sir or Madam,',
  whose: {
    self: 'you',
    jointly: 'your child',
    representative: 'your child',
    guardian: 'the person whom you represent',
    lawyer: 'your client',
  },
  asked: {
    access: (whose, day) =>
      `On ${day} you asked what is recorded about ${whose}. This letter has the answer.`,
    rectification: (whose, day) =>
      `On ${day} you asked to correct data about ${whose}. This letter has the answer.`,
    erasure: (whose, day) =>
      `On ${day} you asked to erase data about ${whose}. This letter has the answer.`,
    restriction: (whose, day) =>
      `On ${day} you asked not to use data about ${whose} for the time being. This letter has the answer.`,
    objection: (whose, day) =>
      `On ${day} you objected to the use of data about ${whose}. This letter has the answer.`,
  },
  cooperation:
    'We work with other organisations against human trafficking and exploitation. Each organisation has data of its own and decides about them itself. We passed your question on to all of them. Below you read the answer of each.',
  extended: (reason, day) =>
    `The answer could not be there within four weeks: ${reason}. It comes on ${day} at the latest.`,
  extensionReasons: {
    complex: 'your request is complex',
    'many-requests': 'there are many requests at the same time',
  },
  waiting: (day) =>
    `This organisation answers on ${day} at the latest. You then get a second letter from us.`,
  nothingToTell:
    'Of this organisation we cannot tell you anything. That does not mean that it recorded something, and it does not mean that it recorded nothing.',
  outcome: {
    provided: 'This organisation recorded a signal. This is what we may tell of it:',
    corrected: 'This organisation corrected its signal.',
    erased: 'This organisation erased its signal.',
    restricted:
      'This organisation keeps its signal and does not use it for the time being. Nor can others see it.',
    refused: 'This organisation refuses your request.',
  },
  ground: (text, article) => `The reason: ${text} (${article}).`,
  categories: (list) => `Kinds of data: ${list}.`,
  purpose: (text) => `Purpose: ${text}`,
  period: (since, until) =>
    until === undefined
      ? `Recorded since ${since}.`
      : `Recorded since ${since}. The data are kept until ${until} at the latest.`,
  source: (text) => `Where it comes from: ${text}.`,
  receiver: (name, fields, day) => `${name} could read on ${day}: ${fields}.`,
  noReceivers: 'No other organisation could read the text.',
  reviewOn: (day) => `The organisation looks at it again on ${day} at the latest.`,
  told: (name, day, answer) =>
    answer === undefined
      ? `${name} was told on ${day} and has not said yet what it did.`
      : `${name} was told on ${day}. What it did: ${answer}.`,
  questions: (desk) =>
    `Do you have questions about this answer, or do you want to see the data? Contact: ${desk}.`,
  disagree: 'Do you disagree with the answer?',
  remedies: [
    'Is the answer of a public authority? You can lodge an objection with it, within six weeks of the date of this letter (UAVG article 34; Wpg article 29).',
    'Is the answer of another organisation? You can ask the district court to decide, within six weeks of the date of this letter (UAVG article 35).',
    'You can always complain to the Dutch data protection authority: autoriteitpersoonsgegevens.nl, or Postbus 93374, 2509 AJ Den Haag (GDPR article 77; Wpg article 31a).',
  ],
  close: 'Yours sincerely,',
}
