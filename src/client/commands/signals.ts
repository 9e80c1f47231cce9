import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { sha256 } from '@noble/hashes/sha2.js'
import type { Command } from 'commander'
import { hex, utf8 } from '../../kernel/bytes.ts'
import { dayOf, systemClock } from '../../kernel/clock.ts'
import { verifyReceipt } from '../../proofs/receipt.ts'
import { type SubjectKind, subjectKinds } from '../../wire/codes/subjects.ts'
import { codesOf } from '../../wire/codes.ts'
import type { EndedOverlap, Overlap, WithdrawBody } from '../../wire/signal.ts'
import { chooseAgreement, HomeError, readJson } from '../agency-home.ts'
import { NoAgreementInForce } from '../errors.ts'
import { answersIn, openJournal } from '../journal.ts'
import type { ForAnother } from '../partner.ts'
import { renewRows } from '../renewal.ts'
import { readRows, repeatedRows, type SignalRow } from '../rows.ts'
import { subjectKindOf, type UnderAgreement } from '../signal-bodies.ts'
import { correctRow, type SubmissionReport, submitRows } from '../submission.ts'
import { typedSignals } from '../typed-signals.ts'
import { whomToCall } from '../whom-to-call.ts'
import { agencyOption, agreementOption, onBehalfOption, openHome } from './home-option.ts'
import { note, noteLeftOut, openBar, print, printJson } from './output.ts'

/** One journal per agency whose signals they are and agreement: a row is known again in whichever file it comes. */
const journalName = ({ hash, content }: UnderAgreement, { onBehalfOf = '' }: ForAnother): string =>
  `${content.purpose}-${hex(sha256(utf8(hash + onBehalfOf))).slice(0, 16)}.jsonl`

const overlapText = (
  { handle, subjectKind, signal, others }: Overlap,
  { content }: UnderAgreement,
): string =>
  [
    `${signal.caseReference}  ${subjectKind}  (signal ${signal.id}, overlap ${handle})`,
    ...others.map(
      (other) =>
        `  ${other.quality.padEnd(8)}  ${other.name}: ${whomToCall(other, content)}  (${other.reasons.join(', ')})`,
    ),
  ].join('\n')

const endText: Record<EndedOverlap['cause'], string> = {
  'own-signal': 'your signal ended or changed',
  'other-signal': 'a signal of another agency ended or changed',
  agreement: 'the agreement is over',
  'not-the-same': 'the lead found that the signals are about different subjects',
}

const endedText = ({ handle, signal, endedOn, cause }: EndedOverlap): string =>
  `${signal.caseReference ?? signal.id}  (${handle})\n  over since ${endedOn}: ${endText[cause]}`

const withdrawalReasons: readonly WithdrawBody['reason'][] = [
  'no-longer-a-signal',
  'entered-by-mistake',
  'subject-objected',
  'other',
]

type SharingOptions = {
  agency: string
  agreement?: string
  onBehalfOf?: string
  json?: boolean
}

const forAnother = ({ onBehalfOf }: { readonly onBehalfOf?: string }): ForAnother =>
  onBehalfOf === undefined ? {} : { onBehalfOf }

