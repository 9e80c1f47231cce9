import { fileURLToPath } from 'node:url'
import t from 'tap'
import { policiesHere, unmatchedRoutes } from '../../scripts/write-docs/policy-matrix.ts'
import { routeRules, tokenRules } from '../../scripts/write-docs/route-rules.ts'
import { suspendAgreementAt } from '../../src/client/operators.ts'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import {
  type Cell,
  cells,
  decideCell,
  purposes,
  roles,
  states,
} from '../../src/decisions/matrix.ts'
import type { RouteRow } from '../../src/door/guard.ts'
import { shifted } from '../../src/kernel/clock.ts'
import { pairsOf } from '../../src/linkage/calibration.ts'
import { linkageVersion } from '../../src/linkage/keys.ts'
import { startThresholds } from '../../src/linkage/weights.ts'
import { operatorNames } from '../../src/oprf/types.ts'
import { loadPolicies } from '../../src/policy/decide.ts'
import type { Act } from '../../src/policy/types.ts'
import { readPolicies } from '../../src/policy-files.ts'
import { agreementHashOf } from '../../src/proofs/agreement.ts'
import { signStatement } from '../../src/proofs/statement.ts'
import type { AgreementContent } from '../../src/wire/agreement.ts'
import {
  fewestSubjects,
  scoreEdges,
  type ThresholdMovePayload,
} from '../../src/wire/calibration.ts'
import { scopes } from '../../src/wire/oauth.ts'
import { makeBatch } from '../support/batches.ts'
import type { RawAnswer } from '../support/calls.ts'
import { type HouseAgency, openHouse, type PartyRoles } from '../support/house.ts'
import { signalAbout } from '../support/signals.ts'

const policyFolder = fileURLToPath(new URL('../../config/policies', import.meta.url))
const house = await openHouse(t)
const politie = await house.admit('politie')
const suspended = await house.admit('suspended')
const withRole = {
  'submits and receives': await house.admit('both-roles'),
  submits: await house.admit('submits-only'),
  receives: await house.admit('receives-only'),
  'no party': politie,
  'acts for such a party, by delegation': await house.admit('safety-house'),
  'acts for such a party, without delegation': await house.admit('meddler'),
} as const
const party = withRole['submits and receives']
const parties = [party, withRole.submits, withRole.receives]

const nameOf = ({ access }: RouteRow): string =>
  typeof access === 'object' ? access.scope : access
const tableOf = (operator: 'gateway' | 'keyholder') =>
  house.operator(operator).server.routeTable.filter(({ method }) => method !== 'HEAD')

t.test('every route is in the matrix, and asks for what the matrix says', async (t) => {
  for (const operator of operatorNames) {
    const rules = { ...routeRules[operator], ...(operator === 'gateway' ? tokenRules : {}) }
    t.strictSame(unmatchedRoutes(tableOf(operator), rules), [], operator)
    const [route = '', ...others] = Object.keys(rules)
    const fewer = Object.fromEntries(others.map((one) => [one, rules[one] as never]))
    t.strictSame(
      unmatchedRoutes(tableOf(operator), fewer),
      [route],
      'a route without a row is seen',
    )
  }
})

/** The rules once more, in plain words of this test. */
function mayDo({ act, role, state, purpose, owner }: Cell): boolean {
  if (role === 'suspended agency' || role.endsWith('without delegation')) return false
  if (act === 'processing-log.read' || act === 'decision-log.read') return true
  if (/^(?:notice|webhook|access|alarm|staff|sample|audit|review-case)\./.test(act)) return true
  if (act === 'signal.read' || act === 'signal.withdraw' || act === 'archive.list') {
    return owner === 'own'
  }
  if (act.startsWith('subject-request.') && act !== 'subject-request.file') return owner === 'own'
  if (['signal.restrict', 'signal.review', 'signal.lift'].includes(act)) return owner === 'own'
  if (act === 'feedback.read') return owner === 'own' && state !== 'suspended'
  const asksFor = [
    'disclosure.request',
    'disclosure.reply',
    'disclosure.release',
    'disclosure.release-emergency',
  ].includes(act)
  const decidesOn = act === 'disclosure.answer' || act === 'disclosure.grant'
  if (asksFor ? owner === 'own' : owner !== 'own' && decidesOn) return false
  if (owner === 'another agency’s' && !act.startsWith('disclosure.')) return false
  const receives =
    role === 'receives' || role === 'submits and receives' || role.endsWith('by delegation')
  if (act === 'overlap.read-end') {
    return receives && state !== 'suspended' && state !== 'unknown'
  }
  if (state !== 'in force' || role === 'no party') return false
  if (act === 'evaluation.exercise-rights' || act === 'subject-request.file') return true
  if (purpose === 'another') return false
  if (role === 'submits and receives' || role.endsWith('by delegation')) return true
  if (act === 'histogram.submit') return true
  if (act.startsWith('disclosure.') && !asksFor) return true
  return ['overlap.', 'threshold.', 'flag.', 'follow-up.'].some((kind) => act.startsWith(kind)) ||
    act === 'archive.ask' ||
    asksFor
    ? role === 'receives'
    : role === 'submits'
}

