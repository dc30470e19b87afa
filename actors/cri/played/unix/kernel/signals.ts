/** The signals that a played process can be sent, by number. */
const numbers = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  KILL: 9,
  USR1: 10,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  WINCH: 28,
} as const;

/** A signal by name, without `SIG`. */
export type SignalName = keyof typeof numbers;

/** Signals that do nothing to who does not ask for them; nobody here is ever halted. */
const harmless: ReadonlySet<SignalName> = new Set(["CHLD", "CONT", "STOP", "WINCH"]);

/** A signal as a user names it: `TERM`, `SIGTERM`, `term` or `15`. */
export function signalNamed(text: string): SignalName | undefined {
  const name = text.toUpperCase().replace(/^SIG/, "");
  const byNumber = signalNames.find((each) => String(numbers[each]) === name);
  return byNumber ?? (Object.hasOwn(numbers, name) ? (name as SignalName) : undefined);
}

export const signalNames = Object.keys(numbers) as readonly SignalName[];

/** The exit status of a process that a signal has ended. */
export function statusOfSignal(name: SignalName): number {
  return 128 + numbers[name];
}

export function isHarmless(name: SignalName): boolean {
  return harmless.has(name);
}
