import t from 'tap'
import { openMovedTime } from '../../scripts/simulate/moved-time.ts'
import { makeAgencyKeys } from '../../src/client/agency-keys.ts'
import { openKeyholderAlarms } from '../../src/client/alarms.ts'
import { shifted } from '../../src/kernel/clock.ts'
import { publicJwkOf, signStatement, thumbprintOf } from '../../src/proofs/statement.ts'
import type { Alarm } from '../../src/wire/alarm.ts'
import type { PublicKey } from '../../src/wire/common.ts'
import { makeBatch } from '../support/batches.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'

// A quarter past one at night in the Netherlands.
const time = openMovedTime(new Date('2027-03-02T00:15:00Z'))
t.teardown(time.release)
const house = await openHouse(t)
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const { clock } = time
const now = clock.now()
const under = await house.agree([politie, gemeente], {
  quotas: { evaluationsPerDay: 25, submissionsPerDay: 20, withdrawalsPerDay: 20 },
  validity: { notBefore: now.toISOString(), notAfter: shifted(now, 90 * 86_400).toISOString() },
})
const signatory = (await makeAgencyKeys()).signing
const signatoryPrint = await thumbprintOf(signatory)
await politie.partner.presentCard(politie.contactDesk, 2, [
  { name: 'privacy', key: publicJwkOf(signatory) as PublicKey },
])

const at = (agency: HouseAgency) =>
  openKeyholderAlarms({ agency: agency.id, pins: house.pins, clock })
const alarmsOf = async (agency: HouseAgency, key = agency.keys.signing) => {
  const found: Alarm[] = []
  for await (const one of at(agency).list({ occasion: 'spot-check' }, key)) found.push(one)
  return found
}
const dueWork = () => house.operator('keyholder').runDueWork()
const evaluate = async (agency: HouseAgency, times: number) => {
  for (let count = 0; count < times; count++) {
    const batch = await makeBatch(house, agency, under, { count: 1 })
    await agency.call('POST', '/v1/evaluations', { batch })
  }
}
const found = { outcome: 'justified', reason: 'duty-roster' } as const

t.test('the keyholder raises alarms of its own, from its own ledger and quotas', async (t) => {
  await politie.partner.domainKeys(under.content.domain)
  await evaluate(politie, 19)
  await dueWork()
  t.strictSame(await alarmsOf(politie), [])
  await evaluate(politie, 1)
  await Promise.all([dueWork(), dueWork()])
  const alarms = await alarmsOf(politie)
  t.match(alarms, [
    { rule: 'quota', measured: 80, threshold: 80, state: 'open', client: undefined },
    { rule: 'night', measured: 20, threshold: 20, client: 'connector' },
  ])
  t.strictSame(await alarmsOf(gemeente), [], 'another agency sees none of it')
  t.match(
    (await house.entries('keyholder')).filter(({ kind }) => kind === 'alarm.raise'),
    [
      { agency: 'politie', rule: 'night' },
      { agency: 'politie', rule: 'quota' },
    ],
  )
})

t.test('a person of the agency answers, not its machines and nobody else', async (t) => {
  const [quota, night] = await alarmsOf(politie)
  const id = night?.id ?? ''
  const machine = politie.keys.signing
  await t.rejects(at(politie).take(id, machine), /not allowed/)
  await t.rejects(at(politie).close(id, found, machine), /not allowed/)
  await t.rejects(at(gemeente).take(id, gemeente.keys.root), { code: 'alarms/not-found' })
  await t.rejects(at(politie).take(id, gemeente.keys.root), { code: 'statements/invalid' })
  await t.rejects(at(politie).close(id, found, signatory), { code: 'alarms/not-taken' })
  t.match(await at(politie).take(id, signatory), {
    state: 'taken',
    takenBy: { signatory: signatoryPrint },
  })
  await t.rejects(at(politie).close(id, found, politie.keys.root), { code: 'alarms/not-taken' })
  t.match(await at(politie).close(id, found, signatory), { state: 'closed', ...found })
  t.match(await at(politie).close(id, found, signatory), { state: 'closed' }, 'the same is welcome')
  await t.rejects(at(politie).close(id, { ...found, outcome: 'misuse' }, signatory), {
    code: 'alarms/closed',
  })
  t.match(await at(politie).take(quota?.id ?? '', politie.keys.root), { state: 'taken' })
  t.match(
    (await house.entries('keyholder')).filter(({ kind }) => kind === 'alarm.close').slice(-3),
    [
      { outcome: 'permit', signatory: signatoryPrint, finding: 'justified' },
      { outcome: 'permit', finding: 'justified' },
      { outcome: 'refuse', reasons: ['alarms/closed'] },
    ],
  )
})

t.test('what was signed for others, or long ago, is not taken', async (t) => {
  const payload = {
    agency: 'politie',
    audience: {
      gateway: house.pins.gateway.rootThumbprint,
      keyholder: house.pins.keyholder.rootThumbprint,
    },
    occasion: 'incident',
    askedAt: clock.now().toISOString(),
  }
  const ask = async (change: object) =>
    house.post('keyholder', '/v1/alarm-questions', {
      statement: await signStatement(
        'alarm-question',
        { ...payload, ...change },
        politie.keys.signing,
      ),
    })
  t.match(await ask({}), { status: 200 })
  for (const change of [
    { audience: { ...payload.audience, keyholder: payload.audience.gateway } },
    { askedAt: shifted(clock.now(), -301).toISOString() },
    { askedAt: shifted(clock.now(), 301).toISOString() },
    { agency: 'gemeente' },
    { other: 'gemeente' },
  ]) {
    t.match(await ask(change), { status: 400 }, JSON.stringify(change))
  }
})
