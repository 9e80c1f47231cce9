import { Integer, OctetString } from 'asn1js'
import {
  AlgorithmIdentifier,
  Certificate,
  ExtKeyUsage,
  id_ExtKeyUsage,
  id_eContentType_TSTInfo,
  id_sha256,
  MessageImprint,
  SignedData,
  SignedDataVerifyError,
  TimeStampReq,
  TimeStampResp,
  TSTInfo,
} from 'pkijs'
import { equalBytes } from '../kernel/bytes.ts'

/**
 * Timestamps of an outside authority (RFC 3161): its signed word that it saw these bytes at that time. Requests
 * and answers only; nothing here asks anybody.
 */

/** What an authority's answer lacks. The message holds nothing of what was stamped. */
export class TimestampError extends Error {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options)
    this.name = 'TimestampError'
  }
}

/** Purpose of a certificate that signs timestamps, and nothing else (RFC 3161 §2.3). */
const timeStamping = '1.3.6.1.5.5.7.3.8'
const idSignedData = '1.2.840.113549.1.7.2'
/** `granted` and `grantedWithMods` (RFC 3161 §2.4.2). */
const granted: readonly number[] = [0, 1]
export const nonceBytes = 16

const unshared = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer

const sha256 = async (bytes: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', unshared(bytes)))

/** A nonce as a positive number, so that every authority reads it alike. */
const integerOf = (nonce: Uint8Array): Integer =>
  new Integer({ valueHex: unshared(Uint8Array.of(0x01, ...nonce)) })

/** A request for a timestamp of `content`, with the authority's certificates in the answer. */
export async function timestampRequest(
  content: Uint8Array,
  nonce: Uint8Array,
): Promise<Uint8Array> {
  const request = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: id_sha256 }),
      hashedMessage: new OctetString({ valueHex: unshared(await sha256(content)) }),
    }),
    nonce: integerOf(nonce),
    certReq: true,
  })
  return new Uint8Array(request.toSchema().toBER())
}

/** The certificates in a PEM file. @throws TimestampError when there is none, or one is broken */
export function readCertificates(pem: string): Certificate[] {
  const found = [
    ...pem.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g),
  ]
  if (found.length === 0) throw new TimestampError('there is no certificate (PEM) of the authority')
  try {
    return found.map(([, text = '']) =>
      Certificate.fromBER(Uint8Array.from(atob(text.replace(/\s/g, '')), (at) => at.charCodeAt(0))),
    )
  } catch (cause) {
    throw new TimestampError('a certificate of the authority cannot be read', { cause })
  }
}

function signedDataOf(response: Uint8Array): SignedData {
  try {
    const answer = TimeStampResp.fromBER(unshared(response))
    if (!granted.includes(answer.status.status)) {
      throw new TimestampError('the authority did not give a timestamp')
    }
    if (answer.timeStampToken?.contentType !== idSignedData) {
      throw new TimestampError('the answer holds no timestamp')
    }
    return new SignedData({ schema: answer.timeStampToken.content })
  } catch (cause) {
    if (cause instanceof TimestampError) throw cause
    throw new TimestampError('the answer is not a timestamp', { cause })
  }
}

function infoOf({ encapContentInfo }: SignedData): TSTInfo {
  const bytes = encapContentInfo.eContent?.valueBlock.valueHexView
  if (encapContentInfo.eContentType !== id_eContentType_TSTInfo || bytes === undefined) {
    throw new TimestampError('the answer holds something else than a timestamp')
  }
  try {
    return TSTInfo.fromBER(new Uint8Array(bytes))
  } catch (cause) {
    throw new TimestampError('the timestamp cannot be read', { cause })
  }
}

/** That the certificate is there to sign timestamps and for nothing else, and says so critically. */
function assertForTimestamps(certificate: Certificate): void {
  const usage = certificate.extensions?.find(({ extnID }) => extnID === id_ExtKeyUsage)
  const purposes = usage?.parsedValue instanceof ExtKeyUsage ? usage.parsedValue.keyPurposes : []
  if (usage?.critical !== true || purposes.length !== 1 || purposes[0] !== timeStamping) {
    throw new TimestampError('the certificate is not one for timestamps')
  }
}

/**
 * Verifies that an authority saw `content`: its signature, the imprint (SHA-256), the chain to a certificate that is
 * trusted here, validity at the time that is stated, the purpose of the certificate, and the nonce when one is given. Does NOT check
 * revocation: an authority that was withdrawn is no longer to be trusted here.
 * @param authority certificates that are trusted: the authority's own root
 * @returns the time that the authority states
 * @throws TimestampError saying what does not hold
 */
export async function verifyTimestamp({
  content,
  response,
  authority,
  nonce,
}: {
  readonly content: Uint8Array
  readonly response: Uint8Array
  readonly authority: readonly Certificate[]
  readonly nonce?: Uint8Array
}): Promise<Date> {
  const signed = signedDataOf(response)
  const info = infoOf(signed)
  const { hashAlgorithm, hashedMessage } = info.messageImprint
  const imprint = new Uint8Array(hashedMessage.valueBlock.valueHexView)
  if (hashAlgorithm.algorithmId !== id_sha256 || !equalBytes(imprint, await sha256(content))) {
    throw new TimestampError('the timestamp is for something else')
  }
  if (nonce !== undefined) {
    const wanted = integerOf(nonce).valueBlock.valueHexView
    const given = info.nonce?.valueBlock.valueHexView
    if (given === undefined || !equalBytes(new Uint8Array(given), new Uint8Array(wanted))) {
      throw new TimestampError('the answer is to another request')
    }
  }
  if (signed.signerInfos.length !== 1) throw new TimestampError('the timestamp has not one signer')
  const verdict = await signed
    .verify({
      signer: 0,
      data: unshared(content),
      trustedCerts: [...authority],
      checkDate: info.genTime,
      checkChain: true,
      extendedMode: true,
    })
    .catch((cause: unknown) => {
      const why = cause instanceof SignedDataVerifyError ? reasonOf(cause) : 'it cannot be verified'
      throw new TimestampError(`the timestamp does not hold: ${why}`, { cause })
    })
  if (verdict.signatureVerified !== true || verdict.signerCertificateVerified !== true) {
    throw new TimestampError('the timestamp does not hold: its signature or its chain is wrong')
  }
  if (!verdict.signerCertificate) throw new TimestampError('the timestamp names no certificate')
  assertForTimestamps(verdict.signerCertificate)
  return info.genTime
}

const reasonOf = ({ signatureVerified, signerCertificateVerified }: SignedDataVerifyError) => {
  if (signerCertificateVerified === false) return 'its certificate leads to none that is trusted'
  return signatureVerified === false ? 'its signature is wrong' : 'it cannot be verified'
}
