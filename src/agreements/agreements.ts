import type { Agencies } from '../agencies/agencies.ts'
import { asFault } from '../agencies/agencies.ts'
import type { Agency, OperatorPins } from '../agencies/types.ts'
import { type Clock, shifted } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { type AgreementFacts, unknownAgreement } from '../policy/types.ts'
import { agreementHashOf } from '../proofs/agreement.ts'
import { payloadReader } from '../proofs/payload.ts'
import { claimedSigner, readStatement } from '../proofs/statement.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import {
  type AgreementAnswer,
  AgreementSignaturePayload,
  type ProposeBody,
  SuspensionPayload,
} from '../wire/agreement.ts'
import type { Library } from './library.ts'
import {
  acceptedBy,
  awaited,
  factsOf,
  isAcceptedByAll,
  isRenewalDue,
  partyOf,
  proposalProblems,
  stateOf,
} from './lifecycle.ts'
import * as store from './store.ts'
import type { Agreement, SignatureType } from './types.ts'

export type Agreements = ReturnType<typeof openAgreements>

const readSignature = payloadReader(AgreementSignaturePayload)
const readSuspension = payloadReader(SuspensionPayload)
const clockSkewSeconds = 120

/** A party's word, verified: who said what with which key. */
type Word = {
  readonly type: SignatureType
  readonly agency: Agency
  readonly signer: string
  readonly statement: string
}

const isParty = (agreement: Agreement | undefined, agency: AgencyId): agreement is Agreement =>
  agreement !== undefined && partyOf(agreement.content, agency) !== undefined

/**
 * The agreements that one operator knows. Each operator verifies every signature, content and
 * suspension itself and never takes the other's word: parties send their statements to both.
 */
