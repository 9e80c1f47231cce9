import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import t from 'tap'
import { base64, concat, fromBase64, utf8 } from '../../src/kernel/bytes.ts'
import { systemRandomness } from '../../src/kernel/random.ts'
import {
  checkpointText,
  openCheckpoint,
  parseCheckpointText,
  signCheckpoint,
} from '../../src/proofs/checkpoint.ts'
import { commitmentOf, entryLeaf, parsePayload, payloadOf } from '../../src/proofs/entry.ts'
import {
  appendLeaves,
  emptyFrontier,
  emptyRoot,
  proofsFrom,
  rootOf,
} from '../../src/proofs/merkle.ts'
import {
  NoteError,
  openNote,
  parseVerifierKey,
  signerFromSeed,
  signNote,
  verifierKeyOf,
} from '../../src/proofs/note.ts'
import { verifyReceipt } from '../../src/proofs/receipt.ts'
import type { Receipt } from '../../src/wire/common.ts'

const vectors = JSON.parse(
  await readFile(new URL('../vectors/signed-note.json', import.meta.url), 'utf8'),
)

const origin = 'gateway.example/ledger'
const signer = await signerFromSeed(origin, systemRandomness.bytes(32))
const stranger = await signerFromSeed(origin, systemRandomness.bytes(32))

t.test('the note of the specification opens', async (t) => {
  const { note, text, verifierKey } = vectors.specification
  t.equal(await openNote(note, verifierKey), text)
})

t.test('the note of the Go implementation opens, and its key signs the same note', async (t) => {
  const { note, text, verifierKey, signerKey } = vectors.go
  t.equal(await openNote(note, verifierKey), text)
  const seed = fromBase64(signerKey.split('+').slice(4).join('+')).slice(1)
  const peter = await signerFromSeed('PeterNeumann', seed)
  t.equal(peter.verifierKey, verifierKey)
  t.equal(await signNote(text, peter), note)
})

t.test('published verifier keys are read and written back', async (t) => {
  const keys = [
    vectors.specification.verifierKey,
    vectors.go.verifierKey,
    ...vectors.otherVerifierKeys,
  ]
  for (const key of keys) {
    const { name, publicKey } = parseVerifierKey(key)
    t.equal(verifierKeyOf(name, publicKey), key)
  }
})

t.test('a verifier key that is malformed, of another kind or misnamed is refused', async (t) => {
  const key: string = vectors.specification.verifierKey
  const bad = [
    '',
    'example.com/foo',
    key.replace('530d903a', '530d903b'),
    key.replace('530d903a', '530D903A'),
    key.replace('example.com/foo', 'example.com/bar'),
    key.replace('example.com/foo', 'example.com/f oo'),
    key.replace('+Aeky', '+AukyAA'),
    `${key}!`,
    `${key}\n`,
    key.slice(0, -4),
  ]
  for (const text of bad) t.throws(() => parseVerifierKey(text), NoteError, JSON.stringify(text))
})

t.test('a note changed anywhere is refused', async (t) => {
  const note = await signNote('one\n\nthree\n', signer)
  t.equal(await openNote(note, signer.verifierKey), 'one\n\nthree\n')
  await fc.assert(
    fc.asyncProperty(
      fc.nat(note.length - 1),
      fc.integer({ min: 0, max: 126 }),
      async (at, code) => {
        const character = String.fromCharCode(code)
        if (note[at] === character) return true
        const changed = `${note.slice(0, at)}${character}${note.slice(at + 1)}`
        return openNote(changed, signer.verifierKey).then(
          () => false,
          (error) => error instanceof NoteError,
        )
      },
    ),
    { numRuns: 400 },
  )
})

