import type { Code } from '../codes.ts'

/**
 * What a professional can see, grouped by where it is seen. After public Dutch signal lists, in our
 * own words. One sign proves nothing: combinations and changes count.
 *
 * Deliberately absent: diagnoses, disabilities, religion, origin and troubles of the family (AVG
 * art. 9). What of that kind a colleague must know belongs in the sealed narrative.
 */

export const indicatorGroups = [
  { code: 'school', en: 'At school', nl: 'Op school' },
  { code: 'street', en: 'In the street', nl: 'Op straat' },
  { code: 'home', en: 'At home', nl: 'Thuis' },
  { code: 'behaviour', en: 'In behaviour', nl: 'In het gedrag' },
  { code: 'body', en: 'On the body', nl: 'Aan het lichaam' },
  { code: 'contacts', en: 'In contacts', nl: 'In de contacten' },
  { code: 'money', en: 'With money', nl: 'Met geld' },
  { code: 'control', en: 'In being controlled', nl: 'In de dwang' },
  { code: 'work', en: 'At work', nl: 'Op het werk' },
] as const satisfies readonly Code[]

export type IndicatorGroup = (typeof indicatorGroups)[number]['code']

/** `organised`: points at a network rather than one exploiter; `leadRouteOf` goes by it. */
export type Indicator = Code & { readonly group: IndicatorGroup; readonly organised?: true }

