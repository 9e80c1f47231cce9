import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Integer, ObjectIdentifier, OctetString } from 'asn1js'
import {
  AlgorithmIdentifier,
  Attribute,
  type Certificate,
  ContentInfo,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  id_ContentType_SignedData,
  id_eContentType_TSTInfo,
  id_sha256,
  MessageImprint,
  PKIStatusInfo,
  SignedAndUnsignedAttributes,
  SignedData,
  SignerInfo,
  TimeStampResp,
  TSTInfo,
} from 'pkijs'
import t from 'tap'
import { UntrustworthyOperator } from '../../src/client/errors.ts'
import { readTimestamps } from '../../src/client/ledger-timestamps.ts'
import { utf8 } from '../../src/kernel/bytes.ts'
import { shifted, systemClock } from '../../src/kernel/clock.ts'
import {
  readCertificates,
  TimestampError,
  timestampRequest,
  verifyTimestamp,
} from '../../src/timestamps/timestamp.ts'
import type { LedgerTimestamps } from '../../src/wire/ledger.ts'
import { run } from '../support/command.ts'
import { openHouse } from '../support/house.ts'
import {
  type CertificateName,
  hasOpenssl,
  makeCertificates,
  openAuthority,
  stamp,
} from '../support/timestamp-authority.ts'

if (!hasOpenssl()) {
  t.plan(0, 'the authority of these tests is OpenSSL 3')
  process.exit()
}

const folder = t.testdir()
makeCertificates(folder)
const pem = (name: string): string => readFileSync(join(folder, `${name}.pem`), 'utf8')
const authority = readCertificates(pem('root'))
const content = utf8('a checkpoint')
const nonce = new Uint8Array(16).fill(0xfe)
const now = systemClock.now()

const house = await openHouse(t)
const tsa = await openAuthority(t, folder)
house.settings.gateway.timestamps = {
  url: tsa.url,
  authorityFile: join(folder, 'root.pem'),
  everyMinutes: 1,
}
const listed = async (name: 'gateway' | 'keyholder' = 'gateway') => {
  const response = await fetch(`${house.pins[name].url}/v1/ledger/timestamps`)
  return ((await response.json()) as LedgerTimestamps).timestamps
}
const dueWork = () => house.operator('gateway').runDueWork()
const read = () => readTimestamps('gateway', house.pins.gateway, pem('root'))

t.test('a timestamp of an authority that OpenSSL is holds', async (t) => {
  const response = stamp(folder, await timestampRequest(content, nonce))
  const at = await verifyTimestamp({ content, response, authority, nonce })
  t.ok(Math.abs(at.getTime() - now.getTime()) < 60_000)
  const claim = { content, response, authority, nonce }
  const wrong: Record<string, [change: Partial<typeof claim>, says: RegExp]> = {
    'for another text': [{ content: utf8('another') }, /something else/],
    'for another request': [{ nonce: new Uint8Array(16) }, /another request/],
    'of a stranger': [{ authority: readCertificates(pem('stranger')) }, /none that is trusted/],
    'of nobody': [{ authority: [] }, /.*/],
    'cut short': [{ response: response.subarray(0, -20) }, /not a timestamp/],
    'that is none': [{ response: utf8('no') }, /not a timestamp/],
  }
  for (const [how, [change, says]] of Object.entries(wrong)) {
    await t.rejects(
      verifyTimestamp({ ...claim, ...change }),
      { name: 'TimestampError', message: says },
      how,
    )
  }
  // Whatever bit is turned, in the signed content or in the signature: it never holds for another time.
  for (const place of [60, 140, 200, response.length - 100, response.length - 3]) {
    const turned = response.slice()
    turned[place] = (turned[place] ?? 0) ^ 1
    const verdict = await verifyTimestamp({ ...claim, response: turned }).catch((e: unknown) => e)
    t.ok(
      verdict instanceof TimestampError || (verdict as Date).getTime() === at.getTime(),
      `bit at ${place}`,
    )
  }
  t.throws(() => readCertificates('no certificate'), TimestampError)
  t.throws(() => readCertificates(pem('root').replace(/[A-P]/g, 'Q')), TimestampError)
})

