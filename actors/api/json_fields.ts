/** One field of a JSON text, in the order in which the text has them. */
export interface JsonField {
  /** Such as `spec.containers[0].env`. */
  readonly path: string;
  /** Whether the same object had a field of the name before; of such, JSON.parse keeps the last. */
  readonly isRepeated: boolean;
}

interface Open {
  readonly path: string;
  /** The names so far; absent in a list. */
  readonly names: Set<string> | undefined;
  /** Of a list: how many items came before. */
  items: number;
}

const repeatedMax = 100;

/** Of a longer path only the beginning is shown: a name may be megabytes long, and have a hundred thousand fields. */
const pathCharsMax = 1_024;

/** The fields that a JSON text has twice in one object, which nobody sees who only parses it; a hundred at most. */
export function repeatedFields(json: string): string[] {
  const found = new Set<string>();
  for (const { path, isRepeated } of jsonFields(json)) {
    if (isRepeated) found.add(path);
    if (found.size >= repeatedMax) break;
  }
  return [...found];
}

/** Walks over the fields of a text that is known to be JSON. */
export function* jsonFields(json: string): Generator<JsonField> {
  const open: Open[] = [];
  let path = "";
  let isName = false;
  for (let at = 0; at < json.length; at++) {
    const top = open.at(-1);
    switch (json.charCodeAt(at)) {
      case 0x22: {
        const end = endOfString(json, at);
        if (isName && top?.names) {
          const name = nameIn(json.slice(at, end + 1));
          path = top.path === "" ? name : `${top.path}.${name}`;
          yield { path, isRepeated: top.names.has(name) };
          top.names.add(name);
          isName = false;
        }
        at = end;
        break;
      }
      case 0x7b:
      case 0x5b: {
        const isObject = json.charCodeAt(at) === 0x7b;
        const own = top && !top.names ? `${top.path}[${top.items}]` : path;
        open.push({ path: shortened(own), names: isObject ? new Set() : undefined, items: 0 });
        isName = isObject;
        break;
      }
      case 0x7d:
      case 0x5d:
        open.pop();
        break;
      case 0x2c:
        if (top?.names) isName = true;
        else if (top) top.items++;
    }
  }
}

function shortened(path: string): string {
  return path.length > pathCharsMax ? `${path.slice(0, pathCharsMax)}...` : path;
}

function endOfString(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === 0x22) return at;
  }
  return json.length;
}

function nameIn(quoted: string): string {
  return quoted.includes("\\") ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
}
