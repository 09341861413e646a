import { toApiError } from "@/app/_trpc/client";
import { SignInAgain } from "./sign-in-again";

/** Why a change was refused, in words of the server. Nothing while there is nothing to say. */
export function MutationError({ error }: { readonly error: unknown }) {
  if (!error) return null;
  const { message, requestId, code } = toApiError(error);
  const isOurFault = code === "internal_error" || code === "service_unavailable";
  return (
    <div role="alert" className="grid gap-1 text-negative text-sm">
      <p>
        {message} {code === "unauthenticated" && <SignInAgain />}
      </p>
      {isOurFault && requestId && <p className="break-all font-mono text-xs">Request id {requestId}</p>}
    </div>
  );
}
