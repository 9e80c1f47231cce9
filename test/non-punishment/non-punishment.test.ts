import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import t from 'tap'
import { suspendAgreementAt } from '../../src/client/operators.ts'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import { openLog } from '../../src/door/request-log.ts'
import { isWorkingDay } from '../../src/follow-up/working-days.ts'
import { openGateway } from '../../src/gateway.ts'
import { endOfRetention } from '../../src/kernel/calendar.ts'
import { dayOf, shifted } from '../../src/kernel/clock.ts'
import type { AgencyId } from '../../src/kernel/ids.ts'
import { areOpposed } from '../../src/non-punishment/opposed.ts'
import type { RunningOperator } from '../../src/operator.ts'
import { codesOf, roles } from '../../src/wire/codes.ts'
import type { SignalAnswer, SignalBody } from '../../src/wire/signal.ts'
import { learned } from '../support/calls.ts'
import { openTestClock } from '../support/clock.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { signalAbout } from '../support/signals.ts'

const day = 86_400
const house = await openHouse(t)
const politie = await house.admit('politie')
const recherche = await house.admit('recherche')
const jeugdzorg = await house.admit('jeugdzorg')
const gemeente = await house.admit('gemeente')
const everybody = [politie, recherche, jeugdzorg, gemeente]
const now = house.clock.now()
const clause = {
  nonPunishment: {
    agency: 'politie',
    contactDesk: 'Desk for reviews',
    escalationDesk: 'Head of the unit',
    workingDays: 5,
  },
  validity: { notBefore: now.toISOString(), notAfter: shifted(now, 600 * day).toISOString() },
}
const under = await house.agree(everybody, clause)
const retainUntil = endOfRetention(dayOf(now), 9)

const bodyOf = (
  subject: string,
  role: string,
  agreement = under,
  change: Partial<SignalBody> = {},
) =>
  signalAbout({ bsn: subject }, agreement, {
    role: role as SignalBody['role'],
    observedOn: dayOf(now),
    retainUntil,
    ...change,
  })
async function submit(
  agency: HouseAgency,
  subject: string,
  role: string,
  agreement: UnderAgreement = under,
): Promise<string> {
  const body = bodyOf(subject, role, agreement, { caseReference: `${agency.id}-${subject}` })
  const answer = await agency.call<SignalAnswer>('POST', '/v1/signals', body)
  if (answer.status !== 201) throw new Error(answer.text)
  return answer.body.id
}
const run = () => house.operator('gateway').runDueWork()
const flags = (agreement = under, agency = politie) => agency.partner.nonPunishment.list(agreement)
/** The flags that were raised by some work. */
async function raisedBy(work: () => Promise<unknown>, agreement = under) {
  const before = new Set((await flags(agreement)).map(({ id }) => id))
  await work()
  await run()
  return (await flags(agreement)).filter(({ id }) => !before.has(id))
}
let subjects = 0
const aSubject = () => {
  subjects += 1
  return `subject-${subjects}`
}
/** A person who is a suspect to the detectives and a presumed victim to youth care. */
async function opposed(agreement = under) {
  const subject = aSubject()
  const suspect = await submit(recherche, subject, 'suspect', agreement)
  const victim = await submit(jeugdzorg, subject, 'presumed-victim', agreement)
  await run()
  const [flag] = (await flags(agreement))
    .filter(({ state, raisedAt }) => state === 'open' && raisedAt >= now.toISOString())
    .slice(-1)
  return { subject, suspect, victim, flag }
}
/** Another gateway process on the same database, some time from now. */
async function inFuture<Result>(
  seconds: number,
  work: (gateway: RunningOperator) => Promise<Result>,
): Promise<Result> {
  const clock = openTestClock()
  clock.advance(seconds + (house.clock.now().getTime() - clock.now().getTime()) / 1000)
  const gateway = await openGateway(house.settings.gateway, {
    clock,
    random: house.random,
    logger: openLog({ level: 'silent' }),
    path: (relative) => resolve(house.folder, relative),
  })
  try {
    return await work(gateway)
  } finally {
    await gateway.close()
  }
}

