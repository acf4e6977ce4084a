// Names of the characters that find their way into scripts by copying from web pages and word processors.

const NAMES: ReadonlyMap<number, readonly [name: string, hint: string]> = new Map([
  [0x0000, ['a NUL byte', 'The file is damaged or no text.']],
  [0x00a0, ['a no-break space', 'Write an ordinary space.']],
  [0x00ab, ['a guillemet', 'Write "…" with straight quotes.']],
  [0x00ad, ['a soft hyphen', 'Delete it; it is invisible in most editors.']],
  [0x00bb, ['a guillemet', 'Write "…" with straight quotes.']],
  [0x2007, ['a figure space', 'Write an ordinary space.']],
  [0x2009, ['a thin space', 'Write an ordinary space.']],
  [0x200b, ['a zero width space', 'Delete it; it is invisible in most editors.']],
  [0x200c, ['a zero width non-joiner', 'Delete it; it is invisible in most editors.']],
  [0x200d, ['a zero width joiner', 'Delete it; it is invisible in most editors.']],
  [0x2010, ['a typographic hyphen', 'Write the minus of the keyboard: -']],
  [0x2011, ['a no-break hyphen', 'Write the minus of the keyboard: -']],
  [0x2012, ['a figure dash', 'Write the minus of the keyboard: -']],
  [0x2013, ['an en dash', 'Write the minus of the keyboard: -']],
  [0x2014, ['an em dash', 'Write the minus of the keyboard: -']],
  [0x2018, ['a typographic quote', 'Strings are written with straight double quotes, commands with the backquote: `']],
  [0x2019, ['a typographic quote', 'Strings are written with straight double quotes, commands with the backquote: `']],
  [0x201c, ['a typographic quote', 'Write the straight quote of the keyboard: "']],
  [0x201d, ['a typographic quote', 'Write the straight quote of the keyboard: "']],
  [0x201e, ['a typographic quote', 'Write the straight quote of the keyboard: "']],
  [0x2026, ['an ellipsis character', 'Write three dots: ...']],
  [0x202f, ['a narrow no-break space', 'Write an ordinary space.']],
  [0x2060, ['a word joiner', 'Delete it; it is invisible in most editors.']],
  [0x2212, ['a minus sign that is not ASCII', 'Write the minus of the keyboard: -']],
  [0x3000, ['an ideographic space', 'Write an ordinary space.']],
  [0xfeff, ['a byte order mark', 'Save the file as UTF-8 without byte order mark.']],
  [0xfffd, ['a replacement character', 'The file is not UTF-8 here; save it as UTF-8 or ASCII.']],
])

const ELSEWHERE = 'Such characters may stand in comments, strings, commands and code only.'

/** How to call a character that no script may hold, and what to do about it. */
export function describeCharacter(point: number): { readonly name: string; readonly hint: string } {
  const known = NAMES.get(point)
  const code = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`
  if (known !== undefined) return { name: `${known[0]} (${code})`, hint: known[1] }
  const visible = /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(String.fromCodePoint(point))
  return { name: visible ? `'${String.fromCodePoint(point)}' (${code})` : `the character ${code}`, hint: ELSEWHERE }
}
