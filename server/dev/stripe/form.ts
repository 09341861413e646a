/** A form-encoded body as Stripe's clients send it: `a[b][0][c]=v` is `{ a: { b: [{ c: "v" }] } }`. Leaves are text. */
export type FormValue = string | FormObject | readonly FormValue[];
export interface FormObject {
  readonly [name: string]: FormValue;
}

interface Node {
  [name: string]: Node | string;
}

export function parseForm(text: string): FormObject {
  const root: Node = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const path = name.split(/[[\]]+/).filter((part) => part !== "");
    const last = path.pop();
    if (last === undefined) continue;
    let at = root;
    for (const part of path) {
      const next = Object.hasOwn(at, part) ? at[part] : undefined;
      if (typeof next === "object") at = next;
      else at = at[part] = Object.create(null) as Node;
    }
    at[last] = value;
  }
  return toValue(root) as FormObject;
}

/** Objects whose names are 0, 1, 2 … are lists. */
function toValue(node: Node | string): FormValue {
  if (typeof node === "string") return node;
  const entries = Object.entries(node).map(([name, value]) => [name, toValue(value)] as const);
  const isList = entries.length > 0 && entries.every(([name], index) => name === String(index));
  return isList ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}
