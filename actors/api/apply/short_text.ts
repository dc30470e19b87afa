/**
 * Texts made short by a dictionary of what is often in them: a copy says where in it something stands, and how much.
 * What comes of it needs no escapes in JSON and has no semicolon.
 */

/** Makes texts short, and long again. */
export interface Shortener {
  shorten(text: string): string;
  /** The text that was made short; throws for what `shorten` did not make. */
  lengthen(short: string): string;
}

/** What is shorter than this is no copy. */
const copyMin = 8;
const triedMax = 48;
const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&()*+,-./:<=>?@[]_{|}";
const base = digits.length;
const bigBase = BigInt(base);
const values: ReadonlyMap<string, number> = new Map([...digits].map((digit, value) => [digit, value]));

/** Begins a copy: two digits of place and two of length follow. */
const copyMark = "~";
/** The first digit of a place that needs three digits, which follow it. */
const farDigit = digits.charAt(base - 1);
const nearPlaces = (base - 1) * base;
/** What is written for a quote, and for one that has a backslash before it: most of what is to be written are those. */
const [quote, quoteInside] = ["'", "^"];
/** Begins a character that has no other way to be written. */
const escapeMark = "`";
const escapes: ReadonlyMap<string, string> = new Map([
  [quote, "a"],
  [quoteInside, "b"],
  [copyMark, "c"],
  [escapeMark, "d"],
  [";", "e"],
  ["\\", "f"],
]);
const escaped: ReadonlyMap<string, string> = new Map([...escapes].map(([char, letter]) => [letter, char]));
/** Behind the escape mark: a UUID, in so many digits. */
const uuidLetter = "u";
const uuidChars = 20;
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/y;

/** Makes a shortener. Whoever is to lengthen must have the same dictionary; what stands first in it is copied cheapest. */
export function createShortener(dictionary: string): Shortener {
  let places: Map<string, number[]> | undefined;

  function longest(text: string, at: number): { readonly place: number; readonly length: number } {
    places ??= placesIn(dictionary);
    let [place, length] = [0, 0];
    for (const candidate of places.get(text.slice(at, at + copyMin)) ?? []) {
      let same = copyMin;
      while (same < base * base - 1 && at + same < text.length && text[at + same] === dictionary[candidate + same])
        same++;
      if (same > length) [place, length] = [candidate, same];
    }
    return { place, length };
  }

  return {
    shorten(text) {
      let short = "";
      for (let at = 0; at < text.length; ) {
        uuid.lastIndex = at;
        const id = uuid.exec(text)?.[0];
        if (id !== undefined) {
          short += escapeMark + uuidLetter + uuidDigits(id);
          at += id.length;
          continue;
        }
        const { place, length } = longest(text, at);
        if (length >= copyMin) {
          short += copyMark + placeDigits(place) + twoDigits(length);
          at += length;
        } else if (text.startsWith('\\"', at)) {
          short += quoteInside;
          at += 2;
        } else short += written(text[at++] as string);
      }
      return short;
    },
    lengthen(short) {
      let text = "";
      for (let at = 0; at < short.length; ) {
        const char = short[at] as string;
        if (char === copyMark) {
          const isFar = short[at + 1] === farDigit;
          const place = isFar ? numberAt(short, at + 2) * base + digitAt(short, at + 4) : numberAt(short, at + 1);
          at += isFar ? 5 : 3;
          text += dictionary.slice(place, place + numberAt(short, at));
          at += 2;
        } else if (char === escapeMark && short[at + 1] === uuidLetter) {
          text += uuidAt(short, at + 2);
          at += 2 + uuidChars;
        } else if (char === escapeMark) {
          text += escaped.get(short[at + 1] ?? "") ?? unreadable(short);
          at += 2;
        } else {
          text += char === quote ? '"' : char === quoteInside ? '\\"' : char;
          at++;
        }
      }
      return text;
    },
  };
}

function written(char: string): string {
  if (char === '"') return quote;
  const letter = escapes.get(char);
  return letter === undefined ? char : escapeMark + letter;
}

function twoDigits(value: number): string {
  return digits.charAt(Math.floor(value / base)) + digits.charAt(value % base);
}

function uuidDigits(id: string): string {
  let left = BigInt(`0x${id.replaceAll("-", "")}`);
  let result = "";
  for (let count = 0; count < uuidChars; count++) {
    result += digits.charAt(Number(left % bigBase));
    left /= bigBase;
  }
  return result;
}

function uuidAt(short: string, at: number): string {
  let number = 0n;
  for (let index = at + uuidChars - 1; index >= at; index--) number = number * bigBase + BigInt(digitAt(short, index));
  const hex = number.toString(16).padStart(32, "0");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function placeDigits(place: number): string {
  if (place < nearPlaces) return twoDigits(place);
  return farDigit + twoDigits(Math.floor(place / base)) + digits.charAt(place % base);
}

function numberAt(short: string, at: number): number {
  return digitAt(short, at) * base + digitAt(short, at + 1);
}

function digitAt(short: string, at: number): number {
  return values.get(short[at] ?? "") ?? unreadable(short);
}

function unreadable(short: string): never {
  throw new Error(`Cannot lengthen "${short}": it is not what was made short`);
}

/** Where in the dictionary each run of so many characters stands. */
function placesIn(dictionary: string): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (let at = 0; at + copyMin <= dictionary.length; at++) {
    const run = dictionary.slice(at, at + copyMin);
    const known = places.get(run);
    if (known === undefined) places.set(run, [at]);
    else if (known.length < triedMax) known.push(at);
  }
  return places;
}
