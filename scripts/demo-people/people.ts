import { passesElevenTest } from '../../src/linkage/identifiers.ts'
import type { RegionCode } from '../../src/wire/codes/regions.ts'
import type { Chance } from './chance.ts'
import { type OriginName, origins } from './names.ts'

export type Agency = 'avim' | 'municipality' | 'youth-care' | 'ngo'

/** Somebody who does not exist. */
export type Person = {
  readonly id: string
  readonly origin: OriginName
  readonly sex: 'F' | 'M'
  /** Entries of the name lists: spellings divided by "/". */
  readonly given: string
  readonly second?: string
  readonly family: string
  readonly birth: { readonly year: number; readonly month: number; readonly day: number }
  readonly bsn?: string
  readonly vNumber?: string
  readonly document?: { readonly country: string; readonly number: string }
  readonly phone?: string
  readonly place: string
  readonly region: RegionCode
  /** Which agencies know this person, and by what they are to recognise each other. */
  readonly knownTo: readonly Agency[]
  readonly linkedBy: Link
}

export type Link = 'nothing' | 'bsn' | 'v-number' | 'document' | 'names' | 'phone'

const places: readonly (readonly [string, RegionCode])[] = [
  ['Rotterdam', 'rotterdam-rijnmond'],
  ['Rotterdam', 'rotterdam-rijnmond'],
  ['Rotterdam', 'rotterdam-rijnmond'],
  ['Schiedam', 'rotterdam-rijnmond'],
  ['Vlaardingen', 'rotterdam-rijnmond'],
  ['Capelle aan den IJssel', 'rotterdam-rijnmond'],
  ['Barendrecht', 'rotterdam-rijnmond'],
  ['Dordrecht', 'zuid-holland-zuid'],
  ['Gorinchem', 'zuid-holland-zuid'],
  ['Den Haag', 'haaglanden'],
  ['Delft', 'haaglanden'],
  ['Gouda', 'hollands-midden'],
  ['Utrecht', 'utrecht'],
  ['Breda', 'midden-en-west-brabant'],
]

/** Where the test numbers of the Dutch civil registry begin: nobody real has one of these. */
const testPrefixes = ['99999', '00000']

const testNumbers = (): string[] =>
  testPrefixes
    .flatMap((prefix) =>
      Array.from({ length: 10_000 }, (_, tail) => prefix + String(tail).padStart(4, '0')),
    )
    .filter((number) => passesElevenTest(number) && new Set(number).size > 1)

/** Whoever turns 23 between these days would be a signal that is over before, or soon after, it begins. */
const nearly23 = { from: '2003-04-01', to: '2004-07-31' }

const padded = (part: number, length = 2): string => String(part).padStart(length, '0')

export const isoDay = ({ year, month, day }: Person['birth']): string =>
  `${padded(year, 4)}-${padded(month)}-${padded(day)}`

/** The same for a date and for the date with day and month swapped. */
const swapSafe = ({ year, month, day }: Person['birth']): string =>
  `${year}-${Math.min(month, day)}-${Math.max(month, day)}`

const youngest: Readonly<Record<Agency, readonly [number, number]>> = {
  avim: [1966, 2010],
  municipality: [1962, 2011],
  'youth-care': [2004, 2013],
  ngo: [1966, 2008],
}

/** Mobile blocks of which only the last digits vary; formats as they exist, subscribers invented. */
const phoneBlocks: Partial<Record<OriginName, string>> = {
  polish: '+4850100',
  romanian: '+4071200',
  bulgarian: '+35988800',
}

/**
 * Invents people so that no two can be taken for one another: no two share a number, and no two share
 * a birth date (also not with day and month swapped) unless `like` asks for it.
 */