export function addSignalCommands(program: Command): void {
  program
    .command('submit <file.csv>')
    .description('submit the signals of a CSV file; interrupt it anywhere and run it again')
    .requiredOption(...agencyOption)
    .option(...agreementOption)
    .option(...onBehalfOption)
    .option('--json', 'print the result as JSON')
    .action(submitFile)

  program
    .command('overlaps')
    .description('the overlaps that the agency may know of, and whom to call')
    .requiredOption(...agencyOption)
    .option(...agreementOption)
    .option(...onBehalfOption)
    .option('--json', 'as JSON')
    .action(async (options: SharingOptions) => {
      const { folder, partner } = await openHome(options.agency)
      const under = await chooseAgreement(folder, options.agreement)
      const overlaps = await partner.overlaps(under, forAnother(options))
      if (options.json) return printJson(overlaps)
      if (overlaps.length === 0) note('None: no signal of yours touches one of another party.')
      for (const overlap of overlaps) print(overlapText(overlap, under))
      const ended = await partner.endedOverlaps(under, forAnother(options))
      for (const one of ended) print(endedText(one))
    })

  program
    .command('archived')
    .description('expired signals of the agency by which a young person is still recognised once')
    .requiredOption(...agencyOption)
    .option(...agreementOption)
    .option(...onBehalfOption)
    .option('--json', 'as JSON')
    .action(listArchived)

  program
    .command('signals')
    .description(
      'the signals that were submitted from this folder, with the ids to look them up by',
    )
    .requiredOption(...agencyOption)
    .option(...agreementOption)
    .option(...onBehalfOption)
    .option('--json', 'as JSON')
    .action(listSignals)

  program
    .command('signal <id>')
    .description('state and receipt of a signal of the agency’s own')
    .requiredOption(...agencyOption)
    .option('--receipt <file>', 'write the receipt to this file')
    .action(async (id: string, options: { agency: string; receipt?: string }) => {
      const { partner } = await openHome(options.agency)
      const { receipt, ...status } = await partner.signal(id)
      printJson(status)
      if (options.receipt !== undefined) {
        await writeFile(options.receipt, `${JSON.stringify(receipt, null, 2)}\n`)
        note(`Receipt in ${options.receipt}`)
      }
    })

  program
    .command('correct <id> <file.csv>')
    .description('give a signal another body: the one row of a CSV file, of the same case')
    .requiredOption(...agencyOption)
    .option(...agreementOption)
    .option(...onBehalfOption)
    .action(correctSignal)

  program
    .command('renew <file.csv>')
    .description(
      'give signals of a submitted file tokens of the newest epoch, before an older closes',
    )
    .requiredOption(...agencyOption)
    .option(...agreementOption)
    .option(...onBehalfOption)
    .option('--json', 'print the result as JSON')
    .action(renewFile)

  program
    .command('withdraw <id>')
    .description('withdraw a signal: its tokens, narrative and overlaps go')
    .requiredOption(...agencyOption)
    .option('--reason <code>', `one of ${withdrawalReasons.join(', ')}`, 'no-longer-a-signal')
    .option('--on-behalf-of <agency>', 'the agency that delegated this to yours')
    .action(
      async (id: string, options: { agency: string; reason: string; onBehalfOf?: string }) => {
        const reason = withdrawalReasons.find((one) => one === options.reason)
        if (reason === undefined)
          throw new HomeError(`--reason takes one of ${withdrawalReasons.join(', ')}`)
        const { partner } = await openHome(options.agency)
        const { state } = await partner.withdraw(id, reason, forAnother(options))
        print(`The signal ${id} is ${state}.`)
      },
    )

  program
    .command('verify-receipt <file>')
    .description('check that a receipt proves its act stands on the gateway’s ledger')
    .option('--key <verifier-key>', 'verifier key of the ledger, kept from before: works offline')
    .option(
      '--agency <name-or-folder>',
      'or: take the key from the manifest that both operators signed',
    )
    .option(...agreementOption)
    .option('--json', 'as JSON')
    .action(verifyReceiptFile)
}

const journalFileOf = (folder: string, under: UnderAgreement, options: SharingOptions): string =>
  join(folder, 'submissions', journalName(under, forAnother(options)))

async function listArchived(options: SharingOptions): Promise<void> {
  const { folder, partner } = await openHome(options.agency)
  const under = await chooseAgreement(folder, options.agreement)
  const archived = await partner.archivedSignals(under, forAnother(options))
  if (options.json) return printJson(archived)
  if (archived.length === 0) note('None of your signals is archived under this agreement.')
  for (const { id, since, keptUntil, givenOn } of archived) {
    const given = givenOn === undefined ? '' : `; told once, on ${givenOn}`
    print(`${id}  since ${since}, kept until ${keptUntil}${given}`)
  }
}

async function listSignals(options: SharingOptions): Promise<void> {
  const { folder } = await openHome(options.agency)
  const under = await chooseAgreement(folder, options.agreement)
  const typed = options.onBehalfOf === undefined ? await typedSignals(folder, under.hash) : []
  const answers = [...(await answersIn(journalFileOf(folder, under, options))), ...typed]
  const accepted = answers.flatMap((answer) =>
    'refused' in answer ? [] : [{ id: answer.id, caseReference: answer.caseReference }],
  )
  if (options.json) return printJson(accepted)
  if (accepted.length === 0) note('None was submitted from this folder under this agreement.')
  for (const { id, caseReference } of accepted) print(`${id}  ${caseReference}`)
}

type SubjectCounts = Partial<Record<SubjectKind, number>>

/** How many of the rows stand as signals, new or known already, about each kind of subject. */
const countsBySubject = (
  rows: readonly SignalRow[],
  { signalIds }: SubmissionReport,
): SubjectCounts =>
  Object.fromEntries(
    codesOf(subjectKinds).flatMap((kind) => {
      const count = rows.filter(
        (row) => signalIds.has(row.line) && subjectKindOf(row) === kind,
      ).length
      return count === 0 ? [] : [[kind, count]]
    }),
  )

