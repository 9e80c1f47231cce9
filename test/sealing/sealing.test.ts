import { createDecipheriv, createHash, hkdfSync } from 'node:crypto'
import { CompactEncrypt, decodeProtectedHeader, exportJWK, generateKeyPair, type JWK } from 'jose'
import t from 'tap'
import { base64url, concat, fromBase64url, utf8 } from '../../src/kernel/bytes.ts'
import { canonicalBytes } from '../../src/kernel/canonical.ts'
import { systemRandomness } from '../../src/kernel/random.ts'
import { checkHalf, openHalf, sealHalf } from '../../src/sealing/half.ts'
import { contentLimit, pad, unpad } from '../../src/sealing/padding.ts'
import { hashOfSealed, open, seal } from '../../src/sealing/sealing.ts'
import type { OpenHalf, SealContext, SealedField } from '../../src/sealing/types.ts'

type Pair = { publicJwk: JWK; privateJwk: JWK }
const makePair = async (crv: 'X25519' | 'P-256'): Promise<Pair> => {
  const { publicKey, privateKey } = await generateKeyPair('ECDH-ES+A256KW', {
    crv,
    extractable: true,
  })
  return { publicJwk: await exportJWK(publicKey), privateJwk: await exportJWK(privateKey) }
}

const gateway = await makePair('X25519')
const keyholder = await makePair('P-256')
const receiver = await makePair('X25519')
const stranger = await makePair('X25519')
const operators = { gateway: gateway.publicJwk, keyholder: keyholder.publicJwk }

const context: SealContext = {
  signalId: '6f1c1f3e-4d0f-4a8a-9d38-1c1b2b8e7a10',
  purpose: 'trafficking-adults',
  owner: 'gemeente-utrecht',
  field: 'narrative',
}
const content = 'Slaapt boven het restaurant; paspoort ligt bij de werkgever. — §273f'

const sealIt = (changes: Partial<SealContext> & { content?: string } = {}): Promise<SealedField> =>
  seal({ ...context, content, ...changes, operators, random: systemRandomness })

const halvesOf = async (sealed: SealedField) => ({
  gateway: await openHalf(sealed.halves.gateway, gateway.privateJwk),
  keyholder: await openHalf(sealed.halves.keyholder, keyholder.privateJwk),
})

const flipped = (text: string, index: number): string => {
  const bytes = fromBase64url(text)
  bytes[index] = (bytes[index] ?? 0) ^ 1
  return base64url(bytes)
}

t.test('who has both halves reads exactly what was sealed', async (t) => {
  const texts = [
    '',
    'a',
    content,
    '\u{1F9ED}\u0000\n',
    'é'.repeat(contentLimit / 2),
    'x'.repeat(252),
    'x'.repeat(253),
  ]
  for (const text of texts) {
    const sealed = await sealIt({ content: text })
    t.equal(await open({ sealed, halves: await halvesOf(sealed), context }), text)
  }
})

t.test('operators release their halves to a receiver, who then can read', async (t) => {
  const sealed = await sealIt()
  const halves = await halvesOf(sealed)
  checkHalf(halves.gateway, { name: 'gateway', context, halfHashes: sealed.halfHashes })
  t.throws(() =>
    checkHalf(halves.gateway, { name: 'keyholder', context, halfHashes: sealed.halfHashes }),
  )
  const released = {
    gateway: await sealHalf(halves.gateway, receiver.publicJwk),
    keyholder: await sealHalf(halves.keyholder, receiver.publicJwk),
  }
  const received = {
    gateway: await openHalf(released.gateway, receiver.privateJwk),
    keyholder: await openHalf(released.keyholder, receiver.privateJwk),
  }
  t.equal(
    await open({ sealed: { ...sealed, halves: released }, halves: received, context }),
    content,
  )
  t.equal(
    hashOfSealed({ ...sealed, halves: released }),
    hashOfSealed(sealed),
    'a grant still names it',
  )
  await t.rejects(openHalf(released.gateway, stranger.privateJwk), {
    name: 'BrokenSeal',
    part: 'half',
  })
})

