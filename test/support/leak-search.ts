import type { SignalRow } from '../../src/client/rows.ts'
import { base64, hex, utf8 } from '../../src/kernel/bytes.ts'
import type { Scene } from '../../src/linkage/scene-types.ts'

/**
 * Looks for many values at once in everything that a run left behind. A value counts as found where
 * it stands by itself: digits not inside a longer number, a name not inside a longer word or a run of
 * base64, in which any four letters come up by chance.
 */
export type Needle = {
  /** What was looked for, for the message of a failing test. */
  readonly label: string
  readonly bytes: Uint8Array
  /** `number` and `word` must stand by themselves; `word` in any case of letters. */
  readonly kind: 'exact' | 'number' | 'word'
}

export type Haystack = {
  readonly name: string
  readonly bytes: Uint8Array
  /** Arbitrary bytes, in which a word of four letters may stand by chance. */
  readonly raw: boolean
}

export type Find = { readonly where: string; readonly needle: Needle; readonly around: string }

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39
/** Letters and digits, bytes above ASCII (letters in UTF-8), and the signs of both base64 alphabets. */
const isWordPart = (byte: number): boolean =>
  isDigit(byte) ||
  (byte >= 0x41 && byte <= 0x5a) ||
  (byte >= 0x61 && byte <= 0x7a) ||
  byte >= 0x80 ||
  byte === 0x2b ||
  byte === 0x2d ||
  byte === 0x2f ||
  byte === 0x3d ||
  byte === 0x5f

/** In ten million arbitrary bytes, five hundred words of this length come up once in thousands of runs. */
const shortestRawWord = 6

const standsAlone = (bytes: Uint8Array, start: number, end: number, kind: Needle['kind']) => {
  if (kind === 'exact') return true
  const part = kind === 'number' ? isDigit : isWordPart
  // A space is outside every word; so is the end.
  return !part(bytes[start - 1] ?? 0x20) && !part(bytes[end] ?? 0x20)
}

const fold = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte)

const prefixLength = 4
const slots = 1 << 20
const slotOf = (prefix: number): number => Math.imul(prefix, 0x9e3779b1) >>> 12

const prefixOf = (bytes: Uint8Array): number =>
  bytes.subarray(0, prefixLength).reduce((prefix, byte) => (prefix << 8) | byte, 0)

/** Needles by their first four bytes, so that one look per byte of hay does, however many there are. */
function sortByStart(needles: readonly Needle[]) {
  const byStart = new Map<number, Needle[]>()
  const marks = new Uint8Array(slots)
  for (const needle of needles) {
    if (needle.bytes.length < prefixLength) throw new RangeError(`too short: ${needle.label}`)
    const prefix = prefixOf(needle.bytes)
    marks[slotOf(prefix)] = 1
    byStart.set(prefix, [...(byStart.get(prefix) ?? []), needle])
  }
  return { byStart, marks }
}

/** Makes the search for these needles; it returns everything that it finds. */
export function openSearch(needles: readonly Needle[]) {
  const once = new Map(
    needles.map(({ label, bytes, kind }) => {
      const wanted = kind === 'word' ? bytes.map(fold) : bytes
      return [`${kind} ${hex(wanted)}`, { label, bytes: wanted, kind }] as const
    }),
  )
  const inCase = sortByStart([...once.values()].filter(({ kind }) => kind !== 'word'))
  const inAnyCase = sortByStart([...once.values()].filter(({ kind }) => kind === 'word'))

  function findsAt(hay: Haystack, at: number, candidates: readonly Needle[]): Find[] {
    return candidates.flatMap((needle) => {
      const { bytes: wanted, kind } = needle
      const end = at + wanted.length
      if (hay.raw && kind === 'word' && wanted.length < shortestRawWord) return []
      if (end > hay.bytes.length) return []
      const same = (byte: number, index: number): boolean => {
        const there = hay.bytes[at + index] ?? 0
        return byte === (kind === 'word' ? fold(there) : there)
      }
      if (!wanted.every(same) || !standsAlone(hay.bytes, at, end, kind)) return []
      const around = Buffer.from(hay.bytes.subarray(Math.max(0, at - 30), end + 30))
      return [{ where: hay.name, needle, around: around.toString('latin1') }]
    })
  }

  return (stack: Iterable<Haystack>): Find[] => {
    const found: Find[] = []
    for (const hay of stack) {
      const { bytes } = hay
      let prefix = 0
      let folded = 0
      for (let next = 0; next < bytes.length; next += 1) {
        const byte = bytes[next] ?? 0
        prefix = (prefix << 8) | byte
        folded = (folded << 8) | fold(byte)
        const at = next - prefixLength + 1
        if (at < 0) continue
        if (inCase.marks[slotOf(prefix)] === 1) {
          found.push(...findsAt(hay, at, inCase.byStart.get(prefix) ?? []))
        }
        if (inAnyCase.marks[slotOf(folded)] === 1) {
          found.push(...findsAt(hay, at, inAnyCase.byStart.get(folded) ?? []))
        }
      }
    }
    return found
  }
}

