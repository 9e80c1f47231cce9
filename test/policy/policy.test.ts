import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import t from 'tap'
import { loadPolicySet } from '../../src/decisions/policy-set.ts'
import type { AgencyId, AgreementHash } from '../../src/kernel/ids.ts'
import { loadPolicies, PolicyError, type PolicyTexts } from '../../src/policy/decide.ts'
import { refusalOf } from '../../src/policy/refusal.ts'
import { remediesOf } from '../../src/policy/remedies.ts'
import { type Act, type Facts, unknownAgreement } from '../../src/policy/types.ts'
import { readPolicies } from '../../src/policy-files.ts'
import { ageBands, categories, codesOf, dataCategories } from '../../src/wire/codes.ts'

const folder = fileURLToPath(new URL('../../config/policies', import.meta.url))
const read = (file: string) => ({ file, text: readFileSync(join(folder, file), 'utf8') })
const texts: PolicyTexts = {
  schema: read('gateway.cedarschema'),
  policies: ['core.cedar', 'sharing.cedar'].map(read),
}
const { decide } = loadPolicies(texts)
const added = (text: string, file = 'added.cedar'): PolicyTexts => ({
  ...texts,
  policies: [...texts.policies, { file, text }],
})
const notes = (id: string) => `@id("${id}") @article("AVG art. 1") @en("x") @nl("x")`

const politie = 'politie' as AgencyId
const gemeente = 'gemeente' as AgencyId
const acts: readonly Act[] = [
  'evaluation.evaluate',
  'signal.submit',
  'signal.read',
  'signal.correct',
  'signal.withdraw',
  'overlap.list',
  'overlap.read',
  'overlap.read-end',
  'histogram.submit',
  'threshold.read',
  'threshold.move',
  'archive.ask',
  'archive.list',
  'disclosure.request',
  'disclosure.list',
  'disclosure.read',
  'disclosure.reply',
  'disclosure.answer',
  'disclosure.grant',
  'disclosure.release',
  'disclosure.release-emergency',
  'flag.review',
  'notice.list',
  'notice.acknowledge',
  'webhook.list',
  'webhook.register',
  'webhook.test',
  'webhook.redeliver',
  'webhook.remove',
  'access.list',
  'evaluation.exercise-rights',
  'subject-request.file',
  'subject-request.read',
  'subject-request.answer',
  'subject-request.extend',
  'subject-request.close',
  'signal.restrict',
  'signal.review',
  'signal.lift',
  'processing-log.read',
  'decision-log.read',
  'sample.list',
  'sample.justify',
  'sample.judge',
  'review-case.list',
  'alarm.list',
  'alarm.take',
  'alarm.close',
  'staff.protect',
  'staff.review',
  'access.export',
  'audit.package',
  'follow-up.list',
  'follow-up.export',
  'follow-up.read',
  'follow-up.acknowledge',
  'follow-up.take-lead',
  'follow-up.offer-lead',
  'follow-up.answer-offer',
  'follow-up.dispute-lead',
  'follow-up.settle-dispute',
  'follow-up.record-outcome',
  'follow-up.reopen',
  'follow-up.measure',
  'feedback.read',
]
/** Acts on one disclosure, and which side may do each. */
const onDisclosure: Partial<Record<Act, 'owner' | 'receiver' | 'both'>> = {
  'disclosure.request': 'receiver',
  'disclosure.read': 'both',
  'disclosure.reply': 'receiver',
  'disclosure.answer': 'owner',
  'disclosure.grant': 'owner',
  'disclosure.release': 'receiver',
  'disclosure.release-emergency': 'receiver',
}
const aboutDisclosure = acts.filter((act) => act in onDisclosure)
const byOwner = acts.filter((act) => onDisclosure[act] === 'owner')
const byReceiver = acts.filter((act) => onDisclosure[act] === 'receiver')
const onOwn: readonly Act[] = [
  'signal.read',
  'signal.correct',
  'signal.withdraw',
  'overlap.read-end',
  'archive.list',
  'feedback.read',
  'signal.restrict',
  'signal.review',
  'signal.lift',
]
const onAlarm: readonly Act[] = ['alarm.take', 'alarm.close']
const forLead: readonly Act[] = ['follow-up.offer-lead', 'follow-up.record-outcome']
const isOnOwn = (act: Act): boolean => onOwn.includes(act)
/** A correction is both: of one's own, and inside an agreement in force. */
/** Acts on what an agency is told itself, or did itself: under no agreement. */
/** Acts on one request of a subject, whatever became of the agreement. */
const onRequest = acts.filter(
  (act) => act.startsWith('subject-request.') && act !== 'subject-request.file',
)
/** What begins one: under an agreement in force, for a purpose that no agreement has. */
const beginsRequest: readonly Act[] = ['evaluation.exercise-rights', 'subject-request.file']
const onOwnAffairs = acts.filter((act) =>
  /^(?:notice|webhook|access|alarm|staff|sample|audit|review-case|processing-log|decision-log)\./.test(
    act,
  ),
)
const sharing = acts.filter(
  (act) =>
    (!isOnOwn(act) && !onOwnAffairs.includes(act) && !onRequest.includes(act)) ||
    act === 'signal.correct',
)

const openPolicies = (from: string) => loadPolicySet(readPolicies(from), from)

