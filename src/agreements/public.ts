import type { Clock } from '../kernel/clock.ts'
import type { Reader } from '../store/reader.ts'
import type { AgreementContent } from '../wire/agreement.ts'
import { stateOf } from './lifecycle.ts'
import * as store from './store.ts'

/** What agencies agreed on and holds at this moment, by title: that they did is no secret. */
export const agreementsInForce = async (
  reader: Reader,
  clock: Clock,
): Promise<readonly AgreementContent[]> =>
  (await store.findAgreements(reader, await store.allHashes(reader)))
    .filter((agreement) => stateOf(agreement, clock.now()) === 'in-force')
    .map(({ content }) => content)
    .sort((one, other) => one.title.localeCompare(other.title))
