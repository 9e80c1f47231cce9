import { readFileSync } from 'node:fs'
import type { PeerPin } from './config.ts'
import { Fault } from './kernel/fault.ts'

const thumbprintForm = /^[A-Za-z0-9_-]{43}$/

/**
 * Makes the function that tells the pinned thumbprint of the other operator. In development it
 * stands in a file that the other operator writes on its first start, so it may come later; until
 * then everything that needs the other operator is refused as unavailable.
 */
export function openPeerPin(pin: PeerPin, path: (relative: string) => string): () => string {
  if ('rootThumbprint' in pin) return () => pin.rootThumbprint
  let known: string | undefined
  return () => {
    known ??= readThumbprint(path(pin.rootThumbprintFile))
    if (known !== undefined) return known
    throw new Fault(
      'door/unavailable',
      [
        {
          message:
            'the other operator is not pinned yet; it writes its thumbprint when it first starts',
        },
      ],
      { retryAfterSeconds: 5 },
    )
  }
}

function readThumbprint(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8').trim()
    return thumbprintForm.test(text) ? text : undefined
  } catch {
    return undefined
  }
}
