import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha512 } from '@noble/hashes/sha2.js'
import t from 'tap'
import { dayOf, shifted } from '../../src/kernel/clock.ts'
import type { AlarmPage } from '../../src/wire/alarm.ts'
import type { ProtectedStaff } from '../../src/wire/protected-staff.ts'
import { writeAgencyHome } from '../support/agency-home.ts'
import { run } from '../support/command.ts'
import { inFuture } from '../support/future.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { signalAbout, tokenOf } from '../support/signals.ts'

const house = await openHouse(t)
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const under = await house.agree([politie, gemeente])
const { domain } = under.content
const soon = dayOf(shifted(house.clock.now(), 30 * 86_400))

const as = (officer: string) => ({ headers: { 'raakvlak-officer': officer } })
const dueWork = () => house.operator('gateway').runDueWork()
const protect = (agency: HouseAgency, names: readonly string[], change: object = {}) =>
  agency.call<ProtectedStaff>('POST', '/v1/protected-staff', {
    agreement: under.hash,
    epoch: 1,
    expiresOn: soon,
    members: names.map((name) => ({
      tokens: [{ type: 'bsn', token: tokenOf(`${domain} bsn ${name}`) }],
    })),
    ...change,
  })
const alarmsOf = async (agency: HouseAgency) =>
  (await agency.call<AlarmPage>('GET', '/v1/alarms?occasion=incident&rule=own-or-colleague')).body
    .alarms
const submit = async (agency: HouseAgency, name: string, officer: string) => {
  const body = signalAbout({ bsn: name }, under)
  const { status } = await agency.call('POST', '/v1/signals', body, as(officer))
  if (status !== 201) throw new Error(`a signal was answered with ${status}`)
  return body.id
}

t.test(
  'a signal about a colleague, or a look at one, raises an alarm for the own agency alone',
  async (t) => {
    const earlier = await submit(politie, 'colleague', 'analyst-01')
    await submit(gemeente, 'colleague', 'clerk-0001')
    await dueWork()
    t.strictSame(await alarmsOf(politie), [])
    t.match((await protect(politie, ['colleague', 'chief'])).body, {
      lists: [{ domain, members: 2, expiresOn: soon }],
    })
    await politie.call('GET', `/v1/signals/${earlier}`, undefined, as('analyst-02'))
    await submit(politie, 'chief', 'analyst-03')
    await submit(politie, 'stranger', 'analyst-04')
    await dueWork()
    const alarms = await alarmsOf(politie)
    t.strictSame(alarms.map(({ officer }) => officer).sort(), ['analyst-02', 'analyst-03'])
    t.match(alarms[0]?.explanation.en, /list of protected staff/)
    t.strictSame(await alarmsOf(gemeente), [])
  },
)

t.test('who withdraws at once does not get away with it', async (t) => {
  const id = await submit(politie, 'chief', 'analyst-05')
  await politie.call('POST', `/v1/signals/${id}/_withdraw`, { reason: 'other' }, as('analyst-05'))
  await dueWork()
  t.ok((await alarmsOf(politie)).some(({ officer }) => officer === 'analyst-05'))
})

t.test('a list finds out nothing of another agency', async (t) => {
  await submit(gemeente, 'wanted', 'clerk-0002')
  const shared = signalAbout({ phone: 'shared', bsn: 'one' }, under)
  const theirs = signalAbout({ phone: 'shared', document: 'secret' }, under)
  await politie.call('POST', '/v1/signals', shared, as('analyst-06'))
  await gemeente.call('POST', '/v1/signals', theirs, as('clerk-0002'))
  await protect(politie, ['wanted'])
  await protect(politie, [], {
    members: [{ tokens: [{ type: 'document', token: tokenOf(`${domain} document secret`) }] }],
  })
  await politie.call('GET', `/v1/signals/${shared.id}`, undefined, as('analyst-06'))
  await dueWork()
  t.notOk((await alarmsOf(politie)).some(({ officer }) => officer === 'analyst-06'))
})