t.test(
  'a suspect here who is a presumed victim there is flagged to the agency that reviews',
  async (t) => {
    const subject = aSubject()
    const raised = await raisedBy(async () => {
      await submit(recherche, subject, 'suspect')
      await submit(jeugdzorg, subject, 'presumed-victim')
    })
    t.equal(raised.length, 1)
    const [flag] = raised
    t.match(flag, { state: 'open', desk: 'Desk for reviews', agreement: under.hash, own: [] })
    t.strictSame(
      flag?.call.map(({ agency, contactDesk }) => [agency, contactDesk]),
      [
        ['jeugdzorg', 'Desk of jeugdzorg'],
        ['recherche', 'Desk of recherche'],
      ],
      'by name, whoever said what',
    )
    t.notMatch(JSON.stringify(flag), /suspect|victim/)
    t.notMatch(JSON.stringify(flag), subject, 'no case of another agency')
    const due = new Date(flag?.dueAt ?? 0)
    t.ok(isWorkingDay(dayOf(due)))
    t.ok(
      due.getTime() - new Date(flag?.raisedAt ?? 0).getTime() >= 7 * day * 1000,
      'five working days',
    )
    const told = (await politie.partner.inbox.notices()).filter(({ kind }) => kind === 'review-due')
    t.equal(told.length, 1)
    t.match(told[0]?.dataref, /^\/v1\/non-punishment-flags\?agreement=/)
    for (const other of [recherche, jeugdzorg]) {
      const kinds = (await other.partner.inbox.notices()).map(({ kind }) => kind)
      t.notOk(kinds.includes('review-due'), other.id)
    }
    await run()
    t.equal((await flags()).filter(({ id }) => id === flag?.id).length, 1, 'once')
  },
)

t.test('which roles oppose each other, and no role is made of two', async (t) => {
  const one = 'one' as AgencyId
  const other = 'other' as AgencyId
  const expected = new Set([
    'suspect presumed-victim',
    'presumed-victim suspect',
    'both suspect',
    'both presumed-victim',
    'suspect both',
    'presumed-victim both',
    'both both',
  ])
  for (const left of codesOf(roles)) {
    for (const right of codesOf(roles)) {
      t.equal(
        areOpposed({ agency: one, role: left }, { agency: other, role: right }),
        expected.has(`${left} ${right}`),
        `${left} and ${right}`,
      )
      t.notOk(areOpposed({ agency: one, role: left }, { agency: one, role: right }))
    }
  }
  const subject = aSubject()
  const raised = await raisedBy(async () => {
    await submit(recherche, subject, 'both')
    await submit(gemeente, subject, 'unknown')
    await submit(jeugdzorg, aSubject(), 'presumed-victim')
  })
  t.strictSame(raised, [], 'two roles of one agency stand against nobody; nor do other persons')
  const rows = await house.db.gateway
    .selectFrom('signal')
    .select(['agency_id', 'role'])
    .where('state', '=', 'live')
    .execute()
  const said = new Set(rows.map(({ agency_id, role }) => `${agency_id} ${role}`))
  t.ok(
    said.has('recherche both') &&
      said.has('recherche suspect') &&
      said.has('jeugdzorg presumed-victim'),
    'each as its owner said it',
  )
  t.notOk(said.has('jeugdzorg both') || said.has('jeugdzorg suspect'))
})

