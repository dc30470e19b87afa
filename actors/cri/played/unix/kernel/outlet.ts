import type { StreamClient } from "../../../container_image.ts";
import type { OpenFile } from "./open_file.ts";
import type { WaitList } from "./process.ts";

/** Where what processes write leaves their container. */
export interface Outlet {
  /** How many bytes may be written now; undefined: nobody is there any more. */
  room(): number | undefined;
  /** Writes as much as there is room for. */
  write(channel: "stdout" | "stderr", bytes: string): void;
  /** Who waits for room. */
  readonly writable: WaitList;
}

/** An open file through which a process writes to an outlet. */
export function outletFile(outlet: Outlet, channel: "stdout" | "stderr"): OpenFile {
  return {
    ...{ holders: 0, canRead: false, canWrite: true, writable: outlet.writable },
    read: () => "",
    write(bytes) {
      const room = outlet.room();
      if (room === undefined) return { error: "EPIPE" };
      const piece = room < bytes.length ? bytes.slice(0, room) : bytes;
      if (piece !== "") outlet.write(channel, piece);
      return piece.length;
    },
  };
}

/** The outlet to one client; `shut` when it hears no more. */
export function clientOutlet(client: StreamClient): Outlet & { shut(): void } {
  let isShut = false;
  return {
    writable: new Set(),
    room: () => (isShut ? undefined : client.room()),
    write: (channel, bytes) => client.write(channel, bytes),
    shut() {
      isShut = true;
    },
  };
}

/**
 * The outlet of a container's own process: what it writes is kept, and told to all who are attached. It waits for the
 * slowest of them.
 */
export function publicOutlet(
  clients: ReadonlySet<StreamClient>,
  keep: (channel: "stdout" | "stderr", bytes: string) => void,
): Outlet {
  return {
    writable: new Set(),
    room() {
      let room = Number.POSITIVE_INFINITY;
      for (const client of clients) room = Math.min(room, client.room());
      return room;
    },
    write(channel, bytes) {
      keep(channel, bytes);
      for (const client of clients) client.write(channel, bytes);
    },
  };
}
