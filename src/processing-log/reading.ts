import type { Decisions } from '../decisions/decisions.ts'
import type { Asker } from '../decisions/types.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgreementHash } from '../kernel/ids.ts'
import { actorOf } from '../ledger/actor.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { factsUnder, forItself } from '../policy/facts.ts'
import { unknownAgreement } from '../policy/types.ts'
import type { Reader } from '../store/reader.ts'
import { transact } from '../store/transact.ts'
import type { LogQuery } from '../wire/processing-log.ts'

/** Who reads a log, and with which scopes. */
export type LogReader = Asker & { readonly scopes: readonly string[] }

export type LogAct = 'processing-log.read' | 'decision-log.read'

export type ReadingRooms = {
  readonly db: Reader
  readonly ledger: Ledger
  readonly decisions: Decisions
}

const confidentialScope = 'oversee-confidential'

/** Reading a log is an act: decided, on the ledger with its occasion, and only then done. */
export const openReading = ({ db, ledger, decisions }: ReadingRooms) =>
  /**
   * @returns the index of the entry of this reading: what is read ends before it
   * @throws Fault policy/denied; door/forbidden when confidential activities are asked for without their scope
   */
  async function read(
    reader: LogReader,
    act: LogAct,
    { occasion, activities = 'ordinary' }: Pick<LogQuery, 'occasion' | 'activities'>,
  ): Promise<number> {
    const result = await transact(db, `${act}`, async (tx) => {
      const facts = factsUnder(forItself(reader.agency), {
        hash: '' as AgreementHash,
        agreement: unknownAgreement,
      })
      const decision = decisions.decide(act, facts)
      const denied =
        decision.outcome === 'permit'
          ? undefined
          : new Fault(
              'policy/denied',
              decision.reasons.map(({ policy, en, article }) => ({
                at: policy,
                message: en,
                article,
              })),
            )
      const unscoped =
        activities === 'all' && !reader.scopes.includes(confidentialScope)
          ? new Fault('door/forbidden', [
              { message: `the access token lacks the scope ${confidentialScope}` },
            ])
          : undefined
      const fault = denied ?? unscoped
      const entries = await ledger.append(tx, [
        {
          kind: act,
          occasion,
          activities,
          outcome: fault === undefined ? 'permit' : 'refuse',
          requestId: reader.requestId,
          agency: reader.agency,
          ...actorOf(reader),
          reasons:
            denied === undefined && unscoped !== undefined
              ? [unscoped.code]
              : decision.reasons.map(({ policy }) => policy),
        },
      ])
      const { index } = await decisions.recordOne(tx, entries, decision, fault === undefined)
      return { index, fault }
    })
    if (result.fault !== undefined) throw result.fault
    return result.index
  }
