import { toApiError } from "@/app/_trpc/client";

const FIELD_NAMES: Readonly<Record<string, string>> = {
  ipAllowlist: "Addresses",
  promptLogging: "Days that prompts are kept",
  keys: "Keys",
  topUpApprovalAboveUsd: "Top-ups that wait for approval",
  routing: "Models and providers",
};

/** Why the policy was refused: the server's words, with the name of the field that they are about. */
export function PolicyProblems({ error }: { readonly error: unknown }) {
  if (!error) return null;
  const { fields, message } = toApiError(error);
  const problems = Object.entries(fields).map(([path, text]) => {
    const [, part = ""] = path.split(".");
    return `${FIELD_NAMES[part] ?? path}: ${text}`;
  });
  return (
    <div role="alert" className="grid gap-1 text-negative text-sm">
      {problems.length === 0 ? <p>{message}</p> : problems.map((text) => <p key={text}>{text}</p>)}
    </div>
  );
}
