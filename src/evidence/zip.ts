import { unzipSync } from 'fflate'
import type { Package } from './verify.ts'

/** Most bytes that a package may unpack to: more would fill the memory of whoever verifies it. */
const largestPackage = 2 ** 31

/**
 * Takes a zip apart, in memory. Names that stand there twice are told, not chosen between.
 * @throws Error when it is no whole zip, or too large
 */
export function unpack(bytes: Uint8Array): Package {
  const order: string[] = []
  const twice: string[] = []
  let total = 0
  const unzipped = unzipSync(bytes, {
    filter: ({ name, originalSize }) => {
      total += originalSize
      if (total > largestPackage) throw new Error('it unpacks to more than 2 GiB')
      if (order.includes(name)) twice.push(name)
      else order.push(name)
      return true
    },
  })
  return {
    files: new Map(order.map((path) => [path, unzipped[path] ?? new Uint8Array(0)])),
    order,
    twice,
  }
}
