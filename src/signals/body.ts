import { utf8 } from '../kernel/bytes.ts'
import { Fault } from '../kernel/fault.ts'
import type { Crypter } from '../store/crypter.ts'
import { mostTokens } from '../wire/codes.ts'
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
  tokens: JSON.stringify(tokenIndex(body)),
  body_hash: Buffer.from(bodyHash(body)),
})

/** Whether the tokens can be those of one person: few of each type, and none of them twice. */
function areOfOnePerson({ tokens }: SignalBody): boolean {
  if (new Set(tokens.map(({ token }) => token)).size < tokens.length) return false
  return [...Map.groupBy(tokens, ({ type }) => type)].every(
    ([type, alike]) => alike.length <= mostTokens[type],
  )
}

/** What a permitted signal is refused for nevertheless. */
export const faultIn = (body: SignalBody): Fault | undefined =>
  areOfOnePerson(body)
    ? undefined
    : new Fault('door/invalid-input', [
        {
          at: '/tokens',
          message: 'holds a token twice, or more tokens of one type than one person has',
        },
      ])
