import { print, sleepUntil, writeTo } from "../kernel/io.ts";
import { turn } from "../kernel/kernel.ts";
import { type Process, ProcessExit, type Program, type Running } from "../kernel/process.ts";
import { idle } from "../kernel/run_command.ts";
import { blockOf, type PythonLine, pythonLines } from "../python/lines.ts";
import { evaluated, PythonError, type Scope, textOf, truth } from "../python/values.ts";

const loopsMax = 1_000_000;

/** Of Python what the examples of Jobs do with it: conditions, loops, numbers and texts, the environment, the exit code. */
export const python: Program = {
  names: ["python3", "python"],
  *run(self) {
    const [flag = "", script = ""] = self.argv.slice(1).filter((word) => word !== "-u");
    if (flag === "--version" || flag === "-V") {
      yield* print(self, "Python 3.13.7\n");
      return 0;
    }
    if (flag !== "-c") return yield* leave(self, `of Python only what "-c" runs: ${self.argv.slice(1).join(" ")}`);
    const scope: Scope = { names: new Map(), env: self.env, hostname: self.kernel.host.hostname };
    try {
      yield* runBlock(self, pythonLines(script), scope);
      return 0;
    } catch (error) {
      if (!(error instanceof PythonError)) throw error;
      if (error.kind === "unknown") return yield* leave(self, error.message);
      yield* writeTo(self, self.files.get(2), `Traceback (most recent call last):\n${error.message}\n`);
      return 1;
    }
  },
};

/** What is not played lives on where a container may that nobody knows, or ends and says why. */
function* leave(self: Process, text: string): Running {
  const { host, first } = self.kernel;
  const rests = first === self && host.nothingRuns ? `${host.nothingRuns(self.argv[0] ?? "")}; ` : "";
  yield* writeTo(self, self.files.get(2), `${rests}python3: kubetroupe plays this program, and knows ${text}\n`);
  return rests === "" ? 1 : yield* idle();
}

/** What a block comes to: on, or out of its loop. */
type Outcome = "on" | "break" | "continue";

function* runBlock(self: Process, lines: readonly PythonLine[], scope: Scope): Running<Outcome> {
  let hasRun = false;
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] as PythonLine;
    const { block, next } = blockOf(lines, at);
    at = next;
    if (self.kernel.spend(1)) yield turn;
    const [, word = "", rest = ""] = /^(if|elif|else|while|for)\b\s*([\s\S]*?)\s*:$/.exec(line.text) ?? [];
    let outcome: Outcome = "on";
    if (word === "") outcome = yield* runSimple(self, line.text, scope);
    else if (word === "while" || word === "for") outcome = yield* runLoop(self, { word, rest, block }, scope);
    else {
      if (word === "if") hasRun = false;
      const isTaken: boolean = !hasRun && (word === "else" || truth(evaluated(rest, scope)));
      hasRun ||= isTaken;
      if (isTaken) outcome = yield* runBlock(self, block, scope);
    }
    if (outcome !== "on") return outcome;
  }
  return "on";
}

interface Loop {
  readonly word: "while" | "for";
  readonly rest: string;
  readonly block: readonly PythonLine[];
}

function* runLoop(self: Process, { word, rest, block }: Loop, scope: Scope): Running<Outcome> {
  const [, name = "", over = ""] = /^(\w+)\s+in\s+([\s\S]+)$/.exec(rest) ?? [];
  const items = word === "for" ? evaluated(over, scope) : [];
  if (!Array.isArray(items)) throw new PythonError("unknown", `no such loop: for ${rest}`);
  for (let count = 0; word === "for" ? count < items.length : truth(evaluated(rest, scope)); count++) {
    if (count > loopsMax) throw new PythonError("unknown", "no loop without an end");
    if (word === "for") scope.names.set(name, items[count] ?? null);
    if (self.kernel.spend(1)) yield turn;
    if ((yield* runBlock(self, block, scope)) === "break") break;
  }
  return "on";
}

function* runSimple(self: Process, text: string, scope: Scope): Running<Outcome> {
  if (text === "break" || text === "continue") return text;
  if (text === "pass" || /^(import|from)\s/.test(text)) return "on";
  const [, call = "", inner = ""] =
    /^(print|sys\.exit|exit|quit|time\.sleep|sys\.stdout\.flush)\(([\s\S]*)\)$/.exec(text) ?? [];
  if (call === "print") yield* say(self, inner, scope);
  else if (call === "time.sleep") {
    const { uptimeMs } = self.kernel.host;
    yield* sleepUntil(self, uptimeMs() + Number(evaluated(inner, scope)) * 1_000);
  } else if (call === "sys.stdout.flush") return "on";
  else if (call !== "") {
    const status = inner === "" ? 0 : evaluated(inner, scope);
    if (typeof status === "string") yield* writeTo(self, self.files.get(2), `${status}\n`);
    throw new ProcessExit(typeof status === "string" ? 1 : Number(status) & 255);
  } else {
    const [, name = "", operator = "", value = ""] = /^([A-Za-z_]\w*)\s*([-+*%]?)=(?!=)\s*([\s\S]+)$/.exec(text) ?? [];
    if (name === "") evaluated(text, scope);
    else scope.names.set(name, evaluated(operator === "" ? value : `${name} ${operator} (${value})`, scope));
  }
  return "on";
}

function* say(self: Process, inner: string, scope: Scope): Running<void> {
  const [words = "", options = ""] = inner.split(/,\s*(?=(?:flush|file)=)/, 2);
  const values = words === "" ? [] : evaluated(`[${words}]`, scope);
  const line = `${(Array.isArray(values) ? values : []).map(textOf).join(" ")}\n`;
  yield* writeTo(self, self.files.get(options.includes("stderr") ? 2 : 1), line);
}
