import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { setGiven } from '../../src/archive/store.ts'
import { answersIn, openJournal } from '../../src/client/journal.ts'
import { suspendAgreementAt } from '../../src/client/operators.ts'
import { readRows } from '../../src/client/rows.ts'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import { submitRows } from '../../src/client/submission.ts'
import { openLog } from '../../src/door/request-log.ts'
import { openGateway } from '../../src/gateway.ts'
import { addMonths, calendarOf, endOfRetention, textOfDay } from '../../src/kernel/calendar.ts'
import { dayOf, shifted } from '../../src/kernel/clock.ts'
import type { SignalId } from '../../src/kernel/ids.ts'
import type { RunningOperator } from '../../src/operator.ts'
import { agreementHashOf } from '../../src/proofs/agreement.ts'
import { signStatement } from '../../src/proofs/statement.ts'
import { transact } from '../../src/store/transact.ts'
import type { AgreementContent } from '../../src/wire/agreement.ts'
import type { SignalAnswer, SignalBody } from '../../src/wire/signal.ts'
import { openTestClock } from '../support/clock.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { type Subject, signalAbout } from '../support/signals.ts'

const house = await openHouse(t)
const jeugdzorg = await house.admit('jeugdzorg')
const school = await house.admit('school')
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const db = house.db.gateway
const day = 86_400
const now = house.clock.now()
const today = dayOf(now)
/** First day of the next quarter: signals that are kept until then. */
const soon = endOfRetention(today, 3)
const yearsLater = (years: number) => textOfDay(addMonths(calendarOf(soon), 12 * years))
const jeugdwet = { code: 'jeugdwet-7-1', roles: ['submit' as const, 'receive' as const] }

/** An agreement with an archive: two parties submit under the Jeugdwet, two do not. */
function withArchive(change: Partial<AgreementContent> = {}): AgreementContent {
  const content = house.draft([jeugdzorg, school, politie, gemeente], {
    archive: { years: 2 },
    validity: {
      notBefore: now.toISOString(),
      notAfter: shifted(now, 10 * 366 * day).toISOString(),
    },
    ...change,
  })
  return {
    ...content,
    parties: content.parties.map((party) => ({
      ...party,
      ...(party.agency === 'school' ? { roles: ['submit' as const] } : {}),
      legalBases: [
        ...(['jeugdzorg', 'school'].includes(party.agency) ? [jeugdwet] : []),
        ...party.legalBases,
      ].map((basis) => ({
        ...basis,
        roles:
          party.agency === 'school' ? basis.roles.filter((role) => role === 'submit') : basis.roles,
      })),
    })),
  }
}
const agree = async (change: Partial<AgreementContent> = {}): Promise<UnderAgreement> => {
  const content = withArchive(change)
  for (const { partner } of [jeugdzorg, school, politie, gemeente]) {
    await partner.acceptAgreement(content)
  }
  return { content, hash: agreementHashOf(content) }
}
const bodyAbout = (
  subject: Subject,
  under: UnderAgreement,
  change: Partial<SignalBody> = {},
): SignalBody =>
  signalAbout(subject, under, {
    observedOn: today,
    retainUntil: endOfRetention(today, 6),
    ageBand: 'minor',
    ...change,
  })
const send = (agency: HouseAgency, body: SignalBody) =>
  agency.call<SignalAnswer>('POST', '/v1/signals', body)
async function submit(
  agency: HouseAgency,
  subject: Subject,
  under: UnderAgreement,
  change: Partial<SignalBody> = {},
): Promise<SignalAnswer> {
  const { status, body, text } = await send(agency, bodyAbout(subject, under, change))
  if (status !== 201) throw new Error(text)
  return body
}
/** Has a signal submitted that is over soon. */
const submitShort = (
  agency: HouseAgency,
  subject: Subject,
  under: UnderAgreement,
  change: Partial<SignalBody> = {},
) => submit(agency, subject, under, { retainUntil: soon, ...change })

const untilDay = (text: string): number =>
  (new Date(text).getTime() - house.clock.now().getTime()) / 1000 + 60
/** Does what is due on a later day; this house stays in the present. */
async function runOn(
  text: string,
  work = ({ runDueWork }: RunningOperator) => runDueWork(),
): Promise<void> {
  const clock = openTestClock()
  clock.advance(untilDay(text))
  const gateway = await openGateway(house.settings.gateway, {
    clock,
    random: house.random,
    logger: openLog({ level: 'silent' }),
    path: (relative) => resolve(house.folder, relative),
  })
  try {
    await work(gateway)
  } finally {
    await gateway.close()
  }
}
const archived = (agency: HouseAgency, under: UnderAgreement) =>
  agency.partner.archivedSignals(under)
