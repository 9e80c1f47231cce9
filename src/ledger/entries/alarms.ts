import Type from 'typebox'
import { occasions } from '../../wire/access.ts'
import { alarmOutcomes, alarmReasons, alarmRules } from '../../wire/codes/alarms.ts'
import { codesOf } from '../../wire/codes.ts'
import { AgencyIdText, AgreementHashText, Thumbprint, Uuid } from '../../wire/common.ts'
import { agencyCaller, decided, type Kind } from './fields.ts'

const Alarm = Type.String({ ...Uuid, description: 'The alarm' })

/** At the gateway a client, at the keyholder a key of the agency. */
const reviewer = {
  ...agencyCaller,
  client: Type.Optional(agencyCaller.client),
  signatory: Type.Optional(
    Type.String({ ...Thumbprint, description: 'Key of the agency that said so' }),
  ),
}

/** Alarms, and what people do with them. */
export const alarmKinds = {
  'alarm.raise': {
    title: 'An alarm is raised',
    records: 'By which rule, about which agency. Not about whom there, nor how much it was.',
    fields: {
      agency: AgencyIdText,
      alarm: Alarm,
      rule: Type.Enum(codesOf(alarmRules), { description: 'The rule' }),
    },
  },
  'alarm.list': {
    title: 'Alarms are looked at',
    records: 'Who looked at the alarms about its own agency, or at one of them, and why.',
    fields: {
      ...reviewer,
      occasion: Type.Enum([...occasions], { description: 'Why it looked' }),
      alarm: Type.Optional(Alarm),
      ...decided,
    },
  },
  'alarm.take': {
    title: 'An alarm is taken up',
    records: 'Who looks into which alarm.',
    fields: { ...reviewer, alarm: Alarm, ...decided },
  },
  'alarm.close': {
    title: 'An alarm is closed',
    records: 'What a reviewer found of which alarm, and why in one word.',
    fields: {
      ...reviewer,
      alarm: Alarm,
      finding: Type.Enum(codesOf(alarmOutcomes), { description: 'What it found' }),
      because: Type.Enum(codesOf(alarmReasons), { description: 'Why' }),
      ...decided,
    },
  },
  'staff.protect': {
    title: 'An agency protects staff',
    records: 'How many people it put on its list, in the domain of which agreement. Not whom.',
    fields: {
      ...agencyCaller,
      agreement: AgreementHashText,
      members: Type.Integer({ minimum: 1, description: 'How many' }),
      ...decided,
    },
  },
  'staff.review': {
    title: 'An agency looks at its protected staff, or ends that',
    records: 'Who asked how many are protected, or ended all of it.',
    fields: {
      ...agencyCaller,
      removed: Type.Boolean({ description: 'All of it was ended' }),
      ...decided,
    },
  },
} as const satisfies Record<string, Kind>
