/** How far an agency was told, and has acknowledged. At the gateway only. */
export interface NoticeInboxTable {
  agency_id: string
  last_sequence: number
  acknowledged_until: number
}

/** That something happened, and where to look. */
export interface NoticeTable {
  id: string
  agency_id: string
  kind: string
  /** A path under the gateway’s public URL. */
  about: string
  agreement_hash: string | null
  on_behalf_of: string | null
  made_at: Date
  /** Null while it is held back, because its agreement is suspended. */
  sequence: number | null
  acknowledged_at: Date | null
}

/** The key that signs what is sent to webhooks. One row. */
export interface NotificationKeyTable {
  id: number
  sealed_key: Buffer
  made_at: Date
}

/** Where an agency's own system wants to be told. */
export interface WebhookTable {
  id: string
  agency_id: string
  url: string
  key_thumbprint: string
  made_at: Date
  state: 'unconfirmed' | 'active' | 'paused'
  confirmed_at: Date | null
  /** In a row, of the notice that is next. */
  failures: number
  /** The notice before this one was given up, and none got through since. */
  dead_in_a_row: boolean
  next_attempt_at: Date
  claimed_by: string | null
  claimed_until: Date | null
}

/** One notice for one webhook. */
export interface WebhookDeliveryTable {
  webhook_id: string
  notice_id: string
  state: 'waiting' | 'delivered' | 'dead'
  attempts: number
  attempted_at: Date | null
  result: string | null
  status: number | null
}

export interface NotificationTables {
  notice: NoticeTable
  notice_inbox: NoticeInboxTable
  notification_key: NotificationKeyTable
  webhook: WebhookTable
  webhook_delivery: WebhookDeliveryTable
}
