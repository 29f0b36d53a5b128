const WITHOUT_MARKS: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ł: 'l', ı: 'i' }

/** Lower case without accents, as words are compared: `Muñoz` → `munoz`. */
export function plainText(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[ßæœøđðłı]/g, (letter) => WITHOUT_MARKS[letter]!)
}
