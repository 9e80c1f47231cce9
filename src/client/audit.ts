import type { AuditQuery } from '../wire/audit.ts'
import type { Session } from './session.ts'

/** The evidence of a year of one’s own agency. */
export const openAuditPackages = ({ download }: Pick<Session, 'download'>) => ({
  /** The zip as it comes in. Verify it before keeping it: `verifyAuditPackage`. */
  async auditPackage({ year, occasion }: AuditQuery): Promise<AsyncIterable<Uint8Array>> {
    const query = new URLSearchParams({ year: String(year), occasion })
    return (await download(`/v1/audit-package?${query}`, 'application/zip')).body
  },
})
