import { Compile } from 'typebox/compile'
import { AcknowledgeAnswer, type Notice, NoticePage } from '../wire/notification.ts'
import type { Answers } from './answers.ts'

const noticePage = Compile(NoticePage)
const acknowledgeAnswer = Compile(AcknowledgeAnswer)

export type Inbox = ReturnType<typeof openInbox>

/** What the agency is told, polled from the gateway. A notice can come twice: know it by its id. */
export const openInbox = ({ read, write }: Answers) => ({
  /** All notices that were not acknowledged, or all that are kept after a number; in their order. */
  async notices(after?: number): Promise<Notice[]> {
    const notices: Notice[] = []
    let from = after
    do {
      const page: NoticePage = await read(
        noticePage,
        `/v1/notifications${from === undefined ? '' : `?after=${from}`}`,
      )
      notices.push(...page.notices)
      from = page.next
    } while (from !== undefined)
    return notices
  },

  /** Says that every notice up to this number has been dealt with. */
  acknowledge: async (until: number): Promise<number> =>
    (await write(acknowledgeAnswer, '/v1/notifications/_acknowledge', { until })).acknowledgedUntil,
})
