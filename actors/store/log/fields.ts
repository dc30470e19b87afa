/** Numbers and texts one after the other in one text: `12;` and `5:hello`. Cheap to read, nothing to escape. */
export function numberField(value: number): string {
  return `${value};`;
}

/** A text of any content, led by its length in code units. */
export function textField(value: string): string {
  return `${value.length}:${value}`;
}

/** Reads fields in the order in which they were written. */
export interface FieldReader {
  number(): number;
  text(): string;
  /** One bare character. */
  letter(): string;
  ended(): boolean;
}

/**
 * Starts to read.
 *
 * @throws Error from a read that does not find the field it expects: what is read was written by `encode...`
 */
export function readFields(text: string): FieldReader {
  const place: Place = { text, position: 0 };
  return {
    number: () => numberBefore(";", place),
    text() {
      const length = numberBefore(":", place);
      place.position += length;
      if (place.position > text.length) throw new Error(`Cannot read a field: ${length} characters are not there`);
      return text.slice(place.position - length, place.position);
    },
    letter: () => text.charAt(place.position++),
    ended: () => place.position >= text.length,
  };
}

interface Place {
  readonly text: string;
  position: number;
}

function numberBefore(end: string, place: Place): number {
  const { text, position } = place;
  const at = text.indexOf(end, position);
  const value = at < 0 ? Number.NaN : Number(text.slice(position, at));
  if (Number.isNaN(value)) throw new Error(`Cannot read a field: no number before "${end}" at ${position}`);
  place.position = at + 1;
  return value;
}
