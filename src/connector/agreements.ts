import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readAgreement } from '../client/agency-home.ts'
import type { UnderAgreement } from '../client/signal-bodies.ts'
import { LocalFault } from './faults.ts'

/** All agreements that were accepted from an agency's folder. */
export async function keptAgreements(folder: string): Promise<UnderAgreement[]> {
  const place = join(folder, 'agreements')
  const files = await readdir(place).catch(() => [])
  return Promise.all(
    files.filter((name) => name.endsWith('.json')).map((name) => readAgreement(join(place, name))),
  )
}

/** @throws LocalFault for one that this agency did not accept here */
export async function keptAgreement(folder: string, hash: string): Promise<UnderAgreement> {
  const found = (await keptAgreements(folder)).find((one) => one.hash === hash)
  if (found === undefined) throw new LocalFault('not-found')
  return found
}
