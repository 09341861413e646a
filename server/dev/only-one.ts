import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { commandOf, isAlive } from "./processes";

const noteSchema = z.object({ pid: z.number().int(), url: z.string() });

export type RunningNote = z.infer<typeof noteSchema>;

/**
 * Claims a folder for this process by a note in a file; another process that asks later gets the note back.
 * @param program part of the command line of every process that claims this file
 * @returns null when the claim is ours, else who has it
 */
export function claim(file: string, note: RunningNote, program: string): RunningNote | null {
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify(note), { flag: "wx" });
      return null;
    } catch (reason) {
      if ((reason as NodeJS.ErrnoException).code !== "EEXIST") throw reason;
    }
    const holder = readNote(file);
    if (
      holder &&
      holder.pid !== process.pid &&
      isAlive(holder.pid) &&
      commandOf(holder.pid).includes(program)
    )
      return holder;
    // Left by a process that was killed; its number may have been given to another program.
    rmSync(file, { force: true });
  }
}

export function release(file: string): void {
  if (readNote(file)?.pid === process.pid) rmSync(file, { force: true });
}

function readNote(file: string): RunningNote | null {
  try {
    return existsSync(file) ? noteSchema.parse(JSON.parse(readFileSync(file, "utf8"))) : null;
  } catch {
    return null;
  }
}
