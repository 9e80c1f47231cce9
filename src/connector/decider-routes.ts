import type { FastifyInstance, FastifyRequest } from 'fastify'
import { keepAgreement } from '../client/agency-home.ts'
import { keptReleaseIn } from '../client/kept-release.ts'
import {
  type AgreementLine,
  type AgreementTold,
  type BasisTold,
  type Disclosures,
  type DisclosureTold,
  GrantBody,
  RefuseBody,
  RemarkBody,
  RequestBody,
  SignBody,
  StepUpBody,
} from '../client/local-api.ts'
import { ownCaseOf } from '../client/meant-signal.ts'
import type { Opened } from '../client/opened-fields.ts'
import { readLibrary } from '../client/operators.ts'
import type { Partner } from '../client/partner.ts'
import type { DisclosureView } from '../wire/disclosure.ts'
import { keptAgreement, keptAgreements } from './agreements.ts'
import { bodyReader, pathPart } from './body-reader.ts'
import { LocalFault } from './faults.ts'
import type { SessionHolder } from './sessions.ts'
import type { ConnectorRooms } from './types.ts'

const readGrant = bodyReader(GrantBody)
const readRefuse = bodyReader(RefuseBody)
const readRemark = bodyReader(RemarkBody)
const readStepUp = bodyReader(StepUpBody)
const readRequest = bodyReader(RequestBody)
const readSign = bodyReader(SignBody)

const disclosuresPath = '/api/disclosures/:number'

