/** What stopped a whole form, read out when it appears. Nothing while there is nothing to say. */
export function FormError({ message }: { readonly message: string | null | undefined }) {
  return (
    <div role="alert" className="empty:hidden">
      {message ? <p className="text-negative text-sm">{message}</p> : null}
    </div>
  );
}