t.test('a note counts only under the pinned key, whatever else is on it', async (t) => {
  const text = 'hello\n'
  const other = await signerFromSeed('other.example', systemRandomness.bytes(32))
  const own = await signNote(text, signer)
  const theirs = await signNote(text, other)
  const forged = await signNote(text, stranger)
  const lineOf = (note: string) => note.slice(text.length + 1)
  const unknown = `— who.example ${base64(concat(utf8('abcd'), new Uint8Array(2420)))}\n`
  t.equal(await openNote(own + lineOf(theirs) + unknown, signer.verifierKey), text)
  await t.rejects(openNote(theirs, signer.verifierKey), NoteError, 'not signed by the pinned key')
  await t.rejects(openNote(forged, signer.verifierKey), NoteError, 'same name, another key')
  const garbled = lineOf(own).replace(/.{8}=*\n$/, 'AAAAAAA=\n')
  await t.rejects(openNote(own + garbled, signer.verifierKey), NoteError, 'good beside bad')
  await t.rejects(openNote(text, signer.verifierKey), NoteError, 'no signature')
  await t.rejects(openNote(`${text}\n`, signer.verifierKey), NoteError, 'no signature line')
  await t.rejects(openNote(own + lineOf(theirs).repeat(16), signer.verifierKey), NoteError, 'flood')
  await t.rejects(openNote('x'.repeat(70_000) + own, signer.verifierKey), NoteError, 'too long')
})

t.test('a text that could be read in two ways is not signed', async (t) => {
  for (const text of ['', 'no newline', 'bell\u0007\n', 'tab\t\n', 'return\r\n', 'lone \ud800\n']) {
    await t.rejects(signNote(text, signer), NoteError, JSON.stringify(text))
  }
  await t.rejects(signerFromSeed('a b', new Uint8Array(32)), NoteError)
  await t.rejects(signerFromSeed('a+b', new Uint8Array(32)), NoteError)
  await t.rejects(signerFromSeed('', new Uint8Array(32)), NoteError)
  await t.rejects(signerFromSeed(origin, new Uint8Array(31)), NoteError)
})

t.test('a checkpoint reads as the specification writes it', async (t) => {
  const text =
    'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'
  const checkpoint = parseCheckpointText(text)
  t.equal(checkpoint.origin, 'example.com/behind-the-sofa')
  t.equal(checkpoint.size, 20_852_163)
  t.equal(checkpointText(checkpoint), text)
})

t.test('a checkpoint that is malformed, foreign or with extensions is refused', async (t) => {
  const root = base64(emptyRoot)
  const other = base64(new Uint8Array(32))
  const bad = [
    '',
    `${origin}\n5\n`,
    `${origin}\n05\n${root}\n`,
    `${origin}\n-1\n${root}\n`,
    `${origin}\n5.0\n${root}\n`,
    `${origin}\n9007199254740993\n${root}\n`,
    `${origin}\n5\n${root.slice(4)}\n`,
    `${origin}\n5\n${root}\nextension\n`,
    `${origin}\n0\n${other}\n`,
    `\n5\n${root}\n`,
  ]
  for (const text of bad) t.throws(() => parseCheckpointText(text), NoteError, JSON.stringify(text))
  const checkpoint = { origin, size: 0, root: emptyRoot }
  t.same(
    await openCheckpoint(await signCheckpoint(checkpoint, signer), signer.verifierKey),
    checkpoint,
  )
  await t.rejects(signCheckpoint({ ...checkpoint, origin: 'other.example' }, signer), NoteError)
  const foreign = await signNote(checkpointText({ ...checkpoint, origin: 'other.example' }), signer)
  await t.rejects(openCheckpoint(foreign, signer.verifierKey), NoteError)
})

const entry = {
  kind: 'signal.read',
  at: '2026-03-01T09:00:00.000Z',
  agency: 'avim',
  outcome: 'permit',
}

async function receiptAmong(count: number, index: number): Promise<Receipt> {
  const payload = payloadOf(entry)
  const salt = systemRandomness.bytes(32)
  const commitment = commitmentOf(salt, payload)
  const leaves = Array.from({ length: count }, (_, at) =>
    entryLeaf(at === index ? commitment : systemRandomness.bytes(32)),
  )
  const { frontier, completed } = appendLeaves(emptyFrontier, leaves)
  return {
    version: 1,
    origin,
    index,
    commitment: base64(commitment),
    salt: base64(salt),
    entry: payload,
    checkpoint: await signCheckpoint({ origin, size: count, root: rootOf(frontier) }, signer),
    inclusion: proofsFrom(completed)(index, count).map(base64),
  }
}

