import type { PerOperator } from '../oprf/types.ts'
import type { PrivateJwk } from '../proofs/statement.ts'
import { openHalf } from '../sealing/half.ts'
import { hashOfSealed, open } from '../sealing/sealing.ts'
import { BrokenSeal, type SealContext, type SealedField } from '../sealing/types.ts'
import type { SealedFieldName } from '../wire/codes/disclosures.ts'
import type { GrantPayload, ReleaseAnswer } from '../wire/disclosure.ts'
import { UntrustworthyOperator } from './errors.ts'

/** What the receiver opened: the text of each field that was released to it. */
export type Opened = Readonly<Partial<Record<SealedFieldName, string>>>

/**
 * Opens one field with both halves, each checked against what the owner signed: in its grant, or as it
 * sealed the field.
 * @throws UntrustworthyOperator for the operator whose half or text is another
 */
export async function openNamedField(
  encryptionKey: PrivateJwk,
  { signalId, purpose, owner }: Omit<SealContext, 'field'>,
  named: GrantPayload['fields'][number],
  sealedFields: readonly SealedField[],
  halves: PerOperator<ReleaseAnswer['halves']>,
): Promise<string> {
  const { field, sealedHash } = named
  const sealed = sealedFields.find((one) => one.field === field)
  if (sealed === undefined || hashOfSealed(sealed) !== sealedHash) {
    throw new UntrustworthyOperator('gateway', 'it sent another text than its owner signed')
  }
  const halfOf = async (operator: 'gateway' | 'keyholder') => {
    const jwe = halves[operator].find((one) => one.field === field)?.half ?? ''
    try {
      return await openHalf(jwe, encryptionKey)
    } catch (cause) {
      throw new UntrustworthyOperator(operator, 'its half does not open', { cause })
    }
  }
  const opened = { gateway: await halfOf('gateway'), keyholder: await halfOf('keyholder') }
  try {
    return await open({ sealed, halves: opened, context: { signalId, purpose, owner, field } })
  } catch (cause) {
    if (!(cause instanceof BrokenSeal)) throw cause
    throw new UntrustworthyOperator('gateway', 'the field does not open with these halves', {
      cause,
    })
  }
}
