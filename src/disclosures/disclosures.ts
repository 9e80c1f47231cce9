import type { Agencies } from '../agencies/agencies.ts'
import type { Agreements } from '../agreements/agreements.ts'
import type { Decisions } from '../decisions/decisions.ts'
import type { Clock } from '../kernel/clock.ts'
import type { AgreementHash } from '../kernel/ids.ts'
import { actorOf } from '../ledger/actor.ts'
import { coarseSize } from '../ledger/answer-size.ts'
import type { LedgerEntry } from '../ledger/entries.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Tell } from '../notification/types.ts'
import type { Crypter } from '../store/crypter.ts'
import type { Reader } from '../store/reader.ts'
import { occasionally } from '../store/sweep.ts'
import { transact } from '../store/transact.ts'
import { type DisclosurePage, disclosuresPerPage } from '../wire/disclosure.ts'
import { openAnswers } from './answers.ts'
import { openDisclosureDecisions } from './decision.ts'
import type { openEmergencyRooms } from './emergency-rooms.ts'
import { openEmergencyRoute } from './emergency-route.ts'
import type { Statements } from './grants.ts'
import type { Releases } from './releases.ts'
import { openRequests } from './requests.ts'
import * as store from './store.ts'
import { openTelling } from './telling.ts'
import type { Asker, OwnSignals, Touching } from './types.ts'
import { openViews } from './views.ts'

export type Disclosures = ReturnType<typeof openDisclosures>

/** How long it is kept why was asked and what was said, after the last that happened. */
const keepTextsSeconds = 90 * 86_400

/**
 * Disclosures at the gateway: an agency that knows of an overlap asks for sealed fields, with reasons;
 * the owner decides; what it grants is released by each operator for itself (`releases.ts`). The gateway
 * keeps requests and grants and tells each side how they stand. It can make neither, and opens nothing.
 */
export function openDisclosures({
  clock,
  db,
  ledger,
  agencies,
  agreements,
  decisions: deciding,
  crypter,
  statements,
  releases,
  signals,
  touching,
  emergencies,
  tell,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly agencies: Agencies
  readonly agreements: Agreements
  readonly decisions: Decisions
  readonly crypter: Crypter
  readonly statements: Statements
  readonly releases: Releases
  readonly signals: OwnSignals
  readonly touching: Touching
  readonly emergencies: ReturnType<typeof openEmergencyRooms>
  readonly tell: Tell
}) {
  const decisions = openDisclosureDecisions(deciding, agreements)
  const views = openViews({ clock, agencies, signals })
  const telling = openTelling({ tell, crypter })
  const rooms = {
    clock,
    db,
    ledger,
    agencies,
    agreements,
    crypter,
    decisions,
    statements,
    releases,
    views,
    telling,
  }
  const forgetTexts = occasionally(clock, keepTextsSeconds, async (before) => {
    await store.eraseTexts(db, before)
    await emergencies.reviews.forget(before)
  })

  return {
    ...openRequests(rooms, { signals, touching }),
    ...openAnswers(rooms, signals),

    emergencyRoute: openEmergencyRoute(rooms, { signals, touching, tell, ...emergencies }),

    /** Tells the other side what became of a grant; for the room's own releases, which both operators have. */
    tellOfGrant: telling.tellOfGrant,

    /** Whatever was said of signals that end goes with them; for the room of signals. */
    forget: store.eraseTextsOf,

    /** Requests that wait for their owner, for whoever reminds it, and whether their signals are there still. */
    async awaiting(
      reader: Reader,
      at: Date,
      page: { readonly after: string; readonly limit: number },
    ) {
      const found = await store.awaitingAnswer(reader, at, page)
      const live = new Set(
        (
          await Promise.all(
            found.map(async (one) =>
              (await signals.areLive(reader, one.signals)) ? [one.number] : [],
            ),
          )
        ).flat(),
      )
      return found.map((one) => ({ ...one, live: live.has(one.number) }))
    },

    /** A page of what an agency was asked for, or asked for. The entry on the ledger tells no number. */
    async list(
      asker: Asker,
      query: {
        readonly agreement: string
        readonly purpose: string
        readonly side: 'owner' | 'receiver'
        readonly cursor?: string
      },
    ): Promise<DisclosurePage> {
      await forgetTexts()
      const result = await transact(db, 'disclosures/list', async (tx) => {
        const agreement = (await agreements.hold(tx, [query.agreement])).get(query.agreement)
        const decided = decisions.onList(asker.agency, query, agreement)
        const { fault, outcome, reasons } = decided
        const found =
          fault === undefined
            ? await store.disclosuresAfter(tx, crypter, {
                agency: asker.agency,
                side: query.side,
                agreement: query.agreement,
                after: query.cursor ?? '',
                limit: disclosuresPerPage + 1,
              })
            : []
        const page = found.slice(0, disclosuresPerPage)
        const entry: LedgerEntry = {
          kind: 'disclosure.list',
          outcome,
          requestId: asker.requestId,
          agency: asker.agency,
          ...actorOf(asker),
          agreement: query.agreement as AgreementHash,
          purpose: query.purpose,
          answerSize: coarseSize(page.length),
          reasons,
        }
        await decisions.append(tx, ledger, entry, decided)
        if (fault !== undefined) return { fault }
        const last = page.at(-1)
        const disclosures = []
        for (const one of page) disclosures.push(await views.summaryOf(tx, one, query.side))
        return {
          page:
            found.length > page.length && last !== undefined
              ? { disclosures, next: last.number }
              : { disclosures },
        }
      })
      if (result.fault !== undefined) throw result.fault
      return result.page
    },
  }
}
