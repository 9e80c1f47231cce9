import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { keepAgreement } from '../../src/client/agency-home.ts'
import type { OfficerRole } from '../../src/client/local-api.ts'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import { type Bundle, makeBundle } from '../../src/connector/bundle.ts'
import { openConnector } from '../../src/connector/connector.ts'
import { addOfficer } from '../../src/connector/officers.ts'
import type { House, HouseAgency } from './house.ts'

export type TestConnector = {
  readonly folder: string
  readonly address: string
  /** Access codes by role. */
  readonly codes: Readonly<Record<OfficerRole, string>>
  readonly bundle: Bundle
}

/** The connector of an agency of the house, on a port of its own, with a reporter and a decider. */
export async function openTestConnector(
  t: { readonly teardown: (work: () => Promise<void>) => void },
  house: House,
  agency: HouseAgency,
  agreements: readonly UnderAgreement[],
  bundle?: Bundle,
): Promise<TestConnector> {
  const folder = join(house.folder, 'agencies', agency.id)
  await mkdir(join(folder, 'agreements'), { recursive: true })
  const { gateway, keyholder } = house.pins
  const settings = {
    agency: agency.id,
    name: agency.name,
    client: 'connector',
    contactDesk: agency.contactDesk,
    cardVersion: 1,
    gateway,
    keyholder,
  }
  await writeFile(join(folder, 'agency.json'), JSON.stringify(settings))
  await writeFile(join(folder, 'keys.json'), JSON.stringify(agency.keys))
  for (const one of agreements) await keepAgreement(folder, one)
  const { clock, random } = house
  const codes = {
    reporter: await addOfficer(folder, { name: 'Roos', role: 'reporter' }, random),
    decider: await addOfficer(folder, { name: 'Daan', role: 'decider' }, random),
  }
  const made = bundle ?? (await makeBundle())
  const at = { host: '127.0.0.1', port: 0 }
  const connector = await openConnector({ folder, ...at, clock, random, bundle: made })
  const address = await connector.listen()
  t.teardown(connector.close)
  return { folder, address, codes, bundle: made }
}
