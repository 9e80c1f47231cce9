import { sha256 } from '@noble/hashes/sha2.js'
import { base64url, utf8 } from '../kernel/bytes.ts'
import { type Clock, isOfFuture } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgencyId, ClientId } from '../kernel/ids.ts'
import type { Randomness } from '../kernel/random.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { payloadReader } from '../proofs/payload.ts'
import {
  claimedSigner,
  readStatement,
  StatementError,
  type StatementType,
  thumbprintOf,
} from '../proofs/statement.ts'
import type { Reader } from '../store/reader.ts'
import { transact } from '../store/transact.ts'
import type { PublicKey } from '../wire/common.ts'
import { CardPayload, EnrolmentPayload, PinPayload, VoucherPayload } from '../wire/registry.ts'
import { cardProblems } from './card.ts'
import * as store from './store.ts'
import type { Agency, Client, DeclaredKey } from './types.ts'

export type Agencies = ReturnType<typeof openAgencies>

const readEnrolment = payloadReader(EnrolmentPayload)
const readPin = payloadReader(PinPayload)
const readCard = payloadReader(CardPayload)
const readVoucher = payloadReader(VoucherPayload)

/** Turns what is wrong with a statement into the one fault that its sender sees. */
export async function asFault<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StatementError) {
      throw new Fault('statements/invalid', [{ message: error.message }])
    }
    throw error
  }
}

const declared = async (
  use: DeclaredKey['use'],
  key: PublicKey,
  name?: string,
): Promise<DeclaredKey> => ({
  use,
  ...(name === undefined ? {} : { name }),
  thumbprint: await thumbprintOf(key),
})

/**
 * The registry of one operator: who may administer it, which agencies it admits under which root
 * key, and the keys that each agency declares on its own signed card. Nothing here is taken from
 * the other operator: every change is a statement whose signature this operator verifies itself.
 */