t.test('the policies permit what the rules say, and nothing else', async (t) => {
  const decide = policiesHere()
  const unexpected = cells.filter(
    (cell) => (decideCell(decide, cell).outcome === 'permit') !== mayDo(cell),
  )
  t.strictSame(unexpected, [])
  t.equal(cells.length, 88 * roles.length * states.length * purposes.length)
  const { decide: all } = loadPolicies({
    schema: readPolicies(policyFolder).schema,
    policies: [
      {
        file: 'all.cedar',
        text: '@id("x/all") @article("x") @en("x") @nl("x") permit (principal, action, resource);',
      },
    ],
  })
  t.ok(
    cells.some((cell) => (decideCell(all, cell).outcome === 'permit') !== mayDo(cell)),
    'policies that permit everything are noticed',
  )
})

const guarded = tableOf('gateway').filter(({ access }) => typeof access === 'object')
const pathOf = ({ path }: RouteRow): string =>
  path
    .replace(':hash', `$1$1$${'A'.repeat(86)}`)
    .replace(':domain', 'a-domain')
    .replace(':index', '0')
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

const partyRoles: PartyRoles = { 'submits-only': ['submit'], 'receives-only': ['receive'] }
const day = 86_400
const laterOn = {
  notBefore: shifted(house.clock.now(), day).toISOString(),
  notAfter: shifted(house.clock.now(), 2 * day).toISOString(),
}

/** Agreements in every state, each with a delegation of the same party. */
async function bringAbout(): Promise<Record<Cell['state'], UnderAgreement>> {
  const agreed = (change: Partial<AgreementContent> = {}) =>
    house.agree(parties, change, partyRoles)
  const proposed = house.draft(parties, {}, partyRoles)
  await party.partner.acceptAgreement(proposed)
  const known = {
    'in force': await agreed(),
    proposed: { content: proposed, hash: agreementHashOf(proposed) },
    'outside its validity': await agreed({ validity: laterOn }),
    suspended: await agreed(),
    ended: await agreed(),
  }
  for (const { content, hash } of Object.values(known)) {
    await party.partner.delegate({
      actingAgency: withRole['acts for such a party, by delegation'].id,
      agreement: hash,
      notBefore: house.clock.now().toISOString(),
      notAfter: content.validity.notAfter,
    })
  }
  for (const name of operatorNames) {
    await suspendAgreementAt(house.pins[name], house.administrators[name], {
      agreement: known.suspended.hash,
      suspended: true,
      cause: 'incident',
      at: house.clock.now(),
    })
  }
  await withRole.submits.partner.revokeAgreement(known.ended.hash)
  const nobodys = house.draft(parties, {}, partyRoles)
  return { ...known, unknown: { content: nobodys, hash: agreementHashOf(nobodys) } }
}

type Asked = {
  readonly agency: HouseAgency
  readonly under: UnderAgreement
  readonly purpose: string
  /** The agency for which it is done, where that is another one. */
  readonly acting: { readonly onBehalfOf?: string }
}

const subjects = fewestSubjects
const histogram = {
  linkage: linkageVersion,
  subjects,
  counts: [pairsOf(subjects), ...scoreEdges.map(() => 0)],
}
const pathUnder = ({ hash }: UnderAgreement, what: 'histograms' | 'thresholds'): string =>
  `/v1/agreements/${encodeURIComponent(hash)}/${what}`

