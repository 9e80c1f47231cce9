import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** `src/console/assets/check-entry.js`: the check of an entry, with the proofs that it rests on, as one file. */
export async function checkEntryScript(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['src/console/browser/check-entry.ts'],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    write: false,
    banner: { js: '/* Made by "npm run docs" from src/console/browser/check-entry.ts. */' },
  })
  return outputFiles.map(({ text }) => text).join('')
}
