/** A rounded value that tells the exact one to whoever points at it, by mouse or by keyboard. `Hints` draws it. */
export function ExactHint({ text, exact }: { readonly text: string; readonly exact: string }) {
  return (
    <button type="button" data-hint={exact} aria-label={`${text}, exactly ${exact}`} className="exact-hint">
      {text}
    </button>
  );
}
