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

/** Whose acts: of the own clients, of others for one’s agency by delegation, of others with its signals. */
export const sides = ['own', 'delegates', 'others'] as const
export type Side = (typeof sides)[number]

export const exportFormats = ['csv', 'json'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** The header that tells how many acts an export holds. */
export const rowsHeader = 'raakvlak-rows'

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
const By = OneOf(sides, {
  description:
    'Whose acts: of your own clients (the default), of others for you by delegation, or of others with your signals',
})

const filter = {
  occasion: Occasion,
  by: Type.Optional(By),
  kind: Type.Optional(ActKind),
  outcome: Type.Optional(Outcome),
  client: Type.Optional(Client),
  officer: Type.Optional(Officer),
  onBehalfOf: Type.Optional(AgencyIdText),
  agreement: Type.Optional(AgreementHashText),
  purpose: Type.Optional(Type.String({ ...AgencyIdText, description: 'Purpose that was named' })),
  about: Type.Optional(About),
  answerSizeFrom: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 1_000_000_000,
      description: 'Only answers with at least so many records',
    }),
  ),
  from: Type.Optional(Instant),
  until: Type.Optional(Instant),
}

export const AccessQuery = Type.Object({ ...filter, before: Type.Optional(EntryIndex) }, closed)
export type AccessQuery = Static<typeof AccessQuery>

export const AccessExportQuery = Type.Object(
  { ...filter, format: OneOf(exportFormats, { description: 'In which form' }) },
  closed,
)
export type AccessExportQuery = Static<typeof AccessExportQuery>

export const AccessParams = Type.Object({ index: EntryIndex }, closed)
export type AccessParams = Static<typeof AccessParams>
export const AccessReceiptQuery = Type.Object({ occasion: Occasion }, closed)
export type AccessReceiptQuery = Static<typeof AccessReceiptQuery>

/** An act as the ledger has it: who, what, under which agreement. Never what the answer said. */
export const Access = Type.Object(
  {
    index: EntryIndex,
    at: Instant,
    kind: ActKind,
    outcome: Type.Optional(Outcome),
    agency: Type.String({ ...AgencyIdText, description: 'The agency that did it' }),
    client: Type.Optional(Client),
    officer: Type.Optional(Officer),
    onBehalfOf: Type.Optional(AgencyIdText),
    agreement: Type.Optional(AgreementHashText),
    purpose: Type.Optional(Type.String({ maxLength: 100 })),
    about: Type.Optional(About),
    answerSize: Type.Optional(
      Type.Integer({
        description:
          'Records that the answer held; of lists that could tell of a match only 0, 20 or 100: at least so many',
      }),
    ),
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

/** What is exported as JSON. `rows` comes last: without it the export broke off. */
export const AccessExport = Type.Object(
  {
    accesses: ListOf(Access, Number.MAX_SAFE_INTEGER),
    rows: Type.Integer({ description: 'How many there are' }),
  },
  { ...closed, title: 'AccessExport' },
)
