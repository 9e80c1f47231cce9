import type { Agencies } from '../agencies/agencies.ts'
import type { OperatorPins } from '../agencies/types.ts'
import type { Agreements } from '../agreements/agreements.ts'
import type { Agreement } from '../agreements/types.ts'
import type { Decisions } from '../decisions/decisions.ts'
import type { Decided } from '../decisions/types.ts'
import { type Clock, isOfFuture } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import { actorOf } from '../ledger/actor.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { isWhole } from '../linkage/calibration.ts'
import { linkageVersion } from '../linkage/keys.ts'
import type { Thresholds } from '../linkage/weights.ts'
import { factsUnder, forItself } from '../policy/facts.ts'
import { refusalOf } from '../policy/refusal.ts'
import type { Act } from '../policy/types.ts'
import { payloadReader } from '../proofs/payload.ts'
import { hashOfStatement } from '../proofs/statement.ts'
import type { Asker } from '../signals/types.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import {
  fewestSubjects,
  type HistogramAnswer,
  type HistogramBody,
  precisionFloors,
  ThresholdMovePayload,
  type ThresholdsView,
} from '../wire/calibration.ts'
import { qualities } from '../wire/codes.ts'
import { estimateOf, moveProblems, places } from './estimate.ts'
import * as store from './store.ts'
import type { Counts, Estimate, Standing } from './types.ts'

export type Calibration = ReturnType<typeof openCalibration>

const readMove = payloadReader(ThresholdMovePayload)

/**
 * How sure names have to be, per agreement: histograms of parties, the precision that they let estimate,
 * and the thresholds that a party's people move. Does NOT check that a histogram is true: no single one
 * can raise the estimate once two are there; see `linkage/calibration.ts`.
 */
