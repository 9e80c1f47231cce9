import type { AgencyId, AgreementHash, SignalId } from '../kernel/ids.ts'
import { type TokenedSubject, weighSubjects } from '../linkage/subjects.ts'
import { ofEpoch, tokensByType } from '../linkage/tokens.ts'
import type { Thresholds } from '../linkage/weights.ts'
import { dataOfEverySignal } from '../policy/facts.ts'
import type { Reader } from '../store/reader.ts'
import type { SignalTable } from '../store/tables/signals.ts'
import type { SubjectKind } from '../wire/codes/subjects.ts'
import type { DataCategory, KeyType, Quality, ReasonClass } from '../wire/codes.ts'
import { restrictionsOn } from './restriction-store.ts'
import { kept, signalsSharing } from './store.ts'
import type { IndexedTokens } from './types.ts'

/** Signals of one agency that share one token, and are looked at for a subject's request. */
const mostPerToken = 50

/** A signal that appears to be about the person who asks, and how sure that is. */
export type SignalAbout = {
  readonly id: SignalId
  readonly agency: AgencyId
  readonly quality: Quality
  readonly reasons: readonly ReasonClass[]
}

const personOf = (tokens: IndexedTokens): TokenedSubject => ({
  kind: 'person',
  tokens: tokensByType(
    tokens.map(([type, token, epoch]) => [type as KeyType, ofEpoch(token, epoch)]),
  ),
})

/**
 * The signals under an agreement that appear to be about one person, whoever's they are. Possible ones are
 * left out: an answer must not tell somebody what is kept of another. For the room of subject's rights; makes
 * no link and tells nobody.
 */
export async function signalsAbout(
  reader: Reader,
  agreement: AgreementHash,
  tokens: IndexedTokens,
  thresholds: Thresholds,
): Promise<SignalAbout[]> {
  const own = personOf(tokens)
  const sharing = await signalsSharing(
    reader,
    agreement,
    [...new Set(tokens.map(([, token]) => token))],
    mostPerToken,
    kept,
  )
  return sharing.flatMap((signal) => {
    if (signal.subjectKind !== 'person') return []
    const evidence = weighSubjects(own, personOf(signal.tokens), thresholds)
    if (evidence === undefined || evidence.quality === 'possible') return []
    const { quality, reasons } = evidence
    return [{ id: signal.id, agency: signal.agency, quality, reasons }]
  })
}

/** What can be told of a signal without opening it. */
export type SignalFacts = {
  readonly state: SignalTable['state']
  /** Nothing of it is told to its subject. */
  readonly isConfidential: boolean
  /** When a restriction is looked at again. */
  readonly reviewOn: string | undefined
  readonly purpose: string
  readonly submittedAt: Date
  readonly correctedAt: Date | undefined
  readonly endedAt: Date | undefined
  readonly retainUntil: string | undefined
  readonly categories: readonly DataCategory[]
}

export async function factsOfSignal(
  reader: Reader,
  id: SignalId,
): Promise<SignalFacts | undefined> {
  const row = await reader
    .selectFrom('signal')
    .select(['state', 'purpose', 'subject_kind', 'submitted_at', 'corrected_at', 'ended_at'])
    .select(['retain_until', 'region', 'role', 'sealed'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const measures = await restrictionsOn(reader, id)
  const isSealed = (row.sealed ?? '[]') !== '[]'
  return {
    state: row.state,
    isConfidential: measures.some(({ measure }) => measure === 'confidentiality'),
    reviewOn: measures.find(({ measure }) => measure === 'restriction')?.reviewOn,
    purpose: row.purpose,
    submittedAt: row.submitted_at,
    correctedAt: row.corrected_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    retainUntil: row.retain_until ?? undefined,
    categories: [
      ...dataOfEverySignal(row.subject_kind as SubjectKind),
      ...(row.region === null ? [] : (['region'] as const)),
      ...(isSealed ? (['narrative'] as const) : []),
      ...(row.role === 'suspect' || row.role === 'both' ? (['criminal-offence'] as const) : []),
    ],
  }
}