/** A timestamp as a dishonest or careless authority under the same root could make it. */
async function forged(
  name: CertificateName,
  { genTime = now, status = 0 }: { readonly genTime?: Date; readonly status?: number } = {},
): Promise<Uint8Array> {
  const [certificate] = readCertificates(pem(name)) as [Certificate]
  const text = readFileSync(join(folder, `${name}.key`), 'utf8').replace(/-----[^-]+-----|\s/g, '')
  const key = await crypto.subtle.importKey(
    'pkcs8',
    Buffer.from(text, 'base64'),
    { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    false,
    ['sign'],
  )
  const digest = async (bytes: Uint8Array) => crypto.subtle.digest('SHA-256', new Uint8Array(bytes))
  const info = new TSTInfo({
    version: 1,
    policy: '1.2.3.4.1',
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: id_sha256 }),
      hashedMessage: new OctetString({ valueHex: await digest(content) }),
    }),
    serialNumber: new Integer({ value: 7 }),
    genTime,
  })
  const bytes = new Uint8Array(info.toSchema().toBER())
  const { issuer, serialNumber } = certificate
  const encapContentInfo = new EncapsulatedContentInfo({ eContentType: id_eContentType_TSTInfo })
  // Given to the constructor it would be cut into pieces, as DER does not allow.
  encapContentInfo.eContent = new OctetString({ valueHex: bytes.slice().buffer })
  const signed = new SignedData({
    version: 3,
    encapContentInfo,
    signerInfos: [
      new SignerInfo({
        version: 1,
        sid: new IssuerAndSerialNumber({ issuer, serialNumber }),
        signedAttrs: new SignedAndUnsignedAttributes({
          type: 0,
          attributes: [
            new Attribute({
              type: '1.2.840.113549.1.9.3',
              values: [new ObjectIdentifier({ value: id_eContentType_TSTInfo })],
            }),
            new Attribute({
              type: '1.2.840.113549.1.9.4',
              values: [new OctetString({ valueHex: await digest(bytes) })],
            }),
          ],
        }),
      }),
    ],
    certificates: [certificate],
  })
  await signed.sign(key, 0, 'SHA-256')
  const answer = new TimeStampResp({
    status: new PKIStatusInfo({ status }),
    timeStampToken: new ContentInfo({
      contentType: id_ContentType_SignedData,
      content: signed.toSchema(true),
    }),
  })
  return new Uint8Array(answer.toSchema().toBER())
}

t.test('only a certificate for timestamps signs them, and only while it is valid', async (t) => {
  const verdictOn = async (response: Uint8Array) =>
    verifyTimestamp({ content, response, authority }).catch((error: unknown) => error)
  const fine = await verdictOn(await forged('tsa'))
  t.ok(fine instanceof Date, 'made like this it holds')
  const wrong: Record<string, Promise<Uint8Array>> = {
    'a purpose that is not critical': forged('lax'),
    'a second purpose': forged('both'),
    'another purpose': forged('server'),
    'no purpose': forged('none'),
    'before it was valid': forged('tsa', { genTime: shifted(now, -86_400) }),
    'after it was valid': forged('tsa', { genTime: shifted(now, 11 * 86_400) }),
    'not granted': forged('tsa', { status: 2 }),
  }
  for (const [how, response] of Object.entries(wrong)) {
    t.ok((await verdictOn(await response)) instanceof TimestampError, how)
  }
})

