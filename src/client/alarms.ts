import { Compile } from 'typebox/compile'
import type { Clock } from '../kernel/clock.ts'
import { type PrivateJwk, signStatement } from '../proofs/statement.ts'
import {
  Alarm,
  type AlarmAnswerPayload,
  type AlarmCloseBody,
  AlarmPage,
  type AlarmQuery,
  type AlarmQuestionPayload,
  AlarmView,
} from '../wire/alarm.ts'
import type { Answers } from './answers.ts'
import { UntrustworthyOperator } from './errors.ts'
import { type PinnedOperators, sayTo } from './operators.ts'

const alarmPage = Compile(AlarmPage)
const alarmView = Compile(AlarmView)
const oneAlarm = Compile(Alarm)

type Occasion = AlarmQuery['occasion']
/** What narrows a list; `occasion` says why the agency looks and stands on the ledger. */
export type AlarmFilter = Omit<AlarmQuery, 'before'>

const pathOf = (id: string): string => `/v1/alarms/${encodeURIComponent(id)}`

/** Alarms about what this agency did, as the gateway raised them. */
export const openAlarms = ({ read, write }: Answers) => ({
  /** The newest first, page by page until the oldest or until nobody asks on. Each page is a look, with an entry of its own. */
  async *list(filter: AlarmFilter): AsyncGenerator<Alarm> {
    let before: number | undefined
    do {
      const asked = { ...filter, ...(before === undefined ? {} : { before: String(before) }) }
      const page = await read(alarmPage, `/v1/alarms?${new URLSearchParams(asked)}`)
      yield* page.alarms
      before = page.next
    } while (before !== undefined)
  },

  show: (id: string, occasion: Occasion): Promise<AlarmView> =>
    read(alarmView, `${pathOf(id)}?${new URLSearchParams({ occasion })}`),

  /** Says that this client, with its officer, looks into an alarm. */
  take: (id: string): Promise<Alarm> => write(oneAlarm, `${pathOf(id)}/_take`, {}),

  /** Closes an alarm with what was found. Only whoever took it up can. */
  close: (id: string, found: AlarmCloseBody): Promise<Alarm> =>
    write(oneAlarm, `${pathOf(id)}/_close`, found),
})

/**
 * Alarms about this agency at the keyholder, which raises its own and issues no tokens. A question can be signed
 * with the signing key; an answer needs a person’s: a signatory’s, or the root key.
 */
export function openKeyholderAlarms({
  agency,
  pins,
  clock,
}: {
  readonly agency: string
  readonly pins: PinnedOperators
  readonly clock: Clock
}) {
  const common = () => ({
    agency,
    audience: {
      gateway: pins.gateway.rootThumbprint,
      keyholder: pins.keyholder.rootThumbprint,
    },
  })
  const untrustworthy = () => new UntrustworthyOperator('keyholder', 'it answered in another form')

  async function answer(id: string, key: PrivateJwk, close?: AlarmCloseBody): Promise<Alarm> {
    const payload: AlarmAnswerPayload = {
      ...common(),
      alarm: id,
      ...(close === undefined ? {} : { close }),
      saidAt: clock.now().toISOString(),
    }
    const statement = await signStatement('alarm-answer', payload, key)
    const said = await sayTo(pins.keyholder, '/v1/alarm-answers', { statement })
    if (!oneAlarm.Check(said)) throw untrustworthy()
    return said
  }

  return {
    async *list(
      filter: Pick<AlarmFilter, 'occasion' | 'state'>,
      key: PrivateJwk,
    ): AsyncGenerator<Alarm> {
      let before: number | undefined
      do {
        const payload: AlarmQuestionPayload = {
          ...common(),
          occasion: filter.occasion,
          ...(filter.state === undefined ? {} : { state: filter.state }),
          ...(before === undefined ? {} : { before }),
          askedAt: clock.now().toISOString(),
        }
        const statement = await signStatement('alarm-question', payload, key)
        const page = await sayTo(pins.keyholder, '/v1/alarm-questions', { statement })
        if (!alarmPage.Check(page)) throw untrustworthy()
        yield* page.alarms
        before = page.next
      } while (before !== undefined)
    },
    take: (id: string, key: PrivateJwk): Promise<Alarm> => answer(id, key),
    close: (id: string, found: AlarmCloseBody, key: PrivateJwk): Promise<Alarm> =>
      answer(id, key, found),
  }
}
