import { Compile } from 'typebox/compile'
import { type ArchivedSignalView, ArchivePage } from '../wire/archive.ts'
import type { Answers } from './answers.ts'
import type { ForAnother } from './partner.ts'
import type { UnderAgreement } from './signal-bodies.ts'

const archivePage = Compile(ArchivePage)

/** Own expired signals under one agreement that are archived, of this agency or one that delegated it. */
export const openArchivedSignals =
  ({ pagesOf }: Pick<Answers, 'pagesOf'>) =>
  async ({ hash }: UnderAgreement, forAnother: ForAnother = {}): Promise<ArchivedSignalView[]> => {
    const query = { agreement: hash, ...forAnother }
    const pages = await pagesOf(archivePage, '/v1/archived-signals', query)
    return pages.flatMap(({ signals }) => signals)
  }
