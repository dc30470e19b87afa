/**
 * The text of an object as it is stored: `apiVersion`, `kind`, and a `metadata` that begins with the resource version,
 * which the store itself lacks, and with the managers of its fields, packed into one text. What is to be known of either
 * is read without parsing the rest.
 */
const metadataStart = '"metadata":{';
const versionStart = '"resourceVersion":"';
/** Not as in the API: there it is a list, and longer. */
const packedName = "by";
const packedStart = `"${packedName}":"`;

/** Where in a text the first field of the metadata begins. */
export function metadataAt(text: string): number {
  return text.indexOf(metadataStart) + metadataStart.length;
}

/** Where the packed managers begin, with their name; undefined when there are none. */
function packedAt(text: string): number | undefined {
  let at = metadataAt(text);
  if (text.startsWith(versionStart, at)) at = text.indexOf('"', at + versionStart.length) + 2;
  return text.startsWith(packedStart, at) ? at : undefined;
}

/** The packed managers of a text's object; empty when there are none. */
export function packedIn(text: string): string {
  const at = packedAt(text);
  if (at === undefined) return "";
  const from = at + packedStart.length;
  return text.slice(from, text.indexOf('"', from));
}

/** The text with what `make` makes of its packed managers in their place: a field with its comma, or nothing. */
export function withPacked(text: string, make: (packed: string) => string): string {
  const at = packedAt(text);
  if (at === undefined) return text;
  const from = at + packedStart.length;
  const end = text.indexOf('"', from);
  // Something always follows: an object has a name.
  return text.slice(0, at) + make(text.slice(from, end)) + text.slice(end + 2);
}

/** Whether a text is of an object as the store has it. */
export function isStoredText(text: string): boolean {
  const at = metadataAt(text);
  return text.startsWith('"name":', at) || text.startsWith(packedStart, at);
}

/** The first field of the metadata of a text to be stored. */
export function packedField(packed: string): object {
  return packed === "" ? {} : { [packedName]: packed };
}
