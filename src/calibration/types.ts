import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import type { Thresholds } from '../linkage/weights.ts'
import type { Reader } from '../store/reader.ts'
import type { ThresholdReason } from '../wire/calibration.ts'

/** The thresholds in force under one agreement, and who put them there. */
export type Standing = {
  readonly thresholds: Thresholds
  /** How often a threshold was moved; 0 while those of the start stand. */
  readonly moves: number
  readonly last?: {
    readonly agency: AgencyId
    readonly reason: ThresholdReason
    readonly explanation: string
    readonly statement: string
    readonly movedAt: Date
  }
}

/** What other rooms count for this one; handed in. */
export type Counts = {
  /** Live signals under an agreement, per agency. */
  readonly liveSignals: (reader: Reader, agreement: AgreementHash) => Promise<readonly number[]>
  /** How many links under an agreement have a name score from each of these bits on. */
  readonly linksFrom: (
    reader: Reader,
    agreement: AgreementHash,
    bits: readonly number[],
  ) => Promise<ReadonlyMap<number, number>>
}

/** Estimated precision of all links under one agreement from some bits on, as it may be shown. */
export type Estimate = {
  readonly histograms: number
  /** Rounded down to hundredths; undefined where too little is known. */
  readonly from: (bits: number) => number | undefined
}
