import { type Permissions, permissionNames, scopeProblem } from "../../../runtime/mod.ts";
import type { Frozen, Pod } from "../../api/types.ts";
import { permissionsAnnotation } from "../../cri/messages.ts";
import { failed, ok, type Result } from "../../kit/result.ts";

/** A text of a user that is longer is cut in messages. */
const shownMax = 80;
const example = '{"read": ["/srv/data"], "net": ["127.0.0.1:5432"]}';

type Name = (typeof permissionNames)[number];

/** What a pod grants one of its containers by annotation: `undefined` is nothing; fails with what is wrong. */
export function containerPermissions(
  { metadata: { annotations = {} } }: Frozen<Pod>,
  container: string,
): Result<Permissions | undefined, string> {
  const own = `${permissionsAnnotation}.${container}`;
  const annotation = annotations[own] === undefined ? permissionsAnnotation : own;
  const text = annotations[annotation];
  if (text === undefined) return ok(undefined);
  const refuse = (why: string) =>
    failed(`Cannot grant permissions to container "${container}": annotation ${annotation} ${why}`);
  const given = parsed(text);
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    return refuse(`is ${shown(text)}, give JSON such as ${example}`);
  }
  const granted: { [Each in Name]?: readonly string[] } = {};
  for (const [name, scopes] of Object.entries(given)) {
    if (!isName(name)) return refuse(`grants ${shown(name)}, use ${permissionNames.join(", ")}`);
    if (!Array.isArray(scopes) || !scopes.every((scope): scope is string => typeof scope === "string")) {
      return refuse(`grants "${name}" of ${shown(JSON.stringify(scopes))}, give a list of texts, such as ${example}`);
    }
    for (const scope of scopes) {
      const problem = scopeProblem({ name, scope });
      if (problem !== undefined) return refuse(`grants "${name}" of ${shown(scope)}, ${problem}`);
    }
    granted[name] = scopes.map((scope) => (isPath(name) ? withoutSlash(scope) : scope));
  }
  return ok(granted);
}

function isName(name: string): name is Name {
  return (permissionNames as readonly string[]).includes(name);
}

function isPath(name: Name): boolean {
  return name === "read" || name === "write";
}

/** `/srv/data/` is `/srv/data`. */
function withoutSlash(path: string): string {
  let end = path.length;
  while (end > 1 && path[end - 1] === "/") end--;
  return path.slice(0, end);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function shown(text: string): string {
  return JSON.stringify(text.length > shownMax ? `${text.slice(0, shownMax)}...` : text);
}
