import { canonicalBytes } from '../kernel/canonical.ts'
import {
  type ChallengeEvent,
  challengeType,
  eventTypeOf,
  type NoticeEvent,
} from '../wire/webhook.ts'
import type { KeptNotice } from './types.ts'

/** How this gateway names itself in what it sends. */
export type EventSource = {
  /** URN or URL of the system. */
  readonly source: string
  /** Where callers reach it. */
  readonly publicUrl: string
}

/** A notice as a CloudEvent after the NL GOV profile: that, when and where to look; no data. */
export const noticeEventOf = (
  { source, publicUrl }: EventSource,
  { id, kind, about, sequence, madeAt }: KeptNotice,
): NoticeEvent => ({
  specversion: '1.0',
  id,
  source,
  type: eventTypeOf(kind),
  time: madeAt.toISOString(),
  sequence: String(sequence),
  sequencetype: 'Integer',
  dataref: new URL(about, publicUrl).href,
})

export const challengeEventOf = (
  { source }: EventSource,
  { id, challenge, at }: { readonly id: string; readonly challenge: string; readonly at: Date },
): ChallengeEvent => ({
  specversion: '1.0',
  id,
  source,
  type: challengeType,
  time: at.toISOString(),
  data: { challenge },
})

export const bytesOf = (event: NoticeEvent | ChallengeEvent): Uint8Array => canonicalBytes(event)
