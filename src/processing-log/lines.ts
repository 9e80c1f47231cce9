import { Readable } from 'node:stream'

/** One JSON text a line. */
export const linesOf = (pieces: AsyncIterable<readonly object[]>): Readable =>
  Readable.from(
    (async function* () {
      for await (const piece of pieces) {
        yield piece.map((one) => `${JSON.stringify(one)}\n`).join('')
      }
    })(),
  )