t.test('nobody but the agency that reviews learns of it, and it as little as it may', async (t) => {
  const { flag, suspect } = await opposed()
  for (const agency of [recherche, jeugdzorg, gemeente]) {
    await t.rejects(flags(under, agency), { message: /Only the agency that the agreement names/ })
    const call = (id: string) =>
      agency.call('POST', `/v1/non-punishment-flags/${id}/_close`, {
        outcome: 'does-not-apply',
        reason: 'no-suspicion',
      })
    t.strictSame(learned(await call(flag?.id ?? '')), learned(await call(randomUUID())))
    t.equal((await call(flag?.id ?? '')).code, 'non-punishment/not-found')
    const overlaps = JSON.stringify(await agency.partner.overlaps(under))
    t.notMatch(overlaps, /suspect|victim|flag|punish/)
  }
  const without = await house.agree(everybody)
  await submit(recherche, 'no-clause', 'suspect', without)
  await submit(jeugdzorg, 'no-clause', 'presumed-victim', without)
  await run()
  await t.rejects(
    flags(without),
    { message: /Only the agency/ },
    'without the clause nobody is told',
  )
  t.notOk(
    await house.db.gateway
      .selectFrom('review_flag')
      .select('id')
      .where('agreement_hash', '=', without.hash)
      .executeTakeFirst(),
  )

  // What is said on the telephone finds the case of the one who is called, and of nobody else.
  const mention = flag?.call.find(({ agency }) => agency === 'recherche')?.mention ?? ''
  t.match(await recherche.partner.nonPunishment.mention(mention, under), {
    signal: { id: suspect },
  })
  for (const agency of [jeugdzorg, gemeente, politie]) {
    await t.rejects(agency.partner.nonPunishment.mention(mention, under), {
      code: 'non-punishment/not-found',
    })
  }
  await t.rejects(recherche.partner.nonPunishment.mention('0123456789ab', under), {
    code: 'non-punishment/not-found',
  })
  await t.rejects(recherche.partner.nonPunishment.mention(mention, without), {
    code: 'non-punishment/not-found',
  })
})

t.test(
  'a submission makes as many entries whether or not it is flagged, and the flag makes none',
  async (t) => {
    const subject = aSubject()
    await submit(recherche, subject, 'suspect')
    await run()
    const sizeAfter = async (work: () => Promise<unknown>) => {
      const before = await house.ledgerSize('gateway')
      await work()
      await run()
      return (await house.ledgerSize('gateway')) - before
    }
    const raised: number[] = []
    const sizeOf = (work: () => Promise<unknown>) =>
      sizeAfter(async () => raised.push((await raisedBy(work)).length))
    const plain = await sizeOf(() => submit(jeugdzorg, subject, 'witness'))
    const flagged = await sizeOf(() => submit(gemeente, subject, 'presumed-victim'))
    t.equal(flagged, plain)
    t.strictSame(raised, [0, 1])
  },
)

t.test('an outcome is recorded once, also by ten at once, and stands on the ledger', async (t) => {
  const { flag } = await opposed()
  const id = flag?.id ?? ''
  const size = await house.ledgerSize('gateway')
  const bodies = Array.from({ length: 10 }, (_, at) =>
    at % 2 === 0
      ? ({ outcome: 'non-punishment-applies', reason: 'compelled' } as const)
      : ({ outcome: 'does-not-apply', reason: 'no-direct-consequence' } as const),
  )
  const answers = await Promise.allSettled(
    bodies.map((body) => politie.partner.nonPunishment.close(id, body)),
  )
  t.equal(
    answers.filter(({ status }) => status === 'fulfilled').length,
    5,
    'the first one, and those that say the same',
  )
  for (const answer of answers) {
    if (answer.status === 'rejected') t.equal(answer.reason.code, 'non-punishment/closed')
  }
  const entries = (await house.entries('gateway', size)).filter(
    ({ kind }) => kind === 'flag.review',
  )
  t.equal(entries.length, 10)
  t.match(entries[0], { agency: 'politie', flag: id, agreement: under.hash })
  t.notMatch(JSON.stringify(entries), /recherche|jeugdzorg/)
  const [closed] = (await flags()).filter((one) => one.id === id)
  t.match(closed, { state: 'closed' })
  t.ok(closed?.closedAt)
})

