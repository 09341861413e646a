/**
 * Groups calls that are made while an earlier statement is still under way into the next one. Nothing waits for a timer:
 * an idle batcher sends at once, a busy one sends everything that has gathered as soon as a slot is free.
 */
export interface Batcher<Item, Result> {
  /** Resolves with this item's own result; rejects when the statement that carried it failed. */
  add(item: Item): Promise<Result>;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

export interface BatcherOptions<Item, Result> {
  /** Carries out a batch; answers one result per item, in the items' order. */
  readonly run: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly maxItems: number;
  /** Statements under way at once. */
  readonly maxConcurrent: number;
  /** True for a failure that one item may have caused: then each item of the batch is tried alone, so that it fails alone. */
  readonly isCausedByItem?: (reason: unknown) => boolean;
}

export function createBatcher<Item, Result>(options: BatcherOptions<Item, Result>): Batcher<Item, Result> {
  let waiting: Waiting<Item, Result>[] = [];
  let underWay = 0;
  let scheduled = false;

  const flush = () => {
    scheduled = false;
    while (waiting.length > 0 && underWay < options.maxConcurrent) {
      const batch = waiting.slice(0, options.maxItems);
      waiting = waiting.slice(options.maxItems);
      underWay += 1;
      void carryOut(batch);
    }
  };

  const carryOutAlone = async (one: Waiting<Item, Result>) => {
    try {
      const [result] = await options.run([one.item]);
      if (result === undefined) throw new Error("the batch has no result for this item");
      one.resolve(result);
    } catch (reason) {
      one.reject(reason);
    }
  };

  const carryOut = async (batch: readonly Waiting<Item, Result>[]) => {
    try {
      const results = await options.run(batch.map((one) => one.item));
      batch.forEach((one, index) => {
        const result = results[index];
        if (result === undefined) one.reject(new Error("the batch has no result for this item"));
        else one.resolve(result);
      });
    } catch (reason) {
      if (batch.length > 1 && options.isCausedByItem?.(reason))
        for (const one of batch) await carryOutAlone(one);
      else for (const one of batch) one.reject(reason);
    } finally {
      underWay -= 1;
      flush();
    }
  };

  return {
    add(item) {
      return new Promise<Result>((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        if (scheduled || underWay >= options.maxConcurrent) return;
        scheduled = true;
        // One turn of the event loop gathers what arrived in the same turn.
        setImmediate(flush);
      });
    },
  };
}
