/** A partner's machine that submits one file and can be killed at any moment: `node submitting-client.ts JOB.json`. */
import { readFileSync } from 'node:fs'
import type { AgencyKeys } from '../../src/client/agency-keys.ts'
import { openJournal } from '../../src/client/journal.ts'
import type { PinnedOperators } from '../../src/client/operators.ts'
import { readRows } from '../../src/client/rows.ts'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import { submitRows } from '../../src/client/submission.ts'
import { dayOf, systemClock } from '../../src/kernel/clock.ts'
import { partnerOf } from './partners.ts'

export type SubmissionJob = {
  readonly agency: string
  readonly keys: AgencyKeys
  readonly pins: PinnedOperators
  readonly under: UnderAgreement
  readonly input: string
  readonly journal: string
}

const job = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as SubmissionJob
const { rows } = readRows(readFileSync(job.input), { today: dayOf(systemClock.now()) })
await submitRows({
  partner: partnerOf(job.agency, job.keys, job.pins),
  rows,
  under: job.under,
  journal: await openJournal(job.journal),
  // The first line comes before anything is evaluated.
  onProgress: (done) => process.stdout.write(`${done}\n`),
})