export function openCalibration({
  clock,
  db,
  ledger,
  agencies,
  agreements,
  decisions,
  pins,
  counts,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly agencies: Agencies
  readonly agreements: Agreements
  readonly decisions: Decisions
  readonly pins: OperatorPins
  readonly counts: Counts
}) {
  type Question = {
    readonly agency: AgencyId
    readonly active: boolean
    readonly hash: AgreementHash
    readonly purpose: string | undefined
  }

  const decideOn = (
    act: Extract<Act, 'histogram.submit' | 'threshold.read' | 'threshold.move'>,
    { agency, active, hash, purpose }: Question,
    agreement: Agreement | undefined,
  ) => {
    const facts = factsUnder(forItself(agency, active), {
      hash,
      purpose,
      agreement: agreements.facts(agreement, agency),
    })
    const decision = decisions.decide(act, facts)
    return {
      decision,
      reasons: decision.reasons.map(({ policy }) => policy),
      fault: decision.outcome === 'permit' ? undefined : refusalOf(decision, facts),
    }
  }

  const outcomeOf = (fault: Fault | undefined) =>
    fault === undefined ? ('permit' as const) : ('refuse' as const)

  async function estimateFor(
    reader: Reader,
    agreement: AgreementHash,
    thresholds: Thresholds,
  ): Promise<Estimate> {
    const bits = [...new Set([...places, ...qualities.map((quality) => thresholds[quality])])]
    return estimateOf(
      await store.histogramsOf(reader, agreement),
      await counts.liveSignals(reader, agreement),
      await counts.linksFrom(reader, agreement, bits),
    )
  }

  const precisionAt = ({ from }: Estimate, bits: number) => {
    const precision = from(bits)
    return precision === undefined ? {} : { precision }
  }

  async function viewOf(
    reader: Reader,
    agreement: AgreementHash,
    { thresholds, moves, last }: Standing,
  ): Promise<ThresholdsView> {
    const estimate = await estimateFor(reader, agreement, thresholds)
    return {
      linkage: linkageVersion,
      thresholds,
      moves,
      ...(last === undefined
        ? {}
        : {
            lastMove: {
              agency: last.agency,
              reason: last.reason,
              explanation: last.explanation,
              movedAt: last.movedAt.toISOString(),
            },
          }),
      histograms: estimate.histograms,
      levels: qualities.map((quality) => ({
        quality,
        bits: thresholds[quality],
        floor: precisionFloors[quality],
        ...precisionAt(estimate, thresholds[quality]),
      })),
      steps: places.map((bits) => ({ bits, ...precisionAt(estimate, bits) })),
    }
  }

  /** Verifies a move as far as its text goes: who signed it, for whom, for which agreement, when. */
  async function readStatement(hash: AgreementHash, statement: string) {
    const { payload, agency } = await agencies.readAgencyStatement(
      'threshold-move',
      statement,
      readMove,
    )
    const invalid = (message: string) => new Fault('statements/invalid', [{ message }])
    if (payload.audience !== pins.gateway()) {
      throw invalid('the statement is meant for another operator')
    }
    if (payload.agreement !== hash) throw invalid('the statement is about another agreement')
    if (payload.linkage !== linkageVersion) {
      throw invalid('the statement is about another version of the linkage keys')
    }
    if (isOfFuture(clock, payload.movedAt)) {
      throw invalid('the statement is dated in the future')
    }
    return { payload, agency }
  }

  return {
    /** Agreements under which a threshold was ever moved; for the room of follow-up. */
    movedUnder: store.movedUnder,

    /** The thresholds in force under an agreement, for whoever judges links. */
    thresholdsOf: async (reader: Reader, agreement: string): Promise<Thresholds> =>
      (await store.standingOf(reader, agreement)).thresholds,

    /** Keeps a party's histogram in place of its former one. */
    async submit(
      asker: Asker,
      hash: AgreementHash,
      { purpose, linkage, ...histogram }: HistogramBody,
    ): Promise<HistogramAnswer> {
      const result = await transact(db, 'calibration/submit', async (tx) => {
        const question = { agency: asker.agency, active: true, hash, purpose }
        const agreement = (await agreements.hold(tx, [hash])).get(hash)
        const decided = decideOn('histogram.submit', question, agreement)
        const fault = decided.fault ?? histogramFault(linkage, histogram)
        const entries = await ledger.append(tx, [
          {
            kind: 'histogram.submit',
            outcome: outcomeOf(fault),
            requestId: asker.requestId,
            agency: asker.agency,
            ...actorOf(asker),
            agreement: hash,
            purpose,
            linkage,
            subjects: histogram.subjects,
            reasons: decided.fault === undefined && fault ? [fault.code] : decided.reasons,
          },
        ])
        const { receipt } = await decisions.recordOne(
          tx,
          entries,
          decided.decision,
          fault === undefined,
        )
        if (fault !== undefined) return { fault }
        const { agency } = asker
        await store.putHistogram(tx, { agreement: hash, agency, histogram, at: clock.now() })
        return { receipt }
      })
      if (result.receipt === undefined) throw result.fault
      return { receipt: result.receipt }
    },

    /** The thresholds in force and their estimate, in total for the agreement, for a party to it. */
    async read(asker: Asker, hash: AgreementHash, purpose: string): Promise<ThresholdsView> {
      const result = await transact(db, 'calibration/read', async (tx) => {
        const question = { agency: asker.agency, active: true, hash, purpose }
        const agreement = (await agreements.hold(tx, [hash])).get(hash)
        const { decision, fault, reasons } = decideOn('threshold.read', question, agreement)
        const entries = await ledger.append(tx, [
          {
            kind: 'threshold.read',
            outcome: outcomeOf(fault),
            requestId: asker.requestId,
            agency: asker.agency,
            ...actorOf(asker),
            agreement: hash,
            purpose,
            reasons,
          },
        ])
        await decisions.recordOne(tx, entries, decision, fault === undefined)
        if (fault !== undefined) return { fault }
        return { view: await viewOf(tx, hash, await store.standingOf(tx, hash)) }
      })
      if (result.view === undefined) throw result.fault
      return result.view
    },

    /**
     * Moves thresholds on a party's signed word. The statement names its number: the same one again is
     * answered as before, another one under a number that is taken is refused.
     */
    async move(hash: AgreementHash, statement: string, requestId: string): Promise<ThresholdsView> {
      const { payload, agency } = await readStatement(hash, statement)
      const result = await transact(db, 'calibration/move', async (tx) => {
        const agreement = (await agreements.hold(tx, [hash])).get(hash)
        await store.lockThresholds(tx, hash)
        const question = { agency: agency.id, active: agency.active, hash, purpose: undefined }
        const decided = decideOn('threshold.move', question, agreement)
        const standing = await store.standingOf(tx, hash)
        const isKnown = decided.fault === undefined && standing.last?.statement === statement
        if (isKnown) return { view: await viewOf(tx, hash, standing) }
        const estimate =
          decided.fault === undefined ? await estimateFor(tx, hash, standing.thresholds) : undefined
        const fault = decided.fault ?? moveFault(payload, standing, estimate)
        await recordMove(tx, {
          payload,
          statement,
          requestId,
          agreement,
          fault,
          decision: decided.decision,
          reasons: decided.fault === undefined && fault ? [fault.code] : decided.reasons,
          ...(estimate === undefined ? {} : { standing, estimate }),
        })
        if (fault !== undefined) return { fault }
        await store.addMove(tx, payload, statement, clock.now())
        return { view: await viewOf(tx, hash, await store.standingOf(tx, hash)) }
      })
      if (result.view === undefined) throw result.fault
      return result.view
    },
  }

  /** On the ledger: from where to where, and what that was estimated to be worth. */
  async function recordMove(
    tx: Tx,
    move: {
      readonly payload: ThresholdMovePayload
      readonly statement: string
      readonly requestId: string
      readonly agreement: Agreement | undefined
      readonly fault: Fault | undefined
      readonly decision: Decided
      readonly reasons: readonly string[]
      readonly standing?: Standing
      readonly estimate?: Estimate
    },
  ): Promise<void> {
    const { payload, standing, estimate } = move
    const after = payload.thresholds
    const entries = await ledger.append(tx, [
      {
        kind: 'threshold.move',
        outcome: outcomeOf(move.fault),
        requestId: move.requestId,
        agency: payload.agency as AgencyId,
        agreement: payload.agreement as AgreementHash,
        purpose: move.agreement?.content.purpose,
        linkage: payload.linkage,
        move: payload.move,
        before: standing?.thresholds,
        after,
        histograms: estimate?.histograms,
        estimates: estimate === undefined ? undefined : estimatesAt(estimate, after),
        why: payload.reason,
        statementHash: hashOfStatement(move.statement),
        reasons: move.reasons,
      },
    ])
    await decisions.recordOne(tx, entries, move.decision, move.fault === undefined)
  }
}

