import { Card } from "@/app/_ui/card";
import { CopyButton } from "@/app/_ui/copy-button";
import { Instant } from "../../_parts/instant";

interface KeptPromptProps {
  readonly kept: {
    readonly prompt: string;
    readonly answer: string;
    readonly isCut: boolean;
    readonly expiresAt: Date;
  };
}

/** Both sides of the request, where the organization keeps them. */
export function KeptPrompt({ kept }: KeptPromptProps) {
  return (
    <Card className="grid gap-4 p-5">
      <div className="grid gap-1">
        <h2 className="font-medium text-lg">Prompt and answer</h2>
        <p className="text-ink-2 text-sm">
          Kept because your organization's policy says so; deleted <Instant value={kept.expiresAt} />.
          {kept.isCut && " What is longer than 256 KiB was cut."}
        </p>
      </div>
      <Side name="Prompt" text={kept.prompt} />
      <Side name="Answer" text={kept.answer} />
    </Card>
  );
}

function Side({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <div className="grid gap-1">
      <div className="flex items-center justify-between gap-2">
        <h3 className="font-medium text-sm">{name}</h3>
        <CopyButton value={text} label={`Copy the ${name.toLowerCase()}`} />
      </div>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls has to be reachable by keyboard
        tabIndex={0}
        className="max-h-80 overflow-auto whitespace-pre-wrap wrap-anywhere rounded-lg border border-line bg-sunken p-3 font-mono text-xs"
      >
        {text}
      </pre>
    </div>
  );
}
