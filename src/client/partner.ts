import { Compile } from 'typebox/compile'
import type { Clock } from '../kernel/clock.ts'
import { type Randomness, randomUuid } from '../kernel/random.ts'
import type { Histogram } from '../linkage/calibration.ts'
import { linkageVersion } from '../linkage/keys.ts'
import { agreementHashOf } from '../proofs/agreement.ts'
import { type ReceiptVerdict, verifyReceipt } from '../proofs/receipt.ts'
import { type PrivateJwk, signStatement } from '../proofs/statement.ts'
import {
  type AgreementAnswer,
  type AgreementContent,
  AgreementList,
  type AgreementSignaturePayload,
  AgreementView,
} from '../wire/agreement.ts'
import {
  HistogramAnswer,
  type HistogramBody,
  type ThresholdMovePayload,
  ThresholdsView,
} from '../wire/calibration.ts'
import type { Receipt } from '../wire/common.ts'
import {
  type DelegationEndPayload,
  DelegationList,
  type DelegationPayload,
} from '../wire/delegation.ts'

import type { CardPayload } from '../wire/registry.ts'
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
import { checked, openAnswers } from './answers.ts'
import type { BatchCases } from './case-commitment.ts'
import { askAboutDecisions } from './decisions.ts'
import { type TrustedDomainKeys, trustManifest } from './domain-keys.ts'
import { GatewayProblem, NoAgreementInForce, UntrustworthyOperator } from './errors.ts'
import { openEvaluations } from './evaluation.ts'
import {
  agreementPath,
  atBoth,
  bringDelegation,
  moveThresholdsAt,
  type PinnedOperators,
  presentAtBoth,
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
  /** Hears, before each batch is sent, for which cases it is; without it nobody can account for it later. */
  readonly keepCases?: (cases: BatchCases) => Promise<void>
}

const bulkAnswer = Compile(BulkAnswer)
const overlapForm = Compile(Overlap)
const overlapPage = Compile(OverlapPage)
const signalStatus = Compile(SignalStatus)
const histogramAnswer = Compile(HistogramAnswer)
const thresholdsView = Compile(ThresholdsView)
const agreementView = Compile(AgreementView)
const agreementList = Compile(AgreementList)
const delegationList = Compile(DelegationList)

/** Acting for another agency, whose delegation this one holds. */
export type ForAnother = { readonly onBehalfOf?: string }

/**
 * A partner system: the one way for an agency to take part. Identities go in; what comes out to the
 * operators is blinded, then tokens, sealed fields and codes. Trusts the operators only as far as
 * their proofs under the pinned root keys go.
 */
