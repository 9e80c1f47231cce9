import type { Agency } from '../agencies/types.ts'
import type { OperatorName } from '../oprf/types.ts'
import type { PrivateJwk } from '../proofs/statement.ts'
import { checkHalf, openHalf, sealHalf } from '../sealing/half.ts'
import { BrokenSeal, type OpenHalf } from '../sealing/types.ts'
import type { GrantPayload } from '../wire/disclosure.ts'
import type { FieldHalf } from './types.ts'

/** Fields of one signal as their owner named them under its signature: in a grant, or as it sealed them. */
export type NamedFields = Pick<GrantPayload, 'signalId' | 'purpose' | 'fields'> & {
  readonly owner: string
}

/**
 * This operator's halves of all named fields, each the very one that the owner named and that says itself
 * to what it belongs; undefined when any is not.
 */
export async function openNamed(
  { operator, sealingKey }: { readonly operator: OperatorName; readonly sealingKey: PrivateJwk },
  { signalId, purpose, owner, fields }: NamedFields,
  halves: readonly FieldHalf[] | undefined,
): Promise<readonly OpenHalf[] | undefined> {
  if (halves === undefined || halves.length !== fields.length) return undefined
  try {
    return await Promise.all(
      fields.map(async ({ field, halfHashes }) => {
        const jwe = halves.find((one) => one.field === field)?.half
        if (jwe === undefined) throw new BrokenSeal('half', 'a half is missing')
        const opened = await openHalf(jwe, sealingKey)
        const context = { signalId, purpose, owner, field }
        checkHalf(opened, { name: operator, context, halfHashes })
        return opened
      }),
    )
  } catch (error) {
    if (error instanceof BrokenSeal) return undefined
    throw error
  }
}

/** Halves anew, for the receiver alone. */
export async function sealedTo(
  receiver: Agency,
  halves: readonly OpenHalf[],
): Promise<FieldHalf[]> {
  const key = receiver.card?.encryptionKey
  if (key === undefined) throw new Error('a receiver without a card was permitted')
  return Promise.all(
    halves.map(async (half) => ({
      field: half.binding.field as FieldHalf['field'],
      half: await sealHalf(half, key),
    })),
  )
}
