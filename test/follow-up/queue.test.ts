import t from 'tap'
import { priorityPoints } from '../../src/follow-up/priority.ts'
import { measureOf } from '../../src/follow-up/yield.ts'
import { shifted } from '../../src/kernel/clock.ts'
import type { FollowUpView } from '../../src/wire/follow-up.ts'
import type { NoticePage } from '../../src/wire/notification.ts'
import type { SignalAnswer, SignalBody } from '../../src/wire/signal.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { type Subject, signalAbout } from '../support/signals.ts'

const house = await openHouse(t)
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const jeugdzorg = await house.admit('jeugdzorg')
const parties = [politie, gemeente, jeugdzorg]
const lead = { minor: 'politie', organised: 'politie', general: 'politie' }
const under = await house.agree(parties, { lead })
const { politie: ours, gemeente: theirs } = {
  politie: politie.partner.followUps,
  gemeente: gemeente.partner.followUps,
}

async function submit(agency: HouseAgency, subject: Subject, change: Partial<SignalBody> = {}) {
  const body = signalAbout(subject, under, { caseReference: `${agency.id}-case`, ...change })
  const answer = await agency.call<SignalAnswer>('POST', '/v1/signals', body)
  if (answer.status !== 201) throw new Error(answer.text)
  return answer.body
}

const noticesOf = async (agency: HouseAgency) =>
  (await agency.call<NoticePage>('GET', '/v1/notifications?after=0')).body.notices

t.test('the queue is in the order of its points, and says what they are for', async (t) => {
  const weak = { phone: 'one' }
  await submit(politie, weak)
  await submit(gemeente, weak)
  const sure = { bsn: 'two' }
  await submit(politie, sure, { region: 'twente' })
  await submit(gemeente, sure, { region: 'twente' })
  const young = { bsn: 'three' }
  await submit(politie, young, { region: 'twente', ageBand: 'minor' })
  await submit(gemeente, young, { region: 'limburg-noord', ageBand: 'minor' })
  const queue = await ours.list(under)
  const points = queue.map(({ priority }) => priority?.points ?? 0)
  t.strictSame(
    points,
    [...points].sort((one, other) => other - one),
  )
  t.strictSame(
    queue.map(({ priority }) => priority?.rows),
    [
      [
        { ground: 'quality-certain', points: priorityPoints['quality-certain'] },
        { ground: 'minor', points: priorityPoints.minor },
        { ground: 'several-regions', points: priorityPoints['several-regions'] },
      ],
      [{ ground: 'quality-certain', points: 30 }],
      [{ ground: 'quality-possible', points: 5 }],
    ],
  )
  t.ok(queue.every(({ priority }) => priority?.table === 'priority-1'))
  t.notMatch(JSON.stringify(await theirs.list(under)), /twente/, 'not which region')
})

t.test(
  'the yield is over one’s own follow-ups, and few with another agency tell nothing',
  async (t) => {
    const before = await ours.measure(under)
    t.match(before, { total: { begun: 3, queue: 3, closed: 0, followedUp: 0 }, agencies: [] })
    t.notOk('useful' in before.total, 'of nothing there is no share')
    const [first, second] = await ours.list(under)
    await ours.conclude(first!, { outcome: 'support-started' })
    await ours.conclude(second!, { outcome: 'no-added-value' })
    const after = await ours.measure(under)
    t.match(after, {
      total: { begun: 3, queue: 1, closed: 2, followedUp: 0.667, useful: 0.5, ageDays: { p50: 0 } },
      outcomes: [
        { outcome: 'support-started', followUps: 1 },
        { outcome: 'no-added-value', followUps: 1 },
      ],
    })
    t.strictSame(
      after.regions.map(({ region, begun }) => [region, begun]),
      [
        ['twente', 2],
        ['unknown', 1],
      ],
    )
    t.strictSame(after.agencies, [])
    for (const at of [1, 2, 3]) {
      await submit(politie, { bsn: `more-${at}` })
      await submit(gemeente, { bsn: `more-${at}` })
    }
    const shown = (await ours.measure(under)).agencies
    t.match(shown, [{ agency: 'gemeente', begun: 6 }])
    t.match(await jeugdzorg.partner.followUps.measure(under), { total: { begun: 0 }, agencies: [] })
    const query = new URLSearchParams({ agreement: under.hash, purpose: 'another-purpose' })
    t.match((await politie.call('GET', `/v1/follow-ups/_yield?${query}`)).body, {
      status: 403,
      problems: [{ at: 'core/purpose' }],
    })
  },
)

