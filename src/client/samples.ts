import { Compile } from 'typebox/compile'
import type { AccessQuery } from '../wire/access.ts'
import {
  type JudgeBody,
  type JustifyBody,
  Sample,
  type SampleBeacon,
  SampleBeacons,
  type SampleDraw,
  SampleDraws,
  SamplePage,
  type SampleQuery,
} from '../wire/justification.ts'
import { type Answers, checked } from './answers.ts'
import { type PinnedOperators, readPublic } from './operators.ts'

const page = Compile(SamplePage)
const one = Compile(Sample)
const drawsForm = Compile(SampleDraws)
const beaconsForm = Compile(SampleBeacons)

export type SampleFilter = Omit<SampleQuery, 'before'>

const addressOf = (path: string, query: Readonly<Record<string, string | number | undefined>>) => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return text === '' ? path : `${path}?${text}`
}

/** Looks that were drawn to be justified, and the draws. */
export const openSamples = ({ read, write }: Answers, pins: PinnedOperators) => {
  async function* pages(path: string, query: object): AsyncGenerator<Sample> {
    let before: number | undefined
    do {
      const got = await read(page, addressOf(path, { ...query, before }))
      yield* got.samples
      before = got.next
    } while (before !== undefined)
  }

  return {
    /** Those of the agency, of the newest entries first. Needs the scope `oversee`. */
    list: (filter: SampleFilter): AsyncGenerator<Sample> => pages('/v1/samples', filter),

    /** Those of which this officer, or this machine, gives the reason. */
    listOwn: (): AsyncGenerator<Sample> => pages('/v1/own-samples', {}),

    read: (id: string, occasion: AccessQuery['occasion']): Promise<Sample> =>
      read(one, addressOf(`/v1/samples/${id}`, { occasion })),

    justify: (id: string, body: JustifyBody): Promise<Sample> =>
      write(one, `/v1/samples/${id}/_justify`, body),

    review: (id: string, body: JudgeBody): Promise<Sample> =>
      write(one, `/v1/samples/${id}/_review`, body),

    /** Every draw, the newest first. */
    async draws(): Promise<SampleDraw[]> {
      const found: SampleDraw[] = []
      let before: string | undefined
      do {
        const { draws } = await read(drawsForm, addressOf('/v1/sample-draws', { before }))
        found.push(...draws)
        before = draws.at(-1)?.week
      } while (before !== undefined)
      return found
    },

    /** What the keyholder says of itself that it said for each week: asked there, not at the gateway. */
    async beacons(): Promise<SampleBeacon[]> {
      const response = await readPublic(pins.keyholder.url, '/v1/witness/sample-beacons')
      return checked(beaconsForm, await response.json()).beacons
    },
  }
}
