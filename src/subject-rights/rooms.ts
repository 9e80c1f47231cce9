import type { Agencies } from '../agencies/agencies.ts'
import type { Agreements } from '../agreements/agreements.ts'
import type { Decisions } from '../decisions/decisions.ts'
import type { Released, ToldOfChange } from '../disclosures/release-facts.ts'
import type { Clock } from '../kernel/clock.ts'
import type { AgreementHash, SignalId } from '../kernel/ids.ts'
import type { Randomness } from '../kernel/random.ts'
import type { DomainKeys } from '../keys/domain-keys.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Thresholds } from '../linkage/weights.ts'
import type { Tell } from '../notification/types.ts'
import type { Signals } from '../signals/signals.ts'
import type { SignalAbout, SignalFacts } from '../signals/subject-search.ts'
import type { BodyHash, TokenIndex } from '../signals/token-index.ts'
import type { IndexedTokens } from '../signals/types.ts'
import type { Crypter } from '../store/crypter.ts'
import type { Reader } from '../store/reader.ts'

/** What every act on a subject's request works with. */
export type RightsRooms = {
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly ledger: Ledger
  readonly agencies: Pick<Agencies, 'namesOf'>
  readonly agreements: Pick<Agreements, 'hold' | 'facts'>
  readonly decisions: Decisions
  readonly crypter: Crypter
  readonly epochsOf: DomainKeys['epochsOf']
  readonly tokenIndex: TokenIndex
  readonly bodyHash: BodyHash
  readonly thresholdsOf: (reader: Reader, agreement: string) => Promise<Thresholds>
  readonly signals: Pick<Signals, 'caseReferencesOf'> & {
    /** Signals that appear to be about one person, whoever's they are. */
    readonly about: (
      reader: Reader,
      agreement: AgreementHash,
      tokens: IndexedTokens,
      thresholds: Thresholds,
    ) => Promise<readonly SignalAbout[]>
    readonly factsOf: (reader: Reader, id: SignalId) => Promise<SignalFacts | undefined>
  }
  readonly disclosures: {
    readonly releasedOf: (reader: Reader, signal: SignalId) => Promise<readonly Released[]>
    readonly toldOfChanges: (reader: Reader, signal: SignalId) => Promise<readonly ToldOfChange[]>
  }
  readonly tell: Tell
}
