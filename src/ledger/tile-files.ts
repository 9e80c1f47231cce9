import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeDurably } from '../files/durable-file.ts'
import { fullTiles, type Tile, tilePath, tileWidth } from '../proofs/tiles.ts'

export type TileFiles = ReturnType<typeof openTileFiles>

const tileBytes = 32 * tileWidth
/** Tiles in one go, so that nothing else waits for long. */
const mostAtOnce = 64

/**
 * Full tiles of a ledger as files, under the paths of C2SP tlog-tiles. A full tile never changes, so neither
 * does its file: it can be copied, mirrored and put on media that are written once. Does NOT verify what lies there;
 * whoever follows the ledger does.
 */
export function openTileFiles(folder: string) {
  const fileOf = (tile: Tile): string => join(folder, 'tile', tilePath(tile))

  /** The first tile of a level that has no file yet; files are written in order. */
  function firstMissing(level: number, count: number): number {
    let [low, high] = [0, count]
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (existsSync(fileOf({ level, index: middle, width: tileWidth }))) low = middle + 1
      else high = middle
    }
    return low
  }

  return {
    /** The hashes of a full tile; undefined when there is no file of it, or no whole one. */
    async read(tile: Tile): Promise<Uint8Array | undefined> {
      if (tile.width !== tileWidth) return undefined
      const bytes = await readFile(fileOf(tile)).catch(() => undefined)
      return bytes?.length === tileBytes ? bytes : undefined
    },

    /**
     * Writes what a ledger of `size` entries has in full and what has no file yet, in order; at most 64 at once.
     * @returns how many were written
     * @throws Error when the folder cannot be written to, or has no room
     */
    async write(size: number, hashesOf: (tile: Tile) => Promise<Uint8Array>): Promise<number> {
      let written = 0
      for (const [level, count] of fullTiles(size).entries()) {
        for (let index = firstMissing(level, count); index < count; index += 1) {
          if (written === mostAtOnce) return written
          const tile = { level, index, width: tileWidth }
          const file = fileOf(tile)
          mkdirSync(dirname(file), { recursive: true })
          writeDurably(file, await hashesOf(tile))
          chmodSync(file, 0o444)
          written += 1
        }
      }
      return written
    },
  }
}
