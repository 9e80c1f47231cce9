import { Compile } from 'typebox/compile'
import {
  type Access,
  type AccessExportQuery,
  AccessPage,
  type AccessQuery,
  type AccessReceiptQuery,
  rowsHeader,
} from '../wire/access.ts'
import { Receipt } from '../wire/common.ts'
import type { Answers } from './answers.ts'
import { UntrustworthyOperator } from './errors.ts'
import type { Session } from './session.ts'

const accessPage = Compile(AccessPage)
const receipt = Compile(Receipt)

/** What narrows a look; `occasion` says why the agency looks and stands on the ledger. */
export type AccessFilter = Omit<AccessQuery, 'before'>

/** An export as it comes in: how many rows the gateway promised, and the text, not yet read. */
export type AccessExportDownload = {
  readonly rows: number
  readonly text: AsyncIterable<Uint8Array>
}

const addressOf = (path: string, query: Readonly<Record<string, string | number | undefined>>) => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  return `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}

/** How an agency looks back. Every page is a look, with an entry of its own. */
export const lookBack = ({ read }: Answers, { download }: Pick<Session, 'download'>) => ({
  /** Acts that the filter shows, the newest first, page by page until the oldest or until nobody asks on. */
  async *accesses(filter: AccessFilter): AsyncGenerator<Access> {
    let before: number | undefined
    do {
      const page = await read(accessPage, addressOf('/v1/accesses', { ...filter, before }))
      yield* page.accesses
      before = page.next
    } while (before !== undefined)
  },

  /**
   * All acts that the filter shows, in one act. Whether all came is the reader’s to check: see `exportEnding`.
   * @throws UntrustworthyOperator when the gateway does not say how many there are
   */
  async exportAccesses(query: AccessExportQuery): Promise<AccessExportDownload> {
    const accept = query.format === 'csv' ? 'text/csv' : 'application/json'
    const path = addressOf('/v1/accesses/_export', query)
    const { headers, body } = await download(path, accept)
    const told = headers.get(rowsHeader) ?? ''
    if (!/^(?:0|[1-9][0-9]{0,14})$/.test(told))
      throw new UntrustworthyOperator('gateway', 'it does not say how many acts it sends')
    return { rows: Number(told), text: body }
  },

  /** The receipt of one act of the agency’s own; `verifyReceipt` checks it offline. */
  accessReceipt: (index: number, occasion: AccessReceiptQuery['occasion']): Promise<Receipt> =>
    read(receipt, addressOf(`/v1/accesses/${index}/receipt`, { occasion })),
})

/** How an export of so many rows ends; one that ends otherwise broke off. */
export const exportEnding = (format: AccessExportQuery['format'], rows: number): string =>
  format === 'csv' ? `\r\nrows;${rows}\r\n` : `],"rows":${rows}}`
