const short: Readonly<Record<string, string>> = {
  ReadWriteOnce: "RWO",
  ReadOnlyMany: "ROX",
  ReadWriteMany: "RWX",
  ReadWriteOncePod: "RWOP",
};

/** How a volume may be used, as kubectl shows it, always in the same order. */
export function accessModesText(modes: readonly string[] | undefined): string {
  const has = new Set(modes);
  return Object.entries(short)
    .filter(([mode]) => has.has(mode))
    .map(([, text]) => text)
    .join(",");
}
