import type { FastifyRequest } from 'fastify'
import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { LocalFault } from './faults.ts'

/** Reads a body. @throws LocalFault that names the places, and nothing that stands there */
export const bodyReader = <Form extends TSchema>(form: Form) => {
  const compiled = Compile(form)
  return ({ body }: FastifyRequest): Static<Form> => {
    if (compiled.Check(body)) return body as Static<Form>
    const places = compiled.Errors(body).map(({ instancePath }) => instancePath || '/')
    throw new LocalFault('invalid-input', [...new Set(places)].slice(0, 20))
  }
}

export const pathPart = (request: FastifyRequest, name: string): string => {
  const { [name]: part = '' } = request.params as Readonly<Record<string, string>>
  return part
}
