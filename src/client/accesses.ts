import { Compile } from 'typebox/compile'
import {
  type Access,
  AccessPage,
  type AccessQuery,
  type AccessReceiptQuery,
} from '../wire/access.ts'
import { Receipt } from '../wire/common.ts'
import type { Answers } from './answers.ts'

const accessPage = Compile(AccessPage)
const receipt = Compile(Receipt)

/** What narrows a look; `occasion` says why the agency looks and stands on the ledger. */
export type AccessFilter = Omit<AccessQuery, 'before'>

/** How an agency looks back at the acts of its own clients. Every page is a look, with an entry of its own. */
export const lookBack = ({ read }: Answers) => ({
  /** Acts that the filter shows, the newest first, page by page until the oldest or until nobody asks on. */
  async *accesses(filter: AccessFilter): AsyncGenerator<Access> {
    let before: number | undefined
    do {
      const asked = { ...filter, ...(before === undefined ? {} : { before: String(before) }) }
      const page = await read(accessPage, `/v1/accesses?${new URLSearchParams(asked)}`)
      yield* page.accesses
      before = page.next
    } while (before !== undefined)
  },

  /** The receipt of one act of the agency’s own; `verifyReceipt` checks it offline. */
  accessReceipt: (index: number, occasion: AccessReceiptQuery['occasion']): Promise<Receipt> =>
    read(receipt, `/v1/accesses/${index}/receipt?${new URLSearchParams({ occasion })}`),
})