t.test('ages are told by their middle and their end, never the mean', (t) => {
  const now = new Date('2026-06-01T00:00:00Z')
  const open = (days: number) =>
    ({
      state: 'open',
      agencies: [],
      begunAt: shifted(now, -days * 86_400),
    }) as unknown as Parameters<typeof measureOf>[0][number]
  t.match(measureOf([1, 1, 2, 3, 500].map(open), now).ageDays, { p50: 2, p90: 500 })
  t.end()
})

t.test(
  'every step is told to those concerned, under their own handle, and to nobody else',
  async (t) => {
    const outside = (await noticesOf(jeugdzorg)).length
    const subject = { bsn: 'told' }
    await submit(politie, subject)
    const other = await submit(gemeente, subject)
    const of = async (agency: HouseAgency, signal: string) =>
      (await agency.partner.followUps.list(under)).find(({ signals }) =>
        signals.some(({ id }) => id === signal),
      )
    const seen = await of(gemeente, other.id)
    const since = {
      politie: (await noticesOf(politie)).length,
      gemeente: (await noticesOf(gemeente)).length,
    }
    const taken = await theirs.takeLead(seen!)
    const own = (await noticesOf(politie)).slice(since.politie)
    t.match(own, [{ kind: 'lead-changed', dataref: /^\/v1\/follow-ups\//, agreement: under.hash }])
    t.not(own[0]?.dataref, `/v1/follow-ups/${taken.handle}`)
    const [{ dataref = '' } = {}] = own
    const { body } = await politie.call<FollowUpView>('GET', dataref)
    t.equal(body.lead.agency, 'gemeente', 'and leads to it')
    await ours.disputeLead(body, { reason: 'other-task' })
    await theirs.conclude(await theirs.show(taken.handle), { outcome: 'already-in-contact' })
    t.strictSame(
      (await noticesOf(gemeente)).slice(since.gemeente).map(({ kind }) => kind),
      ['lead-disputed'],
    )
    t.strictSame(
      (await noticesOf(politie)).slice(since.politie).map(({ kind }) => kind),
      ['lead-changed', 'outcome-recorded'],
    )
    const quiet = {
      politie: (await noticesOf(politie)).length,
      gemeente: (await noticesOf(gemeente)).length,
    }
    await submit(gemeente, subject)
    await submit(politie, subject)
    t.equal(
      (await noticesOf(gemeente)).length,
      quiet.gemeente,
      'who is in contact is told of nothing',
    )
    t.equal((await noticesOf(politie)).length, quiet.politie)
    t.equal((await noticesOf(jeugdzorg)).length, outside, 'a third party learns nothing')
  },
)

t.test('hundreds that share a phone stay few follow-ups, quickly', async (t) => {
  const quotas = { evaluationsPerDay: 1, submissionsPerDay: 1_000, withdrawalsPerDay: 1 }
  const shared = await house.agree(parties, {
    lead,
    quotas,
    purpose: 'a-shared-phone',
    domain: 'a-shared-phone',
  })
  const send = (agency: HouseAgency) =>
    agency.call('POST', '/v1/signals/_bulk', {
      signals: Array.from({ length: 100 }, () => signalAbout({ phone: 'shelter' }, shared)),
    })
  t.equal((await send(politie)).status, 200)
  const begun = performance.now()
  t.equal((await send(gemeente)).status, 200)
  t.comment(`a bulk of 100 on 100: ${Math.round(performance.now() - begun)} ms`)
  const queue = await ours.list(shared)
  t.ok(queue.length <= 5, `${queue.length} follow-ups`)
  const overlaps = await politie.partner.overlaps(shared)
  const followed = new Set(queue.flatMap(({ signals }) => signals.map(({ id }) => id)))
  t.ok(
    overlaps.every(({ signal }) => followed.has(signal.id)),
    'and no overlap is without one',
  )
})