const estimatesAt = (estimate: Estimate, thresholds: Thresholds) =>
  Object.fromEntries(
    qualities.flatMap((quality) => {
      const precision = estimate.from(thresholds[quality])
      return precision === undefined ? [] : [[quality, precision]]
    }),
  )

function histogramFault(
  linkage: string,
  histogram: Pick<HistogramBody, 'subjects' | 'counts'>,
): Fault | undefined {
  const problems = [
    ...(linkage === linkageVersion
      ? []
      : [{ at: '/linkage', message: `this gateway compares linkage keys of ${linkageVersion}` }]),
    ...(histogram.subjects >= fewestSubjects
      ? []
      : [
          {
            at: '/subjects',
            message: `a histogram takes ${fewestSubjects} subjects: with fewer, one count can point to two of them`,
          },
        ]),
    ...(isWhole(histogram)
      ? []
      : [{ at: '/counts', message: 'together they must be all pairs of the subjects' }]),
  ]
  return problems.length > 0 ? new Fault('calibration/histogram-refused', problems) : undefined
}

function moveFault(
  { move, thresholds }: ThresholdMovePayload,
  standing: Standing,
  estimate: Estimate | undefined,
): Fault | undefined {
  if (move !== standing.moves + 1) return new Fault('calibration/moved-before')
  const problems =
    estimate === undefined ? [] : moveProblems(standing.thresholds, thresholds, estimate)
  return problems.length > 0 ? new Fault('calibration/move-refused', problems) : undefined
}
