import { randomUUID } from 'node:crypto'
import t from 'tap'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import type { AgencyId, AgreementHash, SignalId } from '../../src/kernel/ids.ts'
import { groupsAround, neighbourhoodFrom } from '../../src/overlaps/neighbourhood.ts'
import {
  type BulkAnswer,
  mostOthers,
  type Overlap,
  type OverlapPage,
  type SignalAnswer,
  type SignalBody,
} from '../../src/wire/signal.ts'
import { learned } from '../support/calls.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { type Subject, signalAbout } from '../support/signals.ts'

const house = await openHouse(t)
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const jeugdzorg = await house.admit('jeugdzorg')
const under = await house.agree([politie, gemeente, jeugdzorg])
const { ledgerSize } = house

async function submit(
  agency: HouseAgency,
  subject: Subject,
  change: Partial<SignalBody> = {},
  agreement: UnderAgreement = under,
): Promise<SignalAnswer> {
  const body = signalAbout(subject, agreement, change)
  const {
    status,
    body: answer,
    text,
  } = await agency.call<SignalAnswer>('POST', '/v1/signals', body)
  if (status !== 201) throw new Error(text)
  return answer
}

/** What an agency knows of one own signal; undefined when of nothing. */
async function knowsOf(
  agency: HouseAgency,
  signal: string,
  agreement: UnderAgreement = under,
): Promise<Overlap | undefined> {
  return (await agency.partner.overlaps(agreement)).find((one) => one.signal.id === signal)
}

t.test('both sides learn whom to call, the earlier signaller too, and nothing else', async (t) => {
  const first = await submit(politie, { bsn: 'anna' }, { caseReference: 'P-1' })
  t.strictSame(first.overlaps, [])
  const second = await submit(gemeente, { bsn: 'anna' }, { caseReference: 'G-1' })
  const [told] = second.overlaps
  t.match(told, {
    quality: 'certain',
    reasons: ['same official number'],
    signal: { caseReference: 'G-1' },
    others: [{ agency: 'politie', contactDesk: 'Desk of politie' }],
  })
  const earlier = await knowsOf(politie, first.id)
  t.match(earlier, { signal: { caseReference: 'P-1' }, others: [{ agency: 'gemeente' }] })
  t.notMatch(JSON.stringify(earlier), /G-1/, 'not the other’s case')
  t.not(JSON.stringify(earlier).includes(second.id), true, 'nor its signal')
  t.not(told?.handle, earlier?.handle, 'each knows it under a handle of its own')
  t.equal(await knowsOf(jeugdzorg, first.id), undefined)
})

t.test('whoever submits touching signals at the same moment, both learn of it', async (t) => {
  for (let round = 0; round < 15; round += 1) {
    const [one, other] = await Promise.all([
      submit(politie, { bsn: `at-once-${round}` }),
      submit(gemeente, { bsn: `at-once-${round}` }),
    ])
    t.ok(await knowsOf(politie, one.id))
    t.ok(await knowsOf(gemeente, other.id))
  }
})

t.test('a handle survives growth, and looks like none to everybody else', async (t) => {
  const own = await submit(politie, { bsn: 'bart' })
  await submit(gemeente, { bsn: 'bart' })
  const before = await knowsOf(politie, own.id)
  const third = await submit(jeugdzorg, { bsn: 'bart' })
  const after = await knowsOf(politie, own.id)
  t.equal(after?.handle, before?.handle)
  t.strictSame(after?.others.map(({ agency }) => agency).sort(), ['gemeente', 'jeugdzorg'])
  const read = await politie.call('GET', `/v1/overlaps/${after?.handle}`)
  t.strictSame(read.body, after)
  t.strictSame(
    learned(await gemeente.call('GET', `/v1/overlaps/${after?.handle}`)),
    learned(await gemeente.call('GET', `/v1/overlaps/${randomUUID()}`)),
  )
  await jeugdzorg.partner.withdraw(third.id, 'entered-by-mistake')
  t.strictSame(
    (await knowsOf(politie, own.id))?.others.map(({ agency }) => agency),
    ['gemeente'],
  )
  t.equal(await knowsOf(jeugdzorg, third.id), undefined)
})

