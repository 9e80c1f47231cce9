import { sha256 } from '@noble/hashes/sha2.js'
import {
  base64,
  concat,
  equalBytes,
  fromBase64,
  fromBase64url,
  hex,
  utf8,
} from '../kernel/bytes.ts'

/**
 * Signed notes (C2SP signed-note v1.0.0) under Ed25519 keys: text, an empty line, and one line per
 * signature: `— <key name> base64(key id ‖ signature)`. WebCrypto does the signing, so the same
 * code verifies in a browser.
 */

/** A note or a key that cannot be accepted; the message says why. */
export class NoteError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'NoteError'
  }
}

/** Signs under a key name. The private key stays inside. */
export type Signer = {
  readonly name: string
  /** The public half, to be pinned by those who verify: `name+hash+base64(type ‖ key)`. */
  readonly verifierKey: string
  readonly sign: (message: Uint8Array) => Promise<Uint8Array>
}

export type VerifierKey = {
  readonly name: string
  /** The first 4 bytes of SHA-256(name ‖ newline ‖ type ‖ public key). */
  readonly id: Uint8Array
  readonly publicKey: Uint8Array
}

/** Kinds of keys (C2SP signed-note): of a ledger, and of a witness (tlog-cosignature). */
export const keyKinds = { signature: 1, cosignature: 4 } as const
export type KeyKind = keyof typeof keyKinds
const maximumSignatures = 16
const maximumLength = 65_536
const signatureLine = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u

const checkName = (name: string): void => {
  if (name === '' || /[\s+\p{Cc}]/u.test(name)) {
    throw new NoteError('a key name is not empty and holds neither spaces nor "+"')
  }
}

const keyId = (name: string, typedKey: Uint8Array): Uint8Array =>
  sha256(concat(utf8(`${name}\n`), typedKey)).slice(0, 4)

/** The text form of a verifier key, as it is pinned and handed over out of band. */
export function verifierKeyOf(
  name: string,
  publicKey: Uint8Array,
  kind: KeyKind = 'signature',
): string {
  checkName(name)
  if (publicKey.length !== 32) throw new NoteError('an Ed25519 public key has 32 bytes')
  const typed = concat(Uint8Array.of(keyKinds[kind]), publicKey)
  return `${name}+${hex(keyId(name, typed))}+${base64(typed)}`
}

/** @throws NoteError when it is not an Ed25519 verifier key of this kind whose id fits */
export function parseVerifierKey(text: string, kind: KeyKind = 'signature'): VerifierKey {
  const [, name, id, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/s.exec(text) ?? []
  if (name === undefined || encoded === undefined) throw new NoteError('this is no verifier key')
  checkName(name)
  const typed = bytesOf(encoded)
  if (typed?.length !== 33 || typed[0] !== keyKinds[kind]) {
    throw new NoteError(`this verifier key is not an Ed25519 key for a ${kind}`)
  }
  const expected = keyId(name, typed)
  if (hex(expected) !== id) throw new NoteError('the key id of this verifier key does not fit')
  return { name, id: expected, publicKey: typed.slice(1) }
}

const bytesOf = (encoded: string): Uint8Array | undefined => {
  try {
    return fromBase64(encoded)
  } catch {
    return undefined
  }
}

// WebCrypto's types ask for bytes in a buffer that is not shared.
const unshared = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)

/** The fixed beginning of a PKCS #8 Ed25519 private key (RFC 8410 §7); the 32-byte seed follows. */
const pkcs8 = Uint8Array.of(48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32)

/**
 * A signer from a 32-byte Ed25519 seed (RFC 8032). The imported key cannot be exported again; the
 * caller destroys its own copy of the seed.
 */
