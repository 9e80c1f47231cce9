import { Compile } from 'typebox/compile'
import { type Clock, dayOf } from '../kernel/clock.ts'
import type { Randomness } from '../kernel/random.ts'
import type { Histogram } from '../linkage/calibration.ts'
import { linkageVersion } from '../linkage/keys.ts'
import { agreementHashOf } from '../proofs/agreement.ts'
import { type ReceiptVerdict, verifyReceipt } from '../proofs/receipt.ts'
import { signStatement } from '../proofs/statement.ts'
import {
  type AgreementAnswer,
  type AgreementContent,
  AgreementList,
  type AgreementSignaturePayload,
} from '../wire/agreement.ts'
import {
  HistogramAnswer,
  type HistogramBody,
  type ThresholdMovePayload,
  ThresholdsView,
} from '../wire/calibration.ts'
import type { Receipt } from '../wire/common.ts'
import {
  BulkAnswer,
  type BulkItem,
  EndedOverlap,
  Overlap,
  OverlapPage,
  SignalAnswer,
  type SignalBody,
  SignalStatus,
  type WithdrawBody,
} from '../wire/signal.ts'
import { type AgencyKeys, signCard } from './agency-keys.ts'
import { type TrustedDomainKeys, trustManifest } from './domain-keys.ts'
import { UntrustworthyOperator } from './errors.ts'
import { openEvaluations } from './evaluation.ts'
import {
  agreementPath,
  moveThresholdsAt,
  type PinnedOperators,
  presentAtBoth,
  proposeAgreement,
  signAgreementAt,
} from './operators.ts'
import type { SignalRow } from './rows.ts'
import { openSession, type Session } from './session.ts'
import {
  type KeyedRow,
  keptUntil,
  keyedRowOf,
  signalBodyOf,
  type UnderAgreement,
} from './signal-bodies.ts'

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
const endedOverlap = Compile(EndedOverlap)
const overlapForm = Compile(Overlap)
const overlapPage = Compile(OverlapPage)
const signalAnswer = Compile(SignalAnswer)
const signalStatus = Compile(SignalStatus)
const histogramAnswer = Compile(HistogramAnswer)
const thresholdsView = Compile(ThresholdsView)
const agreementList = Compile(AgreementList)

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

  async function bodiesOf(
    rows: readonly (SignalRow | KeyedRow)[],
    under: UnderAgreement,
    id?: string,
  ): Promise<SignalBody[]> {
    const keyed = rows.map((row) => ('keys' in row ? row : keyedRowOf(row)))
    if (keyed.some(({ keys: own }) => own.length === 0)) {
      throw new RangeError('a row without linkage keys makes no signal')
    }
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
          ...(id === undefined ? {} : { id }),
        })
      }),
    )
  }

  async function* overlapPages({ hash, content: { purpose } }: UnderAgreement) {
    let cursor: string | undefined
    do {
      const query = new URLSearchParams({
        agreement: hash,
        purpose,
        ...(cursor === undefined ? {} : { cursor }),
      })
      const answer = await session.request('GET', `/v1/overlaps?${query}`, undefined, {
        idempotent: true,
      })
      const page = checked(overlapPage, answer)
      yield page
      cursor = page.next
    } while (cursor !== undefined)
  }

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
      await presentAtBoth(pins, card)
    },

    /** Presents a card that was signed before. The one that stands is welcome again. */
    presentSigned: (card: string): Promise<void> => presentAtBoth(pins, card),

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
     * @throws RangeError for a row without linkage keys, before anything is evaluated; see `keyRows`
     */
    prepare: (
      rows: readonly (SignalRow | KeyedRow)[],
      under: UnderAgreement,
    ): Promise<SignalBody[]> => bodiesOf(rows, under),

    /** Whether the period for which a row's signal may be kept is past already. */
    isPastRetention: (row: SignalRow, under: UnderAgreement): boolean =>
      keptUntil(row, under) <= dayOf(clock.now()),

    /** Gives a signal of the agency's own another body, under the same case. */
    async correct(id: string, row: SignalRow, under: UnderAgreement): Promise<SignalAnswer> {
      const [signal] = await bodiesOf([row], under, id)
      if (signal === undefined) throw new Error('a row has no signal')
      const { id: _inThePath, ...body } = signal
      const path = `/v1/signals/${id}/_correct`
      return checked(signalAnswer, await session.request('POST', path, body, { idempotent: true }))
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
      for await (const page of overlapPages(under)) found.push(...page.overlaps)
      return found
    },

    /** All overlaps under one agreement that this agency knew of and that are over. */
    async endedOverlaps(under: UnderAgreement): Promise<EndedOverlap[]> {
      const found: EndedOverlap[] = []
      for await (const page of overlapPages(under)) found.push(...page.ended)
      return found
    },

    async overlap(handle: string): Promise<Overlap | EndedOverlap> {
      const answer = await session.request('GET', `/v1/overlaps/${handle}`, undefined, {
        idempotent: true,
      })
      return endedOverlap.Check(answer) ? answer : checked(overlapForm, answer)
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

    /** Tells the gateway how alike the agency's own subjects are: counts, and nothing else. */
    async submitHistogram(
      { hash, content }: UnderAgreement,
      { subjects, counts }: Histogram,
    ): Promise<Receipt> {
      const { purpose } = content
      const body: HistogramBody = {
        purpose,
        linkage: linkageVersion,
        subjects,
        counts: [...counts],
      }
      const answer = await session.request('POST', `${agreementPath(hash)}/histograms`, body, {
        idempotent: true,
      })
      return checked(histogramAnswer, answer).receipt
    },

    /** The thresholds in force under an agreement, and how precise they are estimated to be. */
    async thresholds({ hash, content }: UnderAgreement): Promise<ThresholdsView> {
      const query = new URLSearchParams({ purpose: content.purpose })
      return checked(
        thresholdsView,
        await session.request('GET', `${agreementPath(hash)}/thresholds?${query}`, undefined, {
          idempotent: true,
        }),
      )
    },

    /** Moves thresholds for all parties, on the agency's signed word. `move` is one more than was seen. */
    async moveThresholds(
      { hash }: UnderAgreement,
      decision: Pick<ThresholdMovePayload, 'move' | 'thresholds' | 'reason' | 'explanation'>,
    ): Promise<ThresholdsView> {
      const payload: ThresholdMovePayload = {
        ...decision,
        audience: pins.gateway.rootThumbprint,
        agency,
        agreement: hash,
        linkage: linkageVersion,
        movedAt: clock.now().toISOString(),
      }
      const statement = await signStatement('threshold-move', payload, keys.signing)
      return checked(thresholdsView, await moveThresholdsAt(pins.gateway, hash, statement))
    },

    /** Whether a receipt proves that its act stands on the gateway's ledger. */
    async verifyReceipt(receipt: Receipt, domain: string): Promise<ReceiptVerdict> {
      return verifyReceipt(receipt, (await domainKeys(domain)).ledgerKeys.gateway)
    },
  }
}
