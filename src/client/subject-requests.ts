import { Compile } from 'typebox/compile'
import { base64url } from '../kernel/bytes.ts'
import { type Randomness, randomUuid } from '../kernel/random.ts'
import { linkageKeys } from '../linkage/keys.ts'
import { rightsPurpose } from '../wire/codes/subject-requests.ts'
import {
  type CloseRequestBody,
  type ExtendRequestBody,
  FiledRequest,
  RequestTask,
  SubjectRequestAnswer,
  type SubjectRequestBody,
  SubjectRequestList,
  SubjectRequestView,
  type TaskAnswerBody,
} from '../wire/subject-request.ts'
import type { Answers } from './answers.ts'
import { subjectAgeOf } from './derive.ts'
import type { OpenDomainKeys, TrustedDomainKeys } from './domain-keys.ts'
import type { openEvaluations } from './evaluation.ts'
import type { Person } from './person-file.ts'
import type { UnderAgreement } from './signal-bodies.ts'

const answerForm = Compile(SubjectRequestAnswer)
const listForm = Compile(SubjectRequestList)
const viewForm = Compile(SubjectRequestView)
const filedForm = Compile(FiledRequest)
const taskForm = Compile(RequestTask)

/** What a contact point says of a request, beside who asks. */
export type Wish = Pick<SubjectRequestBody, 'kind' | 'asker' | 'identityCheck' | 'receivedOn'> & {
  /** Needed where the birth date is not known to the day; else computed from it. */
  readonly age?: SubjectRequestBody['age']
}

/**
 * Requests of subjects, for the agency that they turn to and for those that answer. The identity stays here:
 * what leaves are tokens, made as for a signal but for a purpose of their own.
 */
export function openSubjectRequests({
  agency,
  client,
  random,
  answers: { read, write },
  evaluations,
  underOpenKeys,
}: {
  readonly agency: string
  readonly client: string
  readonly random: Randomness
  readonly answers: Answers
  readonly evaluations: ReturnType<typeof openEvaluations>
  readonly underOpenKeys: <Made>(
    domain: string,
    make: (keys: OpenDomainKeys) => Promise<Made>,
  ) => Promise<Made>
}) {
  const path = (id: string, act = '') => `/v1/subject-requests/${id}${act}`

  return {
    /**
     * Prepares a request: one evaluation batch for each open epoch, counted as any other. Send the same
     * body again after an interruption.
     * @throws RangeError when nothing of the person can be linked, or its age is not known
     */
    prepare(
      { identity, caseReference }: Person,
      { age, ...wish }: Wish,
      { hash, content }: UnderAgreement,
    ): Promise<SubjectRequestBody> {
      const { keys } = linkageKeys(identity)
      if (keys.length === 0) throw new RangeError('nothing of this person can be recognised')
      const known = age ?? subjectAgeOf(identity.birthDate, wish.receivedOn)
      if (known === undefined) throw new RangeError('say how old this person is')
      const values = keys.map(({ value }) => value)
      return underOpenKeys(content.domain, async (domainKeys) => {
        const purpose = {
          agency,
          client,
          agreement: hash,
          purpose: rightsPurpose,
          caseReferences: [caseReference],
        }
        const labelled = async (of: TrustedDomainKeys) => {
          const tokens = await evaluations.tokensFor(values, of, purpose)
          return keys.map(({ type }, at) => ({
            type,
            token: base64url(tokens[at] ?? new Uint8Array()),
          }))
        }
        const { former } = domainKeys
        return {
          ...wish,
          id: randomUuid(random),
          agreement: hash,
          purpose: rightsPurpose,
          domain: content.domain,
          epoch: domainKeys.epoch,
          tokens: await labelled(domainKeys),
          ...(former === undefined
            ? {}
            : { former: { epoch: former.epoch, tokens: await labelled(former) } }),
          age: known,
          caseReference,
        }
      })
    },

    file: (body: SubjectRequestBody): Promise<SubjectRequestAnswer> =>
      write(answerForm, '/v1/subject-requests', body),

    list: (): Promise<SubjectRequestList> => read(listForm, '/v1/subject-requests'),

    show: (id: string): Promise<SubjectRequestView> => read(viewForm, path(id)),

    answer: (id: string, body: TaskAnswerBody): Promise<RequestTask> =>
      write(taskForm, path(id, '/_answer'), body),

    extend: (id: string, reason: ExtendRequestBody['reason']): Promise<FiledRequest> =>
      write(filedForm, path(id, '/_extend'), { reason }),

    close: (id: string, end: CloseRequestBody['end']): Promise<FiledRequest> =>
      write(filedForm, path(id, '/_close'), { end }),
  }
}
