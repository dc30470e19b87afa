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

interface Entry {
  readonly username?: string;
  readonly password?: string;
  readonly auth?: string;
}

/** The logins of a Secret of the types that Docker's files of logins have. */
export function loginsIn({ data = {} }: Pick<Frozen<Secret>, "data">): readonly Keyed[] {
  const { ".dockerconfigjson": config, ".dockercfg": old } = data;
  const entries =
    config === undefined ? parsed(old) : ((parsed(config).auths ?? {}) as Readonly<Record<string, Entry>>);
  return Object.entries(entries).flatMap(([at, entry]) => {
    const login = loginOf(entry as Entry);
    return login ? [{ ...login, at }] : [];
  });
}

function parsed(base64: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(decodeBase64(base64 ?? ""));
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

function loginOf({ username = "", password = "", auth }: Entry): RegistryLogin | undefined {
  if (auth === undefined) return username === "" ? undefined : { username, password };
  const [, name = "", secretText = ""] = /^([^:]*):(.*)$/s.exec(decodeBase64(auth)) ?? [];
  return name === "" ? undefined : { username: name, password: secretText };
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

/** A label of a host may have stars, which stand for anything in it. */
function fits(label: string, pattern: string): boolean {
  if (!pattern.includes("*")) return label === pattern;
  const parts = pattern.split("*").map((each) => each.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(label);
}
