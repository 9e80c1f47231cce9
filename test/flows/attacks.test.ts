import { join } from 'node:path'
import t from 'tap'
import { openJournal } from '../../src/client/journal.ts'
import { readRows } from '../../src/client/rows.ts'
import { submitRows } from '../../src/client/submission.ts'
import { operatorNames } from '../../src/oprf/types.ts'
import type { BulkItem, SignalAnswer, SignalBody } from '../../src/wire/signal.ts'
import { openHouse } from '../support/house.ts'
import { signalAbout } from '../support/signals.ts'

const house = await openHouse(t)

t.test('a body of faults freezes no operator, whoever sends it', async (t) => {
  const bodies = {
    numbers: { categories: Array.from({ length: 150_000 }, (_, at) => at) },
    lists: { categories: Array.from({ length: 29_000 }, (_, at) => [at]) },
    parties: { parties: Array.from({ length: 29_000 }, () => ({})) },
  }
  for (const name of operatorNames) {
    for (const [what, content] of Object.entries(bodies)) {
      const begun = performance.now()
      const answer = await house.post(name, '/v1/agreements', { content, signature: 'a.b.c' })
      t.equal(answer.code, 'door/invalid-input', `${what} at the ${name}`)
      // A comparison of every pair of these took the operator half a minute and more.
      t.ok(performance.now() - begun < 2_000, `${what} at the ${name}: answered at once`)
    }
  }
})

t.test(
  'behind the proxy that is named, one caller does not use up the requests of others',
  async (t) => {
    for (const name of operatorNames) {
      const settings = { trustProxy: ['127.0.0.1'], requestsPerMinute: 5 }
      const usual = { ...house.settings[name] }
      Object.assign(house.settings[name], settings)
      await house.stop(name)
      await house.start(name)
      const ask = async (forwarded: string) =>
        (
          await fetch(`${house.pins[name].url}/v1/operator`, {
            headers: { 'x-forwarded-for': forwarded },
          })
        ).status
      for (let at = 0; at < 5; at += 1) t.equal(await ask('203.0.113.9'), 200)
      t.equal(await ask('203.0.113.9'), 429, `the ${name} has heard enough of this one`)
      t.equal(await ask('198.51.100.7'), 200, `and hears the other one`)
      await house.stop(name)
      Object.assign(house.settings[name], usual, { trustProxy: undefined })
      await house.start(name)
      for (let at = 0; at < 8; at += 1) await ask('203.0.113.9')
      t.equal(await ask('198.51.100.7'), 200)
    }
  },
)

t.test('a gateway that drops signals and hands out another receipt is not believed', async (t) => {
  const politie = await house.admit('politie')
  const gemeente = await house.admit('gemeente')
  const under = await house.agree([politie, gemeente])
  const { body: old } = await politie.call<SignalAnswer>(
    'POST',
    '/v1/signals',
    signalAbout({ bsn: 'old' }, under),
  )
  const csv =
    'caseReference,phone,observedOn,category\nC1,0612345671,2026-01-02,labour-exploitation\n'
  const { rows } = readRows(csv, { today: '2026-11-25' })
  const submitTo = async (
    submit: (signals: readonly SignalBody[]) => Promise<BulkItem[]>,
    name: string,
  ) => {
    const file = join(house.folder, `${name}.jsonl`)
    const partner = { ...politie.partner, submit }
    const journal = await openJournal(file)
    await submitRows({ partner, rows, under, journal }).catch((error: Error) =>
      t.match(error, { name: 'UntrustworthyOperator' }, name),
    )
    await journal.close()
    const kept = await openJournal(file)
    await kept.close()
    return kept.answered.size
  }
  const accepted = { status: 201 as const, overlaps: [] }
  const lies: Record<string, (signal: SignalBody) => BulkItem> = {
    'the receipt of another signal': ({ id }) => ({ ...accepted, id, receipt: old.receipt }),
    'an answer about another signal': () => ({ ...accepted, id: old.id, receipt: old.receipt }),
    'a receipt without its entry': ({ id }) => {
      const { entry: _, salt: __, ...bare } = old.receipt
      return { ...accepted, id, receipt: bare }
    },
  }
  for (const [name, lie] of Object.entries(lies)) {
    t.equal(
      await submitTo(async (signals) => signals.map(lie), name),
      0,
      `${name}: not written down`,
    )
  }
  t.equal(await submitTo(politie.partner.submit, 'the truth'), 1)
})
