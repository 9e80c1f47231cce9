import type { ExpiryCause } from '../signals/expiry.ts'

/** How one kind of due work stands. */
export type Standing = {
  readonly run: ExpiryCause
  readonly lastSucceededAt: Date | undefined
  /** Coarse on purpose: a number would tell how many signals there are. */
  readonly due: 'none' | 'some' | 'many'
}

/** Work of another room that time makes due: done a piece at a time, each in a transaction of its own. */
export type DueWork = {
  readonly name: string
  /** Does at most so much as one transaction can. @returns how much it did; 0 when nothing is left */
  readonly run: () => Promise<number>
}