/** Facts under which everything is permitted to the police. */
const good: Facts = {
  agency: politie,
  agreementHash: '$1$1$x' as AgreementHash,
  caller: { active: true, agency: politie, delegated: false },
  agreement: {
    known: true,
    state: 'in-force',
    withinValidity: true,
    purpose: 'protecting-victims',
    domain: 'victims',
    parties: ['politie', 'gemeente', 'jeugdzorg'],
    submitters: ['politie'],
    receivers: ['politie', 'jeugdzorg'],
    categories: ['forced-begging'],
    dataCategories: ['tokens', 'role'],
    ageBands: ['adult', 'minor'],
    subjectKinds: ['person'],
    legalBases: ['wpg-20'],
  },
  request: {
    purpose: 'protecting-victims',
    domain: 'victims',
    category: 'forced-begging',
    dataCategories: ['tokens'],
    ageBand: 'adult',
    subjectKind: 'person',
  },
}
const goodGrant = {
  byOwner: true,
  forRecord: true,
  forReceiver: true,
  current: true,
  revoked: false,
  used: false,
}
const goodEmergency = {
  clause: true,
  open: true,
  twoOfficers: true,
  ownerActive: true,
  forRecord: true,
  forReceiver: true,
  current: true,
  revoked: false,
  used: false,
  withinLimit: true,
}
const goodLook = { own: true, other: true }
const onDrawnLook: readonly Act[] = ['sample.justify', 'sample.judge']
const jeugdzorg = 'jeugdzorg' as AgencyId
/** Only acts on a signal or a disclosure have an owner among their facts. */
function factsOf(act: Act, change: Partial<Facts> = {}): Facts {
  const {
    owner,
    receiver,
    lead = politie,
    coordinator = politie,
    grant = goodGrant,
    emergency = goodEmergency,
    reviewer = politie,
    look = goodLook,
    alarm = { aboutCaller: false },
    ...others
  } = change
  const side = onDisclosure[act]
  return {
    ...good,
    ...(isOnOwn(act) || onRequest.includes(act) ? { owner: owner ?? politie } : {}),
    ...(side === undefined
      ? {}
      : {
          owner: owner ?? (side === 'owner' ? politie : gemeente),
          receiver: receiver ?? (side === 'owner' ? jeugdzorg : politie),
        }),
    ...(act === 'disclosure.release' ? { grant } : {}),
    ...(act === 'disclosure.release-emergency' ? { emergency } : {}),
    ...(act === 'flag.review' ? { reviewer } : {}),
    ...(onDrawnLook.includes(act) ? { look } : {}),
    ...(onAlarm.includes(act) ? { alarm } : {}),
    ...(forLead.includes(act) ? { lead } : {}),
    ...(act === 'follow-up.settle-dispute' ? { coordinator } : {}),
    ...others,
  }
}
const agreementWith = (change: Partial<Facts['agreement']>): Partial<Facts> => ({
  agreement: { ...good.agreement, ...change },
})
const grantWith = (change: Partial<typeof goodGrant>): Partial<Facts> => ({
  grant: { ...goodGrant, ...change },
})
const emergencyWith = (change: Partial<typeof goodEmergency>): Partial<Facts> => ({
  emergency: { ...goodEmergency, ...change },
})
const requestWith = (change: Partial<Facts['request']>): Partial<Facts> => ({
  request: { ...good.request, ...change },
})
const reasonsOf = (act: Act, change: Partial<Facts> = {}) =>
  decide(act, factsOf(act, change)).reasons.map(({ policy }) => policy)

const permits: Record<Act, string> = {
  'evaluation.evaluate': 'sharing/evaluate',
  'signal.submit': 'sharing/submit',
  'signal.read': 'sharing/own-signal',
  'signal.correct': 'sharing/correct',
  'signal.withdraw': 'sharing/own-signal',
  'overlap.list': 'sharing/receive',
  'overlap.read': 'sharing/receive',
  'overlap.read-end': 'sharing/end-of-overlap',
  'histogram.submit': 'sharing/calibrate',
  'threshold.read': 'sharing/thresholds',
  'threshold.move': 'sharing/thresholds',
  'archive.ask': 'sharing/archive',
  'archive.list': 'sharing/own-signal',
  'disclosure.request': 'sharing/ask-disclosure',
  'disclosure.list': 'sharing/see-disclosure',
  'disclosure.read': 'sharing/see-disclosure',
  'disclosure.reply': 'sharing/ask-disclosure',
  'disclosure.answer': 'sharing/decide-disclosure',
  'disclosure.grant': 'sharing/decide-disclosure',
  'disclosure.release': 'sharing/release',
  'disclosure.release-emergency': 'sharing/release-emergency',
  'flag.review': 'sharing/review-flags',
  'notice.list': 'sharing/own-notices',
  'notice.acknowledge': 'sharing/own-notices',
  'webhook.list': 'sharing/own-webhooks',
  'webhook.register': 'sharing/own-webhooks',
  'webhook.test': 'sharing/own-webhooks',
  'webhook.redeliver': 'sharing/own-webhooks',
  'webhook.remove': 'sharing/own-webhooks',
  'access.list': 'sharing/own-acts',
  'evaluation.exercise-rights': 'sharing/exercise-rights',
  'subject-request.file': 'sharing/exercise-rights',
  'subject-request.read': 'sharing/own-subject-request',
  'subject-request.answer': 'sharing/own-subject-request',
  'subject-request.extend': 'sharing/own-subject-request',
  'subject-request.close': 'sharing/own-subject-request',
  'signal.restrict': 'sharing/own-restrictions',
  'signal.review': 'sharing/own-restrictions',
  'signal.lift': 'sharing/own-restrictions',
  'processing-log.read': 'sharing/own-logs',
  'decision-log.read': 'sharing/own-logs',
  'sample.list': 'sharing/own-samples',
  'sample.justify': 'sharing/own-samples',
  'sample.judge': 'sharing/own-samples',
  'review-case.list': 'sharing/own-review-cases',
  'alarm.list': 'sharing/own-alarms',
  'alarm.take': 'sharing/own-alarms',
  'alarm.close': 'sharing/own-alarms',
  'staff.protect': 'sharing/own-staff',
  'staff.review': 'sharing/own-staff',
  'access.export': 'sharing/export-own-acts',
  'audit.package': 'sharing/audit-own-acts',
  'follow-up.list': 'sharing/follow-up',
  'follow-up.export': 'sharing/follow-up',
  'follow-up.read': 'sharing/follow-up',
  'follow-up.acknowledge': 'sharing/follow-up',
  'follow-up.take-lead': 'sharing/follow-up',
  'follow-up.offer-lead': 'sharing/follow-up',
  'follow-up.answer-offer': 'sharing/follow-up',
  'follow-up.dispute-lead': 'sharing/follow-up',
  'follow-up.settle-dispute': 'sharing/follow-up',
  'follow-up.record-outcome': 'sharing/follow-up',
  'follow-up.reopen': 'sharing/follow-up',
  'follow-up.measure': 'sharing/follow-up',
  'feedback.read': 'sharing/feedback',
}

