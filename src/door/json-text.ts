import { textOf } from '../kernel/bytes.ts'
import { Fault } from '../kernel/fault.ts'

/** Levels of nesting at most. */
const deepest = 32
/** Members of one object at most. The total is bounded by the size of the body. */
const mostMembers = 1000
/**
 * Values and separators in a body at most: a full request of a hundred signals has some 40,000. The
 * schema names every fault of a body at once, and each value can have as many as its schema has members.
 */
const mostMarks = 60_000

const poisonous = new Set(['__proto__', 'constructor', 'prototype'])

const refuse = (message: string): never => {
  throw new Fault('door/invalid-input', [{ at: '/body', message }])
}

/**
 * Reads a body as JSON that every reader understands alike (I-JSON, RFC 7493): UTF-8, no member
 * named twice, no lone surrogate, no number that a double cannot hold. Beyond the RFC it refuses
 * NUL characters, which PostgreSQL cannot store, names that reach into prototypes, and bombs.
 * @throws Fault door/invalid-input; its message never repeats what was sent
 */
export function readJson(bytes: Uint8Array): unknown {
  const text = decode(bytes)
  inspect(text)
  try {
    return JSON.parse(text)
  } catch {
    return refuse('is not JSON')
  }
}

function decode(bytes: Uint8Array): string {
  if (bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return refuse('starts with a byte order mark')
  }
  try {
    return textOf(bytes)
  } catch {
    return refuse('is not UTF-8')
  }
}

type Level = { readonly names: Set<string> | undefined; expectsName: boolean }

/**
 * Walks over the tokens once. It has to be right only for text that is JSON: whatever it makes of
 * other text, the parser refuses that afterwards.
 */
function inspect(text: string): void {
  const levels: Level[] = []
  let marks = 0
  let at = 0
  while (at < text.length) {
    const character = text[at]
    const level = levels.at(-1)
    if (character === ',' || character === '{' || character === '[') marks += 1
    if (marks > mostMarks) refuse(`has more than ${mostMarks} parts`)
    if (character === '"') {
      const end = endOfString(text, at)
      const token = text.slice(at, end + 1)
      const value = stringOf(token)
      if (level?.names !== undefined && level.expectsName) addName(level.names, value)
      at = end + 1
      continue
    }
    if (character === '{' || character === '[') {
      if (levels.length === deepest) refuse(`is nested deeper than ${deepest} levels`)
      levels.push({ names: character === '{' ? new Set() : undefined, expectsName: true })
    } else if (character === '}' || character === ']') {
      levels.pop()
    } else if (level !== undefined && (character === ',' || character === ':')) {
      level.expectsName = character === ','
    } else if (character === '-' || isDigit(character)) {
      at = endOfNumber(text, at)
      continue
    }
    at += 1
  }
}

const isDigit = (character: string | undefined): boolean =>
  character !== undefined && character >= '0' && character <= '9'

/** Position of the closing quote, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote !== -1; ) {
    let slashes = 0
    while (text[quote - 1 - slashes] === '\\') slashes += 1
    if (slashes % 2 === 0) return quote
    quote = text.indexOf('"', quote + 1)
  }
  return text.length
}

function stringOf(token: string): string {
  if (!token.includes('\\')) return token.slice(1, -1)
  let value: string
  try {
    value = JSON.parse(token)
  } catch {
    return refuse('is not JSON')
  }
  if (value.includes('\u0000')) refuse('holds a NUL character')
  if (!value.isWellFormed()) refuse('holds half a surrogate pair')
  return value
}

function addName(names: Set<string>, name: string): void {
  if (poisonous.has(name)) refuse('names a member that is not allowed')
  if (names.has(name)) refuse('names a member twice')
  if (names.size === mostMembers) refuse(`has an object of more than ${mostMembers} members`)
  names.add(name)
}

/** Position after the number. */
function endOfNumber(text: string, start: number): number {
  let end = start + 1
  while (end < text.length && /[0-9.eE+-]/.test(text[end] ?? '')) end += 1
  const number = Number(text.slice(start, end))
  const held = Number.isInteger(number) ? Number.isSafeInteger(number) : Number.isFinite(number)
  if (!held) refuse('holds a number that cannot be kept exactly')
  return end
}
