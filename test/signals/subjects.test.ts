import t from 'tap'
import { readRows } from '../../src/client/rows.ts'
import type { KeyType } from '../../src/wire/codes.ts'
import type { BulkItem, SignalAnswer, SignalBody } from '../../src/wire/signal.ts'
import { type HouseAgency, openHouse } from '../support/house.ts'
import { signalAbout, tokenOf } from '../support/signals.ts'

/** Households, locations and vehicles over the real gateway and keyholder, from file to overlap. */

const house = await openHouse(t)
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const under = await house.agree([politie, gemeente])

const head =
  'caseReference,subject,bsn,familyName,givenNames,birthDate,place,country,postcode,street,houseNumber,placeName,licencePlate,category,observedOn,narrative'
const tail = 'labour-exploitation,2026-01-02,Gezien'

async function submitFile(agency: HouseAgency, ...lines: string[]): Promise<BulkItem[]> {
  const csv = [head, ...lines.map((line) => `${line},${tail}`)].join('\n')
  const { rows, rejected } = readRows(csv, { today: '2026-11-23' })
  if (rejected.length > 0) throw new Error(JSON.stringify(rejected))
  return agency.partner.submit(await agency.partner.prepare(rows, under))
}

const scene: Partial<SignalBody> = { ageBand: 'unknown', role: 'unknown' }
const storedAs = (id: string) =>
  house.db.gateway.selectFrom('signal').selectAll().where('id', '=', id).execute()

t.test('places, households and vehicles are found by both sides, without any person', async (t) => {
  await submitFile(
    politie,
    'P-hotel,location,,,,,Breda,,,,,Hotel De Zwaan,',
    'P-flat,locatie,,,,,,,4899 ZX,,7-9,,',
    'P-home,household,,,,,,,4899 ZX,,12 a,,',
    'P-car,vehicle,,,,,,NL,,,,,xx-99-99',
    'P-alone,vehicle,,,,,,PL,,,,,XX9999',
  )
  const results = await submitFile(
    gemeente,
    'G-hotel,Locatie,,,,,breda,,,,,De Zwaan B.V.,',
    'G-flat,location,,,,,,NL,4899zx,,7/9,,',
    'G-home,huishouden,,,,,,,4899ZX,,12-A,,',
    'G-car,voertuig,,,,,,NLD,,,,,XX9999',
  )
  t.ok(results.every(({ status }) => status === 201))
  const known = (await politie.partner.overlaps(under)).map(
    ({ subjectKind, signal, quality, reasons, others }) =>
      [signal.caseReference, subjectKind, quality, reasons.join(), others[0]?.agency].join(' '),
  )
  t.strictSame(known.sort(), [
    'P-car vehicle certain same licence plate gemeente',
    'P-flat location probable same address gemeente',
    'P-home household possible same address gemeente',
    'P-hotel location possible same place by name gemeente',
  ])
  const bodies = JSON.stringify(await house.db.gateway.selectFrom('signal').selectAll().execute())
  t.notMatch(bodies, /zwaan|4899|xx9999/i, 'no address, name or plate is kept')
})

t.test('an address is of a household or of a location, and the two never meet', async (t) => {
  const [home] = await submitFile(politie, 'P-1,household,,,,,,,3599 ZV,,1,,')
  const [place] = await submitFile(gemeente, 'G-1,location,,,,,,,3599 ZV,,1,,')
  t.match(
    [home, place],
    [
      { status: 201, overlaps: [] },
      { status: 201, overlaps: [] },
    ],
  )
})

t.test('a partner that puts one token on a person and on a scene links nothing', async (t) => {
  const token = tokenOf('the same for all')
  const kinds: [SignalBody['subjectKind'], KeyType][] = [
    ['person', 'bsn'],
    ['household', 'household-address'],
    ['location', 'location-address'],
    ['vehicle', 'vehicle-plate'],
  ]
  for (const [at, [subjectKind, type]] of kinds.entries()) {
    const agency = at % 2 === 0 ? politie : gemeente
    const body = signalAbout({}, under, { ...scene, subjectKind, tokens: [{ type, token }] })
    const { status, body: answer } = await agency.call<SignalAnswer>('POST', '/v1/signals', body)
    t.equal(status, 201)
    t.strictSame(answer.overlaps, [], subjectKind)
  }
  for (const agency of [politie, gemeente]) {
    for (const { reasons } of await agency.partner.overlaps(under)) {
      t.notMatch(reasons, ['same official number'])
    }
  }
})

