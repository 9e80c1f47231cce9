import type { Reader } from '../store/reader.ts'
import { isWithinValidity, stateOf } from './lifecycle.ts'
import * as store from './store.ts'
import type { Agreement } from './types.ts'

/** The agreements in force at an instant, for work that nobody asks for. For a decision take `hold`. */
export const agreementsInForce = async (reader: Reader, at: Date): Promise<Agreement[]> =>
  (await store.findAgreements(reader, await store.allHashes(reader))).filter(
    (agreement) => stateOf(agreement, at) === 'in-force' && isWithinValidity(agreement.content, at),
  )
