/**
 * How containers are given devices: drivers describe each in a file, and a runtime edits containers as the files say.
 *
 * @see https://github.com/cncf-tags/container-device-interface/blob/main/SPEC.md
 */

/** Where a node has the files. */
export const cdiFolder = "/var/run/cdi";

/** What a file says. */
export interface CdiSpec {
  readonly cdiVersion: string;
  /** `vendor.com/class`: with `=` and a device's name behind it, it names a device among all. */
  readonly kind: string;
  readonly devices: readonly CdiDevice[];
}

/** One device, and what becomes of a container that is given it. */
export interface CdiDevice {
  readonly name: string;
  /** What its driver notes of it for itself. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Variables as `NAME=value`. */
  readonly containerEdits: { readonly env?: readonly string[] };
}

/** The spec that a file holds; none where it is not one: others' files are left aside, as runtimes do. */
export function readSpec(file: string): readonly CdiSpec[] {
  try {
    const spec = JSON.parse(file) as Partial<CdiSpec> | null;
    const isSpec = typeof spec?.kind === "string" && Array.isArray(spec.devices);
    return isSpec ? [spec as CdiSpec] : [];
  } catch {
    return [];
  }
}
