import type { FastifyInstance } from 'fastify'
import type { Agreements } from './agreements/agreements.ts'
import type { Delegations } from './agreements/delegations.ts'
import { agreementReadingRoutes } from './agreements/routes.ts'
import { alarmRoutes, staffRoutes } from './alarms/routes.ts'
import type { Archive } from './archive/archive.ts'
import { archiveRoutes } from './archive/routes.ts'
import type { Audit } from './audit/audit.ts'
import { auditRoutes } from './audit/routes.ts'
import type { Calibration } from './calibration/calibration.ts'
import { calibrationRoutes } from './calibration/routes.ts'
import { decisionRoutes } from './decisions/routes.ts'
import type { Disclosures } from './disclosures/disclosures.ts'
import type { EmergencyReviews } from './disclosures/emergency-reviews.ts'
import type { EmergencyRoute } from './disclosures/emergency-route.ts'
import { emergencyReviewRoutes, emergencyRoutes } from './disclosures/emergency-routes.ts'
import { recallRoutes } from './disclosures/recall-routes.ts'
import type { Recalls } from './disclosures/recalls.ts'
import { disclosureRoutes } from './disclosures/routes.ts'
import { gatewayEvaluationRoutes } from './evaluation/routes.ts'
import { addExportRoutes } from './exports.ts'
import type { FollowUps } from './follow-up/follow-up.ts'
import { followUpRoutes } from './follow-up/routes.ts'
import type { GatewayAlarms } from './gateway-alarms.ts'
import type { Draws } from './justifications/draws.ts'
import type { Justifications } from './justifications/justifications.ts'
import type { ReviewCases } from './justifications/review-cases.ts'
import { justificationRoutes } from './justifications/routes.ts'
import type { NonPunishment } from './non-punishment/non-punishment.ts'
import { nonPunishmentRoutes } from './non-punishment/routes.ts'
import type { Notifications } from './notification/notification.ts'
import { notificationRoutes } from './notification/routes.ts'
import { webhookRoutes } from './notification/webhook-routes.ts'
import type { Webhooks } from './notification/webhooks.ts'
import type { Overlaps } from './overlaps/overlaps.ts'
import { overlapRoutes } from './overlaps/routes.ts'
import type { Accesses } from './oversight/accesses.ts'
import { oversightRoutes } from './oversight/routes.ts'
import type { Retention } from './retention/retention.ts'
import { retentionRoutes } from './retention/routes.ts'
import { restrictionRoutes } from './signals/restriction-routes.ts'
import type { Restrictions } from './signals/restrictions.ts'
import { signalRoutes } from './signals/routes.ts'
import type { Signals } from './signals/signals.ts'
import { subjectRightsRoutes } from './subject-rights/routes.ts'
import type { SubjectRights } from './subject-rights/subject-rights.ts'
import type { NotificationKeys } from './wire/webhook.ts'

/** The rooms behind the routes that only the gateway has. */
export type AnsweringRooms = {
  readonly agreements: Agreements
  readonly delegations: Delegations
  readonly evaluation: Parameters<typeof gatewayEvaluationRoutes>[0]
  readonly signals: Signals
  readonly calibration: Calibration
  readonly overlaps: Overlaps
  readonly archive: Archive
  readonly disclosures: Disclosures
  readonly emergencyRoute: EmergencyRoute
  readonly emergencyReviews: EmergencyReviews
  readonly recalls: Recalls
  readonly nonPunishment: NonPunishment
  readonly subjectRights: {
    readonly requests: SubjectRights
    readonly restrictions: Restrictions
  }
  readonly notifications: Notifications
  readonly webhooks: Webhooks
  readonly notificationKeys: NotificationKeys
  readonly followUps: FollowUps
  readonly retention: Retention
  readonly accesses: Accesses
  readonly audit: Audit
  readonly justifications: {
    readonly samples: Justifications
    readonly draws: Draws
    readonly reviewCases: ReviewCases
  }
  readonly alarms: GatewayAlarms
  readonly decisions: Parameters<typeof decisionRoutes>[0]
  readonly exports: Parameters<typeof addExportRoutes>[1]
  readonly problemOf: Parameters<typeof signalRoutes>[1]
}

/** Routes that only the gateway has. Also used, without any room behind them, to describe the API. */
export function addGatewayRoutes(server: FastifyInstance, rooms: AnsweringRooms): void {
  server.register(agreementReadingRoutes(rooms.agreements, rooms.delegations))
  server.register(gatewayEvaluationRoutes(rooms.evaluation))
  server.register(signalRoutes(rooms.signals, rooms.problemOf))
  server.register(calibrationRoutes(rooms.calibration))
  server.register(overlapRoutes(rooms.overlaps))
  server.register(archiveRoutes(rooms.archive))
  server.register(disclosureRoutes(rooms.disclosures))
  server.register(emergencyRoutes(rooms.emergencyRoute, rooms.emergencyReviews))
  server.register(emergencyReviewRoutes(rooms.emergencyReviews))
  server.register(recallRoutes(rooms.recalls))
  server.register(nonPunishmentRoutes(rooms.nonPunishment))
  server.register(subjectRightsRoutes(rooms.subjectRights.requests))
  server.register(restrictionRoutes(rooms.subjectRights.restrictions))
  server.register(notificationRoutes(rooms.notifications))
  server.register(webhookRoutes(rooms.webhooks, rooms.notificationKeys))
  server.register(followUpRoutes(rooms.followUps))
  server.register(retentionRoutes(rooms.retention))
  server.register(oversightRoutes(rooms.accesses))
  server.register(
    justificationRoutes(
      rooms.justifications.samples,
      rooms.justifications.draws,
      rooms.justifications.reviewCases,
    ),
  )
  server.register(auditRoutes(rooms.audit))
  server.register(alarmRoutes(rooms.alarms))
  server.register(staffRoutes(rooms.alarms.staff))
  server.register(decisionRoutes(rooms.decisions))
  addExportRoutes(server, rooms.exports)
}
