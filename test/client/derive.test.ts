import fc from 'fast-check'
import t from 'tap'
import { codeReader, readRegion } from '../../src/client/code-reading.ts'
import { ageBandOf, leadRouteOf, retainUntilOf } from '../../src/client/derive.ts'
import { isDay } from '../../src/kernel/calendar.ts'
import { indicatorGroups, indicators } from '../../src/wire/codes/indicators.ts'
import { regions } from '../../src/wire/codes/regions.ts'
import { categories, roles } from '../../src/wire/codes.ts'

const born = (text: string) => {
  const [year = 0, month, day] = text.split('-').map(Number)
  return { year, ...(month ? { month } : {}), ...(day ? { day } : {}) }
}

t.test('the age band turns on the birthday itself', async (t) => {
  const bands: [string, string, string][] = [
    ['2008-11-24', '2026-11-23', 'minor'],
    ['2008-11-23', '2026-11-23', 'youth'],
    ['2003-11-24', '2026-11-23', 'youth'],
    ['2003-11-23', '2026-11-23', 'adult'],
    ['2008-02-29', '2026-02-28', 'minor'],
    ['2008-02-29', '2026-03-01', 'youth'],
  ]
  for (const [birth, on, band] of bands)
    t.equal(ageBandOf(born(birth), on), band, `${birth} on ${on}`)
  t.equal(ageBandOf(undefined, '2026-11-23'), 'unknown')
  t.equal(ageBandOf(born('2027-01-01'), '2026-11-23'), 'unknown', 'born later')
})

t.test('whoever may be a child counts as one', async (t) => {
  t.equal(ageBandOf(born('2008'), '2026-11-23'), 'minor')
  t.equal(ageBandOf(born('2008-11'), '2026-11-23'), 'minor')
  t.equal(ageBandOf(born('2008-10'), '2026-11-23'), 'youth')
  t.equal(ageBandOf(born('2003'), '2026-11-23'), 'youth')
  t.equal(ageBandOf(born('2002'), '2026-11-23'), 'adult')
})

t.test('a signal is kept 24 months, rounded down to a quarter', async (t) => {
  const until = (observedOn: string, retentionMonths?: number) =>
    retainUntilOf({ observedOn, ...(retentionMonths === undefined ? {} : { retentionMonths }) })
  t.equal(until('2026-11-23'), '2028-10-01')
  t.equal(until('2026-10-01'), '2028-10-01')
  t.equal(until('2026-09-30'), '2028-07-01')
  t.equal(until('2026-01-31', 1), '2026-01-01')
  t.equal(retainUntilOf({ observedOn: '2026-11-23', birthDate: born('1980-05-05') }), '2028-10-01')
  t.throws(() => until('2026-02-30'), RangeError)
})

t.test('a signal about a youth ends before the 23rd birthday', async (t) => {
  const until = (birth: string) =>
    retainUntilOf({ observedOn: '2026-11-23', birthDate: born(birth) })
  t.equal(until('2005-04-02'), '2028-04-01')
  t.equal(until('2005-04-01'), '2028-01-01', 'never the birthday itself')
  t.equal(until('2005-05-31'), '2028-04-01')
  t.equal(until('2005'), '2027-10-01', 'a year only: before the first day on which it can be')
  t.equal(until('2010-05-31'), '2028-10-01', 'long before it, 24 months go first')
  t.equal(until('2003-12-10'), '2026-10-01', 'over before it begins: not to be sent')
})

const anyDay = fc
  .tuple(
    fc.integer({ min: 1950, max: 2026 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 31 }),
  )
  .filter(([year, month, day]) => isDay(year, month, day))
const pad = (part: number) => String(part).padStart(2, '0')

t.test('what is kept is a quarter, never more than 24 months, never past 23', async () => {
  fc.assert(
    fc.property(anyDay, anyDay, ([y, m, d], [year, month, day]) => {
      const observedOn = `${y}-${pad(m)}-${pad(d)}`
      const until = retainUntilOf({ observedOn, birthDate: { year, month, day } })
      const isYoung = observedOn < `${year + 23}-${pad(month)}-${pad(day)}`
      return (
        /^\d{4}-(?:01|04|07|10)-01$/.test(until) &&
        until <= `${y + 2}-${pad(m)}-${pad(d)}` &&
        (!isYoung || until < `${year + 23}-${pad(month)}-${pad(day)}`)
      )
    }),
  )
})

t.test(
  'all birthdays within a quarter give the same day, so that it tells no birth date',
  async () => {
    fc.assert(
      fc.property(anyDay, anyDay, ([y, m, d], [year, month]) => {
        const observedOn = `${y}-${pad(m)}-${pad(d)}`
        const first = month - ((month - 1) % 3)
        const from = (birthMonth: number, day: number) =>
          retainUntilOf({ observedOn, birthDate: { year, month: birthMonth, day } })
        const bounds = [`${year + 23}-${pad(first)}-01`, `${year + 23}-${pad(first + 2)}-31`]
        const turnsWithin = observedOn >= (bounds[0] ?? '') && observedOn <= (bounds[1] ?? '')
        return turnsWithin || from(first, 2) === from(first + 2, 28)
      }),
    )
  },
)

t.test('a minor goes before a network, a network before the rest', async (t) => {
  const category = 'criminal-exploitation' as const
  const network = ['recruits-others'] as const
  t.equal(leadRouteOf({ ageBand: 'minor', category, indicators: network }), 'minor')
  t.equal(leadRouteOf({ ageBand: 'youth', category, indicators: network }), 'organised')
  t.equal(leadRouteOf({ ageBand: 'unknown', category, indicators: ['injuries'] }), 'general')
  t.equal(leadRouteOf({ ageBand: 'adult', category: 'organ-removal', indicators: [] }), 'organised')
})

t.test('every code is kebab-case, once in its list and named in two languages', async (t) => {
  for (const list of [categories, roles, indicators, indicatorGroups, regions]) {
    t.equal(new Set(list.map(({ code }) => code)).size, list.length)
    const read = codeReader(list)
    for (const { code, en, nl } of list) {
      t.match(code, /^[a-z]+(?:-[a-z]+)*$/)
      t.strictSame([read(code), read(en.toUpperCase()), read(` ${nl} `)], [code, code, code])
    }
  }
  t.equal(regions.length, 25)
})

t.test('a region may be written as people write it, and is never guessed', async (t) => {
  for (const text of [
    'fryslan',
    'Fryslân',
    'FRIESLAND',
    'VR02',
    'vr-02',
    'Veiligheidsregio Fryslân',
  ]) {
    t.equal(readRegion(text), 'fryslan', text)
  }
  t.equal(readRegion('Noord en Oost Gelderland'), 'noord-en-oost-gelderland')
  for (const text of ['', 'Gelderland', 'VR26', 'Rotterdam', 'veiligheidsregio']) {
    t.equal(readRegion(text), undefined, text)
  }
})
