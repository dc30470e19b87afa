/** One end of a connection. */
export interface Endpoint {
  readonly ip: string;
  readonly port: number;
}

/**
 * How much of a connection's data may be under way in one direction before the other end has taken it, in bytes. What
 * was taken is told in portions: who writes must go on as soon as there is any room, and not wait for a piece's whole.
 */
export const socketWindowBytes = 256 * 1024;
