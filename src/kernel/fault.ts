import { doorFaults } from './faults/door.ts'
import { subjectRightsFaults } from './faults/subject-rights.ts'

/**
 * Every fault a caller can meet: stable code → HTTP status, title and what to do next.
 * The problem type of a fault is `<base>/problems/<code>`; `docs/errors.md` is generated from here.
 * INVARIANT: no title, advice or detail ever holds a token, an identity or an internal.
 */
export const faults = {
  ...doorFaults,
  'statements/invalid': {
    status: 400,
    title: 'The signed statement cannot be accepted',
    advice: 'Sign the statement anew as documented, with the key that is registered for this use.',
  },
  'agencies/not-pinned': {
    status: 403,
    title: 'This agency is not admitted here',
    advice:
      'Ask the administrator of this operator to register the thumbprint of your root key, given out of band.',
  },
  'agencies/outdated-card': {
    status: 409,
    title: 'A newer agency card is known',
    advice: 'Sign a card with a higher version.',
  },
  'agencies/enrolment-refused': {
    status: 403,
    title: 'This enrolment code cannot be used',
    advice:
      'A code works once. Restarting an operator that has no administrator yet prints a new one.',
  },
  'agreements/invalid': {
    status: 400,
    title: 'The agreement cannot be proposed like this',
    advice: 'Mend every fault that is listed under "problems" and propose it again.',
  },
  'agreements/invalid-delegation': {
    status: 400,
    title: 'The delegation cannot be taken like this',
    advice: 'Mend every fault that is listed under "problems" and sign it again.',
  },
  'agreements/not-found': {
    status: 404,
    title: 'There is no such agreement for you',
    advice: 'Check the hash. An agreement of others looks the same as one that does not exist.',
  },
  'policy/denied': {
    status: 403,
    title: 'This is not allowed',
    advice: 'Read the reasons; each names the article or the clause it rests on.',
  },
  'policy/invalid-set': {
    status: 400,
    title: 'This policy set cannot be used',
    advice:
      'Mend what is listed under "problems". Core policies and schema come with the software.',
  },
  'policy/outdated-set': {
    status: 409,
    title: 'Another policy set is in force than the one to be replaced',
    advice: 'Read the set in force, and have the change signed anew from its hash.',
  },
  'policy/review-not-found': {
    status: 404,
    title: 'There is no such review for you',
    advice: 'List the reviews that your agency owes. One of another agency looks like none.',
  },
  'policy/review-closed': {
    status: 409,
    title: 'This review was closed with another finding',
    advice: 'A review is closed once; the first finding stands.',
  },
  'evaluation/invalid-batch': {
    status: 400,
    title: 'The evaluation batch cannot be accepted',
    advice:
      'Make the batch anew with the client library, for both operators and the current epoch.',
  },
  'evaluation/replayed': {
    status: 409,
    title: 'Another batch was sent under this number',
    advice: 'Give every batch a number (jti) of its own. An identical retry is welcome.',
  },
  'evaluation/quota-exhausted': {
    status: 429,
    title: 'The quota for evaluations is used up',
    advice: 'Wait until the quota of the next day, or agree on a higher quota with all parties.',
  },
  'evaluation/keyholder-unavailable': {
    status: 503,
    title: 'The keyholder does not answer',
    advice: 'Try again later with the same batch; an identical retry is not counted twice.',
  },
  'evaluation/unknown-domain': {
    status: 404,
    title: 'There are no keys for this domain',
    advice: 'Check the domain and the epoch in the agreement.',
  },
  'evaluation/epoch-closed': {
    status: 409,
    title: 'This epoch is closed',
    advice: 'Ask for the keys of the domain again, and make it anew under the epoch that is open.',
  },
  'keys/two-people': {
    status: 403,
    title: 'A key ceremony takes two administrators',
    advice: 'Have it signed by two administrators of this operator, each with a key of their own.',
  },
  'keys/not-now': {
    status: 409,
    title: 'This cannot be done with the share as it stands',
    advice: 'Mend what is listed under "problems". Nothing was done.',
  },
  'signals/not-found': {
    status: 404,
    title: 'There is no such signal for you',
    advice: 'Check the id. A signal of another agency looks the same as one that does not exist.',
  },
  'signals/conflict': {
    status: 409,
    title: 'A different signal with this id exists',
    advice: 'Give every signal an id of its own; send a retry exactly as it was sent first.',
  },
  'signals/ended': {
    status: 409,
    title: 'This signal has ended',
    advice:
      'It was withdrawn or it expired. Submit it anew under another id if it is a signal again.',
  },
  'signals/subject-mismatch': {
    status: 422,
    title: 'The signal says something that its kind of subject cannot have',
    advice:
      'Leave role and age band `unknown` for a household, location or vehicle, and send only tokens of the kind that the signal names.',
  },
  'signals/retention': {
    status: 400,
    title: 'A signal may not be kept for this period',
    advice:
      'Compute the day anew from the observation and the agreement. A signal whose period has passed is not sent.',
  },
  'signals/other-case': {
    status: 409,
    title: 'A correction stays under the same agreement and case',
    advice: 'Withdraw the signal and submit a new one.',
  },
  'signals/quota-exhausted': {
    status: 429,
    title: 'The quota for submissions, corrections or withdrawals is used up',
    advice: 'Wait until the quota of the next day, or agree on a higher quota with all parties.',
  },
  'overlaps/not-found': {
    status: 404,
    title: 'There is no such overlap for you',
    advice: 'Check the handle. A handle belongs to one receiver.',
  },
  'witness/unknown-ledger': {
    status: 404,
    title: 'This ledger is not witnessed here',
    advice: 'Let its operator introduce it with a statement under its root key.',
  },
  'witness/untrusted-checkpoint': {
    status: 403,
    title: 'The checkpoint is not signed by the ledger that it names',
    advice: 'Send a checkpoint with the signature of the key that was introduced.',
  },
  'witness/another-history': {
    status: 409,
    title: 'The checkpoint contradicts one that was signed before',
    advice:
      'Keep both checkpoints: together they prove that a history was rewritten. Tell every party.',
  },
  'witness/inconsistent': {
    status: 422,
    title: 'The proof does not show that the checkpoint continues the last one',
    advice: 'Send the consistency proof between the two sizes (RFC 6962 §2.1.2).',
  },
  'witness/week-not-over': {
    status: 409,
    title: 'There is no word for this week',
    advice: 'Ask for the last week that is over, in Dutch time, once it is.',
  },
  'disclosures/invalid': {
    status: 400,
    title: 'The disclosure cannot be asked for or granted like this',
    advice: 'Mend every fault that is listed under "problems" and sign it again.',
  },
  'disclosures/not-found': {
    status: 404,
    title: 'There is no such disclosure for you',
    advice:
      'Check the number. A disclosure between others looks the same as one that does not exist.',
  },
  'disclosures/asked-before': {
    status: 409,
    title: 'Your agency asked for this before',
    advice:
      'Look at the disclosures of your agency: one is open, or two were asked for, which is the most.',
  },
  'disclosures/not-now': {
    status: 409,
    title: 'This cannot be done with the disclosure as it stands',
    advice: 'Look at the disclosure: its state says what can be done.',
  },
  'disclosures/no-emergency-route': {
    status: 403,
    title: 'There is no emergency route here',
    advice:
      'Its agreement has no clause for it, its owner closed the route or did not sign what it sealed. Call the contact desk, and ask for a disclosure.',
  },
  'disclosures/too-many-emergencies': {
    status: 429,
    title: 'The emergency route was used as often today as the agreement allows',
    advice: 'Call the contact desk of the owner; it can grant a disclosure at once.',
  },
  'disclosures/owner-suspended': {
    status: 403,
    title: 'A suspended agency opens no emergency route',
    advice: 'Ask the administrator of this operator. What you closed stays closed meanwhile.',
  },
  'disclosures/later-word': {
    status: 409,
    title: 'A later word of your agency on this emergency route stands',
    advice: 'Sign it again with the present time, if you mean it to be open.',
  },
  'non-punishment/not-found': {
    status: 404,
    title: 'There is no such flag or mention for you',
    advice: 'Check it. What belongs to another agency looks the same as what does not exist.',
  },
  'non-punishment/closed': {
    status: 409,
    title: 'This flag was closed with another outcome, or has lapsed',
    advice: 'Look at the flag: the first outcome stands.',
  },
  ...subjectRightsFaults,
  'notification/not-told': {
    status: 409,
    title: 'There is no notice with this number yet',
    advice: 'List your notices, and acknowledge up to the last one that you have dealt with.',
  },
  'notification/not-found': {
    status: 404,
    title: 'There is no such webhook or notice for you',
    advice: 'List your webhooks and your notices. One of another agency looks like none.',
  },
  'notification/invalid-webhook': {
    status: 400,
    title: 'Nothing can be sent to this address',
    advice: 'Mend every fault that is listed under "problems" and register it again.',
  },
  'notification/too-many-webhooks': {
    status: 409,
    title: 'Your agency has as many webhooks as it can have',
    advice: 'Remove one first.',
  },
  'oversight/not-found': {
    status: 404,
    title: 'There is no such act for you',
    advice: 'List the acts of your agency. One of another agency looks like none.',
  },
  'audit/busy': {
    status: 429,
    title: 'Packages are being made already',
    advice: 'Making one takes long. Ask again when yours, or that of others, is there.',
  },
  'audit/ahead': {
    status: 409,
    title: 'That year has not begun',
    advice: 'Ask for this year or an earlier one.',
  },
  'samples/not-found': {
    status: 404,
    title: 'There is no such drawn look for you',
    advice: 'List the drawn looks of your agency. One of another agency looks like none.',
  },
  'samples/judged': {
    status: 409,
    title: 'This look was judged already',
    advice: 'Look at it: the first finding stands, unless it was "unclear".',
  },
  'samples/awaiting-reason': {
    status: 409,
    title: 'No reason was given yet, and there is still time for it',
    advice: 'Judge it once there is a reason, or when the term for it has passed.',
  },
  'alarms/not-found': {
    status: 404,
    title: 'There is no such alarm for you',
    advice: 'List the alarms about your agency. One about another agency looks like none.',
  },
  'alarms/not-taken': {
    status: 409,
    title: 'You have not taken this alarm up',
    advice: 'Take it up first; whoever had taken it up before is then relieved of it.',
  },
  'alarms/closed': {
    status: 409,
    title: 'The alarm is closed',
    advice: 'The first finding stands. Look it up.',
  },
  'follow-up/not-found': {
    status: 404,
    title: 'There is no such follow-up for you',
    advice: 'Check the handle. A handle belongs to one agency.',
  },
  'follow-up/outdated': {
    status: 409,
    title: 'The follow-up has changed since you looked',
    advice: 'Look at it again, and decide anew. Nothing was done.',
  },
  'follow-up/not-now': {
    status: 409,
    title: 'This cannot be done with the follow-up as it stands',
    advice: 'Look at it: its state, lead and terms say what can be done.',
  },
  'follow-up/invalid': {
    status: 400,
    title: 'The follow-up cannot be dealt with like this',
    advice: 'Mend every fault that is listed under "problems".',
  },
  'calibration/histogram-refused': {
    status: 400,
    title: 'The histogram cannot be taken',
    advice:
      'Mend every fault that is listed under "problems"; the client library counts as it should.',
  },
  'calibration/move-refused': {
    status: 403,
    title: 'The threshold cannot be moved there',
    advice: 'Read the reasons, look at the estimate, and choose another place.',
  },
  'calibration/moved-before': {
    status: 409,
    title: 'A threshold was moved since you looked',
    advice: 'Look at the thresholds and their estimate again, and decide anew.',
  },
  'ledger/out-of-range': {
    status: 400,
    title: 'The ledger is not that long',
    advice: 'Ask for sizes and positions within the latest checkpoint.',
  },
} as const satisfies Record<string, { status: number; title: string; advice: string }>

export type FaultCode = keyof typeof faults

/** One thing that is wrong: where (a JSON pointer, a column, a policy) and what. */
export type Problem = {
  readonly at?: string
  readonly message: string
  readonly article?: string
}

/**
 * A refusal or failure that the caller is told about. Anything thrown that is not a Fault is a bug,
 * and is answered with a 500 that says nothing.
 */
export class Fault extends Error {
  readonly code: FaultCode
  readonly problems: readonly Problem[]
  readonly retryAfterSeconds: number | undefined

  constructor(
    code: FaultCode,
    problems: readonly Problem[] = [],
    options: { readonly cause?: unknown; readonly retryAfterSeconds?: number } = {},
  ) {
    super(faults[code].title, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'Fault'
    this.code = code
    this.problems = problems
    this.retryAfterSeconds = options.retryAfterSeconds
  }

  get status(): number {
    return faults[this.code].status
  }
}
