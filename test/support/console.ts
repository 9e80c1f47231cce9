import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Account, codeAt, makeAccount } from '../../src/console/accounts.ts'
import type { OfficerRole } from '../../src/console/types.ts'
import { openHouse } from './house.ts'

type Test = Parameters<typeof openHouse>[0]

/** An officer with an account at the development's sign-in service. */
export type TestOfficer = Account & { readonly plainPassword: string }

/** A browser without a screen: keeps cookies, follows nothing by itself. */
export type Visitor = ReturnType<typeof makeVisitor>

const agent = 'test browser'

export function makeVisitor(origin: string, userAgent = agent) {
  const jar = new Map<string, string>()
  async function fetched(path: string, init: RequestInit = {}) {
    const url = new URL(path, origin)
    const response = await fetch(url, {
      redirect: 'manual',
      ...init,
      headers: {
        'user-agent': userAgent,
        accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
        ...init.headers,
      },
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '' || /expires=thu, 01 jan 1970/i.test(line)) jar.delete(name)
      else jar.set(name, value)
    }
    return response
  }
  async function ask(path: string, init: RequestInit = {}) {
    const response = await fetched(path, init)
    return {
      status: response.status,
      headers: response.headers,
      text: await response.text(),
      location: response.headers.get('location') ?? '',
    }
  }
  const formOf = (
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): RequestInit => ({
    method: 'POST',
    headers: { origin, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(fields).toString(),
  })
  return {
    origin,
    jar,
    ask,
    send: (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
      ask(path, formOf(fields, headers)),
    /** What a form answers with as a file, byte for byte. */
    async download(path: string, fields: Record<string, string>) {
      const answer = await fetched(path, formOf(fields))
      const { status, headers } = answer
      return { status, headers, bytes: new Uint8Array(await answer.arrayBuffer()) }
    },
  }
}

/** The hidden token of the forms on a page. */
export const csrfIn = (page: string): string => /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? ''

/** A house whose gateway has the console, with accounts that tests add. */
export async function openConsoleHouse(
  t: Test,
  options: Omit<NonNullable<Parameters<typeof openHouse>[1]>, 'console'> = {},
) {
  const house = await openHouse(t, {
    ...options,
    console: {
      signIn: { kind: 'embedded', accountsFile: 'accounts.json' },
      connectorUrls: { politie: 'https://connector.politie.example/' },
    },
  })
  const file = join(house.folder, 'accounts.json')
  const officers: TestOfficer[] = []

  async function employ(
    account: string,
    agency: string,
    roles: readonly OfficerRole[],
  ): Promise<TestOfficer> {
    const made = makeAccount(
      {
        account,
        agency,
        officer: `officer-${account}`,
        name: `Officer ${account}`,
        roles: [...roles],
      },
      house.random,
    )
    const officer = { ...made.account, plainPassword: made.password }
    officers.push(officer)
    await writeFile(file, JSON.stringify(officers.map(({ plainPassword: _, ...kept }) => kept)))
    return officer
  }

  /** The code of an authenticator; each is taken once, so that the clock goes on to the next. */
  function nextCode({ totp }: TestOfficer): string {
    house.clock.advance(30)
    return codeAt(totp, house.clock.now())
  }

  const { origin } = new URL(house.pins.gateway.url)

  /** Goes through the whole sign-in, up to the page where it leads. */
  async function signIn(
    officer: TestOfficer,
    visitor = makeVisitor(origin),
    begin = '/console/sign-in/begin',
  ): Promise<Visitor> {
    const callback = await reachCallback(officer, visitor, begin)
    await visitor.ask(callback)
    return visitor
  }

  /** Up to where the sign-in service sends the browser back. */
  async function reachCallback(
    officer: TestOfficer,
    visitor: Visitor,
    begin = '/console/sign-in/begin',
  ): Promise<string> {
    const { location: authorize } = await visitor.ask(begin)
    const { location: interaction } = await visitor.ask(authorize)
    const { location: resume, text } = await visitor.send(interaction, {
      account: officer.account,
      password: officer.plainPassword,
      code: nextCode(officer),
    })
    if (resume === '') throw new Error(text)
    return (await visitor.ask(resume)).location
  }
  return { ...house, origin, employ, nextCode, signIn, reachCallback }
}
