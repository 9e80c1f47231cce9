import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import type { Agencies } from '../agencies/agencies.ts'
import type { Agreements } from '../agreements/agreements.ts'
import { archiveYearsOf } from '../agreements/archive-terms.ts'
import { type Delegations, onBehalfOf } from '../agreements/delegations.ts'
import type { Library } from '../agreements/library.ts'
import { deskOf, partyOf } from '../agreements/lifecycle.ts'
import type { Agreement } from '../agreements/types.ts'
import type { Decisions } from '../decisions/decisions.ts'
import { addMonths, calendarOf, startOfQuarter, textOfDay } from '../kernel/calendar.ts'
import { type Clock, dayOf } from '../kernel/clock.ts'
import type { AgreementHash, SignalId } from '../kernel/ids.ts'
import type { Randomness } from '../kernel/random.ts'
import { actorOf } from '../ledger/actor.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { weighSubjects } from '../linkage/subjects.ts'
import { ofEpoch, tokensByType } from '../linkage/tokens.ts'
import type { Tokens } from '../linkage/types.ts'
import type { Thresholds } from '../linkage/weights.ts'
import { factsUnder } from '../policy/facts.ts'
import { refusalOf } from '../policy/refusal.ts'
import type { Archiving, Asker, IndexedTokens, MatchableSignal } from '../signals/types.ts'
import type { Crypter } from '../store/crypter.ts'
import type { Reader } from '../store/reader.ts'
import { type Tx, transact } from '../store/transact.ts'
import {
  type ArchivedSignalView,
  type ArchivePage,
  type ArchiveQuery,
  archivedPerPage,
  type EarlierKnown,
} from '../wire/archive.ts'
import type { KeyType } from '../wire/codes.ts'
import * as store from './store.ts'
import type { ArchivedSignal } from './types.ts'

export type Archive = ReturnType<typeof openArchive>

/** Archived signals that are taken out in one transaction at most. */
export const largestClearance = 100
/** Archived signals that one new signal is weighed against at most: the newest. */
const mostCandidates = 100
/** The index of the law is about the young: until their 23rd birthday. */
const archivedAgeBands: readonly string[] = ['minor', 'youth']

const viewOf = (one: ArchivedSignal): ArchivedSignalView => ({
  id: one.id,
  agreement: one.agreement,
  since: one.knownSince,
  keptUntil: one.keptUntil,
  state: one.givenOn === null ? 'kept' : 'given',
  ...(one.givenOn === null ? {} : { givenOn: one.givenOn }),
})

const subjectOf = (tokens: IndexedTokens) => ({
  kind: 'person' as const,
  tokens: tokensByType(
    tokens.map(([type, token, epoch]) => [type as KeyType, ofEpoch(token, epoch)]),
  ) as Tokens,
})

/**
 * The archive of signals that expired past their retention, where an agreement has one (Jeugdwet art.
 * 7.1.4.6). Of each it keeps what recognises the subject once, and whom to call; nothing of what the signal
 * said, nor its case. When another party signals the subject anew, that one is told once. Tokens are kept
 * under a key of the archive's own, one for each agreement, that is destroyed with the last of them.
 */
