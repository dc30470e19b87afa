/**
 * Which pods a namespace's labels let in.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-admission/
 */
import { type FieldError, invalid } from "../field_error.ts";

/** How strict a policy is. */
export type Level = "privileged" | "baseline" | "restricted";

/** A level, and as of which minor version of Kubernetes 1 its rules are meant; undefined: the latest. */
export interface LevelVersion {
  readonly level: Level;
  readonly minor: number | undefined;
}

/** What a namespace says: whom it refuses, and of whom it only tells. */
export interface SecurityPolicy {
  readonly enforce: LevelVersion;
  readonly audit: LevelVersion;
  readonly warn: LevelVersion;
}

type Labels = Readonly<Record<string, string>>;

const prefix = "pod-security.kubernetes.io/";
const levels: readonly Level[] = ["privileged", "baseline", "restricted"];
const anyone: LevelVersion = { level: "privileged", minor: undefined };
const open: SecurityPolicy = { enforce: anyone, audit: anyone, warn: anyone };

/** Whether labels say anything of it. */
export function isLimited(labels: Labels = {}): boolean {
  for (const label in labels) if (label.startsWith(prefix)) return true;
  return false;
}

/** The policy of a namespace with these labels, and what is wrong with them: who cannot be understood enforces the most. */
export function policyOf(labels: Labels = {}): { readonly policy: SecurityPolicy; readonly errors: FieldError[] } {
  if (!isLimited(labels)) return { policy: open, errors: [] };
  const errors: FieldError[] = [];
  const [enforce, audit, warn] = (["enforce", "audit", "warn"] as const).map((mode) => read(labels, mode, errors));
  const strict = enforce ?? anyone;
  const orStrict = (own: LevelVersion | undefined) => own ?? (enforce ? strict : anyone);
  return { policy: { enforce: strict, audit: orStrict(audit), warn: orStrict(warn) }, errors };
}

function read(labels: Labels, mode: string, errors: FieldError[]): LevelVersion | undefined {
  const [levelLabel, versionLabel] = [`${prefix}${mode}`, `${prefix}${mode}-version`];
  const [text, version] = [labels[levelLabel], labels[versionLabel]];
  if (text === undefined && version === undefined) return undefined;
  const known = levels.find((each) => each === text);
  if (text !== undefined && known === undefined) {
    errors.push(invalid(`metadata.labels[${levelLabel}]`, text, `must be one of ${levels.join(", ")}`));
  }
  const [, minor] = /^v1\.(0|[1-9][0-9]{0,3})$/.exec(version ?? "") ?? [];
  if (version !== undefined && version !== "latest" && minor === undefined) {
    errors.push(invalid(`metadata.labels[${versionLabel}]`, version, 'must be "latest" or "v1.x"'));
  }
  const misread: Level = mode === "enforce" ? "restricted" : "privileged";
  const level = known ?? (text === undefined ? "privileged" : misread);
  return { level, minor: minor === undefined ? undefined : Number(minor) };
}

/** As messages name it: `restricted:latest`. */
export function levelText({ level, minor }: LevelVersion): string {
  return `${level}:${minor === undefined ? "latest" : `v1.${minor}`}`;
}

/** Whether one level refuses more than another. */
export function isStricter(level: Level, than: Level): boolean {
  return levels.indexOf(level) > levels.indexOf(than);
}
