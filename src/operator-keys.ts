import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import type { JWK } from 'jose'
import { exportJWK, generateKeyPair } from 'jose'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { base64url, fromBase64url, utf8 } from './kernel/bytes.ts'
import { canonicalBytes } from './kernel/canonical.ts'
import type { Randomness } from './kernel/random.ts'
import { Secret } from './kernel/secret.ts'
import type { OperatorName } from './oprf/types.ts'
import { type PrivateJwk, publicJwkOf } from './proofs/statement.ts'
import type { Reader } from './store/reader.ts'
import type { PublicKey } from './wire/common.ts'

/** The secrets of one operator. They live in one file, apart from the database and its backups. */
export type OperatorKeys = {
  /** Signs manifests and forwardings; its thumbprint is what others pin. */
  readonly root: PrivateJwk
  /** Seed of the key that signs the ledger's checkpoints. */
  readonly ledgerSeed: Secret<Uint8Array>
  /** Seed of the key that cosigns the other operator's checkpoints; derived from the one before. */
  readonly witnessSeed: Secret<Uint8Array>
  /** Partners seal halves of content keys to its public half. */
  readonly sealing: PrivateJwk
  /** Keys that seal columns; the first encrypts, all decrypt. */
  readonly columns: readonly Secret<Uint8Array>[]
  /** Key of the HMAC over tokens. Used by the gateway only. */
  readonly index: Secret<Uint8Array>
  /** Key of the pseudonyms in logs that others read; derived from the one before. */
  readonly logs: Secret<Uint8Array>
  /** Signs access tokens. Used by the gateway only. */
  readonly oauth: PrivateJwk
}

const PrivateKey = Type.Object({
  kty: Type.String(),
  crv: Type.String(),
  x: Type.String(),
  d: Type.String(),
})
const Bytes32 = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' })
const KeyFile = Compile(
  Type.Object(
    {
      form: Type.Literal('raakvlak-keys/1'),
      operator: Type.Enum(['gateway', 'keyholder']),
      root: PrivateKey,
      ledgerSeed: Bytes32,
      sealing: PrivateKey,
      columns: Type.Array(Bytes32, { minItems: 1 }),
      index: Bytes32,
      oauth: PrivateKey,
    },
    { additionalProperties: false },
  ),
)
type KeyFile = {
  readonly form: 'raakvlak-keys/1'
  readonly operator: OperatorName
  readonly root: JWK
  readonly ledgerSeed: string
  readonly sealing: JWK
  readonly columns: readonly string[]
  readonly index: string
  readonly oauth: JWK
}

/** Keys that cannot be used; the process must not start. */
export class KeyFileError extends Error {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options)
    this.name = 'KeyFileError'
  }
}

async function generate(alg: string, crv?: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, {
    extractable: true,
    ...(crv === undefined ? {} : { crv }),
  })
  return exportJWK(privateKey)
}

/** Makes a new key file, readable by its owner only. Never replaces one that exists. */
export async function makeKeyFile(
  file: string,
  operator: OperatorName,
  random: Randomness,
): Promise<void> {
  const secret = () => base64url(random.bytes(32))
  const content: KeyFile = {
    form: 'raakvlak-keys/1',
    operator,
    root: await generate('EdDSA', 'Ed25519'),
    ledgerSeed: secret(),
    sealing: await generate('ECDH-ES+A256KW', 'X25519'),
    columns: [secret()],
    index: secret(),
    oauth: await generate('ES256'),
  }
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
}

async function readKeyFile(file: string, operator: OperatorName): Promise<KeyFile | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    throw new KeyFileError(`${file} is not JSON`)
  }
  if (!KeyFile.Check(content)) throw new KeyFileError(`${file} is not a key file of this form`)
  if (content.operator !== operator) {
    throw new KeyFileError(`${file} holds the keys of the ${content.operator}`)
  }
  return content as KeyFile
}

/** Tells key files apart without telling anything about the keys: a hash over random secrets. */
const fingerprintOf = ({ columns: _rotated, ...lasting }: KeyFile): string =>
  base64url(sha256(canonicalBytes(lasting)))

const bytes = (text: string) => new Secret(fromBase64url(text))

/**
 * Reads the keys of an operator and makes sure that they fit its database: those it was made with,
 * or the first that an empty database sees. With `make`, which is for development only, missing keys
 * are made when the database is empty.
 * @throws KeyFileError
 */
export async function openOperatorKeys({
  file,
  operator,
  db,
  random,
  make,
}: {
  readonly file: string
  readonly operator: OperatorName
  readonly db: Reader
  readonly random: Randomness
  readonly make: boolean
}): Promise<OperatorKeys> {
  const stored = await db.selectFrom('key_fingerprint').select('fingerprint').executeTakeFirst()
  let content = await readKeyFile(file, operator)
  if (content === undefined) {
    if (stored !== undefined) {
      throw new KeyFileError(
        `${file} is missing, but the database was made with keys. Put the key file back from its own backup.`,
      )
    }
    if (!make) {
      throw new KeyFileError(
        `${file} is missing. Make it with: npm run keys:make -- ${operator} ${file}`,
      )
    }
    await makeKeyFile(file, operator, random)
    content = await readKeyFile(file, operator)
    if (content === undefined) throw new KeyFileError(`${file} vanished`)
  }
  const fingerprint = fingerprintOf(content)
  if (stored === undefined) {
    await assertUnused(db)
    await db.insertInto('key_fingerprint').values({ fingerprint }).execute()
  } else if (stored.fingerprint !== fingerprint) {
    throw new KeyFileError(`${file} is not the key file that this database was made with`)
  }
  return {
    root: content.root as PrivateJwk,
    ledgerSeed: bytes(content.ledgerSeed),
    witnessSeed: new Secret(
      hkdf(sha256, fromBase64url(content.ledgerSeed), undefined, utf8('raakvlak/witness/1'), 32),
    ),
    sealing: content.sealing as PrivateJwk,
    columns: content.columns.map(bytes),
    index: bytes(content.index),
    logs: new Secret(
      hkdf(sha256, fromBase64url(content.index), undefined, utf8('raakvlak/logs/1'), 32),
    ),
    oauth: content.oauth as PrivateJwk,
  }
}

/** Keys are tied to a database before anything else happens in it. */
async function assertUnused(db: Reader): Promise<void> {
  const entry = await db.selectFrom('ledger_entry').select('index').limit(1).executeTakeFirst()
  if (entry !== undefined) {
    throw new KeyFileError(
      'the database is in use, but does not say which keys it was made with. Restore it from a backup.',
    )
  }
}

/** The public half of an operator's sealing key, as it stands in the manifest. */
export const sealingKeyOf = ({ sealing }: OperatorKeys): PublicKey =>
  publicJwkOf(sealing) as PublicKey
