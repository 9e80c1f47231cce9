import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import t from 'tap'
import { dayOf, shifted } from '../../src/kernel/clock.ts'
import type { SignalAnswer } from '../../src/wire/signal.ts'
import type { SubjectRequestView } from '../../src/wire/subject-request.ts'
import { writeAgencyHome } from '../support/agency-home.ts'
import { run } from '../support/command.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { signalAbout, tokenOf } from '../support/signals.ts'

const house = await openHouse(t)
const politie = await house.admit('politie')
const jeugdzorg = await house.admit('jeugdzorg')
const gemeente = await house.admit('gemeente')
const under = await house.agree([politie, jeugdzorg, gemeente])
const today = dayOf(house.clock.now())
const inDays = (days: number) => dayOf(shifted(house.clock.now(), days * 86_400))

async function signal(agency: HouseAgency, bsn: string): Promise<SignalAnswer> {
  const body = signalAbout({ bsn }, under, { observedOn: today })
  return (await agency.call<SignalAnswer>('POST', '/v1/signals', body)).body
}
const change = (agency: HouseAgency, id: string, act: string, body: object) =>
  agency.call('POST', `/v1/signals/${id}/_${act}`, body)
const restriction = {
  measure: 'restriction',
  ground: 'accuracy-contested',
  reviewOn: inDays(60),
}
const confidentiality = {
  measure: 'confidentiality',
  ground: 'investigation',
  reviewOn: inDays(60),
}
const request = async (bsn: string, kind: string): Promise<string> => {
  const id = randomUUID()
  const { domain } = under.content
  const answer = await gemeente.call('POST', '/v1/subject-requests', {
    ...{ id, agreement: under.hash, purpose: 'subject-rights', domain, epoch: 1, kind },
    ...{ tokens: [{ type: 'bsn', token: tokenOf(`${domain} bsn ${bsn}`) }] },
    ...{ asker: 'self', age: '16-or-older', identityCheck: 'in-person' },
    ...{ caseReference: 'R-1', receivedOn: today },
  })
  if (answer.status !== 201) throw new Error(answer.text)
  return id
}
const show = async (agency: HouseAgency, id: string) =>
  (await agency.call<SubjectRequestView>('GET', `/v1/subject-requests/${id}`)).body
const overlaps = async (agency: HouseAgency) => (await agency.partner.overlaps(under)).length

t.test('a restricted signal is neither matched nor shown until it is lifted', async (t) => {
  const mine = await signal(jeugdzorg, 'r')
  await signal(politie, 'r')
  t.equal(await overlaps(politie), 1)
  for (const other of [politie, gemeente]) {
    t.equal((await change(other, mine.id, 'restrict', restriction)).code, 'signals/not-found')
  }
  t.equal((await change(jeugdzorg, mine.id, 'restrict', restriction)).status, 200)
  t.equal(await overlaps(politie), 0, 'its overlap is over')
  t.equal((await signal(gemeente, 'r')).overlaps.length, 1, 'a new one finds the police alone')
  t.equal(await overlaps(jeugdzorg), 0)
  t.equal((await jeugdzorg.partner.signal(mine.id)).state, 'restricted')
  const id = await request('r', 'restriction')
  const [task] = (await show(jeugdzorg, id)).tasks
  const said = { task: task?.task, outcome: 'restricted' }
  const path = `/v1/subject-requests/${id}/_answer`
  t.equal((await jeugdzorg.call('POST', path, said)).status, 200, 'its subject finds it')
  t.equal((await change(jeugdzorg, mine.id, 'lift', { measure: 'restriction' })).status, 200)
  t.equal(await overlaps(jeugdzorg), 1, 'matched anew')
  const again = await change(jeugdzorg, mine.id, 'lift', { measure: 'restriction' })
  t.equal(again.code, 'signals/not-restricted')
})

