import { Compile } from 'typebox/compile'
import type { Clock } from '../kernel/clock.ts'
import { dayOf } from '../kernel/clock.ts'
import { mostMembers, ProtectedStaff, type ProtectStaffBody } from '../wire/protected-staff.ts'
import type { SignalBody } from '../wire/signal.ts'
import type { Answers } from './answers.ts'
import type { SignalRow } from './rows.ts'
import { type KeyedRow, keyRows, runsOf, type UnderAgreement } from './signal-bodies.ts'

const protectedStaff = Compile(ProtectedStaff)
const path = '/v1/protected-staff'

type Prepare = (rows: readonly KeyedRow[], under: UnderAgreement) => Promise<SignalBody[]>

/** In an overlap window a member is known under both epochs. */
const membersOf = (bodies: readonly SignalBody[]) =>
  bodies.flatMap(({ epoch, tokens, former }) => [
    { epoch, tokens },
    ...(former === undefined ? [] : [former]),
  ])

/** Staff whom this agency protects against looks of its own people. Identities stay here; tokens go. */
export const openProtectedStaff = ({ read, write }: Answers, prepare: Prepare) => ({
  /**
   * Puts people on the list, in the domain of an agreement. Their tokens are derived as those of signals are,
   * in evaluation batches that both operators count.
   * @returns the lists, and how many of the people cannot be told by what is known of them
   */
  async protect(
    rows: readonly SignalRow[],
    under: UnderAgreement,
    expiresOn: string,
  ): Promise<ProtectedStaff & { readonly unlinkable: number }> {
    const { linkable, unlinkable } = keyRows(rows)
    let lists = (await read(protectedStaff, path)).lists
    for (const run of runsOf(linkable)) {
      const members = membersOf(await prepare(run, under))
      for (const [epoch, alike] of Map.groupBy(members, (member) => member.epoch)) {
        for (let start = 0; start < alike.length; start += mostMembers) {
          const body: ProtectStaffBody = {
            agreement: under.hash,
            epoch,
            expiresOn,
            members: alike.slice(start, start + mostMembers).map(({ tokens }) => ({ tokens })),
          }
          lists = (await write(protectedStaff, path, body)).lists
        }
      }
    }
    return { lists, unlinkable: unlinkable.length }
  },

  /** How many are protected, per domain. Nobody can ask who. */
  list: (): Promise<ProtectedStaff> => read(protectedStaff, path),

  /** Ends all of it. */
  remove: (): Promise<ProtectedStaff> => write(protectedStaff, `${path}/_remove`, {}),
})

/** Rows of a file of staff, which names no case: what every row of a signal needs is filled in. */
export const staffRowDefaults = (clock: Clock) => ({
  caseReference: 'protected-staff',
  category: 'unknown-exploitation',
  observedOn: dayOf(clock.now()),
})
