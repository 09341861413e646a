/** First stop of the keyboard on every page; the page's main part has the id `main`. */
export function SkipLink() {
  return (
    <a
      href="#main"
      className="fixed top-2 left-2 z-60 -translate-y-16 rounded-md bg-ink px-4 py-2 font-medium text-inverse text-sm focus:translate-y-0"
    >
      Skip to content
    </a>
  );
}
