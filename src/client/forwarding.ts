import { Compile } from 'typebox/compile'
import { type CorrectBody, SignalAnswer } from '../wire/signal.ts'
import type { Answers } from './answers.ts'
import type { SignSeal, UnderAgreement } from './signal-bodies.ts'
import type { BlindedBatch } from './tokens.ts'

const signalAnswer = Compile(SignalAnswer)

/** What was blinded elsewhere, with the case for which it is. */
export type ForwardedBatch = Pick<BlindedBatch, 'epoch' | 'points' | 'caseReferences'>

/**
 * The part of a partner system that needs the agency's keys, for a page that reads identities, blinds and
 * seals by itself. What passes here tells nobody who a signal is about. Nothing that comes back is verified
 * here: the page does that, against the pinned keys.
 */
export const openForwarding = ({
  agency,
  client,
  fetchManifest,
  evaluate,
  signSeal,
  answers,
}: {
  readonly agency: string
  readonly client: string
  readonly fetchManifest: (domain: string) => Promise<unknown>
  readonly evaluate: (batch: BlindedBatch) => Promise<unknown>
  readonly signSeal: SignSeal
  readonly answers: Answers
}) => ({
  /** The manifest of a domain as the gateway hands it over, signed by both operators. */
  manifest: fetchManifest,

  /** Signs a batch in the agency's name, under its agreement, and has it evaluated. */
  evaluate: (batch: ForwardedBatch, { hash, content }: UnderAgreement): Promise<unknown> =>
    evaluate({
      ...batch,
      agency,
      client,
      agreement: hash,
      purpose: content.purpose,
      domain: content.domain,
    }),

  /** Signs what was sealed in a signal, for agreements with a clause for emergencies. */
  seal: signSeal,

  /** Gives an own signal a body that was made elsewhere. */
  correct: (id: string, body: CorrectBody): Promise<SignalAnswer> =>
    answers.write(signalAnswer, `/v1/signals/${id}/_correct`, body),
})
