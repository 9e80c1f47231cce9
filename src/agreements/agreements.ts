import type { Agencies } from '../agencies/agencies.ts'
import type { Agency, OperatorPins } from '../agencies/types.ts'
import { type Clock, shifted } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { type AgreementFacts, unknownAgreement } from '../policy/types.ts'
import { agreementHashOf } from '../proofs/agreement.ts'
import { payloadReader } from '../proofs/payload.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import {
  type AgreementAnswer,
  AgreementSignaturePayload,
  type ProposeBody,
} from '../wire/agreement.ts'
import { acceptedBy, awaited, factsOf, proposalProblems, stateOf } from './lifecycle.ts'
import * as store from './store.ts'
import type { Agreement } from './types.ts'

export type Agreements = ReturnType<typeof openAgreements>

const readSignature = payloadReader(AgreementSignaturePayload)
const clockSkewSeconds = 120

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

  /** Ledger first, then the signature; both or neither. */
  async function record(
    tx: Tx,
    agreement: Agreement,
    agency: AgencyId,
    type: 'accept' | 'reject' | 'revoke',
    statement: string,
  ): Promise<void> {
    const added = await store.addSignature(tx, {
      hash: agreement.hash,
      agency,
      type,
      statement,
      at: clock.now(),
    })
    if (!added) return
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
      const known = await agenciesOf(content.parties.map((party) => party.agency))
      const outcome = await transact(db, 'agreements/propose', async (tx) => {
        await store.lockDomain(tx, content.domain)
        const problems = proposalProblems(content, {
          agencies: known,
          gatewayThumbprint: pins.gateway(),
          keyholderThumbprint: pins.keyholder(),
          purposesOfDomain: await store.purposesOfDomain(tx, content.domain),
          now: clock.now(),
        })
        if (problems.length > 0) return { problems }
        if (await store.addAgreement(tx, hash, content, clock.now())) {
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
        await record(tx, before, agency.id, type, signature)
        return { agreement: await store.findAgreement(tx, hash) }
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
      const agreement = await transact(db, 'agreements/sign', async (tx) => {
        const found = await store.findAgreement(tx, hash)
        if (found?.content.parties.some((party) => party.agency === agency.id) !== true)
          return undefined
        await record(tx, found, agency.id, type, statement)
        return store.findAgreement(tx, hash)
      })
      if (agreement === undefined) throw new Fault('agreements/not-found')
      return answerOf(agreement)
    },

    /** An agreement of which `agency` is a party; others look as if they did not exist. */
    async read(agency: AgencyId, hash: AgreementHash) {
      const agreement = await store.findAgreement(db, hash)
      if (agreement?.content.parties.some((party) => party.agency === agency) !== true) {
        throw new Fault('agreements/not-found')
      }
      return { ...answerOf(agreement), content: agreement.content }
    },

    async list(agency: AgencyId) {
      const all = await store.allAgreements(db)
      return all
        .filter(({ content }) => content.parties.some((party) => party.agency === agency))
        .map((agreement) => ({ ...answerOf(agreement), content: agreement.content }))
    },

    /** The agreement as it stands inside `tx`, for whoever decides on an act under it. */
    find: (reader: Reader, hash: string): Promise<Agreement | undefined> =>
      store.findAgreement(reader, hash),

    /** The facts of an agreement now; those of an unknown one when it is not known here. */
    facts: (agreement: Agreement | undefined): AgreementFacts =>
      agreement === undefined ? unknownAgreement : factsOf(agreement, clock.now()),

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
