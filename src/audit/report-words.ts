import { alarmOutcomes, alarmRules } from '../wire/codes/alarms.ts'
import { emergencyOutcomes } from '../wire/codes/emergencies.ts'
import { outcomes } from '../wire/codes/follow-ups.ts'
import { lookFindings, lookReasons } from '../wire/codes/justifications.ts'

/** Dutch words of the yearly report, for people who do not read codes. */

/** Groups of acts that a reader of charts can tell apart. The first that fits counts. */
export const groups = [
  { name: 'Signalen', kinds: /^(?:signal|evaluation|histogram)\./ },
  {
    name: 'Raakvlakken en opvolging',
    kinds: /^(?:overlap|follow-up|feedback|threshold|flag|archive)\./,
  },
  { name: 'Verstrekkingen', kinds: /^(?:disclosure|emergency|recall)\./ },
  { name: 'Berichten', kinds: /^(?:notice|webhook)\./ },
  {
    name: 'Toezicht',
    kinds: /^(?:access|audit|alarm|sample|review|processing-log|decision-log|subject-request)\./,
  },
  { name: 'Overig', kinds: /./ },
] as const

export const groupOf = (kind: string): string =>
  groups.find(({ kinds }) => kinds.test(kind))?.name ?? 'Overig'

/** What acts and events are called. A kind that is not here goes by its code. */
const kinds: Readonly<Record<string, string>> = {
  'access.export': 'Handelingen meegenomen',
  'access.list': 'Handelingen teruggezien',
  'agency.card': 'Kaart van de organisatie vernieuwd',
  'agency.pin': 'Organisatie toegelaten of geschorst',
  'agreement.propose': 'Overeenkomst voorgesteld',
  'agreement.sign': 'Overeenkomst ondertekend',
  'agreement.supersede': 'Overeenkomst vervangen door een nieuwe versie',
  'agreement.suspend': 'Overeenkomst geschorst, of niet meer',
  'alarm.close': 'Alarm afgesloten',
  'alarm.list': 'Alarmen bekeken',
  'alarm.raise': 'Alarm afgegaan',
  'alarm.take': 'Alarm opgepakt',
  'archive.ask': 'Archief bevraagd',
  'archive.end': 'Signaal uit het archief verdwenen',
  'archive.list': 'Gearchiveerde signalen bekeken',
  'audit.package': 'Auditpakket meegenomen',
  'decision-log.read': 'Logboek van beslissingen gelezen',
  'decision.explain': 'Gevraagd of iets mag',
  'decision.simulate': 'Concept uitgeprobeerd',
  'delegation.end': 'Machtiging ingetrokken',
  'delegation.take': 'Machtiging gegeven',
  'disclosure.answer': 'Verstrekking geweigerd of teruggevraagd',
  'disclosure.grant': 'Verstrekking toegestaan',
  'disclosure.list': 'Verstrekkingen bekeken',
  'disclosure.open': 'Verstrekte tekst geopend',
  'disclosure.read': 'Verstrekking bekeken',
  'disclosure.release': 'Verzegelde tekst vrijgegeven',
  'disclosure.release-emergency': 'Verzegelde tekst vrijgegeven via de noodroute',
  'disclosure.reply': 'Gereageerd op een vraag of weigering',
  'disclosure.request': 'Om verstrekking gevraagd',
  'disclosure.revoke': 'Toestemming ingetrokken',
  'emergency.prepare': 'Noodroute voorbereid',
  'emergency.read': 'Noodgeval bekeken',
  'emergency.reopen': 'Noodroute weer geopend',
  'emergency.review': 'Noodgeval beoordeeld',
  'epoch.close': 'Sleutelperiode gesloten',
  'epoch.open': 'Sleutelperiode geopend',
  'evaluation.evaluate': 'Koppelsleutels omgezet',
  'feedback.read': 'Terugmelding bekeken',
  'flag.mention': 'Eigen zaak opgezocht na een telefoontje',
  'flag.review': 'Gekeken naar dader die ook slachtoffer kan zijn',
  'follow-up.acknowledge': 'Raakvlak als gezien gemeld',
  'follow-up.export': 'Opvolgingen meegenomen',
  'follow-up.list': 'Opvolgingen bekeken (lijst)',
  'follow-up.read': 'Opvolging bekeken',
  'follow-up.record-outcome': 'Uitkomst vastgelegd',
  'key.ceremony': 'Sleutelceremonie',
  'notice.acknowledge': 'Berichten als verwerkt gemeld',
  'notice.list': 'Berichten bekeken',
  'operator.start': 'Gateway gestart',
  'overlap.list': 'Raakvlakken bekeken (lijst)',
  'overlap.read': 'Raakvlak bekeken',
  'overlap.read-end': 'Einde van een raakvlak bekeken',
  'policy.change': 'Beleid gewijzigd',
  'policy.sign': 'Beleid ondertekend door een beheerder',
  'processing-log.read': 'Logboek van verwerkingen gelezen',
  'recall.confirm': 'Terugroeping bevestigd',
  'recall.list': 'Terugroepingen bekeken',
  'recall.remind': 'Aan een terugroeping herinnerd',
  'recall.tell': 'Geopende tekst teruggeroepen',
  'review.close': 'Herbeoordeling afgesloten',
  'sample.draw': 'Steekproef getrokken',
  'sample.judge': 'Steekproef beoordeeld',
  'sample.justify': 'Reden gegeven bij een steekproef',
  'sample.list': 'Steekproeven bekeken',
  'share.destroy': 'Sleuteldeel vernietigd',
  'share.make': 'Sleuteldeel gemaakt',
  'share.refresh': 'Sleuteldeel ververst',
  'signal.correct': 'Signaal verbeterd',
  'signal.expire': 'Signaal verlopen',
  'signal.read': 'Eigen signaal ingezien',
  'signal.submit': 'Signaal ingediend',
  'signal.withdraw': 'Signaal ingetrokken',
  'subject-request.answer': 'Verzoek van een betrokkene beantwoord',
  'subject-request.close': 'Verzoek van een betrokkene afgesloten',
  'subject-request.extend': 'Termijn van een verzoek verlengd',
  'subject-request.file': 'Verzoek van een betrokkene ingediend',
  'subject-request.list': 'Verzoeken van betrokkenen bekeken',
  'subject-request.read': 'Verzoek van een betrokkene gelezen',
  'threshold.read': 'Drempels bekeken',
}