const rows = (id: string) =>
  db.selectFrom('archived_signal').selectAll().where('signal_id', '=', id).execute()
const tokensOf = (id: string) =>
  db.selectFrom('archived_token').selectAll().where('signal_id', '=', id).execute()

t.test('what has expired is recognised once, and nothing else is kept of it', async (t) => {
  const under = await agree({ domain: 'once' })
  const gone = await submitShort(jeugdzorg, { bsn: 'anna', phone: 'anna' }, under, {
    caseReference: 'SECRET-CASE',
    contactDesk: 'Desk of Anna',
  })
  const before = (await db
    .selectFrom('signal_token')
    .select('token')
    .where('signal_id', '=', gone.id)
    .execute()) as { token: Buffer }[]
  const since = await house.ledgerSize('gateway')
  await runOn(soon)
  t.match(
    (await house.entries('gateway', since)).filter(({ kind }) => kind === 'signal.expire'),
    [{ signalId: gone.id, archivedUntil: yearsLater(2), cause: 'past-retention' }],
  )
  const [row] = await rows(gone.id)
  t.match(row, { agency_id: 'jeugdzorg', contact_desk: 'Desk of Anna', kept_until: yearsLater(2) })
  t.notMatch(JSON.stringify(row), /SECRET-CASE|labour/)
  const kept = await tokensOf(gone.id)
  t.equal(kept.length, 2)
  const live = new Set(before.map(({ token }) => token.toString('hex')))
  t.notOk(
    kept.some(({ token }) => live.has(token.toString('hex'))),
    'under another key than live tokens',
  )
  t.match(await archived(jeugdzorg, under), [
    { id: gone.id, state: 'kept', keptUntil: yearsLater(2) },
  ])
  t.same(await archived(politie, under), [], 'only its owner sees it')

  const own = await submit(jeugdzorg, { bsn: 'anna' }, under)
  t.notOk('earlierKnown' in own, 'its owner is told nothing')
  const other = await submit(politie, { bsn: 'boris' }, under)
  t.notOk('earlierKnown' in other, 'another subject')
  const size = await house.ledgerSize('gateway')
  const body = bodyAbout({ bsn: 'anna' }, under)
  const hit = await send(politie, body)
  const quarter = row?.known_since
  const told = [
    { agency: 'jeugdzorg', name: 'Agency jeugdzorg', contactDesk: 'Desk of Anna', since: quarter },
  ]
  t.same(hit.body.earlierKnown, told)
  const written = await house.entries('gateway', size)
  t.match(written, [{ kind: 'signal.submit' }, { kind: 'archive.ask', agency: 'politie' }])
  t.notMatch(JSON.stringify(written[1]), new RegExp(`${gone.id}|jeugdzorg`), 'not what it knew')
  const unmatched = await house.ledgerSize('gateway')
  await submit(politie, { bsn: 'somebody' }, under)
  t.equal((await house.ledgerSize('gateway')) - unmatched, 2, 'as many leaves without a hit')

  t.same((await send(politie, body)).body.earlierKnown, told, 'the same submission, answered again')
  t.notOk('earlierKnown' in (await submit(politie, { bsn: 'anna' }, under)), 'never again')
  t.notOk('earlierKnown' in (await submit(gemeente, { bsn: 'anna' }, under)), 'nor to a third')
  t.same(await tokensOf(gone.id), [], 'nothing is left to recognise it by')
  t.match(await archived(jeugdzorg, under), [{ id: gone.id, state: 'given', givenOn: today }])
})

t.test('with the real tokens of a file, its sender is told, and keeps it', async (t) => {
  const under = await agree({ domain: 'a-file' })
  const file = (name: string) => join(house.folder, `${name}.jsonl`)
  async function submitFile({ partner, id }: HouseAgency, caseReference: string) {
    const { rows: read } = readRows(
      `caseReference,givenNames,familyName,birthDate,observedOn,category\n${caseReference},Sanne,de Wit,2012-03-04,${today},labour-exploitation\n`,
      { today },
    )
    const journal = await openJournal(file(id))
    try {
      const report = await submitRows({ partner, rows: read, under, journal })
      await journal.finish()
      return report
    } finally {
      await journal.close()
    }
  }
  t.equal((await submitFile(jeugdzorg, 'J-1')).accepted, 1)
  await runOn(endOfRetention(today, 24))
  const { accepted, earlierKnown } = await submitFile(politie, 'P-1')
  t.equal(accepted, 1)
  t.match([...earlierKnown], [[2, [{ agency: 'jeugdzorg', contactDesk: 'Desk of jeugdzorg' }]]])
  t.match(await answersIn(file('politie')), [{ earlierKnown: [{ agency: 'jeugdzorg' }] }])
  const again = await submitFile(politie, 'P-1')
  t.match(again, { accepted: 0, known: 1 })
  t.equal(again.earlierKnown.size, 0, 'the same file again tells nothing new')
})

