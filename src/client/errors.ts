import type { OperatorName } from '../oprf/types.ts'
import type { Problem } from '../wire/problem.ts'

/** A refusal that an operator explained (RFC 9457). Holds no token and no key. */
export class GatewayProblem extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super([problem.title, ...(problem.problems ?? []).map(({ message }) => message)].join(': '))
    this.name = 'GatewayProblem'
    this.problem = problem
  }

  /** The stable code at the end of the problem's type, such as `policy/denied`. */
  get code(): string {
    return this.problem.type.split('/problems/').at(-1) ?? ''
  }
}

/** An epoch closed meanwhile: what was made under it is made anew under the one that is open. */
export const isClosedEpoch = (error: unknown): boolean =>
  error instanceof GatewayProblem && error.code === 'evaluation/epoch-closed'

/** An operator that answered otherwise than its keys allow: do not use what it sent, and report it. */
export class UntrustworthyOperator extends Error {
  readonly operator: 'gateway' | 'keyholder'

  constructor(
    operator: 'gateway' | 'keyholder',
    message: string,
    options: { cause?: unknown } = {},
  ) {
    super(`${operator}: ${message}`, options)
    this.name = 'UntrustworthyOperator'
    this.operator = operator
  }
}

/** What one of the two operators did not do, and why; what the other one did stands. */
export class OperatorFailure extends Error {
  readonly operator: OperatorName

  constructor(operator: OperatorName, cause: unknown) {
    super(`the ${operator}: ${cause instanceof Error ? cause.message : 'unknown'}`, { cause })
    this.name = 'OperatorFailure'
    this.operator = operator
  }
}

/** No keys for the agency in this domain: no agreement of it is in force for the agency. */
export class NoAgreementInForce extends Error {
  constructor() {
    super(
      'No agreement of this domain is in force for this agency. It comes into force when every party has signed it, at both operators: "agreement list" shows who has not, and whether it has ended.',
    )
    this.name = 'NoAgreementInForce'
  }
}

/** No usable answer: the network failed, or the gateway was away. */
export class GatewayUnreachable extends Error {
  constructor(message: string) {
    super(`the gateway: ${message}`)
    this.name = 'GatewayUnreachable'
  }
}

/** An operator does not answer at its address. */
export class OperatorAway extends Error {
  constructor(url: string, cause: unknown) {
    super(`${new URL(url).origin} does not answer; is it running, and is the address right?`, {
      cause,
    })
    this.name = 'OperatorAway'
  }
}

/** The authorization server gave no token: the client is not known, or not any more. */
export class AccessRefused extends Error {
  /** `reason` is an error code of RFC 6749 §5.2, or a status. */
  constructor(reason: string) {
    super(`the gateway gives this client no access: ${reason}`)
    this.name = 'AccessRefused'
  }
}