t.test(
  'more signals of one person come under the same flag; a new agency opens a closed matter anew',
  async (t) => {
    const { flag, subject } = await opposed()
    t.strictSame(
      await raisedBy(() => submit(gemeente, subject, 'presumed-victim')),
      [],
      'still open',
    )
    const grown = (await flags()).find(({ id }) => id === flag?.id)
    t.strictSame(
      grown?.call.map(({ agency }) => agency),
      ['gemeente', 'jeugdzorg', 'recherche'],
    )
    await politie.partner.nonPunishment.close(flag?.id ?? '', {
      outcome: 'referred-to-prosecutor',
      reason: 'prosecutor-decides',
    })
    t.strictSame(
      await raisedBy(() => submit(recherche, subject, 'suspect')),
      [],
      'the same agencies once more',
    )
    const raised = await raisedBy(() => submit(politie, subject, 'suspect'))
    t.equal(raised.length, 1, 'somebody new')
    t.match(raised[0]?.own, [{ caseReference: `politie-${subject}` }], 'with its own case')
    t.notOk(raised[0]?.call.some(({ agency }) => agency === 'politie'))
  },
)

t.test(
  'a flag lapses when what it rests on is withdrawn, corrected or over; nothing of it stays',
  async (t) => {
    const gone = await opposed()
    await jeugdzorg.partner.withdraw(gone.victim, 'entered-by-mistake')
    const mended = await opposed()
    const { id: _, ...body } = bodyOf(mended.subject, 'unknown', under, {
      caseReference: `jeugdzorg-${mended.subject}`,
    })
    t.equal(
      (await jeugdzorg.call('POST', `/v1/signals/${mended.victim}/_correct`, body)).status,
      200,
    )
    await run()
    for (const { flag } of [gone, mended]) {
      const [seen] = (await flags()).filter(({ id }) => id === flag?.id)
      t.match(seen, { state: 'lapsed', call: [], own: [] })
      await t.rejects(
        politie.partner.nonPunishment.close(flag?.id ?? '', {
          outcome: 'does-not-apply',
          reason: 'no-suspicion',
        }),
        { code: 'non-punishment/closed' },
      )
      t.strictSame(
        await house.db.gateway
          .selectFrom('review_flag_signal')
          .selectAll()
          .where('flag_id', '=', flag?.id ?? '')
          .execute(),
        [],
      )
    }
    const later = await raisedBy(async () => {
      const { id: _same, ...again } = bodyOf(mended.subject, 'presumed-victim', under, {
        caseReference: `jeugdzorg-${mended.subject}`,
      })
      await jeugdzorg.call('POST', `/v1/signals/${mended.victim}/_correct`, again)
    })
    t.equal(later.length, 1, 'a role that comes with a correction counts')
    const closed = await opposed()
    await politie.partner.nonPunishment.close(closed.flag?.id ?? '', {
      outcome: 'non-punishment-applies',
      reason: 'compelled',
    })
    await recherche.partner.withdraw(closed.suspect, 'no-longer-a-signal')
    await run()
    const [kept] = (await flags()).filter(({ id }) => id === closed.flag?.id)
    t.match(kept, { state: 'closed', outcome: 'non-punishment-applies' }, 'the outcome stays')
  },
)

t.test(
  'before it is late the desk is told again; then it is for the escalation desk, week after week',
  async (t) => {
    const { flag } = await opposed()
    const due = new Date(flag?.dueAt ?? 0)
    const until = (at: Date) => (at.getTime() - house.clock.now().getTime()) / 1000
    const rowOf = () =>
      house.db.gateway
        .selectFrom('review_flag')
        .selectAll()
        .where('id', '=', flag?.id ?? '')
        .executeTakeFirstOrThrow()
    await inFuture(until(due) - day + 60, ({ runDueWork }) => runDueWork())
    t.match(await rowOf(), { remind_at: due, escalated_at: null })
    const seen = await inFuture(until(due) + 60, async (gateway) => {
      await Promise.all([gateway.runDueWork(), gateway.runDueWork(), run()])
      return rowOf()
    })
    t.ok(seen.escalated_at)
    await inFuture(until(due) + 30 * day, ({ runDueWork }) => runDueWork())
    const later = await rowOf()
    t.same(later.escalated_at, seen.escalated_at, 'since when it is late stays')
    t.ok((later.remind_at ?? due) > shifted(due, 30 * day))
    await politie.partner.nonPunishment.close(flag?.id ?? '', {
      outcome: 'does-not-apply',
      reason: 'no-exploitation',
    })
    t.equal((await rowOf()).remind_at, null)
  },
)

