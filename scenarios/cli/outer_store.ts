import type { EtcdEndpoint } from "../../actors/etcd/outside/messages.ts";
import { InputError } from "../cluster/input_error.ts";

/** Reads `--store`: where an etcd is that the cluster's API servers are to use. */
export function outerStore(text: string): EtcdEndpoint {
  const [, host, digits] = /^etcd:\/\/([^/:@?#[\]]+|\[[0-9a-fA-F:]+\]):(\d{1,5})\/?$/.exec(text) ?? [];
  const port = Number(digits);
  if (host === undefined || port < 1 || port > 65_535) {
    throw new InputError(
      `Cannot use ${JSON.stringify(text)} as the store: it is no etcd://host:port (by plain TCP, without certificates), give one such as etcd://127.0.0.1:2379`,
    );
  }
  return { host, port };
}
