import { STATUS_CODES } from 'node:http'
import { type FaultCode, faults } from '../../src/kernel/fault.ts'

const rooms: Readonly<Record<string, string>> = {
  door: 'Before anything else: the door of an operator.',
  statements: 'Signed statements, by which agencies and administrators speak.',
  agencies: 'The registry: who is admitted, and under which keys.',
  agreements: 'What parties have signed.',
  policy: 'The decision itself. The problems name every policy that refused, and its article.',
  keys: 'Key ceremonies of operators; see [keys.md](keys.md).',
  evaluation: 'Turning blinded linkage keys into halves of tokens.',
  signals: 'Signals of your own.',
  calibration: 'Histograms and thresholds.',
  overlaps: 'Overlaps, under your own handles.',
  disclosures: 'Sealed fields of others, and requests for your own.',
  'non-punishment': 'Persons who are a suspect to one agency and a presumed victim to another.',
  'subject-rights': 'Requests of subjects; see [subject-rights.md](subject-rights.md).',
  notification: 'What you are told.',
  'follow-up': 'What becomes of overlaps, under your own handles.',
  audit: 'The evidence of a year',
  oversight: 'Looking back at what your own clients did.',
  samples: 'Looks that were drawn to be justified; see [justifications.md](justifications.md).',
  alarms: 'Alarms about what your agency did; see [alarms.md](alarms.md).',
  ledger: 'Checkpoints and proofs.',
  witness: 'Cosignatures of checkpoints.',
}

const section = (room: string, codes: readonly FaultCode[]): string => `## ${room}

${rooms[room] ?? ''}

| type ends in | status | title | what to do |
|---|---|---|---|
${codes
  .map((code) => {
    const { status, title, advice } = faults[code]
    return `| \`${code}\` | ${status} ${STATUS_CODES[status]} | ${title} | ${advice} |`
  })
  .join('\n')}
`

/**
 * `docs/errors.md`: every problem that a caller can be told of.
 * @throws Error when a room of the catalogue has no introduction here
 */
export function errorsPage(): string {
  const byRoom = Object.groupBy(
    Object.keys(faults) as FaultCode[],
    (code) => code.split('/')[0] ?? '',
  )
  for (const room of Object.keys(byRoom)) {
    if (rooms[room] === undefined) throw new Error(`errors.md has no words for "${room}"`)
  }
  const sections = Object.entries(byRoom).map(([room, codes]) => section(room, codes ?? []))
  return `# Errors

<!-- Written by scripts/write-docs/errors.ts from src/kernel/fault.ts. Do not edit. -->

Every error of an operator is a problem document (RFC 9457, \`application/problem+json\`). Its \`type\`
is \`<public URL>/problems/<code>\`, and the codes below do not change; titles and advice may.
\`problems\` lists everything that is wrong, not only the first thing. \`instance\` is the number of the
request: name it when you ask for help; the ledger entry of a decided act bears it too.

No problem ever repeats a value that was sent. What belongs to another agency gives the same answer
as what does not exist. Only the token endpoint differs: it answers in the form of RFC 6749 §5.2,
because its clients expect that.

\`Retry-After\` comes with every 429 and 503.

${sections.join('\n')}`
}