t.test('one half alone does not open anything', async (t) => {
  const sealed = await sealIt()
  const { gateway: own, keyholder: theirs } = await halvesOf(sealed)
  const invented: OpenHalf = { ...theirs, half: systemRandomness.bytes(32) }
  const attempts: Record<string, { gateway: OpenHalf; keyholder: OpenHalf }> = {
    'the own half twice': { gateway: own, keyholder: own },
    'the own half under the other name': { gateway: own, keyholder: { ...own, name: 'keyholder' } },
    'an invented half': { gateway: own, keyholder: invented },
    'a half of zeros': { gateway: own, keyholder: { ...theirs, half: new Uint8Array(32) } },
    'the halves exchanged': { gateway: theirs, keyholder: own },
  }
  for (const [what, halves] of Object.entries(attempts)) {
    await t.rejects(open({ sealed, halves, context }), { name: 'BrokenSeal' }, what)
  }
  await t.rejects(
    openHalf(sealed.halves.keyholder, gateway.privateJwk),
    { name: 'BrokenSeal' },
    'the other JWE',
  )

  // With the hash of the invented half put in place of the real one, the body itself refuses.
  const halfHashes = {
    gateway: sealed.halfHashes.gateway,
    keyholder: createHash('sha256').update(invented.half).digest('base64url'),
  }
  const rebind = (half: OpenHalf): OpenHalf => ({
    ...half,
    binding: { ...half.binding, halfHashes },
  })
  await t.rejects(
    open({
      sealed: { ...sealed, halfHashes },
      halves: { gateway: rebind(own), keyholder: rebind(invented) },
      context,
    }),
    { name: 'BrokenSeal', part: 'body' },
  )
})

t.test(
  'an independent implementation opens a body with both halves, and with no less',
  async (t) => {
    const sealed = await sealIt()
    const halves = await halvesOf(sealed)
    const additionalData = canonicalBytes({ v: 1, ...context, halfHashes: sealed.halfHashes })
    const body = fromBase64url(sealed.body)
    const openWith = (one: Uint8Array, other: Uint8Array): string => {
      const key = hkdfSync('sha256', concat(one, other), new Uint8Array(), additionalData, 32)
      const decipher = createDecipheriv('aes-256-gcm', new Uint8Array(key), body.subarray(0, 12))
      decipher.setAAD(additionalData).setAuthTag(body.subarray(-16))
      const padded = Buffer.concat([decipher.update(body.subarray(12, -16)), decipher.final()])
      return padded.subarray(4, 4 + padded.readUInt32BE(0)).toString('utf8')
    }
    const { gateway: own, keyholder: theirs } = halves
    t.equal(openWith(own.half, theirs.half), content)
    const nothing = new Uint8Array(32)
    for (const [one, other] of [
      [own.half, own.half],
      [theirs.half, theirs.half],
      [theirs.half, own.half],
      [own.half, nothing],
      [nothing, theirs.half],
      [own.half, new Uint8Array()],
      [new Uint8Array(), theirs.half],
    ] as const) {
      t.throws(() => openWith(one, other), /unable to authenticate/i)
    }
  },
)

t.test('a seal holds for one signal, purpose, owner and field only', async (t) => {
  const sealed = await sealIt()
  const halves = await halvesOf(sealed)
  for (const member of ['signalId', 'purpose', 'owner', 'field'] as const) {
    const other = { ...context, [member]: 'another' }
    const moved = { ...sealed, field: other.field }
    await t.rejects(
      open({ sealed: moved, halves, context: other }),
      { name: 'BrokenSeal', part: 'binding' },
      member,
    )
    // An operator sees the same before it releases anything.
    t.throws(() =>
      checkHalf(halves.gateway, { name: 'gateway', context: other, halfHashes: sealed.halfHashes }),
    )
    // Even where the half's binding is rewritten along, the body refuses.
    const rewrite = (half: OpenHalf): OpenHalf => ({
      ...half,
      binding: { ...half.binding, [member]: 'another' },
    })
    await t.rejects(
      open({
        sealed: moved,
        halves: { gateway: rewrite(halves.gateway), keyholder: rewrite(halves.keyholder) },
        context: other,
      }),
      { name: 'BrokenSeal', part: 'body' },
      `${member}, with rewritten halves`,
    )
  }
  await t.rejects(open({ sealed: { ...sealed, field: 'address' }, halves, context }), {
    name: 'BrokenSeal',
    part: 'binding',
  })
})