/** Each fact of an emergency, and the forbid that stands on it. */
const emergencyForbids = {
  clause: 'clause',
  open: 'closed',
  twoOfficers: 'officers',
  ownerActive: 'owner',
  forRecord: 'record',
  forReceiver: 'receiver',
  current: 'time',
  revoked: 'revoked',
  used: 'once',
  withinLimit: 'limit',
} as const satisfies Record<keyof typeof goodEmergency, string>
const emergencyFacts = Object.keys(goodEmergency) as (keyof typeof goodEmergency)[]

/** For each forbid: the acts it is about, and one change of facts that it alone refuses. */
const forbids: Record<
  string,
  {
    readonly acts: readonly Act[]
    readonly change: Partial<Facts>
    /** Acts that another forbid refuses for the same change. */
    readonly elsewhere?: readonly Act[]
  }
> = {
  'core/agreement-known': { acts: sharing, change: agreementWith({ known: false }) },
  'core/agreement-in-force': { acts: sharing, change: agreementWith({ state: 'proposed' }) },
  'core/purpose': {
    acts: sharing.filter((act) => !beginsRequest.includes(act)),
    change: requestWith({ purpose: 'other' }),
  },
  'core/domain': {
    acts: ['evaluation.evaluate', ...beginsRequest, 'signal.submit', 'signal.correct'],
    change: requestWith({ domain: 'other' }),
  },
  'core/party': { acts: sharing, change: agreementWith({ parties: ['gemeente'] }) },
  'core/suspension': {
    acts: ['overlap.read-end', 'feedback.read'],
    change: agreementWith({ state: 'suspended' }),
    elsewhere: sharing,
  },
  'core/caller-active': { acts, change: { caller: { ...good.caller, active: false } } },
  'core/delegation': { acts, change: { caller: { ...good.caller, agency: gemeente } } },
  'core/own-signal': {
    acts: onOwn,
    change: { owner: gemeente },
    elsewhere: [...byOwner, ...onRequest],
  },
  'core/own-subject-request': {
    acts: onRequest,
    change: { owner: gemeente },
    elsewhere: [...byOwner, ...onOwn],
  },
  'core/follow-up-lead': { acts: forLead, change: { lead: gemeente } },
  'core/follow-up-coordinator': {
    acts: ['follow-up.settle-dispute'],
    change: { coordinator: gemeente },
  },
  'core/disclosure-owner': {
    acts: byOwner,
    change: { owner: gemeente },
    elsewhere: [...onOwn, ...onRequest],
  },
  'core/disclosure-receiver': { acts: byReceiver, change: { receiver: jeugdzorg } },
  'core/disclosure-sides': {
    acts: aboutDisclosure,
    change: { owner: politie, receiver: politie },
  },
  'core/grant-owner': { acts: ['disclosure.release'], change: grantWith({ byOwner: false }) },
  'core/grant-record': { acts: ['disclosure.release'], change: grantWith({ forRecord: false }) },
  'core/grant-receiver': {
    acts: ['disclosure.release'],
    change: grantWith({ forReceiver: false }),
  },
  'core/grant-time': { acts: ['disclosure.release'], change: grantWith({ current: false }) },
  'core/grant-revoked': { acts: ['disclosure.release'], change: grantWith({ revoked: true }) },
  'core/grant-once': { acts: ['disclosure.release'], change: grantWith({ used: true }) },
  'core/sample-own-look': {
    acts: ['sample.justify'],
    change: { look: { own: false, other: true } },
  },
  'core/sample-other-reviewer': {
    acts: ['sample.judge'],
    change: { look: { own: true, other: false } },
  },
  'core/alarm-reviewer': {
    acts: onAlarm,
    change: { alarm: { aboutCaller: true } },
  },
  'core/flag-reviewer': { acts: ['flag.review'], change: { reviewer: gemeente } },
  ...Object.fromEntries(
    emergencyFacts.map((fact) => [
      `core/emergency-${emergencyForbids[fact]}`,
      {
        acts: ['disclosure.release-emergency'] as const,
        change: emergencyWith({ [fact]: !goodEmergency[fact] }),
      },
    ]),
  ),
  'sharing/category-covered': {
    acts: ['signal.submit', 'signal.correct'],
    change: requestWith({ category: 'organ-removal' }),
  },
  'sharing/data-covered': {
    acts: [
      'signal.submit',
      'signal.correct',
      'disclosure.request',
      'disclosure.grant',
      'disclosure.release',
      'disclosure.release-emergency',
    ],
    change: requestWith({ dataCategories: ['tokens', 'narrative'] }),
  },
  'sharing/age-covered': {
    acts: ['signal.submit', 'signal.correct'],
    change: requestWith({ ageBand: 'unknown' }),
  },
  'sharing/subject-kind-covered': {
    acts: ['signal.submit', 'signal.correct'],
    change: requestWith({ subjectKind: 'location' }),
  },
}