export function openArchive({
  clock,
  random,
  db,
  ledger,
  agencies,
  agreements,
  delegations,
  decisions,
  crypter,
  library,
  thresholdsOf,
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly ledger: Ledger
  readonly agencies: Agencies
  readonly agreements: Agreements
  readonly delegations: Delegations
  readonly decisions: Decisions
  readonly crypter: Crypter
  readonly library: Library
  /** The thresholds in force under an agreement; handed in by the room of calibration. */
  readonly thresholdsOf: (reader: Reader, agreement: string) => Promise<Thresholds>
}) {
  async function keyOf(reader: Reader, agreement: string): Promise<KeyObject | undefined> {
    const sealed = await store.sealedKeyOf(reader, agreement)
    if (sealed === undefined) return undefined
    return createSecretKey(crypter.decrypt(store.keyPlace(agreement), sealed))
  }

  async function makeKey(tx: Tx, agreement: string): Promise<KeyObject> {
    const key = random.bytes(32)
    const sealed = crypter.encrypt(store.keyPlace(agreement), key)
    await store.addKey(tx, agreement, sealed, clock.now())
    return createSecretKey(key)
  }

  const tokensUnder = (key: KeyObject, tokens: IndexedTokens): IndexedTokens =>
    tokens.map(([type, token, ...epoch]) => [
      type,
      createHmac('sha256', key).update(Buffer.from(token, 'base64')).digest('base64'),
      ...epoch,
    ])

  /** The archived signals of other parties that appear to concern the subject of a new one. */
  async function recognisedBy(
    tx: Tx,
    key: KeyObject,
    agreement: Agreement,
    signal: MatchableSignal,
  ): Promise<SignalId[]> {
    const tokens = tokensUnder(key, signal.tokens)
    const { parties } = agreements.facts(agreement, signal.agency)
    const thresholds = await thresholdsOf(tx, agreement.hash)
    const candidates = await store.recognisable(tx, agreement.hash, tokens, mostCandidates)
    return candidates
      .filter(({ agency }) => agency !== signal.agency && parties.includes(agency))
      .filter((other) => {
        const evidence = weighSubjects(subjectOf(tokens), subjectOf(other.tokens), thresholds)
        return evidence?.quality === 'certain' || evidence?.quality === 'probable'
      })
      .map(({ id }) => id)
  }

  const keep: Archiving['keep'] = async (tx, expiring) => {
    const kept = new Map<SignalId, string>()
    for (const [hash, alike] of Map.groupBy(expiring, ({ agreement }) => agreement)) {
      const agreement = await agreements.find(tx, hash)
      const facts = agreements.facts(agreement, alike[0]?.agency ?? ('' as never))
      if (agreement === undefined || facts.state === 'ended') continue
      for (const { id, agency, tokens, ...signal } of alike) {
        const years = archiveYearsOf(agreement.content, agency, library)
        const keptUntil = textOfDay(addMonths(calendarOf(signal.retainUntil), 12 * years))
        const covered = signal.subjectKind === 'person' && archivedAgeBands.includes(signal.ageBand)
        if (years === 0 || !covered || keptUntil <= dayOf(clock.now())) continue
        const key = (await keyOf(tx, hash)) ?? (await makeKey(tx, hash))
        await store.add(tx, {
          id,
          agency,
          agreement: hash,
          purpose: signal.purpose,
          contactDesk: signal.contactDesk,
          knownSince: textOfDay(startOfQuarter(calendarOf(dayOf(signal.submittedAt)))),
          keptUntil,
          tokens: tokensUnder(key, tokens),
        })
        kept.set(id, keptUntil)
      }
    }
    return kept
  }

  const give: Archiving['give'] = async (tx, agreement, signals) => {
    const key = await keyOf(tx, agreement.hash)
    if (key === undefined) return
    for (const signal of signals) {
      if (signal.subjectKind !== 'person') continue
      const recognised = await recognisedBy(tx, key, agreement, signal)
      if (recognised.length > 0) {
        await store.setGiven(tx, recognised, signal.id, dayOf(clock.now()))
      }
    }
  }

  const givenTo: Archiving['givenTo'] = async (reader, { content }, signals) => {
    const given = await store.givenTo(reader, signals)
    const names = await agencies.namesOf(reader, [...new Set(given.map(({ agency }) => agency))])
    const told = new Map<SignalId, EarlierKnown[]>()
    for (const { agency, contactDesk, knownSince, givenTo: signal } of given) {
      const party = partyOf(content, agency)
      if (signal === null || party === undefined) continue
      const lines = told.get(signal) ?? []
      const desk = contactDesk ?? deskOf(party, clock.now())
      // The earliest comes first: of one agency and desk one line is enough.
      if (lines.some((line) => line.agency === agency && line.contactDesk === desk)) continue
      lines.push({
        agency,
        name: names.get(agency) ?? agency,
        contactDesk: desk,
        since: knownSince,
      })
      told.set(signal, lines)
    }
    return told
  }

  const due = async (reader: Reader): Promise<ArchivedSignal[]> =>
    store.due(reader, dayOf(clock.now()), await agreements.over(reader), largestClearance)

  return {
    keep,
    give,
    givenTo,

    /** Takes signals out: nobody is recognised by them any more. */
    drop: store.remove,

    /** Decides whether the answer to a submission may tell what is archived; undefined without an archive. */
    mayAsk: ((acting, agreement) =>
      agreement.content.archive === undefined
        ? undefined
        : decisions.decide(
            'archive.ask',
            factsUnder(acting, {
              hash: agreement.hash,
              agreement: agreements.facts(agreement, acting.agency),
            }),
          )) satisfies Archiving['mayAsk'],

    /** A page of what is archived of an agency, the asker's or one that delegated it. Also when the agreement is not in force. */
    async list(asker: Asker, query: ArchiveQuery): Promise<ArchivePage> {
      const result = await transact(db, 'archive/list', async (tx) => {
        const agreement = (await agreements.hold(tx, [query.agreement])).get(query.agreement)
        const acting = await delegations.acting(tx, { agency: asker.agency, active: true }, query)
        const facts = {
          ...factsUnder(acting, {
            hash: query.agreement as AgreementHash,
            agreement: agreements.facts(agreement, acting.agency),
          }),
          owner: acting.agency,
        }
        const decision = decisions.decide('archive.list', facts)
        const found =
          decision.outcome === 'refuse'
            ? []
            : await store.ofOwner(tx, {
                agency: acting.agency,
                agreement: query.agreement,
                after: query.cursor ?? '',
                limit: archivedPerPage + 1,
              })
        const signals = found.slice(0, archivedPerPage)
        const entries = await ledger.append(tx, [
          {
            kind: 'archive.list',
            outcome: decision.outcome,
            requestId: asker.requestId,
            agency: asker.agency,
            ...actorOf(asker),
            ...onBehalfOf(acting),
            agreement: query.agreement as AgreementHash,
            answerSize: signals.length,
            reasons: decision.reasons.map(({ policy }) => policy),
          },
        ])
        await decisions.recordOne(tx, entries, decision, true)
        if (decision.outcome === 'refuse') return { fault: refusalOf(decision, facts) }
        const last = signals.at(-1)
        return {
          page: {
            signals: signals.map(viewOf),
            ...(found.length > signals.length && last !== undefined ? { next: last.id } : {}),
          },
        }
      })
      if (result.fault !== undefined) throw result.fault
      return result.page
    },

    /** How many archived signals wait to be taken out, counted up to what one transaction takes. */
    waiting: async (): Promise<number> => (await due(db)).length,

    /**
     * Takes out what is due, at most `largestClearance`, in one transaction. Safe to run twice and in two
     * processes at once. `askAgain` is called inside the transaction when more may be left.
     * @returns how many it took out
     */
    async clear(askAgain: (tx: Tx) => Promise<void>): Promise<number> {
      if ((await due(db)).length === 0) return 0
      return transact(db, 'archive/clear', async (tx) => {
        await ledger.hold(tx)
        const signals = await due(tx)
        const today = dayOf(clock.now())
        await ledger.append(
          tx,
          signals.map(({ id, agency, agreement, purpose, keptUntil }) => ({
            kind: 'archive.end' as const,
            agency,
            agreement,
            purpose,
            signalId: id,
            cause: keptUntil <= today ? ('years-past' as const) : ('agreement-ended' as const),
          })),
        )
        await store.remove(
          tx,
          signals.map(({ id }) => id),
        )
        if (signals.length === largestClearance) await askAgain(tx)
        return signals.length
      })
    },
  }
}
