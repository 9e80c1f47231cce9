import Type, { type Static } from 'typebox'
import { Occasion } from './access.ts'
import { alarmOutcomes, alarmReasons, alarmRules } from './codes/alarms.ts'
import { codesOf } from './codes.ts'
import {
  AgencyIdText,
  closed,
  Day,
  Instant,
  ListOf,
  OfficerText,
  OneOf,
  Statement,
  Thumbprint,
  Uuid,
} from './common.ts'

/** Most alarms on one page. */
export const alarmsPerPage = 100
/** Most days and subjects that one alarm names. */
export const mostFirings = 100

export const alarmStates = ['open', 'taken', 'closed'] as const

const Rule = OneOf(codesOf(alarmRules), { description: 'Why it was raised' })
const State = OneOf(alarmStates)
const Client = Type.String({ ...AgencyIdText, description: 'Machine of your agency' })
const Officer = Type.String({
  ...OfficerText,
  description: 'Your own opaque name of the officer who sat at the machine',
})
const Place = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const About = Type.String({
  ...Uuid,
  description: 'A signal, or a handle of an overlap or a follow-up, of your own',
})

export const AlarmQuery = Type.Object(
  {
    occasion: Occasion,
    state: Type.Optional(State),
    rule: Type.Optional(Rule),
    client: Type.Optional(Client),
    officer: Type.Optional(Officer),
    before: Type.Optional(Place),
  },
  closed,
)
export type AlarmQuery = Static<typeof AlarmQuery>

export const AlarmParams = Type.Object({ id: Uuid }, closed)
export type AlarmParams = Static<typeof AlarmParams>
export const AlarmShowQuery = Type.Object({ occasion: Occasion }, closed)
export type AlarmShowQuery = Static<typeof AlarmShowQuery>

const Sentence = Type.String({ maxLength: 1_000 })

export const Alarm = Type.Object(
  {
    id: Uuid,
    rule: Rule,
    raisedAt: Instant,
    lastAt: Type.String({ ...Instant, description: 'When it was seen for the last time' }),
    state: State,
    client: Type.Optional(Client),
    officer: Type.Optional(Officer),
    about: Type.Optional(About),
    count: Type.Integer({ minimum: 1, description: 'How often it was seen, in this one case' }),
    threshold: Type.Number({ description: 'From how much on an alarm is raised, here and then' }),
    measured: Type.Number({ description: 'How much it was, when it was most' }),
    explanation: Type.Object({ en: Sentence, nl: Sentence }, closed),
    dueAt: Type.String({ ...Instant, description: 'By when it has to be closed' }),
    overdue: Type.Boolean(),
    takenBy: Type.Optional(
      Type.Object(
        {
          client: Type.Optional(Client),
          officer: Type.Optional(Officer),
          signatory: Type.Optional(
            Type.String({ ...Thumbprint, description: 'Key of your agency that said so' }),
          ),
        },
        closed,
      ),
    ),
    outcome: Type.Optional(OneOf(codesOf(alarmOutcomes))),
    reason: Type.Optional(OneOf(codesOf(alarmReasons))),
    closedAt: Type.Optional(Instant),
  },
  { ...closed, title: 'Alarm' },
)
export type Alarm = Static<typeof Alarm>

export const AlarmPage = Type.Object(
  {
    alarms: ListOf(Alarm, alarmsPerPage),
    next: Type.Optional(Type.Integer({ description: 'Ask for what is `before` this for more' })),
  },
  { ...closed, title: 'AlarmPage' },
)
export type AlarmPage = Static<typeof AlarmPage>

/** One alarm, and when it was seen. */
export const AlarmView = Type.Object(
  {
    alarm: Alarm,
    firings: ListOf(
      Type.Object(
        {
          day: Type.String({ ...Day, description: 'Day in the Netherlands' }),
          about: Type.Optional(About),
          measured: Type.Number(),
        },
        closed,
      ),
      mostFirings,
      { description: 'The newest first' },
    ),
    acts: Type.Optional(
      Type.String({
        maxLength: 500,
        description: 'Where the acts stand that it is about, as a path at the gateway',
      }),
    ),
  },
  { ...closed, title: 'AlarmView' },
)
export type AlarmView = Static<typeof AlarmView>

export const AlarmCloseBody = Type.Object(
  { outcome: OneOf(codesOf(alarmOutcomes)), reason: OneOf(codesOf(alarmReasons)) },
  { ...closed, title: 'AlarmCloseBody' },
)
export type AlarmCloseBody = Static<typeof AlarmCloseBody>

const Audience = Type.Object({ gateway: Thumbprint, keyholder: Thumbprint }, closed)

/** Payload of an `alarm-question`: an agency asks the keyholder which alarms there are about it. */
export const AlarmQuestionPayload = Type.Object(
  {
    audience: Audience,
    agency: AgencyIdText,
    occasion: Occasion,
    state: Type.Optional(State),
    before: Type.Optional(Place),
    askedAt: Instant,
  },
  closed,
)
export type AlarmQuestionPayload = Static<typeof AlarmQuestionPayload>

/** Payload of an `alarm-answer`: a person of the agency takes an alarm at the keyholder up, or closes it. */
export const AlarmAnswerPayload = Type.Object(
  {
    audience: Audience,
    agency: AgencyIdText,
    alarm: Uuid,
    close: Type.Optional(AlarmCloseBody),
    saidAt: Instant,
  },
  closed,
)
export type AlarmAnswerPayload = Static<typeof AlarmAnswerPayload>

export const AlarmStatementBody = Type.Object(
  { statement: Statement },
  { ...closed, title: 'AlarmStatementBody' },
)
export type AlarmStatementBody = Static<typeof AlarmStatementBody>