t.test('every act is permitted by its own policy when all is well', async (t) => {
  for (const act of acts) {
    t.match(decide(act, factsOf(act)), { outcome: 'permit' }, act)
    t.strictSame(reasonsOf(act), [permits[act]], act)
  }
})

t.test('every forbid refuses the acts it is about, and no other', async (t) => {
  for (const [policy, { acts: about, change, elsewhere }] of Object.entries(forbids)) {
    for (const act of acts) {
      if (elsewhere?.includes(act)) continue
      const decision = decide(act, factsOf(act, change))
      const refused = about.includes(act)
      t.equal(decision.outcome, refused ? 'refuse' : 'permit', `${policy} on ${act}`)
      t.strictSame(reasonsOf(act, change), [refused ? policy : permits[act]], `${policy} on ${act}`)
    }
  }
})

t.test('a suspension stops all but what an agency may do with its own signals', async (t) => {
  for (const act of acts) {
    const onlyEnds = act === 'overlap.read-end' || act === 'feedback.read'
    const policy = onlyEnds ? 'core/suspension' : 'core/agreement-in-force'
    const expected = onlyEnds || sharing.includes(act) ? policy : permits[act]
    t.strictSame(reasonsOf(act, agreementWith({ state: 'suspended' })), [expected], act)
  }
  t.strictSame(reasonsOf('overlap.read-end', agreementWith({ state: 'ended' })), [
    'sharing/end-of-overlap',
  ])
})

t.test('without the role in the agreement, nothing permits', async (t) => {
  const cases: Partial<Record<Act, Partial<Facts>>> = {
    'evaluation.evaluate': agreementWith({ submitters: ['gemeente'] }),
    'signal.submit': agreementWith({ submitters: [] }),
    'overlap.list': agreementWith({ receivers: ['gemeente'] }),
    'overlap.read': agreementWith({ receivers: [] }),
    'threshold.read': agreementWith({ receivers: ['gemeente'] }),
    'threshold.move': agreementWith({ receivers: [] }),
    'overlap.read-end': agreementWith({ receivers: [] }),
    'archive.ask': agreementWith({ receivers: ['gemeente'] }),
    'signal.correct': agreementWith({ submitters: ['gemeente'] }),
    'disclosure.request': agreementWith({ receivers: ['gemeente'] }),
    'disclosure.reply': agreementWith({ receivers: [] }),
    'disclosure.release': agreementWith({ receivers: [] }),
    'disclosure.release-emergency': agreementWith({ receivers: [] }),
    'flag.review': agreementWith({ receivers: [] }),
    'follow-up.list': agreementWith({ receivers: ['gemeente'] }),
    'follow-up.export': agreementWith({ receivers: ['gemeente'] }),
    'follow-up.record-outcome': agreementWith({ receivers: [] }),
  }
  for (const [act, change] of Object.entries(cases)) {
    t.strictSame(reasonsOf(act as Act, change), ['core/denied-by-default'], act)
    t.equal(decide(act as Act, factsOf(act as Act, change)).outcome, 'refuse')
  }
})

t.test('an agreement outside its validity, or ended, is not in force', async (t) => {
  for (const change of [{ withinValidity: false }, { state: 'ended' }] as const) {
    t.strictSame(reasonsOf('signal.submit', agreementWith(change)), ['core/agreement-in-force'])
  }
})

t.test('a signal about a minor is permitted with a review that falls due', async (t) => {
  const minor = factsOf('signal.submit', requestWith({ ageBand: 'minor' }))
  t.match(decide('signal.submit', minor), {
    outcome: 'permit',
    reasons: [{ policy: 'sharing/minor' }, { policy: 'sharing/submit' }],
    obligations: [{ kind: 'review', policy: 'sharing/minor', withinDays: 14 }],
  })
  t.strictSame(decide('signal.submit', good).obligations, [])
  const refused = { ...minor, agreement: { ...minor.agreement, submitters: [] } }
  t.strictSame(decide('signal.submit', refused).obligations, [], 'a refusal obliges to nothing')
})

t.test('a policy can oblige to several things, at the owner’s too', async (t) => {
  const asks = `@obligation("notify:owner-coordinator, review-within-days:3,notify:contact-desk")`
  const policy = 'added/x'
  const { decide: loaded } = loadPolicies(
    added(`${notes(policy)} ${asks} permit (principal, action, resource);`),
  )
  t.strictSame(loaded('signal.submit', good).obligations, [
    { kind: 'notify', policy, role: 'coordinator', of: 'owner' },
    { kind: 'review', policy, withinDays: 3 },
    { kind: 'notify', policy, role: 'contact-desk', of: 'agency' },
  ])
})

