import { Compile } from 'typebox/compile'
import type { Clock } from '../kernel/clock.ts'
import { signStatement } from '../proofs/statement.ts'
import { type RecallConfirmationPayload, RecallList, type RecallView } from '../wire/recall.ts'
import type { AgencyKeys } from './agency-keys.ts'
import type { Answers } from './answers.ts'
import { type PinnedOperators, sayTo } from './operators.ts'

const listForm = Compile(RecallList)

/** Texts that were opened and whose signal changed afterwards: told to the receiver, confirmed by it. */
export const openRecalls = ({
  agency,
  keys,
  pins,
  clock,
  answers: { read },
}: {
  readonly agency: string
  readonly keys: AgencyKeys
  readonly pins: PinnedOperators
  readonly clock: Clock
  readonly answers: Answers
}) => ({
  /** All that this agency takes part in; those that wait first. */
  list: async (): Promise<RecallView[]> => (await read(listForm, '/v1/recalls')).recalls,

  /** For the receiver: what it did with the text. Signed with its signing key. */
  async confirm(
    recall: string,
    said: Pick<RecallConfirmationPayload, 'answer' | 'reason'>,
  ): Promise<void> {
    const payload: RecallConfirmationPayload = {
      ...said,
      audience: {
        gateway: pins.gateway.rootThumbprint,
        keyholder: pins.keyholder.rootThumbprint,
      },
      agency,
      recall,
      confirmedAt: clock.now().toISOString(),
    }
    const statement = await signStatement('recall-confirmation', payload, keys.signing)
    await sayTo(pins.gateway, '/v1/recall-confirmations', { statement })
  },
})
