import { systemClock } from '../../kernel/clock.ts'
import { systemRandomness } from '../../kernel/random.ts'
import { type HomeSettings, homeFolder, keepBatchCases, readHome } from '../agency-home.ts'
import type { AgencyKeys } from '../agency-keys.ts'
import { openPartner, type Partner } from '../partner.ts'

/** How commands take the agency on whose behalf they act. */
export const agencyOption = [
  '--agency <name-or-folder>',
  'the agency: a name under var/agencies, or the folder itself',
] as const

export const agreementOption = [
  '--agreement <file>',
  'the agreement; not needed when the agency accepted only one',
] as const

export const onBehalfOption = [
  '--on-behalf-of <agency>',
  'the agency that delegated this to yours; needs --agreement',
] as const

/**
 * Opens the partner system of the agency in this folder.
 * @param officer the agency's opaque name of who sits at it
 */
export async function openHome(
  nameOrFolder: string,
  officer?: string,
): Promise<{
  readonly folder: string
  readonly settings: HomeSettings
  readonly keys: AgencyKeys
  readonly partner: Partner
}> {
  const folder = homeFolder(nameOrFolder)
  const { settings, keys } = await readHome(folder)
  const { agency, client, gateway, keyholder } = settings
  const partner = openPartner({
    agency,
    client,
    ...(officer === undefined ? {} : { officer }),
    keys,
    pins: { gateway, keyholder },
    clock: systemClock,
    random: systemRandomness,
    keepCases: (cases) => keepBatchCases(folder, cases),
  })
  return { folder, settings, keys, partner }
}
