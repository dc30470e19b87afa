import { diskNeeds } from "../../../runtime/devices/disk_paths.ts";
import { netNeeds } from "../../../runtime/devices/net_rules.ts";
import type { FreeDevice } from "../../../runtime/hosts/free/free_cast.ts";

/** The real devices of the hosts' tests. */
export const devices = ({ diskFolder }: { readonly diskFolder: string }): readonly FreeDevice[] => [
  {
    name: "disk",
    needs: diskNeeds,
    load: async () => (await import("../../../runtime/devices/disk.ts")).disk(diskFolder),
  },
  {
    name: "loader",
    needs: () => undefined,
    // Devices may import what nobody knew when the bundle was made.
    open: () => ({
      request: (url, done) =>
        void import(String(url)).then(({ content }: { readonly content: unknown }) => done(content)),
      close() {},
    }),
  },
  { name: "net", needs: netNeeds, load: async () => (await import("../../../runtime/devices/https.ts")).https },
];
