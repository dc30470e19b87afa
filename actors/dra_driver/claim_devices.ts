import type { AllocatedDevice, Allocation, DeviceConfig } from "../api/device_claims.ts";
import type { ResourceClaim } from "../api/kinds/resource_claim.ts";
import type { Frozen } from "../api/types.ts";
import type { CdiDevice, CdiSpec } from "../kit/cdi.ts";
import { failed, ok, type Result } from "../kit/result.ts";
import type { PreparedDevice } from "./messages.ts";

/** A claim as a driver has it ready: what the kubelet is told, and the file that tells runtimes. */
export interface ReadyClaim {
  readonly devices: readonly PreparedDevice[];
  readonly spec: CdiSpec;
}

/** For which devices an entry of a file is, as its driver notes it: `pool/device`, with blanks between several. */
const devicesNote = "devices";
const cdiVersion = "0.3.0";

/**
 * What a driver makes of a claim: for each request a device of the CDI, which sets variables in containers. As
 * Kubernetes' test driver has it, these are `claim_CLAIM_REQUEST=true`, and of what classes and claims say as parameters
 * (an object of texts) `admin_NAME` and `user_NAME`.
 */
export function readyClaim(claim: Frozen<ResourceClaim>, driver: string): Result<ReadyClaim, string> {
  const { results = [], config = [] } = claim.status.allocation?.devices ?? {};
  const own = results.filter((result) => result.driver === driver);
  const kind = `${driver}/test`;
  const byRequest = new Map<string, AllocatedDevice[]>();
  for (const result of own) {
    const request = baseRequest(result.request);
    byRequest.set(request, [...(byRequest.get(request) ?? []), result]);
  }
  const entries: CdiDevice[] = [];
  for (const [request, devices] of byRequest) {
    const env = variables(claim, { request, results: devices, config, driver });
    if (!env.ok) return env;
    // Who looks on does not have them.
    const held = devices.filter(({ adminAccess }) => adminAccess !== true).map(nameOf);
    entries.push({
      name: deviceName(claim, request),
      ...(held.length > 0 && { annotations: { [devicesNote]: held.join(" ") } }),
      containerEdits: { env: env.value },
    });
  }
  const devices = own.map(({ request, pool, device }) => {
    return { request, pool, device, cdiDevices: [`${kind}=${deviceName(claim, baseRequest(request))}`] };
  });
  return ok({ devices, spec: { cdiVersion, kind, devices: entries } });
}

/** The devices that are held by what a file says. */
export function heldBy({ devices }: CdiSpec): readonly string[] {
  return devices.flatMap(({ annotations }) => annotations?.[devicesNote]?.split(" ") ?? []);
}

function nameOf({ pool, device }: Frozen<AllocatedDevice>): string {
  return `${pool}/${device}`;
}

/** What comes before the wish that was met, where there were several. */
export function baseRequest(request: string): string {
  return request.split("/")[0] ?? "";
}

function deviceName({ metadata }: Frozen<ResourceClaim>, request: string): string {
  return `claim-${metadata.uid}-${request}`;
}

interface Wanted {
  readonly request: string;
  readonly results: readonly Frozen<AllocatedDevice>[];
  readonly config: NonNullable<NonNullable<Frozen<Allocation>["devices"]>["config"]>;
  readonly driver: string;
}

/** In order of their names. */
function variables(
  claim: Frozen<ResourceClaim>,
  { request, results, config, driver }: Wanted,
): Result<readonly string[], string> {
  const env = new Map<string, string>();
  for (const [index, { source, requests = [], opaque }] of config.entries()) {
    const isMeant =
      requests.length === 0 || results.some((each) => requests.includes(each.request) || requests.includes(request));
    if (!isMeant || opaque?.driver !== driver) continue;
    const found = parametersOf(opaque);
    const who = source === "FromClass" ? "admin" : "user";
    if (!found.ok) return failed(`parameters in config #${index}: decoding ${who} parameters: ${found.failure}`);
    for (const [name, value] of Object.entries(found.value)) env.set(`${who}_${name}`, value);
  }
  env.set(`claim_${claim.metadata.name}_${request}`.replace(/[^a-zA-Z0-9]/g, "_"), "true");
  return ok([...env].map(([name, value]) => `${name}=${value}`).sort());
}

function parametersOf({
  parameters,
}: Frozen<NonNullable<DeviceConfig["opaque"]>>): Result<Record<string, string>, string> {
  if (typeof parameters !== "object" || parameters === null)
    return failed(`not an object: ${JSON.stringify(parameters)}`);
  const entries = Object.entries(parameters as Record<string, unknown>);
  const other = entries.find(([, value]) => typeof value !== "string");
  if (other) return failed(`${other[0]} is not a text: ${JSON.stringify(other[1])}`);
  return ok(Object.fromEntries(entries) as Record<string, string>);
}