t.test('two gateways and a standstill: each pair is flagged once', async (t) => {
  const before = (await flags()).length
  const those = []
  for (let at = 0; at < 4; at += 1) {
    const subject = aSubject()
    those.push(submit(recherche, subject, 'suspect'), submit(jeugdzorg, subject, 'both'))
  }
  await Promise.all(those)
  await inFuture(1, async (gateway) => {
    await Promise.all([gateway.runDueWork(), run(), gateway.runDueWork(), run()])
  })
  t.equal((await flags()).length - before, 4)
})

t.test('nothing is told under a suspended agreement', async (t) => {
  const own = await house.agree(everybody, clause)
  await opposed(own)
  const [flag] = await flags(own)
  const rowOf = () =>
    house.db.gateway
      .selectFrom('review_flag')
      .selectAll()
      .where('id', '=', flag?.id ?? '')
      .executeTakeFirstOrThrow()
  const told = () =>
    house.db.gateway
      .selectFrom('notice')
      .select('id')
      .where('kind', '=', 'review-due')
      .where('agreement_hash', '=', own.hash)
      .execute()
  t.equal((await told()).length, 1, 'as it was raised')
  const before = await rowOf()
  house.clock.advance(1)
  const say = (suspended: boolean) =>
    suspendAgreementAt(house.pins.gateway, house.administrators.gateway, {
      agreement: own.hash,
      suspended,
      cause: 'incident',
      at: house.clock.now(),
    })
  await say(true)
  await t.rejects(flags(own), { code: 'policy/denied' })
  const pastDue = (new Date(flag?.dueAt ?? 0).getTime() - house.clock.now().getTime()) / 1000 + 60
  await inFuture(pastDue, ({ runDueWork }) => runDueWork())
  t.equal((await told()).length, 1, 'past the deadline')
  t.strictSame(await rowOf(), before, 'and no reminder is used up')
  house.clock.advance(1)
  await say(false)
  t.equal((await flags(own)).length, 1)
  await inFuture(pastDue, ({ runDueWork }) => runDueWork())
  t.equal((await told()).length, 2, 'once it is in force again')
  t.ok((await rowOf()).escalated_at)
})

t.test('open flags lapse with their agreement, more than one transaction reminds of', async (t) => {
  const own = await house.agree(everybody, clause)
  const { flag } = await opposed(own)
  const row = await house.db.gateway
    .selectFrom('review_flag')
    .selectAll()
    .where('id', '=', flag?.id ?? '')
    .executeTakeFirstOrThrow()
  await house.db.gateway
    .insertInto('review_flag')
    .values(Array.from({ length: 60 }, () => ({ ...row, id: randomUUID() })))
    .execute()
  await jeugdzorg.partner.revokeAgreement(own.hash)
  const pastDue = (row.due_at.getTime() - house.clock.now().getTime()) / 1000 + 60
  await inFuture(pastDue, ({ runDueWork }) => runDueWork())
  const left = await house.db.gateway
    .selectFrom('review_flag')
    .select('id')
    .where('agreement_hash', '=', own.hash)
    .where((where) =>
      where.or([where('lapsed_at', 'is', null), where('remind_at', 'is not', null)]),
    )
    .execute()
  t.strictSame(left, [], 'nobody may look at them any more')
  const members = await house.db.gateway
    .selectFrom('review_flag_signal')
    .select('signal_id')
    .where('flag_id', '=', row.id)
    .execute()
  t.strictSame(members, [])
})

t.test('who reviews is a party that receives, under an agreement that shares roles', async (t) => {
  const propose = (change: object) => {
    const content = house.draft(everybody, { ...clause, ...change } as never)
    return politie.partner.acceptAgreement(content)
  }
  await t.rejects(propose({ nonPunishment: { ...clause.nonPunishment, agency: 'nobody' } }), {
    code: 'agreements/invalid',
  })
  const without = house.draft(everybody).dataCategories.filter((code) => code !== 'role')
  await t.rejects(propose({ dataCategories: without }), { code: 'agreements/invalid' })
})
