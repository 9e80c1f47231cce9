import { Compile } from 'typebox/compile'
import {
  FlagList,
  type FlagOutcomeBody,
  FlagView,
  MentionAnswer,
  type MentionBody,
} from '../wire/non-punishment.ts'
import type { Answers } from './answers.ts'
import type { UnderAgreement } from './signal-bodies.ts'

const listForm = Compile(FlagList)
const viewForm = Compile(FlagView)
const mentionForm = Compile(MentionAnswer)

/** Persons who are a suspect to one agency and a presumed victim to another, looked at again. */
export const openNonPunishment = ({ read, write }: Answers) => ({
  /** For the agency that the agreement names: what waits for it, and what came of the rest. */
  async list({ hash, content }: UnderAgreement): Promise<FlagView[]> {
    const query = new URLSearchParams({ agreement: hash, purpose: content.purpose })
    return (await read(listForm, `/v1/non-punishment-flags?${query}`)).flags
  },

  close: (id: string, body: FlagOutcomeBody): Promise<FlagView> =>
    write(viewForm, `/v1/non-punishment-flags/${id}/_close`, body),

  /** For every agency: which own case somebody means who names this on the telephone. */
  mention(mention: string, { hash, content }: UnderAgreement): Promise<MentionAnswer> {
    const body: MentionBody = { agreement: hash, purpose: content.purpose, mention }
    return write(mentionForm, '/v1/non-punishment-mentions', body)
  },
})
