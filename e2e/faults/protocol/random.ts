/** Numbers that follow from a seed alone (mulberry32), so that a run can be repeated. */
export interface Random {
  /** In [0, 1). */
  share(): number;
  /** A whole number in [from, to]. */
  between(from: number, to: number): number;
  /** True `perThousand` times in a thousand. */
  chance(perThousand: number): boolean;
  /** @throws RangeError when there is nothing to choose from */
  pick<Item>(items: readonly Item[]): Item;
}

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const share = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    share,
    between: (from, to) => from + Math.floor(share() * (to - from + 1)),
    chance: (perThousand) => share() * 1_000 < perThousand,
    pick(items) {
      const [item] = items.slice(Math.floor(share() * items.length));
      if (item === undefined) throw new RangeError("nothing to choose from");
      return item;
    },
  };
}