const bySubjectText = (counts: SubjectCounts): string => {
  const parts = Object.entries(counts).map(([kind, count]) => `${kind} ${count}`)
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

async function correctSignal(id: string, file: string, options: SharingOptions): Promise<void> {
  const { folder, partner } = await openHome(options.agency)
  const under = await chooseAgreement(folder, options.agreement)
  const { rows, rejected } = readRows(await readFile(file), { today: dayOf(systemClock.now()) })
  noteLeftOut(file, rejected)
  const [row, ...more] = rows
  if (row === undefined || more.length + rejected.length > 0) {
    throw new HomeError('a correction takes a file with one row, and no faults in it')
  }
  const journal = await openJournal(journalFileOf(folder, under, options))
  const { overlaps } = await correctRow({
    partner,
    id,
    row,
    under,
    journal,
    forAnother: forAnother(options),
  }).finally(journal.close)
  print(`The signal ${id} is corrected. It has ${overlaps.length} overlaps now.`)
}

async function renewFile(file: string, options: SharingOptions): Promise<void> {
  const { folder, partner } = await openHome(options.agency)
  const under = await chooseAgreement(folder, options.agreement)
  const { rows, rejected } = readRows(await readFile(file), { today: dayOf(systemClock.now()) })
  noteLeftOut(file, rejected)
  const journal = await openJournal(journalFileOf(folder, under, options))
  const bar = openBar(basename(file), rows.length)
  const report = await renewRows({
    partner,
    rows,
    under,
    journal,
    forAnother: forAnother(options),
    onProgress: bar.update,
  }).finally(async () => {
    bar.stop()
    await journal.close()
  })
  if (options.json) return printJson(report)
  print(
    `${report.renewed} renewed, ${report.current} were so already, ${report.ended} have ended, ${report.unknown} were never submitted.`,
  )
}

async function submitFile(file: string, options: SharingOptions): Promise<void> {
  const { folder, partner } = await openHome(options.agency)
  const under = await chooseAgreement(folder, options.agreement)
  const content = await readFile(file)
  const { rows, rejected } = readRows(content, { today: dayOf(systemClock.now()) })
  noteLeftOut(file, rejected)
  for (const { line, first } of repeatedRows(rows)) {
    note(`${file}:${line}: says the same as line ${first}; it becomes one more signal`)
  }
  const journal = await openJournal(journalFileOf(folder, under, options))
  const bar = openBar(basename(file), rows.length)
  try {
    const report = await submitRows({
      partner,
      rows,
      under,
      journal,
      forAnother: forAnother(options),
      onProgress: bar.update,
    })
    await journal.finish()
    bar.stop()
    const leftOut = [...rejected, ...report.rejected]
    noteLeftOut(file, report.rejected)
    for (const { line, reason } of report.refused) note(`${file}:${line}: refused: ${reason}`)
    const overlaps = await partner.overlaps(under, forAnother(options))
    const earlierKnown = [...report.earlierKnown].flatMap(([line, known]) =>
      known.map((one) => ({ line, ...one })),
    )
    if (options.json) {
      printJson({
        earlierKnown,
        accepted: report.accepted,
        known: report.known,
        bySubject: countsBySubject(rows, report),
        refused: report.refused,
        rejected: leftOut,
        fewerKeys: report.fewerKeys,
        overlaps: overlaps.length,
      })
    } else {
      print(
        `${report.accepted} submitted, ${report.known} already known${bySubjectText(countsBySubject(rows, report))}, ${report.refused.length} refused, ${leftOut.length} left out.`,
      )
      for (const { reason, rows } of report.fewerKeys) {
        print(`  fewer keys of ${rows} ${rows === 1 ? 'row' : 'rows'}: ${reason}`)
      }
      for (const { line, name, since, ...desk } of earlierKnown) {
        print(
          `${file}:${line}: known before, to ${name} since the quarter of ${since}: call ${whomToCall(desk, under.content)}. This is told once.`,
        )
      }
      print(
        `The agency now knows of ${overlaps.length} overlaps: overlaps --agency ${options.agency}\nThe ids of its signals: signals --agency ${options.agency}`,
      )
    }
    if (leftOut.length + report.refused.length > 0) process.exitCode = 2
  } catch (error) {
    bar.stop()
    if (!(error instanceof NoAgreementInForce)) {
      note('Interrupted. Run the same command again: what was answered is not sent twice.')
    }
    throw error
  } finally {
    await journal.close()
  }
}

async function verifyReceiptFile(
  file: string,
  options: { key?: string; agency?: string; agreement?: string; json?: boolean },
): Promise<void> {
  const receipt = await readJson(file)
  const verdict = await verifyReceipt(receipt, options.key ?? (await trustedLedgerKey(options)))
  if (options.json) printJson(verdict)
  else
    print(verdict.valid ? 'Valid: the act stands on the ledger.' : `NOT valid: ${verdict.reason}`)
  if (verdict.valid && !options.json && verdict.entry !== undefined) printJson(verdict.entry)
  if (!verdict.valid) process.exitCode = 1
}

async function trustedLedgerKey(options: { agency?: string; agreement?: string }): Promise<string> {
  if (options.agency === undefined) throw new HomeError('give --key, or --agency to look it up')
  const { folder, partner } = await openHome(options.agency)
  const { content } = await chooseAgreement(folder, options.agreement)
  return (await partner.domainKeys(content.domain)).ledgerKeys.gateway
}