t.test('a receipt verifies offline against the pinned key', async (t) => {
  for (const [count, index] of [
    [1, 0],
    [2, 1],
    [7, 6],
    [100, 41],
  ] as const) {
    const verdict = await verifyReceipt(await receiptAmong(count, index), signer.verifierKey)
    t.match(verdict, { valid: true, index, entry, checkpoint: { size: count } })
  }
})

t.test('a receipt that keeps the entry to itself verifies and discloses nothing', async (t) => {
  const { salt: _, entry: __, ...closed } = await receiptAmong(7, 3)
  const verdict = await verifyReceipt(closed, signer.verifierKey)
  t.match(verdict, { valid: true, entry: undefined })
})

t.test('a receipt that was changed in any member says what does not fit', async (t) => {
  const receipt = await receiptAmong(7, 3)
  const another = await receiptAmong(7, 3)
  const { salt: _, ...unsalted } = receipt
  const changed: [string, unknown, RegExp][] = [
    ['entry', { ...receipt, entry: receipt.entry!.replace('avim', 'veen') }, /committed/],
    ['salt', { ...receipt, salt: another.salt }, /committed/],
    ['no salt', unsalted, /only one/],
    ['commitment', { ...receipt, commitment: another.commitment }, /committed/],
    [
      'whole other entry',
      { ...another, inclusion: receipt.inclusion, checkpoint: receipt.checkpoint },
      /another root/,
    ],
    ['index', { ...receipt, index: 4 }, /another root/],
    ['index outside', { ...receipt, index: 7 }, /no leaf/],
    ['proof too short', { ...receipt, inclusion: receipt.inclusion.slice(1) }, /too short/],
    [
      'proof too long',
      { ...receipt, inclusion: [...receipt.inclusion, receipt.inclusion[0]] },
      /too long/,
    ],
    ['proof not base64', { ...receipt, inclusion: ['%'] }, /base64/],
    ['checkpoint', { ...receipt, checkpoint: another.checkpoint }, /another root/],
    [
      'checkpoint size',
      { ...receipt, checkpoint: receipt.checkpoint.replace('\n7\n', '\n8\n') },
      /signature/,
    ],
    ['origin', { ...receipt, origin: 'other.example' }, /another ledger/],
    ['version', { ...receipt, version: 2 }, /not a receipt/],
    ['more members', { ...receipt, note: 'x' }, /not a receipt/],
    ['nothing', undefined, /not a receipt/],
  ]
  for (const [name, bad, reason] of changed) {
    t.match(await verifyReceipt(bad, signer.verifierKey), { valid: false, reason }, name)
  }
  t.match(await verifyReceipt(receipt, stranger.verifierKey), {
    valid: false,
    reason: /not signed/,
  })
  t.match(await verifyReceipt(receipt, 'nonsense'), { valid: false, reason: /verifier key/ })
})

t.test('a payload that is not the canonical text of an entry is no entry', async (t) => {
  t.same(parsePayload(payloadOf(entry)), entry)
  const bad = [
    '',
    'null',
    '[]',
    '{}',
    '{"kind":"a"}',
    '{"at":"2026-03-01T09:00:00.000Z"}',
    ' {"at":"2026-03-01T09:00:00.000Z","kind":"a"}',
    '{"kind":"a","at":"2026-03-01T09:00:00.000Z"}',
    '{"at":"2026-03-01","kind":"a"}',
    '{"at":"2026-13-01T09:00:00.000Z","kind":"a"}',
  ]
  for (const payload of bad) t.throws(() => parsePayload(payload), TypeError, payload)
  t.throws(() => commitmentOf(new Uint8Array(31), '{}'), RangeError)
})
