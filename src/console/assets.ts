import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { sha256 } from '@noble/hashes/sha2.js'
import { base64url } from '../kernel/bytes.ts'

export type Asset = {
  /** Where it stands: named after its content, so that a browser may keep it for good. */
  readonly path: string
  readonly type: string
  readonly body: Buffer
  readonly compressed: Buffer
}

function readAsset(name: string, extension: string, type: string): Asset {
  const body = readFileSync(new URL(`./assets/${name}.${extension}`, import.meta.url))
  const hash = base64url(sha256(body)).slice(0, 22)
  return {
    path: `/console/assets/${name}-${hash}.${extension}`,
    type,
    body,
    compressed: gzipSync(body, { level: 9 }),
  }
}

/** Style sheet and scripts of the console. Those that are made from other files are made by `npm run docs`. */
export function readAssets() {
  const style = readAsset('console', 'css', 'text/css; charset=utf-8')
  const script = readAsset('console', 'js', 'text/javascript; charset=utf-8')
  const checkEntry = readAsset('check-entry', 'js', 'text/javascript; charset=utf-8')
  return { style, script, checkEntry, all: [style, script, checkEntry] }
}
