import { systemClock } from '../../kernel/clock.ts'
import { systemRandomness } from '../../kernel/random.ts'
import {
  type HomeSettings,
  homeFolder,
  keepBatchCases,
  readHome,
  readMachine,
} from '../agency-home.ts'
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

/** Which machine of the agency acts, and who sits at it; see docs/oversight.md. */
export const machineOption = [
  '--machine <key-file>',
  'act as the machine of this key file (agency machine), not as the agency’s connector',
] as const
export const officerOption = [
  '--officer <name>',
  'who sits at it, by the agency’s own opaque name of 8 to 64 letters, digits, - and _',
] as const
export type Sitting = { readonly machine?: string; readonly officer?: string }

/** Opens the partner system of the agency in this folder. */
export async function openHome(
  nameOrFolder: string,
  { machine, officer }: Sitting = {},
): Promise<{
  readonly folder: string
  readonly settings: HomeSettings
  readonly keys: AgencyKeys
  readonly partner: Partner
}> {
  const folder = homeFolder(nameOrFolder)
  const { settings, keys } = await readHome(folder)
  const { agency, gateway, keyholder } = settings
  const other = machine === undefined ? undefined : await readMachine(machine)
  const partner = openPartner({
    agency,
    client: other?.client ?? settings.client,
    keys: other === undefined ? keys : { ...keys, client: other.key },
    ...(officer === undefined ? {} : { officer }),
    pins: { gateway, keyholder },
    clock: systemClock,
    random: systemRandomness,
    keepCases: (cases) => keepBatchCases(folder, cases),
  })
  return { folder, settings, keys, partner }
}
