import type { Step } from "../../../runtime/mod.ts";
import { decodeBase64 } from "../../api/base64.ts";
import { secret } from "../../api/kinds/secret.ts";
import type { Frozen, Secret } from "../../api/types.ts";
import type { RegistryLogin } from "../../cri/messages.ts";
import type { KubeletData } from "../data.ts";
import { podLog } from "../pod/pod_events.ts";
import type { PodRecord } from "../pod/pod_record.ts";

/** A login, and for which images: a registry, or a part of it. */
interface Keyed extends RegistryLogin {
  readonly at: string;
}

/** Who wants an image, and what is done with the logins for it, the most fitting first. */
export interface PullSecretsWanted {
  readonly pod: PodRecord;
  readonly image: string;
  readonly step: Step;
  readonly goOn: (logins: readonly RegistryLogin[], step: Step) => void;
}

/** Reads the Secrets that a pod names for its images; at once when it names none. One that is not there is told of. */
export function readPullSecrets(data: KubeletData, { pod, image, step, goOn }: PullSecretsWanted): void {
  const names = (pod.pod.spec.imagePullSecrets ?? []).flatMap(({ name = "" }) => (name === "" ? [] : [name]));
  const { namespace = "" } = pod.pod.metadata;
  const found: Keyed[] = [];
  const missing: string[] = [];
  const readFrom = (index: number, now: Step): void => {
    const name = names[index];
    if (name === undefined) {
      if (missing.length > 0) podLog(data, pod, now).pullSecretsMissing(missing);
      goOn(loginsFor(found, image), now);
      return;
    }
    data.client.get<Secret>(now, { kind: secret, namespace, name }, (outcome, later) => {
      if (outcome.ok) found.push(...loginsIn(outcome.value));
      else missing.push(name);
      readFrom(index + 1, later);
    });
  };
  readFrom(0, step);
}

/** What a file of logins says of a registry, which is what its writer likes. */
interface Entry {
  readonly username?: unknown;
  readonly password?: unknown;
  readonly auth?: unknown;
}

/** The logins of a Secret of the types that Docker's files of logins have. */
export function loginsIn({ data = {} }: Pick<Frozen<Secret>, "data">): readonly Keyed[] {
  const { ".dockerconfigjson": config, ".dockercfg": old } = data;
  const entries = config === undefined ? parsed(old) : record(parsed(config).auths);
  return Object.entries(entries).flatMap(([at, entry]) => {
    const login = loginOf(record(entry));
    return login ? [{ ...login, at }] : [];
  });
}

function parsed(base64 = ""): Readonly<Record<string, unknown>> {
  try {
    return record(JSON.parse(textOf(base64)));
  } catch {
    return {};
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function loginOf({ username, password, auth }: Entry): RegistryLogin | undefined {
  const plain = { username: word(username), password: word(password) };
  if (auth === undefined) return plain.username === "" ? undefined : plain;
  const [, name = "", secretText = ""] = /^([^:]*):(.*)$/s.exec(textOf(word(auth))) ?? [];
  return name === "" ? undefined : { username: name, password: secretText };
}

function word(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The text of base64; none when it is no base64. */
function textOf(base64: string): string {
  try {
    return decodeBase64(base64);
  } catch {
    return "";
  }
}

/** Those of a registry's logins that are for an image, those for the smallest part of the registry first. */
export function loginsFor(logins: readonly Keyed[], image: string): readonly RegistryLogin[] {
  const wanted = placeOf(image);
  return logins
    .map((login) => ({ login, at: keyOf(login.at) }))
    .filter(({ at }) => isPartOf(wanted, at))
    .sort((a, b) => b.at.length - a.at.length)
    .map(({ login: { username, password } }) => ({ username, password }));
}

/** The registry and the path of an image. */
function placeOf(image: string): string {
  const [first = ""] = image.split("/", 1);
  const hasRegistry = image.includes("/") && (/[.:]/.test(first) || first === "localhost");
  return hasRegistry ? image : `index.docker.io/${image.includes("/") ? image : `library/${image}`}`;
}

/** As logins are written: perhaps with a scheme, and with the version of the API behind it. */
function keyOf(at: string): string {
  const bare = at.replace(/^https?:\/\//, "").replace(/\/(v[12]\/?)?$/, "");
  return bare === "docker.io" || bare === "registry-1.docker.io" ? "index.docker.io" : bare;
}

function isPartOf(wanted: string, at: string): boolean {
  const [host = "", ...path] = wanted.split("/");
  const [keyHost = "", ...keyPath] = at.split("/");
  const labels = keyHost.split(".");
  const own = host.split(".");
  const isHost = labels.length === own.length && labels.every((label, index) => fits(own[index] ?? "", label));
  return isHost && path.join("/").startsWith(keyPath.join("/"));
}

/** A label of a host may have stars, which stand for anything in it. Each part between them is looked for once. */
function fits(label: string, pattern: string): boolean {
  const [first = "", ...others] = pattern.split("*");
  const last = others.pop();
  if (last === undefined) return label === pattern;
  if (!label.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = label.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return label.length - last.length >= at && label.endsWith(last);
}
