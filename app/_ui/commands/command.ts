/** Somewhere to go. */
export interface Command {
  readonly group: string;
  readonly href: string;
  readonly label: string;
  /** Also found by these. */
  readonly words?: string;
}

/** A type and not an interface: Base UI's groups have an index signature, which only a type fits. */
export type CommandGroup = { readonly value: string; readonly items: Command[] };

const MOST_OF_A_GROUP = 8;

/**
 * What fits what was typed: every word has to occur. Names that begin with it come first; without words everything does,
 * in the order given.
 * @returns groups in order of their first appearance, at most eight items of each
 */
export function findCommands(commands: readonly Command[], typed: string): CommandGroup[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const found = commands.filter((command) => {
    const text = textOf(command);
    return words.every((word) => text.includes(word));
  });
  const groups = new Map<string, Command[]>();
  for (const command of found) groups.set(command.group, [...(groups.get(command.group) ?? []), command]);
  return [...groups].map(([value, items]) => ({
    value,
    items: items.sort((a, b) => rank(a, words) - rank(b, words)).slice(0, MOST_OF_A_GROUP),
  }));
}

function textOf({ group, label, words = "" }: Command): string {
  return `${label} ${words} ${group}`.toLowerCase();
}

function rank({ label }: Command, [first = ""]: readonly string[]): number {
  const name = label.toLowerCase();
  return name.startsWith(first) ? 0 : name.includes(first) ? 1 : 2;
}
