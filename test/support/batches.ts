import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import { base64url, utf8 } from '../../src/kernel/bytes.ts'
import { shifted } from '../../src/kernel/clock.ts'
import { randomUuid } from '../../src/kernel/random.ts'
import { blind } from '../../src/oprf/partner.ts'
import { type PrivateJwk, signStatement } from '../../src/proofs/statement.ts'
import type { BatchPayload } from '../../src/wire/evaluation.ts'
import type { House, HouseAgency } from './house.ts'

export type BatchChange = Partial<BatchPayload> & {
  /** How many points; 16 when nothing is said. */
  readonly count?: number
  readonly signer?: PrivateJwk
}

/** A signed evaluation batch as a partner system makes it, but for what `change` says. */
export async function makeBatch(
  { clock, random, pins }: Pick<House, 'clock' | 'random' | 'pins'>,
  agency: HouseAgency,
  { hash, content }: UnderAgreement,
  { count = 16, signer = agency.keys.signing, ...change }: BatchChange = {},
): Promise<string> {
  const now = clock.now()
  const inputs = Array.from({ length: count }, (_, at) => utf8(`lk1|phone|+3161000${at}`))
  const payload: BatchPayload = {
    audience: {
      gateway: pins.gateway.rootThumbprint,
      keyholder: pins.keyholder.rootThumbprint,
    },
    agency: agency.id,
    client: 'connector',
    agreement: hash,
    purpose: content.purpose,
    caseCommitment: base64url(random.bytes(32)),
    domain: content.domain,
    epoch: 1,
    issuedAt: now.toISOString(),
    expiresAt: shifted(now, 600).toISOString(),
    number: randomUuid(random),
    points: base64url(blind(inputs, random).elements),
    ...change,
  }
  return signStatement('evaluation-batch', payload, signer)
}
