import { Resolver } from 'node:dns/promises'
import ipaddr from 'ipaddr.js'

/** Where may be sent, beside public addresses and the usual port. */
export type DestinationRules = {
  /** Networks that are allowed although they are not public, such as 127.0.0.0/8 in development. */
  readonly networks: readonly string[]
  /** Ports beside 443. */
  readonly ports: readonly number[]
}

/** All addresses of a host name. */
export type Resolve = (host: string) => Promise<readonly string[]>

/** Asks name servers itself: a slow one holds up nothing else, and what is not answered in time is unknown. */
const resolver = new Resolver({ timeout: 2_000, tries: 2 })

export const systemResolve: Resolve = async (host) => {
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
}

/** A place that may be sent to now: the name for TLS, and the one address that was checked. */
export type Destination = {
  readonly url: URL
  readonly address: string
  readonly family: 4 | 6
}

export type Destinations = ReturnType<typeof openDestinations>

const usualPort = 443
const globalUnicast = ipaddr.parseCIDR('2000::/3')

/**
 * Whether an address is one of the public internet. Of IPv6 only global unicast counts, and nothing
 * in it that stands for an IPv4 address (6to4, Teredo, NAT64): behind that may be any network.
 */
export function isPublic(address: string): boolean {
  const parsed = ipaddr.process(address)
  if (parsed.range() !== 'unicast') return false
  return parsed.kind() === 'ipv4' || parsed.match(globalUnicast)
}

/**
 * Decides where webhooks may stand: https only, at a public address or in a network that the settings
 * name, at a port that they name; never with credentials. Every address of a name has to be allowed. A
 * name is resolved anew for every request, and the request goes to the address that was checked.
 */
export function openDestinations(rules: DestinationRules, resolve: Resolve = systemResolve) {
  const networks = rules.networks.map((network) => ipaddr.parseCIDR(network))
  const isAllowed = (address: string): boolean => {
    if (!ipaddr.isValid(address)) return false
    const parsed = ipaddr.process(address)
    const named = networks.some(
      ([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits),
    )
    return named || isPublic(address)
  }

  /** What is wrong with an address as it is written, in words for its owner. */
  function problemsOf(text: string): string[] {
    const url = URL.parse(text)
    if (url === null) return ['this is no URL']
    const port = url.port === '' ? usualPort : Number(url.port)
    return [
      ...(url.protocol === 'https:' ? [] : ['only https']),
      ...(url.username === '' && url.password === '' ? [] : ['without credentials']),
      ...(url.hash === '' && !text.includes('#') ? [] : ['without a fragment']),
      ...(port === usualPort || rules.ports.includes(port) ? [] : ['not this port']),
      ...(url.href === text ? [] : ['write it as the standard does: lower case, with a path']),
    ]
  }

  return {
    problemsOf,

    /** The address to send to; undefined when any address of the name is one that is not allowed. */
    async find(text: string): Promise<Destination | 'forbidden' | 'unknown'> {
      const url = URL.parse(text)
      if (url === null || problemsOf(text).length > 0) return 'forbidden'
      const host = url.hostname.replace(/^\[|\]$/g, '')
      const literal = ipaddr.isValid(host)
      const addresses = literal ? [host] : await resolve(host).catch(() => [])
      const [address] = addresses
      if (address === undefined) return 'unknown'
      if (!addresses.every(isAllowed)) return 'forbidden'
      return { url, address, family: ipaddr.parse(address).kind() === 'ipv4' ? 4 : 6 }
    },
  }
}
