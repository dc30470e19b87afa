/**
 * What v1 fills in for a pod's spec, in pods and in the templates of workloads alike.
 */
import { imageOfVolume } from "../image_volume.ts";
import { containerResources } from "../pod.ts";
import { isPodLevelName, podLevelResources, setPodLevelRequests } from "../pod_level_resources.ts";
import { formatQuantity } from "../quantity.ts";
import { type Container, type PodSpec, type Probe, setOwn, type Volume } from "../types.ts";

const fileMode = 0o644;

type HttpGet = NonNullable<Probe["httpGet"]>;

/** Fills in the defaults of a pod's spec. */
export function defaultPodSpec(spec: PodSpec): void {
  spec.restartPolicy ??= "Always";
  spec.terminationGracePeriodSeconds ??= 30;
  spec.dnsPolicy ??= "ClusterFirst";
  spec.securityContext ??= {};
  spec.schedulerName ??= "default-scheduler";
  const account = spec.serviceAccountName ?? spec.serviceAccount;
  if (account !== undefined) {
    // `serviceAccount` is the old name of the field; a server always shows both.
    spec.serviceAccountName = account;
    spec.serviceAccount = account;
  }
  for (const container of allContainers(spec)) defaultContainer(container);
  for (const container of spec.ephemeralContainers ?? []) defaultContainer(container);
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
}

/** The init and the ordinary containers of a spec. */
export function allContainers(spec: PodSpec): Container[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
}

function defaultContainer(container: Container): void {
  container.imagePullPolicy ??= pullPolicyOf(container.image);
  container.terminationMessagePath ??= "/dev/termination-log";
  container.terminationMessagePolicy ??= "File";
  container.resources ??= {};
  for (const port of container.ports ?? []) port.protocol ??= "TCP";
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef !== undefined) valueFrom.fieldRef.apiVersion ??= "v1";
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) {
    if (probe !== undefined) defaultProbe(probe);
  }
  defaultHttpGet(container.lifecycle?.postStart?.httpGet);
  defaultHttpGet(container.lifecycle?.preStop?.httpGet);
}

/** Fills in the node's ports of a pod in its node's network; those of a template stay as they were written. */
export function defaultHostPorts(spec: PodSpec): void {
  if (!spec.hostNetwork) return;
  for (const { ports = [] } of allContainers(spec)) for (const port of ports) port.hostPort ||= port.containerPort;
}

function pullPolicyOf(image = ""): "Always" | "IfNotPresent" {
  return imageTag(image) === "latest" ? "Always" : "IfNotPresent";
}

/** The tag of an image; none at all means `latest`, and a digest alone means no tag. */
function imageTag(image: string): string {
  const name = image.slice(image.lastIndexOf("/") + 1);
  const [tagged = "", digest] = name.split("@");
  const colon = tagged.indexOf(":");
  if (colon >= 0) return tagged.slice(colon + 1);
  return digest === undefined ? "latest" : "";
}

function defaultProbe(probe: Probe): void {
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  if (probe.grpc !== undefined) probe.grpc.service ??= "";
  defaultHttpGet(probe.httpGet);
}

function defaultHttpGet(httpGet: HttpGet | undefined): void {
  if (httpGet === undefined) return;
  httpGet.path ||= "/";
  httpGet.scheme ||= "HTTP";
}

function defaultVolume(volume: Volume): void {
  if (Object.keys(volume).length === 1 && volume.name !== undefined) volume.emptyDir = {};
  if (volume.secret !== undefined) volume.secret.defaultMode ??= fileMode;
  if (volume.configMap !== undefined) volume.configMap.defaultMode ??= fileMode;
  if (volume.hostPath !== undefined) volume.hostPath.type ??= "";
  if (volume.downwardAPI !== undefined) {
    volume.downwardAPI.defaultMode ??= fileMode;
    for (const { fieldRef } of volume.downwardAPI.items ?? []) if (fieldRef !== undefined) fieldRef.apiVersion ??= "v1";
  }
  if (volume.ephemeral?.volumeClaimTemplate !== undefined) {
    volume.ephemeral.volumeClaimTemplate.spec.volumeMode ??= "Filesystem";
  }
  const image: { pullPolicy?: string; readonly reference?: string } | undefined = imageOfVolume(volume);
  if (image !== undefined) image.pullPolicy ??= pullPolicyOf(image.reference);
  if (volume.projected === undefined) return;
  volume.projected.defaultMode ??= fileMode;
  for (const { serviceAccountToken, downwardAPI } of volume.projected.sources ?? []) {
    if (serviceAccountToken !== undefined) serviceAccountToken.expirationSeconds ??= 3600;
    for (const { fieldRef } of downwardAPI?.items ?? []) if (fieldRef !== undefined) fieldRef.apiVersion ??= "v1";
  }
}

/** Takes the requests that a container does not name from its limits: only in pods, not in templates. */
export function defaultRequests(spec: PodSpec): void {
  for (const { resources } of allContainers(spec)) {
    if (resources?.limits === undefined) continue;
    resources.requests ??= {};
    for (const name in resources.limits) {
      if (!Object.hasOwn(resources.requests, name)) {
        setOwn(resources.requests, { key: name, value: resources.limits[name] });
      }
    }
  }
}

/** What a pod as a whole does not ask for is what its containers ask for or, where none does, what it may have. */
export function defaultPodLevelRequests(spec: PodSpec): void {
  const whole = podLevelResources(spec);
  if (!whole) return;
  const requests: Record<string, string> = { ...whole.requests };
  for (const [name, amount] of containerResources(spec, "requests")) {
    if (isPodLevelName(name)) requests[name] ??= formatQuantity(amount);
  }
  for (const [name, amount] of Object.entries(whole.limits ?? {})) if (isPodLevelName(name)) requests[name] ??= amount;
  if (Object.keys(requests).length > 0) setPodLevelRequests(spec, requests);
}