t.test(
  'a phone alone is possible; a number or a birth date that differs contradicts it',
  async (t) => {
    const cases: [Subject, Subject, string | undefined][] = [
      [{ phone: '1' }, { phone: '1' }, 'possible'],
      [{ phone: '2', bsn: 'x' }, { phone: '2', bsn: 'y' }, undefined],
      [{ phone: '3', 'v-number': 'x' }, { phone: '3', 'v-number': 'y' }, undefined],
      [{ phone: '4', 'phone-birth-date': 'x' }, { phone: '4', 'phone-birth-date': 'y' }, undefined],
      [{ phone: '5', bsn: 'z' }, { phone: '5', bsn: 'z' }, 'certain'],
      [{ document: 'd' }, { document: 'd' }, 'certain'],
      [
        { bsn: 'p', 'names-birth-month': 'n', 'family-name-start-birth-date': 'f' },
        { bsn: 'q', 'names-birth-month': 'n', 'family-name-start-birth-date': 'f' },
        undefined,
      ],
    ]
    for (const [one, other, quality] of cases) {
      await submit(politie, one)
      const { overlaps } = await submit(gemeente, other)
      t.equal(overlaps[0]?.quality, quality, `${JSON.stringify(one)} and ${JSON.stringify(other)}`)
    }
  },
)

t.test('certain evidence chains over three agencies; a phone does not', async (t) => {
  const own = await submit(politie, { bsn: 'cor', phone: '9' })
  await submit(gemeente, { bsn: 'cor', 'v-number': 'cor' })
  await submit(jeugdzorg, { 'v-number': 'cor' })
  const known = await knowsOf(politie, own.id)
  t.strictSame(known?.others.map(({ agency }) => agency).sort(), ['gemeente', 'jeugdzorg'])
  const left = await submit(politie, { phone: 'shared', bsn: 'left' })
  await submit(gemeente, { phone: 'shared' })
  await submit(jeugdzorg, { phone: 'shared', bsn: 'right' })
  t.strictSame(
    (await knowsOf(politie, left.id))?.others.map(({ agency }) => agency),
    ['gemeente'],
  )
})

t.test('nothing crosses between purposes, nor to an agency outside the agreement', async (t) => {
  const second = await house.agree([politie, gemeente], {
    purpose: 'another-purpose',
    domain: 'another-purpose-persons',
  })
  const outside = await submit(jeugdzorg, { bsn: 'dora' })
  const here = await submit(politie, { bsn: 'dora' }, {}, second)
  t.strictSame(here.overlaps, [], 'jeugdzorg is no party to the second')
  t.equal(await knowsOf(jeugdzorg, outside.id), undefined)
  const query = (agreement: string, purpose: string) =>
    `/v1/overlaps?${new URLSearchParams({ agreement, purpose })}`
  const crossed = await politie.call('GET', query(under.hash, 'another-purpose'))
  t.match(crossed.body, { status: 403, problems: [{ at: 'core/purpose' }] })
  t.strictSame(
    learned(await jeugdzorg.call('GET', query(second.hash, 'another-purpose'))),
    learned(await jeugdzorg.call('GET', query(`$1$1$${'B'.repeat(86)}`, 'another-purpose'))),
  )
})

t.test('equal tokens under two agreements of one domain do not touch', async (t) => {
  const pair = await house.agree([politie, gemeente])
  const other = await submit(jeugdzorg, { bsn: 'emil' })
  const own = await submit(politie, { bsn: 'emil' }, {}, pair)
  t.strictSame(own.overlaps, [])
  t.equal(await knowsOf(jeugdzorg, other.id), undefined)
})

t.test('a party that may only submit learns nothing, though others learn of it', async (t) => {
  const oneWay = await house.agree(
    [politie, gemeente],
    { purpose: 'one-way', domain: 'one-way' },
    { gemeente: ['submit'], politie: ['submit', 'receive'] },
  )
  const own = await submit(politie, { bsn: 'fred' }, {}, oneWay)
  const silent = await submit(gemeente, { bsn: 'fred' }, {}, oneWay)
  t.strictSame(silent.overlaps, [])
  await t.rejects(gemeente.partner.overlaps(oneWay))
  t.ok(await knowsOf(politie, own.id, oneWay))
})

