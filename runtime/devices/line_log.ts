import { createWriteStream, type WriteStream } from "node:fs";
import type { Device, DeviceDefinition } from "./device.ts";

/** A line for a log. */
export interface LineRequest {
  readonly line: string;
}

/**
 * A device that writes lines to the end of a file, in the order in which they come; `-` is the process's own output. What
 * cannot be written is told in the answer, and lost.
 */
export function lineLog(name: string, path: string): DeviceDefinition {
  return {
    name,
    needs: () => undefined,
    open(): Device {
      let file: WriteStream | undefined;
      const opened = () => {
        file ??= createWriteStream(path, { flags: "a", mode: 0o600 }).on("error", () => {});
        return file;
      };
      return {
        request(any, done) {
          const { line } = any as LineRequest;
          const told = (error?: Error | null) => done(error ? { ok: false, message: error.message } : { ok: true });
          if (path === "-") process.stdout.write(`${line}\n`, told);
          else opened().write(`${line}\n`, told);
        },
        close() {
          file?.end();
        },
      };
    },
  };
}
