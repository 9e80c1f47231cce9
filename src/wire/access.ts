import Type, { type Static } from 'typebox'
import {
  AgencyIdText,
  AgreementHashText,
  closed,
  Instant,
  ListOf,
  OfficerText,
  OneOf,
  Uuid,
} from './common.ts'

/** Most acts on one page. */
export const accessesPerPage = 100

/** Why an agency looks back at its own acts; stands on the ledger. */
export const occasions = ['spot-check', 'incident', 'complaint', 'inspection'] as const
export const Occasion = OneOf(occasions, { description: 'Why you look back' })

const ActKind = Type.String({
  pattern: '^[a-z-]+\\.[a-z-]+$',
  maxLength: 60,
  description: 'What was done: a kind of entry on the ledger',
})
const Outcome = OneOf(['permit', 'refuse'], { description: 'How it was decided' })
const EntryIndex = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'Index of the entry on the gateway’s ledger',
})
const Client = Type.String({ ...AgencyIdText, description: 'Machine of your agency' })
const Officer = Type.String({
  ...OfficerText,
  description: 'Your own opaque name of the officer who sat at the machine',
})
const About = Type.String({
  ...Uuid,
  description: 'The signal, handle, follow-up, disclosure or emergency that the act names',
})

export const AccessQuery = Type.Object(
  {
    occasion: Occasion,
    kind: Type.Optional(ActKind),
    outcome: Type.Optional(Outcome),
    client: Type.Optional(Client),
    officer: Type.Optional(Officer),
    onBehalfOf: Type.Optional(AgencyIdText),
    agreement: Type.Optional(AgreementHashText),
    purpose: Type.Optional(Type.String({ ...AgencyIdText, description: 'Purpose that was named' })),
    about: Type.Optional(About),
    from: Type.Optional(Instant),
    until: Type.Optional(Instant),
    before: Type.Optional(EntryIndex),
  },
  closed,
)
export type AccessQuery = Static<typeof AccessQuery>

export const AccessParams = Type.Object({ index: EntryIndex }, closed)
export type AccessParams = Static<typeof AccessParams>
export const AccessReceiptQuery = Type.Object({ occasion: Occasion }, closed)
export type AccessReceiptQuery = Static<typeof AccessReceiptQuery>

/** An act of a machine of one's own agency, as the ledger has it. */
export const Access = Type.Object(
  {
    index: EntryIndex,
    at: Instant,
    kind: ActKind,
    outcome: Type.Optional(Outcome),
    client: Client,
    officer: Type.Optional(Officer),
    onBehalfOf: Type.Optional(AgencyIdText),
    agreement: Type.Optional(AgreementHashText),
    purpose: Type.Optional(Type.String({ maxLength: 100 })),
    about: Type.Optional(About),
  },
  { ...closed, title: 'Access' },
)
export type Access = Static<typeof Access>

export const AccessPage = Type.Object(
  {
    accesses: ListOf(Access, accessesPerPage),
    next: Type.Optional(Type.Integer({ description: 'Ask for what is `before` this for more' })),
  },
  { ...closed, title: 'AccessPage' },
)
export type AccessPage = Static<typeof AccessPage>