t.test('checkpoints are stamped where that is set, and verified by anybody', async (t) => {
  await dueWork()
  t.equal(tsa.asked.length, 0, 'without the setting nobody is asked')
  t.same(await read(), [])
  await house.stop('gateway')
  await house.start('gateway')
  await dueWork()
  const size = await house.ledgerSize('gateway')
  t.match(await listed(), [{ size }])
  t.match(await read(), [{ size, at: /Z$/ }])
  t.same(await listed('keyholder'), [])

  await house.admit('politie')
  await dueWork()
  t.equal(tsa.asked.length, 1, 'not before its time')
  house.clock.advance(61)
  await dueWork()
  const grown = await house.ledgerSize('gateway')
  t.match(await read(), [{ size: grown }, { size }])
  house.clock.advance(61)
  await dueWork()
  t.equal(tsa.asked.length, 2, 'a ledger that has not grown is not stamped again')
  const before = await fetch(`${house.pins.gateway.url}/v1/ledger/timestamps?before=${grown}`)
  t.match(await before.json(), { timestamps: [{ size }] })

  const { url, rootThumbprint } = house.pins.gateway
  const words = ['--url', url, '--thumbprint', rootThumbprint]
  const shown = await run(
    house.folder,
    'src/client/cli.ts',
    ...['ledger', 'timestamps', '--authority', join(folder, 'root.pem'), ...words],
  )
  t.match(shown, { code: 0, out: new RegExp(`Z  ${grown} entries\n`) })
})

t.test('an authority that answers wrongly is not believed, and holds nothing up', async (t) => {
  const first = stamp(folder, tsa.asked[0] ?? new Uint8Array())
  const late = await forged('tsa')
  const answers: Record<string, () => Uint8Array | number> = {
    'an answer to an earlier request': () => first,
    'another certificate': () => late,
    nothing: () => new Uint8Array(),
    'a page': () => utf8('<html>'),
    'an error': () => 500,
    'too much': () => new Uint8Array(70_000),
  }
  const kept = await listed()
  house.clock.advance(61)
  let agencies = 0
  for (const [how, answer] of Object.entries(answers)) {
    agencies += 1
    await house.admit(`agency-${agencies}`)
    const asked = tsa.asked.length
    tsa.answer(answer)
    await dueWork()
    t.equal(tsa.asked.length, asked + 1, how)
    t.same(await listed(), kept, `${how}: nothing is kept`)
  }
  const told = house.logged.filter((line) => line.includes('the upkeep of the ledger fails'))
  t.equal(told.length, 1, 'told once')
  tsa.answer(undefined)
  await dueWork()
  t.equal((await listed()).length, kept.length + 1)
  await house.admit('agency-late')
  house.clock.advance(300)
  await dueWork()
  t.equal((await listed()).length, kept.length + 1, 'nor one whose clock is far from the own one')
})

t.test('an operator cannot show a stamp that is not of its history', async (t) => {
  const [newest, older] = await listed()
  if (newest === undefined || older === undefined) throw new Error('two stamps are needed')
  const put = (size: number, change: { checkpoint?: string; response?: Buffer }) =>
    house.db.gateway.updateTable('ledger_timestamp').set(change).where('size', '=', size).execute()
  await put(newest.size, { checkpoint: older.checkpoint })
  await t.rejects(read(), { name: 'TimestampError' }, 'an older time for newer entries')
  await put(newest.size, { checkpoint: newest.checkpoint.replace(`\n${newest.size}\n`, '\n1\n') })
  await t.rejects(read(), /signature/, 'a checkpoint that it did not sign')
  await put(newest.size, { checkpoint: newest.checkpoint })
  t.equal((await read())[0]?.size, newest.size)

  // A history that was rewritten after it was stamped, with a fresh signature.
  const head = await house.db.gateway
    .selectFrom('ledger_head')
    .selectAll()
    .executeTakeFirstOrThrow()
  const fewer = await fetch(`${house.pins.gateway.url}/v1/ledger/timestamps?before=${newest.size}`)
  const [past] = ((await fewer.json()) as LedgerTimestamps).timestamps
  await house.db.gateway
    .updateTable('ledger_head')
    .set({ checkpoint: past?.checkpoint ?? '' })
    .execute()
  await t.rejects(read(), UntrustworthyOperator, 'rolled back to before the stamp')
  await house.db.gateway.updateTable('ledger_head').set({ checkpoint: head.checkpoint }).execute()
  await t.rejects(readTimestamps('gateway', house.pins.gateway, pem('stranger')), TimestampError)
})
