import type { Act, AgreementFacts, Decide, Facts } from './types.ts'

/** One fact that could be otherwise, and what it would have to be. */
export type FactChange = {
  readonly fact: string
  readonly value: string
  readonly en: string
  readonly nl: string
}

/** Changes that together turn a refusal into a permit; none of them can be left out. */
export type Remedy = { readonly changes: readonly FactChange[] }

type Side = 'agreement' | 'request'

/** A fact that can be changed. What it means for a decision is not told here: it is tried out. */
type Lever = FactChange & { readonly side: Side; readonly apply: (facts: Facts) => Facts }

const onAgreement = (facts: Facts, change: Partial<AgreementFacts>): Facts => ({
  ...facts,
  agreement: { ...facts.agreement, ...change },
})
const onRequest = (facts: Facts, change: Partial<Facts['request']>): Facts => ({
  ...facts,
  request: { ...facts.request, ...change },
})

type ListName = {
  [Name in keyof AgreementFacts]: AgreementFacts[Name] extends readonly string[] ? Name : never
}[keyof AgreementFacts]

/** What the lists of an agreement are called, and which words of the act they would have to contain. */
const lists: readonly {
  readonly fact: ListName
  readonly wordsOf: (facts: Facts) => readonly string[]
  readonly en: string
  readonly nl: string
}[] = [
  {
    fact: 'parties',
    wordsOf: ({ agency }) => [agency],
    en: 'your agency is a party to the agreement',
    nl: 'uw organisatie is partij bij de overeenkomst',
  },
  {
    fact: 'submitters',
    wordsOf: ({ agency }) => [agency],
    en: 'your agency has the role submit in the agreement',
    nl: 'uw organisatie heeft de rol indienen in de overeenkomst',
  },
  {
    fact: 'receivers',
    wordsOf: ({ agency }) => [agency],
    en: 'your agency has the role receive in the agreement',
    nl: 'uw organisatie heeft de rol ontvangen in de overeenkomst',
  },
  {
    fact: 'categories',
    wordsOf: ({ request }) => [request.category],
    en: 'the agreement covers this category',
    nl: 'de overeenkomst omvat deze categorie',
  },
  {
    fact: 'dataCategories',
    wordsOf: ({ request }) => request.dataCategories,
    en: 'the agreement names this kind of data',
    nl: 'de overeenkomst noemt dit soort gegevens',
  },
  {
    fact: 'ageBands',
    wordsOf: ({ request }) => [request.ageBand],
    en: 'the agreement covers this age group',
    nl: 'de overeenkomst omvat deze leeftijdsgroep',
  },
  {
    fact: 'subjectKinds',
    wordsOf: ({ request }) => [request.subjectKind],
    en: 'the agreement covers this kind of subject',
    nl: 'de overeenkomst omvat dit soort onderwerp',
  },
]

const listLevers = (facts: Facts): Lever[] =>
  lists
    .flatMap(({ wordsOf, ...list }) => wordsOf(facts).map((word) => ({ ...list, word })))
    .filter(({ fact, word }) => word !== '' && !facts.agreement[fact].includes(word))
    .map(({ fact, word, en, nl }) => ({
      fact: `agreement.${fact}`,
      value: word,
      en,
      nl,
      side: 'agreement',
      apply: (before) => onAgreement(before, { [fact]: [...before.agreement[fact], word] }),
    }))

/** A word of the request in the place of the one that was named. */
const requestLever = (
  facts: Facts,
  word: Exclude<keyof Facts['request'], 'dataCategories'>,
  value: string | undefined,
  { en, nl }: { readonly en: string; readonly nl: string },
): Lever[] =>
  value === undefined || value === '' || facts.request[word] === value
    ? []
    : [
        {
          fact: `request.${word}`,
          value,
          en,
          nl,
          side: 'request',
          apply: (before) => onRequest(before, { [word]: value }),
        },
      ]

/** Each kind of data that the agreement does not name, left out of the signal. */
const dataLevers = ({ agreement, request }: Facts): Lever[] =>
  request.dataCategories
    .filter((code) => !agreement.dataCategories.includes(code))
    .map((code) => ({
      fact: 'request.dataCategories',
      value: `without ${code}`,
      en: 'the signal is without this kind of data',
      nl: 'het signaal is zonder dit soort gegevens',
      side: 'request',
      apply: (before) =>
        onRequest(before, {
          dataCategories: before.request.dataCategories.filter((one) => one !== code),
        }),
    }))

