import t from 'tap'
import { draftAgreement } from '../../src/client/agreement-draft.ts'
import { startClock } from '../../src/follow-up/clocks.ts'
import { acknowledged, begun, left, merged } from '../../src/follow-up/life.ts'
import type { FollowUp, Setting } from '../../src/follow-up/types.ts'
import type { AgencyId, SignalId } from '../../src/kernel/ids.ts'
import { systemRandomness } from '../../src/kernel/random.ts'
import { agreementHashOf } from '../../src/proofs/agreement.ts'
import type { SignalTraits } from '../../src/signals/types.ts'

const at = new Date('2027-02-01T10:00:00Z')
const pin = { url: 'https://example.org', rootThumbprint: 'A'.repeat(43) }
const draft = draftAgreement({
  title: 'A test',
  purpose: 'protecting-victims',
  parties: ['anna', 'bert', 'carl'].map((agency) => ({
    agency,
    name: agency,
    rootThumbprint: pin.rootThumbprint,
    contactDesk: `Desk of ${agency}`,
  })),
  pins: { gateway: pin, keyholder: pin },
  random: systemRandomness,
  at,
  until: at,
})
/** Carl settles disputes while he is concerned. */
const content = {
  ...draft,
  parties: draft.parties.map((party) =>
    party.agency === 'carl'
      ? { ...party, contactDesk: { ...party.contactDesk, coordinator: 'The coordinator' } }
      : party,
  ),
}
let names = 0
const setting = {
  agreement: { hash: agreementHashOf(content), content } as unknown as Setting['agreement'],
  at,
  newId: () => {
    names += 1
    return String(names)
  },
} satisfies Setting

/** Signals named after their agency, such as `anna 1`. */
const membersOf = (ids: readonly string[]) =>
  ids.map((id) => ({ id: id as SignalId, agency: id.split(' ')[0] as AgencyId }))
const traitsOf = (ids: readonly string[]) =>
  membersOf(ids).map((one) => ({ ...one, leadRoute: 'general', region: null }) as SignalTraits)

function followUp(...ids: string[]): FollowUp {
  const one = begun({ members: membersOf(ids), quality: 'certain' }, traitsOf(ids), setting)
  if (one === undefined) throw new Error('nobody may know of it')
  return one
}
const clocksOf = ({ clocks }: FollowUp, agency: string): string[] =>
  clocks.filter((due) => due.agency === agency).map(({ clock }) => clock)
const bert = 'bert' as AgencyId

t.test('what an agency acknowledged in one of two that become one, it owes in neither', (t) => {
  const earlier = followUp('anna 1', 'bert 1')
  const later = acknowledged(followUp('anna 2', 'bert 2'), bert, setting)
  const traits = traitsOf(['anna 1', 'bert 1', 'anna 2', 'bert 2'])
  const { into } = merged(earlier, later, traits, setting)
  t.strictSame(clocksOf(into, 'bert'), [])
  t.strictSame(clocksOf(into, 'anna').sort(), ['acknowledge', 'close'])
  t.end()
})

t.test('a dispute ends with whoever disputed, and passes on with whoever settles', (t) => {
  const one = followUp('anna 1', 'bert 1', 'carl 1')
  const due = startClock('dispute', 'carl' as AgencyId, content, at)
  const disputed: FollowUp = {
    ...one,
    dispute: { by: bert, reason: 'other' },
    clocks: [...one.clocks, due],
  }
  const gone = (id: string) => new Set([id as SignalId])
  const without = left(disputed, gone('bert 1'), traitsOf(['anna 1', 'carl 1']), 'signals', setting)
  t.equal(without.dispute, undefined)
  t.strictSame(clocksOf(without, 'carl'), ['acknowledge'])
  const passed = left(disputed, gone('carl 1'), traitsOf(['anna 1', 'bert 1']), 'signals', setting)
  t.equal(passed.dispute?.by, 'bert')
  t.match(
    passed.clocks.filter(({ clock }) => clock === 'dispute'),
    [{ agency: 'anna', dueAt: due.dueAt }],
    'nothing falls silent',
  )
  t.end()
})