export function openAgreements({
  clock,
  db,
  ledger,
  agencies,
  pins,
  library,
  operatorThumbprint,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly agencies: Agencies
  readonly pins: OperatorPins
  readonly library: Library
  /** Thumbprint of this operator's root key: suspensions must name it as their audience. */
  readonly operatorThumbprint: string
}) {
  const answerOf = (agreement: Agreement): AgreementAnswer => ({
    hash: agreement.hash,
    state: stateOf(agreement, clock.now()),
    accepted: acceptedBy(agreement),
    awaiting: awaited(agreement),
    renewalDue: isRenewalDue(agreement, clock.now()),
  })
  const viewOf = (agreement: Agreement) => ({
    ...answerOf(agreement),
    content: agreement.content,
  })

  const invalid = (message: string) => new Fault('statements/invalid', [{ message }])

  function assertNotFuture(signedAt: string): void {
    if (new Date(signedAt) > shifted(clock.now(), clockSkewSeconds)) {
      throw invalid('the signature is dated in the future')
    }
  }

  /** Verifies a party's signature over the agreement with this hash; a signatory's key counts too. */
  async function readWord(statement: string, hash: string): Promise<Word> {
    const { payload, agency, signer } = await agencies.readAgencyStatement(
      'agreement-signature',
      statement,
      readSignature,
      ({ card }) => card?.signatories ?? [],
    )
    if (payload.contentHash !== hash) throw invalid('the signature is over another agreement')
    assertNotFuture(payload.signedAt)
    return { type: payload.type, agency, signer, statement }
  }

  async function agenciesOf(names: readonly string[]): Promise<Map<string, Agency>> {
    const found = await Promise.all(names.map((name) => agencies.find(name as AgencyId)))
    return new Map(
      found.filter((agency) => agency !== undefined).map((agency) => [agency.id, agency]),
    )
  }

  /** Ledger first, then the signature and what follows from it; all or nothing. */
  async function record(tx: Tx, agreement: Agreement, word: Word): Promise<Agreement> {
    const { hash, content } = agreement
    const { type, agency, signer, statement } = word
    const added = await store.addSignature(tx, {
      hash,
      agency: agency.id,
      type,
      signer,
      statement,
      at: clock.now(),
    })
    if (!added) return agreement
    await ledger.append(tx, [
      {
        kind: 'agreement.sign',
        outcome: 'permit',
        agency: agency.id,
        agreement: hash,
        purpose: content.purpose,
        signature: type,
        signer,
      },
    ])
    const signed: Agreement = {
      ...agreement,
      signatures: [...agreement.signatures, { agency: agency.id, type, signer }],
    }
    if (content.previous !== undefined) await succeed(tx, signed, content.previous)
    return signed
  }

  /**
   * A version that all accepted takes its predecessor's place from its first day on. Revoked before
   * that day, it gives the place back; afterwards the predecessor stays ended.
   */
  async function succeed(tx: Tx, { hash, content, ...one }: Agreement, previous: string) {
    const earlier = await store.findAgreement(tx, previous)
    if (earlier === undefined) return
    const now = clock.now()
    const begins = new Date(content.validity.notBefore)
    const from = begins > now ? begins : now
    if (isAcceptedByAll({ hash, content, ...one })) {
      if (earlier.supersededAt !== undefined) return
      await ledger.append(tx, [
        {
          kind: 'agreement.supersede',
          outcome: 'permit',
          agreement: earlier.hash,
          purpose: earlier.content.purpose,
          successor: hash,
          from: from.toISOString(),
        },
      ])
      await store.setSuperseded(tx, previous, from)
    } else if (earlier.supersededAt !== undefined && earlier.supersededAt > now) {
      await store.setSuperseded(tx, previous, undefined)
    }
  }

  /** Locks an agreement and its predecessor against acts that are being decided, in that order. */
  async function lock(tx: Tx, hash: string, previous: string | undefined): Promise<void> {
    await store.lockForChange(tx, previous === undefined ? [hash] : [hash, previous])
  }

  return {
    /**
     * Takes a proposal with its proposer's signature. Proposing what is known already is welcome and
     * only adds the signature.
     * @throws Fault agreements/invalid with every fault of the proposal
     */
    async propose({ content, signature }: ProposeBody): Promise<AgreementAnswer> {
      const hash = agreementHashOf(content)
      const word = await readWord(signature, hash)
      const { agency } = word
      if (!agency.active || !content.parties.some((party) => party.agency === agency.id)) {
        throw new Fault('agreements/invalid', [{ message: 'only an active party can propose' }])
      }
      const known = await agenciesOf(content.parties.map((party) => party.agency))
      const outcome = await transact(db, 'agreements/propose', async (tx) => {
        await store.lockDomain(tx, content.domain)
        await lock(tx, hash, content.previous)
        const before = await store.findAgreement(tx, hash)
        if (before !== undefined) return { agreement: await record(tx, before, word) }
        const previous =
          content.previous === undefined
            ? undefined
            : await store.findAgreement(tx, content.previous)
        const problems = proposalProblems(content, {
          agencies: known,
          gatewayThumbprint: pins.gateway(),
          keyholderThumbprint: pins.keyholder(),
          purposesOfDomain: await store.purposesOfDomain(tx, content.domain),
          previous: isParty(previous, agency.id) ? previous : undefined,
          library,
          now: clock.now(),
        })
        if (problems.length > 0) return { problems }
        await ledger.append(tx, [
          {
            kind: 'agreement.propose',
            outcome: 'permit',
            agency: agency.id,
            agreement: hash,
            purpose: content.purpose,
            domain: content.domain,
            parties: content.parties.map((party) => party.agency),
          },
        ])
        await store.addAgreement(tx, hash, content, clock.now())
        const added = await store.findAgreement(tx, hash)
        if (added === undefined) throw new Error('an agreement vanished inside its transaction')
        return { agreement: await record(tx, added, word) }
      })
      if (outcome.agreement === undefined) {
        throw new Fault('agreements/invalid', outcome.problems ?? [])
      }
      return answerOf(outcome.agreement)
    },

    /**
     * Adds a party's accept, reject or revoke. The first word of a kind and key stands; repeating it is
     * welcome. A suspended party cannot accept, but it can leave: that only ends sharing.
     */
    async sign(hash: AgreementHash, statement: string): Promise<AgreementAnswer> {
      const word = await readWord(statement, hash)
      if (word.type === 'accept' && !word.agency.active) {
        throw invalid('a suspended agency cannot accept')
      }
      const agreement = await transact(db, 'agreements/sign', async (tx) => {
        const named = await store.findAgreement(tx, hash)
        if (!isParty(named, word.agency.id)) return undefined
        await lock(tx, hash, named.content.previous)
        const found = await store.findAgreement(tx, hash)
        return found && record(tx, found, word)
      })
      if (agreement === undefined) throw new Fault('agreements/not-found')
      return answerOf(agreement)
    },

    /**
     * On the word of an administrator of this operator, stops all acts under an agreement here, or
     * lifts that. No act that was decided before stands on the ledger after it. Statements older than
     * the one that stands are refused.
     */
    async suspend(statement: string): Promise<void> {
      const { signer, payload } = await asFault(async () => {
        const claimed = claimedSigner(statement)
        const read = await readStatement('agreement-suspension', statement, claimed)
        return { signer: claimed, payload: readSuspension(read) }
      })
      if (payload.audience !== operatorThumbprint) {
        throw invalid('the statement is meant for another operator')
      }
      assertNotFuture(payload.issuedAt)
      const { agreement: hash, suspended, cause, issuedAt } = payload
      const result = await transact(db, 'agreements/suspend', async (tx) => {
        await store.lockForChange(tx, [hash])
        const administers = await agencies.isAdministrator(tx, signer)
        const known = administers && (await store.findAgreement(tx, hash)) !== undefined
        const written =
          known &&
          (await store.putSuspension(tx, {
            hash,
            suspended,
            statement,
            issuedAt: new Date(issuedAt),
          }))
        await ledger.append(tx, [
          {
            kind: 'agreement.suspend',
            outcome: written ? 'permit' : 'refuse',
            administrator: signer,
            agreement: hash as AgreementHash,
            suspended,
            cause,
          },
        ])
        return { administers, known, written }
      })
      if (!result.administers) throw invalid('the signer is not an administrator here')
      if (!result.known) throw new Fault('agreements/not-found')
      if (!result.written) throw invalid('a later statement about this agreement stands')
    },

    /** An agreement of which `agency` is a party; others look as if they did not exist. */
    async read(agency: AgencyId, hash: AgreementHash) {
      const agreement = await store.findAgreement(db, hash)
      if (!isParty(agreement, agency)) throw new Fault('agreements/not-found')
      return viewOf(agreement)
    },

    async list(agency: AgencyId) {
      const all = await store.allAgreements(db)
      return all.filter((agreement) => isParty(agreement, agency)).map(viewOf)
    },

    /** The agreement as it stands now. For a decision take `hold`: this one may change meanwhile. */
    find: (reader: Reader, hash: string): Promise<Agreement | undefined> =>
      store.findAgreement(reader, hash),

    /**
     * The agreements as they stand until `tx` is over, by hash: nobody suspends, ends or supersedes them
     * meanwhile, so that what is decided on them still holds at the commit.
     */
    async hold(tx: Tx, hashes: readonly string[]): Promise<Map<string, Agreement | undefined>> {
      const held = new Map<string, Agreement | undefined>()
      for (const hash of [...new Set(hashes)].sort()) {
        await store.lockShared(tx, hash)
        held.set(hash, await store.findAgreement(tx, hash))
      }
      return held
    },

    /** The facts of an agreement now; those of an unknown one when it is not known here. */
    facts: (agreement: Agreement | undefined): AgreementFacts =>
      agreement === undefined ? unknownAgreement : factsOf(agreement, clock.now()),

    /** True when an agreement in force names this domain and, if given, has one of these agencies as a party. */
    async servesDomain(domain: string, anyOf?: readonly AgencyId[]): Promise<boolean> {
      const all = await store.agreementsOfDomain(db, domain)
      return all.some(
        (agreement) =>
          stateOf(agreement, clock.now()) === 'in-force' &&
          (anyOf === undefined || anyOf.some((agency) => isParty(agreement, agency))),
      )
    },
  }
}
