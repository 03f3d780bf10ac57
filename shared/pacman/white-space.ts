// bash, libalpm and pacman's tools count the white space of ASCII; JavaScript's `trim` and `\s` also take a no-break space,
// which is part of a text.

/** Without white space at its ends. */
export const trimmed = (text: string) => {
  let [start, end] = [0, text.length];
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
};

/** With one space for each run of white space. */
export const squeezed = (text: string) => text.replace(/[ \t\n\v\f\r]+/g, " ");

const isSpace = (code: number) => code === 0x20 || (code >= 0x09 && code <= 0x0d);
