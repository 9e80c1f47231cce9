import { canonicalText } from '../kernel/canonical.ts'
import { payloadReader } from '../proofs/payload.ts'
import {
  hashOfStatement,
  readStatement,
  type StatementType,
  thumbprintOf,
} from '../proofs/statement.ts'
import type { AgreementContent } from '../wire/agreement.ts'
import { DisclosureRequestPayload, type DisclosureView, GrantPayload } from '../wire/disclosure.ts'
import { SealPayload } from '../wire/emergency.ts'
import { CardPayload } from '../wire/registry.ts'
import { UntrustworthyOperator } from './errors.ts'

const readCard = payloadReader(CardPayload)
const readRequest = payloadReader(DisclosureRequestPayload)
const readGrant = payloadReader(GrantPayload)
const readSeal = payloadReader(SealPayload)

/** What the gateway hands over counts only as far as another agency signed it. */
const believed = async <Value>(what: string, work: () => Promise<Value>): Promise<Value> => {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof UntrustworthyOperator) throw cause
    throw new UntrustworthyOperator('gateway', what, { cause })
  }
}

const mismatch = (what: string) => new UntrustworthyOperator('gateway', what)

/**
 * The card of a party, verified under the root key that the agreement names: the gateway cannot put a
 * key of its own in its place.
 * @throws UntrustworthyOperator
 */
export const cardOf = (
  statement: string | undefined,
  agency: string,
  { parties }: AgreementContent,
): Promise<CardPayload> =>
  believed(`the card of ${agency} is not signed under its root key`, async () => {
    const root = parties.find((party) => party.agency === agency)?.rootThumbprint ?? ''
    const card = readCard(await readStatement('agency-card', statement ?? '', root))
    if (card.agency !== agency) throw mismatch(`the card is not that of ${agency}`)
    return card
  })

const signedBy = async <Payload>(
  type: StatementType,
  statement: string,
  card: CardPayload,
  read: (payload: unknown) => Payload,
): Promise<Payload> =>
  read(await readStatement(type, statement, await thumbprintOf(card.signingKey)))

/** A request as the receiver signed it, and that receiver's encryption key. */
export type VerifiedRequest = {
  readonly payload: DisclosureRequestPayload
  readonly hash: string
  readonly encryptionThumbprint: string
}

/**
 * For an owner: that the receiver itself asks, for just this, and which key its halves are to go to.
 * Does NOT check that the signals touch: that, only the gateway knows.
 * @throws UntrustworthyOperator
 */
export async function verifyRequest(
  view: DisclosureView,
  owner: string,
  content: AgreementContent,
): Promise<VerifiedRequest> {
  const receiver = view.other.agency
  const card = await cardOf(view.receiverCard, receiver, content)
  const statement = view.request ?? ''
  const payload = await believed(`${receiver} did not sign this request`, () =>
    signedBy('disclosure-request', statement, card, readRequest),
  )
  const encryptionThumbprint = await thumbprintOf(card.encryptionKey)
  const said = {
    number: payload.number,
    owner: payload.owner,
    agreement: payload.agreement,
    purpose: payload.purpose,
    fields: payload.fields,
    article: payload.article,
    key: payload.encryptionThumbprint,
  }
  const shown = {
    number: view.number,
    owner,
    agreement: view.agreement,
    purpose: view.purpose,
    fields: view.fields,
    article: view.article,
    key: encryptionThumbprint,
  }
  if (payload.agency !== receiver || canonicalText(said) !== canonicalText(shown)) {
    throw mismatch('the request is another than the one that was signed')
  }
  return { payload, hash: hashOfStatement(statement), encryptionThumbprint }
}

/**
 * For a receiver: that the owner itself granted this, to it.
 * @throws UntrustworthyOperator
 */
export async function verifyGrant(
  statement: string,
  ownerCard: string | undefined,
  expected: { readonly owner: string; readonly receiver: string; readonly request: string },
  content: AgreementContent,
): Promise<GrantPayload> {
  const { owner, receiver, request } = expected
  const card = await cardOf(ownerCard, owner, content)
  const grant = await believed(`${owner} did not sign this grant`, () =>
    signedBy('disclosure-grant', statement, card, readGrant),
  )
  const fits = grant.agency === owner && grant.receiver === receiver && grant.request === request
  if (!fits) throw mismatch('the grant is for another request')
  return grant
}

/**
 * For a receiver in an emergency: that the owner itself signed what it sealed in this signal.
 * @throws UntrustworthyOperator
 */
export async function verifySeal(
  statement: string,
  ownerCard: string,
  expected: { readonly agreement: string; readonly owner: string; readonly signalId: string },
  content: AgreementContent,
): Promise<SealPayload> {
  const { owner, signalId, agreement } = expected
  const card = await cardOf(ownerCard, owner, content)
  const seal = await believed(`${owner} did not sign what is sealed`, () =>
    signedBy('sealed-fields', statement, card, readSeal),
  )
  const fits =
    seal.agency === owner &&
    seal.agreement === agreement &&
    seal.purpose === content.purpose &&
    seal.signalId === signalId
  if (!fits) throw mismatch('the seal is that of another signal')
  return seal
}
