/**
 * Names and manners of the console's cookies. Over HTTPS each name begins with `__Host-`: the browser then takes it
 * from this host alone, for every path, over HTTPS only. Plain HTTP is for a machine's own loopback.
 */
export function cookiesFor(publicUrl: string) {
  const { protocol, hostname } = new URL(publicUrl)
  const secure = protocol === 'https:'
  if (!secure && !/^(?:127\.[0-9.]+|localhost|\[::1\])$/.test(hostname)) {
    throw new Error('the console needs a public URL with https, or one of this machine itself')
  }
  const prefix = secure ? '__Host-' : ''
  return {
    session: `${prefix}raakvlak-session`,
    signIn: `${prefix}raakvlak-sign-in`,
    language: `${prefix}raakvlak-language`,
    /** Lax: somebody who comes from the sign-in service has to arrive with it. */
    manners: { path: '/', httpOnly: true, sameSite: 'lax' as const, secure },
  }
}