export const openTown = (chance: Chance) => {
  const bsns = chance.shuffled(testNumbers())
  const days = new Set<string>()
  let people = 0
  let numbers = 0
  const serial = () => {
    numbers += 1
    return numbers
  }

  const freshBsn = (): string => {
    const bsn = bsns.pop()
    if (bsn === undefined) throw new RangeError('the test numbers are used up')
    return bsn
  }

  const freshBirth = ([low, high]: readonly [number, number]): Person['birth'] => {
    for (;;) {
      const birth = {
        year: chance.between(low, high),
        month: chance.between(1, 12),
        day: chance.between(2, 28),
      }
      const text = isoDay(birth)
      const isTooNear = text >= nearly23.from && text <= nearly23.to
      if (isTooNear || days.has(swapSafe(birth))) continue
      days.add(swapSafe(birth))
      return birth
    }
  }

  const originFor = (knownTo: readonly Agency[], linkedBy: Link): OriginName => {
    if (linkedBy === 'v-number') {
      return chance.pick(['nigerian', 'vietnamese', 'syrian', 'eritrean', 'moroccan'] as const)
    }
    if (knownTo.includes('ngo')) return chance.pick(Object.keys(origins) as OriginName[])
    const settled = ['dutch', 'moroccan', 'turkish', 'surinamese'] as const
    return chance.happens(0.4)
      ? 'dutch'
      : chance.happens(0.6)
        ? chance.pick(settled)
        : chance.pick(Object.keys(origins) as OriginName[])
  }

  const numbersOf = (
    origin: OriginName,
    linkedBy: Link,
  ): Pick<Person, 'bsn' | 'vNumber' | 'document'> => {
    const isForeigner = ['nigerian', 'vietnamese', 'syrian', 'eritrean'].includes(origin)
    const isByNumber = linkedBy !== 'names' && linkedBy !== 'phone'
    const bsn = linkedBy === 'bsn' || (isByNumber && chance.happens(isForeigner ? 0.2 : 0.6))
    const vNumber = linkedBy === 'v-number' || (isByNumber && isForeigner && chance.happens(0.5))
    const document = linkedBy === 'document' || (isByNumber && chance.happens(0.15))
    return {
      ...(bsn ? { bsn: freshBsn() } : {}),
      ...(vNumber ? { vNumber: `28${padded(serial() * 7919, 8)}` } : {}),
      ...(document
        ? {
            document: {
              country: origins[origin].country,
              number: `XX${padded(serial() * 613, 6)}`,
            },
          }
        : {}),
    }
  }

  const freshPhone = (origin: OriginName): string => {
    const tail = padded(serial(), 4)
    const block = phoneBlocks[origin]
    if (block !== undefined && chance.happens(0.5)) return block + tail
    return `+31610${chance.pick(['00', '01'])}${tail}`
  }

  /** Someone new; what `like` gives is taken over, so that twins and namesakes can be made. */
  const invent = (
    knownTo: readonly Agency[],
    linkedBy: Link = 'nothing',
    like: Partial<Person> = {},
  ): Person => {
    people += 1
    const origin = like.origin ?? originFor(knownTo, linkedBy)
    const sex = like.sex ?? (chance.happens(0.5) ? 'F' : 'M')
    const names = sex === 'F' ? origins[origin].women : origins[origin].men
    const range: [number, number] = [
      Math.max(...knownTo.map((agency) => youngest[agency][0])),
      Math.min(...knownTo.map((agency) => youngest[agency][1])),
    ]
    const given = chance.pick(names)
    const second = chance.pick(names)
    const hasPhone = linkedBy === 'phone' || (linkedBy !== 'names' && chance.happens(0.4))
    const [place, region] = chance.pick(places)
    return {
      id: `p${padded(people, 4)}`,
      origin,
      sex,
      given,
      ...(second !== given && chance.happens(0.25) ? { second } : {}),
      family: chance.pick(origins[origin].families),
      birth: like.birth ?? freshBirth(range),
      ...numbersOf(origin, linkedBy),
      ...(hasPhone ? { phone: freshPhone(origin) } : {}),
      place,
      region,
      knownTo,
      linkedBy,
      ...like,
    }
  }

  return { invent }
}

export type Town = ReturnType<typeof openTown>
