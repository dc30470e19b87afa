import { Script } from "node:vm";

/** What a bundle is given, by name: `worker_boot.cjs` gives it in this order. */
const parameters = ["require", "bundleUrl", "$mport", "module"] as const;
const [, bundleUrl, importName] = parameters;

/** What esbuild is to put around a bundle: it is a script whose value is a function. */
export const workerFrame = { opening: `(function (${parameters.join(", ")}) {`, closing: "})" } as const;

/** What esbuild is to put in the place of what only modules have. */
export const moduleWords: Readonly<Record<string, string>> = { "import.meta.url": bundleUrl };

/**
 * A bundle in CommonJS as workers run it, in its frame. A script that comes from V8's cache has lost the way to Node's
 * loader, so that each `import()` in it calls a function that it is given, under a name as long: the places in
 * the bundle's map stay what they are.
 */
export async function workerCode(text: string): Promise<string> {
  const code = (await importsIn(text)).reduce(
    (changed, at) => `${changed.slice(0, at)}${importName}${changed.slice(at + importName.length)}`,
    text,
  );
  // esbuild leaves the letters of regular expressions as they are.
  return code.replace(/[^\0-\xff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * A worker's code as its file has it: a byte a letter, which takes half the room when it is read. Read otherwise, it
 * would be another text, and V8 would compile it all anew.
 */
export function codeBytes(code: string): Uint8Array {
  return Buffer.from(code, "latin1");
}

/**
 * What V8 makes of a worker's code that is run under this URL, before it was ever run: the functions that nobody has
 * called are not in it. Stacks show the URL.
 */
export function compiledCode(code: string, url: string): Uint8Array {
  return new Script(code, { filename: url }).createCachedData();
}

/** Where the calls of `import` begin: tokens tell, in a sixth of the time that a tree takes. */
async function importsIn(text: string): Promise<readonly number[]> {
  if (!/\bimport\s*\(/.test(text)) return [];
  // Loaded on use: most starts find their bundles in the cache.
  const { tokenizer, tokTypes } = await import("acorn");
  const { _import: word, parenL: opening, parenR: closing, braceL, dot, questionDot, eof } = tokTypes;
  const found: number[] = [];
  /** What each parenthesis that is open may be the call of, and what the one that was closed last may. */
  const open: (number | undefined)[] = [];
  let closed: number | undefined;
  const [before, last] = [
    { type: eof, start: 0 },
    { type: eof, start: 0 },
  ];
  for (const { type, start } of tokenizer(text, { ecmaVersion: "latest" })) {
    const isMethod = before.type === dot || before.type === questionDot;
    // A method that has that name has a body.
    if (closed !== undefined && type !== braceL) found.push(closed);
    closed = type === closing ? open.pop() : undefined;
    if (type === opening) open.push(last.type === word && !isMethod ? last.start : undefined);
    Object.assign(before, last);
    Object.assign(last, { type, start });
  }
  return closed === undefined ? found : [...found, closed];
}
