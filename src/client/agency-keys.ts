import { exportJWK, generateKeyPair } from 'jose'
import { type PrivateJwk, publicJwkOf, signStatement, thumbprintOf } from '../proofs/statement.ts'
import type { PublicKey } from '../wire/common.ts'
import type { CardPayload } from '../wire/registry.ts'

/** The keys of one agency. They are made at the agency and never leave it. */
export type AgencyKeys = {
  /** Signs the agency's card; its thumbprint is told to both operators out of band. */
  readonly root: PrivateJwk
  /** Signs batches and agreements. */
  readonly signing: PrivateJwk
  /** Receives released halves of sealed content. */
  readonly encryption: PrivateJwk
  /** The machine's key: asks for access tokens and proves possession of them. */
  readonly client: PrivateJwk
}

async function makeKey(alg: string, crv?: string): Promise<PrivateJwk> {
  const { privateKey } = await generateKeyPair(alg, {
    extractable: true,
    ...(crv === undefined ? {} : { crv }),
  })
  return (await exportJWK(privateKey)) as PrivateJwk
}

/** A new key that signs, for a receiver of notices. */
export const makeSigningKey = (): Promise<PrivateJwk> => makeKey('EdDSA', 'Ed25519')

/** New keys for an agency, from the platform's own randomness. */
export const makeAgencyKeys = async (): Promise<AgencyKeys> => ({
  root: await makeKey('EdDSA', 'Ed25519'),
  signing: await makeKey('EdDSA', 'Ed25519'),
  encryption: await makeKey('ECDH-ES+A256KW', 'X25519'),
  client: await makeKey('ES256'),
})

/** The agency's card, signed under its root key: which keys and machines are its own. */
export async function signCard(
  keys: AgencyKeys,
  card: {
    readonly agency: string
    readonly client: string
    readonly version: number
    readonly contactDesk: string
    readonly signatories?: CardPayload['signatories']
    /** Machines beside `client`. */
    readonly machines?: CardPayload['clients']
    readonly issuedAt: Date
  },
): Promise<string> {
  const payload: CardPayload = {
    agency: card.agency,
    version: card.version,
    contactDesk: card.contactDesk,
    signingKey: publicJwkOf(keys.signing) as PublicKey,
    encryptionKey: publicJwkOf(keys.encryption) as PublicKey,
    clients: [
      { client: card.client, key: publicJwkOf(keys.client) as PublicKey },
      ...(card.machines ?? []),
    ],
    ...(card.signatories?.length ? { signatories: card.signatories } : {}),
    issuedAt: card.issuedAt.toISOString(),
  }
  return signStatement('agency-card', payload, keys.root)
}

export const rootThumbprintOf = (keys: AgencyKeys): Promise<string> => thumbprintOf(keys.root)
