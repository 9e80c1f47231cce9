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