t.test('the ledger grows alike whether or not a signal touches another', async (t) => {
  const growth = async (subject: Subject): Promise<number> => {
    const before = await ledgerSize('gateway')
    await submit(gemeente, subject)
    return (await ledgerSize('gateway')) - before
  }
  await submit(politie, { bsn: 'gina' })
  t.equal(await growth({ bsn: 'gina' }), await growth({ bsn: 'nobody-else' }))
  const entries = JSON.stringify(await house.entries('gateway'))
  t.notMatch(entries, /certain|possible|quality/)
})

t.test('overlaps come page by page, each once', async (t) => {
  const many = await house.agree([politie, gemeente], { purpose: 'many', domain: 'many' })
  for (const agency of [politie, gemeente]) {
    const signals = (from: number) =>
      Array.from({ length: 60 }, (_, at) => signalAbout({ bsn: `m${from + at}` }, many))
    for (const from of [0, 60])
      await agency.call('POST', '/v1/signals/_bulk', { signals: signals(from) })
  }
  const query = new URLSearchParams({ agreement: many.hash, purpose: 'many' })
  const { body: page } = await politie.call<OverlapPage>('GET', `/v1/overlaps?${query}`)
  t.equal(page.overlaps.length, 100)
  t.ok(page.next)
  const all = await politie.partner.overlaps(many)
  t.equal(new Set(all.map(({ handle }) => handle)).size, 120)
})

t.test(
  'a phone that hundreds share breaks nothing: the newest and strongest links are kept',
  async (t) => {
    const quotas = { evaluationsPerDay: 1, submissionsPerDay: 1_000, withdrawalsPerDay: 1 }
    const shared = await house.agree([politie, gemeente], {
      purpose: 'a-shared-phone',
      domain: 'a-shared-phone',
      quotas,
    })
    const send = (agency: HouseAgency, many: number) =>
      agency.call<BulkAnswer>('POST', '/v1/signals/_bulk', {
        signals: Array.from({ length: many }, () => signalAbout({ phone: 'shelter' }, shared)),
      })
    t.equal((await send(politie, 100)).status, 200)
    const first = await send(gemeente, 100)
    t.ok(first.body.results.every(({ status }) => status === 201))
    const again = await send(gemeente, 100)
    t.ok(again.body.results.every(({ status }) => status === 201))
    for (const item of again.body.results) {
      t.equal('overlaps' in item && item.overlaps.length, 1, 'and each one is told of')
    }
    const perSignal = await house.db.gateway
      .selectFrom('link')
      .innerJoin('signal', 'signal.id', 'link.one')
      .select(({ fn }) => fn.countAll<string>().as('links'))
      .where('signal.agreement_hash', '=', shared.hash)
      .executeTakeFirstOrThrow()
    t.equal(Number(perSignal.links), 200 * 50, 'of one token and agency the newest fifty')
    const anna = await submit(politie, { bsn: 'anna', phone: 'shelter' }, {}, shared)
    t.equal(anna.overlaps[0]?.quality, 'possible')
    const { overlaps } = await submit(gemeente, { bsn: 'anna', phone: 'shelter' }, {}, shared)
    t.equal(overlaps[0]?.quality, 'certain', 'whoever has the same number is found among them')
  },
)

t.test('a certain star of thousands is bounded when it is looked at', (t) => {
  const id = (at: number) => `s${at}` as SignalId
  const live = Array.from({ length: 8_000 }, (_, at) => ({
    id: id(at),
    agency: 'x' as AgencyId,
    agreement: 'h' as AgreementHash,
    subjectKind: 'person' as const,
    tokens: [['document', 'd']] as const,
  }))
  const links = live.slice(1).map(({ id: other }) => ({
    one: id(0),
    other,
    evidence: { quality: 'certain', bits: 30, reasons: [], restsOnIdentifier: true } as const,
    foundAt: new Date(0),
  }))
  const begun = performance.now()
  const [group] = groupsAround(neighbourhoodFrom(live, links), id(0))
  t.ok(performance.now() - begun < 1_000)
  t.equal(group?.members.length, mostOthers + 1)
  t.end()
})
