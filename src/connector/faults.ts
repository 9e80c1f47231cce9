import {
  AccessRefused,
  GatewayProblem,
  GatewayUnreachable,
  NoAgreementInForce,
  OperatorAway,
  OperatorFailure,
  UntrustworthyOperator,
} from '../client/errors.ts'
import { OtherCase } from '../client/meant-signal.ts'
import type { Problem } from '../wire/problem.ts'

/** Every refusal of the connector itself; `docs/connector.md` lists them. None repeats what was sent. */
export const localFaults = {
  'invalid-input': {
    status: 400,
    title: 'The request is not in the agreed form',
    detail: 'Load the page again: it and the connector belong together.',
  },
  'other-origin': {
    status: 403,
    title: 'This request does not come from the page of this connector',
    detail: 'Open the page at the address that the connector printed.',
  },
  'signed-out': {
    status: 401,
    title: 'Nobody is signed in',
    detail: 'Sign in with your access code. What you typed stays where it is.',
  },
  'wrong-code': {
    status: 403,
    title: 'This is not the access code',
    detail: 'Type the code as it was printed, or ask who runs the connector for another.',
  },
  'too-many-tries': {
    status: 429,
    title: 'Too many wrong codes',
    detail: 'Wait a minute, then try again.',
  },
  'not-for-you': {
    status: 403,
    title: 'Your access code does not let you do this',
    detail: 'Somebody with the role "decider" can.',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing here for you',
    detail: 'Load the page again.',
  },
  'other-case': {
    status: 409,
    title: 'The gateway says that this signal is another case than it is',
    detail: 'Decide nothing, and report this to whoever runs the connector.',
  },
  'not-from-here': {
    status: 409,
    title: 'This signal was not submitted from this folder',
    detail: 'Decide with the command "disclosure grant", where the signal can be named.',
  },
  'operator-away': {
    status: 503,
    title: 'An operator does not answer',
    detail: 'Try again in a moment. What you typed stays where it is.',
  },
  'no-access': {
    status: 502,
    title: 'The gateway does not let this agency in',
    detail: 'Tell whoever runs the connector: the agency’s card or agreement may have ended.',
  },
  'untrustworthy-operator': {
    status: 502,
    title: 'An operator answered otherwise than its keys allow',
    detail: 'Use nothing of it, and report it to whoever runs the connector.',
  },
  internal: {
    status: 500,
    title: 'The connector failed',
    detail: 'Try again; if it stays so, tell whoever runs the connector.',
  },
} as const satisfies Readonly<Record<string, Omit<Problem, 'type'>>>
export type LocalFaultCode = keyof typeof localFaults

/** A refusal of the connector. */
export class LocalFault extends Error {
  readonly code: LocalFaultCode
  /** Where the request is not in form, as pointers; never a value. */
  readonly places: readonly string[]

  constructor(code: LocalFaultCode, places: readonly string[] = []) {
    super(localFaults[code].title)
    this.name = 'LocalFault'
    this.code = code
    this.places = places
  }
}

const codeOf = (error: unknown): LocalFaultCode => {
  if (error instanceof LocalFault) return error.code
  if (error instanceof OperatorFailure) return codeOf(error.cause)
  if (error instanceof GatewayUnreachable || error instanceof OperatorAway) return 'operator-away'
  if (error instanceof AccessRefused || error instanceof NoAgreementInForce) return 'no-access'
  if (error instanceof UntrustworthyOperator) return 'untrustworthy-operator'
  if (error instanceof OtherCase) return 'other-case'
  const { statusCode } = (error ?? {}) as { readonly statusCode?: unknown }
  return statusCode === 404 ? 'not-found' : isOfCaller(statusCode) ? 'invalid-input' : 'internal'
}

const isOfCaller = (status: unknown): boolean =>
  typeof status === 'number' && status >= 400 && status < 500

/** How an error is told to the page: an operator's own problem as it stands, everything else as one of ours. */
export function problemOf(error: unknown): Problem {
  const known = error instanceof OperatorFailure ? error.cause : error
  if (known instanceof GatewayProblem) return known.problem
  const code = codeOf(error)
  const places = error instanceof LocalFault ? error.places : []
  return {
    type: `urn:raakvlak:connector:${code}`,
    ...localFaults[code],
    ...(places.length === 0
      ? {}
      : { problems: places.map((at) => ({ at, message: 'is not of the agreed form' })) }),
  }
}
