import type { Generated } from 'kysely'

export interface KeyFingerprintTable {
  id: Generated<number>
  fingerprint: string
}

export interface OperatorTables {
  key_fingerprint: KeyFingerprintTable
}