export const indicators = [
  {
    group: 'school',
    code: 'absent-from-school',
    en: 'Often absent from school, or dropped out',
    nl: 'Verzuimt vaak of is van school gevallen',
  },
  {
    group: 'school',
    code: 'sudden-change-in-results',
    en: 'School results change suddenly',
    nl: 'Schoolresultaten veranderen plotseling',
  },
  {
    group: 'school',
    code: 'collected-by-strangers',
    en: 'Is waited for or collected at school by people unknown there',
    nl: 'Wordt bij school opgewacht of opgehaald door onbekenden',
  },
  {
    group: 'school',
    code: 'contraband-at-school',
    en: 'Drugs, weapons or stolen goods found at school',
    nl: 'Drugs, wapens of gestolen spullen gevonden op school',
  },
  {
    group: 'street',
    code: 'found-far-from-home',
    en: 'Found far from home without a reason, such as in a hotel or a port',
    nl: 'Zonder reden ver van huis aangetroffen, zoals in een hotel of haven',
  },
  {
    group: 'street',
    code: 'errands-at-night',
    en: 'Runs errands at night or sleeps by day',
    nl: 'Doet klusjes in de nacht of slaapt overdag',
  },
  {
    group: 'street',
    code: 'carries-goods-for-others',
    en: 'Carries or keeps drugs, weapons or parcels for others',
    nl: 'Vervoert of bewaart drugs, wapens of pakketten voor anderen',
    organised: true,
  },
  {
    group: 'street',
    code: 'caught-with-changing-companions',
    en: 'Caught for theft or dealing, each time with other companions',
    nl: 'Betrapt op diefstal of handel, telkens met andere metgezellen',
    organised: true,
  },
  {
    group: 'home',
    code: 'missing-or-out-at-night',
    en: 'Runs away or stays out at night',
    nl: 'Loopt weg of blijft ’s nachts weg',
  },
  {
    group: 'home',
    code: 'moved-between-addresses',
    en: 'Is moved from address to address',
    nl: 'Wordt van adres naar adres verplaatst',
    organised: true,
  },
  {
    group: 'home',
    code: 'does-not-know-own-address',
    en: 'Does not know the address where they live',
    nl: 'Kent het eigen verblijfsadres niet',
  },
  {
    group: 'home',
    code: 'many-people-at-one-address',
    en: 'Lives with many unrelated people at one address',
    nl: 'Woont met veel vreemden op één adres',
    organised: true,
  },
  {
    group: 'behaviour',
    code: 'withdrawn-or-secretive',
    en: 'Suddenly withdrawn, evasive or secretive',
    nl: 'Plotseling teruggetrokken, ontwijkend of geheimzinnig',
  },
  { group: 'behaviour', code: 'tense-or-afraid', en: 'Tense or afraid', nl: 'Gespannen of bang' },
  {
    group: 'behaviour',
    code: 'rapid-mood-changes',
    en: 'Moods change rapidly',
    nl: 'Stemming slaat snel om',
  },
  {
    group: 'behaviour',
    code: 'cannot-refuse',
    en: 'Dares not say no',
    nl: 'Durft geen nee te zeggen',
  },
  {
    group: 'behaviour',
    code: 'rehearsed-story',
    en: 'Tells a rehearsed story, or lets another speak',
    nl: 'Vertelt een ingestudeerd verhaal of laat een ander het woord doen',
  },
  {
    group: 'body',
    code: 'injuries',
    en: 'Signs of abuse or self-harm',
    nl: 'Sporen van mishandeling of zelfverwonding',
  },
  {
    group: 'body',
    code: 'exhausted',
    en: 'Exhausted or has lost weight',
    nl: 'Uitgeput of vermagerd',
  },
  {
    group: 'body',
    code: 'marks-of-ownership',
    en: 'A tattoo or object that suggests ownership',
    nl: 'Een tatoeage of voorwerp dat op bezit wijst',
  },
  {
    group: 'contacts',
    code: 'older-or-controlling-contacts',
    en: 'New contacts who are much older or controlling',
    nl: 'Nieuwe contacten die veel ouder of controlerend zijn',
  },
  {
    group: 'contacts',
    code: 'drifts-away-from-family',
    en: 'Drifts away from family and old friends',
    nl: 'Raakt los van familie en oude vrienden',
  },
  {
    group: 'contacts',
    code: 'several-phones',
    en: 'Has several phones or must always be reachable',
    nl: 'Heeft meer telefoons of moet altijd bereikbaar zijn',
  },
  {
    group: 'contacts',
    code: 'criminal-contacts',
    en: 'Moves among people known for crime',
    nl: 'Begeeft zich onder mensen die bekendstaan om criminaliteit',
  },
  {
    group: 'contacts',
    code: 'recruits-others',
    en: 'Is made to recruit others',
    nl: 'Wordt ingezet om anderen te ronselen',
    organised: true,
  },
  {
    group: 'money',
    code: 'unexplained-wealth',
    en: 'Sudden cash or expensive goods',
    nl: 'Plotseling contant geld of dure spullen',
  },
  {
    group: 'money',
    code: 'sudden-debts',
    en: 'Sudden debts or "fines" owed to others',
    nl: 'Plotselinge schulden of ‘boetes’ aan anderen',
  },
  {
    group: 'money',
    code: 'account-used-by-others',
    en: 'Bank account, card, car or contract used by others',
    nl: 'Rekening, pas, auto of abonnement in gebruik bij anderen',
  },
  {
    group: 'money',
    code: 'no-access-to-own-money',
    en: 'Cannot reach own money or bank card',
    nl: 'Kan niet bij eigen geld of bankpas',
  },
  {
    group: 'money',
    code: 'hands-over-earnings',
    en: 'Hands over earnings',
    nl: 'Staat verdiensten af',
  },
  {
    group: 'control',
    code: 'threatened-or-blackmailed',
    en: 'Is threatened, blackmailed or forced',
    nl: 'Wordt bedreigd, gechanteerd of gedwongen',
  },
  {
    group: 'control',
    code: 'blackmailed-with-images',
    en: 'Is blackmailed with intimate images',
    nl: 'Wordt gechanteerd met intieme beelden',
  },
  {
    group: 'control',
    code: 'documents-held-by-others',
    en: 'Others hold the passport or identity card',
    nl: 'Anderen houden het paspoort of de identiteitskaart',
  },
  {
    group: 'control',
    code: 'brought-with-false-promises',
    en: 'Brought to the Netherlands with false promises',
    nl: 'Met valse beloften naar Nederland gehaald',
    organised: true,
  },
  {
    group: 'control',
    code: 'never-alone',
    en: 'Is never alone, is watched or locked in',
    nl: 'Is nooit alleen, wordt bewaakt of opgesloten',
  },
  {
    group: 'work',
    code: 'excessive-hours',
    en: 'Works very long days without rest',
    nl: 'Maakt zeer lange dagen zonder rust',
  },
  {
    group: 'work',
    code: 'underpaid-or-unpaid',
    en: 'Paid too little, late or not at all',
    nl: 'Krijgt te weinig, te laat of niet betaald',
  },
  {
    group: 'work',
    code: 'dangerous-work',
    en: 'Does dangerous or unhealthy work',
    nl: 'Doet gevaarlijk of ongezond werk',
  },
  {
    group: 'work',
    code: 'debt-to-employer',
    en: 'Owes the employer or agent a large debt',
    nl: 'Heeft een grote schuld bij werkgever of bemiddelaar',
  },
  {
    group: 'work',
    code: 'lives-at-workplace',
    en: 'Lives at work, or the employer decides where',
    nl: 'Woont op het werk, of de werkgever bepaalt waar',
  },
  {
    group: 'work',
    code: 'transported-in-group',
    en: 'Taken to work and back in a group',
    nl: 'Wordt in een groep naar het werk gebracht en gehaald',
    organised: true,
  },
] as const satisfies readonly Indicator[]

export type IndicatorCode = (typeof indicators)[number]['code']

export const organisedIndicators: ReadonlySet<IndicatorCode> = new Set(
  indicators.filter((indicator: Indicator) => indicator.organised).map(({ code }) => code),
)
