import { Compile } from 'typebox/compile'
import { base64url } from '../kernel/bytes.ts'
import { type Clock, shifted } from '../kernel/clock.ts'
import { type Randomness, randomUuid } from '../kernel/random.ts'
import type { OperatorName } from '../oprf/types.ts'
import { necessityHashOf } from '../proofs/necessity.ts'
import {
  hashOfStatement,
  type PrivateJwk,
  signStatement,
  thumbprintOf,
} from '../proofs/statement.ts'
import { hashOfSealed } from '../sealing/sealing.ts'
import type { SealedFieldName } from '../wire/codes/disclosures.ts'
import {
  type DisclosureReceiptPayload,
  KeyholderReleaseAnswer,
  ReleaseAnswer,
} from '../wire/disclosure.ts'
import {
  EmergencyList,
  type EmergencyPayload,
  type EmergencyQuestionPayload,
  type EmergencyReleaseBody,
  type EmergencyReopeningPayload,
  type EmergencyReviewPayload,
  type EmergencyView,
  PreparedEmergency,
  type SealPayload,
} from '../wire/emergency.ts'
import type { AgencyKeys } from './agency-keys.ts'
import type { Answers } from './answers.ts'
import { verifySeal } from './disclosure-trust.ts'
import { UntrustworthyOperator } from './errors.ts'
import { type Opened, openNamedField } from './opened-fields.ts'
import { acknowledgeAt, atBoth, type PinnedOperators, sayTo } from './operators.ts'
import type { SignSeal, UnderAgreement } from './signal-bodies.ts'

const preparedForm = Compile(PreparedEmergency)
const releaseForm = Compile(ReleaseAnswer)
const halvesForm = Compile(KeyholderReleaseAnswer)
const listForm = Compile(EmergencyList)

const defaultHours = 4

/** Signs what an agency sealed in a signal of its own: in an emergency that stands for its grant. */
export const sealSigner =
  ({
    agency,
    keys,
    pins,
    clock,
  }: {
    readonly agency: string
    readonly keys: AgencyKeys
    readonly pins: PinnedOperators
    readonly clock: Clock
  }): SignSeal =>
  (signalId, { hash, content }, sealed) => {
    const payload: SealPayload = {
      audience: {
        gateway: pins.gateway.rootThumbprint,
        keyholder: pins.keyholder.rootThumbprint,
      },
      agency,
      agreement: hash,
      purpose: content.purpose,
      signalId,
      fields: sealed.map((one) => ({
        field: one.field as SealPayload['fields'][number]['field'],
        sealedHash: hashOfSealed(one),
        halfHashes: one.halfHashes,
      })),
      sealedAt: clock.now().toISOString(),
    }
    return signStatement('sealed-fields', payload, keys.signing)
  }

/** An emergency that was prepared and signed, as it is sent: kept, so that an interrupted opening can go on. */
export type SignedEmergency = EmergencyReleaseBody & {
  readonly number: string
  readonly owner: string
  readonly signalId: string
  readonly seal: string
  readonly ownerCard: string
}

/** The emergencies of one agency, as each operator has them, and where the two do not agree. */
export type Emergencies = {
  readonly emergencies: readonly EmergencyView[]
  /** Numbers that only one of the operators told of, and which did. */
  readonly onlyAt: Readonly<Record<OperatorName, readonly string[]>>
}

/**
 * The emergency route at an agency: two of its officers sign, each with their own key, and what the owner
 * sealed opens here without a grant. The owner learns it at once, and reviews it.
 */
