import { Compile } from 'typebox/compile'
import type { DisputeReason } from '../wire/codes/follow-ups.ts'
import {
  FollowUpPage,
  type FollowUpSummary,
  FollowUpView,
  FollowUpYield,
  type OutcomeBody,
  SignalFeedback,
} from '../wire/follow-up.ts'
import { type Answers, checked } from './answers.ts'
import type { Session } from './session.ts'
import type { UnderAgreement } from './signal-bodies.ts'

const viewForm = Compile(FollowUpView)
const pageForm = Compile(FollowUpPage)
const yieldForm = Compile(FollowUpYield)
const feedbackForm = Compile(SignalFeedback)

/** A follow-up as it was seen: acts are done on this version, or not at all. */
export type SeenFollowUp = Pick<FollowUpSummary, 'handle' | 'version'>

/**
 * Follow-ups at an agency: its queue, and what it does about each. An act is sent once: when the answer is
 * lost, look at the follow-up again. Does not check that the gateway tells the truth about who has the lead.
 */
export function openFollowUps({ read, pagesOf }: Answers, session: Session) {
  const queryOf = ({ hash, content }: UnderAgreement) => ({
    agreement: hash,
    purpose: content.purpose,
  })
  const act =
    <Body extends object>(word: string) =>
    async ({ handle, version }: SeenFollowUp, body: Body): Promise<FollowUpView> =>
      checked(
        viewForm,
        await session.request('POST', `/v1/follow-ups/${handle}/_${word}`, { version, ...body }),
      )
  const plainAct = (word: string) => {
    const send = act<object>(word)
    return (seen: SeenFollowUp): Promise<FollowUpView> => send(seen, {})
  }

  return {
    /** All that is open, most points first; or all that is closed or ended. */
    async list(under: UnderAgreement, state: 'open' | 'over' = 'open'): Promise<FollowUpSummary[]> {
      const pages = await pagesOf(pageForm, '/v1/follow-ups', { ...queryOf(under), state })
      return pages.flatMap(({ followUps }) => followUps)
    },

    show: (handle: string): Promise<FollowUpView> => read(viewForm, `/v1/follow-ups/${handle}`),

    acknowledge: plainAct('acknowledge'),
    takeLead: plainAct('take'),
    offerLead: act<{ readonly to: string }>('offer'),
    answerOffer: act<{ readonly answer: 'accept' | 'decline' }>('answer'),
    disputeLead: act<{ readonly reason: DisputeReason }>('dispute'),
    settleDispute: act<{ readonly lead: string }>('settle'),
    conclude: act<Omit<OutcomeBody, 'version'>>('conclude'),
    reopen: plainAct('reopen'),

    /** What became of an own signal, in fixed words. */
    feedback: (signal: string): Promise<SignalFeedback> =>
      read(feedbackForm, `/v1/signals/${signal}/feedback`),

    /** How the follow-ups that this agency may know of fare. */
    measure: (under: UnderAgreement): Promise<FollowUpYield> =>
      read(yieldForm, `/v1/follow-ups/_yield?${new URLSearchParams(queryOf(under))}`),
  }
}
