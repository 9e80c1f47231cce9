import { readRows } from '../../../src/client/rows.ts'
import { type Clock, dayOf, shifted } from '../../../src/kernel/clock.ts'
import type { Chance } from '../../demo-people/chance.ts'
import type { Town } from '../../demo-people/people.ts'
import { write } from '../../demo-people/writing.ts'
import { fileOf, writingOf } from '../cases.ts'
import type { Colleague } from './acts.ts'
import type { Staff } from './desks.ts'

const protectedDays = 365

/** Somebody of the agency, whom its privacy officer puts on the list of protected staff. */
export async function protectColleague(
  { party, privacyOfficer }: Staff,
  { town, clock, chance }: { readonly town: Town; readonly clock: Clock; readonly chance: Chance },
): Promise<Colleague> {
  const writing = writingOf(party)
  const who = town.invent([writing])
  const cells = write(who, writing, chance)
  const today = dayOf(clock.now())
  const inBooks = { ...cells, caseReference: 'protected-staff', observedOn: today }
  const { rows } = readRows(fileOf([inBooks]), { today })
  const until = dayOf(shifted(clock.now(), protectedDays * 86_400))
  const done = await privacyOfficer.partner.protectedStaff.protect(rows, party.under, until)
  if (done.unlinkable > 0) throw new Error('a colleague cannot be told by what is known')
  return { person: who.id, cells }
}