/** For each act under an agreement, every route by which it can be asked for. */
const asking: Partial<Record<Act, readonly ((asked: Asked) => Promise<RawAnswer>)[]>> = {
  'evaluation.evaluate': [
    async ({ agency, under, purpose, acting }) =>
      agency.call('POST', '/v1/evaluations', {
        batch: await makeBatch(house, agency, under, { purpose, count: 1, ...acting }),
      }),
  ],
  'signal.submit': [
    ({ agency, under, purpose, acting }) =>
      agency.call('POST', '/v1/signals', signalAbout({ bsn: 'm' }, under, { purpose, ...acting })),
    async ({ agency, under, purpose, acting }) => {
      const signals = [signalAbout({ bsn: 'm' }, under, { purpose, ...acting })]
      const answer = await agency.call('POST', '/v1/signals/_bulk', { signals })
      const [item] = answer.body.results as { problem?: { type: string; status: number } }[]
      if (item?.problem === undefined) return answer
      const { type, status } = item.problem
      return { ...answer, status, code: type.split('/problems/')[1] }
    },
  ],
  'overlap.list': [
    ({ agency, under, purpose, acting }) => {
      const query = new URLSearchParams({ agreement: under.hash, purpose, ...acting })
      return agency.call('GET', `/v1/overlaps?${query}`)
    },
  ],
  'histogram.submit': [
    ({ agency, under, purpose }) =>
      agency.call('POST', pathUnder(under, 'histograms'), { ...histogram, purpose }),
  ],
  'threshold.read': [
    ({ agency, under, purpose }) =>
      agency.call('GET', `${pathUnder(under, 'thresholds')}?${new URLSearchParams({ purpose })}`),
  ],
  'threshold.move': [
    async ({ agency, under }) => {
      const payload: ThresholdMovePayload = {
        audience: house.pins.gateway.rootThumbprint,
        agency: agency.id,
        agreement: under.hash,
        linkage: linkageVersion,
        move: 1,
        thresholds: startThresholds,
        reason: 'estimate-too-low',
        explanation: 'Tried, without moving anything.',
        movedAt: house.clock.now().toISOString(),
      }
      const statement = await signStatement('threshold-move', payload, agency.keys.signing)
      return house.post('gateway', pathUnder(under, 'thresholds'), { statement })
    },
  ],
}

/** What these acts cannot say: that they are done for another, or for which purpose. */
const cannotBeAsked = ({ act, role, purpose }: Cell): boolean =>
  (role.startsWith('acts for') && (act === 'histogram.submit' || act.startsWith('threshold.'))) ||
  (act === 'threshold.move' && purpose === 'another')

t.test('a running gateway lets pass what the matrix permits, and nothing else', async (t) => {
  const agreements = await bringAbout()
  await withRole.submits.partner.domainKeys('protecting-victims-persons').catch(() => undefined)
  let tried = 0
  for (const cell of cells) {
    const { act, role, state, purpose } = cell
    if (role === 'suspended agency' || cannotBeAsked(cell)) continue
    const agency = withRole[role]
    const under = agreements[state]
    const named = purpose === 'another' ? 'another-purpose' : under.content.purpose
    const acting = role.startsWith('acts for') ? { onBehalfOf: party.id } : {}
    const isNone = role === 'no party' || role.endsWith('without delegation') || state === 'unknown'
    for (const [at, ask] of (asking[act] ?? []).entries()) {
      const { status, code } = await ask({ agency, under, purpose: named, acting })
      const name = `${act} ${at}: ${role}, ${state}, ${purpose}`
      // A move that moves nothing goes past the policies, and no further.
      if (mayDo(cell)) t.match(code ?? String(status), /^(20[01]|calibration\/move-refused)$/, name)
      else t.equal(code, isNone ? 'agreements/not-found' : 'policy/denied', name)
      tried += 1
    }
  }
  t.equal(tried, (4 * 6 * 2 + 2 * 4 * 2 + 4) * 6)
})

t.test('whatever an agency has of its own, another one does not find', async (t) => {
  const under = await house.agree(parties, {}, partyRoles)
  const both = withRole['submits and receives']
  const [one, other] = [signalAbout({ bsn: 'z' }, under), signalAbout({ bsn: 'z' }, under)]
  await both.partner.submit([one])
  await withRole.submits.partner.submit([other])
  const [overlap] = await both.partner.overlaps(under)
  const minor = signalAbout({ bsn: 'y' }, under, { ageBand: 'minor' })
  await both.partner.submit([minor])
  const [review] = await both.partner.reviews()
  const routes: readonly [string, string, unknown?][] = [
    ['GET', `/v1/signals/${one.id}`],
    ['GET', `/v1/overlaps/${overlap?.handle}`],
    ['GET', `/v1/agreements/${under.hash}`],
    ['POST', '/v1/decisions/_explain', { act: 'overlap.list', agreement: under.hash }],
    ['POST', '/v1/decisions/_simulate', { draft: under.content }],
    ['POST', `/v1/reviews/${review?.id}/_close`, { finding: 'in-order' }],
    ['POST', `/v1/signals/${one.id}/_withdraw`, { reason: 'other' }],
  ]
  for (const [method, path, body] of routes) {
    t.equal((await politie.call(method, path, body)).status, 404, `${method} ${path} of another`)
  }
  for (const [method, path, body] of routes) {
    t.equal((await both.call(method, path, body)).status, 200, `${method} ${path} of one’s own`)
  }
})
