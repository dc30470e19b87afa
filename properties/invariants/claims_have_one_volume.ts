import type { PersistentVolume } from "../../actors/api/kinds/persistent_volume.ts";
import type { PersistentVolumeClaim } from "../../actors/api/kinds/persistent_volume_claim.ts";
import type { Frozen } from "../../actors/api/types.ts";
import { isFullyBound } from "../../actors/api/volume_binding.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";

type Claim = Frozen<PersistentVolumeClaim>;
type Volume = Frozen<PersistentVolume>;

const claimPrefix = "/registry/persistentvolumeclaims/";
const volumePrefix = "/registry/persistentvolumes/";

/** A claim that is bound has one volume for good, a volume has one claim, and what is in it is kept as long as that is there. */
export const claimsHaveOneVolume: Invariant = {
  name: "claims and volumes are bound one to one, and keep their data",
  watch(world) {
    return {
      commit({ key, object, previous }) {
        if (key.startsWith(claimPrefix))
          return claimWrong(world, object as Claim | undefined, previous as Claim | undefined);
        if (!key.startsWith(volumePrefix)) return undefined;
        return volumeWrong(world, object as Volume | undefined, previous as Volume | undefined);
      },
      runtime(event) {
        if (event.type !== "volume.removed") return undefined;
        const claim = boundClaims(world).find(({ spec }) => handleOf(world, spec.volumeName) === event.volume);
        return claim && `the data of claim ${claim.metadata.name} were removed while it is there`;
      },
    };
  },
};

function boundClaims(world: World): readonly Claim[] {
  return world.list<PersistentVolumeClaim>(claimPrefix).filter(isFullyBound);
}

function handleOf(world: World, name: string | undefined): string | undefined {
  return world.get<PersistentVolume>(`${volumePrefix}${name}`)?.spec.csi?.volumeHandle;
}

function claimWrong(world: World, now: Claim | undefined, before: Claim | undefined): string | undefined {
  if (!now || !isFullyBound(now)) return undefined;
  const { name, uid } = now.metadata;
  const { volumeName = "" } = now.spec;
  const had = before && isFullyBound(before) ? before.spec.volumeName : volumeName;
  if (had !== volumeName) return `claim ${name} was bound to ${had}, and is to ${volumeName}`;
  const other = boundClaims(world).find((each) => each.metadata.uid !== uid && each.spec.volumeName === volumeName);
  return other && `claims ${name} and ${other.metadata.name} are both bound to ${volumeName}`;
}

function volumeWrong(world: World, now: Volume | undefined, before: Volume | undefined): string | undefined {
  const owner = before?.spec.claimRef?.uid;
  const claim = boundClaims(world).find(({ metadata }) => owner !== undefined && metadata.uid === owner);
  if (!claim || claim.spec.volumeName !== before?.metadata.name) return undefined;
  if (!now) return `volume ${claim.spec.volumeName} went while claim ${claim.metadata.name} is bound to it`;
  const next = now.spec.claimRef?.uid;
  return next === owner ? undefined : `volume ${now.metadata.name} is given away while ${claim.metadata.name} has it`;
}
