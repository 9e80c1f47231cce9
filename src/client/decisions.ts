import { Compile } from 'typebox/compile'
import type { AgreementContent } from '../wire/agreement.ts'
import {
  type CloseBody,
  type ExplainBody,
  Explanation,
  type NotifyObligation,
  ObligationList,
  ReviewDue,
  ReviewList,
  Simulation,
} from '../wire/policy.ts'
import type { Answers } from './answers.ts'

const explanation = Compile(Explanation)
const simulation = Compile(Simulation)
const obligationList = Compile(ObligationList)
const reviewList = Compile(ReviewList)
const reviewDue = Compile(ReviewDue)

/** What an agency asks about decisions, and the reviews that it owes. */
export const askAboutDecisions = ({ read, write }: Answers) => ({
  /** What would be decided on an act, and why; nothing is done. */
  explain: (question: ExplainBody): Promise<Explanation> =>
    write(explanation, '/v1/decisions/_explain', question),

  /** Which decisions of the last 90 days a draft would turn: the agency's own, or those it made for another. */
  simulate: (
    draft: AgreementContent,
    forAnother: { readonly onBehalfOf?: string } = {},
  ): Promise<Simulation> => write(simulation, '/v1/decisions/_simulate', { draft, ...forAnother }),

  /** Whom policies ask the agency to tell, the newest first. */
  obligations: async (): Promise<NotifyObligation[]> =>
    (await read(obligationList, '/v1/obligations')).obligations,

  /** The reviews that policies ask of the agency. */
  reviews: async (): Promise<ReviewDue[]> => (await read(reviewList, '/v1/reviews')).reviews,

  closeReview: (id: string, finding: CloseBody['finding']): Promise<ReviewDue> =>
    write(reviewDue, `/v1/reviews/${id}/_close`, { finding }),
})
