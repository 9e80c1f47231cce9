import { makeAgencyKeys } from '../../src/client/agency-keys.ts'
import { operatorNames } from '../../src/oprf/types.ts'
import { publicJwkOf, signStatement } from '../../src/proofs/statement.ts'
import { type Call, openCalls } from './calls.ts'
import type { House, HouseAgency } from './house.ts'

/** A second machine of an agency, on its card beside `connector`; such as that of a privacy officer. */
export async function addClient(house: House, agency: HouseAgency, client: string): Promise<Call> {
  const { client: key } = await makeAgencyKeys()
  const { keys } = agency
  const card = {
    agency: agency.id,
    version: 2,
    contactDesk: agency.contactDesk,
    signingKey: publicJwkOf(keys.signing),
    encryptionKey: publicJwkOf(keys.encryption),
    clients: [
      { client: 'connector', key: publicJwkOf(keys.client) },
      { client, key: publicJwkOf(key) },
    ],
    issuedAt: house.clock.now().toISOString(),
  }
  const statement = await signStatement('agency-card', card, keys.root)
  for (const name of operatorNames) {
    const { status, text } = await house.post(name, '/v1/agency-cards', { statement })
    if (status !== 200) throw new Error(text)
  }
  return openCalls({
    gatewayUrl: house.pins.gateway.url,
    clientId: `${agency.id}.${client}`,
    key,
    clock: house.clock,
  })
}
