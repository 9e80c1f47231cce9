import { Compile } from 'typebox/compile'
import type { Clock } from '../kernel/clock.ts'
import type { Randomness } from '../kernel/random.ts'
import { agreementHashOf } from '../proofs/agreement.ts'
import { type ReceiptVerdict, verifyReceipt } from '../proofs/receipt.ts'
import { signStatement } from '../proofs/statement.ts'
import {
  type AgreementAnswer,
  type AgreementContent,
  AgreementList,
  type AgreementSignaturePayload,
} from '../wire/agreement.ts'
import type { Receipt } from '../wire/common.ts'
import {
  type CloseBody,
  type ExplainBody,
  Explanation,
  ReviewDue,
  ReviewList,
  Simulation,
} from '../wire/policy.ts'
import {
  BulkAnswer,
  type BulkItem,
  Overlap,
  OverlapPage,
  type SignalBody,
  SignalStatus,
  type WithdrawBody,
} from '../wire/signal.ts'
import { type AgencyKeys, signCard } from './agency-keys.ts'
import { type TrustedDomainKeys, trustManifest } from './domain-keys.ts'
import { UntrustworthyOperator } from './errors.ts'
import { openEvaluations } from './evaluation.ts'
import {
  type PinnedOperators,
  presentCard,
  proposeAgreement,
  signAgreementAt,
} from './operators.ts'
import type { SignalRow } from './rows.ts'
import { openSession, type Session } from './session.ts'
import { type KeyedRow, keyedRowOf, signalBodyOf, type UnderAgreement } from './signal-bodies.ts'

export type Partner = ReturnType<typeof openPartner>

/** Who a partner system is, and whom it trusts. */
export type PartnerSettings = {
  readonly agency: string
  readonly client: string
  readonly keys: AgencyKeys
  readonly pins: PinnedOperators
  readonly clock: Clock
  readonly random: Randomness
}

const bulkAnswer = Compile(BulkAnswer)
const overlapForm = Compile(Overlap)
const overlapPage = Compile(OverlapPage)
const signalStatus = Compile(SignalStatus)
const agreementList = Compile(AgreementList)
const explanation = Compile(Explanation)
const simulation = Compile(Simulation)
const reviewList = Compile(ReviewList)
const reviewDue = Compile(ReviewDue)

const checked = <Answer>(
  form: { readonly Check: (value: unknown) => value is Answer },
  answer: unknown,
): Answer => {
  if (!form.Check(answer)) throw new UntrustworthyOperator('gateway', 'it answered in another form')
  return answer
}

/**
 * A partner system: the one way for an agency to take part. Identities go in; what comes out to the
 * operators is blinded, then tokens, sealed fields and codes. Trusts the operators only as far as
 * their proofs under the pinned root keys go.
 */
