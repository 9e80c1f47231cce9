import type { AgencyId } from '../kernel/ids.ts'
import { type ActFilter, type ActRow, actsOfAgency, countActs } from '../ledger/acts.ts'
import { actsOnOneRecord } from '../ledger/answer-size.ts'
import type { Reader } from '../store/reader.ts'
import type { Access, Side } from '../wire/access.ts'

/** Acts as an agency sees them, read in pages. Reading is no act: whoever calls appends its own first. */

type Payload = Omit<Access, 'index' | 'about'> & {
  readonly signalId?: string
  readonly handle?: string
  readonly followUp?: string
  readonly disclosure?: string
  readonly emergency?: string
}

/** Acts that are read at once for an export. */
const rowsPerPage = 1_000

function answerSizeOf({ kind, outcome, answerSize }: Payload): number | undefined {
  if (answerSize !== undefined) return answerSize
  if (outcome === 'refuse') return 0
  return actsOnOneRecord.some((one) => one === kind) ? 1 : undefined
}

/** An act as one side of it may be seen: of another agency’s, not which machine and officer it was, nor for whom. */
export const viewOf =
  (side: Side) =>
  ({ index, payload }: ActRow): Access => {
    const entry: Payload = JSON.parse(payload)
    const { at, kind, agency } = entry
    const optional = {
      outcome: entry.outcome,
      ...(side === 'own'
        ? { client: entry.client, officer: entry.officer, onBehalfOf: entry.onBehalfOf }
        : {}),
      agreement: entry.agreement,
      purpose: entry.purpose,
      about:
        entry.signalId ?? entry.handle ?? entry.followUp ?? entry.disclosure ?? entry.emergency,
      answerSize: answerSizeOf(entry),
    }
    const given = Object.entries(optional).filter(([, value]) => value !== undefined)
    return { index, at, kind, agency, ...Object.fromEntries(given) }
  }

/** The acts below `end` that a filter shows, the newest first. */
export async function* accessPages(
  reader: Reader,
  agency: AgencyId,
  filter: ActFilter,
  end: number,
): AsyncGenerator<readonly Access[]> {
  let before = end
  for (;;) {
    const page = await actsOfAgency(reader, agency, { ...filter, before }, rowsPerPage)
    yield page.map(viewOf(filter.by ?? 'own'))
    const last = page.at(-1)
    if (page.length < rowsPerPage || last === undefined) return
    before = last.index
  }
}

export const countAccesses = async (
  reader: Reader,
  agency: AgencyId,
  filter: ActFilter,
): Promise<number> => (await countActs(reader, agency, filter)).rows
