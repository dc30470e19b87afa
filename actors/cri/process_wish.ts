/** What somebody wants of a container's processes. */
export interface ProcessWish {
  /** Without one, the container's own process is meant. */
  readonly command?: readonly string[];
  /** Somebody writes to its input; else that is empty. */
  readonly hasInput: boolean;
  /** A command talks to a terminal of its own. */
  readonly hasTerminal: boolean;
}
