import { unzipSync, zipSync } from 'fflate'
import type { HouseAgency } from './house.ts'

export const packageYear = 2026

/** The package of a year as an agency gets it. */
export async function packageOf(agency: HouseAgency, year = packageYear): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of await agency.partner.auditPackage({ year, occasion: 'inspection' }))
    chunks.push(chunk)
  return new Uint8Array(Buffer.concat(chunks))
}

type Files = Record<string, Uint8Array>

/** The package, with its files changed in place, or others given back, by whoever has it in hands. */
export function tampered(zip: Uint8Array, change: (files: Files) => unknown): Uint8Array {
  const files = unzipSync(zip)
  const others = change(files)
  return zipSync(others instanceof Object ? (others as Files) : files, { level: 1 })
}

export const textIn = (files: Files, path: string): string =>
  Buffer.from(files[path] ?? []).toString('utf8')

export const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))
