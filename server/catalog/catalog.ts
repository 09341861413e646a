import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import type { SecretBox } from "@/server/platform/secret-box";
import { createCredentialRotation, type KeyRests } from "./credential-rotation";
import { type CatalogRows, loadCatalogRows } from "./load";
import { buildSnapshot, type CatalogSnapshot, toProviders } from "./snapshot";
import type { CatalogProvider } from "./types";

export interface CatalogDeps {
  readonly db: Executor;
  readonly clock: Clock;
  readonly secretBox: SecretBox;
  /** A snapshot older than this is renewed in the background by the next request. */
  readonly maxAgeMs?: number;
  /** Told of a reload that failed; requests go on with the snapshot there is. */
  readonly onReloadError?: (error: unknown) => void;
}

export interface Catalog {
  /**
   * The catalogue now. Waits for the database only the first time; afterwards it answers at once, with a snapshot that
   * is at most `maxAgeMs` plus one reload behind the tables, and with every price that the clock has put into effect.
   * @throws whatever the database says, when nothing was ever loaded
   */
  current(): Promise<CatalogSnapshot>;
  /** Waits until everything committed before this call is in the snapshot. */
  refresh(): Promise<CatalogSnapshot>;
  /** Keys of providers that rest after a refusal. */
  readonly keyRests: KeyRests;
}

interface Loaded {
  readonly rows: CatalogRows;
  readonly providers: ReadonlyMap<string, CatalogProvider>;
  readonly snapshot: CatalogSnapshot;
}

export function createCatalog(deps: CatalogDeps): Catalog {
  const { clock, maxAgeMs = 5_000, onReloadError = () => {} } = deps;
  const rotation = createCredentialRotation(clock);
  let loaded: Loaded | null = null;
  let loading: Promise<CatalogSnapshot> | null = null;
  let attemptedAtMs = 0;

  async function load(): Promise<CatalogSnapshot> {
    attemptedAtMs = clock.nowMs();
    const rows = await loadCatalogRows(deps.db, attemptedAtMs);
    const providers = toProviders(rows, deps.secretBox, rotation);
    const snapshot = buildSnapshot(rows, providers, clock.nowMs());
    loaded = { rows, providers, snapshot };
    return snapshot;
  }

  /** One load at a time: an older one must never finish after a newer one. */
  function startLoad(): Promise<CatalogSnapshot> {
    loading ??= load().finally(() => {
      loading = null;
    });
    return loading;
  }

  return {
    keyRests: rotation,
    async current() {
      if (!loaded) return startLoad();
      const nowMs = clock.nowMs();
      if (nowMs - attemptedAtMs >= maxAgeMs) startLoad().catch(onReloadError);
      const changeMs = loaded.snapshot.nextPriceChangeMs;
      if (changeMs !== null && nowMs >= changeMs) {
        loaded = { ...loaded, snapshot: buildSnapshot(loaded.rows, loaded.providers, nowMs) };
      }
      return loaded.snapshot;
    },
    async refresh() {
      // A load under way may have read before the caller's change was committed.
      await loading?.catch(() => {});
      return startLoad();
    },
  };
}