t.test('of two who signal at once, one is told', async (t) => {
  const under = await agree({ domain: 'at-once' })
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  for (const bsn of names) await submitShort(jeugdzorg, { bsn }, under)
  await runOn(soon)
  for (const bsn of names) {
    const answers = await Promise.all([
      submit(politie, { bsn }, under),
      submit(gemeente, { bsn }, under),
      submit(politie, { bsn }, under),
    ])
    t.equal(answers.filter((answer) => 'earlierKnown' in answer).length, 1, bsn)
  }

  // Another gateway on the same database is giving it away at this moment.
  const one = await submitShort(jeugdzorg, { bsn: 'g' }, under)
  await runOn(soon)
  const elsewhere = await submit(politie, { bsn: 'elsewhere' }, under)
  const { underWay } = await transact(db, 'test/give', async (tx) => {
    await setGiven(tx, [one.id as SignalId], elsewhere.id as SignalId, today)
    const answer = submit(gemeente, { bsn: 'g' }, under)
    t.equal(await Promise.race([answer, pause(1000, 'waits')]), 'waits')
    return { underWay: answer }
  })
  t.notOk('earlierKnown' in (await underWay))
  t.match(await rows(one.id), [{ given_to: elsewhere.id }])
})

t.test(
  'only what expired by itself is archived, of the young, where the law lets it',
  async (t) => {
    const under = await agree({ domain: 'kept-out' })
    const withdrawn = []
    for (const reason of [
      'no-longer-a-signal',
      'entered-by-mistake',
      'subject-objected',
    ] as const) {
      const { id } = await submitShort(jeugdzorg, { bsn: reason }, under)
      await jeugdzorg.partner.withdraw(id, reason)
      withdrawn.push(id)
    }
    const corrected = await submitShort(jeugdzorg, { bsn: 'wrong' }, under)
    const { id: _id, ...correction } = bodyAbout({ bsn: 'right' }, under, { retainUntil: soon })
    await jeugdzorg.call('POST', `/v1/signals/${corrected.id}/_correct`, correction)
    const police = await submitShort(politie, { bsn: 'police' }, under)
    const adult = await submitShort(jeugdzorg, { bsn: 'adult' }, under, { ageBand: 'adult' })
    const scene = await submitShort(jeugdzorg, { 'vehicle-plate': 'car' }, under, {
      subjectKind: 'vehicle',
      ageBand: 'unknown',
    })
    const youth = await submitShort(jeugdzorg, { bsn: 'youth' }, under, { ageBand: 'youth' })
    const none = await house.agree([jeugdzorg, politie], {
      domain: 'no-archive',
      validity: under.content.validity,
    })
    const without = await submitShort(jeugdzorg, { bsn: 'anna' }, none)
    await runOn(soon)
    for (const id of [...withdrawn, police.id, adult.id, scene.id, without.id]) {
      t.same(await rows(id), [], id)
    }
    t.equal((await rows(youth.id)).length, 1)
    t.notOk(
      'earlierKnown' in (await submit(politie, { bsn: 'wrong' }, under)),
      'what was corrected',
    )
    t.ok('earlierKnown' in (await submit(politie, { bsn: 'right' }, under)), 'as what it became')
  },
)

t.test(
  'a weak likeness is told to nobody, nor is anything to a party that only submits',
  async (t) => {
    const under = await agree({ domain: 'likeness' })
    await submitShort(jeugdzorg, { phone: 'shared', bsn: 'one' }, under)
    await runOn(soon)
    t.notOk(
      'earlierKnown' in (await submit(politie, { phone: 'shared' }, under)),
      'possible at most',
    )
    t.notOk('earlierKnown' in (await submit(politie, { phone: 'shared', bsn: 'two' }, under)))
    const since = await house.ledgerSize('gateway')
    t.notOk('earlierKnown' in (await submit(school, { bsn: 'one' }, under)), 'it may not receive')
    t.match(await house.entries('gateway', since), [
      { kind: 'signal.submit', outcome: 'permit' },
      { kind: 'archive.ask', outcome: 'refuse', reasons: ['core/denied-by-default'] },
    ])
    const elsewhere = await agree({ domain: 'likeness' })
    t.notOk('earlierKnown' in (await submit(politie, { bsn: 'one' }, elsewhere)), 'nor elsewhere')
    const { earlierKnown } = await submit(politie, { bsn: 'one' }, under)
    t.equal(earlierKnown?.length, 1, 'it was there all the time')
  },
)