t.test('what is kept are HMACs, and nothing of it is told', async (t) => {
  const rows = await house.db.gateway.selectFrom('protected_staff_token').selectAll().execute()
  const token = tokenOf(`${domain} bsn chief`)
  const raw = Buffer.from(token, 'base64url')
  t.ok(rows.length >= 2)
  t.ok(rows.every((row) => !raw.includes(row.token) && row.token.length === 32))
  t.notOk(rows.some((row) => row.token.equals(Buffer.from(sha512(raw).slice(0, 32)))))
  const entries = (await house.entries('gateway')).filter(({ kind }) => kind.startsWith('staff.'))
  t.match(entries[0], { kind: 'staff.protect', outcome: 'permit', members: 2 })
  t.notMatch(JSON.stringify(entries), /bsn|token/)
})

t.test('one is on a list under an agreement in force of one’s own, and for a time', async (t) => {
  const stranger = await house.admit('stranger')
  t.match(await protect(stranger, ['x']), { status: 404, code: 'agreements/not-found' })
  for (const expiresOn of [dayOf(house.clock.now()), '2099-01-01']) {
    t.match(await protect(politie, ['x'], { expiresOn }), { status: 400 })
  }
  const narrow = { scopes: ['read', 'submit'] as const }
  t.match(await politie.call('GET', '/v1/protected-staff', undefined, narrow), { status: 403 })
  t.strictSame((await gemeente.call('GET', '/v1/protected-staff')).body, { lists: [] })
})

t.test('a list goes when its agency says so, and when its time is over', async (t) => {
  await protect(gemeente, ['mayor'])
  const again = await protect(gemeente, ['mayor'], {
    expiresOn: dayOf(shifted(house.clock.now(), 60 * 86_400)),
  })
  t.match(again.body, { lists: [{ members: 1 }] }, 'the same person is there once')
  const elsewhere = { domain: 'another-domain' }
  const kept = await politie.call('POST', '/v1/protected-staff/_remove', elsewhere)
  t.match(kept.body, { lists: [{ domain }] }, 'of another domain nothing is ended here')
  const { body } = await politie.call('POST', '/v1/protected-staff/_remove', {})
  t.strictSame(body, { lists: [] })
  const rows = () => house.db.gateway.selectFrom('protected_staff_token').selectAll().execute()
  t.strictSame(new Set((await rows()).map((row) => row.agency_id)), new Set(['gemeente']))
  await inFuture(house, 61 * 86_400, (gateway) => gateway.runDueWork())
  t.strictSame(await rows(), [])
  t.strictSame(
    await house.db.gateway.selectFrom('protected_staff_signal').selectAll().execute(),
    [],
  )
})

t.test('the command line protects the people of a file, and none of them leaves it', async (t) => {
  const folder = join(house.folder, 'politie')
  const file = join(house.folder, 'staff.csv')
  const staff = (...words: readonly string[]) =>
    run(house.folder, 'src/client/cli.ts', 'protect-staff', ...words, '--agency', folder)
  await writeAgencyHome(house, folder, politie)
  const agreement = join(house.folder, 'agreement.json')
  await writeFile(agreement, JSON.stringify(under.content))
  await writeFile(file, 'familyName;givenNames;birthDate\nPuttemans;Roelof;1980-02-03\nX;;\n')
  const given = await staff('register', '--file', file, '--agreement', agreement, '--days', '90')
  t.equal(given.code, 0, given.error)
  t.match(given.out, new RegExp(`${domain} {2}1 protected {2}the first until`))
  t.notMatch(JSON.stringify(await house.entries('gateway')), /Puttemans|Roelof/)

  const about = 'familyName,givenNames,birthDate,caseReference,category,observedOn\n'
  const signals = join(house.folder, 'signals.csv')
  const observedOn = dayOf(shifted(house.clock.now(), -86_400))
  await writeFile(
    signals,
    `${about}Puttemans,Roelof,1980-02-03,CASE-9,labour-exploitation,${observedOn}\n`,
  )
  const sent = await run(
    house.folder,
    'src/client/cli.ts',
    ...['submit', signals, '--agency', folder, '--agreement', agreement],
  )
  t.equal(sent.code, 0, sent.error)
  await dueWork()
  t.ok((await alarmsOf(politie)).some(({ client, officer }) => client === 'connector' && !officer))
  t.match((await staff('list')).out, /1 protected/)
  t.match(await staff('remove'), { code: 0, error: /Nobody is protected/ })
})