t.test('the halves of one field open no other field of the same signal', async (t) => {
  const narrative = await sealIt()
  const address = await sealIt({ field: 'address', content: 'Oudegracht 1' })
  const halves = await halvesOf(narrative)
  await t.rejects(open({ sealed: address, halves, context: { ...context, field: 'address' } }), {
    name: 'BrokenSeal',
  })
  const mixed = { gateway: (await halvesOf(address)).gateway, keyholder: halves.keyholder }
  await t.rejects(open({ sealed: narrative, halves: mixed, context }), { name: 'BrokenSeal' })
  await t.rejects(open({ sealed: { ...narrative, body: address.body }, halves, context }), {
    name: 'BrokenSeal',
    part: 'body',
  })
})

t.test('a changed body, half or hash is refused', async (t) => {
  const sealed = await sealIt()
  const halves = await halvesOf(sealed)
  const length = fromBase64url(sealed.body).length
  for (const index of [0, 11, 12, length - 17, length - 1]) {
    const body = flipped(sealed.body, index)
    await t.rejects(
      open({ sealed: { ...sealed, body }, halves, context }),
      { name: 'BrokenSeal', part: 'body' },
      `byte ${index}`,
    )
  }
  for (const body of ['', 'AAAA', sealed.body.slice(0, -4), `${sealed.body}AAAA`, '***']) {
    await t.rejects(open({ sealed: { ...sealed, body }, halves, context }), {
      name: 'BrokenSeal',
      part: 'body',
    })
  }
  for (const name of ['gateway', 'keyholder'] as const) {
    const halfHashes = { ...sealed.halfHashes, [name]: flipped(sealed.halfHashes[name], 0) }
    await t.rejects(open({ sealed: { ...sealed, halfHashes }, halves, context }), {
      name: 'BrokenSeal',
      part: 'binding',
    })
    const half = halves[name].half.slice()
    half[31] = (half[31] ?? 0) ^ 0x80
    const changed = { ...halves, [name]: { ...halves[name], half } }
    await t.rejects(open({ sealed, halves: changed, context }), {
      name: 'BrokenSeal',
      part: 'half',
    })
    t.not(hashOfSealed({ ...sealed, halfHashes }), hashOfSealed(sealed))
  }
  t.not(hashOfSealed({ ...sealed, body: flipped(sealed.body, 20) }), hashOfSealed(sealed))
})

t.test('a JWE is a half only with the right type, algorithms, form and hash', async (t) => {
  const sealed = await sealIt()
  const { name, half, binding } = (await halvesOf(sealed)).gateway
  const payload = { name, half: base64url(half), binding }
  const header = { alg: 'ECDH-ES+A256KW', enc: 'A256GCM', typ: 'raakvlak-half' }
  const encrypt = (content: unknown, changes: object = {}) =>
    new CompactEncrypt(canonicalBytes(content))
      .setProtectedHeader({ ...header, ...changes })
      .encrypt(gateway.publicJwk)
  t.equal((await openHalf(await encrypt(payload), gateway.privateJwk)).name, 'gateway')

  const refused: Record<string, string> = {
    'another type': await encrypt(payload, { typ: 'JWT' }),
    'no type': await encrypt(payload, { typ: undefined }),
    'another key algorithm': await encrypt(payload, { alg: 'ECDH-ES' }),
    'another content algorithm': await encrypt(payload, { enc: 'A128GCM' }),
    'a member more': await encrypt({ ...payload, more: 1 }),
    'no binding': await encrypt({ name, half: payload.half }),
    'another version': await encrypt({ ...payload, binding: { ...binding, v: 2 } }),
    'the other name': await encrypt({ ...payload, name: 'keyholder' }),
    'another half': await encrypt({ ...payload, half: base64url(new Uint8Array(32)) }),
    'a short half': await encrypt({ ...payload, half: base64url(half.subarray(1)) }),
    'not JSON': await new CompactEncrypt(utf8('half'))
      .setProtectedHeader(header)
      .encrypt(gateway.publicJwk),
    'a changed JWE': sealed.halves.gateway.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')),
    'no JWE': 'half',
  }
  for (const [what, jwe] of Object.entries(refused)) {
    await t.rejects(openHalf(jwe, gateway.privateJwk), { name: 'BrokenSeal', part: 'half' }, what)
  }
})

