import type { FastifyRequest } from 'fastify'
import type { HomeSettings } from '../client/agency-home.ts'
import type { Partner } from '../client/partner.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Bundle } from './bundle.ts'
import type { openSentSignals } from './sent-signals.ts'
import type { openLocalSessions, SessionHolder } from './sessions.ts'

/** What the routes of a connector share. */
export type ConnectorRooms = {
  readonly folder: string
  readonly home: HomeSettings
  readonly clock: Clock
  readonly bundle: Bundle
  readonly sessions: ReturnType<typeof openLocalSessions>
  readonly sent: ReturnType<typeof openSentSignals>
  readonly partnerOf: (holder: SessionHolder) => Partner
  readonly tokenOf: (request: FastifyRequest) => string
  /** Who is signed in. @throws LocalFault when nobody is */
  readonly holderOf: (request: FastifyRequest) => Promise<SessionHolder>
}
