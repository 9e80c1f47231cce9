import { Compile } from 'typebox/compile'
import { type Clock, shifted } from '../kernel/clock.ts'
import { type Randomness, randomUuid } from '../kernel/random.ts'
import { hashOfStatement, signStatement, thumbprintOf } from '../proofs/statement.ts'
import { hashOfSealed } from '../sealing/sealing.ts'
import type { SealedFieldName } from '../wire/codes/disclosures.ts'
import {
  type DisclosureAnswerBody,
  DisclosurePage,
  type DisclosureReceiptPayload,
  type DisclosureReplyBody,
  type DisclosureRequestPayload,
  type DisclosureSummary,
  DisclosureView,
  type GrantPayload,
  type GrantRevocationPayload,
  KeyholderReleaseAnswer,
  ReleaseAnswer,
  type ReleasePayload,
} from '../wire/disclosure.ts'
import type { AgencyKeys } from './agency-keys.ts'
import type { Answers } from './answers.ts'
import { verifyGrant, verifyRequest } from './disclosure-trust.ts'
import { UntrustworthyOperator } from './errors.ts'
import { type Opened, openNamedField } from './opened-fields.ts'
import {
  acknowledgeAt,
  atBoth,
  type PinnedOperators,
  releaseAtKeyholder,
  revokeGrantAt,
} from './operators.ts'
import type { UnderAgreement } from './signal-bodies.ts'

const viewForm = Compile(DisclosureView)
const pageForm = Compile(DisclosurePage)
const releaseForm = Compile(ReleaseAnswer)
const halvesForm = Compile(KeyholderReleaseAnswer)

const defaultGrantDays = 7

/** A release as this agency signed it. */
export type Release = { readonly number: string; readonly statement: string }

/** Keeps the release of one disclosure, so that an interrupted opening can go on. */
export type KeptRelease = {
  readonly find: () => Promise<Release | undefined>
  readonly keep: (release: Release) => Promise<void>
}

const notKept: KeptRelease = { find: async () => undefined, keep: async () => {} }

/**
 * Disclosures at an agency: it asks others for sealed fields, decides on its own, and opens what was
 * granted. Grants are made here, with the agency's signing key, and nowhere else; halves meet here.
 */
