import type { Command } from "./command.ts";

/** With this the names of ConfigMaps begin that others own. */
export const heirPrefix = "heir-";

/** What is to become of a ConfigMap that others own. */
export interface Heir {
  readonly namespace: string;
  readonly name: string;
  /** Undefined where it goes with its owners. */
  readonly owners: readonly string[] | undefined;
}

/** What is to become of all that is owned once all commands are acknowledged. */
export function heirsAfter(commands: readonly Command[]): readonly Heir[] {
  const drops = commands.filter((each) => each.op === "drop");
  return commands.flatMap((command) => {
    if (command.op !== "make" || !command.ownedBy) return [];
    const { namespace, name } = command;
    const dropOf = (owner: string) => drops.find((each) => each.name === owner && each.namespace === namespace);
    const owners = command.ownedBy.filter((owner) => !dropOf(owner));
    const isLetGo = command.ownedBy.some((owner) => dropOf(owner)?.propagationPolicy === "Orphan");
    return [{ namespace, name, owners: owners.length > 0 || isLetGo ? owners : undefined }];
  });
}
