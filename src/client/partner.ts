import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { dayOf } from '../kernel/clock.ts'
import { randomUuid } from '../kernel/random.ts'
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
  EndedOverlap,
  Overlap,
  OverlapPage,
  SignalAnswer,
  type SignalBody,
  SignalStatus,
  type WithdrawBody,
} from '../wire/signal.ts'
import { lookBack } from './accesses.ts'
import { signCard } from './agency-keys.ts'
import { openAlarms } from './alarms.ts'
import { openAnswers } from './answers.ts'
import { openArchivedSignals } from './archive.ts'
import { openAuditPackages } from './audit.ts'
import { askAboutDecisions } from './decisions.ts'
import { openDisclosures } from './disclosures.ts'
import { openDomainKeys } from './domain-keys.ts'
import { openEmergencies, sealSigner } from './emergencies.ts'
import { UntrustworthyOperator } from './errors.ts'
import { openEvaluations } from './evaluation.ts'
import { openFollowUps } from './follow-ups.ts'
import { openForwarding } from './forwarding.ts'
import { openInbox } from './inbox.ts'
import { readLogs } from './logs.ts'
import { openNonPunishment } from './non-punishment.ts'
import {
  agreementPath,
  atBoth,
  bringDelegation,
  presentAtBoth,
  proposeAgreement,
  signAgreementAt,
} from './operators.ts'
import type { PartnerSettings } from './partner-settings.ts'
import { openProtectedStaff } from './protected-staff.ts'
import { openRecalls } from './recalls.ts'
import { openRestrictions } from './restrictions.ts'
import type { SignalRow } from './rows.ts'
import { openSamples } from './samples.ts'
import { openSession, type Session } from './session.ts'
import { type KeyedRow, keptUntil, signalBodiesOf, type UnderAgreement } from './signal-bodies.ts'
import { openSubjectRequests } from './subject-requests.ts'
import { openThresholds } from './thresholds.ts'
import { openWebhooks } from './webhooks.ts'
import { assertAmongParties } from './whom-to-call.ts'

export type Partner = ReturnType<typeof openPartner>

