import type { RegionCode } from '../../src/wire/codes/regions.ts'
import type { SceneKind } from '../../src/wire/codes/subjects.ts'
import type { Chance } from './chance.ts'
import type { Agency } from './people.ts'
import type { Cells } from './writing.ts'

/**
 * A household, location or vehicle that does not exist. Each agency writes it in its own way; those
 * of two agencies are to be recognised as one.
 */
export type DemoScene = {
  readonly id: string
  readonly kind: SceneKind
  readonly linkedBy: 'address' | 'place-name' | 'plate' | 'nothing'
  readonly region: RegionCode
  readonly story: Pick<Cells, 'category' | 'indicators' | 'narrative'>
  readonly writings: Partial<Record<Agency, Cells>>
}

const hotel = (name: string): DemoScene['story'] => ({
  category: 'sexual-exploitation',
  indicators: 'never-alone;collected-by-strangers',
  narrative: `Receptie van ${name} zag jonge vrouwen met steeds andere begeleiders.`,
})
const dwelling: DemoScene['story'] = {
  category: 'labour-exploitation',
  indicators: 'many-people-at-one-address',
  narrative: 'Tien matrassen op zolder; de bewoners zeggen niets te mogen zeggen.',
}
const family: DemoScene['story'] = {
  category: 'criminal-exploitation',
  indicators: 'unexplained-wealth',
  narrative: 'Er komen ’s nachts jongeren met tassen; de kinderen gaan zelden naar school.',
}
const ride: DemoScene['story'] = {
  category: 'criminal-exploitation',
  indicators: 'collected-by-strangers',
  narrative: 'De auto staat bij school te wachten en haalt steeds andere jongens op.',
}

type Draft = Omit<DemoScene, 'id'>

/** What two agencies know, each in its own words; the streets, houses and plates are invented. */
const shared: readonly Draft[] = [
  {
    kind: 'location',
    linkedBy: 'address',
    region: 'rotterdam-rijnmond',
    story: hotel('Hotel De Zilvermeeuw'),
    writings: {
      avim: {
        placeName: 'Hotel De Zilvermeeuw',
        place: 'Rotterdam',
        postcode: '3099 ZX',
        houseNumber: '118',
      },
      municipality: { placeName: 'Zilvermeeuw', postcode: '3099zx', houseNumber: '118' },
    },
  },
  {
    kind: 'location',
    linkedBy: 'place-name',
    region: 'rotterdam-rijnmond',
    story: hotel('Hotel Havenlicht'),
    writings: {
      municipality: { placeName: 'Hotel Havenlicht B.V.', place: 'Schiedam' },
      ngo: { placeName: 'HAVENLICHT hotel', place: 'schiedam' },
    },
  },
  {
    kind: 'location',
    linkedBy: 'address',
    region: 'haaglanden',
    story: dwelling,
    writings: {
      avim: { street: 'Verzonnenweg', houseNumber: '7 bis', place: 'Den Haag' },
      ngo: { street: 'Verzonnen weg', houseNumber: '7-BIS', place: '’s-Gravenhage' },
    },
  },
  {
    kind: 'location',
    linkedBy: 'address',
    region: 'midden-en-west-brabant',
    story: dwelling,
    writings: {
      avim: { country: 'BE', street: 'Verdichtstraat', houseNumber: '41', postcode: '2399' },
      municipality: {
        country: 'B',
        street: 'Verdichtstr.',
        houseNumber: '41',
        postcode: '2399',
      },
    },
  },
  {
    kind: 'household',
    linkedBy: 'address',
    region: 'rotterdam-rijnmond',
    story: family,
    writings: {
      municipality: { postcode: '3199 XZ', houseNumber: '22-A' },
      'youth-care': { postcode: '3199XZ', houseNumber: '22 a' },
    },
  },
  {
    kind: 'household',
    linkedBy: 'address',
    region: 'utrecht',
    story: family,
    writings: {
      municipality: { postcode: '3599 ZV', houseNumber: '301' },
      'youth-care': { postcode: '3599 zv', houseNumber: '301' },
    },
  },
  {
    kind: 'vehicle',
    linkedBy: 'plate',
    region: 'rotterdam-rijnmond',
    story: ride,
    writings: {
      avim: { country: 'NLD', licencePlate: 'XX-999-X' },
      'youth-care': { country: 'NL', licencePlate: 'xx999x' },
    },
  },
  {
    kind: 'vehicle',
    linkedBy: 'plate',
    region: 'zuid-holland-zuid',
    story: ride,
    writings: {
      avim: { country: 'PL', licencePlate: 'XX 00017' },
      municipality: { country: 'pol', licencePlate: 'XX00017' },
    },
  },
  {
    kind: 'vehicle',
    linkedBy: 'plate',
    region: 'rotterdam-rijnmond',
    story: ride,
    writings: {
      municipality: { country: 'BG', licencePlate: 'СВ 0017 ХХ' },
      ngo: { country: 'BGR', licencePlate: 'CB0017XX' },
    },
  },
]

/** What one agency knows alone. The first stands at the address of a household, and touches it not. */
const alone: readonly Draft[] = [
  {
    kind: 'location',
    linkedBy: 'nothing',
    region: 'rotterdam-rijnmond',
    story: dwelling,
    writings: { avim: { postcode: '3199 XZ', houseNumber: '22-A' } },
  },
  {
    kind: 'location',
    linkedBy: 'nothing',
    region: 'rotterdam-rijnmond',
    story: hotel('Hotel Havenlicht'),
    writings: { ngo: { placeName: 'Hotel Havenlicht', place: 'Dordrecht' } },
  },
  {
    kind: 'vehicle',
    linkedBy: 'nothing',
    region: 'zuid-holland-zuid',
    story: ride,
    writings: { ngo: { country: 'ROU', licencePlate: 'XX 00017' } },
  },
]

export const demoScenes = (): readonly DemoScene[] =>
  [...shared, ...alone].map((draft, at) => ({
    id: `s${String(at + 1).padStart(2, '0')}`,
    ...draft,
  }))

const dutchKinds: Readonly<Record<SceneKind, string>> = {
  household: 'huishouden',
  location: 'locatie',
  vehicle: 'voertuig',
}

/** One row about this scene as this agency would write it; the case reference comes later. */
export const writeScene = (
  { kind, region, story, writings }: DemoScene,
  agency: Agency,
  chance: Chance,
): Cells => {
  const day = String(chance.between(1, 30)).padStart(2, '0')
  return {
    ...writings[agency],
    subject: agency === 'municipality' ? dutchKinds[kind] : kind,
    category: story.category ?? '',
    indicators: story.indicators ?? '',
    observedOn: agency === 'municipality' ? `${day}-10-2026` : `2026-10-${day}`,
    region,
    narrative: story.narrative ?? '',
  }
}
