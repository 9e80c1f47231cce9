import { utf8 } from '../kernel/bytes.ts'
import type { Crypter } from '../store/crypter.ts'
import { caseReferencePlace } from './store.ts'
import type { BodyHash, TokenIndex } from './token-index.ts'
import type { SignalBody } from './types.ts'

/** The columns of a signal that its body fills; those that never change are not among them. */
export const bodyColumns = (
  body: SignalBody,
  {
    crypter,
    tokenIndex,
    bodyHash,
  }: {
    readonly crypter: Crypter
    readonly tokenIndex: TokenIndex
    readonly bodyHash: BodyHash
  },
) => ({
  epoch: body.epoch,
  subject_kind: body.subjectKind,
  category: body.category,
  indicators: JSON.stringify(body.indicators),
  region: body.region ?? null,
  observed_on: body.observedOn,
  role: body.role,
  case_reference: crypter.encrypt(caseReferencePlace(body.id), utf8(body.caseReference)),
  contact_desk: body.contactDesk ?? null,
  age_band: body.ageBand,
  retain_until: body.retainUntil,
  lead_route: body.leadRoute,
  sealed: JSON.stringify(body.sealed),
  seal: body.seal ?? null,
  tokens: JSON.stringify(tokenIndex(body)),
  body_hash: Buffer.from(bodyHash(body)),
})
