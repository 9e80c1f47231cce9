import { createECDH, createPrivateKey } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { AgencyKeys } from '../../src/client/agency-keys.ts'
import { base64url } from '../../src/kernel/bytes.ts'
import type { Randomness } from '../../src/kernel/random.ts'
import type { OperatorName } from '../../src/oprf/types.ts'
import type { PrivateJwk } from '../../src/proofs/statement.ts'

/**
 * Keys under the seed. Thumbprints stand on the ledger, and a weekly draw hangs on the ledger's root: with other keys
 * the same seed would draw other looks.
 */

/** The algorithm of a PKCS#8 key of 32 bytes (RFC 8410), as it stands before them. */
const before = {
  Ed25519: '302e020100300506032b657004220420',
  X25519: '302e020100300506032b656e04220420',
} as const

function octetKey(curve: keyof typeof before, random: Randomness): PrivateJwk {
  const key = Buffer.concat([Buffer.from(before[curve], 'hex'), random.bytes(32)])
  const { kty, crv, x, d } = createPrivateKey({ key, format: 'der', type: 'pkcs8' }).export({
    format: 'jwk',
  })
  return { kty, crv, x, d } as PrivateJwk
}

export const seededSigningKey = (random: Randomness): PrivateJwk => octetKey('Ed25519', random)

export function seededMachineKey(random: Randomness): PrivateJwk {
  const curve = createECDH('prime256v1')
  const d = random.bytes(32)
  curve.setPrivateKey(d)
  const point = curve.getPublicKey()
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => base64url(part))
  return { kty: 'EC', crv: 'P-256', x, y, d: base64url(d) } as PrivateJwk
}

export const seededAgencyKeys = (random: Randomness): AgencyKeys => ({
  root: seededSigningKey(random),
  signing: seededSigningKey(random),
  encryption: octetKey('X25519', random),
  client: seededMachineKey(random),
})

/** An operator's key file, before it starts for the first time. */
export async function writeSeededKeys(
  file: string,
  operator: OperatorName,
  random: Randomness,
): Promise<void> {
  const secret = () => base64url(random.bytes(32))
  const content = {
    form: 'raakvlak-keys/1',
    operator,
    root: seededSigningKey(random),
    ledgerSeed: secret(),
    sealing: octetKey('X25519', random),
    columns: [secret()],
    index: secret(),
    oauth: seededMachineKey(random),
  }
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(file, JSON.stringify(content), { mode: 0o600 })
}
