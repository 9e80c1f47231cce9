import { Compile } from 'typebox/compile'
import { GatewayProblem } from '../client/errors.ts'
import { Problem } from '../wire/problem.ts'

/** The connector did not answer: what was sent may have been done. */
export class ConnectorAway extends Error {
  constructor() {
    super('the connector does not answer')
    this.name = 'ConnectorAway'
  }
}

/** The session has ended. */
export class SignedOut extends Error {
  constructor() {
    super('nobody is signed in')
    this.name = 'SignedOut'
  }
}

const problemForm = Compile(Problem)
const signedOut = 'urn:raakvlak:connector:signed-out'
const operatorAway = 'urn:raakvlak:connector:operator-away'

/** Whether, after this failure, what was sent may have arrived all the same. */
export const isUnsure = (error: unknown): boolean =>
  error instanceof ConnectorAway ||
  (error instanceof GatewayProblem &&
    (error.problem.type === operatorAway || error.problem.status >= 500))

export type Transport = ReturnType<typeof openTransport>

/**
 * The one way out of the page: to its own connector, and nowhere else. The token of the session lives here, in
 * memory, and goes with the page.
 */
export function openTransport(onSignedOut: () => void) {
  let token: string | undefined

  async function ask(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    const response = await fetch(path, {
      method,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(120_000),
    }).catch(() => {
      throw new ConnectorAway()
    })
    const text = await response.text().catch(() => {
      throw new ConnectorAway()
    })
    let answer: unknown
    try {
      answer = text === '' ? undefined : JSON.parse(text)
    } catch {
      throw new ConnectorAway()
    }
    if (response.ok) return answer
    if (!problemForm.Check(answer)) throw new ConnectorAway()
    if (answer.type === signedOut) {
      token = undefined
      onSignedOut()
      throw new SignedOut()
    }
    throw new GatewayProblem(answer)
  }

  return {
    /** The answer is what the connector says; what an operator signed or proved in it is checked elsewhere. */
    get: async <Answer>(path: string): Promise<Answer> => (await ask('GET', path)) as Answer,
    post: async <Answer>(path: string, body: object): Promise<Answer> =>
      (await ask('POST', path, body)) as Answer,
    hold: (held: string | undefined): void => {
      token = held
    },
  }
}
