/**
 * Headers of every answer of the API, errors included (NLgov API Design Rules; OWASP). Also for
 * answers that never reach a route, which is why they are plain values and no plugin.
 */
export const apiHeaders = (apiVersion: string): Readonly<Record<string, string>> => ({
  'api-version': apiVersion,
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
})

/** How many times a header was sent. Node keeps only the first of some and joins others. */
export function countHeader(rawHeaders: readonly string[], name: string): number {
  let count = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() === name) count += 1
  }
  return count
}

/** Whether an `Accept` header (RFC 9110 §12.5.1) admits one of the media types. */
export function accepts(header: string | undefined, types: readonly string[]): boolean {
  if (header === undefined || header.trim() === '') return true
  return header.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    if (parameters.some((parameter) => /^q=0(?:\.0{0,3})?$/.test(parameter))) return false
    return type === '*/*' || types.some((own) => type === own || type === `${own.split('/')[0]}/*`)
  })
}
