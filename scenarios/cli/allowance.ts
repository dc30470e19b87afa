import { resolve } from "node:path";
import { InvalidArgumentError } from "commander";
import { type Permissions, permissionNames, scopeProblem } from "../../runtime/core/permissions.ts";

/** Reads `read=./data`, `net=127.0.0.1:5432` or `env=*`, and adds it to what was given before. */
export function allowance(text: string, before: Permissions = {}): Permissions {
  const [, kind = "", scope = ""] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  const name = permissionNames.find((each) => each === kind);
  if (!name) throw new InvalidArgumentError(`give KIND=SCOPE, with one of the kinds ${permissionNames.join(", ")}`);
  const isPath = (name === "read" || name === "write") && scope !== "" && scope !== "*";
  const whole = isPath ? resolve(scope) : scope;
  const problem = scopeProblem({ name, scope: whole });
  if (problem !== undefined) throw new InvalidArgumentError(problem);
  return { ...before, [name]: [...(before[name] ?? []), whole] };
}
