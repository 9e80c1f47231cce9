import type { OperatorName } from '../../src/oprf/types.ts'
import type { Act } from '../../src/policy/types.ts'
import type { Scope } from '../../src/wire/oauth.ts'

/** What stands at a route beside the kind of caller: an act that the policies decide, or a rule in words. */
export type RouteRule = {
  readonly access: 'public' | 'statement' | Scope
  readonly rule: { readonly act: Act; readonly or?: Act } | string
}

const both: Readonly<Record<string, RouteRule>> = {
  'GET /v1/operator': { access: 'public', rule: 'tells who the operator says it is' },
  'POST /v1/administrators': {
    access: 'statement',
    rule: 'the holder of the one-time code, while there is no administrator',
  },
  'POST /v1/administrator-vouchers': {
    access: 'statement',
    rule: 'an administrator; two of them from the third administrator on',
  },
  'POST /v1/agency-pins': { access: 'statement', rule: 'an administrator' },
  'POST /v1/agency-cards': {
    access: 'statement',
    rule: 'an admitted agency, under its root key, for itself',
  },
  'GET /v1/library': { access: 'public', rule: 'tells what agreements may name here' },
  'GET /v1/processing-activities': { access: 'public', rule: 'tells which activities there are' },
  'GET /v1/processing-activities/:activity/:version': {
    access: 'public',
    rule: 'tells what an activity is',
  },
  'POST /v1/agreements': {
    access: 'statement',
    rule: 'an active party to the agreement, under its signing key or a signatory’s',
  },
  'POST /v1/agreements/:hash/signatures': {
    access: 'statement',
    rule: 'a party to the agreement, under its signing key or a signatory’s; to accept, an active one',
  },
  'POST /v1/agreement-suspensions': { access: 'statement', rule: 'an administrator' },
  'POST /v1/delegations': {
    access: 'statement',
    rule: 'an active party to the agreement, under its root or signing key, for itself',
  },
  'POST /v1/delegation-ends': {
    access: 'statement',
    rule: 'the agency that delegated, under its root or signing key',
  },
  'POST /v1/grant-revocations': { access: 'statement', rule: 'the agency that granted' },
  'POST /v1/disclosure-receipts': {
    access: 'statement',
    rule: 'the agency to which this operator released its half',
  },
  'POST /v1/emergency-reviews': { access: 'statement', rule: 'the agency whose signal it was' },
  'POST /v1/emergency-reopenings': {
    access: 'statement',
    rule: 'an active agency, for its own signals',
  },
  'POST /v1/emergency-questions': {
    access: 'statement',
    rule: 'shows those that the agency takes part in',
  },
  'GET /v1/ledger/timestamps': { access: 'public', rule: 'shows what an authority stamped' },
  'POST /v1/key-ceremonies': {
    access: 'statement',
    rule: 'two administrators of this operator, with keys of their own',
  },
  'GET /v1/policy-sets/current': { access: 'public', rule: 'tells by which policies it decides' },
  'POST /v1/policy-sets': {
    access: 'statement',
    rule: 'an administrator; in force once two have signed',
  },
  'POST /v1/policy-sets/_simulate': {
    access: 'statement',
    rule: 'an administrator, who gets totals',
  },
  'GET /v1/ledger/checkpoint': { access: 'public', rule: 'tells hashes only' },
  'GET /v1/ledger/inclusion-proofs': { access: 'public', rule: 'tells hashes only' },
  'GET /v1/ledger/consistency-proofs': { access: 'public', rule: 'tells hashes only' },
  'GET /v1/ledger/tile/*': { access: 'public', rule: 'tells hashes only' },
  'GET /v1/ledger/cosignatures': {
    access: 'public',
    rule: 'tells hashes, and who vouches for them',
  },
  'POST /v1/ledger/cosignatures': {
    access: 'statement',
    rule: 'an active agency, under its signing key',
  },
  'POST /v1/witness/ledgers': {
    access: 'statement',
    rule: 'the other operator, under its root key',
  },
  'GET /v1/witness/checkpoints': { access: 'public', rule: 'tells hashes only' },
  'POST /v1/witness/add-checkpoint': {
    access: 'statement',
    rule: 'whoever has a checkpoint that the introduced ledger signed',
  },
  'GET /health/live': { access: 'public', rule: 'tells that it lives' },
  'GET /health/ready': { access: 'public', rule: 'tells what is not ready' },
}