t.test(
  'what only a person has is refused for a scene, all at once, and on the ledger',
  async (t) => {
    const since = await house.ledgerSize('gateway')
    const body = signalAbout(
      { 'location-address': 'x', bsn: 'anna', 'vehicle-plate': 'y' },
      under,
      {
        subjectKind: 'location',
        ageBand: 'minor',
        role: 'presumed-victim',
      },
    )
    const { code, body: problem } = await politie.call<{
      status: number
      problems: { at: string }[]
    }>('POST', '/v1/signals', body)
    t.equal(code, 'signals/subject-mismatch')
    t.equal(problem.status, 422)
    t.strictSame(
      problem.problems.map(({ at }) => at),
      ['/tokens/1/type', '/tokens/2/type', '/role', '/ageBand'],
    )
    t.strictSame(await storedAs(body.id), [])
    t.match(await house.entries('gateway', since), [
      {
        kind: 'signal.submit',
        outcome: 'refuse',
        subjectKind: 'location',
        reasons: ['signals/subject-mismatch'],
      },
    ])
  },
)

t.test('tokens that no subject has, of no open epoch, are told with all else', async (t) => {
  const body = signalAbout({ bsn: 'anna', 'household-address': 'x' }, under)
  const tokens = [...body.tokens, ...body.tokens]
  const send = (change: Partial<SignalBody>) =>
    politie.call('POST', '/v1/signals', { ...body, ...change })
  t.match((await send({ tokens, epoch: 2 })).body, {
    status: 400,
    problems: [
      { at: '/epoch', message: /must be 1/ },
      { at: '/tokens' },
      { at: '/tokens/1/type' },
      { at: '/tokens/3/type' },
    ],
  })
  const other = signalAbout({ bsn: 'anna' }, under, { epoch: 2 })
  t.match((await politie.call('POST', '/v1/signals', other)).body, { problems: [{ at: '/epoch' }] })
  t.strictSame(await storedAs(other.id), [])
})

t.test('a person has no token of a scene', async (t) => {
  const body = signalAbout({ bsn: 'anna', 'household-address': 'x' }, under)
  const { body: problem } = await politie.call('POST', '/v1/signals', body)
  t.match(problem, { status: 422, problems: [{ at: '/tokens/1/type' }] })
})

t.test(
  'an agreement covers the kinds that it names, and its ages are those of persons',
  async (t) => {
    const young = await house.agree([politie, gemeente], {
      purpose: 'protecting-minors',
      domain: 'children',
      ageBands: ['minor'],
      subjectKinds: ['person', 'location'],
    })
    const send = (change: Partial<SignalBody>, type: KeyType) =>
      politie.call('POST', '/v1/signals', signalAbout({ [type]: 'x' }, young, change))
    t.equal((await send({ ...scene, subjectKind: 'location' }, 'location-address')).status, 201)
    t.match((await send({ ...scene, subjectKind: 'vehicle' }, 'vehicle-plate')).body, {
      status: 403,
      problems: [{ at: 'sharing/subject-kind-covered' }],
    })
    t.match((await send({ ageBand: 'unknown' }, 'bsn')).body, {
      status: 403,
      problems: [{ at: 'sharing/age-covered' }],
    })
  },
)

t.test('a scene shares no role and no age group, so an agreement need not name them', async (t) => {
  const places = await house.agree([politie, gemeente], {
    purpose: 'ending-labour-exploitation',
    domain: 'places',
    dataCategories: ['tokens', 'exploitation'],
  })
  const send = (change: Partial<SignalBody>, type: KeyType) =>
    politie.call('POST', '/v1/signals', signalAbout({ [type]: 'x' }, places, change))
  t.equal((await send({ ...scene, subjectKind: 'location' }, 'location-address')).status, 201)
  t.match((await send({ ...scene }, 'bsn')).body, {
    status: 403,
    problems: [{ at: 'sharing/data-covered' }],
  })
})
