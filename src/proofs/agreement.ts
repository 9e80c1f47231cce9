import { sha3_512 } from '@noble/hashes/sha3.js'
import { base64url } from '../kernel/bytes.ts'
import { canonicalBytes } from '../kernel/canonical.ts'
import type { AgreementHash } from '../kernel/ids.ts'

/**
 * The hash that names an agreement and that its parties sign: `$1$1$` (contract content, SHA3-512)
 * and base64url of SHA3-512 over the canonical JSON of the content, as in Federated Service
 * Connectivity (FSC core 1.1). Content is immutable: another content is another agreement.
 */
export const agreementHashOf = (content: object): AgreementHash =>
  `$1$1$${base64url(sha3_512(canonicalBytes(content)))}` as AgreementHash
