import type { FollowUps } from '../../follow-up/follow-up.ts'
import { html } from '../../kernel/html.ts'
import {
  AcknowledgeFollowUpBody,
  AnswerOfferBody,
  DisputeLeadBody,
  OfferLeadBody,
  OutcomeBody,
  ReopenBody,
  SettleDisputeBody,
  TakeLeadBody,
} from '../../wire/follow-up.ts'
import { errorSummary, link, paragraph } from '../parts.ts'
import { reader, versionIn } from '../sent.ts'
import type { OfficersVisit, Page } from '../types.ts'
import { caseworkers } from './queue.ts'

const readers = {
  acknowledge: reader(AcknowledgeFollowUpBody),
  take: reader(TakeLeadBody),
  offer: reader(OfferLeadBody),
  answer: reader(AnswerOfferBody),
  dispute: reader(DisputeLeadBody),
  settle: reader(SettleDisputeBody),
  conclude: reader(OutcomeBody),
  reopen: reader(ReopenBody),
}

const base = '/console/follow-ups/:handle'

/** What officers do about an overlap: each the act that clients have too, on the version that was seen. */
export const overlapActPages = (followUps: FollowUps): readonly Page[] => {
  const act = (
    name: keyof typeof readers,
    work: (visit: OfficersVisit, handle: string, version: number) => Promise<unknown>,
    roles: Page['roles'] = caseworkers,
  ): Page => ({
    method: 'POST',
    path: `${base}/${name}`,
    roles,
    async show(visit) {
      const { params, form } = visit
      const handle = params.handle ?? ''
      await work(visit, handle, versionIn(form))
      return { goTo: `/console/follow-ups/${handle}` }
    },
  })
  const one = (form: URLSearchParams, name: string) => form.get(name) ?? undefined

  return [
    act('acknowledge', ({ asker }, handle, version) =>
      followUps.acknowledge(asker, handle, readers.acknowledge({ version })),
    ),
    act('take', ({ asker }, handle, version) =>
      followUps.takeLead(asker, handle, readers.take({ version })),
    ),
    act('offer', ({ asker, form }, handle, version) =>
      followUps.offerLead(asker, handle, readers.offer({ version, to: one(form, 'to') })),
    ),
    act('answer', ({ asker, form }, handle, version) =>
      followUps.answerOffer(
        asker,
        handle,
        readers.answer({ version, answer: one(form, 'answer') }),
      ),
    ),
    act('dispute', ({ asker, form }, handle, version) =>
      followUps.disputeLead(
        asker,
        handle,
        readers.dispute({ version, reason: one(form, 'reason') }),
      ),
    ),
    act(
      'settle',
      ({ asker, form }, handle, version) =>
        followUps.settleDispute(
          asker,
          handle,
          readers.settle({ version, lead: one(form, 'lead') }),
        ),
      ['coordinator'],
    ),
    concluding(followUps),
    act('reopen', ({ asker }, handle, version) =>
      followUps.reopen(asker, handle, readers.reopen({ version })),
    ),
  ]
}

const concluding = (followUps: FollowUps): Page => ({
  method: 'POST',
  path: `${base}/conclude`,
  roles: caseworkers,
  async show({ asker, form, params, text }) {
    const handle = params.handle ?? ''
    const back = `/console/follow-ups/${handle}`
    const outcome = form.get('outcome')
    if (outcome === null) {
      return {
        title: text('overlap.conclude'),
        status: 400,
        faulty: true,
        body: html`${errorSummary(text, [{ message: text('overlap.choose') }])}${paragraph(link(back, text('back')))}`,
      }
    }
    const apart = form.getAll('apart')
    const body = readers.conclude({
      version: versionIn(form),
      outcome,
      apart: outcome === 'not-the-same-person' && apart.length > 0 ? apart : undefined,
    })
    await followUps.recordOutcome(asker, handle, body)
    return { goTo: back }
  },
})
