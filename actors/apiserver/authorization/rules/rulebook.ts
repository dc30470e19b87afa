import type { RoleRef } from "kubernetes-types/rbac/v1.js";
import type { Frozen } from "../../../api/types.ts";
import type { User } from "../../messages.ts";
import { type BindingIndex, bindingsOf, createBindingIndex, sourceText } from "./binding_index.ts";
import { allowsPath, isAbout, isForName, type Rule, type Wish } from "./coverage.ts";

/** Finds the rules of a role; undefined: there is no such role. */
export type RulesOfRole = (kind: string, namespace: string, name: string) => readonly Rule[] | undefined;

/** Rules that somebody has, each with why, and what is wrong with the roles that they are bound to. */
export interface HeldRules {
  readonly rules: readonly { readonly rule: Rule; readonly source: string }[];
  readonly errors: readonly string[];
}

/** What was found of one wish: why it is granted for all names, or for which. */
interface Grant {
  readonly always?: string;
  readonly byName?: ReadonlyMap<string, string>;
}

/** The rules of somebody in one place, and what was asked of them. */
interface Chapter extends HeldRules {
  readonly grants: Map<string, Grant>;
}

/** All that was asked of one user, by namespace; the empty one is the whole cluster. */
type Pages = Map<string, Chapter>;

/**
 * Who may do what by roles and bindings: what was asked once is answered from memory, until a role or a binding changes.
 */
export interface Rulebook {
  readonly bindings: BindingIndex;
  rulesOfRole: RulesOfRole;
  /** By the user as the server knows it: components are the same value each time. */
  byUser: WeakMap<User, Pages>;
  byName: Map<string, Pages>;
  /** How many chapters and grants are remembered. */
  remembered: number;
}

/** What is remembered beyond this is all forgotten: users and namespaces can be many. */
const rememberedMax = 100_000;
/** A longer wish is nobody's in earnest, and is not remembered: strangers can ask for anything. */
const wishCharsMax = 200;

/** Makes one that has no bindings yet. */
export function createRulebook(rulesOfRole: RulesOfRole): Rulebook {
  return {
    bindings: createBindingIndex(),
    rulesOfRole,
    byUser: new WeakMap(),
    byName: new Map(),
    remembered: 0,
  };
}

/** Something has changed: nothing that was found holds any more. */
export function forgetFindings(book: Rulebook): void {
  if (book.remembered === 0) return;
  book.byUser = new WeakMap();
  book.byName = new Map();
  book.remembered = 0;
}

function pagesOf(book: Rulebook, user: User): Pages {
  const known = book.byUser.get(user);
  if (known) return known;
  const name = JSON.stringify([user.name, ...user.groups]);
  const pages: Pages = book.byName.get(name) ?? new Map();
  book.byName.set(name, pages);
  book.byUser.set(user, pages);
  return pages;
}

/** The rules that somebody has in the whole cluster (no namespace), or beside those in one namespace. */
function chapterOf(book: Rulebook, user: User, namespace: string): Chapter {
  const pages = pagesOf(book, user);
  let chapter = pages.get(namespace);
  if (!chapter) {
    chapter = { ...rulesIn(book, user, namespace), grants: new Map() };
    pages.set(namespace, chapter);
    book.remembered++;
  }
  return chapter;
}

function rulesIn({ bindings, rulesOfRole }: Rulebook, user: User, namespace: string): HeldRules {
  const rules: { rule: Rule; source: string }[] = [];
  const errors: string[] = [];
  for (const held of bindingsOf(bindings, user, namespace)) {
    const { kind, name } = held.binding.roleRef;
    const found = rulesOfRole(kind, namespace, name);
    if (!found) errors.push(roleErrorText(held.binding.roleRef));
    const source = sourceText(held);
    for (const rule of found ?? []) rules.push({ rule, source });
  }
  return { rules, errors };
}

/** Why a binding gives nothing. */
function roleErrorText({ kind, name }: Frozen<RoleRef>): string {
  if (kind !== "Role" && kind !== "ClusterRole") return `unsupported role reference kind: ${JSON.stringify(kind)}`;
  return `${kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(name)} not found`;
}

function grantIn(book: Rulebook, { rules, grants }: Chapter, wish: Wish): Grant {
  const key = `${wish.verb} ${wish.group} ${wish.resource}`;
  let grant = grants.get(key);
  if (grant) return grant;
  grant = findGrant(rules, wish);
  if (key.length > wishCharsMax) return grant;
  grants.set(key, grant);
  book.remembered++;
  return grant;
}

function findGrant(rules: HeldRules["rules"], wish: Wish): Grant {
  const byName = new Map<string, string>();
  for (const { rule, source } of rules) {
    if (!isAbout(rule, wish)) continue;
    if (isForName(rule, "")) return { always: source, byName };
    for (const name of rule.resourceNames ?? []) if (!byName.has(name)) byName.set(name, source);
  }
  return byName.size > 0 ? { byName } : {};
}

/** A wish for one object, or for all of its sort, somewhere. */
export interface PlacedWish extends Wish {
  readonly namespace: string;
  readonly name: string;
}

/** Why a user may have a wish; undefined: by no rule. */
export function grantedBy(book: Rulebook, user: User, wish: PlacedWish): string | undefined {
  if (book.remembered > rememberedMax) forgetFindings(book);
  const { namespace, name } = wish;
  const wide = grantIn(book, chapterOf(book, user, ""), wish);
  const found = wide.byName?.get(name) ?? wide.always;
  if (found !== undefined || namespace === "") return found;
  const local = grantIn(book, chapterOf(book, user, namespace), wish);
  return local.byName?.get(name) ?? local.always;
}

/** Why a user may ask for a path; undefined: by no rule. */
export function pathGrantedBy(
  book: Rulebook,
  user: User,
  asked: { readonly verb: string; readonly path: string },
): string | undefined {
  const { rules } = chapterOf(book, user, "");
  return rules.find(({ rule }) => allowsPath(rule, asked))?.source;
}

/** All rules that a user has in a namespace, those of the whole cluster first. */
export function rulesFor(book: Rulebook, user: User, namespace: string): HeldRules {
  const wide = chapterOf(book, user, "");
  if (namespace === "") return wide;
  const local = chapterOf(book, user, namespace);
  return { rules: [...wide.rules, ...local.rules], errors: [...wide.errors, ...local.errors] };
}

/** What is wrong with roles, as Kubernetes puts several errors together; empty: nothing. */
export function errorsText(errors: readonly string[]): string {
  const different = [...new Set(errors)];
  return different.length < 2 ? (different[0] ?? "") : `[${different.join(", ")}]`;
}
