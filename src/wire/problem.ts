import Type, { type Static } from 'typebox'

/** Problem details (RFC 9457): how every error is told. */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'Stable address of this kind of problem' }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String({ description: 'What to do next' }),
    instance: Type.Optional(Type.String({ description: 'The request id' })),
    problems: Type.Optional(
      Type.Array(
        Type.Object(
          {
            at: Type.Optional(Type.String({ description: 'Where: a JSON pointer or a policy' })),
            message: Type.String(),
            article: Type.Optional(Type.String({ description: 'The article it rests on' })),
          },
          { additionalProperties: false },
        ),
      ),
    ),
  },
  { additionalProperties: false, title: 'Problem' },
)
export type Problem = Static<typeof Problem>
