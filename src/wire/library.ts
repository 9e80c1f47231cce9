import Type, { type Static } from 'typebox'
import { slugPattern } from '../kernel/ids.ts'
import { sensitiveCategories } from './codes.ts'
import { closed, ListOf, OneOf, SomeOf } from './common.ts'

const Code = Type.String({ pattern: slugPattern })
const Text = Type.String({ minLength: 1, maxLength: 500 })

export const Purpose = Type.Object({ code: Code, article: Text, en: Text, nl: Text }, closed)
export type Purpose = Static<typeof Purpose>

export const LegalBasis = Type.Object(
  {
    code: Code,
    article: Text,
    en: Text,
    nl: Text,
    kind: OneOf(['basis', 'exemption'], {
      description: 'A role rests on a basis; an exemption only lets sensitive data along',
    }),
    roles: SomeOf(['submit', 'receive'], { description: 'Roles that may rest on it' }),
    structural: Type.Boolean({ description: 'False: for incidents only, not for an agreement' }),
    vital: Type.Boolean({ description: 'Whether a clause for emergencies may rest on it' }),
    minors: Type.Boolean({ description: 'Whether it may carry data about minors' }),
    sensitive: SomeOf([...sensitiveCategories]),
    retention: Type.Object(
      { months: Type.Integer({ minimum: 1, maximum: 24 }), article: Text },
      closed,
    ),
    archive: Type.Optional(
      Type.Object(
        { years: Type.Integer({ minimum: 1, maximum: 5 }), article: Text },
        {
          ...closed,
          description: 'How long expired signals may be kept to recognise somebody once',
        },
      ),
    ),
    competentAuthority: Type.Boolean({ description: 'The competent authority has to consent' }),
    textRead: Type.Boolean({ description: 'Whether the law’s own text was read for this entry' }),
  },
  closed,
)
export type LegalBasis = Static<typeof LegalBasis>

/** Most purposes, and most legal bases, of a library. */
export const mostOfLibrary = 1_000

/** What agreements may name at an operator. A pick list, not legal advice. */
export const LibraryView = Type.Object(
  { purposes: ListOf(Purpose, mostOfLibrary), legalBases: ListOf(LegalBasis, mostOfLibrary) },
  { ...closed, title: 'Library' },
)
export type LibraryView = Static<typeof LibraryView>