t.test('its owner withdraws what is archived, and nobody else does', async (t) => {
  const under = await agree({ domain: 'withdrawn' })
  const one = await submitShort(jeugdzorg, { bsn: 'one' }, under)
  const two = await submitShort(jeugdzorg, { bsn: 'two' }, under)
  await runOn(soon)
  await t.rejects(politie.partner.withdraw(one.id, 'subject-objected'))
  t.equal((await rows(one.id)).length, 1)
  t.match(await jeugdzorg.partner.withdraw(one.id, 'subject-objected'), { state: 'expired' })
  t.same(await rows(one.id), [])
  t.same(await tokensOf(one.id), [])
  t.notOk('earlierKnown' in (await submit(politie, { bsn: 'one' }, under)))
  t.match(await archived(jeugdzorg, under), [{ id: two.id }])
  const keys = () =>
    db.selectFrom('archive_key').selectAll().where('agreement_hash', '=', under.hash).execute()
  t.equal((await keys()).length, 1)
  await jeugdzorg.partner.withdraw(two.id, 'other')
  t.same(await keys(), [], 'the key goes with the last of them')
})

t.test('the archive ends after its years, or with the agreement, once', async (t) => {
  const under = await agree({ domain: 'years' })
  const other = await agree({ domain: 'with-it' })
  const old = await submitShort(jeugdzorg, { bsn: 'old' }, under)
  const ended = await submitShort(jeugdzorg, { bsn: 'ended' }, other)
  await runOn(soon)
  const since = await house.ledgerSize('gateway')
  const dayBefore = dayOf(shifted(new Date(yearsLater(2)), -2 * day))
  await runOn(dayBefore)
  t.equal((await rows(old.id)).length, 1, 'not before')
  await gemeente.partner.revokeAgreement(other.hash)
  await house.operator('gateway').runDueWork()
  t.same(await rows(ended.id), [])
  await runOn(yearsLater(2), async ({ runDueWork }) => {
    await Promise.all([runDueWork(), runDueWork()])
  })
  t.same(await rows(old.id), [])
  const ends = (await house.entries('gateway', since)).filter(({ kind }) => kind === 'archive.end')
  t.match(
    ends.filter(({ signalId }) => signalId === old.id || signalId === ended.id),
    [
      { signalId: ended.id, cause: 'agreement-ended' },
      { signalId: old.id, cause: 'years-past' },
    ],
  )
  t.equal(ends.filter(({ signalId }) => signalId === old.id).length, 1)
  const { body } = await house
    .operator('gateway')
    .server.inject('/health/retention')
    .then((one) => ({
      body: one.json() as { runs: { run: string; due: string }[] },
    }))
  t.ok(body.runs.some(({ run, due }) => run === 'archive' && due === 'none'))
})

t.test('while an agreement is suspended, its archive tells nobody anything', async (t) => {
  const under = await agree({ domain: 'halted' })
  await submitShort(jeugdzorg, { bsn: 'one' }, under)
  await runOn(soon)
  const suspend = async (suspended: boolean) => {
    await pause(2)
    await suspendAgreementAt(house.pins.gateway, house.administrators.gateway, {
      agreement: under.hash,
      suspended,
      cause: 'other',
      at: house.clock.now(),
    })
  }
  await suspend(true)
  t.match(await send(politie, bodyAbout({ bsn: 'one' }, under)), { status: 403 })
  t.equal((await archived(jeugdzorg, under)).length, 1, 'its owner still sees it')
  await suspend(false)
  t.ok('earlierKnown' in (await submit(politie, { bsn: 'one' }, under)))
})

t.test('an archive needs a legal basis that allows it, and no longer than it allows', async (t) => {
  const faultsOf = async (content: AgreementContent) => {
    const signature = await signStatement(
      'agreement-signature',
      {
        contentHash: agreementHashOf(content),
        agency: 'jeugdzorg',
        type: 'accept',
        signedAt: house.clock.now().toISOString(),
      },
      jeugdzorg.keys.signing,
    )
    const answers = await Promise.all(
      (['gateway', 'keyholder'] as const).map((name) =>
        house.post(name, '/v1/agreements', { content, signature }),
      ),
    )
    const [one, other] = answers.map(({ body }) =>
      ((body.problems ?? []) as { at: string; message: string }[]).map(
        ({ at, message }) => `${at} ${message}`,
      ),
    )
    t.same(one, other, 'at both operators')
    return one
  }
  t.same(await faultsOf(withArchive({ domain: 'faults' })), [])
  const plain = house.draft([jeugdzorg, politie], { archive: { years: 2 }, domain: 'plain' })
  t.same(await faultsOf(plain), [
    '/content/archive no legal basis of a party’s role submit allows an archive',
  ])
  for (const years of [0, 6]) {
    const [fault] = (await faultsOf(withArchive({ archive: { years } }))) ?? []
    t.match(fault, /archive\/years/)
  }
})
