import { type Finding, isCode, isDevice, isGenerated, isTest, outsiders, type Rule } from "../house.ts";
import { codeOf, lineAt } from "../source.ts";

interface Banned {
  readonly pattern: RegExp;
  readonly name: string;
  readonly advice: string;
}

const time = "take the time from step.now";
const timer = "set a timer through the step";
const luck = "draw from step.random";
const outside = "ask a device, or let the host do it";
const later = "logic is synchronous: return an effect, and be told of its outcome by a message";
const locale = "it depends on the machine's locale: compare code units";

/** What logic may not touch, as it is written in code; none of it is preceded by a dot. */
const bannedList: readonly Banned[] = [
  { pattern: /Date\.now\b/, name: "Date.now", advice: time },
  { pattern: /new\s+Date\s*(?:\(\s*\)|(?![\s(\w]))/, name: "new Date()", advice: time },
  { pattern: /performance\s*\./, name: "performance", advice: time },
  { pattern: /setTimeout\b/, name: "setTimeout", advice: timer },
  { pattern: /setInterval\b/, name: "setInterval", advice: timer },
  { pattern: /setImmediate\b/, name: "setImmediate", advice: timer },
  { pattern: /queueMicrotask\b/, name: "queueMicrotask", advice: later },
  { pattern: /Math\.random\b/, name: "Math.random", advice: luck },
  { pattern: /crypto\s*\.\s*(?:randomUUID|getRandomValues)\b/, name: "crypto's random numbers", advice: luck },
  { pattern: /process\s*(?:\?\.|\.(?!\.)|\[)/, name: "process", advice: outside },
  { pattern: /console\s*\./, name: "console", advice: outside },
  { pattern: /globalThis\b/, name: "globalThis", advice: outside },
  { pattern: /fetch\s*\(/, name: "fetch", advice: outside },
  { pattern: /await\b(?!\s*[:?])/, name: "await", advice: later },
  { pattern: /async\s+(?:function|\(|\*|[\w$[]+)|async\s*\([^)]*\)\s*(?::[^=]*)?=>/, name: "async", advice: later },
  { pattern: /Promise\b/, name: "Promise", advice: later },
  { pattern: /Intl\s*\./, name: "Intl", advice: locale },
];

/** The same for methods: these are preceded by a dot. */
const bannedMethods: readonly Banned[] = [
  { pattern: /\.localeCompare\b/, name: "localeCompare", advice: locale },
  { pattern: /\.toLocale\w*String\b/, name: "toLocaleString", advice: locale },
];

const patterns = [
  ...bannedList.map((banned) => ({ ...banned, pattern: new RegExp(`(?<![\\w$.#])(?:${banned.pattern.source})`, "g") })),
  ...bannedMethods.map((banned) => ({ ...banned, pattern: new RegExp(banned.pattern.source, "g") })),
];

/** Clocks, luck, the outside and waiting stay out of logic: time, randomness and ids come only from the step. */
export const bannedGlobals: Rule = {
  name: "banned globals",
  check: (files) => {
    const findings: Finding[] = [];
    for (const { path, text } of files) {
      if (!isLogic(path)) continue;
      const code = codeOf(text);
      for (const { pattern, name, advice } of patterns) {
        for (const match of code.matchAll(pattern)) {
          findings.push({ path, line: lineAt(code, match.index), text: `${name} in logic, ${advice}` });
        }
      }
    }
    return findings;
  },
};

function isLogic(path: string): boolean {
  if (!isCode(path) || isTest(path) || isGenerated(path) || isDevice(path) || outsiders.has(path)) return false;
  return (
    path.startsWith("actors/") ||
    (path.startsWith("runtime/") && !/^runtime\/(hosts|devices|faults|build)\//.test(path))
  );
}