t.test('each policy of the files has a case here', async (t) => {
  const ids = texts.policies.flatMap(({ text }) =>
    [...text.matchAll(/@id\("([^"]+)"\)/g)].map(([, id]) => String(id)),
  )
  t.strictSame(
    ids.sort(),
    [...new Set([...Object.values(permits), ...Object.keys(forbids), 'sharing/minor'])].sort(),
  )
  t.strictSame(readdirSync(folder).sort(), ['core.cedar', 'gateway.cedarschema', 'sharing.cedar'])
})

t.test('a refusal names every reason at once, each with its article in two languages', (t) => {
  const { outcome, reasons } = decide('signal.submit', {
    ...good,
    caller: { active: false, agency: gemeente, delegated: false },
    agreement: unknownAgreement,
  })
  t.equal(outcome, 'refuse')
  t.strictSame(
    reasons.map(({ policy }) => policy),
    Object.keys(forbids)
      .filter((policy) => forbids[policy]?.acts.includes('signal.submit'))
      .sort(),
  )
  for (const { article, en, nl } of reasons) {
    t.match(article, /\b(AVG|Wpg)\b/)
    t.match(en, /^[A-Z].*\.$/)
    t.match(nl, /^[A-Z].*\.$/)
    t.not(en, nl)
  }
  t.end()
})

t.test('a refusal is told in full to a party, and as "not found" to anyone else', async (t) => {
  const change = requestWith({ purpose: 'other', category: 'organ-removal' })
  const facts = factsOf('signal.submit', change)
  t.match(refusalOf(decide('signal.submit', facts), facts), {
    code: 'policy/denied',
    problems: [
      { at: 'core/purpose', article: /AVG/ },
      { at: 'sharing/category-covered', article: /Wpg/ },
    ],
  })
  for (const strange of [
    agreementWith({ parties: ['gemeente'] }),
    { agreement: unknownAgreement },
  ]) {
    const other = factsOf('signal.submit', strange)
    t.match(refusalOf(decide('signal.submit', other), other), {
      code: 'agreements/not-found',
      problems: [],
    })
  }
})

t.test('what cannot be decided is refused', async (t) => {
  const cases: Record<string, [Act, unknown]> = {
    'an act on a signal without its owner': ['signal.read', good],
    'a disclosure without its sides': ['disclosure.read', good],
    'a release without a grant': [
      'disclosure.release',
      { ...good, owner: gemeente, receiver: politie },
    ],
    'an owner where none belongs': ['signal.submit', { ...good, owner: politie }],
    'a fact that is missing': ['signal.submit', { ...good, request: { purpose: 'x' } }],
    'a fact of another type': ['signal.submit', { ...good, caller: { active: 'yes' } }],
    'a fact too many': ['signal.submit', { ...good, request: { ...good.request, name: 'x' } }],
    'an act that nobody knows': ['signal.publish' as Act, good],
    'no agreement at all': ['signal.submit', { ...good, agreement: undefined }],
  }
  for (const [name, [act, facts]] of Object.entries(cases)) {
    t.match(
      decide(act, facts as Facts),
      { outcome: 'refuse', reasons: [{ policy: 'core/decision-failed' }] },
      name,
    )
  }
})

t.test('a name with quotes, or of another script, is a name and nothing more', async (t) => {
  for (const agency of ['"]; permit(principal, action, resource);//', 'ministère', '\u0000', '']) {
    const strange = factsOf('signal.submit', {
      agency: agency as AgencyId,
      caller: { ...good.caller, agency: agency as AgencyId },
    })
    t.equal(decide('signal.submit', strange).outcome, 'refuse')
    t.equal(
      decide('signal.submit', {
        ...strange,
        agreement: { ...good.agreement, parties: [agency], submitters: [agency] },
      }).outcome,
      'permit',
    )
  }
})

t.test('no added permit overrides a core policy', async (t) => {
  const { decide: all } = loadPolicies(
    added(`${notes('added/all')} permit (principal, action, resource);`),
  )
  for (const [policy, { acts: about, change }] of Object.entries(forbids)) {
    for (const act of about) {
      const { outcome, reasons } = all(act, factsOf(act, change))
      t.equal(outcome, 'refuse', `${policy} on ${act}`)
      t.strictSame(
        reasons.map((reason) => reason.policy),
        [policy],
      )
    }
  }
  t.equal(
    all('overlap.list', factsOf('overlap.list', agreementWith({ receivers: [] }))).outcome,
    'permit',
  )
})

t.test('two sets of policies stand side by side', async (t) => {
  const { decide: closed } = loadPolicies(
    added(`${notes('added/never')} forbid (principal, action, resource);`),
  )
  t.equal(closed('signal.submit', good).outcome, 'refuse')
  t.equal(decide('signal.submit', good).outcome, 'permit', 'the first set is as it was')
  t.equal(closed('signal.submit', good).outcome, 'refuse')
})

t.test('a policy that cannot be used stops the start, naming file and line', async (t) => {
  const fine = `${notes('added/fine')}\npermit (principal, action, resource);\n\n`
  const cases: Record<string, [string, RegExp]> = {
    'a slip of the pen': ['\n\npermit (principal, action resource);', /added\.cedar:3: /],
    'a slip after a good one': [`${fine}permit (principal, actoin, resource);`, /added\.cedar:4: /],
    'a fact that does not exist': [
      `${fine}${notes('added/x')}\npermit (principal, action, resource) when { context.victim };`,
      /added\.cedar:4: added\/x: /,
    ],
    'a comparison that can never hold': [
      `${notes('added/x')} permit (principal, action, resource) when { context.caller.active == 1 };`,
      /added\.cedar:1: added\/x: /,
    ],
    'an act that does not exist': [
      `${fine}${notes('added/x')} permit (principal, action == Action::"signal.publish", resource);`,
      /added\.cedar:4: added\/x: /,
    ],
    'no article': [
      `${fine}@id("added/x") @en("x") @nl("x") permit (principal, action, resource);`,
      /added\.cedar:4: a policy needs @id, @article/,
    ],
    'no annotation at all': ['permit (principal, action, resource);', /added\.cedar:1: a policy/],
    'an obligation that nobody can carry out': [
      `${notes('added/x')} @obligation("notify:all") permit (principal, action, resource);`,
      /added\.cedar:1: added\/x: @obligation/,
    ],
    'an obligation that is said twice': [
      `${notes('added/x')} @obligation("notify:coordinator, notify:coordinator") permit (principal, action, resource);`,
      /added\.cedar:1: added\/x: @obligation/,
    ],
    'nobody to be told': [
      `${notes('added/x')} @obligation("notify:owner-") permit (principal, action, resource);`,
      /added\.cedar:1: added\/x: @obligation/,
    ],
    'a review in no time': [
      `${notes('added/x')} @obligation("review-within-days:367") permit (principal, action, resource);`,
      /added\.cedar:1: added\/x: @obligation/,
    ],
    'a template, which decides nothing': [
      `${notes('added/x')} forbid (principal == ?principal, action, resource);`,
      /added\.cedar: a template/,
    ],
    'an id that is taken': [
      `${notes('core/party')} permit (principal, action, resource);`,
      /same @id|core\/party/,
    ],
  }
  for (const [name, [text, fault]] of Object.entries(cases)) {
    t.throws(() => loadPolicies(added(text)), { name: 'PolicyError', message: fault }, name)
  }
  const schema = { file: 'gateway.cedarschema', text: `entity Agency;\nentity ;` }
  t.throws(() => loadPolicies({ ...texts, schema }), {
    name: 'PolicyError',
    message: /gateway\.cedarschema:2: /,
  })
  t.equal(decide('signal.submit', good).outcome, 'permit', 'a failed load changes nothing')
})

t.test('a folder of policies needs one schema, and its hash follows every change', async (t) => {
  const copy = mkdtempSync(join(tmpdir(), 'raakvlak-policies-'))
  t.teardown(() => rmSync(copy, { recursive: true }))
  cpSync(folder, copy, { recursive: true })
  const { hash, decide: same } = openPolicies(copy)
  t.equal(hash, openPolicies(folder).hash)
  t.equal(same('signal.submit', good).outcome, 'permit')
  writeFileSync(join(copy, 'own.cedar'), `${notes('own/x')} forbid (principal, action, resource);`)
  t.not(openPolicies(copy).hash, hash)
  writeFileSync(join(copy, 'own.cedar'), 'permit (')
  t.throws(() => openPolicies(copy), { message: new RegExp(`${copy}/own\\.cedar:1: `) })
  rmSync(join(copy, 'gateway.cedarschema'))
  t.throws(() => openPolicies(copy), PolicyError)
})

/** The same rules, written down a second time in plain TypeScript. */
function oracle(act: Act, facts: Facts): string[] {
  const { agency, agreement, request, caller, owner } = facts
  const refusals: string[] = []
  const forbid = (policy: string, holds: boolean) => {
    if (holds) refusals.push(policy)
  }
  if (sharing.includes(act)) {
    forbid('core/agreement-known', !agreement.known)
    forbid(
      'core/agreement-in-force',
      agreement.state !== 'in-force' || agreement.withinValidity !== true,
    )
    if (!beginsRequest.includes(act)) {
      forbid('core/purpose', request.purpose !== agreement.purpose)
    }
    forbid('core/party', !agreement.parties.includes(agency))
  }
  const gives = act === 'signal.submit' || act === 'signal.correct'
  if (act === 'evaluation.evaluate' || beginsRequest.includes(act) || gives) {
    forbid('core/domain', request.domain !== agreement.domain)
  }
  if (gives) {
    forbid('sharing/category-covered', !agreement.categories.includes(request.category))
    forbid(
      'sharing/age-covered',
      request.subjectKind === 'person' && !agreement.ageBands.includes(request.ageBand),
    )
    forbid('sharing/subject-kind-covered', !agreement.subjectKinds.includes(request.subjectKind))
  }
  if (gives || forbids['sharing/data-covered']?.acts.includes(act)) {
    forbid(
      'sharing/data-covered',
      !request.dataCategories.every((one) => agreement.dataCategories.includes(one)),
    )
  }
  const { receiver = agency, grant = goodGrant, emergency = goodEmergency } = facts
  if (act in onDisclosure && owner !== undefined) {
    forbid('core/disclosure-owner', onDisclosure[act] === 'owner' && owner !== agency)
    forbid('core/disclosure-receiver', onDisclosure[act] === 'receiver' && receiver !== agency)
    const ownerCounts = owner === agency || agreement.parties.includes(owner)
    const receiverCounts = receiver === agency || agreement.receivers.includes(receiver)
    forbid('core/disclosure-sides', owner === receiver || !ownerCounts || !receiverCounts)
  }
  if (act === 'disclosure.release') {
    forbid('core/grant-owner', !grant.byOwner)
    forbid('core/grant-record', !grant.forRecord)
    forbid('core/grant-receiver', !grant.forReceiver)
    forbid('core/grant-time', !grant.current)
    forbid('core/grant-revoked', grant.revoked)
    forbid('core/grant-once', grant.used)
  }
  if (act === 'disclosure.release-emergency') {
    for (const fact of emergencyFacts) {
      forbid(`core/emergency-${emergencyForbids[fact]}`, emergency[fact] !== goodEmergency[fact])
    }
  }
  if (onAlarm.includes(act)) forbid('core/alarm-reviewer', facts.alarm?.aboutCaller === true)
  if (act === 'flag.review') forbid('core/flag-reviewer', facts.reviewer !== agency)
  const { look = goodLook } = facts
  forbid('core/sample-own-look', act === 'sample.justify' && !look.own)
  forbid('core/sample-other-reviewer', act === 'sample.judge' && !look.other)
  forbid('core/caller-active', !caller.active)
  forbid('core/delegation', caller.agency !== agency && !caller.delegated)
  if (isOnOwn(act)) forbid('core/own-signal', owner !== agency)
  if (onRequest.includes(act)) forbid('core/own-subject-request', owner !== agency)
  if (act === 'overlap.read-end' || act === 'feedback.read') {
    forbid('core/suspension', agreement.state === 'suspended')
  }
  if (forLead.includes(act)) forbid('core/follow-up-lead', facts.lead !== agency)
  if (act === 'follow-up.settle-dispute') {
    forbid('core/follow-up-coordinator', facts.coordinator !== agency)
  }
  if (refusals.length > 0) return ['refuse', ...refusals.sort()]
  const receives =
    ['overlap.', 'threshold.', 'flag.', 'follow-up.'].some((kind) => act.startsWith(kind)) ||
    act === 'archive.ask' ||
    byReceiver.includes(act)
  const anyParty =
    beginsRequest.includes(act) ||
    act === 'histogram.submit' ||
    (act.startsWith('disclosure.') && !byReceiver.includes(act))
  const sharers = receives ? agreement.receivers : agreement.submitters
  const role = anyParty ? agreement.parties : sharers
  const aboutMinor = act === 'signal.submit' && request.ageBand === 'minor'
  const ofOnesOwn =
    /^sharing\/(?:export-|audit-)?own-/.test(permits[act]) || act === 'feedback.read'
  if (ofOnesOwn || role.includes(agency)) {
    return ['permit', ...(aboutMinor ? ['sharing/minor'] : []), permits[act]]
  }
  return ['refuse', 'core/denied-by-default']
}

t.test('over random facts, Cedar and plain TypeScript decide alike', async (t) => {
  const agency = fc.constantFrom('politie', 'gemeente', 'jeugdzorg')
  const agencies = fc.subarray(['politie', 'gemeente', 'jeugdzorg'])
  const text = fc.constantFrom('one', 'two', '')
  // Mostly as it should be: with everything at random, hardly anything would be permitted.
  const mostly = <Value>(value: Value, other: fc.Arbitrary<Value>) =>
    fc.oneof({ weight: 5, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: other })
  const nearly = (value: boolean, weight = 12) =>
    fc.oneof(
      { weight, arbitrary: fc.constant(value) },
      { weight: 1, arbitrary: fc.constant(!value) },
    )
  // Many facts that all have to be so.
  const almost = (value: boolean) => nearly(value, 25)
  const otherStates = fc.oneof(
    { weight: 2, arbitrary: fc.constant('suspended') },
    { weight: 1, arbitrary: fc.constantFrom('unknown', 'proposed', 'ended') },
  )
  const some = fc.record({
    agency,
    agreementHash: fc.constant('$1$1$x'),
    caller: fc.record({
      active: mostly(true, fc.boolean()),
      agency,
      delegated: mostly(true, fc.boolean()),
    }),
    agreement: fc.record({
      known: mostly(true, fc.boolean()),
      state: mostly('in-force', otherStates),
      withinValidity: mostly(true, fc.boolean()),
      purpose: mostly('one', text),
      domain: mostly('one', text),
      parties: mostly(['politie', 'gemeente', 'jeugdzorg'], agencies),
      submitters: agencies,
      receivers: agencies,
      categories: mostly(codesOf(categories) as string[], fc.subarray(codesOf(categories))),
      dataCategories: mostly(codesOf(dataCategories) as string[], fc.subarray(['tokens', 'role'])),
      ageBands: mostly(codesOf(ageBands) as string[], fc.subarray(codesOf(ageBands))),
      subjectKinds: mostly(['person'], fc.constant<string[]>([])),
      legalBases: fc.subarray(['wpg-20', 'avg-6-1-e']),
    }),
    request: fc.record({
      purpose: mostly('one', text),
      domain: mostly('one', text),
      category: fc.constantFrom(...codesOf(categories)),
      dataCategories: fc.subarray(['tokens', 'role', 'narrative']),
      ageBand: fc.constantFrom('minor', ...codesOf(ageBands)),
      subjectKind: mostly('person', fc.constant('location')),
    }),
    other: fc.option(agency, { freq: 2 }),
    third: fc.option(agency, { freq: 2 }),
    grant: fc.record({
      byOwner: nearly(true),
      forRecord: nearly(true),
      forReceiver: nearly(true),
      current: nearly(true),
      revoked: nearly(false),
      used: nearly(false),
    }),
    look: fc.record({ own: nearly(true), other: nearly(true) }),
    emergency: fc.record({
      clause: almost(true),
      open: almost(true),
      twoOfficers: almost(true),
      ownerActive: almost(true),
      forRecord: almost(true),
      forReceiver: almost(true),
      current: almost(true),
      revoked: almost(false),
      used: almost(false),
      withinLimit: almost(true),
    }),
  })
  // These have the most conditions: each condition of theirs has to be met often enough.
  const oftenConditional = fc.oneof(
    { weight: 2, arbitrary: fc.constant<Act>('signal.submit') },
    {
      weight: 3,
      arbitrary: fc.constantFrom<Act>(
        'signal.correct',
        'disclosure.release',
        'disclosure.release-emergency',
      ),
    },
    { weight: 9, arbitrary: fc.constantFrom(...acts) },
  )
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(
      oftenConditional,
      some,
      (act, { other, third, grant, emergency, look, ...rest }) => {
        const asks = onDisclosure[act] === 'receiver'
        const owner = other ?? (asks ? 'gemeente' : rest.agency)
        const receiver = third ?? (asks ? rest.agency : 'jeugdzorg')
        const facts = {
          ...rest,
          ...(isOnOwn(act) || onRequest.includes(act) ? { owner } : {}),
          ...(forLead.includes(act) ? { lead: owner } : {}),
          ...(act === 'follow-up.settle-dispute' ? { coordinator: owner } : {}),
          ...(act in onDisclosure ? { owner, receiver } : {}),
          ...(act === 'disclosure.release' ? { grant } : {}),
          ...(act === 'disclosure.release-emergency' ? { emergency } : {}),
          ...(act === 'flag.review' ? { reviewer: other ?? rest.agency } : {}),
          ...(onDrawnLook.includes(act) ? { look } : {}),
          ...(onAlarm.includes(act) ? { alarm: { aboutCaller: other === 'gemeente' } } : {}),
        } as unknown as Facts
        const { outcome, reasons } = decide(act, facts)
        const decided = [outcome, ...reasons.map(({ policy }) => policy)]
        for (const one of decided) seen.set(one, (seen.get(one) ?? 0) + 1)
        const expected = oracle(act, facts)
        return JSON.stringify(decided) === JSON.stringify(expected)
      },
    ),
    { numRuns: 500 * acts.length },
  )
  for (const one of [
    'permit',
    'refuse',
    'sharing/minor',
    ...Object.values(permits),
    ...Object.keys(forbids),
  ]) {
    t.ok((seen.get(one) ?? 0) > 10, `${one} was met ${seen.get(one) ?? 0} times`)
  }
})

