import type { Agencies } from '../agencies/agencies.ts'
import type { Agency, OperatorPins } from '../agencies/types.ts'
import { type Clock, isOfFuture } from '../kernel/clock.ts'
import { Fault, type Problem } from '../kernel/fault.ts'
import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { type AgreementFacts, unknownAgreement } from '../policy/types.ts'
import { agreementHashOf } from '../proofs/agreement.ts'
import { payloadReader } from '../proofs/payload.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import {
  type AgreementAnswer,
  type AgreementList,
  AgreementSignaturePayload,
  agreementsPerPage,
  type ProposeBody,
} from '../wire/agreement.ts'
import { lowestQuotas, mayUseDomain } from './domains.ts'
import type { Library } from './library.ts'
import {
  acceptedBy,
  awaited,
  factsOf,
  isAcceptedByAll,
  isEnough,
  isRenewalDue,
  partyOf,
  stateOf,
} from './lifecycle.ts'
import { domainProblem, proposalProblems } from './proposal.ts'
import * as store from './store.ts'
import { succeed } from './succession.ts'
import type { Agreement, AgreementContent, SignatureType } from './types.ts'

export type Agreements = ReturnType<typeof openAgreements>

const readSignature = payloadReader(AgreementSignaturePayload)
/** Proposals of one agency on which the last word has not been said. */
const mostOpenProposals = 100

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
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly agencies: Agencies
  readonly pins: OperatorPins
  readonly library: Library
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
    if (isOfFuture(clock, signedAt)) {
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

  /** The agreement with the signatures on it, and which parties have another root key by now. */
  async function find(reader: Reader, hash: string): Promise<Agreement | undefined> {
    const agreement = await store.findAgreement(reader, hash)
    if (agreement === undefined) return undefined
    const { parties } = agreement.content
    const roots = await agencies.rootsOf(
      reader,
      parties.map(({ agency }) => agency),
    )
    const strangers = parties
      .filter(({ agency, rootThumbprint }) => roots.get(agency) !== rootThumbprint)
      .map(({ agency }) => agency as AgencyId)
    return { ...agreement, strangers }
  }

  /** Whether a party that had not accepted has with this accept, by the keys on its present card. */
  async function completesAcceptance(
    tx: Tx,
    agreement: Agreement,
    { agency, signer }: Word,
  ): Promise<boolean> {
    if (acceptedBy(agreement).includes(agency.id)) return false
    const card = (await agencies.find(agency.id, tx))?.card
    const keys = card === undefined ? [] : [card.signingThumbprint, ...card.signatories]
    return isEnough(agreement, agency.id, signer, keys)
  }

  /**
   * Ledger first, then the signature and what follows from it; all or nothing. The last accept brings
   * the agreement in force and its parties into the domain. Call it for an accept only after
   * `store.lockDomain`.
   */
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
    const completes = type === 'accept' && (await completesAcceptance(tx, agreement, word))
    if (completes) await store.setCompletes(tx, { hash, agency: agency.id, signer })
    if (!added && !completes) return agreement
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
      signatures: [...agreement.signatures, { agency: agency.id, type, signer, completes }],
    }
    if (isAcceptedByAll(signed)) await store.addToDomain(tx, signed, clock.now())
    await succeed(tx, { ledger, successor: signed, now: clock.now() })
    return signed
  }

  /** What is wrong with a new proposal, as far as this operator can tell inside `tx`. */
  async function problemsOf(
    tx: Tx,
    content: AgreementContent,
    known: ReadonlyMap<string, Agency>,
    proposer: AgencyId,
  ): Promise<Problem[]> {
    const previous =
      content.previous === undefined ? undefined : await store.findAgreement(tx, content.previous)
    const problems = proposalProblems(content, {
      agencies: known,
      gatewayThumbprint: pins.gateway(),
      keyholderThumbprint: pins.keyholder(),
      standing: await store.agreementsOfDomain(tx, content.domain),
      previous: isParty(previous, proposer) ? previous : undefined,
      library,
      now: clock.now(),
    })
    if ((await store.countOpenProposals(tx, proposer)) >= mostOpenProposals) {
      problems.push({ message: 'too many of your proposals wait for an answer; withdraw some' })
    }
    return problems
  }

  /** Why a party cannot accept now: its root key, or the domain, has become another's. */
  async function faultOfAccept(
    tx: Tx,
    { content }: Agreement,
    agency: Agency,
  ): Promise<Fault | undefined> {
    if (partyOf(content, agency.id)?.rootThumbprint !== agency.rootThumbprint) {
      return invalid('the agreement names another root key of this agency')
    }
    const standing = await store.agreementsOfDomain(tx, content.domain)
    return mayUseDomain(content, standing, clock.now())
      ? undefined
      : new Fault('agreements/invalid', [domainProblem])
  }

  /** Adds a party's word to an agreement that is known here, if it can be said now. */
  async function say(tx: Tx, agreement: Agreement, word: Word): Promise<Agreement | Fault> {
    const { type, agency } = word
    const fault = type === 'accept' ? await faultOfAccept(tx, agreement, agency) : undefined
    return fault === undefined ? record(tx, agreement, word) : refuse(tx, agreement, word, fault)
  }

  /** Puts a party's word that does not count on the ledger, and gives the fault on. */
  async function refuse(
    tx: Tx,
    { hash, content }: Pick<Agreement, 'hash'> & Partial<Pick<Agreement, 'content'>>,
    { type, agency, signer }: Word,
    fault: Fault,
  ): Promise<Fault> {
    await ledger.append(tx, [
      {
        kind: 'agreement.sign',
        outcome: 'refuse',
        agency: agency.id,
        agreement: hash,
        purpose: content?.purpose,
        signature: type,
        signer,
      },
    ])
    return fault
  }

  /** Why an agency cannot put this before the parties, whatever the content says. */
  function proposerProblems({ parties }: AgreementContent, { agency, type }: Word): Problem[] {
    const isParty = parties.some((party) => party.agency === agency.id)
    return [
      ...(agency.active && isParty ? [] : [{ message: 'only an active party can propose' }]),
      ...(type === 'accept' ? [] : [{ message: 'who proposes, accepts' }]),
    ]
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
      const obstacles = proposerProblems(content, word)
      const known = await agenciesOf(content.parties.map((party) => party.agency))
      const outcome = await transact(db, 'agreements/propose', async (tx) => {
        await store.lockDomain(tx, content.domain)
        // A successor stands in the chain of its predecessor, also before it is known here.
        await store.lockForChange(tx, content.previous ?? hash)
        const before = await store.findAgreement(tx, hash)
        if (before !== undefined && obstacles.length === 0) return say(tx, before, word)
        const problems =
          obstacles.length > 0 ? obstacles : await problemsOf(tx, content, known, agency.id)
        if (problems.length > 0) {
          await ledger.append(tx, [
            { kind: 'agreement.propose', outcome: 'refuse', agency: agency.id, agreement: hash },
          ])
          return new Fault('agreements/invalid', problems)
        }
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
        await store.addAgreement(tx, hash, content, agency.id, clock.now())
        const added = await store.findAgreement(tx, hash)
        if (added === undefined) throw new Error('an agreement vanished inside its transaction')
        return record(tx, added, word)
      })
      if (outcome instanceof Fault) throw outcome
      return answerOf(outcome)
    },

    /**
     * Adds a party's accept, reject or revoke. The first word of a kind and key stands; repeating it is
     * welcome. A suspended party cannot accept, but it can leave: that only ends sharing.
     */
    async sign(hash: AgreementHash, statement: string): Promise<AgreementAnswer> {
      const word = await readWord(statement, hash)
      const outcome = await transact(db, 'agreements/sign', async (tx) => {
        const named = await store.findAgreement(tx, hash)
        if (!isParty(named, word.agency.id)) {
          return refuse(tx, { hash }, word, new Fault('agreements/not-found'))
        }
        if (word.type === 'accept' && !word.agency.active) {
          return refuse(tx, named, word, invalid('a suspended agency cannot accept'))
        }
        if (word.type === 'accept') await store.lockDomain(tx, named.content.domain)
        await store.lockForChange(tx, hash)
        const found = await store.findAgreement(tx, hash)
        return found === undefined ? new Fault('agreements/not-found') : say(tx, found, word)
      })
      if (outcome instanceof Fault) throw outcome
      return answerOf(outcome)
    },

    /** An agreement of which `agency` is a party; others look as if they did not exist. */
    async read(agency: AgencyId, hash: AgreementHash) {
      const agreement = await store.findAgreement(db, hash)
      if (!isParty(agreement, agency)) throw new Fault('agreements/not-found')
      return viewOf(agreement)
    },

    /** A page of the agreements that `agency` is a party to. */
    async list(agency: AgencyId, cursor = ''): Promise<AgreementList> {
      const found = await store.agreementsOfParty(db, {
        agency,
        after: cursor,
        limit: agreementsPerPage + 1,
      })
      const page = found.slice(0, agreementsPerPage)
      const last = page.at(-1)
      return {
        agreements: page.map(viewOf),
        ...(found.length > page.length && last !== undefined ? { next: last.hash } : {}),
      }
    },

    /** The agreement as it stands now. For a decision take `hold`: this one may change meanwhile. */
    find,

    /**
     * What an agency may have in a day under this agreement: as uses are counted per domain, the
     * lowest limit of all agreements in force there that it is a party to.
     */
    async quotasOf(
      reader: Reader,
      agreement: Agreement,
      agency: AgencyId,
    ): Promise<AgreementContent['quotas']> {
      const standing = await store.agreementsOfDomain(reader, agreement.content.domain)
      const now = clock.now()
      const binding = standing.filter(
        (other) => stateOf(other, now) === 'in-force' && isParty(other, agency),
      )
      return lowestQuotas([agreement, ...binding])
    },

    /**
     * The agreements as they stand until `tx` is over, by hash: nobody suspends, ends or supersedes them
     * meanwhile, so that what is decided on them still holds at the commit.
     */
    async hold(tx: Tx, hashes: readonly string[]): Promise<Map<string, Agreement | undefined>> {
      const held = new Map<string, Agreement | undefined>()
      for (const hash of await store.lockShared(tx, hashes)) held.set(hash, await find(tx, hash))
      return held
    },

    /** The facts of an agreement now, for an act of `agency`; those of an unknown one when it is not known here. */
    facts: (agreement: Agreement | undefined, agency: AgencyId): AgreementFacts =>
      agreement === undefined ? unknownAgreement : factsOf(agreement, agency, clock.now()),

    /** Agreements under which nothing can happen any more: ended, or of a form that no longer counts. */
    async over(reader: Reader): Promise<AgreementHash[]> {
      const hashes = await store.allHashes(reader)
      const standing = (await store.findAgreements(reader, hashes))
        .filter((agreement) => stateOf(agreement, clock.now()) !== 'ended')
        .map(({ hash }) => hash)
      return hashes.filter((hash) => !standing.includes(hash))
    },

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