export function openEmergencies({
  agency,
  keys,
  pins,
  clock,
  random,
  answers: { write },
}: {
  readonly agency: string
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

  const listAt = async (
    operator: OperatorName,
    { hash }: UnderAgreement,
  ): Promise<EmergencyView[]> => {
    const payload: EmergencyQuestionPayload = {
      audience,
      operator,
      agency,
      agreement: hash,
      askedAt: now(),
    }
    const statement = await signStatement('emergency-question', payload, keys.signing)
    const answer = await sayTo(pins[operator], '/v1/emergency-questions', { statement })
    if (!listForm.Check(answer)) {
      throw new UntrustworthyOperator(operator, 'it answered in another form')
    }
    return answer.emergencies
  }

  return {
    /**
     * Asks which record stands behind a handle, makes sure that its owner signed what it sealed in it, and
     * has two officers sign for just that. Its owner is told; it is a use of the day on which it is released.
     */
    async sign(
      { handle }: { readonly handle: string },
      wanted: {
        readonly owner: string
        readonly fields: readonly SealedFieldName[]
        readonly necessity: string
        readonly hours?: number
      },
      { hash, content }: UnderAgreement,
      officers: readonly [PrivateJwk, PrivateJwk],
    ): Promise<SignedEmergency> {
      const { owner, fields, necessity: text, hours = defaultHours } = wanted
      const number = randomUuid(random)
      const prepared = await write(preparedForm, '/v1/emergencies', {
        number,
        handle,
        owner,
        fields: [...fields],
      })
      const { seal, signalId, ownerCard } = prepared
      await verifySeal(seal, ownerCard, { owner, signalId, agreement: hash }, content)
      const necessity = { text, salt: base64url(random.bytes(16)) }
      const issuedAt = clock.now()
      const payload: EmergencyPayload = {
        audience,
        number,
        agency,
        owner,
        agreement: hash,
        purpose: content.purpose,
        signalId,
        sealHash: hashOfStatement(seal),
        fields: [...fields],
        necessityHash: necessityHashOf(necessity),
        encryptionThumbprint: await thumbprintOf(keys.encryption),
        issuedAt: issuedAt.toISOString(),
        expiresAt: shifted(issuedAt, hours * 3600).toISOString(),
      }
      const statements = await Promise.all(
        officers.map((key) => signStatement('emergency', payload, key)),
      )
      return { number, owner, signalId, seal, ownerCard, statements, necessity }
    },

    /**
     * Opens what two officers signed for: each operator releases its half, and each half and text is checked
     * against what the owner signed as it sealed them. Interrupted, the same signed emergency goes on.
     * @throws UntrustworthyOperator for an operator whose half or text is not the one that the owner sealed
     */
    async open(signed: SignedEmergency, { hash, content }: UnderAgreement): Promise<Opened> {
      const { number, owner, signalId, statements, necessity, seal, ownerCard } = signed
      const answer = await write(releaseForm, `/v1/emergencies/${number}/_release`, {
        statements,
        necessity,
      })
      const sealed = await verifySeal(
        seal,
        ownerCard,
        { owner, signalId, agreement: hash },
        content,
      )
      const other = await sayTo(pins.keyholder, '/v1/emergency-releases', {
        statements,
        seal,
        halves: answer.sealed.map(({ field, halves }) => ({ field, half: halves.keyholder })),
      })
      if (!halvesForm.Check(other)) {
        throw new UntrustworthyOperator('keyholder', 'it answered in another form')
      }
      const halves = { gateway: answer.halves, keyholder: other.halves }
      const named = sealed.fields.filter(({ field }) =>
        answer.sealed.some((one) => one.field === field),
      )
      const context = { signalId, purpose: content.purpose, owner }
      const texts = await Promise.all(
        named.map(
          async (field) =>
            [
              field.field,
              await openNamedField(keys.encryption, context, field, answer.sealed, halves),
            ] as const,
        ),
      )
      const receipt: DisclosureReceiptPayload = {
        audience,
        agency,
        owner,
        grant: number,
        release: number,
        openedAt: now(),
      }
      const statement = await signStatement('disclosure-receipt', receipt, keys.signing)
      await atBoth(pins, (operator) => acknowledgeAt(operator, statement))
      return Object.fromEntries(texts)
    },

    /** The emergencies that this agency takes part in: asked of both operators, each for itself. */
    async list(under: UnderAgreement): Promise<Emergencies> {
      const [gateway, keyholder] = await Promise.all([
        listAt('gateway', under),
        listAt('keyholder', under),
      ])
      const numbersOf = (views: readonly EmergencyView[]) => views.map(({ number }) => number)
      const lacking = (views: readonly EmergencyView[], others: readonly EmergencyView[]) =>
        numbersOf(views).filter((number) => !numbersOf(others).includes(number))
      const onlyAt = {
        gateway: lacking(gateway, keyholder),
        keyholder: lacking(keyholder, gateway),
      }
      return {
        emergencies: [
          ...gateway,
          ...keyholder.filter(({ number }) => onlyAt.keyholder.includes(number)),
        ],
        onlyAt,
      }
    },

    /** For the owner: what it found. Said to both operators. @throws what `atBoth` throws */
    async review(number: string, outcome: EmergencyReviewPayload['outcome']): Promise<void> {
      const payload: EmergencyReviewPayload = {
        audience,
        agency,
        number,
        outcome,
        reviewedAt: now(),
      }
      const statement = await signStatement('emergency-review', payload, keys.signing)
      await atBoth(pins, (operator) => sayTo(operator, '/v1/emergency-reviews', { statement }))
    },

    /** For the owner: lets a receiver use the route again. Said to both operators. */
    async reopen(receiver: string, { hash }: UnderAgreement): Promise<void> {
      const payload: EmergencyReopeningPayload = {
        audience,
        agency,
        receiver,
        agreement: hash,
        reopenedAt: now(),
      }
      const statement = await signStatement('emergency-reopening', payload, keys.signing)
      await atBoth(pins, (operator) => sayTo(operator, '/v1/emergency-reopenings', { statement }))
    },
  }
}