/** One row per route and operator. A route that has none fails the check of the documents and the test. */
export const routeRules: Readonly<Record<OperatorName, Readonly<Record<string, RouteRule>>>> = {
  gateway: {
    ...both,
    'GET /v1/openapi.json': { access: 'public', rule: 'describes the API' },
    'GET /v1/agreements': { access: 'read', rule: 'shows those that the agency is a party to' },
    'GET /v1/agreements/:hash': { access: 'read', rule: 'a party; to others it looks like none' },
    'GET /v1/delegations': { access: 'read', rule: 'shows those that the agency gave or holds' },
    'POST /v1/evaluations': {
      access: 'evaluate',
      rule: { act: 'evaluation.evaluate', or: 'evaluation.exercise-rights' },
    },
    'GET /v1/domains/:domain/keys': {
      access: 'evaluate',
      rule: 'a party to an agreement in force that names the domain',
    },
    'POST /v1/signals': { access: 'submit', rule: { act: 'signal.submit' } },
    'POST /v1/signals/_bulk': { access: 'submit', rule: { act: 'signal.submit' } },
    'GET /v1/signals/:id': { access: 'read', rule: { act: 'signal.read' } },
    'POST /v1/signals/:id/_correct': { access: 'submit', rule: { act: 'signal.correct' } },
    'POST /v1/signals/:id/_withdraw': { access: 'withdraw', rule: { act: 'signal.withdraw' } },
    'POST /v1/disclosures': { access: 'disclose', rule: { act: 'disclosure.request' } },
    'GET /v1/disclosures': { access: 'read', rule: { act: 'disclosure.list' } },
    'GET /v1/disclosures/:number': { access: 'read', rule: { act: 'disclosure.read' } },
    'POST /v1/disclosures/:number/_answer': {
      access: 'disclose',
      rule: { act: 'disclosure.answer' },
    },
    'POST /v1/disclosures/:number/_reply': {
      access: 'disclose',
      rule: { act: 'disclosure.reply' },
    },
    'POST /v1/disclosures/:number/_grant': {
      access: 'disclose',
      rule: { act: 'disclosure.grant' },
    },
    'POST /v1/disclosures/:number/_release': {
      access: 'disclose',
      rule: { act: 'disclosure.release' },
    },
    'POST /v1/emergencies': { access: 'disclose', rule: { act: 'disclosure.request' } },
    'GET /v1/emergencies/:number': { access: 'read', rule: 'shows it to its two sides' },
    'POST /v1/emergencies/:number/_release': {
      access: 'disclose',
      rule: { act: 'disclosure.release-emergency' },
    },
    'GET /v1/recalls': { access: 'read', rule: 'shows those that the agency takes part in' },
    'POST /v1/recall-confirmations': {
      access: 'statement',
      rule: 'the agency that opened the text; others find none',
    },
    'GET /v1/non-punishment-flags': { access: 'review', rule: { act: 'flag.review' } },
    'POST /v1/non-punishment-flags/:id/_close': { access: 'review', rule: { act: 'flag.review' } },
    'POST /v1/non-punishment-mentions': { access: 'read', rule: { act: 'overlap.list' } },
    'POST /v1/agreements/:hash/histograms': { access: 'submit', rule: { act: 'histogram.submit' } },
    'GET /v1/agreements/:hash/thresholds': { access: 'read', rule: { act: 'threshold.read' } },
    'POST /v1/agreements/:hash/thresholds': {
      access: 'statement',
      rule: { act: 'threshold.move' },
    },
    'GET /v1/overlaps': { access: 'read', rule: { act: 'overlap.list' } },
    'GET /v1/overlaps/:handle': {
      access: 'read',
      rule: { act: 'overlap.read', or: 'overlap.read-end' },
    },
    'GET /v1/notifications': { access: 'read', rule: { act: 'notice.list' } },
    'POST /v1/notifications/_acknowledge': {
      access: 'read',
      rule: { act: 'notice.acknowledge' },
    },
    'GET /v1/notifications/keys': { access: 'public', rule: 'tells public keys' },
    'POST /v1/notifications/webhooks': { access: 'notify', rule: { act: 'webhook.register' } },
    'GET /v1/notifications/webhooks': { access: 'read', rule: { act: 'webhook.list' } },
    'POST /v1/notifications/webhooks/:id/_test': {
      access: 'notify',
      rule: { act: 'webhook.test' },
    },
    'POST /v1/notifications/webhooks/:id/_redeliver': {
      access: 'notify',
      rule: { act: 'webhook.redeliver' },
    },
    'POST /v1/notifications/webhooks/:id/_remove': {
      access: 'notify',
      rule: { act: 'webhook.remove' },
    },
    'GET /v1/notifications/deliveries': { access: 'read', rule: { act: 'webhook.list' } },
    'GET /v1/archived-signals': { access: 'read', rule: { act: 'archive.list' } },
    'GET /v1/follow-ups': { access: 'read', rule: { act: 'follow-up.list' } },
    'GET /v1/follow-ups/_yield': { access: 'read', rule: { act: 'follow-up.measure' } },
    'GET /v1/follow-ups/:handle': { access: 'read', rule: { act: 'follow-up.read' } },
    'GET /v1/signals/:id/feedback': { access: 'read', rule: { act: 'feedback.read' } },
    'POST /v1/follow-ups/:handle/_acknowledge': {
      access: 'follow-up',
      rule: { act: 'follow-up.acknowledge' },
    },
    'POST /v1/follow-ups/:handle/_take': {
      access: 'follow-up',
      rule: { act: 'follow-up.take-lead' },
    },
    'POST /v1/follow-ups/:handle/_offer': {
      access: 'follow-up',
      rule: { act: 'follow-up.offer-lead' },
    },
    'POST /v1/follow-ups/:handle/_answer': {
      access: 'follow-up',
      rule: { act: 'follow-up.answer-offer' },
    },
    'POST /v1/follow-ups/:handle/_dispute': {
      access: 'follow-up',
      rule: { act: 'follow-up.dispute-lead' },
    },
    'POST /v1/follow-ups/:handle/_settle': {
      access: 'follow-up',
      rule: { act: 'follow-up.settle-dispute' },
    },
    'POST /v1/follow-ups/:handle/_conclude': {
      access: 'follow-up',
      rule: { act: 'follow-up.record-outcome' },
    },
    'POST /v1/follow-ups/:handle/_reopen': {
      access: 'follow-up',
      rule: { act: 'follow-up.reopen' },
    },
    'GET /health/retention': { access: 'public', rule: 'tells whether due work keeps up' },
    'POST /v1/decisions/_explain': {
      access: 'read',
      rule: 'about agreements that the agency is a party to or acts under, or a draft that it brings',
    },
    'POST /v1/decisions/_simulate': {
      access: 'read',
      rule: 'over the agency’s own decisions, with a draft that names it as a party',
    },
    'GET /v1/accesses': { access: 'oversee', rule: { act: 'access.list' } },
    'GET /v1/accesses/_export': { access: 'oversee', rule: { act: 'access.export' } },
    'GET /v1/audit-package': { access: 'oversee', rule: { act: 'audit.package' } },
    'GET /v1/accesses/:index/receipt': { access: 'oversee', rule: { act: 'access.list' } },
    'POST /v1/subject-requests': {
      access: 'subject-rights',
      rule: { act: 'subject-request.file' },
    },
    'GET /v1/subject-requests': {
      access: 'subject-rights',
      rule: 'shows what the agency filed, and what it has to answer',
    },
    'GET /v1/subject-requests/:id': {
      access: 'subject-rights',
      rule: { act: 'subject-request.read' },
    },
    'POST /v1/subject-requests/:id/_answer': {
      access: 'subject-rights',
      rule: { act: 'subject-request.answer' },
    },
    'POST /v1/subject-requests/:id/_extend': {
      access: 'subject-rights',
      rule: { act: 'subject-request.extend' },
    },
    'POST /v1/subject-requests/:id/_close': {
      access: 'subject-rights',
      rule: { act: 'subject-request.close' },
    },
    'POST /v1/processing-activities': { access: 'oversee', rule: { act: 'processing-log.read' } },
    'GET /v1/decision-log': { access: 'oversee', rule: { act: 'decision-log.read' } },
    'GET /v1/processing-log': { access: 'oversee', rule: { act: 'processing-log.read' } },
    'GET /v1/review-cases': { access: 'oversee', rule: { act: 'review-case.list' } },
    'GET /v1/samples': { access: 'oversee', rule: { act: 'sample.list' } },
    'GET /v1/own-samples': { access: 'read', rule: { act: 'sample.list' } },
    'GET /v1/samples/:id': { access: 'oversee', rule: { act: 'sample.list' } },
    'POST /v1/samples/:id/_justify': { access: 'read', rule: { act: 'sample.justify' } },
    'POST /v1/samples/:id/_review': { access: 'oversee', rule: { act: 'sample.judge' } },
    'GET /v1/sample-draws': { access: 'oversee', rule: { act: 'sample.list' } },
    'GET /v1/alarms': { access: 'oversee', rule: { act: 'alarm.list' } },
    'GET /v1/alarms/:id': { access: 'oversee', rule: { act: 'alarm.list' } },
    'POST /v1/alarms/:id/_take': { access: 'oversee', rule: { act: 'alarm.take' } },
    'POST /v1/alarms/:id/_close': { access: 'oversee', rule: { act: 'alarm.close' } },
    'GET /v1/restrictions': {
      access: 'subject-rights',
      rule: 'shows measures on the agency’s own signals',
    },
    'POST /v1/signals/:id/_restrict': {
      access: 'subject-rights',
      rule: { act: 'signal.restrict' },
    },
    'POST /v1/signals/:id/_review': { access: 'subject-rights', rule: { act: 'signal.review' } },
    'POST /v1/signals/:id/_lift': { access: 'subject-rights', rule: { act: 'signal.lift' } },
    'POST /v1/protected-staff': { access: 'oversee', rule: { act: 'staff.protect' } },
    'GET /v1/protected-staff': { access: 'oversee', rule: { act: 'staff.review' } },
    'POST /v1/protected-staff/_remove': { access: 'oversee', rule: { act: 'staff.review' } },
    'GET /v1/obligations': { access: 'review', rule: 'shows the agency’s own' },
    'GET /v1/reviews': { access: 'review', rule: 'shows the agency’s own' },
    'POST /v1/reviews/:id/_close': {
      access: 'review',
      rule: 'the agency’s own; others look like none',
    },
  },
  keyholder: {
    ...both,
    'POST /v1/evaluations': {
      access: 'statement',
      rule: { act: 'evaluation.evaluate', or: 'evaluation.exercise-rights' },
    },
    'POST /v1/releases': { access: 'statement', rule: { act: 'disclosure.release' } },
    'POST /v1/emergency-releases': {
      access: 'statement',
      rule: { act: 'disclosure.release-emergency' },
    },
    'POST /v1/alarm-questions': { access: 'statement', rule: { act: 'alarm.list' } },
    'POST /v1/alarm-answers': {
      access: 'statement',
      rule: { act: 'alarm.take', or: 'alarm.close' },
    },
    'POST /v1/share-refreshes': {
      access: 'statement',
      rule: 'the gateway, for a ceremony that two administrators of the keyholder signed',
    },
    'POST /v1/witness/sample-beacons': {
      access: 'public',
      rule: 'says one word for each week that is over, always the same',
    },
    'GET /v1/witness/sample-beacons': { access: 'public', rule: 'shows what was said' },
    'POST /v1/domain-keys': {
      access: 'statement',
      rule: 'the gateway, under its pinned root key, for a domain of an agreement in force',
    },
  },
}

/** Routes of the authorization server, which only a gateway that runs has. */
export const tokenRules: Readonly<Record<string, RouteRule>> = {
  'POST /oauth/token': {
    access: 'public',
    rule: 'a client on the card of an active agency, by an assertion under its own key',
  },
  'GET /oauth/jwks': { access: 'public', rule: 'tells public keys' },
  'GET /.well-known/oauth-authorization-server/oauth': { access: 'public', rule: 'describes it' },
  'GET /oauth/.well-known/oauth-authorization-server': { access: 'public', rule: 'describes it' },
}
