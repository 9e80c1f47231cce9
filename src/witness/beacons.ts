import { base64, base64url, fromBase64 } from '../kernel/bytes.ts'
import type { Clock } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { Randomness } from '../kernel/random.ts'
import { lastWeekBefore } from '../kernel/weeks.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { parseCheckpointText } from '../proofs/checkpoint.ts'
import { parseNote } from '../proofs/note.ts'
import { type PrivateJwk, signStatement } from '../proofs/statement.ts'
import type { Reader } from '../store/reader.ts'
import { transact } from '../store/transact.ts'
import { mostBeacons, type SampleBeacon, type SampleBeaconPayload } from '../wire/justification.ts'
import * as beaconStore from './beacon-store.ts'
import * as store from './store.ts'

export type Beacons = ReturnType<typeof openBeacons>

/**
 * The keyholder’s word for a week that is over: a random value, and the tree of the gateway’s ledger that it
 * cosigned last. It is said once, to whoever asks first, and stays: so nobody can ask until the answer suits. The
 * keyholder knows no entry of that ledger, nor what the gateway mixes in; it cannot aim the draw.
 */
export function openBeacons({
  clock,
  random,
  db,
  ledger,
  rootKey,
}: {
  readonly clock: Clock
  readonly random: Randomness
  readonly db: Reader
  readonly ledger: Ledger
  readonly rootKey: PrivateJwk
}) {
  return {
    /**
     * The word for `week`; said now, when that is the last week that is over and nothing was said yet.
     * @throws Fault witness/week-not-over; witness/unknown-ledger before anything was cosigned
     */
    async say(week: string): Promise<SampleBeacon> {
      const result = await transact(db, 'witness/say-beacon', async (tx) => {
        await ledger.hold(tx)
        const said = await beaconStore.findBeacon(tx, week)
        if (said !== undefined) return { said }
        const now = clock.now()
        if (week !== lastWeekBefore(now)) return { fault: new Fault('witness/week-not-over') }
        const [seen] = await store.cosigned(tx)
        if (seen === undefined) return { fault: new Fault('witness/unknown-ledger') }
        const { origin, size, root } = parseCheckpointText(parseNote(seen.checkpoint).text)
        const payload: SampleBeaconPayload = {
          origin,
          week,
          size,
          root: base64(root),
          value: base64url(random.bytes(32)),
          saidAt: now.toISOString(),
        }
        const statement = await signStatement('sample-beacon', payload, rootKey)
        await ledger.append(tx, [
          {
            kind: 'sample.beacon',
            week,
            size,
            root: base64url(fromBase64(payload.root)),
            value: payload.value,
          },
        ])
        await beaconStore.addBeacon(tx, { week, statement })
        return { said: { week, statement } }
      })
      if (result.said === undefined) throw result.fault
      return result.said
    },

    /** What was said, newest first: asked here, a week cannot be passed over unseen. */
    list: (): Promise<SampleBeacon[]> => beaconStore.beacons(db, mostBeacons),
  }
}
