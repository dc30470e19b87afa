import type { Expression as Pattern } from "../patterns/expression.ts";

/** A program of awk, as its parser has it. */
export interface AwkProgram {
  readonly begin: readonly Statement[];
  readonly end: readonly Statement[];
  readonly rules: readonly Rule[];
  readonly functions: ReadonlyMap<string, AwkFunction>;
}

/** What is done with which records. */
export interface Rule {
  /** Default: all of them. */
  readonly from: Expr | undefined;
  /** From a record that `from` takes to one that this takes. Default: each is looked at by itself. */
  readonly to: Expr | undefined;
  readonly body: readonly Statement[];
}

/** A function of the program's own. */
export interface AwkFunction {
  readonly parameters: readonly string[];
  readonly body: readonly Statement[];
}

/** What can be assigned to. */
export type Place =
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "field"; readonly of: Expr }
  | { readonly kind: "element"; readonly name: string; readonly keys: readonly Expr[] };

/** What has a value. */
export type Expr =
  | Place
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "pattern"; readonly pattern: Pattern }
  | { readonly kind: "assign"; readonly operator: string; readonly place: Place; readonly value: Expr }
  | { readonly kind: "step"; readonly place: Place; readonly by: 1 | -1; readonly isBefore: boolean }
  | { readonly kind: "choice"; readonly test: Expr; readonly yes: Expr; readonly no: Expr }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Expr; readonly right: Expr }
  | { readonly kind: "unary"; readonly operator: string; readonly of: Expr }
  | { readonly kind: "in"; readonly keys: readonly Expr[]; readonly name: string }
  | { readonly kind: "call"; readonly name: string; readonly values: readonly Expr[] }
  /** `getline`: the next record of a file, of what a command writes, or without either of the inputs. */
  | {
      readonly kind: "getline";
      readonly from: { readonly kind: "file" | "command"; readonly of: Expr } | undefined;
      /** Default: the record itself. */
      readonly into: Place | undefined;
    };

/** What is done. */
export type Statement =
  | { readonly kind: "value"; readonly of: Expr }
  | {
      readonly kind: "print" | "printf";
      readonly values: readonly Expr[];
      readonly into: { readonly kind: "file" | "command"; readonly appends: boolean; readonly path: Expr } | undefined;
    }
  | {
      readonly kind: "if";
      readonly test: Expr;
      readonly yes: readonly Statement[];
      readonly no: readonly Statement[];
    }
  | { readonly kind: "loop"; readonly first: readonly Statement[]; readonly loop: Loop }
  | { readonly kind: "each"; readonly name: string; readonly of: string; readonly body: readonly Statement[] }
  | { readonly kind: "break" | "continue" | "next" }
  | { readonly kind: "exit" | "return"; readonly value: Expr | undefined }
  | { readonly kind: "delete"; readonly name: string; readonly keys: readonly Expr[] | undefined };

/** What is done again and again. */
export interface Loop {
  readonly test: Expr | undefined;
  readonly body: readonly Statement[];
  readonly after: readonly Statement[];
  /** It is done once before it is asked whether it is to be done. */
  readonly isAskedLater: boolean;
}
