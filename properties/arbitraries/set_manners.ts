import fc from "fast-check";
import type { Command } from "../workload/command.ts";

/** How the StatefulSets and DaemonSets of a run are updated. */
export interface SetManner {
  /** StatefulSets leave the pods below this number as they are. Default: none. */
  readonly partition?: number;
  /** So many nodes of a DaemonSet are without, or have two daemons, while it is updated. Default: one. */
  readonly share?: string;
  /** The numbers of StatefulSets' pods begin here. Default: 0. */
  readonly start?: number;
}

/** Where the numbers of a run's StatefulSets begin: mostly at zero. */
export function setStarts(): fc.Arbitrary<Pick<SetManner, "start">> {
  return fc.constantFrom({}, {}, {}, { start: 1 }, { start: 3 });
}

/** As runs mostly have it, or with a part of the sets left as it is, and shares instead of numbers. */
export function setManners(): fc.Arbitrary<SetManner> {
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.constantFrom<SetManner[]>({ partition: 1 }, { partition: 2 }) },
    { weight: 1, arbitrary: fc.constantFrom<SetManner[]>({ share: "50%" }, { share: "34%" }, { share: "100%" }) },
  );
}

/** The commands for sets of that manner; one with a part that stays as it is always has that part. */
export function mannered(commands: readonly Command[], { partition, share, start }: SetManner): readonly Command[] {
  const stays = partition !== undefined;
  const least = (replicas: number) => (stays ? Math.max(1, replicas) : replicas);
  return commands.map((command): Command => {
    if (command.op === "scaleSet") return { ...command, replicas: least(command.replicas) };
    if (command.op !== "createSet") return command;
    if (command.set === "DaemonSet") return share === undefined ? command : { ...command, share };
    const numbered = start === undefined ? command : { ...command, start };
    return stays ? { ...numbered, partition, replicas: least(command.replicas) } : numbered;
  });
}