export function openDisclosures({
  agency,
  client,
  keys,
  pins,
  clock,
  random,
  answers: { read, write, pagesOf },
}: {
  readonly agency: string
  readonly client: string
  readonly keys: AgencyKeys
  readonly pins: PinnedOperators
  readonly clock: Clock
  readonly random: Randomness
  readonly answers: Answers
}) {
  const audience = {
    gateway: pins.gateway.rootThumbprint,
    keyholder: pins.keyholder.rootThumbprint,
  }
  const now = () => clock.now().toISOString()
  const show = (number: string): Promise<DisclosureView> =>
    read(viewForm, `/v1/disclosures/${number}`)

  async function makeRelease(grant: GrantPayload, grantStatement: string): Promise<Release> {
    const payload: ReleasePayload = {
      audience,
      number: randomUuid(random),
      agency,
      client,
      owner: grant.agency,
      grant: grant.number,
      grantHash: hashOfStatement(grantStatement),
      issuedAt: now(),
    }
    const statement = await signStatement('disclosure-release', payload, keys.signing)
    return { number: payload.number, statement }
  }

  return {
    /**
     * Asks the owner of a signal that touches an own one for sealed fields. `article` is the code of the
     * legal basis on which this agency receives. The owner learns who asks, and why.
     */
    async request(
      overlap: { readonly handle: string },
      wanted: Pick<DisclosureRequestPayload, 'owner' | 'fields' | 'article' | 'necessity'>,
      { hash, content }: UnderAgreement,
    ): Promise<DisclosureView> {
      const payload: DisclosureRequestPayload = {
        ...wanted,
        audience,
        number: randomUuid(random),
        agency,
        agreement: hash,
        purpose: content.purpose,
        encryptionThumbprint: await thumbprintOf(keys.encryption),
        issuedAt: now(),
      }
      const request = await signStatement('disclosure-request', payload, keys.signing)
      return write(viewForm, '/v1/disclosures', { handle: overlap.handle, request })
    },

    /** All that this agency was asked for (`owner`) or asked for (`receiver`) under an agreement. */
    async list(
      { hash, content }: UnderAgreement,
      side: 'owner' | 'receiver',
    ): Promise<DisclosureSummary[]> {
      const query = { agreement: hash, purpose: content.purpose, side }
      const pages = await pagesOf(pageForm, '/v1/disclosures', query)
      return pages.flatMap(({ disclosures }) => disclosures)
    },

    show,

    /** For the owner: the request, verified to be the receiver's own words. */
    async necessityOf(view: DisclosureView, { content }: UnderAgreement): Promise<string> {
      return (await verifyRequest(view, agency, content)).payload.necessity
    },

    answer: (number: string, body: DisclosureAnswerBody): Promise<DisclosureView> =>
      write(viewForm, `/v1/disclosures/${number}/_answer`, body),

    reply: (number: string, body: DisclosureReplyBody): Promise<DisclosureView> =>
      write(viewForm, `/v1/disclosures/${number}/_reply`, body),

    /**
     * Grants what was asked, or some of its fields: signs the grant for the receiver's own key, as its
     * card under the agreement says, and for the sealed fields as they are. Nothing else is looked up:
     * `signalId` is the signal that the deciding officer means.
     */
    async grant(
      number: string,
      { content }: UnderAgreement,
      decision: {
        readonly fields?: readonly SealedFieldName[]
        readonly days?: number
        /** The own signal that is meant, as the agency knows it. */
        readonly signalId: string
      },
    ): Promise<DisclosureView> {
      const view = await show(number)
      if (view.signal.id !== decision.signalId) {
        throw new UntrustworthyOperator('gateway', 'the request is about another signal')
      }
      const { payload, hash, encryptionThumbprint } = await verifyRequest(view, agency, content)
      const wanted = decision.fields ?? payload.fields
      const there = (view.sealed ?? []).filter(({ field }) => wanted.includes(field))
      if (there.length === 0) throw new RangeError('nothing of this is sealed in the signal')
      const issuedAt = clock.now()
      const grant: GrantPayload = {
        audience,
        number: randomUuid(random),
        request: number,
        requestHash: hash,
        agency,
        receiver: payload.agency,
        encryptionThumbprint,
        agreement: payload.agreement,
        purpose: payload.purpose,
        signalId: decision.signalId,
        fields: there.map((sealed) => ({
          field: sealed.field,
          sealedHash: hashOfSealed(sealed),
          halfHashes: sealed.halfHashes,
        })),
        issuedAt: issuedAt.toISOString(),
        expiresAt: shifted(issuedAt, (decision.days ?? defaultGrantDays) * 86_400).toISOString(),
      }
      const statement = await signStatement('disclosure-grant', grant, keys.signing)
      return write(viewForm, `/v1/disclosures/${number}/_grant`, { grant: statement })
    },

    /**
     * Takes a grant back at both operators. `closed` when one of them had not released its half: then
     * nothing opens any more. Otherwise the receiver may have both halves already.
     * @throws OperatorFailure naming the operator that did not take it
     */
    async revoke(grant: string): Promise<'closed' | 'too-late'> {
      const payload: GrantRevocationPayload = { audience, agency, grant, issuedAt: now() }
      const statement = await signStatement('grant-revocation', payload, keys.signing)
      const released: boolean[] = []
      await atBoth(pins, async (operator) => {
        released.push((await revokeGrantAt(operator, statement)).released)
      })
      return released.every((one) => one) ? 'too-late' : 'closed'
    },

    /**
     * Opens what was granted: asks each operator for its half, checks the grant and everything against
     * it, and tells both operators, signed, that it is open. Interrupted, it goes on with the release
     * that `kept` holds; the operators answer the same one again, and no other.
     * @throws UntrustworthyOperator for an operator whose half is not the one that the owner sealed
     */
    async open(
      number: string,
      { content }: UnderAgreement,
      kept: KeptRelease = notKept,
    ): Promise<Opened> {
      const { grantStatement, ownerCard, other: by, state } = await show(number)
      if (grantStatement === undefined) throw new RangeError(`it is ${state}: nothing to open`)
      const expected = { owner: by.agency, receiver: agency, request: number }
      const grant = await verifyGrant(grantStatement, ownerCard, expected, content)
      let release = await kept.find()
      if (release === undefined) {
        release = await makeRelease(grant, grantStatement)
        await kept.keep(release)
      }
      const { statement } = release
      const answer = await write(releaseForm, `/v1/disclosures/${number}/_release`, {
        release: statement,
      })
      const other = await releaseAtKeyholder(pins.keyholder, {
        release: statement,
        grant: grantStatement,
        halves: answer.sealed.map(({ field, halves }) => ({ field, half: halves.keyholder })),
      })
      if (!halvesForm.Check(other)) {
        throw new UntrustworthyOperator('keyholder', 'it answered in another form')
      }
      const halves = { gateway: answer.halves, keyholder: other.halves }
      const { signalId, purpose, agency: owner } = grant
      const context = { signalId, purpose, owner }
      const texts = await Promise.all(
        grant.fields.map(
          async (granted) =>
            [
              granted.field,
              await openNamedField(keys.encryption, context, granted, answer.sealed, halves),
            ] as const,
        ),
      )
      const receipt: DisclosureReceiptPayload = {
        audience,
        agency,
        owner: grant.agency,
        grant: grant.number,
        release: release.number,
        openedAt: now(),
      }
      const signed = await signStatement('disclosure-receipt', receipt, keys.signing)
      await atBoth(pins, (operator) => acknowledgeAt(operator, signed))
      return Object.fromEntries(texts)
    },
  }
}
