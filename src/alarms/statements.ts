import type { Agencies } from '../agencies/agencies.ts'
import type { OperatorPins } from '../agencies/types.ts'
import { type Clock, isOfFuture, shifted } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import { payloadReader } from '../proofs/payload.ts'
import type { StatementType } from '../proofs/statement.ts'
import {
  type Alarm,
  AlarmAnswerPayload,
  type AlarmPage,
  AlarmQuestionPayload,
} from '../wire/alarm.ts'
import type { AlarmCases } from './cases.ts'
import type { Reviewer } from './types.ts'

export type AlarmStatements = ReturnType<typeof openAlarmStatements>

const readQuestion = payloadReader(AlarmQuestionPayload)
const readAnswer = payloadReader(AlarmAnswerPayload)
/** What was signed longer ago is not taken: whoever gets hold of it cannot go on with it. */
const freshSeconds = 300

/**
 * Alarms at the keyholder, which issues no tokens: an agency asks and answers with signed statements. Its machines
 * may ask, under the signing key; only a person may answer, under a signatory’s key or the root key, because
 * what the keyholder raises alarms about is what the machines did.
 */
export function openAlarmStatements({
  clock,
  agencies,
  pins,
  cases,
}: {
  readonly clock: Clock
  readonly agencies: Agencies
  readonly pins: OperatorPins
  readonly cases: Pick<AlarmCases, 'list' | 'take' | 'close'>
}) {
  const invalid = (message: string) => new Fault('statements/invalid', [{ message }])

  async function read<
    Payload extends {
      readonly agency: string
      readonly audience: { readonly gateway: string; readonly keyholder: string }
    },
  >(
    type: StatementType,
    statement: string,
    form: (payload: unknown) => Payload,
    dateOf: (payload: Payload) => string,
  ): Promise<{ readonly payload: Payload; readonly reviewer: Reviewer }> {
    const { payload, agency, signer } = await agencies.readAgencyStatement(
      type,
      statement,
      form,
      ({ card, rootThumbprint }) => [rootThumbprint, ...(card?.signatories ?? [])],
    )
    if (!agency.active) throw invalid('the agency is suspended here')
    const { gateway, keyholder } = payload.audience
    if (gateway !== pins.gateway() || keyholder !== pins.keyholder()) {
      throw invalid('the statement is meant for other operators')
    }
    const date = dateOf(payload)
    if (isOfFuture(clock, date)) throw invalid('the statement is dated in the future')
    if (new Date(date) < shifted(clock.now(), -freshSeconds)) {
      throw invalid('the statement is too old; sign it again')
    }
    const isMachine = signer === agency.card?.signingThumbprint
    return { payload, reviewer: { agency: agency.id, signatory: signer, isMachine } }
  }

  return {
    /** A page of the alarms about the agency that asks, the newest first. */
    async list(statement: string): Promise<AlarmPage> {
      const { payload, reviewer } = await read(
        'alarm-question',
        statement,
        readQuestion,
        ({ askedAt }) => askedAt,
      )
      const { occasion, state, before } = payload
      return cases.list(reviewer, {
        occasion,
        ...(state === undefined ? {} : { state }),
        ...(before === undefined ? {} : { before }),
      })
    },

    /**
     * Takes an alarm up, or closes it.
     * @throws Fault alarms/…, policy/denied for what the machines’ key signed
     */
    async answer(statement: string): Promise<Alarm> {
      const { payload, reviewer } = await read(
        'alarm-answer',
        statement,
        readAnswer,
        ({ saidAt }) => saidAt,
      )
      return payload.close === undefined
        ? cases.take(reviewer, payload.alarm)
        : cases.close(reviewer, payload.alarm, payload.close)
    },
  }
}
