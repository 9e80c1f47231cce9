import type { JWK } from 'jose'
import type { Randomness } from '../kernel/random.ts'
import type { OpenHalf, PerHalf, RecipientKey, SealContext, SealedField } from './types.ts'

declare const pending: (...args: readonly unknown[]) => never
export const seal = async (
  work: SealContext & {
    readonly content: string
    readonly operators: PerHalf<RecipientKey>
    readonly random: Randomness
  },
): Promise<SealedField> => pending(work)
export const openHalf = async (jwe: string, privateKey: JWK): Promise<OpenHalf> =>
  pending(jwe, privateKey)
export const sealHalf = async (half: OpenHalf, recipient: RecipientKey): Promise<string> =>
  pending(half, recipient)
export const open = async (work: {
  readonly sealed: SealedField
  readonly halves: PerHalf<OpenHalf>
  readonly context: SealContext
}): Promise<string> => pending(work)
