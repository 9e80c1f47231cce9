import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { pageWith } from './page-shell.ts'

/** What verifies a package without this software: a page for a browser, a program for Node 20 and later. */
export type Verifier = {
  readonly page: Uint8Array
  readonly program: Uint8Array
  /** SHA-256 of each, hex. The same for every package of one version of this software. */
  readonly hashes: { readonly page: string; readonly program: string }
}

const common = {
  bundle: true,
  write: false,
  minify: true,
  legalComments: 'none',
  charset: 'utf8',
  logLevel: 'silent',
} as const

async function textOf(result: Promise<{ outputFiles: { text: string }[] }>): Promise<string> {
  const [file] = (await result).outputFiles
  if (file === undefined) throw new Error('nothing was bundled')
  return file.text
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

let made: Promise<Verifier> | undefined

async function make(): Promise<Verifier> {
  const program = await textOf(
    build({
      ...common,
      entryPoints: [fileURLToPath(new URL('./program.ts', import.meta.url))],
      platform: 'node',
      format: 'esm',
      target: 'node20',
    }),
  )
  const script = await textOf(
    build({
      ...common,
      entryPoints: [fileURLToPath(new URL('./page.ts', import.meta.url))],
      platform: 'browser',
      format: 'iife',
      target: 'es2022',
    }),
  )
  const encoder = new TextEncoder()
  const files = { page: encoder.encode(pageWith(script)), program: encoder.encode(program) }
  return { ...files, hashes: { page: sha256(files.page), program: sha256(files.program) } }
}

/** Bundles the sources that verify here, too; once in the life of a process. */
export function bundleVerifier(): Promise<Verifier> {
  made ??= make().catch((error: unknown) => {
    made = undefined
    throw error
  })
  return made
}
