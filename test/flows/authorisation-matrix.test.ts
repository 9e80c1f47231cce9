import t from 'tap'
import type { RouteRow } from '../../src/door/guard.ts'
import { operatorNames } from '../../src/oprf/types.ts'
import { scopes } from '../../src/wire/oauth.ts'
import { openHouse } from '../support/house.ts'

const house = await openHouse(t)
const politie = await house.admit('politie')
const suspended = await house.admit('suspended')

/** Who may knock where, row by row. A route that is not here fails the test. */
const expected: Record<'gateway' | 'keyholder', Record<string, string>> = {
  gateway: {
    'GET /v1/openapi.json': 'public',
    'GET /v1/operator': 'public',
    'POST /v1/administrators': 'statement',
    'POST /v1/agency-pins': 'statement',
    'POST /v1/agency-cards': 'statement',
    'POST /v1/agreements': 'statement',
    'POST /v1/agreements/:hash/signatures': 'statement',
    'POST /v1/agreement-suspensions': 'statement',
    'POST /v1/delegations': 'statement',
    'POST /v1/delegation-ends': 'statement',
    'GET /v1/delegations': 'read',
    'GET /v1/agreements': 'read',
    'GET /v1/agreements/:hash': 'read',
    'GET /v1/ledger/checkpoint': 'public',
    'GET /v1/ledger/inclusion-proofs': 'public',
    'GET /v1/ledger/consistency-proofs': 'public',
    'GET /health/live': 'public',
    'GET /health/ready': 'public',
    'GET /health/retention': 'public',
    'POST /oauth/token': 'public',
    'GET /oauth/jwks': 'public',
    'GET /.well-known/oauth-authorization-server/oauth': 'public',
    'GET /oauth/.well-known/oauth-authorization-server': 'public',
    'POST /v1/evaluations': 'evaluate',
    'GET /v1/domains/:domain/keys': 'evaluate',
    'POST /v1/signals': 'submit',
    'POST /v1/signals/_bulk': 'submit',
    'GET /v1/signals/:id': 'read',
    'POST /v1/signals/:id/_correct': 'submit',
    'POST /v1/signals/:id/_withdraw': 'withdraw',
    'POST /v1/agreements/:hash/histograms': 'submit',
    'GET /v1/agreements/:hash/thresholds': 'read',
    'POST /v1/agreements/:hash/thresholds': 'statement',
    'GET /v1/overlaps': 'read',
    'GET /v1/overlaps/:handle': 'read',
    'POST /v1/grant-revocations': 'statement',
    'POST /v1/disclosure-receipts': 'statement',
    'POST /v1/disclosures': 'disclose',
    'GET /v1/disclosures': 'read',
    'GET /v1/disclosures/:number': 'read',
    'POST /v1/disclosures/:number/_answer': 'disclose',
    'POST /v1/disclosures/:number/_reply': 'disclose',
    'POST /v1/disclosures/:number/_grant': 'disclose',
    'POST /v1/disclosures/:number/_release': 'disclose',
  },
  keyholder: {
    'GET /v1/operator': 'public',
    'POST /v1/administrators': 'statement',
    'POST /v1/agency-pins': 'statement',
    'POST /v1/agency-cards': 'statement',
    'POST /v1/agreements': 'statement',
    'POST /v1/agreements/:hash/signatures': 'statement',
    'POST /v1/agreement-suspensions': 'statement',
    'POST /v1/delegations': 'statement',
    'POST /v1/delegation-ends': 'statement',
    'GET /v1/ledger/checkpoint': 'public',
    'GET /v1/ledger/inclusion-proofs': 'public',
    'GET /v1/ledger/consistency-proofs': 'public',
    'GET /health/live': 'public',
    'GET /health/ready': 'public',
    'POST /v1/evaluations': 'statement',
    'POST /v1/domain-keys': 'statement',
    'POST /v1/grant-revocations': 'statement',
    'POST /v1/disclosure-receipts': 'statement',
    'POST /v1/releases': 'statement',
  },
}

const nameOf = ({ access }: RouteRow): string =>
  typeof access === 'object' ? access.scope : access
const tableOf = (operator: 'gateway' | 'keyholder') =>
  house.operator(operator).server.routeTable.filter(({ method }) => method !== 'HEAD')

t.test('every route is in the matrix, and asks for what the matrix says', async (t) => {
  for (const operator of operatorNames) {
    const found = Object.fromEntries(
      tableOf(operator).map((row) => [`${row.method} ${row.path}`, nameOf(row)]),
    )
    t.strictSame(found, expected[operator], operator)
  }
})

const guarded = tableOf('gateway').filter(({ access }) => typeof access === 'object')
const pathOf = ({ path }: RouteRow): string =>
  path
    .replace(':hash', `$1$1$${'A'.repeat(86)}`)
    .replace(':domain', 'a-domain')
    .replace(/:(id|handle|number)/, '00000000-0000-4000-8000-000000000000')

t.test(
  'no guarded route lets anybody in without a token, or with less than its scope',
  async (t) => {
    for (const row of guarded) {
      const path = pathOf(row)
      const body = row.method === 'POST' ? {} : undefined
      const bare = await fetch(`${house.pins.gateway.url}${path}`, {
        method: row.method,
        ...(body === undefined
          ? {}
          : { body: '{}', headers: { 'content-type': 'application/json' } }),
      })
      t.equal(bare.status, 401, `${row.method} ${row.path} without a token`)
      const others = scopes.filter((scope) => scope !== nameOf(row))
      const narrow = await politie.call(row.method, path, body, { scopes: others })
      t.equal(narrow.status, 403, `${row.method} ${row.path} with other scopes`)
      const token = await politie.call.token()
      const [head, claims, signature = ''] = token.split('.')
      const turned = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
      const tampered = await politie.call(row.method, path, body, {
        token: [head, claims, turned].join('.'),
      })
      t.equal(tampered.status, 401, `${row.method} ${row.path} with a tampered token`)
      const stolen = await suspended.call(row.method, path, body, { token })
      t.equal(stolen.status, 401, `${row.method} ${row.path} with a token of another client`)
    }
  },
)

t.test('a suspended agency is out at once, with the token that it still has', async (t) => {
  await suspended.call.token()
  await house.pin('gateway', suspended, { active: false })
  for (const row of guarded) {
    const body = row.method === 'POST' ? {} : undefined
    const answer = await suspended.call(row.method, pathOf(row), body)
    t.equal(answer.status, 401, `${row.method} ${row.path}`)
  }
})
