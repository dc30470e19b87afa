import { readFileSync } from "node:fs";
import type { ApiServerInput, User } from "../../actors/apiserver/messages.ts";
import { InputError, messageOf } from "./input_error.ts";

/** Users by their bearer tokens. */
export type Tokens = NonNullable<ApiServerInput["tokens"]>;

/**
 * Reads a file of bearer tokens, in the form of kube-apiserver's `--token-auth-file`: a line for each, with the token, the
 * user's name, its uid, and, in quotes if they are several, its groups.
 *
 * @throws InputError when there is none, or a line has too little in it
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#static-token-file
 */
export function readTokenAuthFile(path: string): Tokens {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new InputError(`Cannot read tokens from "${path}": ${messageOf(error)}`, { cause: error });
  }
  return tokensOf(text, path);
}

/**
 * The tokens that such a file's text holds; `path` is for messages.
 *
 * @throws InputError when a line has too little in it
 */
export function tokensOf(text: string, path: string): Tokens {
  const tokens = new Map<string, User>();
  for (const record of recordsOf(text, path)) {
    const [token = "", name = "", uid = "", groups = ""] = record;
    if (record.length < 3) {
      const found = `found ${record.length}, see "${name === "" ? "one line" : `the line of ${name}`}"`;
      throw new InputError(
        `Cannot use the tokens in "${path}": a line must have at least 3 columns (token, user name, user uid), ${found}`,
      );
    }
    // As in Kubernetes: it is nobody's.
    if (token === "") continue;
    const own = groups.split(",").flatMap((group) => (group.trim() === "" ? [] : [group.trim()]));
    const user = { name, groups: [...new Set([...own, "system:authenticated"])], ...(uid === "" ? {} : { uid }) };
    tokens.set(token, user);
  }
  return Object.fromEntries(tokens);
}

/** The fields of each line; those in double quotes may have commas, and two quotes for one. */
function recordsOf(text: string, path: string): string[][] {
  return text
    .split(/\r?\n/)
    .filter((line) => line !== "")
    .map((line, index) => {
      const fields: string[] = [];
      let rest = line;
      for (;;) {
        const [whole = "", quoted, plain = ""] = /^(?:"((?:[^"]|"")*)"|([^",]*))(?=,|$)/.exec(rest) ?? [];
        if (whole === "" && rest !== "" && !rest.startsWith(",")) {
          throw new InputError(`Cannot use the tokens in "${path}": line ${index + 1} has a stray quote, mend it`);
        }
        fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
        rest = rest.slice(whole.length);
        if (rest === "") return fields;
        rest = rest.slice(1);
      }
    });
}
