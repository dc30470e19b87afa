/** The constants of TCP as Linux has them; times in milliseconds. */
export const tcpLimits = {
  /** How long an answer to the first packet may take at first; doubled for each try. */
  synMs: 1_000,
  /** So often the first packet is sent again: a client gives up after 127 seconds. */
  synRetriesMax: 6,
  /** So often the answer to it is. */
  synackRetriesMax: 5,
  /** What is not acknowledged is sent again after the round-trip time and at least so long; doubled for each try. */
  resendMs: 200,
  resendMsMax: 120_000,
  /** So often; after about a quarter of an hour the connection is given up. */
  resendsMax: 15,
  /** A closed window that is asked for counts as tried at most so often, while answers come. */
  answeredProbesMax: 10,
  /** So long an acknowledgement waits for data to travel with. */
  ackDelayMs: 40,
  /** The most that one packet carries, as with segmentation offload. */
  segmentBytesMax: 64 * 1024,
  /** So long late packets of a connection that has ended are still known as such. */
  timeWaitMs: 60_000,
  timeWaitMax: 1_000,
} as const;