export function openPartner({
  agency,
  client,
  keys,
  pins,
  clock,
  random,
  keepCases = async () => {},
}: PartnerSettings) {
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
    keepCases,
  })
  const answers = openAnswers(session)
  const { read, write } = answers
  const trusted = new Map<string, Promise<TrustedDomainKeys>>()

  async function fetchDomainKeys(domain: string): Promise<TrustedDomainKeys> {
    const manifest = await session.request('GET', `/v1/domains/${domain}/keys`).catch((error) => {
      const isUnserved =
        error instanceof GatewayProblem && error.code === 'evaluation/unknown-domain'
      throw isUnserved ? new NoAgreementInForce() : error
    })
    return trustManifest(manifest, domain, pins)
  }

  function domainKeys(domain: string): Promise<TrustedDomainKeys> {
    const known = trusted.get(domain) ?? fetchDomainKeys(domain)
    trusted.set(domain, known)
    known.catch(() => trusted.delete(domain))
    return known
  }

  const signatureOver = (
    contentHash: string,
    type: AgreementSignaturePayload['type'],
    key: PrivateJwk = keys.signing,
  ) =>
    signStatement(
      'agreement-signature',
      { contentHash, agency, type, signedAt: clock.now().toISOString() },
      key,
    )

  return {
    agency,

    /**
     * The keys of a domain, trusted under both pinned roots; fetched once.
     * @throws NoAgreementInForce while nothing is in force there for this agency
     */
    domainKeys,

    /** Declares the agency's keys and machines to both operators, under its root key. */
    async presentCard(
      contactDesk: string,
      version: number,
      signatories: NonNullable<CardPayload['signatories']> = [],
    ): Promise<void> {
      const card = await signCard(keys, {
        agency,
        client,
        version,
        contactDesk,
        signatories,
        issuedAt: clock.now(),
      })
      await presentAtBoth(pins, card)
    },

    /** Presents a card that was signed before. The one that stands is welcome again. */
    presentSigned: (card: string): Promise<void> => presentAtBoth(pins, card),

    /**
     * Accepts an agreement at both operators, proposing it where it is not known yet: with the
     * agency's signing key, or with a signatory's.
     */
    async acceptAgreement(
      content: AgreementContent,
      signatoryKey?: PrivateJwk,
    ): Promise<AgreementAnswer> {
      const signature = await signatureOver(agreementHashOf(content), 'accept', signatoryKey)
      await proposeAgreement(pins.keyholder, content, signature)
      return proposeAgreement(pins.gateway, content, signature)
    },

    /** Refuses a proposal, for all its parties, at both operators. */
    async rejectAgreement(hash: string): Promise<void> {
      const signature = await signatureOver(hash, 'reject')
      await atBoth(pins, (operator) => signAgreementAt(operator, hash, signature))
    },

    /** Ends an agreement for all its parties: said to both operators, each verifies it itself. */
    async revokeAgreement(hash: string): Promise<void> {
      const signature = await signatureOver(hash, 'revoke')
      await atBoth(pins, (operator) => signAgreementAt(operator, hash, signature))
    },

    /**
     * Lets another agency act for this one under an agreement, at both operators. Signed with the
     * signing key. @returns the number under which it can be taken back
     */
    async delegate(
      delegation: Pick<DelegationPayload, 'actingAgency' | 'agreement' | 'notBefore' | 'notAfter'>,
    ): Promise<string> {
      const number = randomUuid(random)
      const payload: DelegationPayload = {
        ...delegation,
        number,
        agency,
        issuedAt: clock.now().toISOString(),
      }
      const statement = await signStatement('delegation', payload, keys.signing)
      await bringDelegation(pins.keyholder, '/v1/delegations', statement)
      await bringDelegation(pins.gateway, '/v1/delegations', statement)
      return number
    },

    /** Takes a delegation back, for good, at both operators. */
    async endDelegation(number: string): Promise<void> {
      const payload: DelegationEndPayload = {
        number,
        agency,
        issuedAt: clock.now().toISOString(),
      }
      const statement = await signStatement('delegation-end', payload, keys.signing)
      await atBoth(pins, (operator) => bringDelegation(operator, '/v1/delegation-ends', statement))
    },

    /** Delegations that this agency gave or was given, as the gateway has them. */
    async delegations(): Promise<DelegationList['delegations']> {
      return (await read(delegationList, '/v1/delegations')).delegations
    },

    /** One agreement as the gateway has it. Its content is what its hash says, or this throws. */
    async agreement(hash: string): Promise<AgreementList['agreements'][number]> {
      const view = await read(agreementView, agreementPath(hash))
      if (view.hash !== hash || agreementHashOf(view.content) !== hash) {
        throw new UntrustworthyOperator('gateway', 'the agreement is not the one of this hash')
      }
      return view
    },

    /** All agreements that this agency is a party to, page after page. */
    async agreements(): Promise<AgreementList['agreements']> {
      const found: AgreementList['agreements'] = []
      let cursor: string | undefined
      do {
        const query = new URLSearchParams(cursor === undefined ? {} : { cursor })
        const page = await read(agreementList, `/v1/agreements?${query}`)
        found.push(...page.agreements)
        cursor = page.next
      } while (cursor !== undefined)
      return found
    },

    /**
     * Turns rows into signals ready to be submitted: one evaluation batch, so their linkage keys
     * together must not exceed 1,024 (`runsOf` cuts them so). On behalf of another agency they become
     * signals of that agency, under its delegation.
     * @throws RangeError for a row without linkage keys, before anything is evaluated; see `keyRows`
     */
    async prepare(
      rows: readonly (SignalRow | KeyedRow)[],
      under: UnderAgreement,
      { onBehalfOf }: ForAnother = {},
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
          ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
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
            owner: onBehalfOf ?? agency,
            ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
            random,
          })
        }),
      )
    },

    /** Submits prepared signals, at most 100 at once; sending them again is harmless. */
    async submit(signals: readonly SignalBody[]): Promise<BulkItem[]> {
      return (await write(bulkAnswer, '/v1/signals/_bulk', { signals })).results
    },

    /** All overlaps that this agency, or one that delegated it, may know of under one agreement. */
    async overlaps(under: UnderAgreement, { onBehalfOf }: ForAnother = {}): Promise<Overlap[]> {
      const found: Overlap[] = []
      let cursor: string | undefined
      do {
        const query = new URLSearchParams({
          agreement: under.hash,
          purpose: under.content.purpose,
          ...(cursor === undefined ? {} : { cursor }),
          ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
        })
        const page = await read(overlapPage, `/v1/overlaps?${query}`)
        found.push(...page.overlaps)
        cursor = page.next
      } while (cursor !== undefined)
      return found
    },

    overlap: (handle: string): Promise<Overlap> => read(overlapForm, `/v1/overlaps/${handle}`),

    signal: (id: string): Promise<SignalStatus> => read(signalStatus, `/v1/signals/${id}`),

    withdraw: (
      id: string,
      reason: WithdrawBody['reason'],
      forAnother: ForAnother = {},
    ): Promise<SignalStatus> =>
      write(signalStatus, `/v1/signals/${id}/_withdraw`, { reason, ...forAnother }),

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
      return (await write(histogramAnswer, `${agreementPath(hash)}/histograms`, body)).receipt
    },

    /** The thresholds in force under an agreement, and how precise they are estimated to be. */
    async thresholds({ hash, content }: UnderAgreement): Promise<ThresholdsView> {
      const query = new URLSearchParams({ purpose: content.purpose })
      return read(thresholdsView, `${agreementPath(hash)}/thresholds?${query}`)
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

    ...askAboutDecisions(answers),

    /** Whether a receipt proves that its act stands on the gateway's ledger. */
    async verifyReceipt(receipt: Receipt, domain: string): Promise<ReceiptVerdict> {
      return verifyReceipt(receipt, (await domainKeys(domain)).ledgerKeys.gateway)
    },
  }
}