export async function signerFromSeed(
  name: string,
  seed: Uint8Array,
  kind: KeyKind = 'signature',
): Promise<Signer> {
  checkName(name)
  if (seed.length !== 32) throw new NoteError('an Ed25519 seed has 32 bytes')
  const { subtle } = globalThis.crypto
  const encoded = unshared(concat(pkcs8, seed))
  const exportable = await subtle.importKey('pkcs8', encoded, 'Ed25519', true, ['sign'])
  const { x } = await subtle.exportKey('jwk', exportable)
  if (x === undefined) throw new NoteError('this platform does not tell the public key')
  const key = await subtle.importKey('pkcs8', encoded, 'Ed25519', false, ['sign'])
  encoded.fill(0)
  return {
    name,
    verifierKey: verifierKeyOf(name, fromBase64url(x), kind),
    async sign(message) {
      return new Uint8Array(await subtle.sign('Ed25519', key, unshared(message)))
    },
  }
}

const checkText = (text: string): void => {
  if (!text.endsWith('\n')) throw new NoteError('the text of a note ends in a newline')
  // Lone surrogates would be signed as U+FFFD; two texts could then share one signature.
  if (!text.isWellFormed()) throw new NoteError('the text of a note is not valid Unicode')
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit < 0x20 && unit !== 0x0a) throw new NoteError('a note holds no control characters')
  }
}

/** Signs `text` (which ends in a newline) and returns the whole note. */
export async function signNote(text: string, signer: Signer): Promise<string> {
  checkText(text)
  const { id } = parseVerifierKey(signer.verifierKey)
  const signature = await signer.sign(utf8(text))
  return `${text}\n${signatureLineOf(signer.name, id, signature)}`
}

type SignatureLine = {
  readonly name: string
  readonly id: Uint8Array
  readonly signature: Uint8Array
}

/** A line that a note ends in: `— <key name> base64(key id ‖ signature)`. */
export const signatureLineOf = (name: string, id: Uint8Array, signature: Uint8Array): string =>
  `— ${name} ${base64(concat(id, signature))}\n`

/**
 * A note taken apart; nothing is verified.
 * @throws NoteError when it is none
 */
export function parseNote(note: string): { text: string; signatures: readonly SignatureLine[] } {
  if (note.length > maximumLength) throw new NoteError('the note is too long')
  checkText(note)
  const split = note.lastIndexOf('\n\n')
  if (split < 0) throw new NoteError('the note has no signatures')
  const lines = note.slice(split + 2, -1).split('\n')
  if (lines.length > maximumSignatures) throw new NoteError('the note has too many signatures')
  const signatures = lines.map((line) => {
    const [, name, encoded] = signatureLine.exec(line) ?? []
    const bytes = encoded === undefined ? undefined : bytesOf(encoded)
    if (name === undefined || bytes === undefined || bytes.length < 5) {
      throw new NoteError('a signature line of the note is malformed')
    }
    return { name, id: bytes.slice(0, 4), signature: bytes.slice(4) }
  })
  return { text: note.slice(0, split + 1), signatures }
}

/**
 * Verifies a note against one pinned verifier key and returns its text. Signatures under other keys
 * are ignored, as the specification demands; every one under this key must verify.
 * @throws NoteError saying why the text must not be trusted
 */
export async function openNote(note: string, verifierKey: string): Promise<string> {
  const { name, id, publicKey } = parseVerifierKey(verifierKey)
  const { text, signatures } = parseNote(note)
  const own = signatures.filter((line) => line.name === name && equalBytes(line.id, id))
  if (own.length === 0) throw new NoteError(`the note is not signed by ${name}`)
  for (const { signature } of own) {
    if (!(await isSignatureOf(publicKey, signature, utf8(text)))) {
      throw new NoteError(`the signature of ${name} does not fit the note`)
    }
  }
  return text
}

/** Whether an Ed25519 signature over `message` is by this key (RFC 8032). */
export async function isSignatureOf(
  publicKey: Uint8Array,
  signature: Uint8Array,
  message: Uint8Array,
): Promise<boolean> {
  const { subtle } = globalThis.crypto
  const key = await subtle.importKey('raw', unshared(publicKey), 'Ed25519', false, ['verify'])
  return subtle.verify('Ed25519', key, unshared(signature), unshared(message))
}
