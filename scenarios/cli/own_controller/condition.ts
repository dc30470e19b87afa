import { spawn } from "node:child_process";
import { parseJsonPath, valuesAt } from "../../../actors/api/custom/json_path.ts";
import { InputError } from "../../cluster/input_error.ts";
import { type Admin, pathOf } from "./admin.ts";

/** What must hold in the end; undefined: it does, else what is missing, in words. */
export type Condition = (admin: Admin) => Promise<string | undefined>;

interface Asked {
  readonly text: string;
  readonly resource: string;
  readonly name: string | undefined;
  readonly namespace: string;
  readonly wanted: string;
}

/**
 * Reads a condition: `widgets/shop {.status.ready}=3`, `configmaps -n web count=2`, `pods/old gone`. Without a name the
 * path's value must be so in each object of the resource, of which there must be one at least.
 *
 * @throws InputError when it is none
 */
export function condition(text: string): Condition {
  const [what = "", ...rest] = text.trim().split(/\s+/);
  const at = rest.indexOf("-n");
  const namespace = at < 0 ? "default" : (rest[at + 1] ?? "");
  const wanted = (at < 0 ? rest : rest.toSpliced(at, 2)).join(" ");
  const [resource = "", name] = what.split("/", 2);
  const asked: Asked = { text, resource, name, namespace, wanted };
  const count = /^count=(\d+)$/.exec(wanted);
  if (count)
    return (admin) =>
      judge(asked, admin, (items) => (items.length === Number(count[1]) ? undefined : `there are ${items.length}`));
  if (wanted === "gone")
    return (admin) => judge(asked, admin, (items) => (items.length === 0 ? undefined : "it is there"));
  const [, pathText = "", value = ""] = /^(\{.*\})=(.*)$/.exec(wanted) ?? [];
  const path = pathText === "" ? undefined : parseJsonPath(pathText);
  if (!path || resource === "") {
    throw new InputError(
      `Cannot wait for "${text}": give a resource and what must hold, such as "widgets/shop {.status.ready}=3", "configmaps count=2" or "pods/old gone"`,
    );
  }
  return (admin) =>
    judge(asked, admin, (items) => {
      if (items.length === 0) return "it is not there";
      const values = items.map((item) => valuesAt(item, path).map(String).join(" "));
      const other = values.find((each) => each !== value);
      return other === undefined ? undefined : `it is "${other}"`;
    });
}

/** The condition that a command exits with 0; it has the administrator's kubeconfig. */
export function commandCondition(command: string): Condition {
  return ({ kubeconfig }) =>
    new Promise((resolve, reject) => {
      const child = spawn("sh", ["-c", command], { stdio: "ignore", env: { ...process.env, KUBECONFIG: kubeconfig } });
      child.on("error", reject);
      child.on("exit", (code) => resolve(code === 0 ? undefined : `"${command}" exits with ${code}`));
    });
}

async function judge(
  { text, resource, name, namespace }: Asked,
  admin: Admin,
  verdict: (items: readonly unknown[]) => string | undefined,
): Promise<string | undefined> {
  const found = await admin.resource(resource);
  if (!found) return `${text}: there is no resource "${resource}"`;
  const place = { resource: found, ...(found.namespaced ? { namespace } : {}) };
  const { code, body } = await admin.ask("GET", pathOf({ ...place, ...(name === undefined ? {} : { name }) }));
  if (code !== 200 && code !== 404) return `${text}: ${body.message}`;
  const items = code === 404 ? [] : name === undefined ? (body.items as readonly unknown[]) : [body];
  const problem = verdict(items);
  return problem === undefined ? undefined : `${text}: ${problem}`;
}
