import { Compile } from 'typebox/compile'
import { operatorNames, type PerOperator } from '../oprf/types.ts'
import { payloadReader } from '../proofs/payload.ts'
import { policySetHashOf } from '../proofs/policy-set.ts'
import { type PrivateJwk, publicJwkOf, readStatement, signStatement } from '../proofs/statement.ts'
import {
  AgreementAnswer,
  type AgreementContent,
  type ProposeBody,
  type SuspensionPayload,
} from '../wire/agreement.ts'
import type { PublicKey } from '../wire/common.ts'
import { type KeyholderReleaseBody, RevocationAnswer } from '../wire/disclosure.ts'
import type { CosignaturePayload } from '../wire/ledger.ts'
import { LibraryView } from '../wire/library.ts'
import { type PolicySet, PolicySetAnswer, PolicySetView, Simulation } from '../wire/policy.ts'
import { Problem } from '../wire/problem.ts'
import { OperatorCard, OperatorKeysPayload, VoucherAnswer } from '../wire/registry.ts'
import { GatewayProblem, OperatorAway, OperatorFailure } from './errors.ts'

/** Where an operator is reached, and the thumbprint of its root key as told out of band. */
export type PinnedOperator = { readonly url: string; readonly rootThumbprint: string }
export type PinnedOperators = PerOperator<PinnedOperator>

/** Plain http is accepted for this machine only. */
const ownHosts = new Set(['localhost', '127.0.0.1', '[::1]'])

/** @throws Error for an address that others on the way could read or answer for */
export function assertPrivate({ protocol, hostname }: URL): void {
  if (protocol === 'https:' || (protocol === 'http:' && ownHosts.has(hostname))) return
  throw new Error('an operator has to be reached over https')
}

const problem = Compile(Problem)
const agreementAnswer = Compile(AgreementAnswer)
const operatorCard = Compile(OperatorCard)
const voucherAnswer = Compile(VoucherAnswer)
const policySetAnswer = Compile(PolicySetAnswer)
const policySetView = Compile(PolicySetView)
const libraryView = Compile(LibraryView)
const simulation = Compile(Simulation)

/** Refuses an answer in another form than agreed. */
function assertForm<Answer>(
  form: { readonly Check: (value: unknown) => value is Answer },
  answer: unknown,
  url: string,
): Answer {
  if (!form.Check(answer)) throw new Error(`${new URL(url).host} answered in another form`)
  return answer
}
const revocationAnswer = Compile(RevocationAnswer)

/** Says something signed straight to an operator, without a token; the answer's form is for the caller to check. */
export const sayTo = ({ url }: PinnedOperator, path: string, body: object): Promise<unknown> =>
  exchange(url, path, body)

