import t from 'tap'
import { hex } from '../../src/kernel/bytes.ts'
import { systemRandomness } from '../../src/kernel/random.ts'
import { signCheckpoint } from '../../src/proofs/checkpoint.ts'
import { cosign, openCosignature } from '../../src/proofs/cosignature.ts'
import { emptyRoot } from '../../src/proofs/merkle.ts'
import { parseNote, parseVerifierKey, signerFromSeed } from '../../src/proofs/note.ts'
import {
  hasTile,
  parseTilePath,
  tilePath,
  tilePositions,
  tilesFrom,
} from '../../src/proofs/tiles.ts'

t.test('the tiles of a tree are those of the specification', async (t) => {
  // C2SP tlog-tiles: 70,000 leaves have 273 full tiles and one of 112, then one full and one of 17, then one of 1.
  const widths = (level: number) => tilesFrom(0, 70_000, level).map(({ width }) => width)
  t.same(widths(0), [...Array.from({ length: 273 }, () => 256), 112])
  t.same(widths(1), [256, 17])
  t.same(widths(2), [1])
  t.same(widths(3), [])
  t.same(
    [0, 1].map((level) => tilesFrom(0, 256, level).map(({ width }) => width)),
    [[256], [1]],
  )
  t.equal(tilePath({ level: 0, index: 1_234_067, width: 256 }), '0/x001/x234/067')
  t.equal(tilePath({ level: 2, index: 0, width: 1 }), '2/000.p/1')
  t.same(parseTilePath('0/x001/x234/067.p/12'), { level: 0, index: 1_234_067, width: 12 })
  t.same(tilePositions({ level: 1, index: 2, width: 2 }), [
    { level: 8, index: 512 },
    { level: 8, index: 513 },
  ])
  t.equal(hasTile(70_000, { level: 1, index: 1, width: 17 }), true)
  t.equal(hasTile(70_000, { level: 1, index: 1, width: 18 }), false)
})

t.test('a tile has one path', async (t) => {
  for (const path of [
    '0/0',
    '00/000',
    '64/000',
    '0/x000/001',
    '0/001/002',
    '0/000.p/0',
    '0/000.p/256',
    '0/000.p/012',
    '0/000/',
    '0/-01',
    'entries/000',
    '0/x001/x234/x567/x890/x123/456',
    '',
  ]) {
    t.equal(parseTilePath(path), undefined, path)
  }
})

const origin = 'gateway.example/ledger'
const ledger = await signerFromSeed(origin, systemRandomness.bytes(32))
const seed = systemRandomness.bytes(32)
const witness = await signerFromSeed('witness.example/w1', seed, 'cosignature')
const at = new Date('2026-11-25T10:00:00.000Z')
const note = await signCheckpoint({ origin, size: 0, root: emptyRoot }, ledger)
const cosigned = `${note}${await cosign(note, witness, at)}`

t.test('a cosignature vouches for a checkpoint at a time', async (t) => {
  const opened = await openCosignature(cosigned, witness.verifierKey)
  t.same(opened.at, at)
  t.equal(opened.checkpoint.origin, origin)
  t.equal(Buffer.from(parseNote(cosigned).signatures[1]!.signature).length, 72)
})

t.test(
  'the line of the specification has the length, the time and the name that it should',
  async (t) => {
    // C2SP tlog-cosignature, first example; its key is not published.
    const { signatures } = parseNote(
      [
        'example.com/behind-the-sofa',
        '20852163',
        'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=',
        '',
        '— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==',
        '',
      ].join('\n'),
    )
    t.equal(signatures[0]?.name, 'witness.example.com/w1')
    t.equal(signatures[0]?.signature.length, 72)
    t.equal(Number(Buffer.from(signatures[0]!.signature).readBigUInt64BE(0)), 1_679_315_147)
  },
)

t.test('what a witness did not sign is refused', async (t) => {
  const stranger = await signerFromSeed(witness.name, systemRandomness.bytes(32), 'cosignature')
  await t.rejects(openCosignature(cosigned, stranger.verifierKey), /not cosigned once/)
  await t.rejects(openCosignature(note, witness.verifierKey), /not cosigned once/)
  await t.rejects(
    openCosignature(`${cosigned}${await cosign(note, witness, at)}`, witness.verifierKey),
    /not cosigned once/,
  )
  const other = await signCheckpoint({ origin, size: 1, root: systemRandomness.bytes(32) }, ledger)
  const moved = `${other}${cosigned.slice(note.length)}`
  await t.rejects(openCosignature(moved, witness.verifierKey), /does not fit/)
  const line = cosigned.slice(note.length)
  const [, encoded = ''] = /^— \S+ (\S+)\n$/.exec(line) ?? []
  for (const place of [4, 11, 12, 75]) {
    const bytes = Buffer.from(encoded, 'base64')
    bytes[place] = (bytes[place] ?? 0) ^ 1
    const forged = `${note}— ${witness.name} ${bytes.toString('base64')}\n`
    await t.rejects(
      openCosignature(forged, witness.verifierKey),
      /does not fit|impossible/,
      `${place}`,
    )
  }
})

t.test('a key for one kind of signature is none for the other', async (t) => {
  const sameSeed = await signerFromSeed(witness.name, seed)
  t.not(sameSeed.verifierKey, witness.verifierKey)
  t.not(
    hex(parseVerifierKey(sameSeed.verifierKey).id),
    hex(parseVerifierKey(witness.verifierKey, 'cosignature').id),
  )
  t.throws(() => parseVerifierKey(witness.verifierKey), /not an Ed25519 key for a signature/)
  t.throws(() => parseVerifierKey(ledger.verifierKey, 'cosignature'), /for a cosignature/)
})
