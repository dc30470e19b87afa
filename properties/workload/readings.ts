/** An object as a client saw it: a ConfigMap of the readers' namespace. */
export interface SeenObject {
  readonly name: string;
  readonly version: number;
  readonly tier: string | undefined;
  /** Its data, as JSON. */
  readonly data: string;
}

/** When a client asked, and when it was answered, in virtual milliseconds. */
interface Timed {
  readonly callMs: number;
  readonly returnMs: number;
}

/** A write that was acknowledged. */
export interface WriteReading extends Timed {
  readonly op: "write";
  readonly verb: "create" | "update" | "patch" | "delete";
  readonly name: string;
  /** What it was told that there is now; a delete is told nothing. */
  readonly seen: SeenObject | undefined;
  /** The version that it was made on the condition of. */
  readonly expect: number | undefined;
  /** The one field of the data that it set; all others stay as they were. */
  readonly field: string | undefined;
}

/** A get: `seen` is undefined when there was nothing. */
export interface GetReading extends Timed {
  readonly op: "get";
  readonly name: string;
  readonly seen: SeenObject | undefined;
}

/** What a list asks of the version that it shows. */
export type ListMatch = "newest" | "any" | "notOlder" | "exact";

/** A list, in one piece or in pages. */
export interface ListReading extends Timed {
  readonly op: "list";
  readonly match: ListMatch;
  /** The version that it named; 0: none. */
  readonly asked: number;
  /** Only objects of that tier; undefined: all. */
  readonly tier: string | undefined;
  /** Of each page. */
  readonly versions: readonly number[];
  readonly items: readonly SeenObject[];
}

/** One event of a watch. */
export interface SeenEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly name: string;
  readonly version: number;
  /** Of a bookmark: all that there was at the beginning has been told. */
  readonly endsInitial: boolean;
  /** What it shows of the object, where that is looked at; what is deleted is shown as it was last. */
  readonly data?: string;
}

/** A watch, for as long as it went on. */
export interface WatchReading {
  readonly op: "watch";
  /** The version that it follows; with `isInitial` all that there is comes first. */
  readonly from: number;
  readonly isInitial: boolean;
  readonly tier: string | undefined;
  readonly events: SeenEvent[];
  readonly callMs: number;
  /** When its server said that it stands. */
  openedMs: number | undefined;
  hasEnded: boolean;
}

/** What a client did, and what it saw. */
export type Reading = WriteReading | GetReading | ListReading | WatchReading;
