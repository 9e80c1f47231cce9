import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import t from 'tap'

import { exportLedger } from '../../src/ledger/export.ts'
import { verifyLedger } from '../../src/ledger/verify.ts'
import type { OperatorName } from '../../src/oprf/types.ts'
import { verifyReceipt } from '../../src/proofs/receipt.ts'
import { signStatement } from '../../src/proofs/statement.ts'
import { transact } from '../../src/store/transact.ts'
import type { Receipt } from '../../src/wire/common.ts'
import { makeBatch } from '../support/batches.ts'
import type { RawAnswer } from '../support/calls.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { signalAbout } from '../support/signals.ts'

/**
 * What becomes of acts when the database cannot take their entry: they stop. Nothing is answered but 503, and
 * what was acknowledged is there afterwards. The gateway has a PostgreSQL of its own here, which is stopped for real.
 */

t.setTimeout(120_000)

const house = await openHouse(t, { embedded: true })
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const under = await house.agree([politie, gemeente])
const { hash, content } = under
for (const { partner } of [politie, gemeente]) await partner.domainKeys(content.domain)

const query = new URLSearchParams({ agreement: hash, purpose: content.purpose })
const kept = signalAbout({ bsn: 'anna' }, under)
await politie.call('POST', '/v1/signals', kept)
await gemeente.call('POST', '/v1/signals', signalAbout({ bsn: 'anna' }, under))

/** From now on an insert of this operator into its ledger fails as it does on a full disk. */
const fillDisk = async (name: OperatorName): Promise<void> => {
  await sql`
    create function full_disk() returns trigger language plpgsql as $$
    begin
      raise exception 'could not extend file: No space left on device' using errcode = '53100';
    end $$`.execute(house.db[name])
  await sql`
    create trigger full_disk before insert on ledger_entry
    for each statement execute function full_disk()`.execute(house.db[name])
}
const makeRoom = async (name: OperatorName): Promise<void> => {
  await sql`drop trigger full_disk on ledger_entry`.execute(house.db[name])
  await sql`drop function full_disk`.execute(house.db[name])
}

const suspension = (name: OperatorName) =>
  signStatement(
    'agreement-suspension',
    {
      audience: house.pins[name].rootThumbprint,
      agreement: `$1$1$${'x'.repeat(86)}`,
      suspended: true,
      cause: 'incident',
      issuedAt: house.clock.now().toISOString(),
    },
    house.administrators[name],
  )

type Act = readonly [what: string, act: () => Promise<RawAnswer>]

const acts = async (): Promise<Act[]> => {
  const batch = await makeBatch(house, politie, under)
  const signal = signalAbout({ bsn: 'bert' }, under)
  const bulk = { signals: [signalAbout({ bsn: 'carla' }, under)] }
  const { id: _id, ...corrected } = { ...kept, observedOn: '2026-01-03' }
  const statement = await suspension('gateway')
  return [
    ['an evaluation', () => politie.call('POST', '/v1/evaluations', { batch })],
    ['a signal', () => politie.call('POST', '/v1/signals', signal)],
    ['many signals', () => politie.call('POST', '/v1/signals/_bulk', bulk)],
    ['a look at a signal', () => politie.call('GET', `/v1/signals/${kept.id}`)],
    ['a correction', () => politie.call('POST', `/v1/signals/${kept.id}/_correct`, corrected)],
    ['a list of overlaps', () => politie.call('GET', `/v1/overlaps?${query}`)],
    ['a look at one’s acts', () => politie.call('GET', '/v1/accesses?occasion=spot-check')],
    ['a list of follow-ups', () => politie.call('GET', `/v1/follow-ups?${query}`)],
    ['a list of notices', () => politie.call('GET', '/v1/notifications')],
    ['a statement', () => house.post('gateway', '/v1/agreement-suspensions', { statement })],
  ]
}

function isUnavailable(answer: RawAnswer): boolean {
  const { status, headers, body } = answer
  const members = Object.keys((body ?? {}) as object).sort()
  return (
    status === 503 &&
    headers.get('content-type') === 'application/problem+json' &&
    Number(headers.get('retry-after')) > 0 &&
    members.every((one) =>
      ['type', 'title', 'status', 'detail', 'instance', 'problems'].includes(one),
    )
  )
}