t.test('a measure takes a ground of its own, and a review within half a year', async (t) => {
  const { id } = await signal(jeugdzorg, 'w')
  const wrong = [
    { ...restriction, ground: 'investigation' },
    { ...confidentiality, reviewOn: inDays(200) },
    { ...restriction, reviewOn: today },
  ]
  for (const body of wrong) {
    t.equal((await change(jeugdzorg, id, 'restrict', body)).code, 'door/invalid-input')
  }
  const review = { measure: 'restriction', reviewOn: inDays(90) }
  t.equal((await change(jeugdzorg, id, 'review', review)).code, 'signals/not-restricted')
  await change(jeugdzorg, id, 'restrict', restriction)
  t.equal((await change(jeugdzorg, id, 'review', review)).status, 200)
  await house.db.gateway
    .updateTable('signal_restriction')
    .set({ remind_at: house.clock.now() })
    .where('signal_id', '=', id)
    .execute()
  await house.operator('gateway').runDueWork()
  const kinds = (await jeugdzorg.partner.inbox.notices()).map(({ kind }) => kind)
  t.ok(kinds.includes('restriction-review-due'))
})

t.test('a restricted signal can still be withdrawn, and its measure goes with it', async (t) => {
  const { id } = await signal(jeugdzorg, 'e')
  await change(jeugdzorg, id, 'restrict', restriction)
  t.equal((await jeugdzorg.partner.withdraw(id, 'subject-objected')).state, 'withdrawn')
  const { body } = await jeugdzorg.call('GET', '/v1/restrictions')
  t.notMatch(JSON.stringify(body), id)
})

t.test('of a confidential signal the joined answer reads as of none', async (t) => {
  const mine = await signal(jeugdzorg, 'c')
  const [hidden, none] = [await request('c', 'access'), await request('nobody', 'access')]
  const [task] = (await show(jeugdzorg, hidden)).tasks
  const path = `/v1/subject-requests/${hidden}/_answer`
  const said = { task: task?.task, outcome: 'provided', tell: ['period'] }
  t.equal((await jeugdzorg.call('POST', path, said)).status, 200)
  await change(jeugdzorg, mine.id, 'restrict', confidentiality)
  t.equal((await jeugdzorg.call('POST', path, said)).code, 'subject-rights/invalid')
  const back = shifted(house.clock.now(), -22 * 86_400)
  await house.db.gateway
    .updateTable('subject_request')
    .set({ received_on: dayOf(back), filed_at: back })
    .execute()
  const bare = async (id: string) => {
    const { filed, tasks } = await show(gemeente, id)
    return JSON.stringify({ filed, tasks }).replaceAll(id, 'ID')
  }
  t.equal(await bare(hidden), await bare(none), 'to the byte')
})

t.test('measures are laid, looked at again and lifted from the command line', async (t) => {
  const folder = join(house.folder, 'jeugdzorg')
  await writeAgencyHome(house, folder, jeugdzorg)
  const { id } = await signal(jeugdzorg, 'cli')
  const command = (...words: readonly string[]) =>
    run(house.folder, 'src/client/cli.ts', 'restriction', ...words, '--agency', folder)
  const measure = ['--measure', 'restriction']
  const lay = (...ground: readonly string[]) =>
    command('lay', id, ...measure, '--ground', ...ground, '--review-on', inDays(60))
  t.match(await lay('boredom'), { code: 1, error: /--ground is one of accuracy-contested/ })
  t.match(await lay('investigation'), { code: 1, error: /is a ground for the other measure/ })
  const laid = await lay('evidence')
  t.equal(laid.code, 0, laid.error)
  t.match(laid.out, new RegExp(`^${id}  restriction, ground evidence`))
  t.equal((await jeugdzorg.partner.signal(id)).state, 'restricted')
  const review = await command('review', id, ...measure, '--review-on', inDays(90), '--json')
  t.match(JSON.parse(review.out), { restrictions: [{ reviewOn: inDays(90), isDue: false }] })
  t.match((await command('list')).out, new RegExp(`${id}  restriction`))
  t.match(await command('lift', id, ...measure), { code: 0, error: /Nothing is laid/ })
  t.equal((await jeugdzorg.partner.signal(id)).state, 'live')
  t.match(await command('lift', id, ...measure), { code: 1 }, 'it is lifted once')
})