export const kindName = (kind: string): string => kinds[kind] ?? kind

type Named = readonly { readonly code: string; readonly nl: string }[]

const codes: Readonly<Record<string, Named>> = {
  'alarm.raise.rule': alarmRules,
  'alarm.close.finding': alarmOutcomes,
  'emergency.review.finding': emergencyOutcomes,
  'follow-up.record-outcome.result': outcomes,
  'sample.judge.finding': lookFindings,
  'sample.justify.because': lookReasons,
  'signal.expire.cause': [
    { code: 'past-retention', nl: 'De bewaartermijn was voorbij' },
    { code: 'agreement-ended', nl: 'De overeenkomst was voorbij' },
  ],
  'signal.withdraw.withdrawal': [
    { code: 'no-longer-a-signal', nl: 'Geen signaal meer' },
    { code: 'entered-by-mistake', nl: 'Per ongeluk ingediend' },
    { code: 'subject-objected', nl: 'De betrokkene maakte bezwaar' },
    { code: 'other', nl: 'Anders' },
  ],
  'subject-request.file.wish': [
    { code: 'access', nl: 'Inzage' },
    { code: 'rectification', nl: 'Verbetering' },
    { code: 'erasure', nl: 'Verwijdering' },
    { code: 'restriction', nl: 'Beperking' },
    { code: 'objection', nl: 'Bezwaar' },
  ],
}

export const wordName = (field: string, word: string): string =>
  codes[field]?.find(({ code }) => code === word)?.nl ?? word
