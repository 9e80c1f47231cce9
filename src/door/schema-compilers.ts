import ajvCompiler from '@fastify/ajv-compiler'
import serializerSelector from '@fastify/fast-json-stringify-compiler'
import type { FastifyInstance, FastifySchema } from 'fastify'

/** What is not agreed on is refused, nothing is changed on the way, and every fault is told at once. */
const customOptions = {
  removeAdditional: false,
  coerceTypes: false,
  useDefaults: false,
  allErrors: true,
} as const

/**
 * Fastify's own compilers, asked at the first request that needs them instead of at the start: compiling
 * the schemas of all routes took longer than everything else that a start does.
 * Does not find a schema that cannot be compiled before it is needed; knows no schemas shared by `addSchema`.
 */
export function compileSchemasWhenNeeded(app: FastifyInstance): void {
  const compileCheck = ajvCompiler()({}, { customOptions })
  const compileText = serializerSelector()({}, {})
  app.setValidatorCompiler<FastifySchema>(({ schema }) => {
    let check: ReturnType<typeof compileCheck> | undefined
    return (value: unknown) => {
      check ??= compileCheck({ schema })
      return check(value) ? true : { error: check.errors ?? [] }
    }
  })
  app.setSerializerCompiler<FastifySchema>((route) => {
    let write: ReturnType<typeof compileText> | undefined
    return (value: unknown) => {
      write ??= compileText(route as Parameters<typeof compileText>[0])
      return write(value)
    }
  })
}
