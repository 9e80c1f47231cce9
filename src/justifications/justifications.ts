import type { Library } from '../agreements/library.ts'
import type { Decisions } from '../decisions/decisions.ts'
import { butFor, type Judged, nothingThere, openJudging, outcomeOf } from '../decisions/judging.ts'
import type { Asker } from '../decisions/types.ts'
import { addWorkingDays } from '../follow-up/working-days.ts'
import type { Clock } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgencyId } from '../kernel/ids.ts'
import { actorOf } from '../ledger/actor.ts'
import { actsAt } from '../ledger/acts.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { viewOf as viewOfAct } from '../oversight/access-pages.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import type { AccessQuery } from '../wire/access.ts'
import { lookReasons } from '../wire/codes/justifications.ts'
import {
  type JudgeBody,
  type JustifyBody,
  type OwnSampleQuery,
  type Sample,
  type SamplePage,
  type SampleQuery,
  samplesPerPage,
} from '../wire/justification.ts'
import { termDays } from './drawing.ts'
import { isFinal, lookFactsOf, stateOf, viewOf } from './state.ts'
import * as store from './store.ts'
import type { DrawnLook, SeenLook, Signed } from './types.ts'

export type Justifications = ReturnType<typeof openJustifications>

/** Rows looked through for one page of what few rows are of. */
const mostSifted = 1_000

const viewOwnAct = viewOfAct('own')

const needsCase = new Set<string>(lookReasons.filter((one) => one.case).map(({ code }) => code))

/**
 * Looks that were drawn: whoever looked gives the reason, and another officer of the agency, at another machine,
 * judges it. Every look at them is an act itself. Does not see whether a reason is true, nor who really sits
 * at a machine.
 */
