import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import { GatewayProblem } from '../client/errors.ts'
import {
  CorrectionBody,
  EvaluateBody,
  type OwnAgency,
  SealBody,
  type SentSignal,
  type SignalNow,
  type SignedIn,
  SignInBody,
  SubmitBody,
} from '../client/local-api.ts'
import { batchSizes } from '../client/tokens.ts'
import type { TypedSignal } from '../client/typed-signals.ts'
import { fromBase64url } from '../kernel/bytes.ts'
import { DomainText } from '../wire/common.ts'
import { ExplainBody } from '../wire/policy.ts'
import { type SignalBody, WithdrawBody } from '../wire/signal.ts'
import { keptAgreement, keptAgreements } from './agreements.ts'
import { bodyReader, pathPart } from './body-reader.ts'
import { LocalFault } from './faults.ts'
import { idleMinutes, type SessionHolder } from './sessions.ts'
import type { ConnectorRooms } from './types.ts'

const readSignIn = bodyReader(SignInBody)
const readEvaluate = bodyReader(EvaluateBody)
const readSeal = bodyReader(SealBody)
const readSubmit = bodyReader(SubmitBody)
const readCorrection = bodyReader(CorrectionBody)
const readWithdraw = bodyReader(WithdrawBody)
const readExplain = bodyReader(ExplainBody)
const domainForm = Compile(DomainText)

/** One of the sizes to which batches are filled up: the page has no need of another. */
function assertWholeBatch(points: string): void {
  const bytes = fromBase64url(points).length
  if (batchSizes.some((size) => size * 32 === bytes)) return
  throw new LocalFault('invalid-input', ['/points'])
}

const sentSignalOf = (record: TypedSignal, holder: SessionHolder): SentSignal => {
  const { row: _row, officer, ...told } = record
  return { ...told, own: officer === holder.officer }
}

export function addReporterRoutes(server: FastifyInstance, rooms: ConnectorRooms): void {
  const { folder, home, clock, bundle, sessions, sent, partnerOf, tokenOf, holderOf } = rooms

  server.post('/api/sessions', async (request): Promise<SignedIn> => {
    const { token, holder } = await sessions.begin(readSignIn(request).code)
    return { token, name: holder.name, role: holder.role, idleMinutes }
  })

  server.post('/api/sessions/_end', async (request, reply) => {
    sessions.end(tokenOf(request))
    return reply.code(204).send()
  })

  server.get('/api/agency', async (request): Promise<OwnAgency> => {
    await holderOf(request)
    const { agency, name, client, contactDesk, gateway, keyholder } = home
    return {
      agency,
      name,
      client,
      contactDesk,
      thumbprints: { gateway: gateway.rootThumbprint, keyholder: keyholder.rootThumbprint },
      agreements: await keptAgreements(folder),
      bundle: bundle.hash,
    }
  })

  server.get('/api/domains/:domain/keys', async (request) => {
    const holder = await holderOf(request)
    const domain = pathPart(request, 'domain')
    if (!domainForm.Check(domain)) throw new LocalFault('not-found')
    return partnerOf(holder).forwarding.manifest(domain)
  })

  server.post('/api/evaluations', async (request) => {
    const holder = await holderOf(request)
    const { agreement, epoch, caseReference, points } = readEvaluate(request)
    assertWholeBatch(points)
    const batch = { epoch, points, caseReferences: [caseReference] }
    return partnerOf(holder).forwarding.evaluate(batch, await keptAgreement(folder, agreement))
  })

  server.post('/api/seals', async (request) => {
    const holder = await holderOf(request)
    const { agreement, signalId, sealed } = readSeal(request)
    const under = await keptAgreement(folder, agreement)
    return { seal: await partnerOf(holder).forwarding.seal(signalId, under, sealed) }
  })

  server.post('/api/explanations', async (request) => {
    const holder = await holderOf(request)
    return partnerOf(holder).explain(readExplain(request))
  })

  const recordOf = (signal: SignalBody, holder: SessionHolder): TypedSignal => ({
    row: `page-${signal.id}`,
    id: signal.id,
    caseReference: signal.caseReference,
    agreement: signal.agreement,
    subjectKind: signal.subjectKind,
    category: signal.category,
    epoch: signal.epoch,
    officer: holder.officer,
    sentAt: clock.now().toISOString(),
  })

  async function assertOwnBody({ agreement, onBehalfOf }: Partial<SignalBody>): Promise<void> {
    if (onBehalfOf !== undefined) throw new LocalFault('invalid-input', ['/signal/onBehalfOf'])
    await keptAgreement(folder, agreement ?? '')
  }

  server.post('/api/signals', async (request) => {
    const holder = await holderOf(request)
    const { signal } = readSubmit(request)
    await assertOwnBody(signal)
    const record = recordOf(signal, holder)
    const known = (await sent.all()).get(signal.id)
    if (known === undefined) await sent.keep(record)
    const [result] = await partnerOf(holder).submit([signal])
    if (result === undefined || 'problem' in result) {
      if (result?.problem !== undefined) throw new GatewayProblem(result.problem)
      throw new LocalFault('internal')
    }
    await sent.keep({ ...(known ?? record), receipt: result.receipt })
    return result
  })

  /** @throws LocalFault for a signal that was not sent from here */
  async function sentSignal(request: FastifyRequest): Promise<TypedSignal> {
    const found = (await sent.all()).get(pathPart(request, 'id'))
    if (found === undefined) throw new LocalFault('not-found')
    return found
  }

  server.post('/api/signals/:id/_correct', async (request) => {
    const holder = await holderOf(request)
    const record = await sentSignal(request)
    const { signal } = readCorrection(request)
    await assertOwnBody(signal)
    const answer = await partnerOf(holder).forwarding.correct(record.id, signal)
    const { category, epoch, subjectKind } = signal
    await sent.keep({ ...record, category, epoch, subjectKind, receipt: answer.receipt })
    return answer
  })

  server.post('/api/signals/:id/_withdraw', async (request) => {
    const holder = await holderOf(request)
    const { id } = await sentSignal(request)
    return partnerOf(holder).withdraw(id, readWithdraw(request).reason)
  })

  server.get('/api/signals', async (request) => {
    const holder = await holderOf(request)
    const records = [...(await sent.all()).values()].toReversed()
    return { signals: records.map((record) => sentSignalOf(record, holder)) }
  })

  server.get('/api/signals/:id', async (request): Promise<SignalNow> => {
    const holder = await holderOf(request)
    const { id, agreement } = await sentSignal(request)
    const partner = partnerOf(holder)
    const under = await keptAgreement(folder, agreement)
    const [status, feedback] = await Promise.all([
      partner.signal(id),
      partner.followUps.feedback(id),
    ])
    const mayReceive = under.content.parties.some(
      (party) => party.agency === home.agency && party.roles.includes('receive'),
    )
    const overlaps = mayReceive ? await partner.overlaps(under) : []
    const ended = mayReceive ? await partner.endedOverlaps(under) : []
    const { state, submittedAt, correctedAt, receipt } = status
    return {
      state,
      submittedAt,
      receipt,
      ...(correctedAt === undefined ? {} : { correctedAt }),
      feedback,
      overlaps: overlaps.filter(({ signal }) => signal.id === id),
      ended: ended.filter(({ signal }) => signal.id === id),
    }
  })
}
