import { Compile } from 'typebox/compile'
import { DecisionRecord } from '../wire/decision-log.ts'
import { type LogQuery, ndjsonType, ProcessingRecord } from '../wire/processing-log.ts'
import { checked, type Form } from './answers.ts'
import { GatewayUnreachable } from './errors.ts'
import type { Session } from './session.ts'

const processingRecord = Compile(ProcessingRecord)
const decisionRecord = Compile(DecisionRecord)

const brokenOff = () => new GatewayUnreachable('the answer broke off or is not JSON')

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw brokenOff()
  }
}

/** The JSON texts of an answer that has one a line. @throws GatewayUnreachable when the last one does not end */
async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const part of body) {
    const lines = `${rest}${decoder.decode(part, { stream: true })}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield parsed(line)
  }
  if (rest !== '') throw brokenOff()
}

/** How an agency reads its logs. Each reading is an act, with its occasion on the ledger. */
export function readLogs({ download }: Pick<Session, 'download'>) {
  async function* read<Line>(
    form: Form<Line>,
    path: string,
    query: LogQuery,
  ): AsyncGenerator<Line> {
    const asked = Object.entries(query).filter(([, value]) => value !== undefined)
    const { body } = await download(`${path}?${new URLSearchParams(asked)}`, ndjsonType)
    for await (const line of linesOf(body)) yield checked(form, line)
  }

  return {
    /** What your agency did at the gateway, and what was done for it: a record for each action on each subject. */
    processingLog: (query: LogQuery): AsyncGenerator<ProcessingRecord> =>
      read(processingRecord, '/v1/processing-log', query),

    /** How it was decided on what your agency did. */
    decisionLog: (query: LogQuery): AsyncGenerator<DecisionRecord> =>
      read(decisionRecord, '/v1/decision-log', query),
  }
}