export function openJustifications({
  clock,
  db,
  ledger,
  decisions,
  library,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly decisions: Decisions
  readonly library: Pick<Library, 'legalBases'>
}) {
  const { judgeOwn, append } = openJudging(decisions)

  async function seen(
    reader: Reader,
    agency: AgencyId,
    drawn: readonly DrawnLook[],
  ): Promise<SeenLook[]> {
    const rows = await actsAt(
      reader,
      agency,
      drawn.map(({ entry }) => entry),
    )
    const looks = new Map(rows.map((row) => [row.index, viewOwnAct(row)]))
    return drawn.map((one) => ({ drawn: one, look: looks.get(one.entry) }))
  }

  const common = ({ agency, client, officer, requestId }: Asker) => ({
    requestId,
    agency,
    ...actorOf({ client, ...(officer === undefined ? {} : { officer }) }),
  })
  const signed = ({ client, officer }: Asker): Signed => ({
    at: clock.now(),
    client,
    ...(officer === undefined ? {} : { officer }),
  })

  const appendList = (
    tx: Tx,
    asker: Asker,
    judged: Judged,
    about: { readonly occasion?: AccessQuery['occasion']; readonly look?: number | undefined },
  ) =>
    append(
      tx,
      ledger,
      { kind: 'sample.list', ...common(asker), ...about, ...outcomeOf(judged) },
      judged,
    )

  /** Pages through what a filter lets pass; states depend on the time, and no column has them. */
  async function pageOf(
    tx: Tx,
    agency: AgencyId,
    filter: store.SampleFilter,
    passes: (one: SeenLook) => boolean,
  ): Promise<SamplePage> {
    const rows = await store.samplesOf(tx, agency, filter, mostSifted + 1)
    const passing = (await seen(tx, agency, rows.slice(0, mostSifted))).filter(passes)
    const shown = passing.slice(0, samplesPerPage)
    const last = shown.length < passing.length ? shown.at(-1)?.drawn : rows[mostSifted - 1]
    const more = shown.length < passing.length || rows.length > mostSifted
    return {
      samples: shown.map((one) => viewOf(one, clock.now())),
      ...(more && last !== undefined ? { next: last.entry } : {}),
    }
  }

  async function list(
    asker: Asker,
    occasion: AccessQuery['occasion'] | undefined,
    filter: store.SampleFilter,
    passes: (one: SeenLook) => boolean,
  ): Promise<SamplePage> {
    const result = await transact(db, 'justifications/list', async (tx) => {
      const judged = judgeOwn('sample.list', asker.agency)
      await appendList(tx, asker, judged, occasion === undefined ? {} : { occasion })
      if (judged.fault !== undefined) return { fault: judged.fault }
      return { page: await pageOf(tx, asker.agency, filter, passes) }
    })
    if (result.page === undefined) throw result.fault
    return result.page
  }

  function problemsOf({ reason, article, caseCommitment }: JustifyBody): Fault | undefined {
    const problems = [
      ...(library.legalBases.has(article)
        ? []
        : [{ at: '/article', message: 'the library has no such legal basis' }]),
      ...(needsCase.has(reason) && caseCommitment === undefined
        ? [{ at: '/caseCommitment', message: 'this reason needs a commitment to your own case' }]
        : []),
    ]
    return problems.length === 0 ? undefined : new Fault('door/invalid-input', problems)
  }

  /** One act on one look: found and held, decided, appended, done. */
  async function onOne(
    asker: Asker,
    id: string,
    name: string,
    work: (tx: Tx, found: SeenLook | undefined) => Promise<Fault | DrawnLook | undefined>,
  ): Promise<Sample> {
    const result = await transact(db, name, async (tx) => {
      await ledger.hold(tx)
      const drawn = await store.holdSample(tx, asker.agency, id)
      const [found] = await seen(tx, asker.agency, drawn === undefined ? [] : [drawn])
      const done = await work(tx, found)
      if (done === undefined || done instanceof Fault) return { fault: done }
      return { view: viewOf({ drawn: done, look: found?.look }, clock.now()) }
    })
    if (result.view === undefined) throw result.fault ?? new Fault('samples/not-found')
    return result.view
  }

  return {
    /** The drawn looks of the asker’s agency, of the newest entries first; judged ones too, for good. */
    list: (asker: Asker, { occasion, state, ...filter }: SampleQuery): Promise<SamplePage> =>
      list(
        asker,
        occasion,
        filter,
        ({ drawn }) => state === undefined || stateOf(drawn, clock.now()) === state,
      ),

    /** Those of which the asker has to give the reason, or gave it. */
    listOwn: (asker: Asker, query: OwnSampleQuery): Promise<SamplePage> =>
      list(asker, undefined, query, (one) => lookFactsOf(asker, one).own),

    /** @throws Fault samples/not-found, also for one of another agency */
    read: (asker: Asker, id: string, occasion: AccessQuery['occasion']): Promise<Sample> =>
      onOne(asker, id, 'justifications/read', async (tx, found) => {
        const judged =
          found === undefined
            ? nothingThere('samples/not-found')
            : judgeOwn('sample.list', asker.agency)
        await appendList(tx, asker, judged, { occasion, look: found?.drawn.entry })
        return judged.fault ?? found?.drawn
      }),

    /**
     * The reason, by whoever looked. Until it is judged another one can be given; after an unclear finding too.
     * @throws Fault samples/not-found, samples/judged, door/invalid-input, policy/denied
     */
    justify: (asker: Asker, id: string, body: JustifyBody): Promise<Sample> =>
      onOne(asker, id, 'justifications/justify', async (tx, found) => {
        const { reason, article, caseCommitment } = body
        const isOver = found !== undefined && isFinal(found.drawn)
        const judged =
          found === undefined
            ? nothingThere('samples/not-found')
            : butFor(
                judgeOwn('sample.justify', asker.agency, { look: lookFactsOf(asker, found) }),
                isOver ? new Fault('samples/judged') : problemsOf(body),
              )
        await append(
          tx,
          ledger,
          {
            kind: 'sample.justify',
            ...common(asker),
            look: found?.drawn.entry,
            because: reason,
            article,
            caseCommitment,
            ...outcomeOf(judged),
          },
          judged,
        )
        if (judged.fault !== undefined || found === undefined) return judged.fault
        const justification = { ...signed(asker), ...body }
        const reviewBy = addWorkingDays(justification.at, termDays)
        await store.putJustification(tx, id, justification, reviewBy)
        return { ...found.drawn, justification, reviewBy }
      }),

    /**
     * What another officer found, at another machine. The first finding stands, unless it was unclear; the same again is welcome.
     * @throws Fault samples/not-found, samples/judged, samples/awaiting-reason, policy/denied
     */
    judge: (asker: Asker, id: string, { finding }: JudgeBody): Promise<Sample> =>
      onOne(asker, id, 'justifications/judge', async (tx, found) => {
        const drawn = found?.drawn
        const isSame = drawn?.judgement?.finding === finding
        const isEarly = drawn !== undefined && stateOf(drawn, clock.now()) === 'awaiting-reason'
        const fault =
          drawn !== undefined && isFinal(drawn) && !isSame
            ? new Fault('samples/judged')
            : isEarly && found?.look !== undefined
              ? new Fault('samples/awaiting-reason')
              : undefined
        const judged =
          found === undefined
            ? nothingThere('samples/not-found')
            : butFor(
                judgeOwn('sample.judge', asker.agency, { look: lookFactsOf(asker, found) }),
                fault,
              )
        await append(
          tx,
          ledger,
          {
            kind: 'sample.judge',
            ...common(asker),
            look: drawn?.entry,
            finding,
            ...outcomeOf(judged),
          },
          judged,
        )
        if (judged.fault !== undefined || drawn === undefined) return judged.fault
        if (isFinal(drawn)) return drawn
        const judgement = { ...signed(asker), finding }
        await store.putJudgement(tx, id, judgement)
        return { ...drawn, judgement }
      }),
  }
}
