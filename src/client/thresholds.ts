import { Compile } from 'typebox/compile'
import type { Clock } from '../kernel/clock.ts'
import type { Histogram } from '../linkage/calibration.ts'
import { linkageVersion } from '../linkage/keys.ts'
import { signStatement } from '../proofs/statement.ts'
import {
  HistogramAnswer,
  type HistogramBody,
  type ThresholdMovePayload,
  ThresholdsView,
} from '../wire/calibration.ts'
import type { Receipt } from '../wire/common.ts'
import type { AgencyKeys } from './agency-keys.ts'
import { checked, type openAnswers } from './answers.ts'
import { agreementPath, moveThresholdsAt, type PinnedOperators } from './operators.ts'
import type { UnderAgreement } from './signal-bodies.ts'

const histogramAnswer = Compile(HistogramAnswer)
const thresholdsView = Compile(ThresholdsView)

/** How an agency judges and moves the thresholds of an agreement. */
export function openThresholds({
  agency,
  keys,
  pins,
  clock,
  answers,
}: {
  readonly agency: string
  readonly keys: AgencyKeys
  readonly pins: PinnedOperators
  readonly clock: Clock
  readonly answers: ReturnType<typeof openAnswers>
}) {
  const { read, write } = answers

  return {
    /** Tells the gateway how alike the agency's own subjects are: counts, and nothing else. */
    async submitHistogram(
      { hash, content }: UnderAgreement,
      { subjects, counts }: Histogram,
    ): Promise<Receipt> {
      const { purpose } = content
      const body: HistogramBody = {
        purpose,
        linkage: linkageVersion,
        subjects,
        counts: [...counts],
      }
      return (await write(histogramAnswer, `${agreementPath(hash)}/histograms`, body)).receipt
    },

    /** The thresholds in force under an agreement, and how precise they are estimated to be. */
    async thresholds({ hash, content }: UnderAgreement): Promise<ThresholdsView> {
      const query = new URLSearchParams({ purpose: content.purpose })
      return read(thresholdsView, `${agreementPath(hash)}/thresholds?${query}`)
    },

    /** Moves thresholds for all parties, on the agency's signed word. `move` is one more than was seen. */
    async moveThresholds(
      { hash }: UnderAgreement,
      decision: Pick<ThresholdMovePayload, 'move' | 'thresholds' | 'reason' | 'explanation'>,
    ): Promise<ThresholdsView> {
      const payload: ThresholdMovePayload = {
        ...decision,
        audience: pins.gateway.rootThumbprint,
        agency,
        agreement: hash,
        linkage: linkageVersion,
        movedAt: clock.now().toISOString(),
      }
      const statement = await signStatement('threshold-move', payload, keys.signing)
      return checked(thresholdsView, await moveThresholdsAt(pins.gateway, hash, statement))
    },
  }
}