export function openAgencies({
  clock,
  random,
  db,
  ledger,
  operatorThumbprint,
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly ledger: Ledger
  /** Thumbprint of this operator's root key: statements must name it as their audience. */
  readonly operatorThumbprint: string
}) {
  const verified = async <Payload>(
    type: StatementType,
    statement: string,
    signer: string,
    read: (payload: unknown) => Payload,
  ): Promise<Payload> => asFault(async () => read(await readStatement(type, statement, signer)))

  function assertAudience(audience: string): void {
    if (audience !== operatorThumbprint) {
      throw new Fault('statements/invalid', [
        { message: 'the statement is meant for another operator' },
      ])
    }
  }

  function assertNotFuture(issuedAt: string): void {
    if (isOfFuture(clock, issuedAt)) {
      throw new Fault('statements/invalid', [{ message: 'the statement is dated in the future' }])
    }
  }

  /** What an administrator says to this operator. @throws Fault statements/invalid */
  async function readAdministratorStatement<
    Payload extends { readonly audience: string; readonly issuedAt: string },
  >(
    type: StatementType,
    statement: string,
    read: (payload: unknown) => Payload,
  ): Promise<{ readonly payload: Payload; readonly signer: string }> {
    const signer = await asFault(async () => claimedSigner(statement))
    const payload = await verified(type, statement, signer, read)
    assertAudience(payload.audience)
    assertNotFuture(payload.issuedAt)
    if (!(await store.isAdministrator(db, signer))) {
      throw new Fault('statements/invalid', [
        { message: 'the signer is not an administrator here' },
      ])
    }
    return { payload, signer }
  }

  return {
    /**
     * While there is no administrator, makes a fresh one-time enrolment code and returns it; the
     * former one ends. Only its hash is kept. Returns undefined once an administrator exists.
     */
    async renewEnrolmentCode(): Promise<string | undefined> {
      const code = base64url(random.bytes(24))
      return transact(db, 'agencies/renew-enrolment-code', async (tx) => {
        if ((await store.countAdministrators(tx)) > 0) return undefined
        await store.putEnrolmentCode(tx, sha256(utf8(code)), clock.now())
        return code
      })
    },

    /** Makes the holder of the one-time code this operator's administrator. */
    async enrol(statement: string): Promise<void> {
      const signer = await asFault(async () => claimedSigner(statement))
      const { audience, code, key, issuedAt } = await verified(
        'administrator-enrolment',
        statement,
        signer,
        readEnrolment,
      )
      assertAudience(audience)
      assertNotFuture(issuedAt)
      if ((await thumbprintOf(key)) !== signer) {
        throw new Fault('statements/invalid', [
          { message: 'the key named is not the key that signed' },
        ])
      }
      const taken = await transact(db, 'agencies/enrol', async (tx) => {
        const right = await store.takeEnrolmentCode(tx, sha256(utf8(code)))
        // Of a stranger nothing is written down: anyone could fill the ledger with words of choice.
        if (!right) return false
        await ledger.append(tx, [
          { kind: 'administrator.enrol', outcome: 'permit', administrator: signer },
        ])
        await store.addAdministrator(tx, signer, clock.now())
        return true
      })
      if (!taken) throw new Fault('agencies/enrolment-refused')
    },

    /** Admits, renames or suspends an agency on an administrator's word. Older pins are ignored. */
    async pin(statement: string): Promise<void> {
      const signer = await asFault(async () => claimedSigner(statement))
      const pin = await verified('agency-pin', statement, signer, readPin)
      assertAudience(pin.audience)
      assertNotFuture(pin.issuedAt)
      const permitted = await transact(db, 'agencies/pin', async (tx) => {
        const administers = await store.isAdministrator(tx, signer)
        if (!administers) return { administers, written: false }
        const written = await store.putPin(tx, pin)
        await ledger.append(tx, [
          {
            kind: 'agency.pin',
            outcome: written ? 'permit' : 'refuse',
            administrator: signer,
            agency: pin.agency,
            rootThumbprint: pin.rootThumbprint,
            active: pin.active,
          },
        ])
        return { administers, written }
      })
      if (!permitted.administers) {
        throw new Fault('statements/invalid', [
          { message: 'the signer is not an administrator here' },
        ])
      }
      if (!permitted.written) {
        throw new Fault('statements/invalid', [
          { message: 'a later statement about this agency stands' },
        ])
      }
    },

    /**
     * Takes an agency's card, signed under its pinned root key; keys that cannot do their work are refused. The card that stands is accepted
     * again and changes nothing.
     */
    async presentCard(statement: string): Promise<void> {
      const signer = await asFault(async () => claimedSigner(statement))
      const card = await verified('agency-card', statement, signer, readCard)
      const problems = await cardProblems(card)
      if (problems.length > 0) throw new Fault('statements/invalid', problems)
      const signingThumbprint = await thumbprintOf(card.signingKey)
      const signatories = await Promise.all(
        (card.signatories ?? []).map(({ key }) => thumbprintOf(key)),
      )
      const result = await transact(db, 'agencies/present-card', async (tx) => {
        const agency = await store.findAgency(tx, card.agency)
        if (agency === undefined || !agency.active || agency.rootThumbprint !== signer) {
          return 'not-pinned'
        }
        const same = (await store.cardStatementOf(tx, card.agency)) === statement
        if (same && agency.card !== undefined) return 'accepted'
        const thumbprints = { signing: signingThumbprint, signatories }
        if (!(await store.putCard(tx, card, statement, thumbprints))) return 'outdated'
        await ledger.append(tx, [
          {
            kind: 'agency.card',
            outcome: 'permit',
            agency: card.agency,
            cardVersion: card.version,
            signingThumbprint,
            clients: card.clients.map(({ client }) => client),
            signatories,
          },
        ])
        return 'accepted'
      })
      if (result === 'not-pinned') throw new Fault('agencies/not-pinned')
      if (result === 'outdated') throw new Fault('agencies/outdated-card')
    },

    async find(id: AgencyId, reader: Reader = db): Promise<Agency | undefined> {
      return store.findAgency(reader, id)
    },

    /** A client as its agency's card declares it; `active` is false when the agency is suspended. */
    async findClient(
      agency: AgencyId,
      client: ClientId,
    ): Promise<(Client & { readonly active: boolean }) | undefined> {
      return store.findClient(db, agency, client)
    },

    /** How many administrators there are. */
    administratorCount: store.countAdministrators,

    /** Whether the key with this thumbprint is an administrator's. */
    isAdministrator: (thumbprint: string) => store.isAdministrator(db, thumbprint),

    readAdministratorStatement,

    /**
     * The agency that holds the key which signed `statement`: its signing key, or one of those that
     * `keysOf` names. Does NOT check that it is active here: what a suspended agency may still say is
     * for the caller to decide.
     * @throws Fault statements/invalid when it is another's key, or when the signature does not hold
     */
    async readAgencyStatement<Payload extends { readonly agency: string }>(
      type: StatementType,
      statement: string,
      read: (payload: unknown) => Payload,
      keysOf: (agency: Agency) => readonly string[] = () => [],
    ): Promise<{
      readonly payload: Payload
      readonly agency: Agency
      /** Thumbprint of the key that signed. */
      readonly signer: string
    }> {
      const signer = await asFault(async () => claimedSigner(statement))
      const payload = await verified(type, statement, signer, read)
      const agency = await store.findAgency(db, payload.agency)
      const counts =
        agency?.card !== undefined &&
        (agency.card.signingThumbprint === signer || keysOf(agency).includes(signer))
      if (agency === undefined || !counts) {
        throw new Fault('statements/invalid', [
          { message: 'the statement is not signed with the signing key of the agency it names' },
        ])
      }
      return { payload, agency, signer }
    },

    /**
     * Takes an administrator's word for a new one, who holds the key with this thumbprint. One word makes
     * the second administrator; from then on it takes two.
     */
    async vouch(statement: string): Promise<'awaiting-second-administrator' | 'administrator'> {
      const { payload, signer } = await readAdministratorStatement(
        'administrator-voucher',
        statement,
        readVoucher,
      )
      const newcomer = payload.administrator
      return transact(db, 'agencies/vouch', async (tx) => {
        const needed = Math.min(2, await store.countAdministratorsLocked(tx))
        const stands = await store.isAdministrator(tx, newcomer)
        await ledger.append(tx, [
          { kind: 'administrator.vouch', outcome: 'permit', administrator: signer, newcomer },
        ])
        if (stands) return 'administrator'
        const at = clock.now()
        if ((await store.addVoucher(tx, newcomer, signer, statement, at)) < needed) {
          return 'awaiting-second-administrator'
        }
        await store.addAdministrator(tx, newcomer, at)
        return 'administrator'
      })
    },

    /** The keys on the card of an agency, read from what it signed; undefined while it has none that counts. */
    async keysOf(id: AgencyId): Promise<readonly DeclaredKey[] | undefined> {
      const agency = await store.findAgency(db, id)
      const statement = await store.cardStatementOf(db, id)
      if (agency?.card === undefined || statement === undefined) return undefined
      const card = await verified('agency-card', statement, agency.rootThumbprint, readCard)
      const { signingKey, encryptionKey, clients, signatories = [] } = card
      return Promise.all([
        declared('signing', signingKey),
        declared('encryption', encryptionKey),
        ...clients.map(({ client, key }) => declared('client', key, client)),
        ...signatories.map(({ name, key }) => declared('signatory', key, name)),
      ])
    },

    /** Display names of agencies, for those ids that are known. */
    namesOf: store.namesOf,

    rootsOf: store.rootsOf,

    /** The card of an agency as it signed it. */
    cardStatementOf: store.cardStatementOf,
  }
}
