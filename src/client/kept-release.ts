import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readJson } from './agency-home.ts'
import type { KeptRelease, Release } from './disclosures.ts'

/** A release is written down before it is sent, so that an interrupted opening can go on. */
export async function keptReleaseIn(folder: string, number: string): Promise<KeptRelease> {
  const place = join(folder, 'disclosures')
  await mkdir(place, { recursive: true, mode: 0o700 })
  const file = join(place, `${number}.json`)
  return {
    find: async () => (await readJson(file).catch(() => undefined)) as Release | undefined,
    keep: (release) => writeFile(file, JSON.stringify(release), { mode: 0o600, flag: 'wx' }),
  }
}
