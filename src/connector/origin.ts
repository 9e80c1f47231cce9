import type { FastifyReply, FastifyRequest } from 'fastify'
import { LocalFault } from './faults.ts'

/** Only what the page itself needs. Texts become no code, and nothing is fetched from or sent to anywhere else. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  'img-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

const everyAnswer: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': contentSecurityPolicy,
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy':
    'camera=(), microphone=(), geolocation=(), clipboard-read=(), display-capture=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

export const addHeaders = (reply: FastifyReply, isSecure: boolean): FastifyReply => {
  if (isSecure) reply.header('strict-transport-security', 'max-age=31536000')
  return reply.headers(everyAnswer)
}

/**
 * Makes sure that a request was meant for this connector and comes from its own page. A name on the internet that
 * was made to point at this machine (DNS rebinding) is another host; a page elsewhere is another origin.
 * @throws LocalFault
 */
export function assertOwnOrigin(
  { headers, method }: FastifyRequest,
  origins: ReadonlySet<string>,
  scheme: string,
): void {
  const { host = '', origin } = headers
  if (!origins.has(`${scheme}//${host}`)) throw new LocalFault('other-origin')
  if (origin !== undefined && origin !== `${scheme}//${host}`) throw new LocalFault('other-origin')
  const site = headers['sec-fetch-site']
  const isNavigation = method === 'GET' && headers['sec-fetch-mode'] === 'navigate'
  if (site === undefined || site === 'same-origin' || site === 'none' || isNavigation) return
  throw new LocalFault('other-origin')
}
