import { openDomainKeys } from '../client/domain-keys.ts'
import { isClosedEpoch, UntrustworthyOperator } from '../client/errors.ts'
import type { OwnAgency } from '../client/local-api.ts'
import { provesAct } from '../client/proven-act.ts'
import { type SignSeal, signalBodiesOf } from '../client/signal-bodies.ts'
import { openTokens } from '../client/tokens.ts'
import { assertAmongParties, assertEarlierAmongParties } from '../client/whom-to-call.ts'
import { systemClock } from '../kernel/clock.ts'
import { systemRandomness } from '../kernel/random.ts'
import { verifyReceipt } from '../proofs/receipt.ts'
import type { Receipt } from '../wire/common.ts'
import type { SignalAnswer, SignalBody } from '../wire/signal.ts'
import { type Draft, rowOf } from './draft.ts'
import type { Transport } from './transport.ts'

export const sendingSteps = [
  'keys',
  'blinding',
  'proving',
  'sealing',
  'submitting',
  'receipt',
] as const
export type SendingStep = (typeof sendingSteps)[number]

/** A receipt that does not hold: the signal may stand all the same. */
export class ReceiptUnproven extends UntrustworthyOperator {}

export type Sender = ReturnType<typeof openSender>

/**
 * Makes signals in this browser and sends them through the connector. The identity of a draft ends here: it is
 * blinded before anything leaves, and nothing is sent on until the proofs of both operators hold under the
 * keys that the agency pinned.
 */
export function openSender(transport: Transport, own: OwnAgency) {
  const random = systemRandomness
  const { gateway, keyholder } = own.thumbprints
  const pins = {
    gateway: { url: '', rootThumbprint: gateway },
    keyholder: { url: '', rootThumbprint: keyholder },
  }
  const domainKeys = openDomainKeys({
    fetchManifest: (domain) => transport.get(`/api/domains/${domain}/keys`),
    pins,
    clock: systemClock,
  })

  async function bodyOf(
    draft: Draft,
    today: string,
    onStep: (step: SendingStep) => void,
  ): Promise<SignalBody> {
    const { under, correcting } = draft
    const evaluations = openTokens({
      random,
      renewKeys: domainKeys.renew,
      evaluate: async ({ agreement, epoch, points, caseReferences: [caseReference = ''] }) => {
        const answer = await transport.post('/api/evaluations', {
          agreement,
          epoch,
          points,
          caseReference,
        })
        onStep('proving')
        return answer
      },
    })
    const signSeal: SignSeal = async (signalId, { hash }, sealed) => {
      const { seal } = await transport.post<{ readonly seal: string }>('/api/seals', {
        agreement: hash,
        signalId,
        sealed,
      })
      return seal
    }
    onStep('keys')
    const [body] = await domainKeys.underOpenKeys(under.content.domain, (keys) => {
      onStep('blinding')
      return signalBodiesOf([rowOf(draft, today)], {
        agency: own.agency,
        client: own.client,
        under,
        domainKeys: keys,
        evaluations,
        random,
        signSeal,
        ...(correcting === undefined ? {} : { id: correcting.id }),
      })
    })
    if (body === undefined) throw new Error('a row has no signal')
    return body
  }

  async function assertProven(answer: SignalAnswer, draft: Draft): Promise<void> {
    const { domain } = draft.under.content
    const { ledgerKeys } = await domainKeys.keysOf(domain)
    const verdict = await verifyReceipt(answer.receipt, ledgerKeys.gateway)
    const kind = draft.correcting === undefined ? 'signal.submit' : 'signal.correct'
    const signalId = draft.prepared?.id ?? ''
    if (answer.id === signalId && provesAct(verdict, { kind, signalId, agency: own.agency })) return
    throw new ReceiptUnproven('gateway', 'its receipt does not prove that it took the signal')
  }

  return {
    /**
     * Makes what is to be sent, once; a retry sends the same. When its epoch closed meanwhile, it is made anew.
     * @throws UntrustworthyOperator before anything is sent, when a proof does not hold; ReceiptUnproven after
     */
    async send(
      draft: Draft,
      today: string,
      onStep: (step: SendingStep) => void,
    ): Promise<SignalAnswer> {
      draft.prepared ??= await bodyOf(draft, today, onStep)
      onStep('submitting')
      const { id, ...correction } = draft.prepared
      const [path, body]: readonly [string, object] =
        draft.correcting === undefined
          ? ['/api/signals', { signal: draft.prepared }]
          : [`/api/signals/${id}/_correct`, { signal: correction }]
      const answer = await transport.post<SignalAnswer>(path, body).catch((error: unknown) => {
        if (isClosedEpoch(error)) delete draft.prepared
        throw error
      })
      onStep('receipt')
      await assertProven(answer, draft)
      assertAmongParties(answer.overlaps, draft.under.content)
      assertEarlierAmongParties(answer.earlierKnown ?? [], draft.under.content)
      return answer
    },

    /** Whether a receipt proves an act on the gateway's ledger. */
    async verify(receipt: Receipt, domain: string): Promise<boolean> {
      const { ledgerKeys } = await domainKeys.keysOf(domain)
      return (await verifyReceipt(receipt, ledgerKeys.gateway)).valid
    },

    /** The epoch under which signals are made now. */
    epochOf: async (domain: string): Promise<number> => (await domainKeys.keysOf(domain)).epoch,
  }
}
