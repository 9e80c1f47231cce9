import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PrivateJwk } from '../../proofs/statement.ts'
import { HomeError } from '../agency-home.ts'
import type { PinnedOperator } from '../operators.ts'

/** An administrator's folder: one key, and the operators that know it. */
export type Administrator = {
  readonly key: PrivateJwk
  readonly operators: readonly PinnedOperator[]
}

const administratorFile = (folder: string): string => join(folder, 'administrator.json')

export async function readAdministrator(folder: string): Promise<Administrator | undefined> {
  try {
    return JSON.parse(await readFile(administratorFile(folder), 'utf8')) as Administrator
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new HomeError(`${administratorFile(folder)} cannot be read`)
  }
}

/** How commands take the administrator who acts. */
export const administratorOption = [
  '--administrator <folder>',
  'the administrator’s folder, with the key',
  'var/administrator',
] as const

/** The administrator in this folder. @throws HomeError when there is none */
export async function openAdministrator(folder: string): Promise<Administrator> {
  const found = await readAdministrator(folder)
  if (found === undefined || found.operators.length === 0) {
    throw new HomeError('enrol first: administrator enrol --help')
  }
  return found
}

export async function keepAdministrator(folder: string, content: Administrator): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(administratorFile(folder), `${JSON.stringify(content, null, 2)}\n`, {
    mode: 0o600,
  })
}
