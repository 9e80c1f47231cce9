import t from 'tap'
import { operatorNames } from '../../src/oprf/types.ts'
import { openHouse } from '../support/house.ts'

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
