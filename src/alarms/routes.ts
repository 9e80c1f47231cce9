import type { FastifyPluginAsync } from 'fastify'
import {
  Alarm,
  AlarmCloseBody,
  AlarmPage,
  AlarmParams,
  AlarmQuery,
  AlarmShowQuery,
  AlarmStatementBody,
  AlarmView,
} from '../wire/alarm.ts'
import { ProtectedStaff, ProtectStaffBody, RemoveStaffBody } from '../wire/protected-staff.ts'
import type { Alarms } from './alarms.ts'
import type { Staff } from './staff.ts'
import type { AlarmStatements } from './statements.ts'

const tags = ['oversight']
const access = { scope: 'oversee' } as const

/** Alarms at the gateway, over HTTP; translation only. */
export const alarmRoutes =
  (alarms: Pick<Alarms, 'list' | 'show' | 'take' | 'close'>): FastifyPluginAsync =>
  async (app) => {
    app.get<{ Querystring: AlarmQuery }>(
      '/v1/alarms',
      {
        schema: {
          operationId: 'listAlarms',
          summary: 'Alarms about what your agency did, the newest first',
          description:
            'Raised by fixed rules with published thresholds. You see those about your own agency only; nobody else sees them. Every look stands on the ledger with its occasion.',
          tags,
          querystring: AlarmQuery,
          response: { 200: AlarmPage },
        },
        config: { access },
      },
      ({ caller, id, query }) => alarms.list({ ...caller, requestId: id }, query),
    )

    app.get<{ Params: AlarmParams; Querystring: AlarmShowQuery }>(
      '/v1/alarms/:id',
      {
        schema: {
          operationId: 'getAlarm',
          summary: 'One alarm, and when it was seen',
          tags,
          params: AlarmParams,
          querystring: AlarmShowQuery,
          response: { 200: AlarmView },
        },
        config: { access },
      },
      ({ caller, id, params, query }) =>
        alarms.show({ ...caller, requestId: id }, params.id, query),
    )

    app.post<{ Params: AlarmParams }>(
      '/v1/alarms/:id/_take',
      {
        schema: {
          operationId: 'takeAlarm',
          summary: 'Say that you look into an alarm',
          description:
            'Not for the officer or the machine that it is about. Whoever had taken it up before is relieved of it.',
          tags,
          params: AlarmParams,
          response: { 200: Alarm },
        },
        config: { access },
      },
      ({ caller, id, params }) => alarms.take({ ...caller, requestId: id }, params.id),
    )

    app.post<{ Params: AlarmParams; Body: AlarmCloseBody }>(
      '/v1/alarms/:id/_close',
      {
        schema: {
          operationId: 'closeAlarm',
          summary: 'Close an alarm with what you found',
          description: 'Whoever took it up closes it. The first finding stands.',
          tags,
          params: AlarmParams,
          body: AlarmCloseBody,
          response: { 200: Alarm },
        },
        config: { access },
      },
      ({ caller, id, params, body }) => alarms.close({ ...caller, requestId: id }, params.id, body),
    )
  }

/** Protected staff, over HTTP; translation only. */
export const staffRoutes =
  (staff: Pick<Staff, 'protect' | 'list' | 'remove'>): FastifyPluginAsync =>
  async (app) => {
    app.post<{ Body: ProtectStaffBody }>(
      '/v1/protected-staff',
      {
        schema: {
          operationId: 'protectStaff',
          summary: 'Protect members of your staff against looks of your own people',
          description:
            'Tokens, as those of a signal. The gateway keeps their HMACs until the day that you name, and raises an alarm, for your agency alone, when one of your people submits or looks at a signal of yours about one of them.',
          tags,
          body: ProtectStaffBody,
          response: { 200: ProtectedStaff },
        },
        config: { access },
      },
      ({ caller, id, body }) => staff.protect({ ...caller, requestId: id }, body),
    )

    app.get(
      '/v1/protected-staff',
      {
        schema: {
          operationId: 'listProtectedStaff',
          summary: 'How many of your staff are protected',
          tags,
          response: { 200: ProtectedStaff },
        },
        config: { access },
      },
      ({ caller, id }) => staff.list({ ...caller, requestId: id }),
    )

    app.post<{ Body: RemoveStaffBody }>(
      '/v1/protected-staff/_remove',
      {
        schema: {
          operationId: 'removeProtectedStaff',
          summary: 'End it, at once and for good: in one domain, or all of it',
          tags,
          body: RemoveStaffBody,
          response: { 200: ProtectedStaff },
        },
        config: { access },
      },
      ({ caller, id, body }) => staff.remove({ ...caller, requestId: id }, body),
    )
  }

/** Alarms at the keyholder, over HTTP: each request is a signed statement. Translation only. */
export const keyholderAlarmRoutes =
  (alarms: AlarmStatements): FastifyPluginAsync =>
  async (app) => {
    app.post<{ Body: AlarmStatementBody }>(
      '/v1/alarm-questions',
      {
        schema: {
          operationId: 'askForAlarms',
          summary: 'Alarms about your agency at the keyholder, the newest first',
          tags,
          body: AlarmStatementBody,
          response: { 200: AlarmPage },
        },
        config: { access: 'statement' },
      },
      ({ body }) => alarms.list(body.statement),
    )

    app.post<{ Body: AlarmStatementBody }>(
      '/v1/alarm-answers',
      {
        schema: {
          operationId: 'answerAlarm',
          summary: 'Take an alarm at the keyholder up, or close it, under a person’s key',
          tags,
          body: AlarmStatementBody,
          response: { 200: Alarm },
        },
        config: { access: 'statement' },
      },
      ({ body }) => alarms.answer(body.statement),
    )
  }