function leversOf(facts: Facts): Lever[] {
  const { agency, agreement, caller, owner } = facts
  const levers: Lever[] = [
    {
      fact: 'agreement.state',
      value: 'in-force',
      en: 'the agreement is in force',
      nl: 'de overeenkomst is van kracht',
      side: 'agreement',
      apply: (before) => onAgreement(before, { known: true, state: 'in-force' }),
    },
    {
      fact: 'agreement.withinValidity',
      value: 'true',
      en: 'today lies inside the validity of the agreement',
      nl: 'vandaag valt binnen de geldigheid van de overeenkomst',
      side: 'agreement',
      apply: (before) => onAgreement(before, { withinValidity: true }),
    },
    {
      fact: 'caller.active',
      value: 'true',
      en: 'your agency is not suspended here',
      nl: 'uw organisatie is hier niet geschorst',
      side: 'agreement',
      apply: (before) => ({ ...before, caller: { ...before.caller, active: true } }),
    },
    {
      fact: 'caller.delegated',
      value: 'true',
      en: 'the agency for which you act has delegated you, under this agreement',
      nl: 'de organisatie waarvoor u handelt heeft u gemachtigd, onder deze overeenkomst',
      side: 'agreement',
      apply: (before) => ({ ...before, caller: { ...before.caller, delegated: true } }),
    },
  ]
  const stands = (lever: Lever): boolean =>
    (lever.fact === 'agreement.state' && agreement.known && agreement.state === 'in-force') ||
    (lever.fact === 'agreement.withinValidity' && agreement.withinValidity) ||
    (lever.fact === 'caller.active' && caller.active) ||
    (lever.fact === 'caller.delegated' && (caller.delegated || caller.agency === agency))
  const own: Lever[] =
    owner === undefined || owner === agency
      ? []
      : [
          {
            fact: 'owner',
            value: agency,
            en: 'the signal is your agency’s own',
            nl: 'het signaal is van uw eigen organisatie',
            side: 'request',
            apply: (before) => ({ ...before, owner: agency }),
          },
        ]
  return [
    ...levers.filter((lever) => !stands(lever)),
    ...own,
    ...requestLever(facts, 'purpose', agreement.purpose, {
      en: 'you act for the purpose of the agreement',
      nl: 'u handelt voor het doel van de overeenkomst',
    }),
    ...requestLever(facts, 'domain', agreement.domain, {
      en: 'you name the domain of the agreement',
      nl: 'u noemt het domein van de overeenkomst',
    }),
    ...requestLever(facts, 'category', agreement.categories[0], {
      en: 'the signal is of a category that the agreement covers',
      nl: 'het signaal is van een categorie die de overeenkomst omvat',
    }),
    ...requestLever(facts, 'ageBand', agreement.ageBands[0], {
      en: 'the signal is about an age group that the agreement covers',
      nl: 'het signaal gaat over een leeftijdsgroep die de overeenkomst omvat',
    }),
    ...requestLever(facts, 'subjectKind', agreement.subjectKinds[0], {
      en: 'the signal is about a kind of subject that the agreement covers',
      nl: 'het signaal gaat over een soort onderwerp dat de overeenkomst omvat',
    }),
    ...dataLevers(facts),
    ...listLevers(facts),
  ]
}

/**
 * What would have to be otherwise for a refused act to be permitted: smallest sets of changes of facts,
 * found by deciding again and again with the same `decide`. Two are sought: one that leaves the
 * agreement as it is as far as it can, and one that leaves the request as it is.
 * Knows no policy: of a rule that no change of these facts can satisfy it finds nothing.
 * Does not say whether a change would be right.
 */
export function remediesOf(decide: Decide, act: Act, facts: Facts): Remedy[] {
  const permits = (levers: readonly Lever[]): boolean =>
    decide(
      act,
      levers.reduce((before, { apply }) => apply(before), facts),
    ).outcome === 'permit'
  if (permits([])) return []
  const all = leversOf(facts)
  if (!permits(all)) return []
  const smallest = (leaveAlone: Side): readonly Lever[] => {
    const order = [
      ...all.filter(({ side }) => side === leaveAlone),
      ...all.filter(({ side }) => side !== leaveAlone),
    ]
    return order.reduce<readonly Lever[]>((kept, lever) => {
      const fewer = kept.filter((one) => one !== lever)
      return permits(fewer) ? fewer : kept
    }, all)
  }
  const found = [smallest('agreement'), smallest('request')].map((levers) => ({
    changes: levers.map(({ fact, value, en, nl }) => ({ fact, value, en, nl })),
  }))
  return found.filter(
    (one, at) => found.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === at,
  )
}