const bulkAnswer = Compile(BulkAnswer)
const overlapOrEnd = Compile(Type.Union([Overlap, EndedOverlap]))
const overlapPage = Compile(OverlapPage)
const signalAnswer = Compile(SignalAnswer)
const signalStatus = Compile(SignalStatus)
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
  officer,
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
    ...(officer === undefined ? {} : { officer }),
  })
  const answers = openAnswers(session)
  const { read, write, pagesOf } = answers
  const fetchManifest = (domain: string): Promise<unknown> =>
    session.request('GET', `/v1/domains/${domain}/keys`)
  const {
    keysOf: domainKeys,
    renew,
    underOpenKeys,
  } = openDomainKeys({
    fetchManifest,
    pins,
    clock,
  })
  const evaluations = openEvaluations({
    clock,
    random,
    signingKey: keys.signing,
    pins,
    send: (batch) => session.request('POST', '/v1/evaluations', { batch }, { idempotent: true }),
    renewKeys: renew,
    keepCases,
  })

  const signSeal = sealSigner({ agency, keys, pins, clock })

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

  const bodiesOf = async (
    rows: readonly (SignalRow | KeyedRow)[],
    under: UnderAgreement,
    change: ForAnother & { readonly id?: string },
  ): Promise<SignalBody[]> =>
    underOpenKeys(under.content.domain, (domainKeys) =>
      signalBodiesOf(rows, {
        agency,
        client,
        under,
        domainKeys,
        evaluations,
        random,
        signSeal,
        ...change,
      }),
    )

  const overlapPages = (
    { hash, content: { purpose } }: UnderAgreement,
    forAnother: ForAnother,
  ): Promise<OverlapPage[]> =>
    pagesOf(overlapPage, '/v1/overlaps', { agreement: hash, purpose, ...forAnother })

  return {
    agency,

    archivedSignals: openArchivedSignals(answers),
    followUps: openFollowUps(answers, session),

    forwarding: openForwarding({
      agency,
      client,
      fetchManifest,
      evaluate: evaluations.evaluate,
      signSeal,
      answers,
    }),

    disclosures: openDisclosures({ agency, client, keys, pins, clock, random, answers }),

    emergencies: openEmergencies({ agency, keys, pins, clock, random, answers }),

    recalls: openRecalls({ agency, keys, pins, clock, answers }),

    nonPunishment: openNonPunishment(answers),
    subjectRequests: openSubjectRequests({
      agency,
      client,
      random,
      answers,
      evaluations,
      underOpenKeys,
    }),

    restrictions: openRestrictions(answers),

    /** Looks that were drawn to be justified, and judged by another. */
    samples: openSamples(answers, pins),
    inbox: openInbox(answers),
    webhooks: openWebhooks(answers, pins),

    /**
     * The keys of a domain, trusted under both pinned roots; fetched once an hour.
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
      const pages = await pagesOf(agreementList, '/v1/agreements')
      return pages.flatMap(({ agreements }) => agreements)
    },

    /**
     * Turns rows into signals ready to be submitted: one evaluation batch, so their linkage keys
     * together must not exceed 1,024 (`runsOf` cuts them so). On behalf of another agency they become
     * signals of that agency, under its delegation.
     * @throws RangeError for a row without linkage keys, before anything is evaluated; see `keyRows`
     */
    prepare: (
      rows: readonly (SignalRow | KeyedRow)[],
      under: UnderAgreement,
      forAnother: ForAnother = {},
    ): Promise<SignalBody[]> => bodiesOf(rows, under, forAnother),

    /** Whether the period for which a row's signal may be kept is past already. */
    isPastRetention: (row: SignalRow, under: UnderAgreement): boolean =>
      keptUntil(row, under) <= dayOf(clock.now()),

    /**
     * Gives a signal of the agency's own, or one that it submitted for another, another body under the
     * same case. Does not look at the receipt; `correctRow` does.
     */
    async correct(
      id: string,
      row: SignalRow,
      under: UnderAgreement,
      forAnother: ForAnother = {},
    ): Promise<SignalAnswer> {
      const [signal] = await bodiesOf([row], under, { ...forAnother, id })
      if (signal === undefined) throw new Error('a row has no signal')
      const { id: _inThePath, ...body } = signal
      return write(signalAnswer, `/v1/signals/${id}/_correct`, body)
    },

    /** Submits prepared signals, at most 100 at once; sending them again is harmless. */
    async submit(signals: readonly SignalBody[]): Promise<BulkItem[]> {
      return (await write(bulkAnswer, '/v1/signals/_bulk', { signals })).results
    },

    /**
     * All overlaps that this agency, or one that delegated it, may know of under one agreement.
     * @throws UntrustworthyOperator for one with an agency that is no party; see also `whomToCall`
     */
    async overlaps(under: UnderAgreement, forAnother: ForAnother = {}): Promise<Overlap[]> {
      const pages = await overlapPages(under, forAnother)
      const overlaps = pages.flatMap((page) => page.overlaps)
      assertAmongParties(overlaps, under.content)
      return overlaps
    },

    /** All overlaps under one agreement that this agency, or one that delegated it, knew of and that are over. */
    async endedOverlaps(
      under: UnderAgreement,
      forAnother: ForAnother = {},
    ): Promise<EndedOverlap[]> {
      return (await overlapPages(under, forAnother)).flatMap(({ ended }) => ended)
    },

    overlap: (handle: string): Promise<Overlap | EndedOverlap> =>
      read(overlapOrEnd, `/v1/overlaps/${handle}`),

    signal: (id: string): Promise<SignalStatus> => read(signalStatus, `/v1/signals/${id}`),

    withdraw: (
      id: string,
      reason: WithdrawBody['reason'],
      forAnother: ForAnother = {},
    ): Promise<SignalStatus> =>
      write(signalStatus, `/v1/signals/${id}/_withdraw`, { reason, ...forAnother }),

    ...openThresholds({ agency, keys, pins, clock, answers }),
    ...askAboutDecisions(answers),
    ...lookBack(answers, session),
    ...readLogs(session),
    ...openAuditPackages(session),

    /** Alarms about what this agency did. */
    alarms: openAlarms(answers),

    /** Staff whom this agency protects against looks of its own people. */
    protectedStaff: openProtectedStaff(answers, (rows, under) => bodiesOf(rows, under, {})),

    /** Whether a receipt proves that its act stands on the gateway's ledger. */
    async verifyReceipt(receipt: Receipt, domain: string): Promise<ReceiptVerdict> {
      return verifyReceipt(receipt, (await domainKeys(domain)).ledgerKeys.gateway)
    },
  }
}
