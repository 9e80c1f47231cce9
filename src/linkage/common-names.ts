import { wordsOf } from './name-tables.ts'
import { withPlainIj } from './normalise.ts'

const namesOf = (text: string): ReadonlySet<string> => new Set([...wordsOf(text)].map(withPlainIj))

/**
 * Names that very many people in the Netherlands bear, as `nameWords` leaves them. Somebody with two of
 * them shares both with hundreds, so no key is made of them without a full birth date. Written down by
 * hand and far from complete: it takes the worst away. Part of linkage key version 1.
 */
export const commonGivenNames = namesOf(`
  jan johan johannes hans joop piet pieter peter petrus kees cees cornelis cor henk hendrik hendrikus harry
  willem wim wilhelmus gerrit gerard gerardus bert albert theo theodorus antoon antonius anton ton jacob jaap
  jacobus arie adrianus adriaan klaas nicolaas dirk frank frans franciscus fred rob robert ruud rudolf ron ronald
  marco mark marc martin marcel erik eric edwin richard michael michel patrick dennis jeroen bas bart tim tom
  thomas daan daniel sem lucas luuk lars bram jesse max milan ruben rick niels stefan kevin sander martijn john
  paul david robin
  maria anna johanna elisabeth elizabeth catharina wilhelmina cornelia hendrika adriana margaretha petronella
  jacoba geertruida antonia jansje annie ans corrie riet rie truus gerda ria wil marianne monique petra sandra
  saskia linda esther miranda angelique ellen ingrid yvonne yvette marion mieke karin marjan nicole daniele
  kim laura lisa sanne anne anouk eva emma julia sophie lotte noa fleur sara sarah iris femke manon marieke
  mohamed mohammed mohammad muhammad mohamad ahmed ahmad ali hassan hasan mustafa ibrahim omar youssef yusuf
  fatima fatma aisha khadija maryam mehmet
`)

export const commonFamilyNames = namesOf(`
  jong jonge jongh jansen janssen janse vries berg bakker dijk visser smit smits meijer meyer boer mulder
  groot bos vos peters peeters hendriks leeuwen dekker brouwer wit dijkstra graaf meer linden kok jacobs haan
  vermeulen heuvel veen broek bruijn bruin heijden schouten beek willems vliet ven hoekstra maas verhoeven
  koster dam wal prins blom huisman kuipers veenstra postma kramer brink scholten wijk martens koning ruiter
  post kuiper hoek evers gerritsen klein bosch wolf evertsen verbeek gerrits driessen hermans timmermans
  mohamed mohammed mohammad ahmed ali hassan hussein ibrahim omar yilmaz kaya demir celik sahin nguyen singh tran
`)

/** True when a person cannot be told from many others by these two names alone. */
export const areCommon = (given: string, family: string): boolean =>
  (commonGivenNames.has(given) && commonFamilyNames.has(family)) ||
  // Swapped, as people swap them: the keys of both names do not mind the order.
  (commonGivenNames.has(family) && commonFamilyNames.has(given))
