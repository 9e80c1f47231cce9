import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { canonicalText } from '../kernel/canonical.ts'
import { systemClock } from '../kernel/clock.ts'
import { HomeError, type HomeSettings, readHome } from './agency-home.ts'
import { signCard } from './agency-keys.ts'

type CardContent = { readonly version: number; readonly issuedAt: string }

const cardFile = (folder: string): string => join(folder, 'card.jws')

async function readKept(folder: string): Promise<string | undefined> {
  try {
    return (await readFile(cardFile(folder), 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

const contentOf = (folder: string, card: string): CardContent => {
  try {
    return decodeJwt(card) as unknown as CardContent
  } catch {
    throw new HomeError(`${cardFile(folder)} cannot be read`)
  }
}

/** All that a card declares, but for its number and moment. */
const declared = ({ version: _, issuedAt: __, ...rest }: CardContent): string => canonicalText(rest)

/**
 * The agency's card as it is to be presented: the very one that was signed before, as long as it declares
 * the same, so that presenting it again changes nothing; else a new one with the next version. It is
 * written down before anyone gets it. Does NOT know which operator has which card.
 */
export async function currentCard(
  folder: string,
  { agency, client, contactDesk, cardVersion, signatories = [], machines = [] }: HomeSettings,
): Promise<string> {
  const { keys } = await readHome(folder)
  const sign = (version: number) =>
    signCard(keys, {
      agency,
      client,
      version,
      contactDesk,
      signatories,
      machines,
      issuedAt: systemClock.now(),
    })
  const kept = await readKept(folder)
  const before = kept === undefined ? undefined : contentOf(folder, kept)
  const fresh = await sign(Math.max(cardVersion, (before?.version ?? 0) + 1))
  const changed =
    before === undefined ||
    before.version < cardVersion ||
    declared(before) !== declared(contentOf(folder, fresh))
  if (kept !== undefined && !changed) return kept
  const file = `${cardFile(folder)}.new`
  await writeFile(file, `${fresh}\n`, { mode: 0o600, flush: true })
  await rename(file, cardFile(folder))
  return fresh
}
