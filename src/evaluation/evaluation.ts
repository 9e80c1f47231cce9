import type { Agencies } from '../agencies/agencies.ts'
import type { OperatorPins } from '../agencies/types.ts'
import type { Agreements } from '../agreements/agreements.ts'
import { type Delegations, onBehalfOf } from '../agreements/delegations.ts'
import type { Agreement } from '../agreements/types.ts'
import type { Decisions } from '../decisions/decisions.ts'
import { base64url, equalBytes, fromBase64url } from '../kernel/bytes.ts'
import { type Clock, isOfFuture, shifted } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgencyId, AgreementHash, ClientId } from '../kernel/ids.ts'
import type { DomainKeys, FoundShare } from '../keys/domain-keys.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Evaluation as Evaluated } from '../oprf/types.ts'
import { elementBytes } from '../oprf/types.ts'
import { factsUnder } from '../policy/facts.ts'
import { refusalOf } from '../policy/refusal.ts'
import type { Acting } from '../policy/types.ts'
import { payloadReader } from '../proofs/payload.ts'
import { digestOfStatement } from '../proofs/statement.ts'
import type { Reader } from '../store/reader.ts'
import { occasionally } from '../store/sweep.ts'
import { type Tx, transact } from '../store/transact.ts'
import { rightsPurpose } from '../wire/codes/subject-requests.ts'
import { BatchPayload } from '../wire/evaluation.ts'
import { chargedFor, secondsUntilNextDay, takeQuotas } from './quotas.ts'
import * as store from './store.ts'
import type { BatchSender, Evaluators } from './types.ts'

export type Evaluation = ReturnType<typeof openEvaluation>

const readBatch = payloadReader(BatchPayload)
const longestLifeSeconds = 3600
/** Far longer than any batch lives. */
const keepBatchesSeconds = 86_400

/**
 * One operator's work of evaluating blinded linkage keys. The same for both operators: each verifies
 * the partner's signed batch itself, decides, writes its own ledger and counts its own quota before
 * it lends its key share. Does not learn what is evaluated: the points are blinded.
 */
