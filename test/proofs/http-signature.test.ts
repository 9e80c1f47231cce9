import { createSignature, verifySignature, webcrypto } from 'http-message-sig'
import { importJWK, type JWK } from 'jose'
import t from 'tap'
import { utf8 } from '../../src/kernel/bytes.ts'
import { contentDigestOf } from '../../src/proofs/http-signature.ts'

/** RFC 9421, appendix B.1.4: the test key Ed25519. */
const testKey: JWK = {
  kty: 'OKP',
  crv: 'Ed25519',
  kid: 'test-key-ed25519',
  d: 'n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU',
  x: 'JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs',
}

t.test('the library signs as the example B.2.6 of RFC 9421', async (t) => {
  const { d: _secret, ...publicKey } = testKey
  const request = {
    kind: 'request' as const,
    method: 'POST',
    targetUri: 'https://example.com/foo?param=Value&Pet=dog',
    fields: Object.entries({
      host: 'example.com',
      date: 'Tue, 20 Apr 2021 02:07:55 GMT',
      'content-type': 'application/json',
      'content-digest':
        'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:',
      'content-length': '18',
    }).map(([name, value]) => ({ name, value })),
  }
  const fields = await createSignature(request, {
    label: 'sig-b26',
    components: ['date', '@method', '@path', '@authority', 'content-type', 'content-length'],
    parameters: { created: 1_618_884_473, keyid: 'test-key-ed25519' },
    signer: webcrypto.signer((await importJWK(testKey, 'EdDSA')) as CryptoKey),
  })
  t.equal(
    fields.signature,
    'sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:',
  )
  const verifier = webcrypto.verifier((await importJWK(publicKey, 'EdDSA')) as CryptoKey)
  const signed = {
    ...request,
    fields: [
      ...request.fields,
      { name: 'signature', value: fields.signature },
      { name: 'signature-input', value: fields.signatureInput },
    ],
  }
  const verify = (message: typeof signed) =>
    verifySignature(message, {
      policy: {
        algorithms: ['ed25519'],
        requiredComponents: ['@method'],
        requiredParameters: ['created'],
        now: 1_618_884_480,
      },
      resolveVerifier: () => verifier,
    })
  t.match(await verify(signed), { label: 'sig-b26' })
  await t.rejects(verify({ ...signed, method: 'PUT' }))
})

t.test('the digest of a body is as RFC 9530 prints it', (t) => {
  t.equal(
    contentDigestOf(utf8('{"hello": "world"}')),
    'sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:',
    'without a line end',
  )
  t.equal(
    contentDigestOf(utf8('{"hello": "world"}\n')),
    'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:',
    'with one',
  )
  t.end()
})
