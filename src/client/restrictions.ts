import { Compile } from 'typebox/compile'
import {
  type RestrictBody,
  RestrictionAnswer,
  RestrictionList,
  type RestrictionView,
  type ReviewRestrictionBody,
} from '../wire/restriction.ts'
import type { Answers } from './answers.ts'

const answerForm = Compile(RestrictionAnswer)
const listForm = Compile(RestrictionList)

/** Measures on signals of this agency: restricted, or kept from their subject, until it lifts them. */
export function openRestrictions({ read, write }: Answers) {
  const change = async (signal: string, act: string, body: object): Promise<RestrictionView[]> =>
    (await write(answerForm, `/v1/signals/${signal}/_${act}`, body)).restrictions

  return {
    /** All of them; what has to be looked at first. */
    list: async (): Promise<RestrictionView[]> =>
      (await read(listForm, '/v1/restrictions')).restrictions,

    /** Each act answers with what is laid on the signal afterwards. */
    lay: (signal: string, body: RestrictBody) => change(signal, 'restrict', body),
    review: (signal: string, body: ReviewRestrictionBody) => change(signal, 'review', body),
    lift: (signal: string, measure: RestrictBody['measure']) => change(signal, 'lift', { measure }),
  }
}
