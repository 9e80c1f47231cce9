import type { ExpiryCause } from '../signals/expiry.ts'

/** How one kind of due work stands. */
export type Standing = {
  readonly run: ExpiryCause
  readonly lastSucceededAt: Date | undefined
  /** Coarse on purpose: a number would tell how many signals there are. */
  readonly due: 'none' | 'some' | 'many'
}
