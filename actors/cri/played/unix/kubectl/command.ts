import { ownValue } from "../../../../api/types.ts";
import { bytesOf } from "../byte_text.ts";
import { print, writeTo } from "../kernel/io.ts";
import { type Process, ProcessExit, type Running } from "../kernel/process.ts";

/** What a flag takes: a word, several of them, or none. */
export type FlagForm = "text" | "list" | "yes";

/** A verb of kubectl. */
export interface Verb {
  /** As it is written, with its second word: `rollout status`. */
  readonly name: string;
  /** Its flags beside those that all verbs have. Default: none. */
  readonly flags?: Readonly<Record<string, FlagForm>>;
  run(self: Process, given: Given): Running;
}

/** What a verb was given. */
export interface Given {
  readonly verb: string;
  /** The words that are no flags. */
  readonly words: readonly string[];
  /** What stands behind `--`. */
  readonly rest: readonly string[];
  /** The last value of a flag; `""` when it was not given. */
  text(flag: string): string;
  all(flag: string): readonly string[];
  isSet(flag: string): boolean;
  has(flag: string): boolean;
}

const common: Readonly<Record<string, FlagForm>> = {
  ...{ namespace: "text", output: "text", "request-timeout": "text", v: "text", help: "yes" },
  ...{ "field-manager": "text", "dry-run": "text", validate: "text", "warnings-as-errors": "yes" },
};
/** Flags for which a word may be left out, and what they mean without one. */
const unsaid: Readonly<Record<string, string>> = { "dry-run": "unchanged", validate: "strict", cascade: "background" };
/** Who a client is and where its server is: in a pod that is said by the account. */
const elsewhere = /^(kubeconfig|context|cluster|user|server|token|as|as-group|client-key|client-certificate|username)$/;
const letters: Readonly<Record<string, string>> = {
  ...{ n: "namespace", o: "output", h: "help", v: "v", A: "all-namespaces", l: "selector", f: "filename" },
  ...{
    p: "patch",
    w: "watch",
    R: "recursive",
    c: "container",
    L: "label-columns",
    k: "kustomize",
    i: "stdin",
    t: "tty",
  },
};

/** Takes the words of a command line apart as pflag does. */
export function* givenTo(self: Process, { name, flags = {} }: Verb, words: readonly string[]): Running<Given> {
  const known = { ...common, ...flags };
  const values = new Map<string, string[]>();
  const plain: string[] = [];
  const end = words.indexOf("--");
  const left = end < 0 ? [...words] : words.slice(0, end);
  while (left.length > 0) {
    const word = left.shift() ?? "";
    const [, dashes = "", shown = "", inline] = /^(--?)([^=]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
    if (shown === "") {
      plain.push(word);
      continue;
    }
    const isShort = dashes === "-";
    const flag = isShort ? (ownValue(letters, shown[0] ?? "") ?? shown) : shown;
    const form = ownValue(known, flag);
    if (!isShort && elsewhere.test(flag)) {
      return yield* failWith(self, `kubetroupe plays a kubectl that knows its pod's account alone, and no --${flag}`);
    }
    if (form === undefined) {
      const unknown = isShort ? `unknown shorthand flag: '${shown[0]}' in ${word}` : `unknown flag: --${flag}`;
      return yield* failWith(self, `${unknown}\nSee 'kubectl ${name} --help' for usage.`);
    }
    const value = form === "yes" ? (inline ?? "true") : (inline ?? inlineOf(shown, isShort) ?? ownValue(unsaid, flag));
    const said = value ?? left.shift();
    if (said === undefined) return yield* failWith(self, `flag needs an argument: --${flag}`);
    values.set(flag, form === "list" ? [...(values.get(flag) ?? []), said] : [said]);
  }
  const all = (flag: string) => values.get(flag) ?? [];
  return {
    ...{ verb: name, words: plain, rest: end < 0 ? [] : words.slice(end + 1), all },
    text: (flag) => all(flag).at(-1) ?? "",
    isSet: (flag) => all(flag).at(-1) === "true",
    has: (flag) => values.has(flag),
  };
}

/** `-ojson`. */
function inlineOf(shown: string, isShort: boolean): string | undefined {
  return isShort && shown.length > 1 ? shown.slice(1) : undefined;
}

/** Says what is wrong, and ends as kubectl does then. */
export function* failWith(self: Process, text: string): Running<never> {
  yield* sayWrong(self, `error: ${text}`);
  throw new ProcessExit(1);
}

/** A line on the standard error. */
export function* sayWrong(self: Process, text: string): Running<void> {
  yield* writeTo(self, self.files.get(2), bytesOf(`${text}\n`));
}

/** A line on the standard output. */
export function* say(self: Process, text: string): Running<void> {
  yield* put(self, `${text}\n`);
}

/** A text on the standard output, as it is. */
export function* put(self: Process, text: string): Running<void> {
  yield* print(self, bytesOf(text));
}
