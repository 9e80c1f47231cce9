import type { Receipt } from '../wire/common.ts'

/** What the browser gets to check one entry with: all of it public or disclosed in the receipt. */
export type CheckedEntry = {
  readonly receipt: Receipt
  /** Key of the ledger (C2SP signed-note). */
  readonly verifierKey: string
  /** The newest checkpoint that the keyholder cosigned, and the way of this entry to its root. */
  readonly cosigned?: {
    readonly note: string
    readonly witnessKey: string
    readonly inclusion: readonly string[]
  }
}

/** What the script says, in the language of the page. */
export type CheckTexts = Readonly<
  Record<
    'commitment' | 'leaf' | 'sibling' | 'root' | 'signature' | 'cosignature' | 'good' | 'bad',
    string
  >
>
