import { failed, ok, type Result } from "../kit/result.ts";
import { detached, type Ground } from "./instances.ts";
import type { CloudFailure, CloudVolume, CloudVolumes, VolumeRequest } from "./messages.ts";
import type { Provider } from "./provider.ts";
import type { CloudState } from "./state.ts";

/** The volumes after a request, and what who asked is told. */
export interface VolumesAfter {
  readonly volumes: readonly CloudVolume[];
  readonly value: unknown;
}

type Done = Result<VolumesAfter, CloudFailure>;

/** Does what a provider is asked for about volumes; what is so already is done. */
export function volumesAfter(state: CloudState, request: VolumeRequest, { provider, sinceMs }: Ground): Done {
  const { volumes } = state;
  switch (request.op) {
    case "ListVolumes":
      return ok({ volumes, value: { volumes, sinceMs } satisfies CloudVolumes });
    case "CreateVolume":
      return created(state, request, provider);
    case "KeepVolume":
      return changed(state, request.name, (each) => ok(each.isKept ? each : { ...each, isKept: true }));
    case "ExpandVolume":
      return changed(state, request.name, (each) =>
        ok(each.bytes < request.bytes ? { ...each, bytes: request.bytes } : each),
      );
    case "DeleteVolume":
      return deleted(state, request);
    case "AttachVolume":
      return changed(state, request.name, (each) => attached(each, { state, provider, instance: request.instance }));
    case "DetachVolume":
      return changed(state, request.name, (each) => ok(each.instance === request.instance ? detached(each) : each));
  }
}

type RequestOf<Op extends VolumeRequest["op"]> = Extract<VolumeRequest, { readonly op: Op }>;

function created({ volumes }: CloudState, { volume }: RequestOf<"CreateVolume">, { zones }: Provider): Done {
  const before = volumes.find(({ name }) => name === volume.name);
  if (before && (before.zone !== volume.zone || before.bytes < volume.bytes)) {
    return refused("inUse", `IdempotentParameterMismatch: volume "${volume.name}" exists in another form`);
  }
  if (before) return ok({ volumes, value: before });
  if (!zones.includes(volume.zone)) return refused("notFound", `InvalidZone.NotFound: "${volume.zone}" does not exist`);
  const made = { ...volume, isKept: false };
  return ok({ volumes: [...volumes, made], value: made });
}

function deleted({ volumes }: CloudState, { name, isUnkept = false }: RequestOf<"DeleteVolume">): Done {
  const found = volumes.find((each) => each.name === name);
  if (!found) return missing(name);
  if (found.instance !== undefined) {
    return refused("inUse", `VolumeInUse: volume "${name}" is attached to ${found.instance}`);
  }
  if (isUnkept && found.isKept) return refused("inUse", `VolumeInUse: volume "${name}" is kept`);
  return ok({ volumes: volumes.filter((each) => each !== found), value: undefined });
}

interface Attaching {
  readonly state: CloudState;
  readonly provider: Provider;
  readonly instance: string;
}

function attached(
  volume: CloudVolume,
  { state, provider, instance: id }: Attaching,
): Result<CloudVolume, CloudFailure> {
  const { name, zone, instance: holder } = volume;
  if (holder === id) return ok(volume);
  if (holder !== undefined) return refused("inUse", `VolumeInUse: volume "${name}" is attached to ${holder}`);
  const instance = state.instances.find((each) => each.id === id);
  if (!instance) return missing(id);
  if (instance.zone !== zone) {
    return refused("limit", `InvalidVolume.ZoneMismatch: volume "${name}" is in ${zone}, ${id} in ${instance.zone}`);
  }
  const count = state.volumes.filter((each) => each.instance === id).length;
  if (count < provider.attachMax) return ok({ ...volume, instance: id });
  return refused("limit", `AttachmentLimitExceeded: ${id} has ${count} volumes, which is all that it can have`);
}

function changed(
  { volumes }: CloudState,
  name: string,
  change: (volume: CloudVolume) => Result<CloudVolume, CloudFailure>,
): Done {
  const found = volumes.find((each) => each.name === name);
  if (!found) return missing(name);
  const after = change(found);
  if (!after.ok) return after;
  const value = after.value;
  return ok({ volumes: value === found ? volumes : volumes.map((each) => (each === found ? value : each)), value });
}

const missing = (what: string) => refused("notFound", `NotFound: "${what}" does not exist`);

function refused(reason: CloudFailure["reason"], message: string) {
  return failed({ reason, message });
}
