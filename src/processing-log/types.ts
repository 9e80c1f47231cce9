import type { AgencyId } from '../kernel/ids.ts'
import type { subjectTypes } from '../wire/processing-log.ts'

export type SubjectType = (typeof subjectTypes)[number]

/** The record that an act was about: something that its agency knows under this id. */
export type Subject = { readonly type: SubjectType; readonly id: string }

/** What an entry of an act says, as far as logs for others need it. */
export type LoggedAct = {
  readonly kind: string
  readonly agency: AgencyId
  readonly client?: string
  readonly onBehalfOf?: AgencyId
  readonly outcome?: 'permit' | 'refuse'
  readonly agreement?: string
  readonly purpose?: string
  readonly reasons?: readonly string[]
}

/** An entry of an act with the action that it is a part of. */
export type TracedEntry = {
  readonly index: number
  readonly at: Date
  readonly act: LoggedAct
  readonly subject: Subject | undefined
  /** Whether its activity is a confidential one for the agency that it was done for. */
  readonly confidential: boolean
  /** Missing for entries from before actions were kept. */
  readonly trace:
    | {
        readonly traceId: string
        readonly spanId: string
        readonly parentSpanId: string | undefined
        readonly beganAt: Date
        /** The first entry of its action stands for the action itself. */
        readonly first: boolean
      }
    | undefined
}

/** What narrows a log; a member that is missing narrows nothing. */
export type LogFilter = {
  readonly kinds?: readonly string[]
  readonly exceptKinds?: readonly string[]
  readonly traceId?: string
  /** Id of a record. */
  readonly about?: string
  readonly confidential?: boolean
  readonly from?: string | undefined
  readonly until?: string | undefined
}
