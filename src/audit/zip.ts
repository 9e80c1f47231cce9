import { Zip, ZipDeflate } from 'fflate'
import { utf8 } from '../kernel/bytes.ts'

/** A file on its way into a zip. Its content is read when its turn comes. */
export type ZipFile = {
  readonly path: string
  readonly content: AsyncIterable<Uint8Array | string>
}

const nothing = new Uint8Array(0)

/** A zip of files, piece by piece as they come: no more of it is in memory than the piece at hand. */
export async function* zipOf(
  files: AsyncIterable<ZipFile>,
  modified: Date,
): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = []
  const zip = new Zip((error, piece) => {
    if (error !== null) throw error
    ready.push(piece)
  })
  const taken = () => ready.splice(0)
  for await (const { path, content } of files) {
    const entry = new ZipDeflate(path, { level: 6 })
    entry.mtime = modified
    zip.add(entry)
    for await (const part of content) {
      entry.push(typeof part === 'string' ? utf8(part) : part)
      yield* taken()
    }
    entry.push(nothing, true)
    yield* taken()
  }
  zip.end()
  yield* taken()
}
