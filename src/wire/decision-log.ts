import Type, { type Static } from 'typebox'
import { AgreementHashText, closed, ListOf, OneOf } from './common.ts'
import { LogResource, ProcessingRecord, subjectTypes } from './processing-log.ts'

const { trace_id, span_id, parent_span_id, status } = ProcessingRecord.properties
const Word = Type.String({ maxLength: 100 })
const Reference = Type.String({ format: 'uri', maxLength: 500 })
const PolicyName = Type.String({
  pattern: '^[a-z0-9-]+/[a-z0-9-]+$',
  maxLength: 100,
  description: 'Name of a policy, or of the fault that stood in the way',
})

/** What was asked of the decision point, in the form of the AuthZEN Authorization API 1.0. */
const EvaluationRequest = Type.Object(
  {
    subject: Type.Object(
      { type: Type.Literal('agency'), id: Word },
      { ...closed, description: 'The agency that acted' },
    ),
    action: Type.Object({ name: Word }, closed),
    resource: Type.Object(
      { type: OneOf([...subjectTypes, 'agreement', 'operator']), id: Word },
      {
        ...closed,
        description:
          'A record, under its pseudonym in your logs; else the agreement, or the operator',
      },
    ),
    context: Type.Object(
      {
        onBehalfOf: Type.Optional(Word),
        agreement: Type.Optional(AgreementHashText),
        purpose: Type.Optional(Word),
        domain: Type.Optional(Word),
        category: Type.Optional(Word),
        ageBand: Type.Optional(Word),
        subjectKind: Type.Optional(Word),
        dataCategories: Type.Optional(ListOf(Word, 50)),
        legalBases: Type.Optional(ListOf(Word, 50)),
      },
      closed,
    ),
  },
  { ...closed, title: 'EvaluationRequest' },
)
export type EvaluationRequest = Static<typeof EvaluationRequest>

/** One decision, in the form of the Authorization Decision Log. Names no officer and no machine. */
export const DecisionRecord = Type.Object(
  {
    trace_id,
    span_id,
    parent_span_id,
    event_name: Type.Literal('adl.access_evaluation'),
    timestamp: Type.Integer({
      minimum: 0,
      description: 'When it was decided, in milliseconds since 1970 (UTC)',
    }),
    status,
    attributes: Type.Object(
      {
        'adl.core.policies': Type.Optional(
          Type.String({
            ...Reference,
            description: 'The policy set that decided, as long as the decision can be replayed',
          }),
        ),
        'adl.core.information': Type.Optional(
          Type.String({ ...Reference, description: 'The agreement that was looked at' }),
        ),
        'raakvlak.ledger_index':
          ProcessingRecord.properties.attributes.properties['raakvlak.ledger_index'],
      },
      closed,
    ),
    body: Type.Object(
      {
        request: EvaluationRequest,
        response: Type.Object(
          {
            decision: Type.Boolean(),
            context: Type.Object({ reasons: ListOf(PolicyName, 50) }, closed),
          },
          { ...closed, title: 'EvaluationResponse' },
        ),
      },
      closed,
    ),
    resource: LogResource,
  },
  {
    ...closed,
    title: 'DecisionRecord',
    description: 'One decision (Authorization Decision Log); trace and span name it',
  },
)
export type DecisionRecord = Static<typeof DecisionRecord>
