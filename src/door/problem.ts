import type { FastifyReply } from 'fastify'
import { utf8 } from '../kernel/bytes.ts'
import { Fault, type FaultCode, faults, type Problem as Wrong } from '../kernel/fault.ts'
import { mostProblems, type Problem } from '../wire/problem.ts'

/** The only media type of an error; without parameters, for it has none (RFC 9457 §3). */
export const problemType = 'application/problem+json'

/** What a caller is told to wait when nobody knows better. */
const usualPauseSeconds = 5

/** Parts of a request as Fastify names them → as a pointer into the request names them. */
const parts: Record<string, string> = {
  body: '/body',
  querystring: '/query',
  params: '/path',
  headers: '/headers',
}

/** What a validator of Fastify reports; the parts of it that hold nothing of the caller's. */
type SchemaError = {
  readonly keyword?: string
  readonly instancePath?: string
  readonly message?: string
  readonly params?: Readonly<Record<string, unknown>>
}

type Failure = {
  readonly statusCode?: unknown
  readonly code?: unknown
  readonly validation?: readonly SchemaError[]
  readonly validationContext?: string
}

/** Faults that Fastify itself finds, by its code. */
const foreign: Readonly<Record<string, FaultCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'door/unsupported-media-type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'door/payload-too-large',
  FST_ERR_NOT_FOUND: 'door/not-found',
}

/**
 * The fault that a caller is told about when `error` was thrown. Anything that is neither a Fault
 * nor a refusal by Fastify is a bug, and becomes `door/internal`, which says nothing.
 */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error
  const { code, statusCode, validation, validationContext } = (error ?? {}) as Failure
  if (Array.isArray(validation)) {
    return new Fault(
      'door/invalid-input',
      validation.slice(0, mostProblems).map(wrongOf(validationContext)),
    )
  }
  if (typeof code === 'string' && code.startsWith('FST_')) {
    const known = foreign[code]
    if (known !== undefined) return new Fault(known)
    if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
      return new Fault('door/invalid-input')
    }
  }
  return new Fault('door/internal', [], { cause: error })
}

/**
 * INVARIANT: neither pointer nor message holds anything that the caller sent. Pointers are made of
 * names in our schemas, since every object refuses other names; messages come from our schemas.
 */
const wrongOf =
  (context: string | undefined) =>
  ({ keyword, instancePath = '', message, params }: SchemaError): Wrong => {
    const at = `${parts[context ?? ''] ?? ''}${instancePath}`
    if (keyword === 'required') {
      return { at: `${at}/${String(params?.missingProperty)}`, message: 'is missing' }
    }
    if (keyword === 'additionalProperties') {
      return { at, message: 'has a member that is not in the documentation' }
    }
    return { at, message: message ?? 'is not in the agreed form' }
  }

/** The address of a kind of problem. It is a name; nothing needs to be there. */
export const problemAddress = (publicUrl: string, code: FaultCode): string =>
  new URL(`/problems/${code}`, publicUrl).href

/** A fault as callers see it (RFC 9457). `instance` is the request id as a URN (RFC 9562). */
export function problemOf(
  fault: Fault,
  { publicUrl, requestId }: { readonly publicUrl: string; readonly requestId: string },
): Problem {
  const { status, title, advice } = faults[fault.code]
  return {
    type: problemAddress(publicUrl, fault.code),
    title,
    status,
    detail: advice,
    instance: `urn:uuid:${requestId}`,
    ...(fault.problems.length === 0 ? {} : { problems: fault.problems.slice(0, mostProblems) }),
  }
}

/** Seconds for `Retry-After`: 429 and 503 always say when to come back. */
export function pauseOf(fault: Fault): number | undefined {
  if (fault.retryAfterSeconds !== undefined && fault.retryAfterSeconds > 0) {
    return Math.ceil(fault.retryAfterSeconds)
  }
  return fault.status === 429 || fault.status === 503 ? usualPauseSeconds : undefined
}

/** Answers with a problem. */
export function sendProblem(reply: FastifyReply, fault: Fault, publicUrl: string): FastifyReply {
  const pause = pauseOf(fault)
  if (pause !== undefined) reply.header('retry-after', pause)
  const text = JSON.stringify(problemOf(fault, { publicUrl, requestId: reply.request.id }))
  // As bytes: Fastify adds a charset to the type of a text.
  return reply
    .code(fault.status)
    .type(problemType)
    .send(Buffer.from(utf8(text)))
}
