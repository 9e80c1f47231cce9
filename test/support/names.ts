import fc from 'fast-check'

/** Texts that may stand where a name should: of any script, of none, and of the words that names are made of. */
export const anyName = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc
    .array(
      fc.constantFrom('van', 'der', 'dr', 'J.', 'Anna', "'t", 'Łukasz', '-', 'Ö', 'السيد', 'y'),
    )
    .map((words) => words.join(' ')),
)
