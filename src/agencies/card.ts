import { importJWK } from 'jose'
import type { Problem } from '../kernel/fault.ts'
import { consoleClient } from '../ledger/actor.ts'
import type { PublicKey } from '../wire/common.ts'
import type { CardPayload } from '../wire/registry.ts'

const signingAlgorithms: Readonly<Record<string, string>> = { Ed25519: 'EdDSA', 'P-256': 'ES256' }
const encryptionAlgorithms: Readonly<Record<string, string>> = {
  X25519: 'ECDH-ES+A256KW',
  'P-256': 'ECDH-ES+A256KW',
}

async function isUsable(
  { y, ...key }: PublicKey,
  algorithms: Readonly<Record<string, string>>,
): Promise<boolean> {
  const algorithm = algorithms[key.crv]
  if (algorithm === undefined) return false
  try {
    await importJWK({ ...key, ...(y === undefined ? {} : { y }) }, algorithm)
    return true
  } catch {
    return false
  }
}

/**
 * Everything on a card that would fail its agency later: keys that cannot do their work, a machine
 * that is named twice. The shape is checked before, by the schema.
 */
export async function cardProblems(card: CardPayload): Promise<Problem[]> {
  const problems: Problem[] = []
  if (!(await isUsable(card.signingKey, signingAlgorithms))) {
    problems.push({ at: '/signingKey', message: 'a signing key must be Ed25519 or P-256' })
  }
  if (!(await isUsable(card.encryptionKey, encryptionAlgorithms))) {
    problems.push({ at: '/encryptionKey', message: 'an encryption key must be X25519 or P-256' })
  }
  const seen = new Set<string>()
  for (const [index, { client, key }] of card.clients.entries()) {
    if (!(await isUsable(key, signingAlgorithms))) {
      problems.push({
        at: `/clients/${index}/key`,
        message: 'a machine’s key must be Ed25519 or P-256',
      })
    }
    if (client === consoleClient) {
      problems.push({
        at: `/clients/${index}/client`,
        message: 'no machine has this name: it stands for the officers at the console',
      })
    }
    if (seen.has(client)) {
      problems.push({ at: `/clients/${index}/client`, message: 'this machine is named twice' })
    }
    seen.add(client)
  }
  return [...problems, ...(await signatoryProblems(card))]
}

/** Four eyes are two persons: no signatory shares a name or a key with another, or with the agency. */
async function signatoryProblems({
  signingKey,
  signatories = [],
}: CardPayload): Promise<Problem[]> {
  const problems: Problem[] = []
  const names = new Set<string>()
  const keys = new Set([signingKey.x])
  for (const [index, { name, key }] of signatories.entries()) {
    const at = `/signatories/${index}`
    if (!(await isUsable(key, signingAlgorithms))) {
      problems.push({ at: `${at}/key`, message: 'a signatory’s key must be Ed25519 or P-256' })
    }
    if (names.has(name))
      problems.push({ at: `${at}/name`, message: 'this name stands there twice' })
    if (keys.has(key.x)) {
      problems.push({ at: `${at}/key`, message: 'this key is another’s on the same card' })
    }
    names.add(name)
    keys.add(key.x)
  }
  return problems
}