t.test('halves go to public keys of X25519 or P-256 only, and the JWE names the key', async (t) => {
  const { publicKey } = await generateKeyPair('ECDH-ES+A256KW', { crv: 'P-384', extractable: true })
  const rsa = await generateKeyPair('RSA-OAEP-256', { extractable: true })
  for (const key of [
    await exportJWK(publicKey),
    await exportJWK(rsa.publicKey),
    gateway.privateJwk,
    {},
  ]) {
    await t.rejects(
      seal({
        ...context,
        content,
        operators: { ...operators, keyholder: key },
        random: systemRandomness,
      }),
      RangeError,
    )
  }
  const named = { ...gateway.publicJwk, kid: 'gateway-2026' }
  const sealed = await seal({
    ...context,
    content,
    operators: { ...operators, gateway: named },
    random: systemRandomness,
  })
  t.equal(decodeProtectedHeader(sealed.halves.gateway).kid, 'gateway-2026')
})

t.test('the length of what is sealed says little about the text', async (t) => {
  const lengthsOf = async (text: string) => {
    const { body, halves } = await sealIt({ content: text })
    return [body.length, halves.gateway.length, halves.keyholder.length]
  }
  const short = await lengthsOf('')
  for (const text of ['ja', 'nee', content, 'x'.repeat(252)])
    t.strictSame(await lengthsOf(text), short)
  t.ok(((await lengthsOf('x'.repeat(253)))[0] ?? 0) > (short[0] ?? 0))
  await t.rejects(sealIt({ content: 'x'.repeat(contentLimit + 1) }), RangeError)
  await t.rejects(sealIt({ content: '\ud800' }), RangeError)
})

t.test('padding is undone only as it was done', async (t) => {
  t.equal(unpad(pad('tekst')), 'tekst')
  const early = pad('tekst')
  early[255] = 1
  const long = new Uint8Array(512)
  const overlong = pad('tekst')
  overlong[0] = 0xff
  const notText = pad('tekst')
  notText[4] = 0xff
  for (const bytes of [early, long, overlong, new Uint8Array(), new Uint8Array(255)]) {
    t.throws(() => unpad(bytes), RangeError)
  }
  t.throws(() => unpad(notText), TypeError)
})

t.test('nothing of the text, the halves or the key shows in what is stored', async (t) => {
  const sealed = await sealIt({ content: 'Oudegracht Oudegracht Oudegracht' })
  const { gateway: own, keyholder: theirs } = await halvesOf(sealed)
  const stored = JSON.stringify(sealed)
  for (const secret of [
    'Oudegracht',
    base64url(utf8('Oudegracht')),
    base64url(own.half),
    base64url(theirs.half),
  ]) {
    t.notOk(stored.includes(secret))
  }
  const again = await sealIt({ content: 'Oudegracht Oudegracht Oudegracht' })
  t.not(again.body, sealed.body, 'the same text seals differently every time')
  t.not(again.halfHashes.gateway, sealed.halfHashes.gateway)
  t.ok(sealed.halves.gateway.length < 2_000 && sealed.halves.keyholder.length < 2_000)
})
