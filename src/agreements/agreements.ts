import type { Agencies } from '../agencies/agencies.ts'
import type { Agency, OperatorPins } from '../agencies/types.ts'
import { type Clock, clockSkewSeconds, shifted } from '../kernel/clock.ts'
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
import {
  acceptedBy,
  awaited,
  domainProblem,
  factsOf,
  isOver,
  isWithinValidity,
  partyOf,
  proposalProblems,
  stateOf,
} from './lifecycle.ts'
import * as store from './store.ts'
import type { Agreement, AgreementContent, AgreementParty } from './types.ts'

export type Agreements = ReturnType<typeof openAgreements>

const readSignature = payloadReader(AgreementSignaturePayload)
/** Proposals of one agency on which the last word has not been said. */
const mostOpenProposals = 100

const answerOf = (agreement: Agreement): AgreementAnswer => ({
  hash: agreement.hash,
  state: stateOf(agreement),
  accepted: acceptedBy(agreement),
  awaiting: awaited(agreement),
})

/**
 * The agreements that one operator knows. Each operator verifies every signature itself and never
 * takes the other's word: parties send their statements to both.
 */
export function openAgreements({
  clock,
  db,
  ledger,
  agencies,
  pins,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly agencies: Agencies
  readonly pins: OperatorPins
}) {
  /** Verifies a party's signature over the agreement with this hash. */
  async function readPartySignature(statement: string, hash: string) {
    const { payload, agency } = await agencies.readAgencyStatement(
      'agreement-signature',
      statement,
      readSignature,
    )
    if (payload.contentHash !== hash) {
      throw new Fault('statements/invalid', [
        { message: 'the signature is over another agreement' },
      ])
    }
    if (new Date(payload.signedAt) > shifted(clock.now(), clockSkewSeconds)) {
      throw new Fault('statements/invalid', [{ message: 'the signature is dated in the future' }])
    }
    return { type: payload.type, agency }
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

  /**
   * Ledger first, then the signature; both or neither. Returns the agreement with it. The last accept brings the agreement in force
   * and its parties into the domain. Call it for an accept only after `store.lockDomain`.
   */
  async function record(
    tx: Tx,
    agreement: Agreement,
    agency: AgencyId,
    type: 'accept' | 'reject' | 'revoke',
    statement: string,
  ): Promise<Agreement> {
    const added = await store.addSignature(tx, {
      hash: agreement.hash,
      agency,
      type,
      statement,
      at: clock.now(),
    })
    if (!added) return agreement
    await ledger.append(tx, [
      {
        kind: 'agreement.sign',
        outcome: 'permit',
        agency,
        agreement: agreement.hash,
        purpose: agreement.content.purpose,
        signature: type,
      },
    ])
    const after = await store.findAgreement(tx, agreement.hash)
    if (after === undefined) throw new Error('an agreement vanished inside its transaction')
    if (stateOf(after) === 'in-force') await store.addToDomain(tx, after, clock.now())
    return after
  }

  /** What is wrong with a proposal, as far as this operator can tell inside `tx`. */
  async function problemsOf(
    tx: Tx,
    content: AgreementContent,
    known: ReadonlyMap<string, Agency>,
    proposer: AgencyId,
  ): Promise<Problem[]> {
    const problems = proposalProblems(content, {
      agencies: known,
      gatewayThumbprint: pins.gateway(),
      keyholderThumbprint: pins.keyholder(),
      standing: await store.agreementsOfDomain(tx, content.domain),
      now: clock.now(),
    })
    const isNew = (await store.findAgreement(tx, agreementHashOf(content))) === undefined
    if (isNew && (await store.countOpenProposals(tx, proposer)) >= mostOpenProposals) {
      problems.push({ message: 'too many of your proposals wait for an answer; withdraw some' })
    }
    return problems
  }

  /** Why a party cannot accept now: its root key, or the domain, has become another's. */
  async function faultOfAccept(
    tx: Tx,
    { content }: Agreement,
    party: AgreementParty,
    agency: Agency,
  ): Promise<Fault | undefined> {
    if (party.rootThumbprint !== agency.rootThumbprint) {
      return new Fault('statements/invalid', [
        { message: 'the agreement names another root key of this agency' },
      ])
    }
    return mayUseDomain(content, await store.agreementsOfDomain(tx, content.domain))
      ? undefined
      : new Fault('agreements/invalid', [domainProblem])
  }

  return {
    /**
     * Takes a proposal with its proposer's signature. Proposing what is known already is welcome and
     * only adds the signature.
     * @throws Fault agreements/invalid with every fault of the proposal
     */
    async propose({ content, signature }: ProposeBody): Promise<AgreementAnswer> {
      const hash = agreementHashOf(content)
      const { type, agency } = await readPartySignature(signature, hash)
      if (!agency.active || !content.parties.some((party) => party.agency === agency.id)) {
        throw new Fault('agreements/invalid', [{ message: 'only an active party can propose' }])
      }
      if (type !== 'accept') {
        throw new Fault('agreements/invalid', [{ message: 'who proposes, accepts' }])
      }
      const known = await agenciesOf(content.parties.map((party) => party.agency))
      const outcome = await transact(db, 'agreements/propose', async (tx) => {
        await store.lockDomain(tx, content.domain)
        const problems = await problemsOf(tx, content, known, agency.id)
        if (problems.length > 0) {
          await ledger.append(tx, [
            { kind: 'agreement.propose', outcome: 'refuse', agency: agency.id, agreement: hash },
          ])
          return { problems }
        }
        if (await store.addAgreement(tx, hash, content, agency.id, clock.now())) {
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
        }
        const before = await store.findAgreement(tx, hash)
        if (before === undefined) throw new Error('an agreement vanished inside its transaction')
        return { agreement: await record(tx, before, agency.id, type, signature) }
      })
      if (outcome.agreement === undefined) {
        throw new Fault('agreements/invalid', outcome.problems ?? [])
      }
      return answerOf(outcome.agreement)
    },

    /**
     * Adds a party's accept, reject or revoke. The first word of a kind stands; repeating it is
     * welcome. A suspended party cannot accept, but it can leave: that only ends sharing.
     */
    async sign(hash: AgreementHash, statement: string): Promise<AgreementAnswer> {
      const { type, agency } = await readPartySignature(statement, hash)
      if (type === 'accept' && !agency.active) {
        throw new Fault('statements/invalid', [{ message: 'a suspended agency cannot accept' }])
      }
      const outcome = await transact(db, 'agreements/sign', async (tx) => {
        const found = await store.findAgreement(tx, hash)
        const party = found && partyOf(found.content, agency.id)
        if (found === undefined || party === undefined) return new Fault('agreements/not-found')
        if (type === 'accept') {
          await store.lockDomain(tx, found.content.domain)
          const fault = await faultOfAccept(tx, found, party, agency)
          if (fault !== undefined) {
            await ledger.append(tx, [
              {
                kind: 'agreement.sign',
                outcome: 'refuse',
                agency: agency.id,
                agreement: hash,
                purpose: found.content.purpose,
                signature: type,
              },
            ])
            return fault
          }
        }
        return record(tx, found, agency.id, type, statement)
      })
      if (outcome instanceof Fault) throw outcome
      return answerOf(outcome)
    },

    /** An agreement of which `agency` is a party; others look as if they did not exist. */
    async read(agency: AgencyId, hash: AgreementHash) {
      const agreement = await store.findAgreement(db, hash)
      if (agreement?.content.parties.some((party) => party.agency === agency) !== true) {
        throw new Fault('agreements/not-found')
      }
      return { ...answerOf(agreement), content: agreement.content }
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
        agreements: page.map((agreement) => ({
          ...answerOf(agreement),
          content: agreement.content,
        })),
        ...(found.length > page.length && last !== undefined ? { next: last.hash } : {}),
      }
    },

    /** The agreement as it stands inside `tx`, for whoever decides on an act under it. */
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
        (other) =>
          stateOf(other) === 'in-force' &&
          isWithinValidity(other.content, now) &&
          partyOf(other.content, agency) !== undefined,
      )
      return lowestQuotas([agreement, ...binding])
    },

    /** The facts of an agreement now; those of an unknown one when it is not known here. */
    facts: (agreement: Agreement | undefined): AgreementFacts =>
      agreement === undefined ? unknownAgreement : factsOf(agreement, clock.now()),

    /** Agreements that have ended, or whose validity is past. */
    over: async (reader: Reader): Promise<AgreementHash[]> =>
      (await store.allAgreements(reader))
        .filter((agreement) => isOver(agreement, clock.now()))
        .map(({ hash }) => hash),

    /** True when an agreement in force names this domain and, if given, has this agency as a party. */
    async servesDomain(domain: string, agency?: AgencyId): Promise<boolean> {
      const all = await store.agreementsOfDomain(db, domain)
      return all.some(
        (agreement) =>
          stateOf(agreement) === 'in-force' &&
          (agency === undefined ||
            agreement.content.parties.some((party) => party.agency === agency)),
      )
    },
  }
}
