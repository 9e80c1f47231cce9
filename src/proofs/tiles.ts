import type { NodePosition } from './merkle.ts'

/**
 * Tiles of a Merkle tree (C2SP tlog-tiles): runs of 256 hashes of one level, under paths that never
 * change what they hold. Whoever has the tiles of level 0 can compute every root and every proof.
 */

export const tileWidth = 256
/** A tile stands for a subtree of this height. */
const tileHeight = 8
const highestLevel = 63

/** Tile `index` of tile level `level`; `width` hashes of it are there, 256 when it is full. */
export type Tile = { readonly level: number; readonly index: number; readonly width: number }

/** How many hashes a tree of `size` leaves has at a tile level: one per complete subtree. */
const hashesAt = (size: number, level: number): number => Math.floor(size / tileWidth ** level)

/** The path under which a tile is served, as in `0/x001/x234/067.p/12`. */
export function tilePath({ level, index, width }: Tile): string {
  const groups: string[] = []
  let rest = index
  do {
    groups.unshift(String(rest % 1000).padStart(3, '0'))
    rest = Math.floor(rest / 1000)
  } while (rest > 0)
  const number = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/')
  return `${level}/${number}${width < tileWidth ? `.p/${width}` : ''}`
}

const pathForm = /^([0-9]{1,2})\/((?:x[0-9]{3}\/){0,4}[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/

/** Reads a path back; undefined when a tile has another one, leading zeroes included. */
export function parseTilePath(path: string): Tile | undefined {
  const [, level, number, partial] = pathForm.exec(path) ?? []
  if (level === undefined || number === undefined) return undefined
  const tile = {
    level: Number(level),
    index: Number(number.replace(/[x/]/g, '')),
    width: partial === undefined ? tileWidth : Number(partial),
  }
  return tile.level <= highestLevel && tilePath(tile) === path ? tile : undefined
}

/** Whether a tree of `size` leaves has these hashes of a tile. */
export const hasTile = (size: number, { level, index, width }: Tile): boolean =>
  index * tileWidth + width <= hashesAt(size, level)

/** The complete subtrees whose roots a tile holds, in its order. */
export const tilePositions = ({ level, index, width }: Tile): NodePosition[] =>
  Array.from({ length: width }, (_, at) => ({
    level: level * tileHeight,
    index: index * tileWidth + at,
  }))

/** How many full tiles a tree of `size` leaves has, by level. */
export function fullTiles(size: number): number[] {
  const counts: number[] = []
  for (let level = 0; hashesAt(size, level) >= tileWidth; level += 1) {
    counts.push(hashesAt(size, level + 1))
  }
  return counts
}

/** The tiles of one level that a tree of `size` leaves has from hash `from` on, in order. */
export function tilesFrom(from: number, size: number, level = 0): Tile[] {
  const hashes = hashesAt(size, level)
  const tiles: Tile[] = []
  for (let index = Math.floor(from / tileWidth); index * tileWidth < hashes; index += 1) {
    tiles.push({ level, index, width: Math.min(tileWidth, hashes - index * tileWidth) })
  }
  return tiles
}
