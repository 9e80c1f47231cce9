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

export interface NotificationTables {
  notice: NoticeTable
  notice_inbox: NoticeInboxTable
}
