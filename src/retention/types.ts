import type { RetentionRunTable } from '../store/tables/retention.ts'
import type { Tx } from '../store/transact.ts'

/** A kind of due work, as the room that knows it hands it in. */
export type DueWork = {
  readonly run: RetentionRunTable['run']
  /** How much waits, counted up to what one transaction can do. */
  readonly waiting: () => Promise<number>
  /** Does at most so much in one transaction, and says how much; asks again inside it when more may be left. */
  readonly work: (askAgain: (tx: Tx) => Promise<void>) => Promise<number>
  readonly most: number
}

/** How one kind of due work stands. */
export type Standing = {
  readonly run: DueWork['run']
  readonly lastSucceededAt: Date | undefined
  /** Coarse on purpose: a number would tell how many signals there are. */
  readonly due: 'none' | 'some' | 'many'
}
