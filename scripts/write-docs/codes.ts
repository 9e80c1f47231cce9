import { alarmOutcomes, alarmReasons, alarmRules } from '../../src/wire/codes/alarms.ts'
import { refusalReasons, sealedFields } from '../../src/wire/codes/disclosures.ts'
import { emergencyOutcomes } from '../../src/wire/codes/emergencies.ts'
import {
  disputeReasons,
  feedbackStatuses,
  followUpEvents,
  leadGrounds,
  outcomes,
} from '../../src/wire/codes/follow-ups.ts'
import { type Indicator, indicatorGroups, indicators } from '../../src/wire/codes/indicators.ts'
import {
  extraTickets,
  lookFindings,
  lookKinds,
  lookReasons,
} from '../../src/wire/codes/justifications.ts'
import { flagOutcomes, flagReasons } from '../../src/wire/codes/non-punishment.ts'
import { noticeKinds } from '../../src/wire/codes/notices.ts'
import { keepingReasons, recallAnswers, recallCauses } from '../../src/wire/codes/recalls.ts'
import { regions } from '../../src/wire/codes/regions.ts'
import { measureGrounds, signalMeasures } from '../../src/wire/codes/restrictions.ts'
import {
  askers,
  extensionReasons,
  identityChecks,
  refusalGrounds,
  requestEnds,
  requestKinds,
  requestOutcomes,
  signalSources,
  toldParts,
} from '../../src/wire/codes/subject-requests.ts'
import { subjectKinds } from '../../src/wire/codes/subjects.ts'
import {
  ageBands,
  type Code,
  categories,
  dataCategories,
  leadRoutes,
  roles,
} from '../../src/wire/codes.ts'

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const codeTable = (list: readonly Code[]): string =>
  table(
    ['code', 'English', 'Nederlands'],
    list.map(({ code, en, nl }) => [`\`${code}\``, en, nl]),
  )

const groundTable = (): string =>
  table(
    ['code', 'article', 'English', 'Nederlands'],
    refusalGrounds.map(({ code, article, en, nl }) => [`\`${code}\``, article, en, nl]),
  )

const indicatorTable = (group: string): string =>
  table(
    ['code', 'English', 'Nederlands', 'organised'],
    indicators
      .filter((entry) => entry.group === group)
      .map(({ code, en, nl, organised }: Indicator) => [
        `\`${code}\``,
        en,
        nl,
        organised ? 'yes' : '',
      ]),
  )

const regionTable = (): string =>
  table(
    ['code', 'safety region', 'number', 'police unit'],
    regions.map(({ code, nl, number, unit }) => [
      `\`${code}\``,
      nl,
      `VR${String(number).padStart(2, '0')}`,
      unit,
    ]),
  )

const outcomeTable = (): string =>
  table(
    ['code', 'English', 'Nederlands', 'useful', 'told in coarse words as'],
    outcomes.map(({ code, en, nl, useful, coarse }) => [
      `\`${code}\``,
      en,
      nl,
      useful ? 'yes' : '',
      `\`${coarse}\``,
    ]),
  )

/** The page `docs/codes.md`: every closed list of the public contract, in both languages. */
export const codesPage = (): string => `# Codes

Generated from \`src/wire/codes.ts\` and \`src/wire/codes/\`. Change those, then run \`npm run docs\`.

A file may use a code, its English or its Dutch name, in any case. On the wire only the code counts.

## Categories

${codeTable(categories)}

## Kinds of subject

What a signal is about; a row that does not say is about a person. Signals about different kinds never overlap.

${codeTable(subjectKinds)}

## Roles of the subject

Only a person has one: for a household, location or vehicle it is \`unknown\`.

${codeTable(roles)}

## Indicators

What a professional can see. One indicator proves nothing; combinations and changes count. *Organised*
marks those that point at a network: they set the lead route of an adult.

${indicatorGroups.map(({ code, en, nl }) => `### ${en} (${nl})\n\n${indicatorTable(code)}`).join('\n\n')}

## Outcomes

What the lead records of an overlap. *Useful* is what the yield counts. See [follow-up.md](follow-up.md).

${outcomeTable()}

## Grounds of the lead

${codeTable(leadGrounds)}

## Reasons to dispute the lead

${codeTable(disputeReasons)}

## Feedback

${codeTable(feedbackStatuses)}

## Events of a follow-up

${codeTable(followUpEvents)}

## Regions

The Dutch safety regions. Also accepted in a file: "Veiligheidsregio Twente", "VR05", "Friesland".

${regionTable()}

## Age bands

Computed by the partner on the day of observation; the gateway never gets a birth date. Where a birth
date is known in part only, the youngest age that it allows counts.

${codeTable(ageBands)}

## Lead routes

Computed by the partner.

${codeTable(leadRoutes)}

## Data categories

What an agreement may say that is shared.

${codeTable(dataCategories)}

## Sealed fields

Texts of a signal that its owner seals. Each can be granted without the other.

${codeTable(sealedFields)}

## Reasons not to disclose

What an owner says when it refuses a request for sealed fields.

${codeTable(refusalReasons)}

## Outcomes of a review of an emergency

What an owner found when it looked back at a use of the emergency route.

${codeTable(emergencyOutcomes)}

## Recalls

Why a text that was opened is recalled:

${codeTable(recallCauses)}

What its receiver did with it:

${codeTable(recallAnswers)}

Why it is kept:

${codeTable(keepingReasons)}

## Reviews of non-punishment

What came of one, and why; see [non-punishment.md](non-punishment.md).

${codeTable(flagOutcomes)}

${codeTable(flagReasons)}

## Requests of subjects

See [subject-rights.md](subject-rights.md). What is asked:

${codeTable(requestKinds)}

Who asks:

${codeTable(askers)}

How the contact point made sure of it:

${codeTable(identityChecks)}

What a party did:

${codeTable(requestOutcomes)}

On what it refuses:

${groundTable()}

What it lets be told:

${codeTable(toldParts)}

${codeTable(signalSources)}

What an owner lays on a signal of its own, and on which ground:

${codeTable(signalMeasures)}

${codeTable(measureGrounds)}

Why a term is extended, and how a request ends:

${codeTable(extensionReasons)}

${codeTable(requestEnds)}

## Drawn looks

What is drawn every week, with its tickets; see [justifications.md](justifications.md). A look that was refused has
${extraTickets.refused} more, one under an agreement that covers minors ${extraTickets.minors} more.

${table(
  ['act', 'English', 'Nederlands', 'tickets'],
  lookKinds.map(({ code, en, nl, tickets }) => [`\`${code}\``, en, nl, String(tickets)]),
)}

Why an officer looked; those marked need a commitment to an own case:

${table(
  ['code', 'English', 'Nederlands', 'case'],
  lookReasons.map((one) => [`\`${one.code}\``, one.en, one.nl, one.case ? 'yes' : '']),
)}

What a reviewer finds:

${codeTable(lookFindings)}

## Notices

What an agency is told of. A notice says that it happened and where to look, never what was in it.

${codeTable(noticeKinds)}

## Alarms

Why an alarm is raised; thresholds stand in [alarm-rules.md](alarm-rules.md).

${codeTable(alarmRules)}

What a reviewer found, and why:

${codeTable(alarmOutcomes)}

${codeTable(alarmReasons)}
`
