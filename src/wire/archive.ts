import Type, { type Static } from 'typebox'
import {
  AgencyIdText,
  AgreementHashText,
  ContactDesk,
  closed,
  Day,
  Line,
  ListOf,
  OneOf,
  Uuid,
} from './common.ts'
import { OnBehalfOf } from './delegation.ts'

/** Most archived signals on one page. */
export const archivedPerPage = 100
/** Most agencies that one submission is told of from the archive. */
export const mostEarlierKnown = 100

const Quarter = Type.String({ ...Day, description: 'First day of the quarter' })

/** What a submitter is told once: another agency signalled this subject before. */
export const EarlierKnown = Type.Object(
  {
    agency: AgencyIdText,
    name: Line(100),
    contactDesk: ContactDesk,
    since: Quarter,
  },
  { ...closed, title: 'EarlierKnown' },
)
export type EarlierKnown = Static<typeof EarlierKnown>

export const EarlierKnownList = ListOf(EarlierKnown, mostEarlierKnown, {
  description:
    'Other agencies whose signals about this subject have expired. Told once, and again only when the same submission is repeated',
})

/** What the owner sees of a signal of its own that is archived. */
export const ArchivedSignalView = Type.Object(
  {
    id: Uuid,
    agreement: AgreementHashText,
    since: Quarter,
    keptUntil: Day,
    state: OneOf(['kept', 'given'], {
      description: 'given: another agency was told of it once, and nobody will be again',
    }),
    givenOn: Type.Optional(Day),
  },
  { ...closed, title: 'ArchivedSignal' },
)
export type ArchivedSignalView = Static<typeof ArchivedSignalView>

export const ArchiveQuery = Type.Object(
  {
    agreement: AgreementHashText,
    cursor: Type.Optional(Uuid),
    onBehalfOf: Type.Optional(OnBehalfOf),
  },
  closed,
)
export type ArchiveQuery = Static<typeof ArchiveQuery>

export const ArchivePage = Type.Object(
  {
    signals: ListOf(ArchivedSignalView, archivedPerPage),
    next: Type.Optional(Type.String({ maxLength: 100, description: 'Cursor of the next page' })),
  },
  { ...closed, title: 'ArchivePage' },
)
export type ArchivePage = Static<typeof ArchivePage>