const sizes = async () => ({
  gateway: await house.ledgerSize('gateway'),
  signals: (await house.db.gateway.selectFrom('signal').select('id').execute()).length,
})

t.test('on a full disk every act is answered with 503, and none of them happens', async (t) => {
  const before = await sizes()
  const all = await acts()
  await fillDisk('gateway')
  for (const [what, act] of all) {
    const answer = await act()
    t.ok(isUnavailable(answer), `${what}: ${answer.status} ${answer.text.slice(0, 200)}`)
  }
  t.same(await sizes(), before, 'nothing was done')
  await makeRoom('gateway')
  for (const [what, act] of all.slice(0, -1)) {
    const { status, text } = await act()
    t.ok(status === 200 || status === 201, `${what}, sent again: ${status} ${text.slice(0, 200)}`)
  }
})

t.test('on a full disk of the keyholder nothing is evaluated, and nothing counted', async (t) => {
  const batch = await makeBatch(house, politie, under)
  const size = await house.ledgerSize('keyholder')
  await fillDisk('keyholder')
  const answer = await politie.call('POST', '/v1/evaluations', { batch })
  t.ok(isUnavailable(answer), `${answer.status}`)
  t.equal(answer.code, 'evaluation/keyholder-unavailable')
  const statement = await suspension('keyholder')
  t.ok(isUnavailable(await house.post('keyholder', '/v1/agreement-suspensions', { statement })))
  t.equal(await house.ledgerSize('keyholder'), size)
  await makeRoom('keyholder')
  t.equal((await politie.call('POST', '/v1/evaluations', { batch })).status, 200)
})

const postmaster = (): number =>
  Number.parseInt(
    readFileSync(join(house.folder, 'gateway-database/postgres/cluster/postmaster.pid'), 'utf8'),
    10,
  )

/** The process number of a server that answers, another than `former`. */
async function restarted(former: number): Promise<void> {
  for (;;) {
    try {
      if (postmaster() !== former) return
    } catch {
      // Its file is written anew.
    }
    await pause(20)
  }
}

t.test('a database that is stopped in the middle takes no act with it', async (t) => {
  const acknowledged: { readonly id: string; readonly receipt: Receipt }[] = []
  const others = new Map<string, number>()
  let goesOn = true

  async function submitOn(agency: HouseAgency): Promise<void> {
    while (goesOn) {
      const signal = signalAbout({ bsn: randomUUID() }, under)
      const answer = await agency.call<{ receipt: Receipt }>('POST', '/v1/signals', signal)
      if (answer.status === 201) {
        acknowledged.push({ id: signal.id, receipt: answer.body.receipt })
        continue
      }
      const kind = isUnavailable(answer) ? '503' : `${answer.status} ${answer.text}`
      others.set(kind, (others.get(kind) ?? 0) + 1)
      await pause(10)
    }
  }

  const working = Promise.all([politie, gemeente, politie, gemeente].map(submitOn))
  for (const how of ['SIGINT', 'SIGKILL', 'SIGINT'] as const) {
    const [enough, former] = [acknowledged.length + 10, postmaster()]
    while (acknowledged.length < enough) await pause(10)
    process.kill(former, how)
    await restarted(former)
  }
  const enough = acknowledged.length + 10
  while (acknowledged.length < enough) await pause(10)
  goesOn = false
  await working

  t.same([...others.keys()], ['503'], 'acknowledged, or 503')
  t.comment(`${acknowledged.length} acknowledged, ${others.get('503')} answered with 503`)
  const stored = await house.db.gateway.selectFrom('signal').select('id').execute()
  const ids = new Set(stored.map(({ id }) => id))
  t.same(
    acknowledged.filter(({ id }) => !ids.has(id)),
    [],
    'nothing that was acknowledged is missing',
  )
  const { ledgerKey } = house.operator('gateway')
  for (const { receipt } of acknowledged) {
    const verdict = await verifyReceipt(receipt, ledgerKey)
    if (!verdict.valid) t.fail(verdict.reason)
  }
  const report = await transact(
    house.db.gateway,
    'test/verify',
    (tx) =>
      verifyLedger(exportLedger(tx), {
        verifierKey: ledgerKey,
        receipts: acknowledged.map(({ receipt }) => receipt),
      }),
    { isolation: 'repeatable read' },
  )
  t.match(report, { verified: true, problems: [] })
})
