import type { Decisions } from '../decisions/decisions.ts'
import { openJudging, outcomeOf } from '../decisions/judging.ts'
import type { Asker } from '../decisions/types.ts'
import type { Clock } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import { actorOf } from '../ledger/actor.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { mostDrawn } from '../proofs/sample.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import { drawsPerPage, type SampleDraw, type SampleDraws } from '../wire/justification.ts'
import * as drawStore from './draw-store.ts'
import { stateOf } from './state.ts'
import * as store from './store.ts'
import type { Draw, DrawnLook, Share } from './types.ts'

export type Draws = ReturnType<typeof openDraws>

function figuresOf(samples: readonly DrawnLook[], now: Date): SampleDraw['figures'] {
  const found = (finding: string) =>
    samples.filter(({ judgement }) => judgement?.finding === finding).length
  return {
    justified: found('justified'),
    unjustified: found('unjustified'),
    unclear: found('unclear'),
    overdue: samples.filter((one) => stateOf(one, now).endsWith('-overdue')).length,
  }
}

/** The draws, with everything to make them again, and the asker’s own part in them; never that of another agency. */
export function openDraws({
  clock,
  db,
  ledger,
  decisions,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly decisions: Decisions
}) {
  const { judgeOwn, append } = openJudging(decisions)

  async function viewOf(
    tx: Tx,
    { agency }: Asker,
    { committedIndex, drawnAt, ...draw }: Draw,
    share: Share | undefined,
  ): Promise<SampleDraw> {
    const samples = await store.samplesOf(tx, agency, { week: draw.week }, mostDrawn)
    return {
      ...draw,
      drawnAt: drawnAt.toISOString(),
      committed: await ledger.receiptFor(tx, committedIndex),
      looks: share?.looks ?? 0,
      drawn: samples.map(({ entry }) => entry).sort((one, other) => one - other),
      ...(share === undefined ? {} : { receipt: await ledger.receiptFor(tx, share.ledgerIndex) }),
      figures: figuresOf(samples, clock.now()),
    }
  }

  return {
    async list(asker: Asker, before: string | undefined): Promise<SampleDraws> {
      const result = await transact(db, 'justifications/draws', async (tx) => {
        const judged = judgeOwn('sample.list', asker.agency)
        await append(
          tx,
          ledger,
          {
            kind: 'sample.list',
            requestId: asker.requestId,
            agency: asker.agency,
            ...actorOf(asker),
            ...outcomeOf(judged),
          },
          judged,
        )
        if (judged.fault !== undefined) return { fault: judged.fault }
        const found = await drawStore.draws(tx, { before, most: drawsPerPage })
        const weeks = found.map(({ week }) => week)
        const shares = await drawStore.sharesOf(tx, asker.agency, weeks)
        const draws: SampleDraw[] = []
        for (const draw of found) draws.push(await viewOf(tx, asker, draw, shares.get(draw.week)))
        return { draws }
      })
      if (result.draws === undefined) throw result.fault ?? new Fault('samples/not-found')
      return { draws: result.draws }
    },
  }
}
