import { resolve } from "node:path";
import { InputError } from "../cluster/input_error.ts";

/** Reads `--runtime`: the path of the socket at which a containerd serves the CRI. */
export function realRuntimeSocket(text: string): string {
  const [, path] = /^containerd=(?:unix:\/\/)?(.+)$/s.exec(text) ?? [];
  if (path !== undefined) return resolve(path);
  throw new InputError(
    `Cannot use ${JSON.stringify(text)} as a container runtime: give the socket of a containerd, such as containerd=/run/containerd/containerd.sock`,
  );
}
