import fc from 'fast-check'
import t from 'tap'
import { base64, base64url, fromBase64, fromBase64url } from '../../src/kernel/bytes.ts'

t.test('bytes are written and read as everybody else does', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const told = Buffer.from(bytes)
      return (
        base64(bytes) === told.toString('base64') &&
        base64url(bytes) === told.toString('base64url') &&
        told.equals(fromBase64(base64(bytes))) &&
        told.equals(fromBase64url(base64url(bytes)))
      )
    }),
  )
})

t.test('one text has one meaning, and one sequence of bytes one text', async (t) => {
  // RFC 4648 §3.5: bits beyond the last byte are zero. Here nothing else is read.
  for (const text of ['QR==', 'QUJ=', 'AB==', 'AAB=', 'Q===', '====', '=', 'QQ=A', 'QQ', 'Q Q=']) {
    t.throws(() => fromBase64(text), RangeError, text)
  }
  for (const text of ['QR', 'QUJ', 'QQ==', 'Q', 'Q+', 'Q/']) {
    t.throws(() => fromBase64url(text), RangeError, text)
  }
  t.same(fromBase64('QQ=='), new Uint8Array([65]))
  t.same(fromBase64(''), new Uint8Array(0))
})
