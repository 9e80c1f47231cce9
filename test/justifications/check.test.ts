import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readOperatorKeys } from '../../src/client/operators.ts'
import { checkDraws, type DrawEvidence } from '../../src/client/sample-check.ts'
import { drawAmong, drawnOf, looksAmong } from '../../src/proofs/sample.ts'
import { signStatement } from '../../src/proofs/statement.ts'
import type { Access } from '../../src/wire/access.ts'
import type { SampleDraw } from '../../src/wire/justification.ts'
import { writeAgencyHome } from '../support/agency-home.ts'
import { run } from '../support/command.ts'
import { openHouse } from '../support/house.ts'
import { bothInFuture } from '../support/later.ts'
import { makeKey } from '../support/oauth-client.ts'

const house = await openHouse(t)
const politie = await house.admit('politie')
await house.admit('gemeente')
const day = 86_400

/** Looks at handles that are not there are looks too. */
async function look(times: number, officer = 'officer-anna'): Promise<void> {
  for (let count = 0; count < times; count++) {
    await politie.call('GET', `/v1/overlaps/${randomUUID()}`, undefined, {
      headers: { 'raakvlak-officer': officer },
    })
  }
}
await look(30)
await bothInFuture(house, 7 * day, (gateway) => gateway.runDueWork())
await look(14, 'officer-bob')
await bothInFuture(house, 14 * day, (gateway) => gateway.runDueWork())

const folder = join(house.folder, 'var', 'agencies', 'politie')
await writeAgencyHome(house, folder, politie)
const raakvlak = (...words: string[]) => run(house.folder, 'src/client/cli.ts', ...words)
const sample = (...words: string[]) => raakvlak('sample', ...words, '--agency', 'politie')

async function evidence(): Promise<DrawEvidence> {
  const accesses: Access[] = []
  for await (const one of politie.partner.accesses({ occasion: 'inspection' })) accesses.push(one)
  return {
    agency: 'politie',
    draws: await politie.partner.samples.draws(),
    beacons: await politie.partner.samples.beacons(),
    accesses,
    coversMinors: () => false,
    keyholderThumbprint: house.pins.keyholder.rootThumbprint,
    ledgerKey: (await readOperatorKeys(house.pins.gateway)).ledgerKey,
  }
}
const honest = await evidence()
const [second, first] = honest.draws as [SampleDraw, SampleDraw]
const faultsOf = async (change: Partial<DrawEvidence>) =>
  (await checkDraws({ ...honest, ...change })).flatMap(({ faults }) => faults)
const withFirst = (change: Partial<SampleDraw>) =>
  faultsOf({ draws: [second, { ...first, ...change }] })

t.test('an agency makes every draw again from its own acts', async (t) => {
  t.strictSame(
    (await checkDraws(honest)).map(({ looks, drawn, faults }) => ({ looks, drawn, faults })),
    [
      { looks: 14, drawn: 12, faults: [] },
      { looks: 30, drawn: 18, faults: [] },
    ],
  )
})

const told = (t: Test, faults: readonly string[], ...expected: readonly RegExp[]) => {
  for (const one of expected)
    t.ok(
      faults.some((fault) => one.test(fault)),
      `${one}`,
    )
  if (expected.length === 0) t.strictSame(faults, [])
}

t.test('a draw that was aimed, cut or moved is noticed', async (t) => {
  const [one, ...rest] = first.drawn
  const other = honest.accesses.find(
    ({ index, kind }) =>
      kind === 'overlap.read' && index < first.until && !first.drawn.includes(index),
  )
  told(t, await withFirst({}))
  told(t, await withFirst({ drawn: rest }), /other looks were drawn/)
  const swapped = [other?.index ?? 0, ...rest].sort((a, b) => a - b)
  told(t, await withFirst({ drawn: swapped }), /other looks were drawn/)
  told(t, await withFirst({ seed: 'A'.repeat(43) }), /the seed is another/)
  told(t, await withFirst({ secret: 'A'.repeat(43) }), /seed is another/, /to another secret/)
  told(t, await withFirst({ until: first.until - 3 }), /begin where/, /ends elsewhere/)
  told(t, await withFirst({ committed: second.committed }), /another secret/, /bound elsewhere/)
  told(t, await withFirst({ looks: 29 }), /it counts 29 looks, your own acts have 30/)
  const { receipt: _, ...unproven } = first
  told(t, await faultsOf({ draws: [second, unproven] }), /not on the ledger/)
  const ofOther = { ...first, receipt: second.receipt ?? first.committed }
  told(t, await faultsOf({ draws: [second, ofOther] }), /another draw for your agency/)
  const hidden = honest.accesses.filter(({ index }) => index !== one)
  told(t, await faultsOf({ accesses: hidden }), /it counts 30 looks, your own acts have 29/)
})