export function openEvaluation({
  clock,
  db,
  ledger,
  agencies,
  agreements,
  delegations,
  decisions,
  domainKeys,
  evaluators,
  pins,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly agencies: Agencies
  readonly agreements: Agreements
  readonly delegations: Delegations
  readonly decisions: Decisions
  readonly domainKeys: DomainKeys
  readonly evaluators: Evaluators
  readonly pins: OperatorPins
}) {
  const forgetBatches = occasionally(clock, keepBatchesSeconds, (before) =>
    store.forgetBatches(db, before),
  )
  const invalid = (message: string) => new Fault('evaluation/invalid-batch', [{ message }])

  /** Everything about a batch that its own text and the clock can tell. */
  function assertAcceptable(batch: BatchPayload, sender: BatchSender | undefined): void {
    if (sender && (batch.agency !== sender.agency || batch.client !== sender.client)) {
      throw invalid('the batch is signed for another agency or client')
    }
    const { gateway, keyholder } = batch.audience
    if (gateway !== pins.gateway() || keyholder !== pins.keyholder()) {
      throw invalid('the batch is meant for other operators')
    }
    const now = clock.now()
    const issued = new Date(batch.issuedAt)
    const expires = new Date(batch.expiresAt)
    if (isOfFuture(clock, issued)) throw invalid('the batch is dated in the future')
    if (expires <= now) throw invalid('the batch has expired')
    if (expires > shifted(issued, longestLifeSeconds)) throw invalid('the batch lives too long')
  }

  /** The points of a batch, flat. Whether each is a point, only the arithmetic tells. */
  function pointsOf({ points }: BatchPayload): Uint8Array {
    let bytes: Uint8Array
    try {
      bytes = fromBase64url(points)
    } catch {
      throw invalid('the points are not base64url')
    }
    if (bytes.length === 0 || bytes.length % elementBytes !== 0) {
      throw invalid('the points are not whole elements of 32 bytes')
    }
    return bytes
  }

  type Admission =
    | { readonly kind: 'admitted' }
    | { readonly kind: 'refused'; readonly fault: Fault }

  /** Counts elements for who acts and for whom it acts: all of them for both, or nothing. */
  async function takeEvaluations(tx: Tx, acting: Acting, agreement: Agreement, amount: number) {
    const { domain } = agreement.content
    const uses = chargedFor(acting).map(async (agency) => {
      const { evaluationsPerDay } = await agreements.quotasOf(tx, agreement, agency)
      return { agency, domain, kind: 'evaluation', amount, limitPerDay: evaluationsPerDay } as const
    })
    return takeQuotas(tx, clock, await Promise.all(uses))
  }

  /** Decide, append, count: what happens inside the one transaction of an evaluation. */
  async function admit(
    tx: Tx,
    batch: BatchPayload,
    {
      active,
      elements,
      share,
      bodyHash,
    }: {
      readonly active: boolean
      readonly elements: number
      /** Whether this operator has a share for the batch's domain and epoch. */
      readonly share: FoundShare['state']
      readonly bodyHash: Uint8Array
    },
  ): Promise<Admission> {
    const agency = batch.agency as AgencyId
    const agreement = (await agreements.hold(tx, [batch.agreement])).get(batch.agreement)
    const acting = await delegations.acting(tx, { agency, active }, batch)
    const act = actOf(batch)
    const facts = factsUnder(acting, {
      hash: batch.agreement as AgreementHash,
      agreement: agreements.facts(agreement, acting.agency),
      ...(act === 'evaluation.exercise-rights' ? {} : { purpose: batch.purpose }),
      domain: batch.domain,
    })
    const decision = decisions.decide(act, facts)
    let fault = decision.outcome === 'refuse' ? refusalOf(decision, facts) : undefined
    if (fault === undefined) fault = faultOf(share)
    let retry = false
    if (fault === undefined) {
      const earlier = await store.claimBatchNumber(tx, {
        agency,
        number: batch.number,
        bodyHash,
        at: clock.now(),
      })
      retry = earlier !== undefined
      if (earlier !== undefined && !equalBytes(earlier, bodyHash))
        fault = new Fault('evaluation/replayed')
    }
    if (fault === undefined && !retry && agreement !== undefined) {
      const fits = await takeEvaluations(tx, acting, agreement, elements)
      if (!fits) {
        fault = new Fault('evaluation/quota-exhausted', [], {
          retryAfterSeconds: secondsUntilNextDay(clock),
        })
        await store.releaseBatchNumber(tx, agency, batch.number)
      }
    }
    const entries = await ledger.append(tx, [
      {
        kind: act,
        outcome: fault === undefined ? 'permit' : 'refuse',
        agency,
        client: batch.client as ClientId,
        ...onBehalfOf(acting),
        agreement: batch.agreement as AgreementHash,
        purpose: batch.purpose,
        reasons:
          fault && decision.outcome === 'permit'
            ? [fault.code]
            : decision.reasons.map(({ policy }) => policy),
        domain: batch.domain,
        epoch: batch.epoch,
        elements,
        batch: batch.number,
        caseCommitment: batch.caseCommitment,
        retry,
      },
    ])
    await decisions.recordOne(tx, entries, decision, fault === undefined)
    return fault === undefined ? { kind: 'admitted' } : { kind: 'refused', fault }
  }

  /** The gateway knows who calls; here only the card says whether there is such a client. */
  async function assertOnCard({ agency, client }: BatchPayload): Promise<void> {
    const found = await agencies.findClient(agency as AgencyId, client as ClientId)
    if (found === undefined) {
      throw new Fault('statements/invalid', [
        { message: 'the batch names a client that is not on the card of its agency' },
      ])
    }
  }

  return {
    /**
     * Evaluates a partner's signed batch with this operator's share, after decision, ledger and quota.
     * An identical retry is answered again and not counted.
     * @param sender who the door says is calling; undefined at the keyholder
     * @param generation of the share that the other operator uses, as far as it is known
     * @returns with which generation of its share this operator evaluated, too
     * @throws Fault statements/invalid, evaluation/…, policy/denied, agreements/not-found
     */
    async evaluate(
      statement: string,
      sender?: BatchSender,
      generation?: number,
    ): Promise<Evaluated & { readonly generation: number }> {
      const { payload: batch, agency } = await agencies.readAgencyStatement(
        'evaluation-batch',
        statement,
        readBatch,
      )
      assertAcceptable(batch, sender)
      const points = pointsOf(batch)
      if (sender === undefined) await assertOnCard(batch)
      await forgetBatches()
      await decisions.forget()
      const share = await domainKeys.share(batch.domain, batch.epoch, generation)
      try {
        const admission = await transact(db, 'evaluation/admit', (tx) =>
          admit(tx, batch, {
            active: agency.active,
            elements: points.length / elementBytes,
            share: share.state,
            bodyHash: digestOfStatement(statement),
          }),
        )
        if (admission.kind === 'refused') throw admission.fault
        if (share.state !== 'open') throw new Fault('evaluation/unknown-domain')
        const evaluated = await evaluators.evaluate({ share: share.scalar, points })
        return { ...evaluated, generation: share.generation }
      } finally {
        if (share.state === 'open') share.scalar.fill(0)
      }
    },
  }
}

/** A batch for a subject's request names a purpose that no agreement has, and is an act of its own. */
const actOf = ({ purpose }: BatchPayload) =>
  purpose === rightsPurpose ? 'evaluation.exercise-rights' : 'evaluation.evaluate'

const faultOf = (share: FoundShare['state']): Fault | undefined => {
  if (share === 'unknown') return new Fault('evaluation/unknown-domain')
  return share === 'closed' ? new Fault('evaluation/epoch-closed') : undefined
}

/** An operator's half in the form of the public contract. */
export const wireEvaluationOf = ({ elements, proof }: Evaluated) => ({
  elements: base64url(elements),
  proof: base64url(proof),
})
