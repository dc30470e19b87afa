import type { Container, Frozen, Probe } from "../../api/types.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { KubeletData } from "../data.ts";
import type { ContainerRecord, PodRecord, Subject } from "../pod/pod_record.ts";

type HttpGetAction = NonNullable<Frozen<Probe>["httpGet"]>;

/** Where a request of the kubelet goes, and what its header says. */
export interface HttpTarget {
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** As whom a kubelet of this version probes, and runs the hooks of containers. */
const probeAgent = "kube-probe/1.34";
export const hookAgent = "kube-lifecycle/1.34";

/** The IP at which the kubelet reaches a pod. */
export function podIpOf(data: KubeletData, { pod, sandbox }: PodRecord): string {
  return pod.spec.hostNetwork ? data.hostIp : (sandbox?.ip ?? "");
}

/** The number of a port that is named by its number or its name; fails with the words that say why there is none. */
export function portOf({ spec }: Pick<ContainerRecord, "spec">, port: number | string): Result<number, string> {
  const named = typeof port === "number" ? port : namedPort(spec, port);
  const found = named === undefined ? parsedPort(String(port)) : ok(named);
  if (!found.ok) return found;
  return found.value > 0 && found.value < 65_536 ? found : failed(`invalid port number: ${found.value}`);
}

function namedPort({ ports = [] }: Frozen<Container>, name: string): number | undefined {
  return ports.find((each) => each.name === name)?.containerPort;
}

function parsedPort(text: string): Result<number, string> {
  if (/^[+-]?\d+$/.test(text)) return ok(Number(text));
  return failed(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** The request that an HTTP probe or hook makes. */
export function httpGetTarget(
  data: KubeletData,
  { pod, container }: Subject,
  { host, path = "", scheme = "HTTP", httpHeaders = [], port: named }: HttpGetAction,
  agent: string = probeAgent,
): Result<HttpTarget, string> {
  const found = portOf(container, named);
  if (!found.ok) return found;
  const port = found.value;
  const ip = host || podIpOf(data, pod);
  const place = ip.includes(":") ? `[${ip}]` : ip;
  const url = `${scheme.toLowerCase()}://${place}:${port}${path.startsWith("/") ? path : `/${path}`}`;
  const headers: [string, string][] = httpHeaders.map(({ name, value }) => [name, value]);
  const has = (wanted: string) => headers.some(([name]) => name.toLowerCase() === wanted);
  if (!has("user-agent")) headers.push(["User-Agent", agent]);
  if (!has("accept")) headers.push(["Accept", "*/*"]);
  headers.push(["Connection", "close"]);
  // An empty value is how a header that is always sent is left out.
  const sent = headers.filter(([name, value]) => value !== "" || name.toLowerCase() !== "accept");
  return ok({ url, headers: sent });
}
