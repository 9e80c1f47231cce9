import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { sha256, sha384 } from '@noble/hashes/sha2.js'
import { build, type Plugin } from 'esbuild'
import { base64, hex, utf8 } from '../kernel/bytes.ts'

/** The reporter's page as it is served: made from the sources at start, the same to the byte wherever it is made. */
export type Bundle = {
  /** By path. */
  readonly files: ReadonlyMap<string, BundleFile>
  /** SHA-256 over the list of all files with their hashes: what is published, and what an agency compares. */
  readonly hash: string
}
export type BundleFile = {
  /** As it goes over a network. */
  readonly compressed: Uint8Array
  readonly type: string
  readonly bytes: Uint8Array
  readonly hash: string
}

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/**
 * The checker of forms would make code out of texts where that is possible. On the page it is not, and
 * trying is what the content security policy reports: here nothing tries.
 */
const noCodeFromText: Plugin = {
  name: 'no-code-from-text',
  setup: ({ onLoad }) => {
    onLoad({ filter: /typebox[\\/]build[\\/]system[\\/]environment[\\/]evaluate\.mjs$/ }, () => ({
      contents:
        'export const CanEvaluate = () => false; export const Evaluate = () => { throw new Error() }',
    }))
  },
}

async function script(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [source('../reporter-page/main.ts')],
    absWorkingDir: source('../..'),
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    minify: true,
    plugins: [noCodeFromText],
    logLevel: 'silent',
  })
  const [made] = outputFiles
  if (made === undefined) throw new Error('the page was not made')
  return made.contents
}

const integrityOf = (bytes: Uint8Array): string => `sha384-${base64(sha384(bytes))}`

const fileOf = (type: string, bytes: Uint8Array): BundleFile => ({
  type,
  bytes,
  compressed: gzipSync(bytes, { level: 9 }),
  hash: hex(sha256(bytes)),
})

/**
 * Makes the page. The frame names the hash of script and style sheet, so that a browser runs no other.
 * @throws Error when the sources cannot be put together for a browser: one of them needs a server
 */
export async function makeBundle(): Promise<Bundle> {
  const [code, common, own, frame] = await Promise.all([
    script(),
    readFile(source('../console/assets/console.css'), 'utf8'),
    readFile(source('../reporter-page/page.css'), 'utf8'),
    readFile(source('../reporter-page/frame.html'), 'utf8'),
  ])
  // The look of the console, made from the design system; nothing of the console itself.
  const style = utf8(`${common}\n${own}`)
  const html = frame.replace('{script}', integrityOf(code)).replace('{style}', integrityOf(style))
  const files = new Map([
    ['/', fileOf('text/html; charset=utf-8', utf8(html))],
    ['/page.css', fileOf('text/css; charset=utf-8', style)],
    ['/page.js', fileOf('text/javascript; charset=utf-8', code)],
  ])
  const list = [...files].map(([path, { hash }]) => `${hash}  ${path}\n`).join('')
  return { files, hash: hex(sha256(utf8(list))) }
}
