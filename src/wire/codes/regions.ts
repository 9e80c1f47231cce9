import type { Code } from '../codes.ts'

/**
 * Where a signal was observed: the 25 Dutch safety regions, with the numbers that Dutch
 * statistics give them (VR01 to VR25). Chosen over the ten police units because every safety region lies in
 * one police unit, so that units can be summed from regions but not the other way round.
 *
 * A region's name is the same in both languages. `unit` is the police unit (and its AVIM).
 */
export type Region = Code & { readonly number: number; readonly unit: string }

export const regions = [
  { code: 'groningen', en: 'Groningen', nl: 'Groningen', number: 1, unit: 'Noord-Nederland' },
  { code: 'fryslan', en: 'Fryslân', nl: 'Fryslân', number: 2, unit: 'Noord-Nederland' },
  { code: 'drenthe', en: 'Drenthe', nl: 'Drenthe', number: 3, unit: 'Noord-Nederland' },
  { code: 'ijsselland', en: 'IJsselland', nl: 'IJsselland', number: 4, unit: 'Oost-Nederland' },
  { code: 'twente', en: 'Twente', nl: 'Twente', number: 5, unit: 'Oost-Nederland' },
  {
    code: 'noord-en-oost-gelderland',
    en: 'Noord- en Oost-Gelderland',
    nl: 'Noord- en Oost-Gelderland',
    number: 6,
    unit: 'Oost-Nederland',
  },
  {
    code: 'gelderland-midden',
    en: 'Gelderland-Midden',
    nl: 'Gelderland-Midden',
    number: 7,
    unit: 'Oost-Nederland',
  },
  {
    code: 'gelderland-zuid',
    en: 'Gelderland-Zuid',
    nl: 'Gelderland-Zuid',
    number: 8,
    unit: 'Oost-Nederland',
  },
  { code: 'utrecht', en: 'Utrecht', nl: 'Utrecht', number: 9, unit: 'Midden-Nederland' },
  {
    code: 'noord-holland-noord',
    en: 'Noord-Holland Noord',
    nl: 'Noord-Holland Noord',
    number: 10,
    unit: 'Noord-Holland',
  },
  {
    code: 'zaanstreek-waterland',
    en: 'Zaanstreek-Waterland',
    nl: 'Zaanstreek-Waterland',
    number: 11,
    unit: 'Noord-Holland',
  },
  {
    code: 'kennemerland',
    en: 'Kennemerland',
    nl: 'Kennemerland',
    number: 12,
    unit: 'Noord-Holland',
  },
  {
    code: 'amsterdam-amstelland',
    en: 'Amsterdam-Amstelland',
    nl: 'Amsterdam-Amstelland',
    number: 13,
    unit: 'Amsterdam',
  },
  {
    code: 'gooi-en-vechtstreek',
    en: 'Gooi en Vechtstreek',
    nl: 'Gooi en Vechtstreek',
    number: 14,
    unit: 'Midden-Nederland',
  },
  { code: 'haaglanden', en: 'Haaglanden', nl: 'Haaglanden', number: 15, unit: 'Den Haag' },
  {
    code: 'hollands-midden',
    en: 'Hollands Midden',
    nl: 'Hollands Midden',
    number: 16,
    unit: 'Den Haag',
  },
  {
    code: 'rotterdam-rijnmond',
    en: 'Rotterdam-Rijnmond',
    nl: 'Rotterdam-Rijnmond',
    number: 17,
    unit: 'Rotterdam',
  },
  {
    code: 'zuid-holland-zuid',
    en: 'Zuid-Holland Zuid',
    nl: 'Zuid-Holland Zuid',
    number: 18,
    unit: 'Rotterdam',
  },
  { code: 'zeeland', en: 'Zeeland', nl: 'Zeeland', number: 19, unit: 'Zeeland-West-Brabant' },
  {
    code: 'midden-en-west-brabant',
    en: 'Midden- en West-Brabant',
    nl: 'Midden- en West-Brabant',
    number: 20,
    unit: 'Zeeland-West-Brabant',
  },
  {
    code: 'brabant-noord',
    en: 'Brabant-Noord',
    nl: 'Brabant-Noord',
    number: 21,
    unit: 'Oost-Brabant',
  },
  {
    code: 'brabant-zuidoost',
    en: 'Brabant-Zuidoost',
    nl: 'Brabant-Zuidoost',
    number: 22,
    unit: 'Oost-Brabant',
  },
  { code: 'limburg-noord', en: 'Limburg-Noord', nl: 'Limburg-Noord', number: 23, unit: 'Limburg' },
  { code: 'zuid-limburg', en: 'Zuid-Limburg', nl: 'Zuid-Limburg', number: 24, unit: 'Limburg' },
  { code: 'flevoland', en: 'Flevoland', nl: 'Flevoland', number: 25, unit: 'Midden-Nederland' },
] as const satisfies readonly Region[]

export type RegionCode = (typeof regions)[number]['code']