/** Sends signed statements straight to an operator; they need no access token. */
async function exchange(url: string, path: string, body?: object): Promise<unknown> {
  assertPrivate(new URL(url))
  const response = await fetch(new URL(path, url), {
    redirect: 'error',
    ...(body === undefined
      ? {}
      : {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
    signal: AbortSignal.timeout(30_000),
  }).catch((cause: unknown) => {
    throw new OperatorAway(url, cause)
  })
  const answer: unknown = await response.json().catch(() => undefined)
  if (response.ok) return answer
  if (problem.Check(answer)) throw new GatewayProblem(answer)
  throw new Error(`${new URL(url).host} answered ${response.status} without saying why`)
}

/** What an operator says about itself. Compare its thumbprint with the one told out of band. */
export async function readOperator(url: string): Promise<OperatorCard> {
  const answer = await exchange(url, '/v1/operator')
  if (!operatorCard.Check(answer)) throw new Error(`${new URL(url).host} is not an operator`)
  return answer
}

const readKeys = payloadReader(OperatorKeysPayload)

/**
 * By which keys an operator's ledger and its cosignatures are verified, as its pinned root key signed it.
 * @throws StatementError when another key did
 */
export async function readOperatorKeys({
  url,
  rootThumbprint,
}: PinnedOperator): Promise<OperatorKeysPayload> {
  const { keys } = await readOperator(url)
  return readKeys(await readStatement('operator-keys', keys, rootThumbprint))
}

/**
 * Fetches what anybody may see.
 * @throws Error when the operator does not answer, or refuses
 */
export async function readPublic(url: string, path: string): Promise<Response> {
  assertPrivate(new URL(url))
  const response = await fetch(new URL(path, url), {
    redirect: 'error',
    signal: AbortSignal.timeout(30_000),
  }).catch((cause: unknown) => {
    throw new OperatorAway(url, cause)
  })
  if (response.ok) return response
  const answer: unknown = await response.json().catch(() => undefined)
  if (problem.Check(answer)) throw new GatewayProblem(answer)
  throw new Error(`${new URL(url).host} answered ${response.status} without saying why`)
}

/** Makes the holder of the one-time enrolment code an operator's administrator. */
export async function enrolAdministrator(
  operator: PinnedOperator,
  key: PrivateJwk,
  code: string,
  at: Date,
): Promise<void> {
  const payload = {
    audience: operator.rootThumbprint,
    code,
    key: publicJwkOf(key) as PublicKey,
    issuedAt: at.toISOString(),
  }
  await exchange(operator.url, '/v1/administrators', {
    statement: await signStatement('administrator-enrolment', payload, key),
  })
}

/** On an administrator's word, admits (or suspends) an agency at one operator. */
export async function pinAgency(
  operator: PinnedOperator,
  administratorKey: PrivateJwk,
  pin: {
    readonly agency: string
    readonly name: string
    readonly rootThumbprint: string
    readonly active: boolean
    readonly number: string
    readonly at: Date
  },
): Promise<void> {
  const { at, ...rest } = pin
  const payload = { ...rest, audience: operator.rootThumbprint, issuedAt: at.toISOString() }
  await exchange(operator.url, '/v1/agency-pins', {
    statement: await signStatement('agency-pin', payload, administratorKey),
  })
}

/**
 * Says something to both operators, to each whatever becomes of it at the other.
 * @throws OperatorFailure naming the operator that did not take it; AggregateError of two such
 */
export async function atBoth(
  pins: PinnedOperators,
  say: (operator: PinnedOperator) => Promise<unknown>,
): Promise<void> {
  const outcomes = await Promise.all(
    operatorNames.map((operator) =>
      say(pins[operator]).then(
        () => undefined,
        (cause: unknown) => new OperatorFailure(operator, cause),
      ),
    ),
  )
  const failures = outcomes.filter((outcome) => outcome !== undefined)
  if (failures.length > 1) throw new AggregateError(failures, 'neither operator took the statement')
  if (failures[0] !== undefined) throw failures[0]
}

/** An administrator's word for the key of another one, at one operator. */
export async function vouchFor(
  operator: PinnedOperator,
  administratorKey: PrivateJwk,
  newcomer: { readonly thumbprint: string; readonly at: Date },
): Promise<'awaiting-second-administrator' | 'administrator'> {
  const payload = {
    audience: operator.rootThumbprint,
    administrator: newcomer.thumbprint,
    issuedAt: newcomer.at.toISOString(),
  }
  const statement = await signStatement('administrator-voucher', payload, administratorKey)
  const answer = await exchange(operator.url, '/v1/administrator-vouchers', { statement })
  return assertForm(voucherAnswer, answer, operator.url).state
}

/** The policies by which an operator says that it decides. */
export const readPolicySet = async (url: string): Promise<PolicySetView> =>
  assertForm(policySetView, await exchange(url, '/v1/policy-sets/current'), url)

/** What agreements may name at an operator. */
export const readLibrary = async (url: string): Promise<LibraryView> =>
  assertForm(libraryView, await exchange(url, '/v1/library'), url)

/** A set, and under which one it was signed. */
export type PolicySetWish = {
  readonly set: PolicySet
  readonly from: string
  readonly at: Date
}

/** An administrator's signature under a policy set, for one operator. */
export async function policySetStatement(
  operator: PinnedOperator,
  administratorKey: PrivateJwk,
  wish: 'change' | 'simulate',
  { set, from, at }: PolicySetWish,
): Promise<string> {
  const payload = {
    audience: operator.rootThumbprint,
    wish,
    from,
    to: policySetHashOf(set),
    issuedAt: at.toISOString(),
  }
  return signStatement('policy-set', payload, administratorKey)
}

/** An administrator's signature under a new policy set; the second one puts it in force. */
export async function signPolicySet(
  operator: PinnedOperator,
  administratorKey: PrivateJwk,
  wish: PolicySetWish,
): Promise<PolicySetAnswer> {
  const statement = await policySetStatement(operator, administratorKey, 'change', wish)
  const answer = await exchange(operator.url, '/v1/policy-sets', { set: wish.set, statement })
  return assertForm(policySetAnswer, answer, operator.url)
}

/** What another policy set would turn, as totals. */
export async function simulatePolicySet(
  operator: PinnedOperator,
  administratorKey: PrivateJwk,
  wish: PolicySetWish,
): Promise<Simulation> {
  const statement = await policySetStatement(operator, administratorKey, 'simulate', wish)
  const answer = await exchange(operator.url, '/v1/policy-sets/_simulate', {
    set: wish.set,
    statement,
  })
  return assertForm(simulation, answer, operator.url)
}

/** Presents a signed card to both operators. @throws what `atBoth` throws */
export const presentAtBoth = (pins: PinnedOperators, card: string): Promise<void> =>
  atBoth(pins, ({ url }) => exchange(url, '/v1/agency-cards', { statement: card }))

export const agreementPath = (hash: string): string => `/v1/agreements/${encodeURIComponent(hash)}`

async function agreementExchange(
  url: string,
  path: string,
  body: object,
): Promise<AgreementAnswer> {
  return assertForm(agreementAnswer, await exchange(url, path, body), url)
}

/** Proposes an agreement with a signature, or adds the signature where it is proposed already. */
export const proposeAgreement = (
  operator: PinnedOperator,
  content: AgreementContent,
  signature: string,
): Promise<AgreementAnswer> => {
  const body: ProposeBody = { content, signature }
  return agreementExchange(operator.url, '/v1/agreements', body)
}

/** On an administrator's word, suspends an agreement at one operator, or lifts that. */
export async function suspendAgreementAt(
  operator: PinnedOperator,
  administratorKey: PrivateJwk,
  { at, ...suspension }: Omit<SuspensionPayload, 'audience' | 'issuedAt'> & { readonly at: Date },
): Promise<void> {
  const payload: SuspensionPayload = {
    ...suspension,
    audience: operator.rootThumbprint,
    issuedAt: at.toISOString(),
  }
  await exchange(operator.url, '/v1/agreement-suspensions', {
    statement: await signStatement('agreement-suspension', payload, administratorKey),
  })
}

/** Brings a signed delegation, or its end, to one operator. Send an end to both yourself. */
export async function bringDelegation(
  operator: PinnedOperator,
  path: '/v1/delegations' | '/v1/delegation-ends',
  statement: string,
): Promise<void> {
  await exchange(operator.url, path, { statement })
}

/** Adds an accept, reject or revoke at one operator. Send a revocation to both yourself. */
export const signAgreementAt = (
  operator: PinnedOperator,
  hash: string,
  signature: string,
): Promise<AgreementAnswer> =>
  agreementExchange(operator.url, `${agreementPath(hash)}/signatures`, {
    signature,
  })

/** Hands a party's move of thresholds to the gateway; the answer's form is for the caller to check. */
export const moveThresholdsAt = (
  operator: PinnedOperator,
  hash: string,
  statement: string,
): Promise<unknown> => exchange(operator.url, `${agreementPath(hash)}/thresholds`, { statement })

/** Asks the keyholder for its halves; the answer's form is for the caller to check. */
export const releaseAtKeyholder = (
  operator: PinnedOperator,
  body: KeyholderReleaseBody,
): Promise<unknown> => exchange(operator.url, '/v1/releases', body)

/** Takes a grant back at one operator. Send a revocation to both. */
export async function revokeGrantAt(
  operator: PinnedOperator,
  statement: string,
): Promise<RevocationAnswer> {
  const answer = await exchange(operator.url, '/v1/grant-revocations', { statement })
  if (!revocationAnswer.Check(answer)) {
    throw new Error(`${new URL(operator.url).host} answered in another form`)
  }
  return answer
}

/** Tells one operator that what was granted is open. */
export async function acknowledgeAt(operator: PinnedOperator, statement: string): Promise<void> {
  await exchange(operator.url, '/v1/disclosure-receipts', { statement })
}

/** Hands in an agency's cosignature of a checkpoint, signed with its signing key. */
export async function handInCosignature(
  operator: PinnedOperator,
  signingKey: PrivateJwk,
  payload: CosignaturePayload,
): Promise<void> {
  await exchange(operator.url, '/v1/ledger/cosignatures', {
    statement: await signStatement('checkpoint-cosignature', payload, signingKey),
  })
}
