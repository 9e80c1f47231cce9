import Type from 'typebox'
import { slugPattern } from '../../kernel/ids.ts'
import { weekPattern } from '../../kernel/weeks.ts'
import { occasions } from '../../wire/access.ts'
import { lookFindings, lookReasons } from '../../wire/codes/justifications.ts'
import { codesOf } from '../../wire/codes.ts'
import { AgencyIdText } from '../../wire/common.ts'
import { agencyCaller, Digest, decided, type Kind } from './fields.ts'

const Week = Type.String({ pattern: weekPattern, description: 'Week of Dutch time' })
const Index = (description: string) => Type.Integer({ minimum: 0, description })
const Look = Type.Optional(Index('Index of the first entry of the look; none when there is none'))
const Committed = Digest('SHA-256 of the secret for the next draw, base64url')

/** Looks that are drawn every week and have to be justified. A look is named by its entry and nothing else. */
export const justificationKinds = {
  'sample.commit': {
    title: 'The gateway is bound to its first secret',
    records: 'A commitment to what the first weekly draw will be made from, too.',
    fields: { committed: Committed },
  },
  'sample.beacon': {
    title: 'The keyholder says its word for a week',
    records: 'The random value for a week that is over, and the tree of the gateway that it saw.',
    fields: {
      week: Week,
      size: Index('Entries of the gateway’s ledger'),
      root: Digest('Root of that tree, base64url'),
      value: Digest('The value'),
    },
  },
  'sample.seed': {
    title: 'A week is drawn',
    records: 'What the draw of a week is made from, and a commitment for the next one.',
    fields: {
      week: Week,
      from: Index('Entries from this index on'),
      until: Index('Entries before this index'),
      secret: Digest('The secret that an earlier entry bound the gateway to'),
      value: Digest('The keyholder’s value'),
      seed: Digest('The seed'),
      committed: Committed,
    },
  },
  'sample.draw': {
    title: 'Looks of an agency are drawn',
    records: 'Of how many looks of an agency in a week which have to be justified.',
    fields: {
      agency: AgencyIdText,
      week: Week,
      looks: Index('Looks in the week'),
      drawn: Type.Array(Type.Integer({ minimum: 0 }), {
        maxItems: 25,
        description: 'First entries of those that were drawn',
      }),
    },
  },
  'sample.list': {
    title: 'Drawn looks are listed',
    records: 'Who looked at which drawn look, or at all, or at the draws, and why.',
    fields: {
      ...agencyCaller,
      occasion: Type.Optional(
        Type.Enum([...occasions], { description: 'Why; none for looks of one’s own' }),
      ),
      look: Look,
      ...decided,
    },
  },
  'sample.justify': {
    title: 'A drawn look is justified',
    records: 'The reason that whoever looked gives, in codes.',
    fields: {
      ...agencyCaller,
      look: Look,
      because: Type.Enum(codesOf(lookReasons), { description: 'The reason' }),
      article: Type.String({ pattern: slugPattern, description: 'Code of the legal basis' }),
      caseCommitment: Type.Optional(Digest('The agency’s salted commitment to its own case')),
      ...decided,
    },
  },
  'sample.judge': {
    title: 'A drawn look is judged',
    records: 'What another officer of the agency found of it.',
    fields: {
      ...agencyCaller,
      look: Look,
      finding: Type.Enum(codesOf(lookFindings), { description: 'What was found' }),
      ...decided,
    },
  },
} as const satisfies Record<string, Kind>
