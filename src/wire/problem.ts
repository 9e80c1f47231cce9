import Type, { type Static } from 'typebox'
import { ListOf } from './common.ts'

/** Most faults that one problem lists. */
export const mostProblems = 100

const Text = (description?: string) =>
  Type.String({ maxLength: 1_000, ...(description === undefined ? {} : { description }) })

/** Problem details (RFC 9457): how every error is told. */
export const Problem = Type.Object(
  {
    type: Text('Stable address of this kind of problem'),
    title: Text(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Text('What to do next'),
    instance: Type.Optional(Text('The request id')),
    problems: Type.Optional(
      ListOf(
        Type.Object(
          {
            at: Type.Optional(Text('Where: a JSON pointer or a policy')),
            message: Text(),
            article: Type.Optional(Text('The article it rests on')),
          },
          { additionalProperties: false },
        ),
        mostProblems,
      ),
    ),
  },
  { additionalProperties: false, title: 'Problem' },
)
export type Problem = Static<typeof Problem>
