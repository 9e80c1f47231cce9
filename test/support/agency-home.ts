import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { run } from './command.ts'
import type { House, HouseAgency } from './house.ts'

/** The folder that the command line needs for an agency that the house made; its last part is the agency’s name. */
export async function writeAgencyHome(
  house: House,
  folder: string,
  { keys }: Pick<HouseAgency, 'keys'>,
): Promise<void> {
  const { gateway, keyholder } = house.pins
  const created = await run(
    house.folder,
    'src/client/cli.ts',
    ...['agency', 'create', basename(folder), '--agency', folder, '--contact-desk', 'Desk'],
    ...['--gateway', gateway.url, '--gateway-thumbprint', gateway.rootThumbprint],
    ...['--keyholder', keyholder.url, '--keyholder-thumbprint', keyholder.rootThumbprint],
  )
  if (created.code !== 0) throw new Error(created.error)
  await writeFile(join(folder, 'keys.json'), JSON.stringify(keys))
}