/** What is decided in the agency's name, with its keys, in this process: on disclosures and on agreements. */
export function addDeciderRoutes(server: FastifyInstance, rooms: ConnectorRooms): void {
  const { folder, home, sessions, partnerOf, holderOf } = rooms

  /** @throws LocalFault for a reporter */
  async function deciderOf(request: FastifyRequest): Promise<SessionHolder> {
    const holder = await holderOf(request)
    if (holder.role !== 'decider') throw new LocalFault('not-for-you')
    return holder
  }

  /** What the gateway's library says of these codes. Explains; decides nothing. */
  async function basesOf(codes: readonly string[]): Promise<BasisTold[]> {
    const { legalBases } = await readLibrary(home.gateway.url)
    return legalBases
      .filter(({ code }) => codes.includes(code))
      .map(({ code, article, en, nl }) => ({ code, article, en, nl }))
  }

  const told = async (partner: Partner, hash: string): Promise<AgreementTold> => {
    const agreement = await partner.agreement(hash)
    const { previous, parties } = agreement.content
    const codes = parties.flatMap(({ legalBases }) => legalBases.map(({ code }) => code))
    return {
      ...agreement,
      bases: await basesOf(codes),
      ...(previous === undefined ? {} : { previous: (await partner.agreement(previous)).content }),
    }
  }

  async function disclosureOf(request: FastifyRequest) {
    const holder = await deciderOf(request)
    const { disclosures } = partnerOf(holder)
    const number = pathPart(request, 'number')
    const view = await disclosures.show(number)
    return { holder, disclosures, number, view, under: await keptAgreement(folder, view.agreement) }
  }

  server.get('/api/disclosures', async (request): Promise<Disclosures> => {
    const { disclosures } = partnerOf(await deciderOf(request))
    const agreements = await keptAgreements(folder)
    const of = async (side: 'owner' | 'receiver') =>
      (await Promise.all(agreements.map((under) => disclosures.list(under, side)))).flat()
    return { asked: await of('owner'), asking: await of('receiver') }
  })

  server.get(disclosuresPath, async (request): Promise<DisclosureTold> => {
    const { disclosures, view, under } = await disclosureOf(request)
    const isOwner = view.side === 'owner'
    const necessity =
      isOwner && view.request !== undefined ? await disclosures.necessityOf(view, under) : undefined
    const ownCase = isOwner ? await ownCaseOf(folder, view) : view.signal.caseReference
    const [basis] = await basesOf([view.article])
    return {
      view,
      ...(basis === undefined ? {} : { basis }),
      ...(necessity === undefined ? {} : { necessity }),
      ...(ownCase === undefined ? {} : { ownCase }),
    }
  })

  server.post('/api/disclosures', async (request): Promise<DisclosureView> => {
    const holder = await deciderOf(request)
    const { code, agreement, handle, ...wanted } = readRequest(request)
    await sessions.stepUp(holder, code)
    const under = await keptAgreement(folder, agreement)
    return partnerOf(holder).disclosures.request({ handle }, wanted, under)
  })

  server.post(`${disclosuresPath}/_grant`, async (request): Promise<DisclosureView> => {
    const { code, fields, days } = readGrant(request)
    const { holder, disclosures, number, view, under } = await disclosureOf(request)
    await sessions.stepUp(holder, code)
    if ((await ownCaseOf(folder, view)) === undefined) throw new LocalFault('not-from-here')
    return disclosures.grant(number, under, { fields, days, signalId: view.signal.id })
  })

  server.post(`${disclosuresPath}/_refuse`, async (request): Promise<DisclosureView> => {
    const { reason, text } = readRefuse(request)
    const { disclosures, number } = await disclosureOf(request)
    const said = text === undefined ? {} : { text }
    return disclosures.answer(number, { answer: 'refuse', reason, ...said })
  })

  server.post(`${disclosuresPath}/_ask`, async (request): Promise<DisclosureView> => {
    const { text } = readRemark(request)
    const { disclosures, number } = await disclosureOf(request)
    return disclosures.answer(number, { answer: 'ask', text })
  })

  for (const [word, reply] of [
    ['_reply', 'answer'],
    ['_object', 'objection'],
  ] as const) {
    server.post(`${disclosuresPath}/${word}`, async (request): Promise<DisclosureView> => {
      const { text } = readRemark(request)
      const { disclosures, number } = await disclosureOf(request)
      return disclosures.reply(number, { reply, text })
    })
  }

  server.post(`${disclosuresPath}/_revoke`, async (request): Promise<{ outcome: string }> => {
    const { code } = readStepUp(request)
    const { holder, disclosures, view } = await disclosureOf(request)
    await sessions.stepUp(holder, code)
    if (view.grant === undefined) throw new LocalFault('not-found')
    return { outcome: await disclosures.revoke(view.grant.number) }
  })

  server.post(`${disclosuresPath}/_open`, async (request): Promise<{ opened: Opened }> => {
    const { code } = readStepUp(request)
    const { holder, disclosures, number, under } = await disclosureOf(request)
    await sessions.stepUp(holder, code)
    return { opened: await disclosures.open(number, under, await keptReleaseIn(folder, number)) }
  })

  server.get(
    '/api/agreements/:hash/legal-bases',
    async (request): Promise<{ legalBases: BasisTold[] }> => {
      await holderOf(request)
      const { content } = await keptAgreement(folder, pathPart(request, 'hash'))
      const own = content.parties.find(({ agency }) => agency === home.agency)
      return { legalBases: await basesOf((own?.legalBases ?? []).map(({ code }) => code)) }
    },
  )

  server.get('/api/agreements', async (request): Promise<{ agreements: AgreementLine[] }> => {
    const all = await partnerOf(await deciderOf(request)).agreements()
    return {
      agreements: all.map(({ hash, state, awaiting, renewalDue, content }) => ({
        hash,
        state,
        awaiting,
        renewalDue,
        title: content.title,
        purpose: content.purpose,
      })),
    }
  })

  server.get('/api/agreements/:hash', async (request): Promise<AgreementTold> => {
    const partner = partnerOf(await deciderOf(request))
    return told(partner, pathPart(request, 'hash'))
  })

  server.post('/api/agreements/:hash/_sign', async (request): Promise<AgreementTold> => {
    const holder = await deciderOf(request)
    const { code, type } = readSign(request)
    await sessions.stepUp(holder, code)
    const partner = partnerOf(holder)
    const hash = pathPart(request, 'hash')
    // Its content is what its hash says, or this throws: what was shown is what is signed.
    const { content } = await partner.agreement(hash)
    if (type === 'accept') {
      await partner.acceptAgreement(content)
      await keepAgreement(folder, { hash, content })
    } else if (type === 'reject') await partner.rejectAgreement(hash)
    else await partner.revokeAgreement(hash)
    return told(partner, hash)
  })
}
