import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, systemClock } from "@/server/platform/clock";
import { renderHtml } from "./render";
import type { KeptMail, Mail } from "./types";

const DEFAULT_DIRECTORY = ".data/mailbox";
const MAX_LISTED = 100;
const ID_SHAPE = /^\d{14}-[0-9a-f]{12}$/;

/** The development mailbox: one JSON file per mail, so that every process and every test reads the same. */
export interface Mailbox {
  keep(mail: Mail): Promise<KeptMail>;
  /** Newest first, at most 100. */
  list(): Promise<KeptMail[]>;
  /** Null when there is no such mail. */
  read(id: string): Promise<KeptMail | null>;
}

/** @param directory made when the first mail comes; `.data/mailbox` by default */
export function createMailbox(directory = DEFAULT_DIRECTORY, clock: Clock = systemClock): Mailbox {
  async function read(id: string): Promise<KeptMail | null> {
    // The id becomes a file name: only our own shape may.
    if (!ID_SHAPE.test(id)) return null;
    const text = await readFile(join(directory, `${id}.json`), "utf8").catch(() => null);
    return text === null ? null : (JSON.parse(text) as KeptMail);
  }
  return {
    read,
    async keep(mail) {
      const sentAtMs = clock.nowMs();
      const id = `${String(sentAtMs).padStart(14, "0")}-${randomBytes(6).toString("hex")}`;
      const { to, subject, text } = mail;
      const html = await renderHtml(mail.letter);
      const kept: KeptMail = { to, subject, text, html, id, sentAt: new Date(sentAtMs).toISOString() };
      await mkdir(directory, { recursive: true });
      // Written aside first: a reader never sees half a mail.
      const draft = join(directory, `${id}.draft`);
      await writeFile(draft, JSON.stringify(kept, null, 2), { mode: 0o600 });
      await rename(draft, join(directory, `${id}.json`));
      return kept;
    },
    async list() {
      const names = await readdir(/* turbopackIgnore: true */ directory).catch(() => []);
      const ids = names
        .filter((name) => name.endsWith(".json"))
        .map((name) => name.slice(0, -".json".length))
        .sort()
        .reverse()
        .slice(0, MAX_LISTED);
      const mails = await Promise.all(ids.map(read));
      return mails.filter((mail) => mail !== null);
    },
  };
}