/** Text, and every run of base64url in it that is long enough to hide something, also within such a run. */
export function* unfolded(hay: Haystack, depth = 0): Generator<Haystack> {
  yield hay
  if (depth === 3) return
  const text = Buffer.from(hay.bytes).toString('latin1')
  for (const [run] of text.matchAll(/[A-Za-z0-9_+/-]{16,}={0,2}/g)) {
    const bytes = Buffer.from(run, 'base64url')
    const name = depth === 0 ? `${hay.name} (decoded)` : hay.name
    yield* unfolded({ name, bytes, raw: !isText(bytes) }, depth + 1)
  }
}

const isText = (bytes: Uint8Array): boolean => {
  try {
    return !/\p{Cc}/u.test(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return false
  }
}

const letters = (text: string): number => text.match(/\p{L}/gu)?.length ?? 0

/** The text as it may stand in base64: at each of three offsets, without what depends on its neighbours. */
const inBase64 = (text: string): string[] =>
  [0, 1, 2].flatMap((offset) => {
    const bytes = utf8(text)
    const shifted = new Uint8Array(offset + bytes.length)
    shifted.set(bytes, offset)
    const whole = base64(shifted).replace(/=+$/, '')
    const first = Math.ceil((offset * 8) / 6)
    const last = Math.floor(((offset + bytes.length) * 8) / 6)
    const part = whole.slice(first, last)
    return [part, part.replaceAll('+', '-').replaceAll('/', '_')]
  })

const exact = (label: string, texts: Iterable<string>): Needle[] =>
  [...new Set(texts)].map((text) => ({ label, bytes: utf8(text), kind: 'exact' as const }))

const numbers = (label: string, texts: Iterable<string>): Needle[] =>
  [...new Set(texts)].map((text) => ({ label, bytes: utf8(text), kind: 'number' as const }))

const encoded = (label: string, digits: string): Needle[] => {
  const text = hex(utf8(digits))
  return [
    ...exact(`${label} in hex`, [text, text.toUpperCase()]),
    ...exact(`${label} in base64`, inBase64(digits)),
  ]
}

/** Groups of digits with each of the signs that people put between them. */
const spaced = (...groups: readonly string[]): string[] =>
  ['', '.', ' ', '-', '/'].map((sign) => groups.join(sign))

const bsnForms = (bsn: string): string[] => [
  ...spaced(bsn.slice(0, 4), bsn.slice(4, 6), bsn.slice(6)),
  ...spaced(bsn.slice(0, 3), bsn.slice(3, 6), bsn.slice(6)),
]

const vNumberForms = (number: string): string[] => [
  ...spaced(number.slice(0, 3), number.slice(3, 6), number.slice(6)),
  ...spaced(number.slice(0, 5), number.slice(5)),
]

/** E.164, and the same number as it is dialled here, with the usual signs. */
const phoneForms = (e164: string): string[] => {
  const digits = e164.slice(1)
  const dutch = e164.startsWith('+31') ? digits.slice(2) : undefined
  const local = dutch === undefined ? [] : [dutch, `0${dutch}`]
  const grouped =
    dutch === undefined
      ? []
      : [
          ...spaced(`0${dutch.slice(0, 1)}`, dutch.slice(1)),
          ...spaced(`0${dutch.slice(0, 1)}`, dutch.slice(1, 5), dutch.slice(5)),
          ...spaced(`0${dutch.slice(0, 1)}`, ...(dutch.slice(1).match(/../g) ?? [])),
        ]
  return [e164, digits, `00${digits}`, ...local, ...grouped]
}

const dateForms = (year: number, month: number, day: number): string[] => {
  const long = [String(year), String(month).padStart(2, '0'), String(day).padStart(2, '0')]
  const short = [String(year), String(month), String(day)]
  const written = [long, short].flatMap((parts) => [
    ...spaced(...parts),
    ...spaced(...parts.toReversed()),
  ])
  // Without a sign between, only eight digits are a date.
  return [...written, `${long[1]}/${long[2]}/${long[0]}`].filter((text) => /\D|^\d{8}$/.test(text))
}

const pieceLength = 20

/** Everything that would tell who a row is about, in the forms in which it might have been kept. */
export function needlesOf(row: SignalRow): Needle[] {
  const { bsn, vNumber, document, phone, givenNames, prefix, familyName, birthDate } = row.identity
  const needles: Needle[] = []
  if (bsn !== undefined) {
    needles.push(...numbers('BSN', bsnForms(bsn)), ...encoded('BSN', bsn))
  }
  if (vNumber !== undefined) {
    needles.push(...numbers('V-number', vNumberForms(vNumber)), ...encoded('V-number', vNumber))
  }
  if (document !== undefined) {
    needles.push(word('document number', document.number))
    needles.push(...encoded('document number', document.number))
  }
  if (phone !== undefined) {
    needles.push(...numbers('phone', phoneForms(phone)), ...encoded('phone', phone))
  }
  if (birthDate?.month !== undefined && birthDate.day !== undefined) {
    const { year, month, day } = birthDate
    needles.push(...numbers('birth date', dateForms(year, month, day)))
  }
  for (const name of [givenNames, familyName]) {
    if (name === undefined) continue
    needles.push(...nameNeedles(name))
  }
  if (givenNames !== undefined && familyName !== undefined) {
    const full = [givenNames, prefix, familyName].filter(Boolean).join(' ')
    needles.push(word('full name', full), ...exact('full name in base64', inBase64(full)))
  }
  needles.push(...sceneNeedles(row.scene), ...narrativeNeedles(row.narrative))
  return needles
}

const sceneNeedles = (scene: Scene | undefined): Needle[] => {
  const { postcode = '', street = '', placeName = '', licencePlate = '' } = scene ?? {}
  const spaced = postcode.replace(/^(\d{4})([A-Z]{2})$/, '$1 $2')
  return [
    ...[postcode, spaced].filter((text) => letters(text) > 0).map((text) => word('postcode', text)),
    ...[street, placeName].filter((text) => letters(text) >= 4).map((text) => word('place', text)),
    ...(licencePlate === ''
      ? []
      : [word('licence plate', licencePlate), ...encoded('licence plate', licencePlate)]),
  ]
}

const word = (label: string, text: string): Needle => ({ label, bytes: utf8(text), kind: 'word' })

/** A name and each of its words, from four letters; the case of letters beyond ASCII as written, low and high. */
const nameNeedles = (name: string): Needle[] =>
  [name, ...name.split(/[\s'’-]+/u)]
    .flatMap((text) => [text, text.toLowerCase(), text.toUpperCase()])
    .filter((text) => letters(text) >= 4)
    .map((text) => word('name', text))

const narrativeNeedles = (narrative: string | undefined): Needle[] => {
  if (narrative === undefined || narrative.length < prefixLength) return []
  const pieces: string[] = []
  for (let at = 0; at + pieceLength <= narrative.length; at += pieceLength / 2) {
    pieces.push(narrative.slice(at, at + pieceLength))
  }
  return [
    ...exact('narrative', [narrative, JSON.stringify(narrative).slice(1, -1)]),
    ...exact('a piece of a narrative', pieces),
    ...exact('a narrative in base64', pieces.slice(0, 1).flatMap(inBase64)),
  ]
}

/** Fields as a file has them, punctuation and all: of rows that were refused as well. */
export const writtenNeedles = (fields: readonly string[]): Needle[] =>
  fields
    .map((text) => text.trim())
    // A year alone, or an initial, is no more than a number or a letter.
    .filter((text) => letters(text) >= 4 || text.replace(/\D/g, '').length >= 6)
    .map((text) => word('a field as written', text))
