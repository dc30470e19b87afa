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
  let position = 0;
  const numberBefore = (end: string) => {
    const at = text.indexOf(end, position);
    const value = at < 0 ? Number.NaN : Number(text.slice(position, at));
    if (Number.isNaN(value)) throw new Error(`Cannot read a field: no number before "${end}" at ${position}`);
    position = at + 1;
    return value;
  };
  return {
    number: () => numberBefore(";"),
    text() {
      const length = numberBefore(":");
      position += length;
      if (position > text.length) throw new Error(`Cannot read a field: ${length} characters are not there`);
      return text.slice(position - length, position);
    },
    letter: () => text.charAt(position++),
    ended: () => position >= text.length,
  };
}