t.test('a word that the keyholder did not say, or said otherwise, does not count', async (t) => {
  const payload = JSON.parse(Buffer.from(first.beacon.split('.')[1] ?? '', 'base64url').toString())
  const forged = await signStatement('sample-beacon', payload, await makeKey())
  told(t, await withFirst({ beacon: forged }), /not signed under its pinned root key/)
  told(t, await withFirst({ beacon: second.beacon }), /another week/, /another word/)
  told(t, await faultsOf({ beacons: honest.beacons.slice(0, 1) }), /shows another word/)
  told(t, await faultsOf({ draws: [second] }), /was not drawn/, /bound elsewhere/)
})

t.test('the odds are those that are told', async (t) => {
  const acts = (times: number, kind: string) =>
    Array.from({ length: times }, (_, index) => ({
      index,
      kind,
      client: 'connector',
      about: randomUUID(),
    }))
  t.strictSame([0, 5, 12, 13, 20, 40, 42, 1000].map(drawnOf), [0, 5, 12, 12, 12, 24, 25, 25])
  const looks = looksAmong(acts(40, 'overlap.read'), () => false)
  let times = 0
  const runs = 2_000
  for (let seed = 0; seed < runs; seed++) {
    if (drawAmong(`seed-${seed}`, 'politie', looks).some(({ index }) => index === 7)) times += 1
  }
  // 24 of 40; four standard deviations either way.
  t.ok(Math.abs(times / runs - 0.6) < 0.045, `drawn ${times} times`)
  const sensitive = looksAmong(
    acts(40, 'overlap.read').map((act) =>
      act.index === 7 ? { ...act, kind: 'emergency.prepare' } : act,
    ),
    () => false,
  )
  let more = 0
  for (let seed = 0; seed < runs; seed++) {
    if (drawAmong(`seed-${seed}`, 'politie', sensitive).some(({ index }) => index === 7)) more += 1
  }
  t.ok(more / runs > 0.95, `five times the tickets: drawn ${more} times`)
  t.notSame(
    drawAmong('seed', 'politie', looks),
    drawAmong('seed', 'gemeente', looks),
    'every agency has tickets of its own',
  )
})

t.test('what one looked at again and again is one look, and a list is none', async (t) => {
  const about = randomUUID()
  const act = { client: 'connector', officer: 'officer-anna', about, outcome: 'permit' }
  const looks = looksAmong(
    [
      { ...act, index: 3, kind: 'overlap.read' },
      { ...act, index: 9, kind: 'overlap.read', outcome: 'refuse' },
      { ...act, index: 10, kind: 'overlap.read', officer: 'officer-bob', agreement: 'minors' },
      { ...act, index: 11, kind: 'overlap.list' },
      { ...act, index: 12, kind: 'signal.submit' },
    ],
    (agreement) => agreement === 'minors',
  )
  t.strictSame(looks, [
    { index: 3, acts: 2, tickets: 5 },
    { index: 10, acts: 1, tickets: 4 },
  ])
})

t.test('from the command line: who looked gives the reason, another machine judges', async (t) => {
  const key = join(house.folder, 'privacy-officer.json')
  const words = ['agency', 'machine', 'privacy-officer', '--key', key, '--agency', 'politie']
  t.match(await raakvlak(...words), { code: 0, error: /agency present/ })
  t.match(await raakvlak(...words), { code: 1, error: /already/ })
  t.match(await raakvlak('agency', 'present', '--agency', 'politie'), { code: 0 })

  const bob = ['--officer', 'officer-bob']
  const listed = await sample('list', '--own', ...bob, '--json')
  t.equal(listed.code, 0, listed.error)
  const { samples } = JSON.parse(listed.out)
  t.equal(samples.length, 12, 'of the other officer none')
  const id = samples[0].id
  const reason = ['--reason', 'own-case', '--article', 'wpg-20', '--case', 'CASE-7']
  t.match(await sample('justify', id, ...reason, '--officer', 'officer-anna'), {
    code: 1,
    error: /Only whoever looked/,
  })
  t.match(await sample('justify', id, ...reason, ...bob), { code: 0, out: /waits to be judged/ })
  t.match(await sample('show', id, '--case', 'CASE-7'), { code: 0, out: /It is this case. Salt/ })
  t.match(await sample('show', id, '--case', 'CASE-8'), { code: 1, out: /another case/ })

  const carla = ['--officer', 'officer-carla']
  const finding = ['--finding', 'unjustified']
  t.match(await sample('review', id, ...finding, ...carla), { code: 1, error: /another machine/ })
  t.match(await sample('review', id, ...finding, ...carla, '--machine', key), {
    code: 0,
    out: /Judged: unjustified/,
  })
  t.match(await sample('list', '--finding', 'unjustified'), { code: 0, out: /unjustified/ })
  const checked = await sample('check')
  t.equal(checked.code, 0, checked.out)
  t.match(checked.out, /12 of 14 looks {2}as it has to be\n.*18 of 30 looks {2}as it has to be/)
})
