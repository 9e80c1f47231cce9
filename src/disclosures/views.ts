import type { Agencies } from '../agencies/agencies.ts'
import type { Clock } from '../kernel/clock.ts'
import type { AgencyId } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import type { DisclosureState, DisclosureSummary, DisclosureView } from '../wire/disclosure.ts'
import { findUse } from './grant-store.ts'
import type { Disclosure, GrantUse, OwnSignals } from './types.ts'

export type Views = ReturnType<typeof openViews>

/** Which side of a disclosure an agency is on; undefined for everybody else. */
export const sideOf = (
  { owner, receiver }: Disclosure,
  agency: AgencyId,
): 'owner' | 'receiver' | undefined =>
  agency === owner ? 'owner' : agency === receiver ? 'receiver' : undefined

/** What one side sees of a disclosure: its own signal and case, never the other's. */
export function openViews({
  clock,
  agencies,
  signals,
}: {
  readonly clock: Clock
  readonly agencies: Agencies
  readonly signals: OwnSignals
}) {
  function stateOf(one: Disclosure, use: GrantUse | undefined, live: boolean): DisclosureState {
    if (use?.openedAt !== undefined) return 'opened'
    if (use?.revokedAt !== undefined) return 'revoked'
    if (!live) return 'ended'
    if (one.state !== 'granted' || one.grant === undefined) return one.state
    if (use?.releasedAt !== undefined) return 'released'
    return one.grant.expiresAt <= clock.now() ? 'expired' : 'granted'
  }

  /** The state of a disclosure now: of its grant, its two signals, and the clock. */
  async function standingOf(reader: Reader, one: Disclosure): Promise<DisclosureState> {
    const use = one.grant && (await findUse(reader, one.owner, one.grant.number))
    return stateOf(one, use, await signals.areLive(reader, [one.signal, one.receiverSignal]))
  }

  async function summaryOf(
    reader: Reader,
    one: Disclosure,
    side: 'owner' | 'receiver',
  ): Promise<DisclosureSummary> {
    const [own, other] =
      side === 'owner' ? [one.signal, one.receiver] : [one.receiverSignal, one.owner]
    const state = await standingOf(reader, one)
    const caseReference = (await signals.caseReferencesOf(reader, [own])).get(own)
    const names = await agencies.namesOf(reader, [other])
    const waits = state === 'requested'
    return {
      number: one.number,
      side,
      other: { agency: other, name: names.get(other) ?? other },
      agreement: one.agreement,
      purpose: one.purpose,
      state,
      fields: [...one.fields],
      article: one.article,
      signal: { id: own, ...(caseReference === undefined ? {} : { caseReference }) },
      requestedAt: one.requestedAt.toISOString(),
      dueAt: one.dueAt.toISOString(),
      overdue: waits && one.dueAt <= clock.now(),
      ...(one.refusal === undefined ? {} : { refusal: one.refusal }),
      ...(one.grant === undefined
        ? {}
        : {
            grant: {
              number: one.grant.number,
              fields: [...one.grant.fields],
              expiresAt: one.grant.expiresAt.toISOString(),
            },
          }),
    }
  }

  return {
    standingOf,
    summaryOf,

    /** With what was said, and the other side's card; for the owner also the sealed fields, to grant them. */
    async viewOf(
      reader: Reader,
      one: Disclosure,
      side: 'owner' | 'receiver',
    ): Promise<DisclosureView> {
      const summary = await summaryOf(reader, one, side)
      const [card, sealed] =
        side === 'owner'
          ? [
              await agencies.cardStatementOf(reader, one.receiver),
              await signals.sealedOf(reader, one.signal),
            ]
          : [await agencies.cardStatementOf(reader, one.owner), undefined]
      return {
        ...summary,
        remarks: [...one.remarks],
        ...(one.request === undefined ? {} : { request: one.request }),
        ...(card === undefined ? {} : { [side === 'owner' ? 'receiverCard' : 'ownerCard']: card }),
        ...(one.grant === undefined ? {} : { grantStatement: one.grant.statement }),
        ...(sealed === undefined
          ? {}
          : { sealed: [...sealed] as NonNullable<DisclosureView['sealed']> }),
      }
    },
  }
}
