/** One watch of the client, as the gate sees it. */
export interface OpenWatch {
  readonly resource: string;
  /** Passes one event on, a line of JSON. */
  write(line: string): void;
  /** Ends the stream as a server does that closes it. */
  end(): void;
}

/** What of one watch's events goes on, and when. */
export interface GatedWatch {
  push(line: string): void;
  closed(): void;
}

/** How events are held back. */
export interface HoldOptions {
  /** Only those of this resource. Default: all. */
  readonly resource?: string | undefined;
  /** Of each object only the newest state is passed on in the end. Default false. */
  readonly coalesce?: boolean;
}

/** The gate that all watches of a client go through. */
export interface WatchGate {
  attach(watch: OpenWatch): GatedWatch;
  /** Holds events back until the result is called. */
  hold(options: HoldOptions): () => void;
  /** Closes all watches, or those of a resource; the next one of each from a version is told that it is too old. */
  expire(resource: string | undefined): void;
  /** Whether a new watch from a version must be told so; asked once for each. */
  isExpired(resource: string): boolean;
}

interface WatchEvent {
  readonly type: string;
  readonly object: { readonly metadata?: { readonly namespace?: string; readonly name?: string } };
}

/** Makes a gate; nothing is held. */
export function createWatchGate(): WatchGate {
  const holds = new Set<HoldOptions>();
  const open = new Map<OpenWatch, { held: string[] }>();
  const expired = new Set<string>();
  const seen = new Set<string>();
  const holding = (resource: string) => [...holds].filter((each) => (each.resource ?? resource) === resource);

  function flush(coalesce: boolean) {
    for (const [watch, state] of open) {
      if (holding(watch.resource).length > 0) continue;
      const lines = state.held.splice(0);
      for (const line of coalesce ? newestOfEach(lines) : lines) watch.write(line);
    }
  }

  return {
    attach(watch) {
      const state = { held: [] as string[] };
      open.set(watch, state);
      seen.add(watch.resource);
      return {
        push(line) {
          if (holding(watch.resource).length > 0) state.held.push(line);
          else watch.write(line);
        },
        closed: () => void open.delete(watch),
      };
    },
    hold(options) {
      const hold = { ...options };
      holds.add(hold);
      return () => {
        if (holds.delete(hold)) flush(options.coalesce ?? false);
      };
    },
    expire(resource) {
      for (const each of resource === undefined ? seen : [resource]) expired.add(each);
      for (const watch of [...open.keys()]) {
        if ((resource ?? watch.resource) !== watch.resource) continue;
        open.delete(watch);
        watch.end();
      }
    },
    isExpired: (resource) => expired.delete(resource),
  };
}

/** As a relist shows it: an object that came and went is never seen, one that was replaced is another state of it. */
export function newestOfEach(lines: readonly string[]): readonly string[] {
  const newest = new Map<string, { first: string; line: string; event: WatchEvent }>();
  for (const line of lines) {
    const event = JSON.parse(line) as WatchEvent;
    const { namespace = "", name } = event.object.metadata ?? {};
    const key = name === undefined ? `${event.type} without a name` : `${namespace}/${name}`;
    const first = newest.get(key)?.first ?? event.type;
    newest.delete(key);
    newest.set(key, { first, line, event });
  }
  return [...newest.values()].flatMap(({ first, line, event }) => {
    if (event.type === "DELETED") return first === "ADDED" ? [] : [line];
    const type = first === "ADDED" ? "ADDED" : event.type === "ADDED" ? "MODIFIED" : event.type;
    return [type === event.type ? line : JSON.stringify({ ...event, type })];
  });
}
