import { type Shell, variable } from "./shell.ts";

/** The value of a parameter that is no variable. */
export function specialValue(shell: Shell, name: string): string | undefined {
  if (/^\d+$/.test(name)) return name === "0" ? shell.zero : shell.positional[Number(name) - 1];
  switch (name) {
    case "?":
      return String(shell.status);
    case "$":
      return String(shell.pid);
    case "!":
      return shell.backgroundPid === undefined ? undefined : String(shell.backgroundPid);
    case "#":
      return String(shell.positional.length);
    case "@":
    case "*":
      return shell.positional.length === 0
        ? undefined
        : shell.positional.join((variable(shell, "IFS") ?? " ").slice(0, 1));
    case "-":
      return [...shell.options].filter((option) => option.length === 1).join("");
    case "RANDOM":
      return String(shell.self.kernel.host.random.int(32_768));
    case "SECONDS":
      return String(Math.floor((shell.self.kernel.host.uptimeMs() - shell.self.startedMs) / 1000));
    default:
      return undefined;
  }
}
