const WORDS: Record<string, string> = {
  street: 'st', avenue: 'ave', av: 'ave', road: 'rd', drive: 'dr', lane: 'ln', court: 'ct', place: 'pl',
  boulevard: 'blvd', terrace: 'ter', circle: 'cir', highway: 'hwy', parkway: 'pkwy', square: 'sq', trail: 'trl',
  north: 'n', south: 's', east: 'e', west: 'w', northeast: 'ne', northwest: 'nw', southeast: 'se', southwest: 'sw',
  apartment: 'apt', unit: 'apt', suite: 'apt', ste: 'apt', number: 'apt', first: '1st', second: '2nd', third: '3rd',
}

/**
 * An address line as compared: lower case, no accents or punctuation, USPS street words shortened.
 * `12 North Elm Street, Apt. 4` → `12 n elm st apt 4`.
 */
export function addressKey(line: string): string {
  return line
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/#/g, ' apt ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .split(' ')
    .map((word) => (Object.hasOwn(WORDS, word) ? WORDS[word] : word))
    .filter((word, index, words) => word !== 'apt' || words[index - 1] !== 'apt')
    .join(' ')
}

/**
 * An address as it is indexed: the street line by itself, and the unit in it (a flat, a suite; '' for a whole building).
 * The unit stands in the second line or at the end of the first: `5 Oak Lane`, `Apt #3` → `5 oak ln`, `3`.
 */
export function streetAndUnit({ line1, line2 }: { line1: string; line2?: string }): { street: string; unit: string } {
  const [street = '', ...units] = addressKey(line1).split(/ apt(?: |$)/)
  const unit = [...units, line2 === undefined ? '' : addressKey(line2).replace(/^apt /, '')].filter(Boolean).join(' ')
  return { street, unit }
}
