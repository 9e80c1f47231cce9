export interface OauthReplayTable {
  id: string
  expires_at: Date
}

export interface DpopReplayTable {
  jkt: string
  jti_hash: Buffer
  expires_at: Date
}

export interface OauthTables {
  oauth_replay: OauthReplayTable
  dpop_replay: DpopReplayTable
}
