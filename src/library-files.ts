import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '@noble/hashes/sha2.js'
import { type Library, LibraryError, loadLibrary } from './agreements/library.ts'
import { base64url } from './kernel/bytes.ts'
import { canonicalBytes } from './kernel/canonical.ts'

/**
 * The library of agreements as it stands in a folder: `purposes.json` and `legal-bases.json`.
 * @throws LibraryError
 */
export function openLibrary(folder: string): { readonly library: Library; readonly hash: string } {
  const read = (name: string) => {
    const file = join(folder, name)
    try {
      return { file, text: readFileSync(file, 'utf8') }
    } catch {
      throw new LibraryError([`${file} cannot be read`])
    }
  }
  const texts = { purposes: read('purposes.json'), legalBases: read('legal-bases.json') }
  return {
    library: loadLibrary(texts),
    hash: base64url(sha256(canonicalBytes([texts.purposes.text, texts.legalBases.text]))),
  }
}
