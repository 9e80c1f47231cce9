import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Fault } from '../kernel/fault.ts'

const wholeNumber = /^(?:0|-?[1-9][0-9]{0,15})$/

type Members = Readonly<Record<string, { readonly type?: unknown }>>

const numbersOf = (schema: unknown): readonly string[] => {
  const { properties = {} } = (schema ?? {}) as { properties?: Members }
  return Object.keys(properties).filter((name) => properties[name]?.type === 'integer')
}

/** Turns members that are whole numbers in their plainest spelling into numbers. */
function readNumbersOf(values: unknown, schema: unknown): void {
  const members = (values ?? {}) as Record<string, unknown>
  for (const name of numbersOf(schema)) {
    const text = members[name]
    if (typeof text === 'string' && wholeNumber.test(text)) members[name] = Number(text)
  }
}

/**
 * Text in an address becomes a number where the route's schema asks for an integer, and only in
 * its plainest spelling: the schema refuses the rest. (Ajv's own coercion takes ' 1e2 ' for 100 and
 * nothing for 0, and it would apply to bodies as well.) Also refuses NUL characters, which
 * PostgreSQL cannot store, in any part of an address.
 */
export function readNumbers(app: FastifyInstance): void {
  app.addHook('preValidation', async (request: FastifyRequest) => {
    const { params, query, routeOptions } = request
    for (const [at, values] of [
      ['/path', params],
      ['/query', query],
    ] as const) {
      if (holdsNul(values)) {
        throw new Fault('door/invalid-input', [{ at, message: 'holds a NUL character' }])
      }
    }
    readNumbersOf(params, routeOptions.schema?.params)
    readNumbersOf(query, routeOptions.schema?.querystring)
  })
}

const holdsNul = (values: unknown): boolean =>
  Object.entries((values ?? {}) as object)
    .flat(2)
    .some((text) => typeof text === 'string' && text.includes('\0'))
