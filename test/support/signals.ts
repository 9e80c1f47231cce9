import { createHash, randomUUID } from 'node:crypto'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import type { KeyType } from '../../src/wire/codes.ts'
import type { SignalBody } from '../../src/wire/signal.ts'

/** A made-up token: the same words give the same one. The gateway cannot tell it from a real one. */
export const tokenOf = (words: string): string =>
  createHash('sha512').update(words).digest('base64url')

/** What a signal says of its subject: words by key type, such as `{ bsn: 'anna' }`. */
export type Subject = Partial<Record<KeyType, string>>

/** A signal as a partner submits it, but for what `change` says. */
export const signalAbout = (
  subject: Subject,
  { hash, content }: UnderAgreement,
  change: Partial<SignalBody> = {},
): SignalBody => ({
  id: randomUUID(),
  agreement: hash,
  purpose: content.purpose,
  domain: content.domain,
  epoch: 1,
  subjectKind: 'person',
  tokens: Object.entries(subject).map(([type, words]) => ({
    type: type as KeyType,
    token: tokenOf(`${content.domain} ${type} ${words}`),
  })),
  category: 'labour-exploitation',
  indicators: [],
  observedOn: '2026-01-02',
  role: 'unknown',
  caseReference: 'CASE-1',
  ageBand: 'adult',
  retainUntil: '2028-01-01',
  leadRoute: 'general',
  sealed: [],
  ...change,
})
