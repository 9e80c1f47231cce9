import { sealedFields } from '../../wire/codes/disclosures.ts'
import { recallAnswers } from '../../wire/codes/recalls.ts'
import {
  type AskerCode,
  type ExtensionReason,
  type RequestKind,
  type RequestOutcome,
  refusalGrounds,
  signalSources,
} from '../../wire/codes/subject-requests.ts'
import type { Code } from '../../wire/codes.ts'
import { dataCategories } from '../../wire/codes.ts'
import type { Purpose } from '../../wire/library.ts'
import type { FiledRequest, SubjectRequestPart, ToldOfSignal } from '../../wire/subject-request.ts'
import { lettersInEnglish } from './texts-en.ts'
import { lettersInDutch } from './texts-nl.ts'
import { dayInWords, type Letter, type LetterPart } from './types.ts'

/** Everything that a letter of this kind says, in one language. */
export type LetterTexts = {
  readonly subject: Readonly<Record<RequestKind, string>>
  readonly salutation: string
  readonly whose: Readonly<Record<AskerCode, string>>
  readonly asked: Readonly<Record<RequestKind, (whose: string, day: string) => string>>
  readonly cooperation: string
  readonly extended: (reason: string, day: string) => string
  readonly extensionReasons: Readonly<Record<ExtensionReason, string>>
  readonly waiting: (day: string) => string
  readonly nothingToTell: string
  readonly outcome: Readonly<Record<RequestOutcome, string>>
  readonly ground: (text: string, article: string) => string
  readonly categories: (list: string) => string
  readonly purpose: (text: string) => string
  readonly period: (since: string, until: string | undefined) => string
  readonly source: (text: string) => string
  readonly receiver: (name: string, fields: string, day: string) => string
  readonly noReceivers: string
  readonly reviewOn: (day: string) => string
  readonly told: (name: string, day: string, answer: string | undefined) => string
  readonly questions: (desk: string) => string
  readonly disagree: string
  readonly remedies: readonly string[]
  readonly close: string
}

type Language = Letter['language']

export type AnswerLetterContext = {
  readonly language: Language
  readonly sender: { readonly name: string; readonly contactDesk: string }
  readonly addressee: readonly string[]
  /** The day on the letter, `YYYY-MM-DD`. */
  readonly date: string
  /** Purposes as the gateway's library has them. */
  readonly purposes: readonly Purpose[]
}

const nameIn = (codes: readonly Code[], code: string, language: Language): string =>
  codes.find((one) => one.code === code)?.[language] ?? code

/** A word of a code inside a sentence. */
const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

/** What a party lets be told of one signal, sentence by sentence; the first says what it did. */
function sentencesOf(
  told: ToldOfSignal,
  texts: LetterTexts,
  { language, purposes }: AnswerLetterContext,
): { readonly first: string; readonly more: string[] } {
  const day = (text: string) => dayInWords(text, language)
  const names = (codes: readonly Code[], given: readonly string[]) =>
    given.map((code) => lower(nameIn(codes, code, language))).join('; ')
  const ground = refusalGrounds.find(({ code }) => code === told.ground)
  const more: string[] = []
  if (ground) more.push(texts.ground(lower(ground[language]), ground.article))
  if (told.categories) more.push(texts.categories(names(dataCategories, told.categories)))
  if (told.purpose) more.push(texts.purpose(nameIn(purposes, told.purpose, language)))
  if (told.sinceOn) {
    more.push(texts.period(day(told.sinceOn), told.untilOn && day(told.untilOn)))
  }
  if (told.source) more.push(texts.source(lower(nameIn(signalSources, told.source, language))))
  if (told.receivers?.length === 0) more.push(texts.noReceivers)
  for (const { name, fields, openedOn } of told.receivers ?? []) {
    more.push(texts.receiver(name, names(sealedFields, fields), day(openedOn)))
  }
  if (told.reviewOn) more.push(texts.reviewOn(day(told.reviewOn)))
  for (const { name, toldOn, answer } of told.told ?? []) {
    const did = answer && lower(nameIn(recallAnswers, answer, language))
    more.push(texts.told(name, day(toldOn), did))
  }
  return { first: texts.outcome[told.outcome], more }
}

function partOf(
  { name, contactDesk, state, opensOn, told }: SubjectRequestPart,
  texts: LetterTexts,
  context: AnswerLetterContext,
): LetterPart[] {
  const heading = { kind: 'heading' as const, text: name }
  if (state === 'waiting') {
    const text = texts.waiting(dayInWords(opensOn, context.language))
    return [heading, { kind: 'text', text }]
  }
  if (state === 'nothing-to-tell') return [heading, { kind: 'text', text: texts.nothingToTell }]
  const signals = told.flatMap((one): LetterPart[] => {
    const { first, more } = sentencesOf(one, texts, context)
    const text = { kind: 'text' as const, text: first }
    return more.length === 0 ? [text] : [text, { kind: 'list', items: more }]
  })
  return [heading, ...signals, { kind: 'text', text: texts.questions(contactDesk) }]
}

/**
 * The answer to a subject's request, ready to be sent by the contact point. It tells what the joined answer
 * tells, and of parties that have no signal, are late, or let nothing be told, the same words.
 * Does NOT check who gets it: that is the contact point's work (AVG art. 12 lid 6; Wpg art. 26).
 */
export function answerLetter(request: FiledRequest, context: AnswerLetterContext): Letter {
  const { language, sender, addressee, date } = context
  const texts = language === 'nl' ? lettersInDutch : lettersInEnglish
  const { kind, asker, receivedOn, extended, caseReference } = request
  const text = (one: string) => ({ kind: 'text' as const, text: one })
  return {
    language,
    sender: [sender.name, sender.contactDesk],
    addressee,
    date: dayInWords(date, language),
    reference: caseReference,
    subject: texts.subject[kind],
    parts: [
      text(texts.salutation),
      text(texts.asked[kind](texts.whose[asker], dayInWords(receivedOn, language))),
      ...(extended === undefined
        ? []
        : [
            text(
              texts.extended(
                texts.extensionReasons[extended.reason],
                dayInWords(extended.untilOn, language),
              ),
            ),
          ]),
      text(texts.cooperation),
      ...request.parts.flatMap((part) => partOf(part, texts, context)),
      { kind: 'heading', text: texts.disagree },
      { kind: 'list', items: texts.remedies },
      { kind: 'sign', lines: [texts.close, '', sender.name] },
    ],
  }
}
