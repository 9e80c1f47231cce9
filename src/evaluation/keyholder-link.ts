import { Compile } from 'typebox/compile'
import type { OperatorPins } from '../agencies/types.ts'
import { fromBase64url } from '../kernel/bytes.ts'
import type { Clock } from '../kernel/clock.ts'
import { Fault, type FaultCode, faults } from '../kernel/fault.ts'
import { hashOfStatement, type PrivateJwk, signStatement } from '../proofs/statement.ts'
import { RefreshAnswer } from '../wire/ceremony.ts'
import { CountersignAnswer, OperatorEvaluation } from '../wire/evaluation.ts'
import type { KeyholderLink } from './types.ts'

const evaluationAnswer = Compile(OperatorEvaluation)
const countersignAnswer = Compile(CountersignAnswer)
const refreshAnswer = Compile(RefreshAnswer)

/** Refusals of the keyholder that concern the partner; anything else is a failure between operators. */
const passedOn = new Set<FaultCode>([
  'agreements/not-found',
  'policy/denied',
  'statements/invalid',
  'evaluation/invalid-batch',
  'evaluation/replayed',
  'evaluation/quota-exhausted',
  'evaluation/unknown-domain',
  'evaluation/epoch-closed',
  'keys/not-now',
])

const codeOf = (problem: unknown): FaultCode | undefined => {
  const type = (problem as { type?: unknown } | null)?.type
  if (typeof type !== 'string') return undefined
  return (Object.keys(faults) as FaultCode[]).find((code) => type.endsWith(`/problems/${code}`))
}

/** The gateway's HTTP link to the keyholder. Each request carries the gateway's own signature. */
export function openKeyholderLink({
  url,
  pins,
  rootKey,
  clock,
  traceparent,
  timeoutMilliseconds = 20_000,
}: {
  readonly url: string
  readonly pins: OperatorPins
  readonly rootKey: PrivateJwk
  readonly clock: Clock
  /** Says of which action a call is a part. */
  readonly traceparent: () => string
  readonly timeoutMilliseconds?: number
}): KeyholderLink {
  async function post(path: string, body: object): Promise<unknown> {
    let response: Response
    let answer: unknown
    try {
      response = await fetch(new URL(path, url), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          traceparent: traceparent(),
        },
        body: JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMilliseconds),
      })
      answer = await response.json()
    } catch (cause) {
      throw new Fault('evaluation/keyholder-unavailable', [], { cause, retryAfterSeconds: 5 })
    }
    if (response.ok) return answer
    const code = codeOf(answer)
    if (code !== undefined && passedOn.has(code)) {
      throw new Fault(code, [{ message: 'the keyholder refused; see the title' }], {
        retryAfterSeconds: Number(response.headers.get('retry-after')) || 0,
      })
    }
    throw new Fault('evaluation/keyholder-unavailable', [], {
      cause: new Error(`the keyholder answered ${response.status}`),
      retryAfterSeconds: 5,
    })
  }

  return {
    async evaluate(batch, generation) {
      const forwarding = await signStatement(
        'forwarding',
        {
          audience: pins.keyholder(),
          batchHash: hashOfStatement(batch),
          issuedAt: clock.now().toISOString(),
          ...(generation === 1 ? {} : { generation }),
        },
        rootKey,
      )
      const answer = await post('/v1/evaluations', { batch, forwarding })
      if (!evaluationAnswer.Check(answer)) {
        throw new Fault('evaluation/keyholder-unavailable', [], {
          cause: new Error('the keyholder’s answer has another form'),
        })
      }
      return { elements: fromBase64url(answer.elements), proof: fromBase64url(answer.proof) }
    },

    async countersign(offer) {
      const answer = await post('/v1/domain-keys', { offer })
      if (!countersignAnswer.Check(answer)) {
        throw new Fault('evaluation/keyholder-unavailable', [], {
          cause: new Error('the keyholder’s answer has another form'),
        })
      }
      return answer.manifest
    },

    async refresh(payload) {
      const statement = await signStatement('share-refresh', payload, rootKey)
      const answer = await post('/v1/share-refreshes', { statement })
      if (!refreshAnswer.Check(answer)) {
        throw new Fault('evaluation/keyholder-unavailable', [], {
          cause: new Error('the keyholder’s answer has another form'),
        })
      }
      return answer
    },
  }
}
