import { GatewayProblem, UntrustworthyOperator } from '../client/errors.ts'
import { element, notice } from './elements.ts'
import type { PageLanguage, Texts } from './texts.ts'
import { ConnectorAway } from './transport.ts'

/** What the connector's own refusals say in Dutch; in English they say it themselves. */
const inDutch: Readonly<Record<string, readonly [title: string, detail: string]>> = {
  'wrong-code': [
    'Deze toegangscode klopt niet',
    'Typ de code zoals u die kreeg, of vraag om een nieuwe.',
  ],
  'too-many-tries': ['Te vaak een verkeerde code', 'Wacht een minuut en probeer het opnieuw.'],
  'not-for-you': [
    'Dit mag u niet met uw toegangscode',
    'Iemand die beslist voor uw organisatie kan dit.',
  ],
  'not-found': ['Dit is er niet', 'Laad de pagina opnieuw.'],
  'other-case': [
    'Het knooppunt noemt een ander dossier dan het is',
    'Beslis niets, en meld dit aan wie de koppeling beheert.',
  ],
  'operator-away': ['Een van de beheerders antwoordt niet', 'Probeer het zo nog eens.'],
  'no-access': [
    'Het knooppunt laat uw organisatie niet toe',
    'Meld dit aan wie de koppeling beheert.',
  ],
  'untrustworthy-operator': [
    'Een beheerder gaf een antwoord dat niet klopt',
    'Meld dit aan wie de koppeling beheert.',
  ],
  'invalid-input': ['Het verzoek klopt niet', 'Laad de pagina opnieuw.'],
  'other-origin': [
    'Dit verzoek komt niet van deze pagina',
    'Open de pagina op het adres van de koppeling.',
  ],
  'policy/denied': [
    'Dit mag niet',
    'Lees de redenen; elke noemt het artikel of de afspraak waarop zij rust.',
  ],
  'evaluation/quota-exhausted': [
    'De grens van vandaag is bereikt',
    'Wacht tot morgen, of spreek met alle partijen een hogere grens af.',
  ],
  'signals/quota-exhausted': [
    'De grens van vandaag is bereikt',
    'Wacht tot morgen, of spreek met alle partijen een hogere grens af.',
  ],
  'door/too-many-requests': ['Te veel verzoeken', 'Wacht even en probeer het opnieuw.'],
  'evaluation/keyholder-unavailable': [
    'De sleutelhouder is even niet beschikbaar',
    'Probeer het zo nog eens.',
  ],
  'door/internal': ['Het knooppunt faalde', 'Probeer het zo nog eens.'],
  internal: ['De koppeling faalde', 'Probeer het opnieuw.'],
}

/** A failure in words, as a notice. Repeats nothing that was typed: neither operators nor the connector do. */
export function explainFailure(t: Texts, language: PageLanguage, error: unknown): HTMLElement {
  if (error instanceof ConnectorAway) {
    return notice('error', t.failures.connector, element('p', {}, t.failures.connectorText))
  }
  if (error instanceof UntrustworthyOperator) {
    const who = t.sending.operators[error.operator]
    return notice('error', t.sending.untrusted, element('p', {}, t.sending.untrustedText(who)))
  }
  if (error instanceof GatewayProblem) {
    const { title, detail, problems = [] } = error.problem
    const [dutchTitle, dutchDetail] =
      inDutch[error.problem.type.split('/problems/').at(-1)?.split(':').at(-1) ?? ''] ?? []
    const isDutch = language === 'nl' && dutchTitle !== undefined
    const foreign = language === 'nl' && !isDutch ? { lang: 'en' } : {}
    return notice(
      'error',
      isDutch ? dutchTitle : title,
      element('p', foreign, (isDutch ? dutchDetail : detail) ?? ''),
      problems.length > 0 &&
        element(
          'ul',
          { lang: 'en' },
          problems.map(({ message, article }) =>
            element('li', {}, article === undefined ? message : `${message} (${article})`),
          ),
        ),
    )
  }
  return notice('error', t.failures.problem)
}