t.test(
  'a set whose core is not that of the software is refused, whatever else it says',
  async (t) => {
    const [core, sharing] = texts.policies.map(({ text }) => text)
    const set = (change: string, more = '') =>
      loadPolicySet({
        schema: { file: 'gateway.cedarschema', text: texts.schema.text },
        policies: [
          { file: 'core.cedar', text: change },
          { file: 'sharing.cedar', text: `${sharing}${more}` },
        ],
      })
    const refused = { name: 'PolicyError', message: /core policies .* are not those/ }
    const whole = core ?? ''
    t.doesNotThrow(() => set(whole))
    const ids = [...whole.matchAll(/@id\("(core\/[^"]+)"\)/g)].map(([, id]) => String(id))
    t.ok(ids.length >= 7)
    const policyOf = (id: string) => whole.slice(whole.indexOf(`@id("${id}")`)).split('};')[0] ?? ''
    for (const id of ids) {
      t.throws(() => set(whole.replace(`${policyOf(id)}};`, '')), refused, `${id} left out`)
      const turned = policyOf(id).replace('forbid (', 'permit (')
      t.throws(() => set(whole.replace(policyOf(id), turned)), refused, `${id} turned round`)
      const blunt = policyOf(id)
        .replace('unless { ', 'unless { true || ')
        .replace('when { ', 'when { false && ')
      t.throws(() => set(whole.replace(policyOf(id), blunt)), refused, `${id} made blunt`)
    }
    t.throws(() => set(whole.replace('@article("AVG art. 25")', '@article("AVG art. 1")')), refused)
    t.throws(
      () => set(whole, `\n${notes('core/own')} permit (principal, action, resource);`),
      refused,
      'one more under the name of the core',
    )
    t.throws(
      () =>
        loadPolicySet({
          schema: { file: 'x.cedarschema', text: `${texts.schema.text}\nentity Extra;` },
          policies: texts.policies,
        }),
      refused,
      'another schema',
    )
    t.doesNotThrow(
      () => set(whole, `\n${notes('own/never')} forbid (principal, action, resource);`),
      'more rules of one’s own are welcome',
    )
    const open = set(whole, `\n${notes('own/all')} permit (principal, action, resource);`)
    for (const [policy, { acts: about, change }] of Object.entries(forbids)) {
      for (const act of policy.startsWith('core/') ? about : []) {
        t.equal(open.decide(act, factsOf(act, change)).outcome, 'refuse', `${policy} on ${act}`)
      }
    }
  },
)

t.test('what would have to change is found by deciding, and is enough and no more', async (t) => {
  const remedies = (act: Act, change: Partial<Facts>) =>
    remediesOf(decide, act, factsOf(act, change)).map(({ changes }) =>
      changes.map(({ fact, value }) => `${fact}=${value}`),
    )
  t.strictSame(remedies('signal.submit', {}), [], 'what is permitted needs no change')
  t.strictSame(remedies('signal.submit', requestWith({ category: 'organ-removal' })), [
    ['request.category=forced-begging'],
    ['agreement.categories=organ-removal'],
  ])
  t.strictSame(remedies('overlap.list', agreementWith({ receivers: [] })), [
    ['agreement.receivers=politie'],
  ])
  t.strictSame(
    remedies('signal.submit', agreementWith({ state: 'ended', withinValidity: false })),
    [['agreement.state=in-force', 'agreement.withinValidity=true']],
    'two facts that one rule asks for together',
  )
  t.strictSame(remedies('signal.read', { owner: gemeente }), [['owner=politie']])
  t.strictSame(
    remedies('signal.submit', requestWith({ dataCategories: ['tokens', 'region', 'narrative'] })),
    [
      ['request.dataCategories=without region', 'request.dataCategories=without narrative'],
      ['agreement.dataCategories=region', 'agreement.dataCategories=narrative'],
    ],
    'each kind of data by itself',
  )
  t.strictSame(
    remedies('signal.submit', { caller: { active: true, agency: gemeente, delegated: false } }),
    [['caller.delegated=true']],
  )
  const { decide: never } = loadPolicies(
    added(`${notes('own/never')} forbid (principal, action, resource);`),
  )
  t.strictSame(remediesOf(never, 'signal.submit', good), [], 'of what nothing can mend, nothing')
  const { decide: wide } = loadPolicies(
    added(
      `${notes('own/late')} forbid (principal, action == Action::"overlap.list", resource) unless { context.agreement.submitters.contains(context.agency) };`,
    ),
  )
  t.match(
    remediesOf(wide, 'overlap.list', factsOf('overlap.list', agreementWith({ submitters: [] }))),
    [{ changes: [{ fact: 'agreement.submitters', en: /role submit/, nl: /rol indienen/ }] }],
    'a rule that was written yesterday is explained like any other',
  )
})
