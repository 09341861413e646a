import Link from "next/link";
import { PageHeader } from "@/app/_ui/page-header";
import { RequestView } from "./request-view";

/** One request on a page of its own, for a link that is sent to somebody. */
export function RequestScreen({ id }: { readonly id: string }) {
  return (
    <>
      <PageHeader
        title="Request"
        description={
          <Link href="/dashboard/requests" className="underline underline-offset-4">
            All requests
          </Link>
        }
      />
      <RequestView id={id} />
    </>
  );
}
