/**
 * Words that are no part of what a name is compared by. Part of linkage key version 1: a changed
 * table makes other keys, so any change is a new version (`lk2`). Here ij is written y.
 */

export const wordsOf = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** Forms of address, degrees, suffixes and words for maiden names: Dutch, and of languages that agencies meet. */
export const titles = wordsOf(`
  dhr mevr mevrouw mw mej meneer mijnheer mr mrs ms miss mme mlle herr frau sir madam
  dr drs ir ing prof mba msc bsc phd jr sr jhr jkvr
  geb geboren geborene wed weduwe echtgenote nee
  haj hajj hadj hadji haji hadja hajja sheikh sheik sjeik
`)

/** Prefixes and articles: Dutch, German, Romance, Arabic, and what is left of "v.d." and "in 't". */
export const particles = wordsOf(`
  van von vom zu zum zur de der den des d t ten ter te het in op aan by uit voor onder over v vd vdr vda
  la le les las los du da do dos das di dal del della dei e y
  el al ul ur ad as ash az an ar at bin ben ibn bint ould oulad ait abu abou um umm oum
  sint saint san santa st
`)