export function openPartner({ agency, client, keys, pins, clock, random }: PartnerSettings) {
  const session: Session = openSession({
    gatewayUrl: pins.gateway.url,
    clientId: `${agency}.${client}`,
    key: keys.client,
    clock,
    random,
  })
  const evaluations = openEvaluations({
    clock,
    random,
    signingKey: keys.signing,
    pins,
    send: (batch) => session.request('POST', '/v1/evaluations', { batch }, { idempotent: true }),
  })
  const trusted = new Map<string, Promise<TrustedDomainKeys>>()

  const fetchDomainKeys = async (domain: string): Promise<TrustedDomainKeys> =>
    trustManifest(
      await session.request('GET', `/v1/domains/${domain}/keys`, undefined, { idempotent: true }),
      domain,
      pins,
    )

  function domainKeys(domain: string): Promise<TrustedDomainKeys> {
    const known = trusted.get(domain) ?? fetchDomainKeys(domain)
    trusted.set(domain, known)
    known.catch(() => trusted.delete(domain))
    return known
  }

  const signatureOver = (contentHash: string, type: AgreementSignaturePayload['type']) =>
    signStatement(
      'agreement-signature',
      { contentHash, agency, type, signedAt: clock.now().toISOString() },
      keys.signing,
    )

  return {
    agency,

    /** The keys of a domain, trusted under both pinned roots; fetched once. */
    domainKeys,

    /** Declares the agency's keys and machines to both operators, under its root key. */
    async presentCard(contactDesk: string, version: number): Promise<void> {
      const card = await signCard(keys, {
        agency,
        client,
        version,
        contactDesk,
        issuedAt: clock.now(),
      })
      await presentCard(pins.gateway, card)
      await presentCard(pins.keyholder, card)
    },

    /** Accepts an agreement at both operators, proposing it where it is not known yet. */
    async acceptAgreement(content: AgreementContent): Promise<AgreementAnswer> {
      const signature = await signatureOver(agreementHashOf(content), 'accept')
      await proposeAgreement(pins.keyholder, content, signature)
      return proposeAgreement(pins.gateway, content, signature)
    },

    /** Ends an agreement for all its parties: said to both operators, each verifies it itself. */
    async revokeAgreement(hash: string): Promise<void> {
      const signature = await signatureOver(hash, 'revoke')
      const results = await Promise.allSettled([
        signAgreementAt(pins.keyholder, hash, signature),
        signAgreementAt(pins.gateway, hash, signature),
      ])
      const failed = results.find((result) => result.status === 'rejected')
      if (failed) throw failed.reason
    },

    /** All agreements that this agency is a party to, page after page. */
    async agreements(): Promise<AgreementList['agreements']> {
      const found: AgreementList['agreements'] = []
      let cursor: string | undefined
      do {
        const query = new URLSearchParams(cursor === undefined ? {} : { cursor })
        const answer = await session.request('GET', `/v1/agreements?${query}`, undefined, {
          idempotent: true,
        })
        const page = checked(agreementList, answer)
        found.push(...page.agreements)
        cursor = page.next
      } while (cursor !== undefined)
      return found
    },

    /**
     * Turns rows into signals ready to be submitted: one evaluation batch, so their linkage keys
     * together must not exceed 1,024 (`runsOf` cuts them so).
     */
    async prepare(
      rows: readonly (SignalRow | KeyedRow)[],
      under: UnderAgreement,
    ): Promise<SignalBody[]> {
      const keyed = rows.map((row) => ('keys' in row ? row : keyedRowOf(row)))
      const { purpose, domain } = under.content
      const known = await domainKeys(domain)
      const tokens = await evaluations.tokensFor(
        keyed.flatMap((one) => one.keys.map(({ value }) => value)),
        known,
        {
          agency,
          client,
          agreement: under.hash,
          purpose,
          caseReferences: keyed.map(({ row }) => row.caseReference),
        },
      )
      let next = 0
      return Promise.all(
        keyed.map(({ row, keys: own }) => {
          const first = next
          next += own.length
          return signalBodyOf({
            row,
            keys: own,
            tokens: tokens.slice(first, next),
            under,
            domainKeys: known,
            owner: agency,
            random,
          })
        }),
      )
    },

    /** Submits prepared signals, at most 100 at once; sending them again is harmless. */
    async submit(signals: readonly SignalBody[]): Promise<BulkItem[]> {
      const answer = await session.request(
        'POST',
        '/v1/signals/_bulk',
        { signals },
        { idempotent: true },
      )
      return checked(bulkAnswer, answer).results
    },

    /** All overlaps that this agency may know of under one agreement, page after page. */
    async overlaps(under: UnderAgreement): Promise<Overlap[]> {
      const found: Overlap[] = []
      let cursor: string | undefined
      do {
        const query = new URLSearchParams({
          agreement: under.hash,
          purpose: under.content.purpose,
          ...(cursor === undefined ? {} : { cursor }),
        })
        const answer = await session.request('GET', `/v1/overlaps?${query}`, undefined, {
          idempotent: true,
        })
        const page = checked(overlapPage, answer)
        found.push(...page.overlaps)
        cursor = page.next
      } while (cursor !== undefined)
      return found
    },

    async overlap(handle: string): Promise<Overlap> {
      const answer = await session.request('GET', `/v1/overlaps/${handle}`, undefined, {
        idempotent: true,
      })
      return checked(overlapForm, answer)
    },

    async signal(id: string): Promise<SignalStatus> {
      const answer = await session.request('GET', `/v1/signals/${id}`, undefined, {
        idempotent: true,
      })
      return checked(signalStatus, answer)
    },

    async withdraw(id: string, reason: WithdrawBody['reason']): Promise<SignalStatus> {
      const path = `/v1/signals/${id}/_withdraw`
      return checked(
        signalStatus,
        await session.request('POST', path, { reason }, { idempotent: true }),
      )
    },

    /** What would be decided on an act, and why; nothing is done. */
    async explain(question: ExplainBody): Promise<Explanation> {
      const answer = await session.request('POST', '/v1/decisions/_explain', question)
      return checked(explanation, answer)
    },

    /** Which of the agency's own decisions of the last 90 days a draft would turn. */
    async simulate(draft: AgreementContent): Promise<Simulation> {
      const answer = await session.request('POST', '/v1/decisions/_simulate', { draft })
      return checked(simulation, answer)
    },

    /** The reviews that policies ask of the agency. */
    async reviews(): Promise<ReviewDue[]> {
      const answer = await session.request('GET', '/v1/reviews', undefined, { idempotent: true })
      return checked(reviewList, answer).reviews
    },

    async closeReview(id: string, finding: CloseBody['finding']): Promise<ReviewDue> {
      const path = `/v1/reviews/${id}/_close`
      return checked(reviewDue, await session.request('POST', path, { finding }))
    },

    /** Whether a receipt proves that its act stands on the gateway's ledger. */
    async verifyReceipt(receipt: Receipt, domain: string): Promise<ReceiptVerdict> {
      return verifyReceipt(receipt, (await domainKeys(domain)).ledgerKeys.gateway)
    },
  }
}
