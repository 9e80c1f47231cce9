import Type, { type Static } from 'typebox'
import { Occasion } from './access.ts'
import { AgencyIdText, closed, Instant, Thumbprint } from './common.ts'

/** The form of a package; another one is another promise. */
export const auditForm = 'raakvlak-audit/1'

const Year = Type.Integer({
  minimum: 2020,
  maximum: 2200,
  description: 'A calendar year of Dutch time',
})

export const AuditQuery = Type.Object({ year: Year, occasion: Occasion }, closed)
export type AuditQuery = Static<typeof AuditQuery>

export const AuditFile = Type.Object(
  {
    path: Type.String({ pattern: '^[a-z0-9][a-z0-9./_-]{0,199}$' }),
    size: Type.Integer({ minimum: 0, description: 'Bytes' }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  },
  { ...closed, title: 'AuditFile' },
)
export type AuditFile = Static<typeof AuditFile>

/** Payload of an `audit-manifest`: what a package holds, under the gateway’s root key. */
export const AuditManifest = Type.Object(
  {
    form: Type.Literal(auditForm),
    agency: AgencyIdText,
    year: Year,
    from: Instant,
    until: Instant,
    madeAt: Instant,
    version: Type.String({ maxLength: 40, description: 'Software that made it' }),
    gatewayRoot: Thumbprint,
    keyholderRoot: Thumbprint,
    ledger: Type.Object(
      {
        origin: Type.String({ maxLength: 200 }),
        size: Type.Integer({ minimum: 1, description: 'Entries of the ledger at that moment' }),
      },
      closed,
    ),
    files: Type.Array(AuditFile, { maxItems: 10_000 }),
  },
  closed,
)
export type AuditManifest = Static<typeof AuditManifest>
